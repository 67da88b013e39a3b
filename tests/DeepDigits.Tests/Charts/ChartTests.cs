using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Xml.Linq;

namespace DeepDigits.Tests.Charts;

public sealed class ChartTests
{
    static readonly XNamespace svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Names => [.. ExampleCharts.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryDrawingIsSvgWithoutScriptsAndSaysWhatItShows(string name)
    {
        var chart = ExampleCharts.All[name]();
        var drawing = XElement.Parse(chart.ToSvg());
        Assert.Equal(svg + "svg", drawing.Name);
        Assert.Equal("img", (string?)drawing.Attribute("role"));
        Assert.Contains(chart.Title, (string?)drawing.Attribute("aria-label"));
        Assert.True(((string)drawing.Attribute("aria-label")!).Length > chart.Title.Length + 20);
        Assert.Equal(chart.Title, (string?)drawing.Element(svg + "title"));
        Assert.DoesNotContain(drawing.DescendantsAndSelf(), element => element.Name.LocalName is "script" or "foreignObject");
        Assert.DoesNotContain(drawing.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal)
            || attribute.Name.LocalName == "id"
            || (attribute.Name != "href" && (attribute.Value.Contains("NaN") || attribute.Value.Contains("Infinity") || attribute.Value.Contains('∞'))));
        Assert.All(drawing.Descendants(svg + "image"), image => Assert.StartsWith("data:image/png;base64,", (string?)image.Attribute("href")));
        // Whatever has no place in the drawing would be cut off.
        var (width, height) = (Number(drawing, "width"), Number(drawing, "height"));
        foreach (var text in drawing.Elements(svg + "text"))
            Assert.True(Number(text, "x") >= 0 && Number(text, "x") + ChartText.Width(text.Value, Number(text, "font-size", 12)) <= width + 1 && Number(text, "y") <= height, text.Value);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryChartIsOfOneSizeInBothDrawings(string name)
    {
        var chart = ExampleCharts.All[name]();
        using var json = JsonDocument.Parse(chart.ToJson());
        var (layout, drawing) = (json.RootElement.GetProperty("layout"), XElement.Parse(chart.ToSvg()));
        Assert.Equal(Number(drawing, "width"), layout.GetProperty("width").GetDouble());
        Assert.Equal(Number(drawing, "height"), layout.GetProperty("height").GetDouble());
    }

    [Fact]
    public void TheSameChartIsTheSameTextWhateverTheCulture()
    {
        var before = CultureInfo.CurrentCulture;
        var expected = ExampleCharts.All["lines"]().ToHtml();
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(expected, ExampleCharts.All["lines"]().ToHtml());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void ThePointsOfALineAreWhereItsNumbersAre()
    {
        var drawing = XElement.Parse(Chart.Line("t", "x", "y").Add("a", [0.0, 1.0, 2.0], [10.0, 30.0, 20.0]).ToSvg());
        var inside = drawing.Descendants(svg + "svg").Single();
        var points = inside.Descendants(svg + "circle").Select(point => (X: Number(point, "cx"), Y: Number(point, "cy"))).ToArray();
        Assert.Equal(3, points.Length);
        Assert.Equal(points[1].X - points[0].X, points[2].X - points[1].X, 0.02);
        Assert.Equal((points[0].Y - points[1].Y) / 2, points[0].Y - points[2].Y, 0.02);
        Assert.Equal(["a: (0, 10)", "a: (1, 30)", "a: (2, 20)"], inside.Descendants(svg + "title").Select(title => title.Value));
    }

    [Fact]
    public void ALogarithmicAxisPutsEqualFactorsAtEqualDistances()
    {
        var axis = FigureAxis.Fit("x", [1e-4, 1e-1], isLog: true);
        Assert.Equal(axis.Share(1e-3) - axis.Share(1e-4), axis.Share(1e-1) - axis.Share(1e-2), 1e-12);
        Assert.Equal(["0.0001", "0.001", "0.01", "0.1"], axis.Ticks(240, 58).Select(tick => tick.Text));
        Assert.Equal(["0.0001", "0.01"], axis.Ticks(130, 58).Select(tick => tick.Text));
    }

    [Fact]
    public void AMarkCrossesTheWholeChart()
    {
        using var json = JsonDocument.Parse(Chart.Line("t", "x", "y").Add("a", [1.0, 2.0]).Mark("to be reached", 5).ToJson());
        var mark = json.RootElement.GetProperty("data")[1];
        var range = json.RootElement.GetProperty("layout").GetProperty("xaxis").GetProperty("range");
        Assert.Equal("to be reached", mark.GetProperty("name").GetString());
        Assert.Equal(range[0].GetDouble(), mark.GetProperty("x")[0].GetDouble());
        Assert.Equal(range[1].GetDouble(), mark.GetProperty("x")[1].GetDouble());
        Assert.True(json.RootElement.GetProperty("layout").GetProperty("yaxis").GetProperty("range")[1].GetDouble() > 5);
    }

    [Fact]
    public void TheBandOfSeveralRunsIsOneStandardDeviation()
    {
        using var json = JsonDocument.Parse(Chart.Line("t", "x", "y").AddRuns("a", [[1.0, 5.0], [2.0], [3.0]]).ToJson());
        var (band, mean) = (json.RootElement.GetProperty("data")[0], json.RootElement.GetProperty("data")[1]);
        Assert.Equal([2.0, 5.0], mean.GetProperty("y").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal([3.0, 5.0, 5.0, 1.0], band.GetProperty("y").EnumerateArray().Select(value => value.GetDouble())); // up to 2 + 1, back at 2 - 1
    }

    [Fact]
    public void ALongLineIsThinnedButKeepsItsExtremes()
    {
        var values = Enumerable.Range(0, 100_000).Select(i => Math.Sin(i * 0.01)).ToArray();
        (values[33_333], values[66_666]) = (7, -7);
        var chart = Chart.Line("t", "step", "loss").Add("a", values);
        using var json = JsonDocument.Parse(chart.ToJson());
        var drawn = json.RootElement.GetProperty("data")[0].GetProperty("y").EnumerateArray().Select(value => value.GetDouble()).ToArray();
        Assert.InRange(drawn.Length, 1000, Series.MostPoints + 2);
        Assert.Equal((7, -7), (drawn.Max(), drawn.Min()));
        Assert.InRange(chart.ToHtml().Length, 1000, Chart.MostBytes);
    }

    [Fact]
    public void AHistogramCountsEveryNumberOnce()
    {
        using var json = JsonDocument.Parse(Chart.Histogram("t", "x", bins: 4).Add("a", [0, 0, 1, 2, 3, 4, 4, 4]).ToJson());
        Assert.Equal([2.0, 1, 1, 4], json.RootElement.GetProperty("data")[0].GetProperty("y").EnumerateArray().Select(value => value.GetDouble()));
    }

    [Fact]
    public void AMissingBarIsNoWordOfWarningButAnInfiniteOneIs()
    {
        string[] labels = ["a", "b"];
        Assert.DoesNotContain("finite", Chart.Bars("t", "x", "y", labels).Add("s", [1, double.NaN]).ToSvg());
        Assert.Contains("1 value is not finite", Chart.Bars("t", "x", "y", labels).Add("s", [1, double.PositiveInfinity]).ToSvg());
        Assert.Contains(">97.71 %<", Chart.Bars("t", "x", "y", labels).InPercent().Add("s", [0.9771, double.NaN]).Add("t", [0.98, 0.99]).ToSvg());
    }

    [Fact]
    public void AConfusionMatrixHasCountsAndShares()
    {
        var svgText = Chart.Confusion(ExampleCharts.Evaluation.Confusion).ToSvg();
        var matrix = ExampleCharts.Evaluation.Confusion;
        Assert.Contains($">{matrix[0, 0]}<", svgText);
        var share = (double)matrix[0, 0] / Enumerable.Range(0, 10).Sum(column => matrix[0, column]);
        Assert.Contains($"({ChartText.Number(share, true)} of all 0)", svgText);
    }

    [Fact]
    public void TextIsShownAsItIsAndNeverRun()
    {
        const string evil = "</script><script>alert(1)</script> & \"q\" \u0001";
        var chart = Chart.Line(evil, evil, evil).Add(evil, [1.0, 2.0]);
        var html = chart.ToHtml();
        Assert.DoesNotContain("<script>alert", html);
        Assert.Single(html.Split("</script>")[..^1]);
        XElement.Parse(chart.ToSvg());
    }

    [Fact]
    public void PlotlyIsLoadedInAPinnedVersionWithItsHashAndWithoutRequireJS()
    {
        var html = ExampleCharts.All["lines"]().ToHtml();
        Assert.Matches(@"tag\.src=""https://[^""]+@\d+\.\d+\.\d+/[^""]+"";tag\.integrity=""sha384-[A-Za-z0-9+/]{64}""", html);
        Assert.DoesNotContain("require(", html);
        Assert.DoesNotContain("require.config", html);
    }

    [Fact]
    public void APageNeedsNothingFromAnywhere()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "chart.html");
        ExampleCharts.All["digits"]().SaveHtml(path);
        var page = File.ReadAllText(path);
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("https://", page);
        Assert.Contains("prefers-color-scheme:dark", page);
    }

    /// <summary>As .NET Interactive finds it: by the attribute's simple name, and by the names of members.</summary>
    [Fact]
    public void TheFormattersFollowTheConvention()
    {
        var chart = ExampleCharts.All["lines"]();
        var attribute = chart.GetType().GetCustomAttributes(inherit: true).Single(each => each.GetType().Name == "TypeFormatterSourceAttribute");
        var source = Activator.CreateInstance((Type)attribute.GetType().GetProperty("FormatterSourceType")!.GetValue(attribute)!)!;
        Assert.Equal(["text/html"], (string[])attribute.GetType().GetProperty("PreferredMimeTypes")!.GetValue(attribute)!);
        var formatters = ((System.Collections.IEnumerable)source.GetType().GetMethod("CreateTypeFormatters")!.Invoke(source, null)!).Cast<object>().ToArray();
        Assert.Equal(["text/html", "image/svg+xml"], formatters.Select(formatter => (string)formatter.GetType().GetProperty("MimeType")!.GetValue(formatter)!));
        foreach (var formatter in formatters)
        {
            var writer = new StringWriter();
            var format = Assert.Single(formatter.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance), method => method.Name == "Format");
            Assert.Equal(true, format.Invoke(formatter, [chart, writer]));
            Assert.Contains("<svg", writer.ToString());
            Assert.Equal(false, format.Invoke(formatter, ["another thing", writer]));
        }
        // And as Verso does.
        Assert.Equal(typeof(string), chart.GetType().GetMethod("ToHtml", BindingFlags.Public | BindingFlags.Instance, [])!.ReturnType);
    }

