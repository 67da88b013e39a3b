using DeepDigits.Cli;

namespace DeepDigits.Tests.Cli;

/// <summary>How layers, numbers, verdicts and drawings are written and read.</summary>
public class WordingTests
{
    [Fact]
    public void ASquareWindowAndWindowsSideBySideNeedOneNumber()
    {
        var architecture = LayerText.Parse("conv2d 8 5 same, relu, maxpool2d 2, conv2d 16 3, averagepool2d 3 2 same, globalaveragepool2d", [28, 28, 1]);
        var network = architecture.Layers.Select(LayerCatalog.Make).ToArray();
        var first = Assert.IsType<Conv2D>(network[0]);
        Assert.Equal((8, 5, 5, 1, Padding.Same), (first.Filters, first.KernelHeight, first.KernelWidth, first.Stride, first.Padding));
        var pool = Assert.IsType<MaxPool2D>(network[2]);
        Assert.Equal((2, 2, Padding.Valid), (pool.Size, pool.Stride, pool.Padding));
        Assert.Equal(Padding.Valid, Assert.IsType<Conv2D>(network[3]).Padding);
        var average = Assert.IsType<AveragePool2D>(network[4]);
        Assert.Equal((3, 2, Padding.Same), (average.Size, average.Stride, average.Padding));
    }

    [Fact]
    public void LayersAreReadFromText()
    {
        var architecture = LayerText.Parse("dense 128, relu, Dropout 0.5, dense 10 glorot-uniform", [28, 28, 1]);
        Assert.Equal("""{"input":[28,28,1],"layers":[{"kind":"flatten"},{"kind":"dense","units":128,"initializer":"he normal"},"""
            + """{"kind":"relu"},{"kind":"dropout","probability":0.5},{"kind":"dense","units":10,"initializer":"glorot uniform"}]}""",
            architecture.ToJson());
        Assert.Equal(101_770, architecture.Build(1).ParameterCount);
        Assert.Equal(["flatten", "relu", "dense"], LayerText.Parse("flatten, relu, dense units=3", [2, 2, 1]).Layers.Select(layer => layer.Kind));
    }

    [Theory]
    [InlineData("relu 3", "relu has no setting '3'")]
    [InlineData("dense 10 he-normal 5", "dense has no setting '5'")]
    [InlineData("dense 10 colour=red", "dense has no setting 'colour'")]
    public void ASettingThatALayerDoesNotHaveIsRefused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<UsageException>(() => LayerText.Parse(text, [28, 28, 1])).Message, StringComparison.Ordinal);

    [Fact]
    public void AugmentationsAreReadFromText()
    {
        var augmentation = TrainingWords.Augmentation("shift 2, rotation 10, scale 0.1, shear 0.05, elastic 34 4");
        Assert.Equal(new Augmentation { Shift = 2, Rotation = 10, Scale = 0.1, Shear = 0.05, ElasticStrength = 34, ElasticSmoothness = 4 }, augmentation);
        Assert.Equal(augmentation, TrainingWords.Augmentation(augmentation.Description));
        Assert.Equal(new Augmentation { Rotation = 7.5 }, TrainingWords.Augmentation("rotation 7.5"));
        foreach (var (text, message) in new[] { ("turn 3", "\"turn 3\" is not known"), ("shift x", "\"x\" is not a number"), ("elastic 34", "is not known"), ("elastic 34 0", "smoothness"),
            ("rotation 200", "0 to 180"), ("scale -1", "0 to 0.9") })
            Assert.Contains(message, Assert.Throws<UsageException>(() => TrainingWords.Augmentation(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BatchNormalizationIsReadFromText()
    {
        var layer = Assert.IsType<BatchNorm>(LayerCatalog.Make(LayerText.Parse("batchnorm 0.9", [4]).Layers[0]));
        Assert.Equal((0.9, 1e-5), (layer.Momentum, layer.Epsilon));
        Assert.Throws<ArgumentException>(() => LayerText.Parse("batchnorm", [4]));
    }

    [Theory]
    [InlineData(0.05, "0.1 s")]
    [InlineData(59.94, "59.9 s")]
    [InlineData(59.96, "1 min 0 s")]
    [InlineData(80, "1 min 20 s")]
    [InlineData(3599.6, "1 h 0 min")]
    [InlineData(7500, "2 h 5 min")]
    public void DurationsAreRounded(double seconds, string text) => Assert.Equal(text, Numbers.Duration(seconds));

    [Fact]
    public void NumbersAreWrittenTheSameEverywhere()
    {
        Assert.Equal("97.83 %", Numbers.Percent(0.97834));
        Assert.Equal("-", Numbers.Percent(double.NaN));
        Assert.Equal("60,000", Numbers.Whole(60_000));
        Assert.Equal("1 epoch", Numbers.Count(1, "epoch"));
        Assert.Equal("2 epochs", Numbers.Count(2, "epoch"));
    }

    [Fact]
    public void TheClockTellsRateAndTimeLeftOfWhatIsDoneNow()
    {
        var now = TimeSpan.Zero;
        var clock = new TrainingClock(1000, () => now);
        clock.Report(Progress(epoch: 5, step: 10)); // resumed: the first half was done before
        Assert.Equal("", clock.Status);
        now = TimeSpan.FromSeconds(2);
        clock.Report(Progress(epoch: 6, step: 10));
        Assert.Equal("500 images/s, 8.0 s left", clock.Status);
        Assert.Equal(0.6, clock.Done);

        static TrainingProgress Progress(int epoch, int step) => new(epoch, 10, step, 10, 0, 0, null);
    }

    [Fact]
    public void VerdictsAreSentences()
    {
        Check("x: reproduced. The published 97.71 % are not above our mean", 0.9771, 0.979, 0.981);
        Check("x: reproduced. The published 98.10 % are 0.10 points above our mean of 98.00 %, within", 0.981, 0.979, 0.981);
        Check("x: not reproduced. The published 99.90 % are 1.90 points above our mean", 0.999, 0.979, 0.980, 0.981);
        Check("This was a single run", 0.9771, 0.979);
        Check("no published figure", null, 0.979);

        static void Check(string expected, double? reported, params double[] accuracies)
        {
            var runs = accuracies.Select((accuracy, i) => new RunResult(i + 1, 1, accuracy, 1, 10_000));
            Assert.Contains(expected, Verdict.Explain(new ExperimentResult("x", reported, [.. runs])), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void DigitsAreDrawnWithHalfBlocksOrCharacters()
    {
        float[] pixels = [0, 1, 1, 0, 0.5f, 0.5f]; // three rows of two
        Assert.Equal(["++", "::"], DigitDrawing.Lines(pixels, 2, colors: false));
        Assert.Equal(["[#000000 on #ffffff]▀[/][#ffffff on #000000]▀[/]", "[#808080 on #000000]▀[/][#808080 on #000000]▀[/]"],
            DigitDrawing.Lines(pixels, 2, colors: true));
    }

    [Fact]
    public void ProbabilitiesAreDrawnAsBars()
    {
        var lines = ProbabilityBars.Lines(["no", "yes"], [0.25f, 0.75f], 1, blocks: false);
        Assert.Equal($" no {new string('#', 8),-30}  25.00 %", lines[0]);
        Assert.Equal($"[bold green]yes {new string('#', 23),-30}  75.00 %[/]", lines[1]);
        Assert.Equal($" no {"███████▌",-30}  25.00 %", ProbabilityBars.Lines(["no", "yes"], [0.25f, 0.75f], 1, blocks: true)[0]);
    }
}
