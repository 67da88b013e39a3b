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

    /// <summary>With the widths of DejaVu Sans, the widest of the fonts that a reader is likely to have: a digit takes 0.636 of the font's size.</summary>
    [Theory]
    [InlineData("bars", 0.636)]
    [InlineData("bars-of-two", 0.636)]
    [InlineData("bars-upright", 0.636)]
    [InlineData("bars-upright-signed", 0.636)]
    public void TheValuesOfBarsDoNotOverlap(string name, double widthOfDigit)
    {
        var texts = XElement.Parse(ExampleCharts.All[name]().ToSvg()).Descendants(svg + "svg").Single().Descendants(svg + "text").ToArray();
        Assert.True(texts.Length > 5);
        List<(double Left, double Right, double Top, double Bottom)> boxes = [];
        foreach (var text in texts)
        {
            var width = text.Value.Sum(c => char.IsDigit(c) ? widthOfDigit : c == '%' ? 0.95 : 0.36) * 11;
            if (text.Attribute("transform")?.Value is { } transform)
            {
                var place = transform.Split('(', ' ', ')');
                var (x, y) = (double.Parse(place[1], CultureInfo.InvariantCulture), double.Parse(place[2], CultureInfo.InvariantCulture));
                boxes.Add((x - 9, x + 2, (string?)text.Attribute("text-anchor") == "start" ? y - width : y, (string?)text.Attribute("text-anchor") == "start" ? y : y + width));
            }
            else
            {
                boxes.Add((Number(text, "x") - width / 2, Number(text, "x") + width / 2, Number(text, "y") - 9, Number(text, "y") + 2));
            }
        }
        for (var i = 0; i < boxes.Count; i++)
        {
            Assert.InRange(boxes[i].Top, -1, 280);
            Assert.InRange(boxes[i].Bottom, 0, 281);
            for (var j = 0; j < i; j++)
            {
                var (a, b) = (boxes[i], boxes[j]);
                Assert.False(a.Left < b.Right + 2 && b.Left < a.Right + 2 && a.Top < b.Bottom && b.Top < a.Bottom, $"{texts[i].Value} and {texts[j].Value}");
            }
        }
    }

    [Theory]
    [InlineData("bars-slanted", 0)]
    [InlineData("bars-upright", -90)]
    public void BothDrawingsTurnTheValuesOfBarsAlike(string name, int angle)
    {
        var chart = ExampleCharts.All[name]();
        using var json = JsonDocument.Parse(chart.ToJson());
        foreach (var trace in json.RootElement.GetProperty("data").EnumerateArray().Where(trace => trace.GetProperty("type").GetString() == "bar"))
            Assert.Equal((angle, "none"), (trace.GetProperty("textangle").GetInt32(), trace.GetProperty("constraintext").GetString()));
        Assert.Equal(angle != 0, XElement.Parse(chart.ToSvg()).Descendants(svg + "svg").Single().Descendants(svg + "text").All(text => text.Attribute("transform") is not null));
    }

    [Fact]
    public void InPlotlyValuesStandClearOfTheLinesOfUncertainty()
    {
        using var json = JsonDocument.Parse(ExampleCharts.All["bars-of-two"]().ToJson());
        var data = json.RootElement.GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal(["bar", "bar", "scatter", "scatter"], data.Select(trace => trace.GetProperty("type").GetString()));
        Assert.All(data[..2], bars => Assert.False(bars.TryGetProperty("text", out _)));
        Assert.Equal(["1.50 %", "2.00 %", "1.50 %"], data[2].GetProperty("text").EnumerateArray().Select(text => text.GetString()));
        Assert.Equal([0.016, 0.025, 0.016], data[2].GetProperty("y").EnumerateArray().Select(y => y.GetDouble()));
        Assert.Equal(data[0].GetProperty("legendgroup").GetString(), data[2].GetProperty("legendgroup").GetString()); // hidden with their bars
    }

    [Fact]
    public void LargeCountsHaveSeparatorsInBothDrawings()
    {
        var chart = ExampleCharts.All["histogram-large"]();
        var ticks = XElement.Parse(chart.ToSvg()).Descendants(svg + "text").Select(text => text.Value).ToArray();
        Assert.Contains("40,000", ticks);
        Assert.DoesNotContain("40000", ticks);
        using var json = JsonDocument.Parse(chart.ToJson());
        var axis = json.RootElement.GetProperty("layout").GetProperty("yaxis");
        Assert.True(axis.GetProperty("separatethousands").GetBoolean());
        Assert.Equal("none", axis.GetProperty("exponentformat").GetString());
        Assert.Contains(">1,106<", Chart.Bars("t", "x", "y", ["a"]).Add("s", [1106]).ToSvg());
        Assert.Contains("a: (2, 1106)", Chart.Line("t", "x", "y").Add("a", [1105, 1106]).ToSvg()); // no comma among those that separate coordinates
    }

    [Fact]
    public void ACellWithoutAValueIsSeenNamedAndInTheLegend()
    {
        var chart = ExampleCharts.All["sweep"]();
        var drawing = XElement.Parse(chart.ToSvg());
        var cell = drawing.Descendants(svg + "rect").Single(rect => (string?)rect.Element(svg + "title") is { } title && title.Contains("no value"));
        Assert.Equal("learning rate 0.1, width 128 units: no value", (string?)cell.Element(svg + "title"));
        Assert.Equal(ColourScale.Missing, (string?)cell.Attribute("fill"));
        Assert.Contains("1 cell of them without a value", (string?)drawing.Attribute("aria-label"));
        Assert.Single(drawing.Elements(svg + "text"), text => text.Value == "no value"); // in the legend ...
        Assert.Single(drawing.Elements(svg + "rect"), rect => (string?)rect.Attribute("fill") == ColourScale.Missing); // ... with its colour
        Assert.Single(drawing.Descendants(svg + "text"), text => text.Value == "–");

        using var json = JsonDocument.Parse(chart.ToJson());
        var data = json.RootElement.GetProperty("data").EnumerateArray().ToArray();
        var missing = data.Single(trace => trace.TryGetProperty("name", out var name) && name.GetString() == "no value");
        Assert.True(missing.GetProperty("showlegend").GetBoolean());
        Assert.True(json.RootElement.GetProperty("layout").GetProperty("showlegend").GetBoolean());
        var cells = missing.GetProperty("z").EnumerateArray().Select(row => row.EnumerateArray().Select(z => z.ValueKind).ToArray()).ToArray();
        Assert.Equal(JsonValueKind.Number, cells[3][1]);
        Assert.Equal(11, cells.Sum(row => row.Count(kind => kind == JsonValueKind.Null)));
        Assert.Equal("learning rate 0.1, width 128 units: no value", missing.GetProperty("hovertext")[3][1].GetString());
        Assert.Contains("–", data[^1].GetProperty("text").EnumerateArray().Select(text => text.GetString()));
    }

    [Fact]
    public void WithoutMissingValuesNothingIsSaidOfThem()
    {
        var chart = Chart.HeatMap("t", new double[,] { { 1, 2 } }, ["a"], ["b", "c"]);
        Assert.DoesNotContain("no value", chart.ToSvg());
        Assert.DoesNotContain("no value", chart.ToJson());
        // A confusion matrix is two maps, each with gaps that the other fills.
        Assert.DoesNotContain(ColourScale.Missing, ExampleCharts.All["confusion"]().ToSvg());
    }

    [Fact]
    public void FewClassesHaveLargeCellsWithTheirNamesSideBySide()
    {
        var drawing = XElement.Parse(ExampleCharts.All["confusion-of-two"]().ToSvg());
        var cells = drawing.Descendants(svg + "svg").Single().Descendants(svg + "rect").ToArray();
        Assert.Equal(4, cells.Length);
        Assert.All(cells, cell => Assert.True(Number(cell, "width") > 90 && Number(cell, "height") > 60));
        Assert.DoesNotContain(drawing.Descendants(svg + "text"), text => text.Attribute("transform")?.Value.Contains("rotate(-45)") == true);
        Assert.Contains(drawing.Elements(svg + "text"), text => text.Value == "90.63 % of 160 examples are right."); // 145
    }

    [Fact]
    public void CurvesWithoutValidationAreSolidAndCarryTheirNames()
    {
        using var json = JsonDocument.Parse(ExampleCharts.All["curves-without-validation"]().ToJson());
        var traces = json.RootElement.GetProperty("data").EnumerateArray().ToArray();
        Assert.All(traces, trace => Assert.Equal("solid", trace.GetProperty("line").GetProperty("dash").GetString()));
        Assert.Equal(["adam", "gradient descent"], traces.Select(trace => trace.GetProperty("name").GetString()).Distinct());
        Assert.Contains("adam, training", ExampleCharts.All["curves-of-runs"]().ToJson());
    }

    /// <summary>As on a precision-recall curve with few examples of one class: a few steps with many points in each.</summary>
    [Fact]
    public void ThinningKeepsThePointsOfALineThatStandFarApart()
    {
        var x = Enumerable.Range(0, 20).Select(i => i / 20.0).Concat(Enumerable.Repeat(1.0, 9_980)).ToArray();
        var y = x.Select((_, i) => i < 20 ? i % 2 * 0.1 + 0.9 : 0.9 - 0.8 * i / 10_000).ToArray();
        var kept = Series.Thin(x, y, 600);
        Assert.Equal(Enumerable.Range(0, 20), kept.Take(20));
        Assert.InRange(kept.Length, 100, 602);
        Assert.Equal(9_999, kept[^1]);
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
