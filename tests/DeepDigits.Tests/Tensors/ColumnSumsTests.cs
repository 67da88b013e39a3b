namespace DeepDigits.Tests.Tensors;

public sealed class ColumnSumsTests
{
    [Fact]
    public void TheFastPathHasTheBitsOfTheNaiveTwin()
    {
        foreach (var rows in (ReadOnlySpan<int>)[0, 1, 2, 33])
            foreach (var columns in (ReadOnlySpan<int>)[1, 3, 10, 31, 32, 33, 63, 64, 65, 127, 129, 200, 513])
            {
                Tensor matrix = new(rows, columns), expected = new(columns), actual = new(columns);
                Initializer.Normal(1).Fill(matrix, 1, 1, new SeededRandom(rows * 1000 + columns));
                actual.Values.Fill(7);
                ColumnSums.Naive(matrix, expected);
                ColumnSums.Compute(matrix, actual);
                Assert.Equal(expected.Values.ToArray(), actual.Values.ToArray());
            }
    }
}
