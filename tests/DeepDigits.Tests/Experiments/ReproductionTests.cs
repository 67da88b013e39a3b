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
        }), cancellation: stop.Token));
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
                new Trial("0.003", tiny, new ReportedFigures(0.9)),
                new Trial("0.00001", tiny with { Training = tiny.Training with { Optimizer = new Adam(0.00001f) } }, null),
            ],
        };
        var results = new StudyRunner(folder.Path).Run(study, seed: 1, train).Trials;
        Assert.Equal(["0.003", "0.00001"], results.Select(result => result.Value));
        Assert.True(results[0].TrainAccuracy > 0.5 && results[1].TrainAccuracy < results[0].TrainAccuracy);
        var file = System.IO.Path.Combine(folder.Path, "studies", "tiny-rate.json");
        var first = File.ReadAllText(file);
        Assert.Equal(0.9, (double)JsonNode.Parse(first)!["trials"]![0]!["reported_train_accuracy"]!);
        new StudyRunner(folder.Path).Run(study, seed: 1, train);
        Assert.Equal(first, File.ReadAllText(file)); // with the seconds of the first time: nothing was repeated
    }

    [Fact]
    public void SeveralRunsOfATrialHaveTheirOwnSeedsAndHeldOutImagesAndAMean()
    {
        var study = new Study
        {
            Name = "tiny-runs",
            Title = "Runs",
            Varied = "learning rate",
            Protocol = "For tests.",
            HoldOut = 0.2,
            Runs = 3,
            Trials = [new Trial("0.003", tiny), new Trial("0.001", tiny with { Training = tiny.Training with { Optimizer = new Adam(0.001f) } })],
        };
        Assert.Equal(6, study.TrainingCount);
        var steps = 0;
        var runner = new StudyRunner(folder.Path);
        StudyResult Run() => runner.Run(study, seed: 4, train, progress: (_, _) => new AtEveryStep(_ => Interlocked.Increment(ref steps)));
        var result = Run();
        Assert.Equal(["0.003, seed 4", "0.001, seed 4", "0.003, seed 5", "0.001, seed 5", "0.003, seed 6", "0.001, seed 6"], result.Trials.Select(trial => trial.Value));
        Assert.Equal(("learning rate", "seed", 4), (result.Rows, result.Columns, result.Seed));
        var first = result.Trials.Where(trial => trial.Row == "0.003").ToArray();
        Assert.Equal(["4", "5", "6"], first.Select(trial => trial.Column));
        Assert.Equal(3, first.Select(trial => trial.ValidationLoss).Distinct().Count());

        // A run of the study is what the same training from that seed, with that part held out, gives by itself.
        var (learned, heldOut) = train.StratifiedHoldOut(0.2, 5);
        var network = tiny.Build(learned, 5);
        network.Fit(learned, tiny.Training with { Seed = 5 });
        Assert.Equal(network.Measure(heldOut, tiny.Training.Loss).Loss, first[1].ValidationLoss);

        Assert.Equal(["0.003", "0.001"], result.RowMeans!.Select(mean => mean.Row));
        Assert.Equal(first.Average(trial => trial.ValidationAccuracy!.Value), result.RowMeans![0].ValidationAccuracy!.Value, 12);
        var before = steps;
        Assert.Equivalent(result.RowMeans, Run().RowMeans);
        Assert.Equal(before, steps);
        runner.Forget(study, 4);
        Run();
        Assert.Equal(2 * before, steps);
        Assert.Throws<ArgumentException>(() => runner.Run(study with { HoldOut = null, Folds = 2 }, 4, train));
    }

    [Fact]
    public void AGridIsJudgedByWhatIsHeldOutAndKeepsEveryHistory()
    {
        Trial Cell(float rate, int batch, ReportedFigures? reported) => new(
            $"{rate} and {batch}", tiny with { Training = tiny.Training with { Optimizer = new Adam(rate), BatchSize = batch } }, reported)
        { Row = $"{rate}", Column = $"{batch}" };
        var study = new Study
        {
            Name = "tiny-grid",
            Title = "Grid",
            Varied = "learning rate and batch",
            Protocol = "For tests.",
            Rows = "learning rate",
            Columns = "batch",
            HoldOut = 0.2,
            Trials = [Cell(0.003f, 50, new(0.9, 0.85, 0.1, 0.2)), Cell(0.003f, 100, null), Cell(0.001f, 50, new(0.1, 0.1)), Cell(0.001f, 100, null)],
        };
        var result = new StudyRunner(folder.Path).Run(study, seed: 1, train);
        Assert.All(result.Trials, trial =>
        {
            Assert.Equal(210, trial.ValidationCount);
            Assert.Equal([1, 2, 3], trial.History!.Select(epoch => epoch.Epoch));
            Assert.Equal(trial.ValidationAccuracy!.Value, trial.History![^1].ValidationAccuracy!.Value, 1e-12);
            Assert.Equal(trial.ValidationLoss!.Value, trial.History![^1].ValidationLoss!.Value, 1e-12);
            Assert.Equal(trial.History!.Max(epoch => epoch.ValidationAccuracy), trial.BestValidationAccuracy);
        });
        Assert.Equal(("0.003", "50", 0.85, 0.2), (result.Trials[0].Row, result.Trials[0].Column, result.Trials[0].ReportedValidationAccuracy, result.Trials[0].ReportedValidationLoss));
        Assert.Equal("higher", result.Trials[2].Verdict);
        Assert.Null(result.Trials[1].Verdict);

        var read = StudyResult.Read(folder.Path, "tiny-grid")!;
        Assert.Equal(result.Trials.SelectMany(trial => trial.History!), read.Trials.SelectMany(trial => trial.History!));
        Assert.Equal(result.Trials.Select(trial => trial with { History = null }), read.Trials.Select(trial => trial with { History = null }));

        // The published figures are the study's, not those of the day when the training was stored.
        var changed = new StudyRunner(folder.Path).Run(study with { Trials = [study.Trials[0] with { Reported = new(0.9, 0.5) }] }, seed: 1, train);
        Assert.Equal((0.5, result.Trials[0].Seconds), (changed.Trials[0].ReportedValidationAccuracy, changed.Trials[0].Seconds));
    }

    [Fact]
    public void ACrossValidationHoldsEveryPartOutOnce()
    {
        var study = new Study
        {
            Name = "tiny-folds",
            Title = "Folds",
            Varied = "fold",
            Protocol = "For tests.",
            Folds = 3,
            Trials = [new Trial("1", tiny), new Trial("2", tiny), new Trial("3", tiny)],
        };
        var result = new StudyRunner(folder.Path).Run(study, seed: SmallTraining.Options.Seed, train);
        var expected = CrossValidation.Run(train, 3, () => tiny.Network(10), SmallTraining.Options);
        Assert.Equal(expected.Select(fold => (double?)fold.ValidationAccuracy), result.Trials.Select(trial => trial.ValidationAccuracy));
        Assert.Equal(expected.Average(fold => fold.ValidationAccuracy), result.MeanValidationAccuracy!.Value, 1e-12);
        var read = StudyResult.Read(folder.Path, "tiny-folds")!;
        Assert.Equal((result.MeanValidationAccuracy, result.StandardDeviation), (read.MeanValidationAccuracy, read.StandardDeviation));
        Assert.True(read.StandardDeviation > 0);
        Assert.Throws<ArgumentException>(() => new StudyRunner(folder.Path).Run(study with { Folds = 2 }, seed: 1, train));
    }

    [Fact]
    public void ADamagedSummaryOfAStudyIsNamed()
    {
        Assert.Null(StudyResult.Read(folder.Path, "tiny"));
        Directory.CreateDirectory(System.IO.Path.Combine(folder.Path, "studies"));
        foreach (var text in (string[])["{", "null", "{}", """{"name":"tiny","title":"","protocol":"","varied":"","seed":1,"trials":[null]}""",
            """{"name":"tiny","title":"","protocol":"","varied":"","seed":1,"folds":2,"trials":[{"value":"1"}]}"""])
        {
            File.WriteAllText(System.IO.Path.Combine(folder.Path, "studies", "tiny.json"), text);
            Assert.Contains("tiny.json", Assert.Throws<InvalidDataException>(() => StudyResult.Read(folder.Path, "tiny")).Message, StringComparison.Ordinal);
        }
    }
}
