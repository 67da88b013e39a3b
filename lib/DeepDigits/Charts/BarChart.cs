using System.Numerics;

namespace DeepDigits;

/// <summary>Bars, one for each label, or for each label and series.</summary>
public sealed class BarChart : Chart
{
    /// <summary>With more bars than that, their values are only shown under the mouse.</summary>
    const int MostLabels = 24;

    const double GroupWidth = 0.8, LabelSize = 11;

    readonly string xTitle, yTitle;
    readonly IReadOnlyList<string> labels;
    readonly List<(string Name, double[] Values, double[] Errors)> series = [];
    bool isShare;

    internal BarChart(string title, string xTitle, string yTitle, IReadOnlyList<string> labels)
        : base(title) => (this.xTitle, this.yTitle, this.labels) = (xTitle, yTitle, labels);

    /// <summary>Adds a series: one value for each label.</summary>
    /// <exception cref="ChartException">There are not as many values as labels.</exception>
    public BarChart Add<T>(string name, IEnumerable<T> values) where T : INumberBase<T> => Add(name, values, []);

    /// <summary>Adds a series with the uncertainty of each value, drawn as a line from value - error to value + error.</summary>
    /// <exception cref="ChartException">There are not as many values or errors as labels.</exception>
    public BarChart Add<T>(string name, IEnumerable<T> values, IEnumerable<T> errors) where T : INumberBase<T>
    {
        var (heights, spreads) = (Series.ToDoubles(values), Series.ToDoubles(errors));
        Series.CheckCount(Title, name, "labels", labels.Count, "values", heights.Length);
        if (spreads.Length > 0)
            Series.CheckCount(Title, name, "labels", labels.Count, "errors", spreads.Length);
        series.Add((name, heights, spreads));
        return this;
    }

    /// <summary>Writes the values in percent: 0.98 is 98 %.</summary>
    public BarChart InPercent()
    {
        isShare = true;
        return this;
    }

    internal override Figure Draw()
    {
        var bars = labels.Count * series.Count;
        var width = GroupWidth / Math.Max(series.Count, 1);
        var widest = series.SelectMany(each => each.Values).Select(value => ChartText.Width(ChartText.Number(value, isShare), LabelSize)).DefaultIfEmpty(0).Max();
        var pixels = Math.Clamp(bars * Math.Max(widest + 4, 30) / GroupWidth, 300, 640);
        var hasLabels = bars <= MostLabels && widest < pixels * GroupWidth / Math.Max(bars, 1);
        List<Trace> traces = [];
        for (var s = 0; s < series.Count; s++)
        {
            var (name, values, errors) = series[s];
            var offset = (s - (series.Count - 1) / 2.0) * width;
            traces.Add(new BarTrace([.. labels.Select((_, i) => i + offset)], values, width * 0.94)
            {
                Name = series.Count > 1 ? name : "",
                Colour = Palette.Colour(s),
                Errors = errors,
                Labels = hasLabels ? [.. values.Select(value => double.IsFinite(value) ? ChartText.Number(value, isShare) : "")] : [],
                Hovers = [.. values.Select((value, i) => $"{name}, {labels[i]}: {ChartText.Number(value, isShare)}"
                    + (errors.Length > 0 ? $" ± {ChartText.Number(errors[i], isShare)}" : ""))],
            });
        }
        var all = series.SelectMany(each => each.Values.Concat(each.Values.Zip(each.Errors, (a, b) => a + b)).Concat(each.Values.Zip(each.Errors, (a, b) => a - b)));
        var y = FigureAxis.Fit(yTitle, all.Append(0), isShare: isShare, padding: 0.09) with { IsWhole = false };
        var isAboveZero = all.All(value => !(value < 0));
        return new Figure
        {
            Title = Title,
            Note = bars == 0 ? "No values." : Series.NoteOfMissing(series.SelectMany(each => each.Values), isLog: false),
            Description = $"Bar chart of {yTitle} by {xTitle}. " + string.Join(" ", series.Take(4).Select(each =>
                $"{each.Name}: " + string.Join(", ", each.Values.Zip(labels, (value, label) => $"{label} {ChartText.Number(value, isShare)}").Take(20)) + ".")),
            Panels = [new FigurePanel(FigureAxis.OfNames(xTitle, labels), isAboveZero ? y with { From = 0 } : y, pixels, 280)],
            Traces = traces,
        };
    }
}
