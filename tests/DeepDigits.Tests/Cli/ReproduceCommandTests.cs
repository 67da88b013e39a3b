using System.Text.Json.Nodes;
using DeepDigits.Cli;

namespace DeepDigits.Tests.Cli;

/// <summary>`reproduce`, `sweep` and `results` on a small data set.</summary>
public sealed class ReproduceCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly string data;

    public ReproduceCommandTests() => data = TinyDigits.Write(folder);

    public void Dispose() => folder.Dispose();

    string[] Reproduce(string results, params string[] more) => ["reproduce", "--quick", "--data", data, "--results", folder[results], .. more];

    [Fact]
    public void TrainsEachPublishedExperimentOnceAndWritesTheSummary()
    {
        var json = Shell.Run(Reproduce("a", "--json")).Expect(ExitCode.Success).Json.AsArray();
        Assert.Equal(Experiments.All.Where(experiment => experiment.Reported is not null).Select(experiment => experiment.Name),
            json.Select(entry => entry!["name"]!.GetValue<string>()));
        foreach (var entry in json)
        {
            var run = Assert.Single(entry!["runs"]!.AsArray())!;
            Assert.Equal(1, run["seed"]!.GetValue<int>());
            Assert.Equal(run["test_accuracy"]!.GetValue<double>(), entry["mean"]!.GetValue<double>(), 1e-6);
            Assert.InRange(run["train_accuracy"]!.GetValue<double>(), 0, 1);
            Assert.True(run["seconds"]!.GetValue<double>() >= 0);
            Assert.Equal(Experiments.Named(entry["name"]!.GetValue<string>()).Reported, entry["reported"]!.GetValue<double>());
            Assert.Equal("quick run, not comparable", entry["verdict"]!.GetValue<string>());
        }
        Assert.True(JsonNode.DeepEquals(json, JsonNode.Parse(File.ReadAllText(Path.Combine(folder["a"], "reproduction.json")))));
    }

    [Fact]
    public void WhatIsStoredIsNotRepeatedUnlessAsked()
    {
        var first = Shell.Run(Reproduce("a", "--only", "mlp", "--runs", "2")).Expect(ExitCode.Success);
        Assert.Contains("mlp, seed 2: epoch 2 of 2", first.Output, StringComparison.Ordinal);
        var second = Shell.Run(Reproduce("a", "--only", "mlp", "--runs", "3")).Expect(ExitCode.Success);
        Assert.Contains("2 runs of 3 are stored", second.Output, StringComparison.Ordinal);
        Assert.Contains("--fresh", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("seed 2: epoch", second.Output, StringComparison.Ordinal);
        Assert.Contains("mlp, seed 3: epoch 2 of 2", second.Output, StringComparison.Ordinal);
        var afresh = Shell.Run(Reproduce("a", "--only", "mlp", "--fresh")).Expect(ExitCode.Success);
        Assert.Contains("mlp, seed 1: epoch 1 of 2", afresh.Output, StringComparison.Ordinal);
        // One run does not take the place of three in the summary.
        Assert.Equal(3, new Reproduction(folder["a"]).ReadSummary().Single().Runs.Count);
    }

    [Fact]
    public void NetworksAreKeptAndAreThoseOfTheRuns()
    {
        string[] keep = ["--only", "squares", "--runs", "2", "--save", folder["networks"]];
        Shell.Run(Reproduce("a", "--only", "squares")).Expect(ExitCode.Success);
        var first = Shell.Run(Reproduce("a", keep)).Expect(ExitCode.Success); // seed 1 is stored, but its network is not
        Assert.Contains("squares, seed 1: epoch 2 of 2", first.Output, StringComparison.Ordinal);
        var file = Path.Combine(folder["networks"], "squares-seed-2.safetensors");
        Assert.Contains($"Saved to {file}", first.Output, StringComparison.Ordinal);
        var notes = ModelFile.Read(file).Notes;
        Assert.Equal(("squares", "2"), (notes["task"], notes["seed"]));
        Assert.Equal(new Reproduction(folder["a"]).ReadSummary().Single().Runs.Single(run => run.Seed == 2).TestAccuracy, double.Parse(notes["test_accuracy"], System.Globalization.CultureInfo.InvariantCulture));

        var second = Shell.Run(Reproduce("a", keep)).Expect(ExitCode.Success);
        Assert.Contains("2 runs of 2 are stored", second.Output, StringComparison.Ordinal);
        var bytes = File.ReadAllBytes(file);
        File.WriteAllText(file, "damaged");
        Shell.Run(Reproduce("a", keep)).Expect(ExitCode.Success);
        Assert.Equal(bytes, File.ReadAllBytes(file));
        Assert.Contains("is a file", Shell.Run(Reproduce("a", "--save", file)).Expect(ExitCode.WrongUsage).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AStoppedRunGoesOnToTheSameFigures()
    {
        string[] choice = ["--only", "mlp", "--only", "squares", "--runs", "2"];
        Shell.Run(Reproduce("whole", choice)).Expect(ExitCode.Success);

        var stopped = Shell.RunUntil("squares, seed 1: epoch 1 of 2", Reproduce("parts", choice)).Expect(ExitCode.Stopped);
        Assert.Contains("the same command goes on", stopped.Output, StringComparison.Ordinal);
        var resumed = Shell.Run(Reproduce("parts", choice)).Expect(ExitCode.Success);
        Assert.Contains("2 runs of 4 are stored", resumed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("squares, seed 1: epoch 1 of 2", resumed.Output, StringComparison.Ordinal);
        Assert.Contains("squares, seed 1: epoch 2 of 2", resumed.Output, StringComparison.Ordinal);

        Assert.Equal(Accuracies("whole"), Accuracies("parts"));
        IEnumerable<(string, int, double, double)> Accuracies(string results) => new Reproduction(folder[results]).ReadSummary()
            .SelectMany(result => result.Runs.Select(run => (result.Name, run.Seed, run.TrainAccuracy, run.TestAccuracy)));
    }

    [Fact]
    public void AnUnknownExperimentGetsTheListOfKnownOnes()
    {
        var outcome = Shell.Run("reproduce", "--only", "nothing").Expect(ExitCode.WrongUsage);
        Assert.All(Experiments.All, experiment => Assert.Contains(experiment.Name, outcome.Error, StringComparison.Ordinal));
        outcome = Shell.Run("sweep", "nothing").Expect(ExitCode.WrongUsage);
        Assert.All(Experiments.Studies, study => Assert.Contains(study.Name, outcome.Error, StringComparison.Ordinal));
    }

    [Fact]
    public void ADamagedSummaryIsAFailureThatNamesTheFile()
    {
        Directory.CreateDirectory(folder["a"]);
        File.WriteAllText(Path.Combine(folder["a"], "reproduction.json"), "[{");
        Assert.Contains("reproduction.json", Shell.Run(Reproduce("a")).Expect(ExitCode.Failure).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void SweepTrainsTheTrialsOfAStudy()
    {
        string[] sweep = ["sweep", "mlp-loss", "--quick", "--data", data, "--results", folder["a"]];
        var json = Shell.Run([.. sweep, "--json"]).Expect(ExitCode.Success).Json;
        Assert.Equal(Experiments.StudyNamed("mlp-loss").Trials.Select(trial => trial.Value),
            json[0]!["trials"]!.AsArray().Select(trial => trial!["value"]!.GetValue<string>()));
        Assert.DoesNotContain(": epoch", Shell.Run(sweep).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains(": epoch", Shell.Run([.. sweep, "--fresh"]).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("mlp-learning-rate", Shell.Run("sweep").Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ResultsShowsTheStoredRunsAsMarkdown()
    {
        Shell.Run(Reproduce("a", "--only", "mlp", "--runs", "2")).Expect(ExitCode.Success);
        var mean = new Reproduction(folder["a"]).ReadSummary().Single().Mean;
        var shown = Shell.Run("results", "--results", folder["a"]).Expect(ExitCode.Success).Output;
        Assert.Contains($"| 97.71 % | {Numbers.Percent(mean)} |", shown, StringComparison.Ordinal);
        Assert.Contains("not run yet", shown, StringComparison.Ordinal);
    }
}
