using System.Numerics;

namespace DeepDigits;

/// <summary>Bars, one for each label, or for each label and series.</summary>
public sealed class BarChart : Chart
{
    /// <summary>The size of the values that are written over the bars.</summary>
    internal const double LabelSize = 11;

    /// <summary>With more bars than that, their values are only shown under the mouse.</summary>
    const int MostLabels = 24;

    const double GroupWidth = 0.8, Height = 280;

    /// <summary>What a value needs beside its text so as not to run into its neighbour; and the width of one that stands upright.</summary>
    const double LabelGap = 8, UprightWidth = 16;

    readonly string xTitle, yTitle;
    readonly IReadOnlyList<string> labels;
    readonly List<(string Name, double[] Values, double[] Errors)> series = [];
    readonly List<(string Name, double Value)> marks = [];
    bool isShare;

    internal BarChart(string title, string xTitle, string yTitle, IReadOnlyList<string> labels)
        : base(title) => (this.xTitle, this.yTitle, this.labels) = (xTitle, yTitle, labels);

    /// <summary>Adds a series: one value for each label; NaN where there is none.</summary>
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

    /// <summary>Adds a dashed line across the chart, such as a figure to be reached.</summary>
    public BarChart Mark(string name, double value)
    {
        marks.Add((name, value));
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
        var text = isShare ? ChartText.Percentages(series.SelectMany(each => each.Values)) : value => ChartText.Number(value, isShare: false);
        var widest = series.SelectMany(each => each.Values).Where(double.IsFinite).Select(value => ChartText.Width(text(value), LabelSize)).DefaultIfEmpty(0).Max();
        var widestName = labels.Select(label => ChartText.Width(ChartText.Clean(label), FigureFrame.LabelSize)).DefaultIfEmpty(0).Max();
        // Names side by side if that is possible at all; else they are slanted, which needs no more width than the bars.
        var forNames = labels.Count * (widestName + 10) is var needed and <= 680 ? needed : 0;
        var pixels = Math.Clamp(Math.Max(bars * Math.Max(widest + LabelGap, 30) / GroupWidth, forNames), 300, 680);
        var slot = pixels * GroupWidth / Math.Max(bars, 1);
        var isUpright = widest + LabelGap > slot + 0.01;
        var hasLabels = bars <= MostLabels && (!isUpright || slot >= UprightWidth);
        List<Trace> traces = [];
        for (var s = 0; s < series.Count; s++)
        {
            var (name, values, errors) = series[s];
            var offset = (s - (series.Count - 1) / 2.0) * width;
            traces.Add(new BarTrace([.. labels.Select((_, i) => i + offset)], values, width * 0.94)
            {
                Name = series.Count > 1 || marks.Count > 0 ? name : "",
                Colour = Palette.Colour(s),
                Errors = errors,
                IsUpright = isUpright,
                Labels = hasLabels ? [.. values.Select(value => double.IsFinite(value) ? text(value) : "")] : [],
                Hovers = [.. values.Select((value, i) => $"{name}, {labels[i]}: {ChartText.Number(value, isShare)}"
                    + (errors.Length > 0 ? $" ± {ChartText.Number(errors[i], isShare)}" : ""))],
            });
        }
        var all = series.SelectMany(each => each.Values.Concat(each.Values.Zip(each.Errors, (a, b) => a + b)).Concat(each.Values.Zip(each.Errors, (a, b) => a - b)));
        var x = FigureAxis.OfNames(xTitle, labels);
        traces.AddRange(marks.Select((mark, i) => Series.Mark(mark.Name, mark.Value, x, i)));
        var isAboveZero = all.All(value => !(value < 0));
        // Upright values need room at the upper end of the axis, and below, if bars go down.
        var room = widest + LabelGap + 4;
        var padding = hasLabels && isUpright ? room / (Height - (isAboveZero ? 1 : 2) * room) : 0.09;
        var y = FigureAxis.Fit(yTitle, all.Concat(marks.Select(mark => mark.Value)).Append(0), isShare: isShare, padding: padding) with { IsWhole = false };
        return new Figure
        {
            Title = Title,
            Note = bars == 0 ? "No values." : Series.NoteOfMissing(series.SelectMany(each => each.Values).Where(value => !double.IsNaN(value)), isLog: false),
            Description = $"Bar chart of {yTitle} by {xTitle}. " + string.Join(" ", series.Take(4).Select(each =>
                $"{each.Name}: " + string.Join(", ", each.Values.Zip(labels, (value, label) => $"{label} {ChartText.Number(value, isShare)}").Take(20)) + ".")),
            Panels = [new FigurePanel(x, isAboveZero ? y with { From = 0 } : y, pixels, Height)],
            Traces = traces,
        };
    }
}
