namespace DeepDigits.Tests.Training;

public sealed class FitTests
{
    [Theory]
    [MemberData(nameof(DenseAndConvolutional))]
    public void TheSameSeedGivesTheSameBitsOnAnyNumberOfThreads(bool isConvolutional)
    {
        var bits = new HashSet<string>();
        var losses = new HashSet<double>();
        foreach (var threads in (ReadOnlySpan<int>)[1, 2, 3, 2])
        {
            using var limit = Workers.Limit(threads);
            var network = SmallTraining.Network(isConvolutional);
            losses.Add(network.Fit(SmallTraining.Data, SmallTraining.OptionsWithAll).Epochs[^1].Loss);
            bits.Add(SmallTraining.Bits(network));
        }
        Assert.Single(bits);
        Assert.Single(losses);
    }

    [Fact]
    public void AnotherSeedGivesAnotherNetwork()
    {
        var (first, second, third) = (SmallTraining.Network(), SmallTraining.Network(), SmallTraining.Network(seed: 6));
        Assert.Equal(SmallTraining.Bits(first), SmallTraining.Bits(second));
        Assert.NotEqual(SmallTraining.Bits(first), SmallTraining.Bits(third));
        first.Fit(SmallTraining.Data, SmallTraining.Options);
        second.Fit(SmallTraining.Data, SmallTraining.Options with { Seed = 6 });
        Assert.NotEqual(SmallTraining.Bits(first), SmallTraining.Bits(second));
    }

    [Fact]
    public void AShortTrainingOnRealDigitsLearnsThem()
    {
        var network = Experiments.Mlp.Build(RealDigits.Train, seed: 1);
        var history = network.Fit(RealDigits.Train.Take(10_000), Experiments.Mlp.Training with { BatchSize = 100, Epochs = 3 });
        var evaluation = network.Evaluate(RealDigits.Test.Take(5_000));
        Assert.InRange(history.Epochs[0].Loss, 0.2, 0.9);
        Assert.True(history.Epochs[2].Loss < history.Epochs[1].Loss && history.Epochs[1].Loss < history.Epochs[0].Loss);
        Assert.True(evaluation.Accuracy > 0.91, $"The accuracy is {evaluation.Accuracy}.");
    }

    [Fact]
    public void AShortTrainingOnSquaresLearnsThem()
    {
        var (train, test) = (Experiments.Squares.Prepare(RealDigits.Train.Take(10_000)), Experiments.Squares.Prepare(RealDigits.Test.Take(5_000)));
        var network = Experiments.Squares.Build(train, seed: 1);
        network.Fit(train, Experiments.Squares.Training with { BatchSize = 100, Epochs = 3 });
        var evaluation = network.Evaluate(test);
        Assert.True(evaluation.Accuracy > 0.95, $"The accuracy is {evaluation.Accuracy}.");
        Assert.Equal(["not a square", "square"], evaluation.Confusion.ClassNames);
    }

    [Fact]
    public void TheFirstLossIsNearTheLogarithmOfTheNumberOfClasses()
    {
        var network = new Sequential(new Flatten(), new Dense(10, Initializer.Normal(0.001f)));
        network.Build([28, 28, 1], seed: 1);
        Assert.InRange(network.Evaluate(SmallTraining.Data).Loss, 2.29, 2.32);
    }

    [Fact]
    public void WithoutShufflingEveryEpochSeesTheSameBatches()
    {
        // One batch an epoch that holds all examples: their order changes only the order of sums.
        var network = new Sequential(new Flatten(), new Dense(10));
        network.Build([28, 28, 1], seed: 1);
        var expected = network.Evaluate(SmallTraining.Data).Loss;
        var history = network.Fit(SmallTraining.Data, SmallTraining.Options with { BatchSize = 5_000, Epochs = 1, Shuffle = false });
        Assert.Equal(expected, history.Epochs[0].Loss, 1e-12);
    }

    public static TheoryData<bool> DenseAndConvolutional => [false, true];

