namespace DeepDigits;

/// <summary>One setting of an experiment varied, all else kept: a tuning study.</summary>
public sealed record Study
{
    /// <summary>What the command line calls it, for example "mlp-learning-rate".</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>What is varied, for example "learning rate".</summary>
    public required string Varied { get; init; }

    /// <summary>How it is run and judged.</summary>
    public required string Protocol { get; init; }

    /// <summary>
    /// The share of the training set that is held out, class by class, to judge by; null where the study judges by the training set itself.
    /// </summary>
    public double? HoldOut { get; init; }

    /// <summary>The trainings.</summary>
    public required IReadOnlyList<Trial> Trials { get; init; }
}

/// <summary>One training of a tuning study.</summary>
/// <param name="Value">The value that was tried.</param>
/// <param name="Experiment">The training.</param>
/// <param name="ReportedTrainAccuracy">The accuracy on the training set that the original project published, if it did.</param>
public sealed record Trial(string Value, Experiment Experiment, double? ReportedTrainAccuracy = null);
