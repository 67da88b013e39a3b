namespace DeepDigits;

/// <summary>The runs of an experiment, and what they say about the reported figure.</summary>
/// <param name="Name">The experiment.</param>
/// <param name="Reported">The published test accuracy, if there is one.</param>
/// <param name="Runs">One for each seed.</param>
public sealed record ExperimentResult(string Name, double? Reported, IReadOnlyList<RunResult> Runs)
{
    /// <summary>A hash of everything, but the seed, that the runs depend on: only runs of equal settings belong together. Null where it is
    /// not known.</summary>
    public string? Settings { get; init; }

    /// <summary>Whether this was a short run on a part of the data, to see that everything works: its figures mean nothing.</summary>
    public bool IsQuick { get; init; }

    /// <summary>The mean test accuracy.</summary>
    public double Mean => Runs.Average(run => run.TestAccuracy);

    /// <summary>The standard deviation of the test accuracy from run to run: sqrt(sum (x - mean)^2 / (n - 1)); null for a single
    /// run.</summary>
    public double? StandardDeviation => Runs.Count < 2 ? null : Math.Sqrt(Runs.Sum(run => (run.TestAccuracy - Mean) * (run.TestAccuracy - Mean)) / (Runs.Count - 1));

    /// <summary>The lowest test accuracy.</summary>
    public double Minimum => Runs.Min(run => run.TestAccuracy);

    /// <summary>
    /// How far one more run may fall from the mean, in 95 of 100 cases: t(n - 1) s sqrt(1 + 1 / n). For a single run two binomial standard
    /// errors, 2 sqrt(p (1 - p) / N): that is how much the choice of the test images alone may do.
    /// </summary>
    public double Margin => StandardDeviation is { } deviation
        ? StudentT.TwoSided95(Runs.Count - 1) * deviation * Math.Sqrt(1 + 1.0 / Runs.Count)
        : 2 * Math.Sqrt(Mean * (1 - Mean) / Runs[0].TestCount);

    /// <summary>
    /// "reproduced" when the reported figure is at or below the mean, or within <see cref="Margin"/> of it; "not reproduced" when it is
    /// above. A single run is marked as such. Without a reported figure: "ours".
    /// </summary>
    public string Verdict => IsQuick ? "quick run, not comparable"
        : Reported is not { } reported ? "ours"
        : (reported <= Mean + Margin ? "reproduced" : "not reproduced") + (Runs.Count == 1 ? " (single run)" : "");
}

/// <summary>One training of an experiment.</summary>
/// <param name="Seed">The seed of the first weights, the shuffling and dropout.</param>
/// <param name="TrainAccuracy">The accuracy on the training set after the last epoch.</param>
/// <param name="TestAccuracy">The accuracy on the test set after the last epoch.</param>
/// <param name="Seconds">The duration of the training on this machine.</param>
/// <param name="TestCount">The number of test examples.</param>
public sealed record RunResult(int Seed, double TrainAccuracy, double TestAccuracy, double Seconds, int TestCount);
