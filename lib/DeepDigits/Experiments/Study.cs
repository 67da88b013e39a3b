namespace DeepDigits;

/// <summary>One setting of an experiment varied (or two, in a grid), all else kept: a tuning study. Or nothing varied but the examples: a cross-validation.</summary>
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

    /// <summary>The parts of a cross-validation, class by class: trial k is judged by part k and learns from the others. Null where it is none.</summary>
    public int? Folds { get; init; }

    /// <summary>From how many seeds each trial is trained: S, S + 1, ..., each time with other first weights and other images held out. A choice between trials that differ little
    /// needs several, as one run says more of its luck than of its settings.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>What the rows of a grid of trials are, for example "learning rate"; null where the trials are a list.</summary>
    public string? Rows { get; init; }

    /// <summary>What the columns of a grid of trials are, for example "batch".</summary>
    public string? Columns { get; init; }

    /// <summary>The trainings.</summary>
    public required IReadOnlyList<Trial> Trials { get; init; }

    /// <summary>The number of all trainings.</summary>
    public int TrainingCount => Trials.Count * Runs;
}

/// <summary>One training of a tuning study.</summary>
/// <param name="Value">The value that was tried.</param>
/// <param name="Experiment">The training.</param>
/// <param name="Reported">What the original project published of it, if it did.</param>
public sealed record Trial(string Value, Experiment Experiment, ReportedFigures? Reported = null)
{
    /// <summary>Its row in a grid of trials: the first of two values.</summary>
    public string? Row { get; init; }

    /// <summary>Its column in a grid of trials: the second of two values.</summary>
    public string? Column { get; init; }
}
