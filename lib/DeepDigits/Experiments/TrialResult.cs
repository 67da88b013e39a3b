namespace DeepDigits;

/// <summary>What one training of a tuning study measured, beside what the original project published.</summary>
/// <param name="Value">The value that was tried.</param>
/// <param name="ReportedTrainAccuracy">The accuracy on the training set that the original project published, if it did.</param>
/// <param name="TrainAccuracy">The accuracy, after the last epoch, on the examples that were learned from.</param>
/// <param name="ValidationAccuracy">The accuracy, after the last epoch, on the examples that were held out, if any were.</param>
/// <param name="Seconds">The duration of the training, beside the others.</param>
public sealed record TrialResult(string Value, double? ReportedTrainAccuracy, double TrainAccuracy, double? ValidationAccuracy, double Seconds)
{
    /// <summary>Its row in a grid of trials.</summary>
    public string? Row { get; init; }

    /// <summary>Its column in a grid of trials.</summary>
    public string? Column { get; init; }

    /// <summary>The loss, after the last epoch, on the examples that were learned from.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>The loss, after the last epoch, on the examples that were held out.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The highest validation accuracy after any epoch.</summary>
    public double? BestValidationAccuracy => History?.Max(epoch => epoch.ValidationAccuracy);

    /// <summary>The published validation accuracy.</summary>
    public double? ReportedValidationAccuracy { get; init; }

    /// <summary>The published training loss.</summary>
    public double? ReportedTrainLoss { get; init; }

    /// <summary>The published validation loss.</summary>
    public double? ReportedValidationLoss { get; init; }

    /// <summary>The published highest validation accuracy.</summary>
    public double? ReportedBestValidationAccuracy { get; init; }

    /// <summary>How far the published accuracies may be off because they were read from a drawn curve.</summary>
    public double? ReadingError { get; init; }

    /// <summary>The number of examples that were held out.</summary>
    public int? ValidationCount { get; init; }

    /// <summary>The share of the most frequent class among the examples that were held out: what a network reaches that says the same of every image.</summary>
    public double? ChanceAccuracy { get; init; }

    /// <summary>
    /// How far the validation accuracies of two runs may be apart by the choice of the images alone: two standard errors of the difference,
    /// 2 sqrt(p (1 - p) / n + q (1 - q) / n), for p and q on n images each; and the reading error, where there is one. Runs from different first weights differ by
    /// more, so a difference beyond it is no proof of anything else.
    /// </summary>
    public double? ValidationMargin => (ReportedValidationAccuracy, ValidationAccuracy, ValidationCount) is ({ } p, { } q, { } n)
        ? 2 * Math.Sqrt((p * (1 - p) + q * (1 - q)) / n) + (ReadingError ?? 0)
        : null;

    /// <summary>
    /// The validation accuracy against the published one. "agrees": they are at most <see cref="ValidationMargin"/> apart. "both at chance": neither run
    /// learned anything (its accuracy is not above <see cref="ChanceAccuracy"/> by more than two standard errors). "higher", "lower": ours is. Null where nothing was published.
    /// </summary>
    public string? Verdict => (ReportedValidationAccuracy, ValidationAccuracy, ValidationMargin) is not ({ } reported, { } ours, { } margin) ? null
        : Math.Abs(ours - reported) <= margin ? "agrees"
        : IsAtChance(reported) && IsAtChance(ours) ? "both at chance"
        : ours > reported ? "higher" : "lower";

    /// <summary>The training, epoch by epoch.</summary>
    public IReadOnlyList<EpochResult>? History { get; init; }

    bool IsAtChance(double accuracy) =>
        ChanceAccuracy is { } chance && ValidationCount is { } count && accuracy <= chance + 2 * Math.Sqrt(chance * (1 - chance) / count);
}
