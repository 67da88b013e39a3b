using FsCheck;
using FsCheck.Fluent;

namespace DeepDigits.Tests.Tensors;

public sealed class GemmTests
{
    public static TheoryData<VectorWidth, bool, bool> WidthsAndTranspositions()
    {
        var data = new TheoryData<VectorWidth, bool, bool>();
        foreach (var width in Enum.GetValues<VectorWidth>())
            foreach (var transposeA in (ReadOnlySpan<bool>)[false, true])
                foreach (var transposeB in (ReadOnlySpan<bool>)[false, true])
                    data.Add(width, transposeA, transposeB);
        return data;
    }

    [Theory]
    [MemberData(nameof(WidthsAndTranspositions))]
    public void FastPathHasTheBitsOfTheNaiveTwin(VectorWidth width, bool transposeA, bool transposeB)
    {
        // One less, equal and one more than every tile, block and packing size.
        foreach (var m in (ReadOnlySpan<int>)[1, 3, 4, 5, 8, 11, 12, 13, 37])
            foreach (var n in (ReadOnlySpan<int>)[1, 10, 12, 23, 24, 25, 31, 32, 33, 65])
                foreach (var k in (ReadOnlySpan<int>)[1, 2, 31, 32, 33])
                    Compare(m, n, k, transposeA, transposeB, accumulate: (m + n + k) % 2 == 0, width);
    }

    [Theory]
    [MemberData(nameof(WidthsAndTranspositions))]
    public void SeveralBlocksOfDepthContinueTheSameChain(VectorWidth width, bool transposeA, bool transposeB)
    {
        foreach (var k in (ReadOnlySpan<int>)[255, 256, 257, 513, 784])
            Compare(50, 40, k, transposeA, transposeB, accumulate: k % 2 == 0, width);
    }

    [Theory]
    [MemberData(nameof(WidthsAndTranspositions))]
    public void ManyRowsAndColumnsAreSharedByTheThreads(VectorWidth width, bool transposeA, bool transposeB)
    {
        Compare(333, 71, 67, transposeA, transposeB, accumulate: false, width);
        Compare(7, 515, 130, transposeA, transposeB, accumulate: true, width);
    }

    [Theory]
    [MemberData(nameof(WidthsAndTranspositions))]
    public void AFewRowsMeetALargeMatrix(VectorWidth width, bool transposeA, bool transposeB)
    {
        // Past the size from which on each thread packs the columns that it takes, with more than one block of depth and a rest of rows and columns.
        Compare(29, 401, 700, transposeA, transposeB, accumulate: false, width);
        Compare(8, 517, 512, transposeA, transposeB, accumulate: true, width);
        Compare(1, 260, 1025, transposeA, transposeB, accumulate: true, width);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void TheNumberOfThreadsDoesNotChangeABit(int threads)
    {
        var (a, b) = (Random(301, 129, seed: 1), Random(129, 203, seed: 2));
        Tensor expected = new(301, 203), actual = new(301, 203);
        using (Workers.Limit(1))
            Gemm.Multiply(a, b, expected);
        using (Workers.Limit(threads))
            Gemm.Multiply(a, b, actual);
        AssertSameBits(expected, actual);
    }

    [Fact]
    public void AMatrixTooLargeToPackAtOnceIsMultipliedInSlabs()
    {
        // 1100 x 4100 packed floats are more than the packing buffer takes.
        var (a, b) = (Random(3, 1100, seed: 1), Random(1100, 4100, seed: 2));
        Tensor expected = new(3, 4100), actual = new(3, 4100);
        Gemm.Naive(a, b, expected);
        Gemm.Multiply(a, b, actual);
        AssertSameBits(expected, actual);
    }

    [Fact]
    public void NotANumberAndInfinityPassThrough()
    {
        var a = Tensor.From([1, float.NaN, float.PositiveInfinity, 2], 2, 2);
        var b = Tensor.From([1, 0, 0, 1], 2, 2);
        var c = new Tensor(2, 2);
        Gemm.Multiply(a, b, c);
        Assert.True(float.IsNaN(c[0, 0]) && float.IsNaN(c[0, 1]) && float.IsNaN(c[1, 1]));
        Assert.Equal(float.PositiveInfinity, c[1, 0]);
    }

    [Fact]
    public void WithoutDepthTheResultIsZeroOrWhatWasThere()
    {
        var c = Tensor.From([5, 6, 7, 8], 2, 2);
        Gemm.Multiply(new Tensor(2, 0), new Tensor(0, 2), c, accumulate: true);
        Assert.Equal([5f, 6, 7, 8], c.Values.ToArray());
        Gemm.Multiply(new Tensor(2, 0), new Tensor(0, 2), c);
        Assert.Equal([0f, 0, 0, 0], c.Values.ToArray());
    }

    [Fact]
    public void AnySizesGiveTheBitsOfTheNaiveTwin()
    {
        var sizes = Gen.Choose(1, 90).ToArbitrary();
        Prop.ForAll(sizes, sizes, sizes, (m, n, k) => Compare(m, n, k, (m & 1) == 0, (n & 1) == 0, (k & 1) == 0, VectorWidths.Best))
            .QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(2, 3, 4, 5, 2, 5, "inner sizes")]
    [InlineData(2, 3, 3, 5, 2, 4, "[2, 5]")]
    public void SizesThatDoNotFitAreRefused(int a0, int a1, int b0, int b1, int c0, int c1, string said)
    {
        var error = Assert.Throws<ShapeException>(() => Gemm.Multiply(new Tensor(a0, a1), new Tensor(b0, b1), new Tensor(c0, c1)));
        Assert.Contains(said, error.Message);
    }

    static void Compare(int m, int n, int k, bool transposeA, bool transposeB, bool accumulate, VectorWidth width)
    {
        var a = transposeA ? Random(k, m, seed: 1) : Random(m, k, seed: 1);
        var b = transposeB ? Random(n, k, seed: 2) : Random(k, n, seed: 2);
        var (expected, actual) = (Random(m, n, seed: 3), Random(m, n, seed: 3));
        Gemm.Naive(a, b, expected, transposeA, transposeB, accumulate);
        Gemm.Multiply(a, b, actual, transposeA, transposeB, accumulate, width);
        AssertSameBits(expected, actual);
    }

    static Tensor Random(int rows, int columns, int seed)
    {
        var (tensor, random) = (new Tensor(rows, columns), new SeededRandom(seed));
        foreach (ref var value in tensor.Values)
            value = random.NextNormal();
        return tensor;
    }

    static void AssertSameBits(Tensor expected, Tensor actual)
    {
        for (var i = 0; i < expected.Length; i++)
            if (BitConverter.SingleToInt32Bits(expected.Values[i]) != BitConverter.SingleToInt32Bits(actual.Values[i]))
                Assert.Fail($"Element {i} of {expected.Length}: expected {expected.Values[i]:R}, found {actual.Values[i]:R}.");
    }
}
