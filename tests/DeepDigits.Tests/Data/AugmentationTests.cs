namespace DeepDigits.Tests.Data;

public sealed class AugmentationTests
{
    static readonly Augmentation everything = new() { Shift = 2, Rotation = 15, Scale = 0.15, Shear = 0.2, ElasticStrength = 34, ElasticSmoothness = 4 };

    static Tensor Digits(int count) => RealDigits.Train.Take(count).Images;

    [Fact]
    public void WithoutAnyVariationImagesStayAsTheyAre()
    {
        var images = Digits(20);
        Assert.Equal(images.Values.ToArray(), new Augmentation().Apply(images, seed: 1, epoch: 1).Values.ToArray());
        // Neither does the way through the sampling change a bit.
        var varied = images.Clone();
        Sample(varied, 28, 28, 1, augmenter => augmenter.Inverse(0, 0, 0, 1, 1, 0));
        Assert.Equal(images.Values.ToArray(), varied.Values.ToArray());
    }

    [Theory]
    [InlineData(2, -3, 28, 28, 1)]
    [InlineData(-1, 1, 5, 7, 3)]
    [InlineData(40, 0, 28, 28, 1)]
    [InlineData(0, -1, 1, 17, 2)]
    public void AShiftOfWholePixelsIsExact(int right, int down, int height, int width, int channels)
    {
        var images = new Tensor(3, height, width, channels);
        Initializer.Normal(1).Fill(images, 1, 1, new SeededRandom(1));
        var varied = images.Clone();
        Sample(varied, height, width, channels, augmenter => augmenter.Inverse(right, down, 0, 1, 1, 0));
        for (var i = 0; i < 3; i++)
            for (var y = 0; y < height; y++)
                for (var x = 0; x < width; x++)
                    for (var c = 0; c < channels; c++)
                    {
                        var (fromX, fromY) = (x - right, y - down);
                        var isInside = fromX >= 0 && fromX < width && fromY >= 0 && fromY < height;
                        Assert.Equal(isInside ? images[i, fromY, fromX, c] : 0, varied[i, y, x, c]);
                    }
    }

    [Fact]
    public void AQuarterTurnIsExactAndClockwise()
    {
        var images = new Tensor(1, 9, 9, 1);
        Initializer.Normal(1).Fill(images, 1, 1, new SeededRandom(1));
        var varied = images.Clone();
        Sample(varied, 9, 9, 1, augmenter => augmenter.Inverse(0, 0, 90, 1, 1, 0));
        for (var y = 0; y < 9; y++)
            for (var x = 0; x < 9; x++)
                Assert.Equal(images[0, 8 - x, y, 0], varied[0, y, x, 0], 1e-5f); // what was at the left is now at the top
    }

