namespace DeepDigits;

/// <summary>Everything that a training's result depends on, beside the network and the data. What has no obvious value has no
/// default.</summary>
public sealed record TrainingOptions
{
    /// <summary>What is made small.</summary>
    public required Loss Loss { get; init; }

    /// <summary>How the parameters are changed.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>The examples of one step. The last batch of an epoch holds what is left.</summary>
    public required int BatchSize { get; init; }

    /// <summary>How often the training passes through all examples.</summary>
    public required int Epochs { get; init; }

    /// <summary>The seed of the shuffling, of dropout and of augmentation. (The first weights have their own: <see cref="Sequential.Build"/>.)</summary>
    public required int Seed { get; init; }

    /// <summary>Whether every epoch sees the examples in a new random order. Without, batches are consecutive examples, the same in every
    /// epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>The factor of the optimizer's learning rate over the course of the training.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Varies the images of every epoch anew: shifts, rotations and the like. What is validated stays as it is.</summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>Examples that are not learned from: loss and accuracy on them are measured after every epoch.</summary>
    public Dataset? Validation { get; init; }

    /// <summary>Ends the training when the validation stops improving.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Averages the weights over the steps: the average is what is validated and what the network holds at the end.</summary>
    public WeightAveraging? Averaging { get; init; }

    /// <summary>
    /// A file that holds the state after each finished epoch. When it is there at the start, the training goes on from it, to the same bits
    /// as without the interruption. It is kept at the end.
    /// </summary>
    public string? Checkpoint { get; init; }

    /// <summary>Checks the ranges and what depends on what.</summary>
    /// <exception cref="ArgumentException">A setting is out of range, or needs another one.</exception>
    internal void Validate(Dataset train)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Epochs);
        train.RequireLabels("Training");
        Validation?.RequireLabels("Validation");
        if (train.Count == 0)
            throw new ArgumentException("There are no examples to learn from.", nameof(train));
        if (Validation is { Count: 0 })
            throw new ArgumentException("The validation set is empty. Leave it out, or hold more examples out.", nameof(Validation));
        if (EarlyStopping is not null && Validation is null)
            throw new ArgumentException("Early stopping judges by the validation set, but there is none: set Validation too.", nameof(EarlyStopping));
    }

    /// <summary>All settings in words: a checkpoint may only be resumed under the same.</summary>
    internal string Describe(Dataset train) => FormattableString.Invariant(
        $"loss {Loss.Name}; optimizer {Optimizer.Description}; batch {BatchSize}; epochs {Epochs}; seed {Seed}; shuffle {Shuffle}; schedule {Schedule.Description}; ")
        + $"training set {train.Fingerprint()}; validation set {Validation?.Fingerprint() ?? "none"}; early stopping {EarlyStopping?.Description ?? "none"}"
        + (Augmentation is null ? "" : $"; augmentation {Augmentation.Description}")
        + (Averaging is null ? "" : $"; averaging {Averaging.Description}");
}
