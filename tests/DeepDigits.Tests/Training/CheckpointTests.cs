using DeepDigits.Tests.Fuzz;

namespace DeepDigits.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    string Path => System.IO.Path.Combine(folder.Path, "training.safetensors");

    TrainingOptions Options => SmallTraining.Options with { Checkpoint = Path };

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(25)]
    [InlineData(33)]
    public void AStoppedTrainingGoesOnToTheSameBits(int stopAfterSteps)
    {
        var expected = SmallTraining.Network();
        var expectedHistory = expected.Fit(SmallTraining.Data, SmallTraining.Options);

        using var stop = new CancellationTokenSource();
        var steps = 0;
        try
        {
            SmallTraining.Network().Fit(SmallTraining.Data, Options, new AtEveryStep(_ =>
            {
                if (++steps == stopAfterSteps)
                    stop.Cancel();
            }), stop.Token);
        }
        catch (OperationCanceledException)
        {
            // What was meant to happen, except after the last step.
        }

        // After a finished epoch the first weights do not count any more: the checkpoint has others.
        var resumed = SmallTraining.Network(seed: stopAfterSteps < 11 ? 5 : 77);
        var stepsAfter = 0;
        var history = resumed.Fit(SmallTraining.Data, Options, new AtEveryStep(_ => stepsAfter++));
        Assert.Equal(SmallTraining.Bits(expected), SmallTraining.Bits(resumed));
        Assert.Equal(33 - stopAfterSteps / 11 * 11, stepsAfter);
        Assert.Equal(expectedHistory.Epochs.Select(epoch => (epoch.Loss, epoch.Accuracy)), history.Epochs.Select(epoch => (epoch.Loss, epoch.Accuracy)));
    }

    [Theory]
    [InlineData(13)]
    [InlineData(33)]
    public void StatisticsAveragesAndVariedImagesAreResumedToTheSameBits(int stopAfterSteps)
    {
        var (train, validation) = SmallTraining.Data.StratifiedHoldOut(0.5, seed: 1);
        var options = SmallTraining.OptionsWithAll with { BatchSize = 50, Validation = validation, EarlyStopping = new EarlyStopping(2) };
        var expected = SmallTraining.ConvolutionalNetwork();
        var expectedHistory = expected.Fit(train, options);

        using var stop = new CancellationTokenSource();
        var steps = 0;
        try
        {
            SmallTraining.ConvolutionalNetwork().Fit(train, options with { Checkpoint = Path }, new AtEveryStep(_ =>
            {
                if (++steps == stopAfterSteps)
                    stop.Cancel();
            }), stop.Token);
        }
        catch (OperationCanceledException)
        {
            // What was meant to happen, except after the last step.
        }
        var resumed = SmallTraining.ConvolutionalNetwork(seed: 77);
        var history = resumed.Fit(train, options with { Checkpoint = Path });
        Assert.Equal(SmallTraining.Bits(expected), SmallTraining.Bits(resumed));
        Assert.Equal(expectedHistory.Epochs.Select(epoch => epoch with { Seconds = 0 }), history.Epochs.Select(epoch => epoch with { Seconds = 0 }));
        Assert.Throws<CheckpointException>(() => resumed.Fit(train, options with { Checkpoint = Path, Averaging = new WeightAveraging(0.8) }));
        Assert.Throws<CheckpointException>(() => resumed.Fit(train, options with { Checkpoint = Path, Augmentation = null }));
    }

    [Fact]
    public void EarlyStoppingIsResumedWithItsBestParameters()
    {
        var (train, validation) = SmallTraining.Data.StratifiedHoldOut(0.5, seed: 1);
        var options = SmallTraining.Options with
        {
            Optimizer = new Adam(0.02f),
            Schedule = LearningRateSchedule.Constant,
            Epochs = 60,
            Validation = validation,
            EarlyStopping = new EarlyStopping(3),
        };
        var expected = SmallTraining.Network();
        var expectedHistory = expected.Fit(train, options);

        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => SmallTraining.Network().Fit(train, options with { Checkpoint = Path }, new AtEveryStep(progress =>
        {
            if (progress.Epoch == expectedHistory.BestEpoch + 2)
                stop.Cancel();
        }), stop.Token));
        var resumed = SmallTraining.Network();
        var history = resumed.Fit(train, options with { Checkpoint = Path });
        Assert.Equal(expectedHistory.BestEpoch, history.BestEpoch);
        Assert.Equal(SmallTraining.Bits(expected), SmallTraining.Bits(resumed));
    }

    [Fact]
    public void ACheckpointOfAnotherTrainingIsRefusedAndKept()
    {
        SmallTraining.Network().Fit(SmallTraining.Data, Options with { Epochs = 1 });
        var before = File.ReadAllBytes(Path);
        var network = SmallTraining.Network();
        var bits = SmallTraining.Bits(network);
        foreach (var options in (TrainingOptions[])[Options with { Epochs = 4 }, Options with { Epochs = 1, Seed = 6 }, Options with { Epochs = 1, Optimizer = new Adam(0.004f) }])
        {
            var error = Assert.Throws<CheckpointException>(() => network.Fit(SmallTraining.Data, options));
            Assert.Contains(Path, error.Message);
            Assert.Contains("settings", error.Message);
        }
        Assert.Throws<CheckpointException>(() => network.Fit(SmallTraining.Data.Take(500), Options with { Epochs = 1 }));
        var other = new Sequential(new Flatten(), new Dense(10));
        other.Build([28, 28, 1], seed: 1);
        Assert.Contains("network", Assert.Throws<CheckpointException>(() => other.Fit(SmallTraining.Data, Options with { Epochs = 1 })).Message);
        Assert.Equal(bits, SmallTraining.Bits(network));
        Assert.Equal(before, File.ReadAllBytes(Path));
    }

    [Fact]
    public void ADamagedCheckpointIsRefusedOrLoadedWhole()
    {
        var data = new Dataset(new Tensor(6, 4), [0, 1, 0, 1, 0, 1], 2);
        var options = SmallTraining.Options with { BatchSize = 4, Epochs = 2, Checkpoint = Path };
        Network().Fit(data, options);
        var network = Network();
        new MutationFuzzer(File.ReadAllBytes(Path), bytes =>
        {
            File.WriteAllBytes(Path, bytes);
            network.Fit(data, options);
        }, error => error is ModelFormatException or CheckpointException).Run(MutationFuzzer.DefaultCases / 4, seed: 1);

        static Sequential Network()
        {
            var network = new Sequential(new Dense(3), new Relu(), new Dense(2));
            network.Build([4], seed: 1);
            return network;
        }
    }
}
