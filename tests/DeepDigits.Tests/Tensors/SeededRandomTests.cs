namespace DeepDigits.Tests.Tensors;

public sealed class SeededRandomTests
{
    /// <summary>The known answers that the authors of Philox publish with their library Random123 for philox4x32 with 10 rounds.</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void PhiloxGivesTheKnownAnswers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint w0, uint w1, uint w2, uint w3) =>
        Assert.Equal((w0, w1, w2, w3), Philox.Block(c0, c1, c2, c3, k0, k1));

    [Fact]
    public void TheWordsOfASeedAreThoseOfPhilox()
    {
        var random = new SeededRandom(7);
        for (uint block = 0; block < 3; block++)
        {
            var (w0, w1, w2, w3) = Philox.Block(block, 0, 0, 0, 7, 0);
            Assert.Equal([w0, w1, w2, w3], (uint[])[random.NextUInt32(), random.NextUInt32(), random.NextUInt32(), random.NextUInt32()]);
        }
    }

    [Fact]
    public void ThisSeedHasAlwaysGivenTheseNumbers()
    {
        var random = new SeededRandom(1).Stream(2, 3);
        Assert.Equal([641176209u, 509832249u], (uint[])[random.NextUInt32(), random.NextUInt32()]);
        Assert.Equal(0.177087829f, random.NextNormal());
    }

    [Fact]
    public void StreamsDependOnTheSeedAndOnAllNamesInOrder()
    {
        var random = new SeededRandom(1);
        var first = new HashSet<uint>
        {
            random.NextUInt32(), random.Stream(1).NextUInt32(), random.Stream(2).NextUInt32(), random.Stream(1, 2).NextUInt32(), random.Stream(2, 1).NextUInt32(),
            random.Stream(1).Stream(2, 3).NextUInt32(), new SeededRandom(2).Stream(1).NextUInt32(), new SeededRandom(-1).Stream(1).NextUInt32(), random.Stream().NextUInt32() ^ 1,
        };
        Assert.Equal(9, first.Count);
        Assert.Equal(random.Stream(1).Stream(2).NextUInt32(), random.Stream(1, 2).NextUInt32());
    }

    [Fact]
    public void UniformNumbersFillTheUnitIntervalEvenly()
    {
        var (random, counts, sum) = (new SeededRandom(5), new int[16], 0.0);
        const int draws = 160_000;
        for (var i = 0; i < draws; i++)
        {
            var value = random.NextUniform();
            Assert.InRange(value, 0f, 0.99999994f);
            counts[(int)(value * 16)]++;
            sum += value;
        }
        Assert.InRange(ChiSquare(counts, draws / 16.0), 2.0, 45.0); // 15 degrees of freedom: outside with a probability of about 1e-4
        Assert.InRange(sum / draws, 0.497, 0.503);
    }

    [Fact]
    public void NormalNumbersHaveTheirMoments()
    {
        var random = new SeededRandom(6);
        var (n, mean, square, fourth, beyond2) = (400_000, 0.0, 0.0, 0.0, 0);
        for (var i = 0; i < n; i++)
        {
            double x = random.NextNormal();
            mean += x;
            square += x * x;
            fourth += x * x * x * x;
            beyond2 += Math.Abs(x) > 2 ? 1 : 0;
        }
        Assert.InRange(mean / n, -0.007, 0.007);
        Assert.InRange(square / n, 0.99, 1.01);
        Assert.InRange(fourth / n, 2.93, 3.07);
        Assert.InRange((double)beyond2 / n, 0.0443, 0.0467); // 0.0455
    }

    /// <summary>Python 3.11: statistics.NormalDist().inv_cdf(p), an independent implementation.</summary>
    [Theory]
    [InlineData(1e-10, -6.361340902404057)]
    [InlineData(1e-3, -3.090232306167813)]
    [InlineData(0.05, -1.6448536269514726)]
    [InlineData(0.3, -0.5244005127080408)]
    [InlineData(0.5, 0.0)]
    [InlineData(0.92, 1.4050715603096327)]
    [InlineData(0.999999, 4.753424308817087)]
    public void QuantilesAgreeWithAnIndependentImplementation(double probability, double quantile) =>
        Assert.Equal(quantile, NormalDistribution.Quantile(probability), 12);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(1 << 30)]
    [InlineData(int.MaxValue)]
    public void WholeNumbersStayBelowTheirBound(int bound)
    {
        var random = new SeededRandom(3);
        for (var i = 0; i < 1_000; i++)
            Assert.InRange(random.NextInt(bound), 0, bound - 1);
    }

    [Fact]
    public void WholeNumbersAreEquallyLikely()
    {
        var (random, counts) = (new SeededRandom(4), new int[7]);
        for (var i = 0; i < 70_000; i++)
            counts[random.NextInt(7)]++;
        Assert.InRange(ChiSquare(counts, 10_000), 0.2, 28.0);
    }

    [Fact]
    public void EveryOrderOfAShuffleIsEquallyLikely()
    {
        var (random, counts) = (new SeededRandom(8), new Dictionary<string, int>());
        for (var i = 0; i < 24_000; i++)
        {
            char[] items = ['a', 'b', 'c', 'd'];
            random.Shuffle<char>(items);
            var order = new string(items);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }
        Assert.Equal(24, counts.Count);
        Assert.InRange(ChiSquare([.. counts.Values], 1_000), 5, 58);
    }

    [Fact]
    public void APermutationHoldsEveryNumberOnce() =>
        Assert.Equal(Enumerable.Range(0, 1_000), new SeededRandom(9).Permutation(1_000).Order());

    [Fact]
    public void ABoundBelowOneIsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SeededRandom(1).NextInt(0));

    static double ChiSquare(int[] counts, double expected) => counts.Sum(count => (count - expected) * (count - expected) / expected);
}
