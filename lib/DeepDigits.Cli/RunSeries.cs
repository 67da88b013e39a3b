namespace DeepDigits.Cli;

/// <summary>Trains experiments from several seeds, one after the other, as far as they are not stored yet.</summary>
sealed class RunSeries(Terminal terminal, Reproduction reproduction, Dataset train, Dataset test, bool isQuick)
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
        var stored = experiments.Sum(experiment => seeds.Count(seed => reproduction.Find(experiment, seed, train, test) is not null));
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
        if (reproduction.Find(experiment, seed, train, test) is { } stored)
        {
            display.Line($"{name}: test accuracy {Numbers.Percent(stored.TestAccuracy)} (stored)");
            return stored;
        }
        var run = reproduction.Run(experiment, seed, train, test, display.Start(name, train.Count), cancellation);
        display.Line($"{name}: test accuracy {Numbers.Percent(run.TestAccuracy)}, training accuracy {Numbers.Percent(run.TrainAccuracy)}, "
            + Numbers.Duration(run.Seconds));
        return run;
    }

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
