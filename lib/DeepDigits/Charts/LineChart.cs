using System.Numerics;

namespace DeepDigits;

/// <summary>Lines over a common axis, each with a band around it if it has one.</summary>
public sealed class LineChart : Chart
{
    /// <summary>With more points than that, a line has no symbols.</summary>
    const int MostSymbols = 40;

    readonly string xTitle, yTitle;
    readonly List<Curve> lines = [];
    readonly List<(string Name, double Value)> marks = [];
    bool isLogX, isLogY, isShare;

    internal LineChart(string title, string xTitle, string yTitle)
        : base(title) => (this.xTitle, this.yTitle) = (xTitle, yTitle);

    /// <summary>Adds a line over 1, 2, 3, ..., such as one value for each epoch.</summary>
    public LineChart Add<T>(string name, IEnumerable<T> y) where T : INumberBase<T>
    {
        var values = Series.ToDoubles(y);
        return Add(name, Series.Numbered(values.Length), values, null, null);
    }

    /// <summary>Adds a line.</summary>
    /// <exception cref="ChartException">There are not as many x as y.</exception>
    public LineChart Add<TX, TY>(string name, IEnumerable<TX> x, IEnumerable<TY> y) where TX : INumberBase<TX> where TY : INumberBase<TY> =>
        Add(name, Series.ToDoubles(x), Series.ToDoubles(y), null, null);

    /// <summary>Adds a line with a band from y - spread to y + spread.</summary>
    /// <exception cref="ChartException">There are not as many of the one as of the other.</exception>
    public LineChart Add<TX, TY>(string name, IEnumerable<TX> x, IEnumerable<TY> y, IEnumerable<TY> spread) where TX : INumberBase<TX> where TY : INumberBase<TY>
    {
        var (middle, around) = (Series.ToDoubles(y), Series.ToDoubles(spread));
        Series.CheckCount(Title, name, "y", middle.Length, "spreads", around.Length);
        return Add(name, Series.ToDoubles(x), middle, [.. middle.Zip(around, (a, b) => a - b)], [.. middle.Zip(around, (a, b) => a + b)]);
    }

    /// <summary>Adds the mean of several runs over 1, 2, 3, ..., with a band of one standard deviation (n - 1 in the denominator) around it. A run that
    /// ended early counts as far as it went.</summary>
    public LineChart AddRuns<T>(string name, IEnumerable<IEnumerable<T>> runs) where T : INumberBase<T>
    {
        var all = runs.Select(Series.ToDoubles).ToArray();
        var length = all.Select(run => run.Length).DefaultIfEmpty(0).Max();
        var (mean, lower, upper) = (new double[length], new double[length], new double[length]);
        for (var i = 0; i < length; i++)
        {
            var values = all.Where(run => i < run.Length).Select(run => run[i]).ToArray();
            mean[i] = values.Average();
            var deviation = values.Length < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean[i]) * (value - mean[i])) / (values.Length - 1));
            (lower[i], upper[i]) = (mean[i] - deviation, mean[i] + deviation);
        }
        return Add(name, Series.Numbered(length), mean, lower, upper);
    }

    /// <summary>Adds a dashed line across the chart, such as a figure to be reached.</summary>
    public LineChart Mark(string name, double y)
    {
        marks.Add((name, y));
        return this;
    }

    /// <summary>Makes the horizontal axis logarithmic.</summary>
    public LineChart LogX()
    {
        isLogX = true;
        return this;
    }

    /// <summary>Makes the vertical axis logarithmic.</summary>
    public LineChart LogY()
    {
        isLogY = true;
        return this;
    }

    /// <summary>Writes the vertical axis in percent: 0.98 is 98 %.</summary>
    public LineChart InPercent()
    {
        isShare = true;
        return this;
    }

    internal override Figure Draw()
    {
        var traces = new List<Trace>();
        var most = Series.PointsOfEach(lines.Sum(line => line.Lower is null ? 1 : 3));
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            var kept = Series.Thin(AsDrawn(line.X, isLogX), AsDrawn(line.Y, isLogY), most);
            var (x, group) = (Kept(line.X, kept), line.Name);
            if (line is { Lower: { } lower, Upper: { } upper })
                traces.Add(new BandTrace(x, isLogY ? AboveZero(Kept(lower, kept), line.Y) : Kept(lower, kept), Kept(upper, kept)) { Colour = Palette.Colour(i), Group = group });
            traces.Add(new PointTrace(x, Kept(line.Y, kept))
            {
                Name = line.Name,
                Group = group,
                Colour = Palette.Colour(i),
                Dash = Palette.Dash(i),
                Symbol = Palette.Symbol(i),
                HasMarkers = line.Y.Length <= MostSymbols,
            });
        }
        var xAxis = FigureAxis.Fit(xTitle, lines.SelectMany(line => line.X), isLogX, padding: 0.02);
        traces.AddRange(marks.Select((mark, i) => Series.Mark(mark.Name, mark.Value, xAxis, i)));
        var yAxis = FigureAxis.Fit(yTitle, lines.SelectMany(line => line.Y.Concat(line.Lower ?? []).Concat(line.Upper ?? [])).Concat(marks.Select(mark => mark.Value)), isLogY, isShare) with { IsWhole = false };
        var note = Series.NoteOfMissing(lines.SelectMany(line => line.Y), isLogY);
        return new Figure
        {
            Title = Title,
            Note = lines.Sum(line => line.Y.Length) == 0 ? "No values." : note,
            Description = $"Line chart of {yTitle} over {xTitle}. " + string.Join(" ", lines.Take(8).Select(Describe)),
            Panels = [new FigurePanel(xAxis, yAxis, 560, 300)],
            Traces = traces,
        };
    }

    LineChart Add(string name, double[] x, double[] y, double[]? lower, double[]? upper)
    {
        Series.CheckCount(Title, name, "x", x.Length, "y", y.Length);
        lines.Add(new Curve(name, x, y, lower, upper));
        return this;
    }

    string Describe(Curve line)
    {
        var shown = line.Y.Where(double.IsFinite).ToArray();
        return shown.Length == 0
            ? $"{line.Name}: no values."
            : $"{line.Name}: from {ChartText.Number(shown[0], isShare)} to {ChartText.Number(shown[^1], isShare)} in {ChartText.Whole(line.Y.Length)} points.";
    }

    /// <summary>The lower end of a band on a logarithmic axis: where it is not above 0 it goes down to a thousandth of the line.</summary>
    static double[] AboveZero(double[] lower, double[] middle)
    {
        var least = middle.Where(value => value > 0).DefaultIfEmpty(1).Min() / 1000;
        return [.. lower.Select(value => value > 0 || !double.IsFinite(value) ? value : least)];
    }

    /// <summary>The numbers in a unit that is drawn evenly; what a logarithmic axis cannot show is a gap.</summary>
    static IReadOnlyList<double> AsDrawn(double[] values, bool isLog) => !isLog ? values : [.. values.Select(value => value > 0 ? Math.Log10(value) : double.NaN)];

    static double[] Kept(double[] values, int[] kept) => kept.Length == values.Length ? values : [.. kept.Select(i => values[i])];

    sealed record Curve(string Name, double[] X, double[] Y, double[]? Lower, double[]? Upper);
}