    [Theory]
    [MemberData(nameof(DenseAndConvolutional))]
    public void AStepInSteadyStateAllocatesNothing(bool isConvolutional)
    {
        using var limit = Workers.Limit(1); // so that this thread's count is the count of all
        var (before, steps, allocated) = (0L, 0, -1L);
        var network = SmallTraining.Network(isConvolutional);
        network.Fit(SmallTraining.Data, SmallTraining.OptionsWithAll, new AtEveryStep(progress =>
        {
            steps++;
            if (progress is { Epoch: 2, Step: 1 })
                before = GC.GetAllocatedBytesForCurrentThread();
            if (progress is { Epoch: 2, Step: 10 })
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }));
        Assert.Equal(33, steps);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void TheHistoryHoldsTheValidationOfEveryEpoch()
    {
        var (train, validation) = SmallTraining.Data.StratifiedHoldOut(0.2, seed: 1);
        var network = SmallTraining.Network();
        var history = network.Fit(train, SmallTraining.Options with { Validation = validation });
        Assert.Equal([1, 2, 3], history.Epochs.Select(epoch => epoch.Epoch));
        var evaluation = network.Evaluate(validation);
        Assert.Equal(evaluation.Accuracy, history.Epochs[^1].ValidationAccuracy!.Value, 1e-12);
        Assert.Equal(evaluation.Loss, history.Epochs[^1].ValidationLoss!.Value, 1e-12);
    }

    [Fact]
    public void EarlyStoppingEndsTheTrainingAndBringsTheBestBack()
    {
        var (train, validation) = SmallTraining.Data.StratifiedHoldOut(0.5, seed: 1);
        var network = SmallTraining.Network();
        var history = network.Fit(train, SmallTraining.Options with
        {
            Optimizer = new Adam(0.02f),
            Schedule = LearningRateSchedule.Constant,
            Epochs = 60,
            Validation = validation,
            EarlyStopping = new EarlyStopping(3),
        });
        var best = history.Epochs.MinBy(epoch => epoch.ValidationLoss)!;
        Assert.Equal(best.Epoch, history.BestEpoch);
        Assert.Equal(best.Epoch + 3, history.Epochs.Count);
        Assert.Equal(best.ValidationLoss!.Value, network.Evaluate(validation).Loss, 1e-12);
    }

    [Fact]
    public void TheAverageIsWhatIsValidatedAndWhatTheNetworkHoldsAtTheEnd()
    {
        var (train, validation) = SmallTraining.Data.StratifiedHoldOut(0.2, seed: 1);
        var options = SmallTraining.Options with { Epochs = 2, Validation = validation };
        // The plain training gives the values after each step, and from them the average by its definition.
        var (plain, step) = (SmallTraining.ConvolutionalNetwork(), 0);
        var expected = plain.State.Select(entry => new double[entry.Value.Length]).ToArray();
        var history = plain.Fit(train, options with { Validation = null }, new AtEveryStep(_ =>
        {
            var rate = Math.Max(1 - 0.9, 1.0 / ++step);
            for (var i = 0; i < expected.Length; i++)
                for (var j = 0; j < expected[i].Length; j++)
                    expected[i][j] += rate * (plain.State[i].Value.Values[j] - expected[i][j]);
        }));

        var network = SmallTraining.ConvolutionalNetwork();
        var averaged = network.Fit(train, options with { Averaging = new WeightAveraging(0.9) });
        Assert.Equal(history.Epochs.Select(epoch => epoch.Loss), averaged.Epochs.Select(epoch => epoch.Loss)); // the training itself is the same
        for (var i = 0; i < expected.Length; i++)
            for (var j = 0; j < expected[i].Length; j++)
                Assert.Equal(expected[i][j], network.State[i].Value.Values[j], 1e-5);
        var (loss, accuracy) = network.Measure(validation, options.Loss);
        Assert.Equal((loss, accuracy), (averaged.Epochs[^1].ValidationLoss, averaged.Epochs[^1].ValidationAccuracy));
        Assert.NotEqual(plain.Measure(validation, options.Loss).Loss, loss);
    }

    [Fact]
    public void CancellationStopsTheTraining()
    {
        using var stop = new CancellationTokenSource();
        var steps = 0;
        Assert.Throws<OperationCanceledException>(() => SmallTraining.Network().Fit(SmallTraining.Data, SmallTraining.Options, new AtEveryStep(_ =>
        {
            if (++steps == 4)
                stop.Cancel();
        }), stop.Token));
        Assert.Equal(4, steps);
    }

    [Fact]
    public void BadOptionsAreRefusedBeforeTheTraining()
    {
        var (network, data, options) = (SmallTraining.Network(), SmallTraining.Data, SmallTraining.Options);
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Fit(data, options with { BatchSize = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Fit(data, options with { Epochs = -1 }));
        Assert.Contains("Validation", Assert.Throws<ArgumentException>(() => network.Fit(data, options with { EarlyStopping = new EarlyStopping(2) })).Message);
        Assert.Throws<ArgumentException>(() => network.Fit(data.Take(0), options));
        Assert.Throws<ArgumentException>(() => network.Fit(data, options with { Augmentation = new Augmentation { ElasticStrength = 34 } }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeightAveraging(1));
        Assert.Throws<LabelException>(() => network.Fit(new Dataset(new Tensor(4, 28, 28, 1)), options));
        Assert.Contains("[14, 14, 1]", Assert.Throws<ShapeException>(() => network.Fit(new Dataset(new Tensor(4, 14, 14, 1), new byte[4], 10), options)).Message);
        Assert.Contains("label", Assert.Throws<LabelException>(() =>
        {
            var small = new Sequential(new Flatten(), new Dense(5));
            small.Build([28, 28, 1], seed: 1);
            small.Fit(data, options);
        }).Message);
    }
}
