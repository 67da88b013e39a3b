using System.Text.Json;

namespace DeepDigits;

/// <summary>
/// Keeps finished trainings in a folder, a file for each, with a checkpoint while one is at work. A training that is there is not repeated,
/// unless its network, its settings or its data have changed.
/// </summary>
/// <typeparam name="TResult">What is measured after a training.</typeparam>
sealed class TrainingStore<TResult>(string folder, string checkpoints)
    where TResult : class
{
    /// <summary>The result of a training that was made under the same settings from the same data; null if there is none.</summary>
    public StoredTraining<TResult>? Find(string name, TrainingPlan plan)
    {
        var path = FileOf(name);
        if (!File.Exists(path))
            return null;
        try
        {
            var stored = JsonSerializer.Deserialize<StoredTraining<TResult>>(File.ReadAllText(path), HistoryJson.Options);
            return stored?.Settings == plan.Settings && stored is { Result: not null, History: not null } ? stored : null;
        }
        catch (JsonException)
        {
            return null; // Damaged: the training is made again and the file replaced.
        }
    }

    /// <summary>What is stored, or else what a training gives now. An interrupted training goes on where it stopped.</summary>
    public StoredTraining<TResult> Run(string name, TrainingPlan plan, Func<Sequential, History, TResult> measure, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        if (Find(name, plan) is { } found)
            return found;
        var checkpoint = CheckpointOf(name);
        Directory.CreateDirectory(checkpoints);
        var network = plan.Experiment.Build(plan.Train, plan.Seed);
        var options = plan.Options with { Checkpoint = checkpoint };
        History history;
        try
        {
            history = network.Fit(plan.Train, options, progress, cancellation);
        }
        catch (Exception error) when (error is CheckpointException or ModelFormatException)
        {
            // A checkpoint that is damaged or of an older protocol costs the time of its epochs, nothing else.
            File.Delete(checkpoint);
            history = network.Fit(plan.Train, options, progress, cancellation);
        }
        var training = new StoredTraining<TResult>(plan.Settings, measure(network, history), history.Epochs);
        AtomicFile.WriteText(FileOf(name), JsonSerializer.Serialize(training, HistoryJson.Indented) + "\n");
        File.Delete(checkpoint);
        return training;
    }

    /// <summary>Forgets a training and its checkpoint, so that it is made afresh.</summary>
    public void Forget(string name)
    {
        foreach (var path in (ReadOnlySpan<string>)[FileOf(name), CheckpointOf(name)])
            if (File.Exists(path))
                File.Delete(path);
    }

    string FileOf(string name) => Path.Combine(folder, name + ".json");

    string CheckpointOf(string name) => Path.Combine(checkpoints, name + ".safetensors");
}

/// <summary>A finished training.</summary>
/// <param name="Settings">Everything that it depended on, in words: see <see cref="TrainingPlan.Settings"/>.</param>
/// <param name="Result">What was measured after it.</param>
/// <param name="History">The training, epoch by epoch.</param>
sealed record StoredTraining<TResult>(string Settings, TResult Result, IReadOnlyList<EpochResult> History);

/// <summary>A training that is about to be made.</summary>
/// <param name="Experiment">What to train.</param>
/// <param name="Seed">The seed of the first weights, the shuffling and dropout.</param>
/// <param name="Train">The examples to learn from, as the experiment sees them.</param>
/// <param name="Test">The examples to judge by, as the experiment sees them, if any.</param>
sealed record TrainingPlan(Experiment Experiment, int Seed, Dataset Train, Dataset? Test)
{
    /// <summary>The settings of this run.</summary>
    public TrainingOptions Options { get; } = Experiment.Training with { Seed = Seed };

    /// <summary>Everything that the result depends on, in words.</summary>
    public string Settings { get; } =
        new Architecture([.. Train.ImageShape], [.. Experiment.Network(Train.ClassCount).Layers.Select(layer => layer.Describe())]).ToJson() + "; "
        + (Experiment.Training with { Seed = Seed }).Describe(Train) + (Test is null ? "" : $"; test set {Test.Fingerprint()}");
}
