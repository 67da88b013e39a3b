using System.Text.Json.Nodes;
using DeepDigits.Tests.Training;

namespace DeepDigits.Tests.Experiments_;

public sealed class ReproductionTests : IDisposable
{
    static readonly Experiment tiny = new()
    {
        Name = "tiny",
        Title = "A tiny network",
        Protocol = "For tests.",
        Reported = 0.5,
        Network = classes => new Sequential(new Flatten(), new Dense(16), new Relu(), new Dense(classes)),
        Training = SmallTraining.Options,
    };

    readonly TemporaryFolder folder = new();
    readonly Dataset train = SmallTraining.Data, test = RealDigits.Test.Take(500);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AStoredRunIsNotRepeatedUntilItsSettingsChange()
    {
        var reproduction = new Reproduction(folder.Path);
        Assert.Null(reproduction.Find(tiny, 1, train, test));
        var steps = 0;
        var count = new AtEveryStep(_ => steps++);
        var first = reproduction.Run(tiny, 1, train, test, count);
        Assert.Equal(33, steps);
        Assert.Equal(first, reproduction.Run(tiny, 1, train, test, count));
        Assert.Equal(first, new Reproduction(folder.Path).Find(tiny, 1, train, test));
        Assert.Equal(33, steps);

        Assert.Null(reproduction.Find(tiny, 2, train, test));
        Assert.Null(reproduction.Find(tiny with { Training = tiny.Training with { Epochs = 4 } }, 1, train, test));
        Assert.Null(reproduction.Find(tiny with { Network = classes => new Sequential(new Flatten(), new Dense(classes)) }, 1, train, test));
        Assert.Null(reproduction.Find(tiny, 1, train.Take(1_000), test));
        Assert.Null(reproduction.Find(tiny, 1, train, test.Take(400)));

        reproduction.Forget(tiny, 1);
        Assert.Null(reproduction.Find(tiny, 1, train, test));
    }

    [Fact]
    public void AStoppedRunGoesOnToTheSameResult()
    {
        var expected = new Reproduction(System.IO.Path.Combine(folder.Path, "straight")).Run(tiny, 1, train, test);
        var reproduction = new Reproduction(folder.Path);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => reproduction.Run(tiny, 1, train, test, new AtEveryStep(progress =>
        {
            if (progress is { Epoch: 2, Step: 3 })
                stop.Cancel();
        }), stop.Token));
        var steps = 0;
        var resumed = reproduction.Run(tiny, 1, train, test, new AtEveryStep(_ => steps++));
        Assert.Equal(22, steps);
        Assert.Equal(expected with { Seconds = 0 }, resumed with { Seconds = 0 });
    }

    [Fact]
    public void ADamagedCheckpointOrRunCostsTimeOnly()
    {
        var reproduction = new Reproduction(folder.Path);
        Directory.CreateDirectory(System.IO.Path.Combine(folder.Path, "checkpoints"));
        Directory.CreateDirectory(System.IO.Path.Combine(folder.Path, "runs"));
        File.WriteAllText(System.IO.Path.Combine(folder.Path, "checkpoints", "tiny-seed-1.safetensors"), "not a checkpoint");
        File.WriteAllText(System.IO.Path.Combine(folder.Path, "runs", "tiny-seed-1.json"), "{");
        var result = reproduction.Run(tiny, 1, train, test);
        Assert.Equal(result, reproduction.Find(tiny, 1, train, test));
        Assert.Empty(Directory.GetFiles(System.IO.Path.Combine(folder.Path, "checkpoints")));
    }

    [Fact]
    public void TheSummaryKeepsOtherExperiments()
    {
        var reproduction = new Reproduction(folder.Path);
        var runs = new[] { new RunResult(1, 0.999, 0.98, 12.5, 10_000), new RunResult(2, 0.998, 0.982, 12.6, 10_000) };
        reproduction.WriteSummary([new ExperimentResult("squares", 0.9817, runs)]);
        reproduction.WriteSummary([new ExperimentResult("mlp", 0.9771, runs)]);
        reproduction.WriteSummary([new ExperimentResult("mlp", 0.9771, runs[..1])]);
        var summary = JsonNode.Parse(File.ReadAllText(reproduction.SummaryFile))!.AsArray();
        Assert.Equal(["mlp", "squares"], summary.Select(entry => (string)entry!["name"]!));
        var mlp = summary[0]!.AsObject();
        Assert.Equal(0.9771, (double)mlp["reported"]!);
        Assert.Equal(0.98, (double)mlp["mean"]!);
        Assert.Equal("reproduced (single run)", (string)mlp["verdict"]!);
        var run = Assert.Single(mlp["runs"]!.AsArray())!.AsObject();
        Assert.Equal(["seed", "train_accuracy", "test_accuracy", "seconds", "test_count"], run.Select(pair => pair.Key));
        Assert.Equal(2, summary[1]!["runs"]!.AsArray().Count);
    }

    [Fact]
    public void AStudyRunsItsTrialsAndKeepsThem()
    {
        var study = new Study
        {
            Name = "tiny-rate",
            Title = "Learning rate",
            Varied = "learning rate",
            Protocol = "For tests.",
            Trials =
            [
                new Trial("0.003", tiny, 0.9),
                new Trial("0.00001", tiny with { Training = tiny.Training with { Optimizer = new Adam(0.00001f) } }, null),
            ],
        };
        var results = new StudyRunner(folder.Path).Run(study, seed: 1, train);
        Assert.Equal(["0.003", "0.00001"], results.Select(result => result.Value));
        Assert.True(results[0].TrainAccuracy > 0.5 && results[1].TrainAccuracy < results[0].TrainAccuracy);
        var file = System.IO.Path.Combine(folder.Path, "studies", "tiny-rate.json");
        var first = File.ReadAllText(file);
        Assert.Equal(0.9, (double)JsonNode.Parse(first)!["trials"]![0]!["reported_train_accuracy"]!);
        new StudyRunner(folder.Path).Run(study, seed: 1, train);
        Assert.Equal(first, File.ReadAllText(file)); // with the seconds of the first time: nothing was repeated
    }
}
