namespace DeepDigits.Cli;

/// <summary>Trains experiments from several seeds, one after the other, as far as they are not stored yet.</summary>
/// <param name="terminal">Where it is told.</param>
/// <param name="reproduction">Where the runs are stored.</param>
/// <param name="train">All training examples.</param>
/// <param name="test">All test examples.</param>
/// <param name="isQuick">Whether the runs are too short to mean anything.</param>
/// <param name="networks">The folder that receives the trained networks, if they are to be kept. A stored run whose network is not there is trained again.</param>
sealed class RunSeries(Terminal terminal, Reproduction reproduction, Dataset train, Dataset test, bool isQuick, string? networks)
{
    /// <summary>Forgets stored runs.</summary>
    public void Forget(IReadOnlyList<Experiment> experiments, IReadOnlyList<int> seeds)
    {
        foreach (var experiment in experiments)
            foreach (var seed in seeds)
                reproduction.Forget(experiment, seed);
    }

    /// <summary>Trains what is missing, and writes the summary after each experiment.</summary>
    public IReadOnlyList<ExperimentResult> Run(IReadOnlyList<Experiment> experiments, IReadOnlyList<int> seeds, CancellationToken cancellation)
    {
        var published = reproduction.ReadSummary(); // before it is written
        var stored = experiments.Sum(experiment => seeds.Count(seed => Find(experiment, seed) is not null));
        if (stored > 0)
        {
            terminal.Line($"{Numbers.Count(stored, "run")} of {experiments.Count * seeds.Count} {(stored == 1 ? "is" : "are")} stored "
                + "and not repeated. To train again: --fresh");
        }
        try
        {
            return RunDisplay.Run(terminal, experiments.Count * seeds.Count - stored, display =>
            {
                var results = new List<ExperimentResult>();
                foreach (var experiment in experiments)
                {
                    var runs = seeds.Select(seed => Run(display, experiment, seed, cancellation)).ToArray();
                    var result = Reproduction.Summarize(experiment, runs, train, test) with { IsQuick = isQuick };
                    Compare(display, result, published);
                    results.Add(result);
                    reproduction.WriteSummary(results);
                }
                return results;
            });
        }
        catch (OperationCanceledException)
        {
            terminal.Line("Stopped. Finished runs are stored, and the one at work is kept up to its last finished epoch: "
                + "the same command goes on from there.");
            throw;
        }
    }

    RunResult Run(RunDisplay display, Experiment experiment, int seed, CancellationToken cancellation)
    {
        var name = $"{experiment.Name}, seed {seed}";
        if (Find(experiment, seed) is { } stored)
        {
            display.Line($"{name}: test accuracy {Numbers.Percent(stored.TestAccuracy)} (stored)");
            return stored;
        }
        if (networks is not null && reproduction.Find(experiment, seed, train, test) is not null)
            reproduction.Forget(experiment, seed);
        var run = reproduction.Run(experiment, seed, train, test, display.Start(name, train.Count), (network, result) => Save(display, experiment, network, result), cancellation);
        display.Line($"{name}: test accuracy {Numbers.Percent(run.TestAccuracy)}, training accuracy {Numbers.Percent(run.TrainAccuracy)}, "
            + Numbers.Duration(run.Seconds));
        return run;
    }

    /// <summary>The stored run; null if there is none, or if its network is to be kept but is not there.</summary>
    RunResult? Find(Experiment experiment, int seed)
    {
        if (networks is null || IsKept(FileOf(networks, experiment, seed), experiment.Training with { Seed = seed }))
            return reproduction.Find(experiment, seed, train, test);
        return null;
    }

    static bool IsKept(string file, TrainingOptions options)
    {
        try
        {
            return File.Exists(file) && ModelFile.Read(file).Notes.GetValueOrDefault("training") == ModelNotes.Training(options);
        }
        catch (ModelFormatException)
        {
            return false; // Damaged: the network is trained again and the file replaced.
        }
    }

    void Save(RunDisplay display, Experiment experiment, Sequential network, RunResult result)
    {
        if (networks is null)
            return;
        var file = FileOf(networks, experiment, result.Seed);
        network.Save(file, ModelNotes.Of(Tasks.Of(experiment), experiment.Training with { Seed = result.Seed }, result.TestAccuracy));
        display.Line($"Saved to {file}. Try: deepdigits export {file} --to html");
    }

    static string FileOf(string networks, Experiment experiment, int seed) => Path.Combine(networks, FormattableString.Invariant($"{experiment.Name}-seed-{seed}.safetensors"));

    /// <summary>The same seed should have given the same figures, whoever made the run that the summary had before.</summary>
    static void Compare(RunDisplay display, ExperimentResult result, IReadOnlyList<ExperimentResult> published)
    {
        var before = published.Where(old => old.Name == result.Name && old.Settings is not null && old.Settings == result.Settings)
            .SelectMany(old => old.Runs).ToArray();
        foreach (var run in result.Runs)
        {
            if (before.FirstOrDefault(old => old.Seed == run.Seed) is { } old
                && (old.TestAccuracy, old.TrainAccuracy) != (run.TestAccuracy, run.TrainAccuracy))
            {
                display.Line($"Note: {result.Name}, seed {run.Seed} had a test accuracy of {Numbers.Percent(old.TestAccuracy)} in the summary. "
                    + "The same seed should give the same figures: was the code changed?");
            }
        }
    }
}