    /// <summary>WCAG 2.2, success criterion 1.4.11.</summary>
    [Fact]
    public void EveryColourOfASeriesStandsOutFromLightAndDarkGround()
    {
        foreach (var colour in Palette.Colours)
        {
            Assert.True(Contrast(colour, "#FFFFFF") >= 3, $"{colour} on white: {Contrast(colour, "#FFFFFF")}");
            Assert.True(Contrast(colour, "#1E1E1E") >= 3, $"{colour} on dark: {Contrast(colour, "#1E1E1E")}");
        }
        static double Contrast(string a, string b)
        {
            var (x, y) = (Luminance(a), Luminance(b));
            return (Math.Max(x, y) + 0.05) / (Math.Min(x, y) + 0.05);
        }
        static double Luminance(string colour)
        {
            double Channel(int at)
            {
                var value = int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
                return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
            }
            return 0.2126 * Channel(1) + 0.7152 * Channel(3) + 0.0722 * Channel(5);
        }
    }

    [Fact]
    public void WhatCannotBeDrawnIsRefusedWithAReason()
    {
        Assert.Contains("3 values", Assert.Throws<ChartException>(() => Chart.Bars("t", "x", "y", ["a"]).Add("s", [1, 2, 3])).Message);
        Assert.Contains("10,000", Assert.Throws<ChartException>(() => Chart.HeatMap("t", new double[101, 100], new string[101], new string[100])).Message);
        Assert.Contains("Build", Assert.Throws<InvalidOperationException>(() => Chart.Network(new Sequential(new Dense(1)))).Message);
        Assert.Contains("200", Assert.Throws<ChartException>(() => Chart.Digits("t", RealDigits.Train.Take(201))).Message);
    }

    static double Number(XElement element, string attribute, double otherwise = 0) =>
        element.Attribute(attribute) is { } value ? double.Parse(value.Value, CultureInfo.InvariantCulture) : otherwise;
}
