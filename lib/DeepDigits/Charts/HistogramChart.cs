using System.Numerics;

namespace DeepDigits;

/// <summary>How often numbers fall into each of some intervals of equal width. All series have the same intervals.</summary>
public sealed class HistogramChart : Chart
{
    const int MostBins = 200;

    readonly string xTitle;
    readonly int bins;
    readonly List<(string Name, double[] Values)> series = [];

    internal HistogramChart(string title, string xTitle, int bins)
        : base(title)
    {
        if (bins is < 1 or > MostBins)
            throw new ChartException($"The histogram \"{title}\" needs 1 to {MostBins} intervals, not {bins}.");
        (this.xTitle, this.bins) = (xTitle, bins);
    }

    /// <summary>Adds numbers.</summary>
    public HistogramChart Add<T>(string name, IEnumerable<T> values) where T : INumberBase<T>
    {
        series.Add((name, Series.ToDoubles(values)));
        return this;
    }

    /// <summary>Adds the elements of a tensor, such as weights.</summary>
    public HistogramChart Add(string name, Tensor values) => Add(name, values.Values.ToArray());

    internal override Figure Draw()
    {
        var finite = series.Select(each => each.Values.Where(double.IsFinite).ToArray()).ToArray();
        var (least, greatest) = (finite.SelectMany(values => values).DefaultIfEmpty(0).Min(), finite.SelectMany(values => values).DefaultIfEmpty(1).Max());
        if (!(greatest / bins - least / bins > Math.Max(Math.Abs(least), Math.Abs(greatest)) * 1e-12))
            (least, greatest) = (least - Math.Max(Math.Abs(least) * 0.1, 0.5), greatest + Math.Max(Math.Abs(greatest) * 0.1, 0.5)); // all the same
        var width = greatest / bins - least / bins;
        var middles = Enumerable.Range(0, bins).Select(bin => least + (bin + 0.5) * width).ToArray();
        List<Trace> traces = [];
        for (var s = 0; s < series.Count; s++)
        {
            var counts = new double[bins];
            foreach (var value in finite[s])
                counts[(int)Math.Clamp(value / width - least / width, 0, bins - 1)]++;
            traces.Add(new BarTrace(middles, counts, width)
            {
                Name = series.Count > 1 ? series[s].Name : "",
                Colour = Palette.Colour(s),
                Opacity = series.Count > 1 ? 0.55 : 0.85,
                Hovers = [.. counts.Select((count, bin) => $"{series[s].Name}: {ChartText.Whole((long)count)} from {ChartText.Number(least + bin * width, false)} to {ChartText.Number(least + (bin + 1) * width, false)}")],
            });
        }
        var x = FigureAxis.Fit(xTitle, [least, greatest], padding: 0.01) with { IsWhole = false };
        var y = FigureAxis.Fit("count", traces.OfType<BarTrace>().SelectMany(trace => trace.Y).Append(0)) with { From = 0, IsWhole = true };
        return new Figure
        {
            Title = Title,
            Note = finite.Sum(values => values.Length) == 0 ? "No values." : Series.NoteOfMissing(series.SelectMany(each => each.Values), isLog: false),
            Description = $"Histogram of {xTitle}. " + string.Join(" ", series.Zip(finite, Describe).Take(8)),
            Panels = [new FigurePanel(x, y, 520, 260)],
            Traces = traces,
        };
    }

    static string Describe((string Name, double[] Values) series, double[] finite) => finite.Length == 0
        ? $"{series.Name}: no values."
        : $"{series.Name}: {ChartText.Whole(finite.Length)} values from {ChartText.Number(finite.Min(), false)} to {ChartText.Number(finite.Max(), false)}, mean {ChartText.Number(finite.Average(), false)}.";
}
