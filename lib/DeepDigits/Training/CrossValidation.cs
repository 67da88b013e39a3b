namespace DeepDigits;

/// <summary>
/// k-fold cross-validation: the examples are cut into k parts; each part is once the validation set of a network that learned from the
/// other parts. The mean over the folds says how well the settings do on examples that were not learned from, the spread how much that
/// depends on the choice of examples.
/// </summary>
/// <remarks>M. Stone: Cross-Validatory Choice and Assessment of Statistical Predictions (Journal of the Royal Statistical Society B 36,
/// 1974).</remarks>
public static class CrossValidation
{
    /// <summary>Trains one network for each fold, some of them at the same time (see <see cref="Sweep"/>).</summary>
    /// <param name="data">The examples; never the test set.</param>
    /// <param name="folds">How many parts; at least 2. Each has the classes in the same proportions.</param>
    /// <param name="network">Makes a network, not yet built; it is built from the options' seed for the data's shape.</param>
    /// <param name="options">The training; its validation set is replaced by the fold's, and a checkpoint's name gets the fold's
    /// number.</param>
    /// <param name="cancellation">Stops all trainings.</param>
    /// <returns>One result for each fold, in order.</returns>
    public static IReadOnlyList<FoldResult> Run(Dataset data, int folds, Func<Sequential> network, TrainingOptions options, CancellationToken cancellation = default)
    {
        var parts = data.StratifiedFolds(folds, options.Seed);
        return Sweep.Run([.. Enumerable.Range(0, folds)], (fold, token) =>
        {
            var (train, validation) = parts[fold];
            var model = network();
            model.Build(data.ImageShape, options.Seed);
            var history = model.Fit(train, options with
            {
                Validation = validation,
                Checkpoint = options.Checkpoint is null ? null : FormattableString.Invariant($"{options.Checkpoint}.fold-{fold + 1}"),
            }, cancellation: token);
            var (loss, accuracy) = model.Measure(validation, options.Loss);
            return new FoldResult(fold + 1, history, loss, accuracy);
        }, cancellation: cancellation);
    }
}

/// <summary>What one fold of a cross-validation measured.</summary>
/// <param name="Fold">Its number, from 1.</param>
/// <param name="History">The training, epoch by epoch.</param>
/// <param name="ValidationLoss">The mean loss over the fold's validation set at the end.</param>
/// <param name="ValidationAccuracy">The accuracy on the fold's validation set at the end.</param>
public sealed record FoldResult(int Fold, History History, double ValidationLoss, double ValidationAccuracy);
