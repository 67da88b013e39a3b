namespace DeepDigits;

/// <summary>
/// A confusion matrix: in each cell how many examples of the row's class were taken for the column's class, and what share of the row's class
/// that is. What was right is blue; what was wrong is orange, on a scale of its own, because mistakes are few.
/// </summary>
public sealed class ConfusionChart : Chart
{
    const int MostClasses = 40;

    const double FewClassesWidth = 260, FewClassesHeight = 160, MostForName = 70;

    readonly ConfusionMatrix matrix;

    internal ConfusionChart(string title, ConfusionMatrix matrix)
        : base(title)
    {
        if (matrix.ClassNames.Count is 0 or > MostClasses)
            throw new ChartException($"A confusion matrix is drawn for 1 to {MostClasses} classes, but there are {matrix.ClassNames.Count}.");
        this.matrix = matrix;
    }

    internal override Figure Draw()
    {
        var (names, classes) = (matrix.ClassNames, matrix.ClassNames.Count);
        var (right, wrong, labels) = (new double[classes, classes], new double[classes, classes], new string[classes, classes]);
        var worst = 0.0;
        List<(int Count, string Text)> mistakes = [];
        for (var label = 0; label < classes; label++)
        {
            for (var predicted = 0; predicted < classes; predicted++)
            {
                var (isRight, share, count) = (label == predicted, Share(label, predicted), matrix[label, predicted]);
                (right[label, predicted], wrong[label, predicted]) = isRight ? (share, double.NaN) : (double.NaN, double.IsFinite(share) ? share : 0);
                labels[label, predicted] = count > 0 ? $"{ChartText.Whole(count)}\n{(100 * share).ToString(share < 0.9995 ? "0.0" : "0", System.Globalization.CultureInfo.InvariantCulture)} %" : "";
                if (isRight)
                    continue;
                worst = Math.Max(worst, wrong[label, predicted]);
                if (count > 0)
                    mistakes.Add((count, $"{names[label]} taken for {names[predicted]} ({count})"));
            }
        }
        var accuracy = matrix.Count == 0 ? "No examples." : $"{ChartText.Number(matrix.Accuracy, true)} of {ChartText.Whole(matrix.Count)} examples are right.";
        // Few classes leave room: for their names side by side, and for larger numbers.
        var widestName = names.Max(name => ChartText.Width(ChartText.Clean(name), FigureFrame.LabelSize));
        var (cellWidth, cellHeight) = (Math.Max(50, FewClassesWidth / classes), Math.Max(38, FewClassesHeight / classes));
        if (widestName + 14 <= MostForName)
            cellWidth = Math.Max(cellWidth, widestName + 14);
        var labelSize = cellHeight > 60 ? FigureFrame.LabelSize + 3 : FigureFrame.LabelSize;
        var commonest = string.Join(", ", mistakes.OrderByDescending(mistake => mistake.Count).Take(3).Select(mistake => mistake.Text));
        return new Figure
        {
            Title = Title,
            Note = accuracy,
            Description = $"Confusion matrix of {classes} classes. {accuracy}{(commonest.Length > 0 ? $" Most common mistakes: {commonest}." : "")}",
            Panels =
            [
                new FigurePanel(FigureAxis.OfNames("predicted", names), FigureAxis.OfNames("true", names, isDownward: true), classes * cellWidth, classes * cellHeight),
            ],
            Traces =
            [
                new HeatMapTrace(wrong, ColourScale.Errors, 0, worst > 0 ? worst : 1) { LabelSize = labelSize, Labels = labels, Hover = Hover, IsShare = true },
                new HeatMapTrace(right, ColourScale.Sequential, 0, 1) { LabelSize = labelSize, Labels = labels, Hover = Hover, IsShare = true },
            ],
        };
    }

    double Share(int label, int predicted) =>
        (double)matrix[label, predicted] / Enumerable.Range(0, matrix.ClassNames.Count).Sum(column => matrix[label, column]);

    string Hover(int label, int predicted)
    {
        var (trueName, name, count) = (matrix.ClassNames[label], matrix.ClassNames[predicted], matrix[label, predicted]);
        var share = Share(label, predicted);
        return $"true {trueName}, predicted {name}: {ChartText.Whole(count)}" + (double.IsFinite(share) ? $" ({ChartText.Number(share, true)} of all {trueName})" : "");
    }
}
