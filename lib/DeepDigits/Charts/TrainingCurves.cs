namespace DeepDigits;

/// <summary>Loss and accuracy of trainings, epoch by epoch, side by side.</summary>
public sealed class TrainingCurves : Chart
{
    const int MostSymbols = 40;

    readonly IReadOnlyList<(string Name, History History)> runs;
    bool isLogLoss;

    internal TrainingCurves(string title, IReadOnlyList<(string Name, History History)> runs)
        : base(title) => this.runs = runs;

    /// <summary>Makes the axis of the loss logarithmic.</summary>
    public TrainingCurves LogLoss()
    {
        isLogLoss = true;
        return this;
    }

    internal override Figure Draw()
    {
        List<Trace> traces = [];
        var hasValidation = runs.Any(run => run.History.Epochs.Any(epoch => epoch.ValidationLoss is not null));
        List<double> losses = [], accuracies = [], epochs = [];
        for (var i = 0; i < runs.Count; i++)
        {
            var (name, results) = (runs[i].Name, runs[i].History.Epochs);
            epochs.AddRange(results.Select(epoch => (double)epoch.Epoch));
            var isAlone = runs.Count == 1;
            // Dotted, and called so, only to be told from validation.
            Add(isAlone ? "training" : hasValidation ? $"{name}, training" : name, isAlone || !hasValidation ? "solid" : "dot", 2 * i, epoch => epoch.Loss, epoch => epoch.Accuracy);
            if (results.Any(epoch => epoch.ValidationLoss is not null))
                Add(isAlone ? "validation" : $"{name}, validation", "solid", 2 * i + 1, epoch => epoch.ValidationLoss, epoch => epoch.ValidationAccuracy);

            void Add(string series, string dash, int number, Func<EpochResult, double?> loss, Func<EpochResult, double?> accuracy)
            {
                for (var panel = 0; panel < 2; panel++)
                {
                    var values = results.Select(panel == 0 ? loss : accuracy).Select(value => value ?? double.NaN).ToArray();
                    (panel == 0 ? losses : accuracies).AddRange(values);
                    var kept = Series.Thin([.. results.Select(epoch => (double)epoch.Epoch)], values, Series.PointsOfEach(4 * runs.Count));
                    traces.Add(new PointTrace([.. kept.Select(k => (double)results[k].Epoch)], [.. kept.Select(k => values[k])])
                    {
                        Name = panel == 0 ? series : "",
                        Group = series,
                        Panel = panel,
                        Dash = dash,
                        HasMarkers = results.Count <= MostSymbols,
                        // Alone, the two lines differ in colour; of several trainings each has its own.
                        Colour = Palette.Colour(isAlone ? number : number / 2),
                        Symbol = Palette.Symbol(isAlone ? number : number / 2),
                    });
                }
            }
        }
        var x = FigureAxis.Fit("epoch", epochs, padding: 0.03);
        return new Figure
        {
            Title = Title,
            Note = epochs.Count == 0 ? "No epochs." : Series.NoteOfMissing(Known(runs, epoch => epoch.Loss, epoch => epoch.ValidationLoss), isLogLoss),
            Description = "Loss and accuracy by epoch. " + string.Join(" ", runs.Where(run => run.History.Epochs.Count > 0).Take(8).Select(Describe)),
            Panels =
            [
                new FigurePanel(x, FigureAxis.Fit("", losses, isLogLoss) with { IsWhole = false }, 300, 240, "loss"),
                new FigurePanel(x, FigureAxis.Fit("", accuracies, isShare: true) with { IsWhole = false }, 300, 240, "accuracy"),
            ],
            Traces = traces,
        };
    }

    static IEnumerable<double> Known(IReadOnlyList<(string Name, History History)> runs, params Func<EpochResult, double?>[] values) =>
        runs.SelectMany(run => run.History.Epochs).SelectMany(epoch => values.Select(value => value(epoch))).OfType<double>();

    static string Describe((string Name, History History) run)
    {
        var last = run.History.Epochs[^1];
        var text = $"{(run.Name.Length > 0 ? run.Name + ": after" : "After")} epoch {last.Epoch} loss {ChartText.Number(last.Loss, false)}, accuracy {ChartText.Number(last.Accuracy, true)}";
        return last is { ValidationLoss: { } loss, ValidationAccuracy: { } accuracy }
            ? $"{text}; validation loss {ChartText.Number(loss, false)}, accuracy {ChartText.Number(accuracy, true)}."
            : text + ".";
    }
}
