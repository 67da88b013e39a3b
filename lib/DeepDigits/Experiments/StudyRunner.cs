namespace DeepDigits;

/// <summary>
/// Runs the trainings of a tuning study side by side and keeps what came out in a folder: studies/mlp-learning-rate.json, the summary with the history of every training
/// (see <see cref="StudyResult"/>), and a file for each training in studies/mlp-learning-rate/, so that none is repeated. The test set is not looked at.
/// </summary>
/// <param name="folder">The results folder; made when it is not there.</param>
public sealed class StudyRunner(string folder)
{
    /// <summary>Runs what is not stored yet, and writes the summary.</summary>
    /// <param name="study">What to run.</param>
    /// <param name="seed">The seed of all trainings, so that they differ in nothing but the setting; where each is run several times, the first of the seeds.</param>
    /// <param name="train">All training examples, with the digits as classes.</param>
    /// <param name="finished">Told of each training as it ends.</param>
    /// <param name="progress">Makes the receiver of a training's progress, given the training and its number of examples.</param>
    /// <param name="cancellation">Stops all trainings; their checkpoints stay.</param>
    /// <exception cref="OperationCanceledException">The study was stopped.</exception>
    /// <exception cref="ArgumentException">The study is a cross-validation, but has not as many trials as parts, or is to be run several times.</exception>
    public StudyResult Run(
        Study study, int seed, Dataset train, Action<TrialResult>? finished = null, Func<Trial, int, IProgress<TrainingProgress>?>? progress = null, CancellationToken cancellation = default)
    {
        if (study is { Folds: not null, Runs: > 1 })
            throw new ArgumentException($"The study '{study.Name}' is a cross-validation: its parts are its runs, so each trial is run once.", nameof(study));
        var store = Store(study);
        var trainings = Enumerable.Range(seed, study.Runs).SelectMany(runSeed =>
        {
            var splits = Splits(study, runSeed, train);
            return study.Trials.Select((trial, i) => (trial, Cell: OfRun(study, trial, runSeed), Split: splits[i % splits.Count], runSeed));
        }).ToArray();
        var results = Sweep.Run(trainings, (one, token) =>
        {
            var (trial, cell, split, seed) = one;
            var validation = split.Validation is null ? null : trial.Experiment.Prepare(split.Validation);
            var experiment = trial.Experiment with { Training = trial.Experiment.Training with { Validation = validation } };
            var plan = new TrainingPlan(experiment, seed, experiment.Prepare(split.Train), null);
            var name = Name(study, trial, seed);
            var stored = store.Find(name, plan) ?? store.Run(name, plan, (network, history) => Measure(trial, plan.Train, validation, network, history),
                progress?.Invoke(cell, plan.Train.Count), token);
            return Beside(cell, stored.Result) with { History = stored.History };
        }, (_, result) => finished?.Invoke(result), cancellation);

        var summary = new StudyResult
        {
            Name = study.Name,
            Title = study.Title,
            Protocol = study.Protocol,
            Varied = study.Varied,
            HoldOut = study.HoldOut,
            Folds = study.Folds,
            Rows = study.Runs > 1 ? study.Varied : study.Rows,
            Columns = study.Runs > 1 ? StudyResult.SeedColumns : study.Columns,
            Seed = seed,
            Trials = results,
        };
        summary.Write(folder);
        return summary;
    }

    /// <summary>Forgets the stored trainings of a study and their checkpoints, so that they are made afresh.</summary>
    public void Forget(Study study, int seed)
    {
        foreach (var trial in study.Trials)
            for (var run = 0; run < study.Runs; run++)
                Store(study).Forget(Name(study, trial, seed + run));
    }

    /// <summary>What to learn from and what to judge by: one split for all trials, or one for each trial of a cross-validation.</summary>
    static IReadOnlyList<(Dataset Train, Dataset? Validation)> Splits(Study study, int seed, Dataset train)
    {
        if (study.Folds is { } folds)
        {
            return study.Trials.Count == folds ? [.. train.StratifiedFolds(folds, seed).Select(split => (split.Train, (Dataset?)split.Validation))]
                : throw new ArgumentException($"The study '{study.Name}' is a cross-validation with {folds} parts and needs as many trials, but it has {study.Trials.Count}.", nameof(study));
        }
        return [study.HoldOut is { } share ? train.StratifiedHoldOut(share, seed) : (train, null)];
    }

    static TrialResult Measure(Trial trial, Dataset train, Dataset? validation, Sequential network, History history)
    {
        var loss = trial.Experiment.Training.Loss;
        var ofTrain = network.Measure(train, loss);
        (double Loss, double Accuracy)? ofValidation = validation is null ? null : network.Measure(validation, loss);
        return new TrialResult(trial.Value, null, ofTrain.Accuracy, ofValidation?.Accuracy, Math.Round(history.TrainingSeconds, 3))
        {
            TrainLoss = ofTrain.Loss,
            ValidationLoss = ofValidation?.Loss,
            ValidationCount = validation?.Count,
            ChanceAccuracy = validation is null ? null : (double)LargestClass(validation) / validation.Count,
        };
    }

    /// <summary>A trial as one of several runs: a cell of a grid of trials and seeds.</summary>
    static Trial OfRun(Study study, Trial trial, int seed) => study.Runs == 1 ? trial
        : trial with { Value = FormattableString.Invariant($"{trial.Value}, seed {seed}"), Row = trial.Value, Column = FormattableString.Invariant($"{seed}") };

    /// <summary>A training's figures beside the published ones, which are read from the study and not from what is stored.</summary>
    static TrialResult Beside(Trial trial, TrialResult measured) => measured with
    {
        Value = trial.Value,
        Row = trial.Row,
        Column = trial.Column,
        ReportedTrainAccuracy = trial.Reported?.TrainAccuracy,
        ReportedValidationAccuracy = trial.Reported?.ValidationAccuracy,
        ReportedTrainLoss = trial.Reported?.TrainLoss,
        ReportedValidationLoss = trial.Reported?.ValidationLoss,
        ReportedBestValidationAccuracy = trial.Reported?.BestValidationAccuracy,
        ReadingError = trial.Reported?.ReadingError,
    };

    static int LargestClass(Dataset data)
    {
        var counts = new int[data.ClassCount];
        foreach (var label in data.Labels)
            counts[label]++;
        return counts.Max();
    }

    TrainingStore<TrialResult> Store(Study study) => new(Path.Combine(folder, "studies", study.Name), Path.Combine(folder, "checkpoints"));

    static string Name(Study study, Trial trial, int seed) => FormattableString.Invariant($"{study.Name}-{trial.Value.Replace(' ', '-')}-seed-{seed}");
}
