using System.Globalization;

namespace DeepDigits;

/// <summary>A table of numbers as coloured cells, such as the accuracies of a sweep over two settings.</summary>
public sealed class HeatMapChart : Chart
{
    const int MostCells = 10_000, MostLabels = 400;

    readonly double[,] values;
    readonly IReadOnlyList<string> rows, columns;
    readonly string rowTitle, columnTitle;
    string? format;
    Func<double, string>? percent;
    bool isShare, isSigned;

    internal HeatMapChart(string title, double[,] values, IReadOnlyList<string> rows, IReadOnlyList<string> columns, string rowTitle, string columnTitle)
        : base(title)
    {
        if (values.GetLength(0) != rows.Count || values.GetLength(1) != columns.Count)
        {
            throw new ChartException($"The heat map \"{title}\" has {values.GetLength(0)} rows and {values.GetLength(1)} columns of values, "
                + $"but {rows.Count} and {columns.Count} labels for them. There must be as many of the one as of the other.");
        }
        if (values.Length is 0 or > MostCells)
            throw new ChartException($"The heat map \"{title}\" needs 1 to {ChartText.Whole(MostCells)} cells, but it has {ChartText.Whole(values.Length)}. For larger tables use Chart.Images.");
        (this.values, this.rows, this.columns, this.rowTitle, this.columnTitle) = ((double[,])values.Clone(), rows, columns, rowTitle, columnTitle);
    }

    /// <summary>Writes the values in percent: 0.98 is 98 %.</summary>
    public HeatMapChart InPercent()
    {
        isShare = true;
        return this;
    }

    /// <summary>Writes the values in a .NET format, such as "F3".</summary>
    public HeatMapChart Format(string format)
    {
        this.format = format;
        return this;
    }

    /// <summary>Colours values below 0 blue and above 0 orange, with white for 0 in the middle.</summary>
    public HeatMapChart Signed()
    {
        isSigned = true;
        return this;
    }

    internal override Figure Draw()
    {
        var finite = values.Cast<double>().Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var (from, to) = (finite.Min(), finite.Max());
        if (isSigned)
        {
            to = Math.Max(Math.Abs(from), Math.Abs(to));
            from = -to;
        }
        var hasLabels = values.Length <= MostLabels && columns.Count <= 20;
        var labels = hasLabels ? new string[rows.Count, columns.Count] : null;
        for (var i = 0; hasLabels && i < values.Length; i++)
            labels![i / columns.Count, i % columns.Count] = Text(values[i / columns.Count, i % columns.Count]);
        var widest = labels is null ? 0 : labels.Cast<string>().Max(label => ChartText.Width(label, FigureFrame.LabelSize));
        var (cellWidth, cellHeight) = hasLabels ? (Math.Max(widest + 14, 48), 34) : (Math.Clamp(560.0 / columns.Count, 4, 40), Math.Clamp(400.0 / rows.Count, 4, 40));
        return new Figure
        {
            Title = Title,
            Note = Series.NoteOfMissing(values.Cast<double>().Where(value => !double.IsNaN(value)), isLog: false),
            Description = $"Heat map of {Counted(rows.Count, "row", rowTitle)} and {Counted(columns.Count, "column", columnTitle)}{WithoutValue()}, from {Text(from)} to {Text(to)}. Greatest: {Where(finite.Max())}. Least: {Where(finite.Min())}.",
            Panels =
            [
                new FigurePanel(Sparse(FigureAxis.OfNames(columnTitle, columns), columns.Count * cellWidth, 26), Sparse(FigureAxis.OfNames(rowTitle, rows, isDownward: true), rows.Count * cellHeight, 16),
                    columns.Count * cellWidth, rows.Count * cellHeight),
            ],
            Traces =
            [
                new HeatMapTrace(values, isSigned ? ColourScale.Diverging : ColourScale.Sequential, from, to)
                {
                    Labels = labels, HasScale = true, IsShare = isShare,
                    Name = values.Cast<double>().All(double.IsFinite) ? "" : "no value",
                    Colour = ColourScale.Missing,
                    Hover = (row, column) => $"{Named(rowTitle, rows[row])}, {Named(columnTitle, columns[column])}: {(double.IsNaN(values[row, column]) ? "no value" : Text(values[row, column]))}",
                },
            ],
        };
    }

    /// <summary>An axis with so many names that they would overlap gets the names of some cells only.</summary>
    static FigureAxis Sparse(FigureAxis axis, double pixels, double room)
    {
        var every = (int)Math.Ceiling(axis.Names.Count * room / pixels);
        return every <= 1 ? axis : axis with { Names = [.. axis.Names.Select((name, i) => i % every == 0 ? name : "")] };
    }

    static string Counted(int count, string what, string title) => $"{ChartText.Whole(count)} {what}{(count == 1 ? "" : "s")}{(title.Length > 0 ? $" ({title})" : "")}";

    string WithoutValue() => values.Cast<double>().Count(double.IsNaN) is var missing and > 0 ? $", {ChartText.Whole(missing)} {(missing == 1 ? "cell" : "cells")} of them without a value" : "";

    string Where(double value)
    {
        for (var i = 0; i < values.Length; i++)
            if (values[i / columns.Count, i % columns.Count] == value)
                return $"{Named(rowTitle, rows[i / columns.Count])}, {Named(columnTitle, columns[i % columns.Count])}: {Text(value)}";
        return "none";
    }

    static string Named(string title, string label) => title.Length > 0 ? $"{title} {label}" : label;

    string Text(double value) => double.IsNaN(value) ? "–"
        : double.IsInfinity(value) ? value > 0 ? "∞" : "-∞"
        : format is not null ? value.ToString(format, CultureInfo.InvariantCulture)
        : isShare ? (percent ??= ChartText.Percentages(values.Cast<double>()))(value) : ChartText.Number(value, isShare: false);
}