    public static TheoryData<int, int, int> Shapes => new() { { 28, 28, 1 }, { 5, 7, 3 }, { 33, 16, 1 }, { 1, 1, 1 }, { 20, 50, 2 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void TheFastPathAgreesWithItsNaiveTwin(int height, int width, int channels)
    {
        Augmentation[] kinds = [everything, everything with { ElasticStrength = 0 }, new() { ElasticStrength = 8, ElasticSmoothness = 0.7 }, new() { Shift = 0.5 }, new() { Scale = 0.9, Shear = 2, Rotation = 180 }];
        foreach (var settings in kinds)
        {
            var images = new Tensor(3, height, width, channels);
            Initializer.HeUniform.Fill(images, 6, 1, new SeededRandom(1));
            int[] examples = [5, 0, 59_999];
            var (expected, actual) = (images.Clone(), images.Clone());
            var augmenter = new Augmenter(settings, images.Shape[1..]);
            augmenter.ApplyNaive(expected, examples, seed: -3, epoch: 2);
            augmenter.Apply(actual, examples, seed: -3, epoch: 2);
            for (var i = 0; i < expected.Length; i++)
                Assert.Equal(expected.Values[i], actual.Values[i], 1e-4f);
        }
    }

    [Fact]
    public void TheInkIsRoughlyKeptButNotItsPlace()
    {
        var images = Digits(500);
        foreach (var settings in (Augmentation[])[everything, everything with { ElasticStrength = 0 }, new() { ElasticStrength = 34, ElasticSmoothness = 4 }, new() { Shift = 2 }])
        {
            var varied = settings.Apply(images, seed: 1, epoch: 1);
            Assert.InRange(Mean(varied) / Mean(images), 0.93, 1.07);
            Assert.All(varied.Values.ToArray(), value => Assert.InRange(value, -1e-6f, 1 + 1e-6f));
            for (var i = 0; i < 500; i++)
                Assert.False(images.Row(i).SequenceEqual(varied.Row(i)));
        }

        static double Mean(Tensor tensor) => tensor.Values.ToArray().Average(value => (double)value);
    }

    /// <summary>The standard deviation of the elastic displacements is 0.163 strength / smoothness in the middle of the image.</summary>
    [Fact]
    public void ElasticDisplacementsAreOfTheStatedSize()
    {
        // An image whose brightness is its column: what a pixel shows is where it comes from.
        var ramp = new Tensor(400, 61, 61, 1);
        for (var i = 0; i < ramp.Length; i++)
            ramp.Values[i] = i % 61;
        var varied = new Augmentation { ElasticStrength = 34, ElasticSmoothness = 4 }.Apply(ramp, seed: 1, epoch: 1);
        var squares = 0.0;
        for (var i = 0; i < 400; i++)
            squares += Math.Pow(varied[i, 30, 30, 0] - 30, 2);
        Assert.Equal(0.163 * 34 / 4, Math.Sqrt(squares / 400), 0.12);
    }

    [Fact]
    public void AnImageDependsOnSeedEpochAndExampleAlone()
    {
        var images = Digits(64);
        var examples = Enumerable.Range(100, 64).ToArray();
        var augmenter = new Augmenter(everything, [28, 28, 1]);
        var expected = Vary(images, examples, 7, 3);
        foreach (var threads in (ReadOnlySpan<int>)[1, 2, 3])
        {
            using var limit = Workers.Limit(threads);
            Assert.Equal(expected.Values.ToArray(), Vary(images, examples, 7, 3).Values.ToArray());
        }
        var backwards = Tensor.From([.. Enumerable.Range(0, 64).Reverse().SelectMany(i => images.Row(i).ToArray())], 64, 28, 28, 1);
        var variedBackwards = Vary(backwards, [.. examples.Reverse()], 7, 3);
        Assert.Equal(expected.Row(5).ToArray(), variedBackwards.Row(58).ToArray());
        foreach (var other in (Tensor[])[Vary(images, examples, 8, 3), Vary(images, examples, 7, 4), Vary(images, [.. examples.Select(example => example + 1)], 7, 3)])
            Assert.False(expected.Row(5).SequenceEqual(other.Row(5)));

        Tensor Vary(Tensor batch, int[] numbers, int seed, int epoch)
        {
            var varied = batch.Clone();
            augmenter.Apply(varied, numbers, seed, epoch);
            return varied;
        }
    }

    [Fact]
    public void SettingsOutsideTheirRangesAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Augmentation { Shift = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Augmentation { Rotation = 181 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Augmentation { Scale = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Augmentation { Shear = double.NaN });
        Assert.Contains("ElasticSmoothness", Assert.Throws<ArgumentException>(() => new Augmentation { ElasticStrength = 34 }.Apply(Digits(1), 1, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => everything.Apply(new Tensor(2, 784), 1, 1));
    }

    static void Sample(Tensor images, int height, int width, int channels, Func<Augmenter, Augmenter.Origin> origin)
    {
        var augmenter = new Augmenter(new Augmentation { Shift = 1 }, [height, width, channels]);
        augmenter.SampleAll(images, origin(augmenter));
    }
}
