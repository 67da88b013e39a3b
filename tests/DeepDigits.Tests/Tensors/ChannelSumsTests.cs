namespace DeepDigits.Tests.Tensors;

public sealed class ChannelSumsTests
{
    public static TheoryData<int, int> Shapes
    {
        get
        {
            var shapes = new TheoryData<int, int>();
            foreach (var rows in (ReadOnlySpan<int>)[1, 2, 9, 127, 128, 129, 1000])
                foreach (var columns in (ReadOnlySpan<int>)[1, 3, 8, 17, 32, 100, 600])
                    shapes.Add(rows, columns);
            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void TheFastPathsAgreeWithTheirNaiveTwins(int rows, int columns)
    {
        var random = new SeededRandom(rows * 1000 + columns);
        Tensor x = new(rows, columns), gradient = new(rows, columns), mean = new(columns);
        Initializer.Normal(1).Fill(x, 1, 1, random);
        Initializer.Normal(1).Fill(gradient, 1, 1, random);
        Initializer.Normal(1).Fill(mean, 1, 1, random);
        for (var i = 0; i < x.Length; i++)
            x.Values[i] += 10 * (i % columns); // means that are much larger than the deviations
        double[] first = new double[columns], second = new double[columns], expectedFirst = new double[columns], expectedSecond = new double[columns];
        var scratch = new NativeBuffer();

        ChannelSums.Moments(x, first, second, scratch);
        ChannelSums.MomentsNaive(x, expectedFirst, expectedSecond);
        for (var c = 0; c < columns; c++)
        {
            Assert.Equal(expectedFirst[c], first[c], 1e-6 * (1 + 10 * c));
            Assert.Equal(expectedSecond[c], second[c], 1e-5 * (1 + 0.01 * c));
        }

        ChannelSums.Gradients(x, gradient, mean, first, second, scratch);
        ChannelSums.GradientsNaive(x, gradient, mean, expectedFirst, expectedSecond);
        for (var c = 0; c < columns; c++)
        {
            Assert.Equal(expectedFirst[c], first[c], 1e-5 * Math.Sqrt(rows));
            Assert.Equal(expectedSecond[c], second[c], 1e-5 * Math.Sqrt(rows) * (1 + 10 * c));
        }
        GC.KeepAlive(scratch);
    }
}
