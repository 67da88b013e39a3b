using System.Text.Json.Nodes;

namespace DeepDigits;

/// <summary>
/// Runs the trainings of a tuning study side by side and keeps what came out in a folder: studies/mlp-learning-rate.json, the summary, and
/// a file for each training with its history in studies/mlp-learning-rate/. The test set is not looked at.
/// </summary>
/// <param name="folder">The results folder; made when it is not there.</param>
public sealed class StudyRunner(string folder)
{
    /// <summary>Runs what is not stored yet, and writes the summary.</summary>
    /// <param name="study">What to run.</param>
    /// <param name="seed">The seed of all trainings, so that they differ in nothing but the setting.</param>
    /// <param name="train">All training examples, with the digits as classes.</param>
    /// <param name="finished">Told of each training as it ends.</param>
    /// <param name="progress">Makes the receiver of a training's progress.</param>
    /// <param name="cancellation">Stops all trainings; their checkpoints stay.</param>
    /// <exception cref="OperationCanceledException">The study was stopped.</exception>
    public IReadOnlyList<TrialResult> Run(
        Study study, int seed, Dataset train, Action<TrialResult>? finished = null, Func<Trial, IProgress<TrainingProgress>?>? progress = null, CancellationToken cancellation = default)
    {
        var store = Store(study);
        Dataset? validation = null;
        if (study.HoldOut is { } share)
            (train, validation) = train.StratifiedHoldOut(share, seed);
        var results = Sweep.Run(study.Trials, (trial, token) =>
        {
            var plan = new TrainingPlan(trial.Experiment, seed, trial.Experiment.Prepare(train), validation is null ? null : trial.Experiment.Prepare(validation));
            return store.Run(Name(study, trial, seed), plan, (network, history) => new TrialResult(
                trial.Value,
                trial.ReportedTrainAccuracy,
                network.Measure(plan.Train, trial.Experiment.Training.Loss).Accuracy,
                plan.Test is null ? null : network.Measure(plan.Test, trial.Experiment.Training.Loss).Accuracy,
                Math.Round(history.TrainingSeconds, 3)), progress?.Invoke(trial), token);
        }, (_, result) => finished?.Invoke(result), cancellation);

        AtomicFile.WriteText(Path.Combine(folder, "studies", study.Name + ".json"), new JsonObject
        {
            ["name"] = study.Name,
            ["title"] = study.Title,
            ["protocol"] = study.Protocol,
            ["varied"] = study.Varied,
            ["hold_out"] = study.HoldOut,
            ["seed"] = seed,
            ["trials"] = new JsonArray([.. results.Select(result => new JsonObject
            {
                ["value"] = result.Value,
                ["reported_train_accuracy"] = result.ReportedTrainAccuracy,
                ["train_accuracy"] = result.TrainAccuracy,
                ["validation_accuracy"] = result.ValidationAccuracy,
                ["seconds"] = result.Seconds,
            })]),
        }.ToJsonString(HistoryJson.Indented) + "\n");
        return results;
    }

    /// <summary>Forgets the stored trainings of a study and their checkpoints, so that they are made afresh.</summary>
    public void Forget(Study study, int seed)
    {
        foreach (var trial in study.Trials)
            Store(study).Forget(Name(study, trial, seed));
    }

    TrainingStore<TrialResult> Store(Study study) => new(Path.Combine(folder, "studies", study.Name), Path.Combine(folder, "checkpoints"));

    static string Name(Study study, Trial trial, int seed) => FormattableString.Invariant($"{study.Name}-{trial.Value.Replace(' ', '-')}-seed-{seed}");
}

/// <summary>What one training of a tuning study measured.</summary>
/// <param name="Value">The value that was tried.</param>
/// <param name="ReportedTrainAccuracy">The accuracy on the training set that the original project published, if it did.</param>
/// <param name="TrainAccuracy">The accuracy, after the last epoch, on the examples that were learned from.</param>
/// <param name="ValidationAccuracy">The accuracy, after the last epoch, on the examples that were held out, if any were.</param>
/// <param name="Seconds">The duration of the training, beside the others.</param>
public sealed record TrialResult(string Value, double? ReportedTrainAccuracy, double TrainAccuracy, double? ValidationAccuracy, double Seconds);
