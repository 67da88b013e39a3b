using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeepDigits;

/// <summary>
/// Runs experiments and keeps what came out in a folder: a file for each run (runs/mlp-seed-1.json, with the history of the training), a
/// checkpoint while a run is at work, and reproduction.json, the summary. A run that is there is not repeated, unless its settings or its
/// data have changed.
/// </summary>
/// <param name="folder">The results folder; made when it is not there.</param>
public sealed class Reproduction(string folder)
{
    readonly TrainingStore<RunResult> store = new(Path.Combine(folder, "runs"), Path.Combine(folder, "checkpoints"));

    /// <summary>The file of the summary: an array of {"name", "reported", "runs", "mean", "verdict", ...}.</summary>
    public string SummaryFile => Path.Combine(folder, "reproduction.json");

    /// <summary>The stored run of an experiment, if it was made under the same settings from the same data.</summary>
    public RunResult? Find(Experiment experiment, int seed, Dataset train, Dataset test) =>
        store.Find(Name(experiment, seed), new TrainingPlan(experiment, seed, experiment.Prepare(train), experiment.Prepare(test)))?.Result;

    /// <summary>Trains an experiment from one seed and evaluates it, or takes what is stored. An interrupted training goes on where it
    /// stopped.</summary>
    /// <param name="experiment">What to run.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="train">All training examples, with the digits as classes.</param>
    /// <param name="test">All test examples, with the digits as classes. They are looked at once, after the last epoch.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="trained">Given the trained network with its result, for example to save it; not called when the result is taken from the store, which keeps no networks.</param>
    /// <param name="cancellation">Stops the run; the checkpoint stays.</param>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public RunResult Run(
        Experiment experiment, int seed, Dataset train, Dataset test, IProgress<TrainingProgress>? progress = null, Action<Sequential, RunResult>? trained = null, CancellationToken cancellation = default)
    {
        var plan = new TrainingPlan(experiment, seed, experiment.Prepare(train), experiment.Prepare(test));
        return store.Run(Name(experiment, seed), plan, (network, history) =>
        {
            var result = new RunResult(
                seed,
                network.Evaluate(plan.Train, experiment.Training.Loss).Accuracy,
                network.Evaluate(plan.Test!, experiment.Training.Loss).Accuracy,
                Math.Round(history.TrainingSeconds, 3),
                plan.Test!.Count);
            trained?.Invoke(network, result);
            return result;
        }, progress, cancellation).Result;
    }

    /// <summary>Forgets the stored run of an experiment and its checkpoint, so that it is made afresh.</summary>
    public void Forget(Experiment experiment, int seed) => store.Forget(Name(experiment, seed));

    /// <summary>Puts the runs of an experiment together.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="runs">One for each seed.</param>
    /// <param name="train">All training examples, with the digits as classes.</param>
    /// <param name="test">All test examples, with the digits as classes.</param>
    public static ExperimentResult Summarize(Experiment experiment, IReadOnlyList<RunResult> runs, Dataset train, Dataset test)
    {
        var settings = new TrainingPlan(experiment, 0, experiment.Prepare(train), experiment.Prepare(test)).Settings;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(settings));
        return new ExperimentResult(experiment.Name, experiment.Reported, runs) { Settings = Convert.ToHexStringLower(hash.AsSpan(0, 8)) };
    }

    /// <summary>
    /// Writes the summary. What is in the file already stays: other experiments, and the runs of the same experiment from other seeds, if
    /// they were made under the same settings. So a single run does not take the place of the several that the file may hold.
    /// </summary>
    public void WriteSummary(IReadOnlyList<ExperimentResult> results)
    {
        var old = ReadSummary();
        var all = old.Where(entry => results.All(result => result.Name != entry.Name)).ToList();
        foreach (var result in results)
        {
            var kept = old.Where(entry => entry.Name == result.Name && entry.Settings is not null && entry.Settings == result.Settings)
                .SelectMany(entry => entry.Runs).Where(run => result.Runs.All(other => other.Seed != run.Seed));
            all.Add(result with { Runs = [.. kept.Concat(result.Runs).OrderBy(run => run.Seed)] });
        }
        var order = Experiments.All.Select(experiment => experiment.Name).ToList();
        var sorted = all.OrderBy(result => order.IndexOf(result.Name) is var place && place < 0 ? int.MaxValue : place);
        AtomicFile.WriteText(SummaryFile, new JsonArray([.. sorted.Select(ToJson)]).ToJsonString(HistoryJson.Indented) + "\n");
    }

    /// <summary>One entry of the summary.</summary>
    public static JsonNode ToJson(ExperimentResult result) => new JsonObject
    {
        ["name"] = result.Name,
        ["reported"] = result.Reported,
        ["runs"] = new JsonArray([.. result.Runs.Select(run => new JsonObject
        {
            ["seed"] = run.Seed,
            ["train_accuracy"] = run.TrainAccuracy,
            ["test_accuracy"] = run.TestAccuracy,
            ["seconds"] = run.Seconds,
            ["test_count"] = run.TestCount,
        })]),
        ["mean"] = Math.Round(result.Mean, 6),
        ["standard_deviation"] = result.StandardDeviation is { } deviation ? Math.Round(deviation, 6) : null,
        ["minimum"] = result.Minimum,
        ["verdict"] = result.Verdict,
        ["settings"] = result.Settings,
        ["quick"] = result.IsQuick,
    };

    /// <summary>The results that stand in the summary; none when there is no file.</summary>
    /// <exception cref="InvalidDataException">The file does not hold what <see cref="WriteSummary"/> writes.</exception>
    public IReadOnlyList<ExperimentResult> ReadSummary()
    {
        if (!File.Exists(SummaryFile))
            return [];
        try
        {
            var entries = JsonSerializer.Deserialize<SummaryEntry[]>(File.ReadAllText(SummaryFile), HistoryJson.Options) ?? [];
            if (entries.Any(entry => entry is not { Name: not null, Runs: { Length: > 0 } runs } || runs.Any(run => run is null)))
                throw new JsonException("An entry has no name or no runs.");
            return [.. entries.Select(entry => new ExperimentResult(entry.Name, entry.Reported, entry.Runs) { Settings = entry.Settings, IsQuick = entry.Quick })];
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{SummaryFile} is not a JSON array of results: {error.Message} Delete it: it is written anew from the stored runs.", error);
        }
    }

    /// <summary>What is read of an entry of the summary; the rest follows from it.</summary>
    sealed record SummaryEntry(string Name, double? Reported, RunResult[] Runs, string? Settings, bool Quick);

    static string Name(Experiment experiment, int seed) => FormattableString.Invariant($"{experiment.Name}-seed-{seed}");
}
