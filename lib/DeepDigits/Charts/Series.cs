using System.Numerics;

namespace DeepDigits;

/// <summary>What charts do with the numbers that they are given.</summary>
static class Series
{
    /// <summary>The points that a chart of lines or points draws in all: so many fit into an output.</summary>
    public const int MostPoints = 2_400;

    const int FewestPoints = 40;

    /// <summary>The numbers as 64-bit floats; a number of another type that has no such float is infinite.</summary>
    public static double[] ToDoubles<T>(IEnumerable<T> values) where T : INumberBase<T> => [.. values.Select(double.CreateSaturating)];

    /// <summary>1, 2, 3, ... up to a count.</summary>
    public static double[] Numbered(int count) => [.. Enumerable.Range(1, count).Select(i => (double)i)];

    /// <summary>How many points each of some series may have.</summary>
    public static int PointsOfEach(int series) => Math.Max(MostPoints / Math.Max(series, 1), FewestPoints);

    /// <summary>
    /// The positions of the points that a line needs to look the same: of every stretch of the line the lowest, the highest and one that is a gap. All,
    /// if they are not too many.
    /// </summary>
    /// <param name="x">Where the points stand, in a unit that is drawn evenly: the logarithms, if the axis is logarithmic.</param>
    /// <param name="values">How high they stand, likewise.</param>
    /// <param name="most">How many points there may be.</param>
    public static int[] Thin(IReadOnlyList<double> x, IReadOnlyList<double> values, int most)
    {
        if (values.Count <= most)
            return [.. Enumerable.Range(0, values.Count)];
        var stretches = Math.Max(most / 3, 1);
        SortedSet<int> kept = [0, values.Count - 1];
        // Stretches of equal length as drawn, not of as many points each: where the points stand far apart, all of them are needed.
        var lengths = Lengths(x, values);
        var to = 0;
        for (var s = 0; s < stretches; s++)
        {
            var from = to;
            while (to < values.Count && (s == stretches - 1 || lengths[to] <= lengths[^1] * (s + 1) / stretches))
                to++;
            var (least, greatest, gap) = (-1, -1, -1);
            for (var i = from; i < to; i++)
            {
                if (!double.IsFinite(values[i]))
                {
                    gap = i;
                    continue;
                }
                if (least < 0 || values[i] < values[least])
                    least = i;
                if (greatest < 0 || values[i] > values[greatest])
                    greatest = i;
            }
            foreach (var i in (ReadOnlySpan<int>)[least, greatest, gap])
                if (i >= 0)
                    kept.Add(i);
        }
        return [.. kept];
    }

    /// <summary>
    /// How far along the line each point stands, from 0 on: the change in x plus the change in y, each as a share of its range. Every point adds a
    /// little, so that standing still is a length, too.
    /// </summary>
    static double[] Lengths(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        var lengths = new double[y.Count];
        var (scaleX, scaleY) = (Scale(x), Scale(y));
        for (var i = 1; i < y.Count; i++)
        {
            var step = Math.Abs(x[i] - x[i - 1]) * scaleX + Math.Abs(y[i] - y[i - 1]) * scaleY;
            lengths[i] = lengths[i - 1] + (double.IsFinite(step) ? step : 0) + 1.0 / y.Count;
        }
        return lengths;

        static double Scale(IReadOnlyList<double> values)
        {
            var finite = values.Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
            var range = finite.Max() - finite.Min();
            return range > 0 && double.IsFinite(range) ? 1 / range : 0;
        }
    }

    /// <summary>What had to be left out because it cannot be drawn, in words; empty: nothing.</summary>
    public static string NoteOfMissing(IEnumerable<double> values, bool isLog)
    {
        var (notFinite, notPositive) = (0, 0);
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
                notFinite++;
            else if (isLog && value <= 0)
                notPositive++;
        }
        List<string> notes = [];
        if (notFinite > 0)
            notes.Add($"{ChartText.Whole(notFinite)} {(notFinite == 1 ? "value is" : "values are")} not finite and not shown.");
        if (notPositive > 0)
            notes.Add($"{ChartText.Whole(notPositive)} {(notPositive == 1 ? "value is" : "values are")} not above 0 and cannot be shown on a logarithmic axis.");
        return string.Join(" ", notes);
    }

    /// <summary>A dashed line across a chart, in the colour of the text.</summary>
    public static PointTrace Mark(string name, double value, FigureAxis x, int number) =>
        new([x.From, x.To], [value, value]) { Name = name, Group = name, Dash = number % 2 == 0 ? "dash" : "dot" };

    /// <summary>Throws when one series has not as many numbers as another.</summary>
    public static void CheckCount(string chart, string name, string what, int expected, string other, int found)
    {
        if (expected != found)
            throw new ChartException($"The chart \"{chart}\": \"{name}\" has {found} {other}, but {expected} {what}. There must be as many of the one as of the other.");
    }
}
