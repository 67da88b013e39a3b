using System.Globalization;

namespace DeepDigits;

/// <summary>An axis: what part of the numbers it shows, and where its labels stand.</summary>
sealed record FigureAxis
{
    const double LeastLogSpan = 1.05;

    public string Title { get; init; } = "";

    /// <summary>The number at the left or lower end. It may be the larger one.</summary>
    public required double From { get; init; }

    /// <summary>The number at the right or upper end.</summary>
    public required double To { get; init; }

    public bool IsLog { get; init; }

    /// <summary>Whether the numbers are shares of 1, written as percentages.</summary>
    public bool IsShare { get; init; }

    public bool IsVisible { get; init; } = true;

    /// <summary>The labels at 0, 1, 2, ...; empty: the axis has numbers.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Whether only whole numbers have a meaning, as for epochs.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Where a number stands between the ends: 0 to 1.</summary>
    public double Share(double value) =>
        IsLog ? (Math.Log10(value) - Math.Log10(From)) / (Math.Log10(To) - Math.Log10(From)) : (value - From) / (To - From);

    /// <summary>Whether a number can be drawn at all.</summary>
    public bool Shows(double value) => double.IsFinite(value) && (!IsLog || value > 0);

    /// <summary>An axis that shows all of the numbers that it can show.</summary>
    public static FigureAxis Fit(string title, IEnumerable<double> values, bool isLog = false, bool isShare = false, double padding = 0.04)
    {
        var axis = new FigureAxis { Title = title, From = 0, To = 1, IsLog = isLog, IsShare = isShare };
        var (least, greatest, count, whole) = (double.PositiveInfinity, double.NegativeInfinity, 0, true);
        foreach (var value in values)
        {
            if (!axis.Shows(value))
                continue;
            (least, greatest, count) = (Math.Min(least, value), Math.Max(greatest, value), count + 1);
            whole &= value == Math.Floor(value);
        }
        if (count == 0)
            return axis with { From = isLog ? 0.1 : 0, To = 1 };
        axis = axis with { IsWhole = whole && !isLog };
        if (isLog)
        {
            var factor = greatest / least < LeastLogSpan ? 2 : Math.Pow(greatest / least, padding);
            return axis with { From = Math.Max(least / factor, double.MinValue), To = Math.Min(greatest * factor, double.MaxValue) } is { From: > 0 } fitted
                ? fitted
                : axis with { From = least, To = greatest };
        }
        var margin = (greatest / 2 - least / 2) * 2 * padding; // halves: the difference of two large numbers may be infinite
        if (margin <= Math.Abs(greatest) * 1e-12 || !double.IsFinite(margin))
            margin = greatest == 0 ? 1 : Math.Abs(greatest) * 0.1;
        return axis with { From = Math.Max(least - margin, -1e300), To = Math.Min(greatest + margin, 1e300) };
    }

    /// <summary>An axis of names, with room around the first and the last.</summary>
    public static FigureAxis OfNames(string title, IEnumerable<string> names, bool isDownward = false)
    {
        var clean = names.Select(ChartText.Clean).ToArray();
        var end = Math.Max(clean.Length, 1) - 0.5;
        return new FigureAxis { Title = title, Names = clean, From = isDownward ? end : -0.5, To = isDownward ? -0.5 : end };
    }

    /// <summary>The numbers that are labelled, and their labels: multiples of 1, 2 or 5 times a power of ten.</summary>
    /// <param name="pixels">How long the axis is.</param>
    /// <param name="pixelsPerLabel">How much room a label needs.</param>
    public IReadOnlyList<(double Value, string Text)> Ticks(double pixels, double pixelsPerLabel)
    {
        if (Names.Count > 0)
            return [.. Names.Select((name, i) => ((double)i, name))];
        var most = Math.Max(2, (int)(pixels / pixelsPerLabel));
        return IsLog ? LogTicks(most) : LinearTicks(most);
    }

    List<(double, string)> LinearTicks(int most)
    {
        var (from, to) = (Math.Min(From, To), Math.Max(From, To));
        var exponent = (int)Math.Floor(Math.Log10(to / most - from / most));
        var step = 0.0;
        foreach (var factor in (ReadOnlySpan<int>)[1, 2, 5, 10])
        {
            step = Scale(factor, exponent);
            if ((to / step - from / step) <= most)
                break;
        }
        if (IsWhole)
            step = Math.Max(step, 1);
        List<(double, string)> ticks = [];
        for (var i = Math.Ceiling(from / step - 1e-9); i <= to / step + 1e-9 && ticks.Count <= 2 * most; i++)
            ticks.Add((i * step, Label(i * step, step)));
        return ticks;
    }

    List<(double, string)> LogTicks(int most)
    {
        var (first, last) = ((int)Math.Ceiling(Math.Log10(From) - 1e-9), (int)Math.Floor(Math.Log10(To) + 1e-9));
        if (To / From < 8)
            return LinearTicks(most);
        // The finest that fits: 1 to 9, or 1, 2, 5, or 1 times the powers of ten, or only every so many of these.
        foreach (var factors in (int[][])[[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3], [1]])
        {
            List<(double, string)> ticks = [];
            for (var exponent = first - 1; exponent <= last; exponent++)
                foreach (var factor in factors)
                    if (Scale(factor, exponent) is var value && value >= From * (1 - 1e-9) && value <= To * (1 + 1e-9))
                        ticks.Add((value, Label(value, value)));
            if (ticks.Count <= most && ticks.Count > 0)
                return ticks;
        }
        if (last < first)
            return [(From, Label(From, From / 10)), (To, Label(To, To / 10))];
        var every = Math.Max(1, (int)Math.Ceiling((last - first + 1) / (double)most));
        return [.. Enumerable.Range(0, (last - first) / every + 1).Select(i => Scale(1, first + i * every)).Select(value => (value, Label(value, value)))];
    }

    string Label(double value, double step)
    {
        if (value == 0)
            return IsShare ? "0 %" : "0";
        if (IsShare)
            (value, step) = (value * 100, step * 100);
        var size = Math.Abs(value);
        var text = size is >= 1e6 or < 1e-4
            ? value.ToString("0.###e0", CultureInfo.InvariantCulture)
            : value.ToString("N" + Math.Clamp(-(int)Math.Floor(Math.Log10(step) + 1e-9), 0, 9), CultureInfo.InvariantCulture);
        return IsShare ? text + " %" : text;
    }

    /// <summary>factor * 10^exponent, correctly rounded: text is the way to that which is exact on every machine.</summary>
    static double Scale(int factor, int exponent) =>
        double.Parse(string.Create(CultureInfo.InvariantCulture, $"{factor}e{exponent}"), CultureInfo.InvariantCulture);
}
