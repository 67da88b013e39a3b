namespace DeepDigits.Tests.Tensors;

public sealed unsafe class ConvolutionTests
{
    public static TheoryData<VectorWidth, Padding, int> Cases()
    {
        var data = new TheoryData<VectorWidth, Padding, int>();
        foreach (var width in Enum.GetValues<VectorWidth>())
            foreach (var padding in Enum.GetValues<Padding>())
                foreach (var stride in (ReadOnlySpan<int>)[1, 2, 3])
                    data.Add(width, padding, stride);
        return data;
    }

    /// <summary>Heights, widths, kernel heights and widths, channels and filters, around every tile size.</summary>
    static readonly (int Height, int Width, int KernelHeight, int KernelWidth, int Channels, int Filters)[] sizes =
    [
        (1, 1, 1, 1, 1, 1), (5, 7, 3, 3, 1, 8), (7, 5, 5, 5, 3, 16), (9, 31, 3, 2, 2, 33), (6, 15, 1, 5, 17, 4), (8, 29, 4, 3, 1, 40), (14, 14, 3, 3, 5, 31), (13, 13, 5, 5, 2, 65),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_has_the_bits_of_the_naive_twin(VectorWidth width, Padding padding, int stride)
    {
        foreach (var size in sizes)
        {
            var it = new Problem(size, stride, padding, images: 3);
            var (expected, actual) = (new float[it.OutputLength], new float[it.OutputLength]);
            it.Convolution.NaiveForward(3, it.X, it.W, it.B, expected);
            fixed (float* x = it.X, w = it.W, b = it.B, y = actual)
                it.Convolution.Forward(3, x, w, b, y, width);
            Assert.Equal(expected, actual);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_are_those_of_the_naive_twin(VectorWidth width, Padding padding, int stride)
    {
        foreach (var size in sizes)
        {
            var it = new Problem(size, stride, padding, images: 9);
            var (dx, dw, db) = it.Gradients(width, threads: 2);
            var (expectedX, expectedW, expectedB) = (new double[dx.Length], new double[dw.Length], new double[db.Length]);
            it.Convolution.NaiveBackward(9, it.X, it.W, it.Dy, expectedX, expectedW, expectedB);
            AssertClose(expectedX, dx);
            AssertClose(expectedW, dw);
            AssertClose(expectedB, db);
        }
    }

    [Fact]
    public void Neither_threads_nor_vector_width_change_a_bit()
    {
        foreach (var size in sizes)
        {
            var it = new Problem(size, 1, Padding.Same, images: 150);
            var expected = it.Gradients(VectorWidth.Bits128, threads: 1);
            foreach (var width in Enum.GetValues<VectorWidth>())
                foreach (var threads in (ReadOnlySpan<int>)[1, 3])
                {
                    var actual = it.Gradients(width, threads);
                    Assert.Equal(expected.Dx, actual.Dx);
                    Assert.Equal(expected.Dw, actual.Dw);
                    Assert.Equal(expected.Db, actual.Db);
                }
        }
    }

    static void AssertClose(double[] expected, float[] actual)
    {
        var largest = expected.Max(Math.Abs) + 1e-3;
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 2e-6 * largest, $"{actual[i]} instead of {expected[i]}");
    }

    sealed class Problem
    {
        readonly int images;

        public Problem((int Height, int Width, int KernelHeight, int KernelWidth, int Channels, int Filters) size, int stride, Padding padding, int images)
        {
            this.images = images;
            // Where the window does not fit, the image grows.
            var (height, width) = (Math.Max(size.Height, size.KernelHeight), Math.Max(size.Width, size.KernelWidth));
            var vertical = SlidingWindow.Over("test", "height", height, size.KernelHeight, stride, padding);
            var horizontal = SlidingWindow.Over("test", "width", width, size.KernelWidth, stride, padding);
            Convolution = new Convolution(vertical, horizontal, size.Channels, size.Filters);
            var random = new SeededRandom(height * 31 + width);
            OutputLength = images * vertical.Output * horizontal.Output * size.Filters;
            X = Draw(images * height * width * size.Channels);
            W = Draw(size.KernelHeight * size.KernelWidth * size.Channels * size.Filters);
            B = Draw(size.Filters);
            Dy = Draw(OutputLength);

            float[] Draw(int count)
            {
                var numbers = new float[count];
                for (var i = 0; i < count; i++)
                    numbers[i] = random.NextUniform(-1, 1);
                return numbers;
            }
        }

        public Convolution Convolution { get; }

        public int OutputLength { get; }

        public float[] X { get; }

        public float[] W { get; }

        public float[] B { get; }

        public float[] Dy { get; }

        public (float[] Dx, float[] Dw, float[] Db) Gradients(VectorWidth width, int threads)
        {
            var (dx, dw, db) = (new float[X.Length], new float[W.Length], new float[B.Length]);
            using (Workers.Limit(threads))
                fixed (float* x = X, w = W, dy = Dy, toX = dx, toW = dw, toB = db)
                {
                    Convolution.FilterGradient(images, x, dy, toW, toB, width);
                    Convolution.InputGradient(images, dy, w, toX, width);
                }
            return (dx, dw, db);
        }
    }
}
