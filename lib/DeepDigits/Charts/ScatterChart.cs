using System.Numerics;

namespace DeepDigits;

/// <summary>Points.</summary>
public sealed class ScatterChart : Chart
{
    readonly string xTitle, yTitle;
    readonly List<(string Name, double[] X, double[] Y)> series = [];
    bool isLogX, isLogY;

    internal ScatterChart(string title, string xTitle, string yTitle)
        : base(title) => (this.xTitle, this.yTitle) = (xTitle, yTitle);

    /// <summary>Adds points.</summary>
    /// <exception cref="ChartException">There are not as many x as y.</exception>
    public ScatterChart Add<TX, TY>(string name, IEnumerable<TX> x, IEnumerable<TY> y) where TX : INumberBase<TX> where TY : INumberBase<TY>
    {
        var (across, up) = (Series.ToDoubles(x), Series.ToDoubles(y));
        Series.CheckCount(Title, name, "x", across.Length, "y", up.Length);
        series.Add((name, across, up));
        return this;
    }

    /// <summary>Makes the horizontal axis logarithmic.</summary>
    public ScatterChart LogX()
    {
        isLogX = true;
        return this;
    }

    /// <summary>Makes the vertical axis logarithmic.</summary>
    public ScatterChart LogY()
    {
        isLogY = true;
        return this;
    }

    internal override Figure Draw()
    {
        var count = series.Sum(each => each.X.Length);
        // Too many points: every second, third, ..., so that dense places stay dense, and the chart says so.
        var every = (count - 1) / Series.MostPoints + 1;
        List<Trace> traces = [];
        for (var s = 0; s < series.Count; s++)
        {
            traces.Add(new PointTrace([.. series[s].X.Where((_, i) => i % every == 0)], [.. series[s].Y.Where((_, i) => i % every == 0)])
            {
                Name = series.Count > 1 ? series[s].Name : "",
                Group = series[s].Name,
                Colour = Palette.Colour(s),
                Symbol = Palette.Symbol(s),
                HasLine = false,
                HasMarkers = true,
            });
        }
        List<string> notes = [Series.NoteOfMissing(series.SelectMany(each => each.Y), isLogY), Series.NoteOfMissing(series.SelectMany(each => each.X), isLogX)];
        if (count == 0)
            notes.Add("No values.");
        if (every > 1)
            notes.Add($"One of every {every} points is shown.");
        return new Figure
        {
            Title = Title,
            Note = string.Join(" ", notes.Where(note => note.Length > 0)),
            Description = $"Scatter chart of {yTitle} over {xTitle}. " + string.Join(" ", series.Take(8).Select(each => $"{each.Name}: {ChartText.Whole(each.X.Length)} points.")),
            Panels =
            [
                new FigurePanel(FigureAxis.Fit(xTitle, series.SelectMany(each => each.X), isLogX) with { IsWhole = false },
                    FigureAxis.Fit(yTitle, series.SelectMany(each => each.Y), isLogY) with { IsWhole = false }, 520, 340),
            ],
            Traces = traces,
        };
    }
}
