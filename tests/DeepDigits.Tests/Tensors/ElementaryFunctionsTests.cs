namespace DeepDigits.Tests.Tensors;

public sealed class ElementaryFunctionsTests
{
    [Theory]
    [InlineData("exp")]
    [InlineData("sigmoid")]
    [InlineData("tanh")]
    public void ANumberHasTheSameResultAloneAndAmongOthers(string name)
    {
        var random = new SeededRandom(1);
        var input = Enumerable.Range(0, 3_000).Select(_ => 4 * random.NextNormal()).ToArray();
        var together = new float[input.Length];
        Apply(name, input, together);
        foreach (var count in (ReadOnlySpan<int>)[1, 2, 3, 4, 5, 17])
            for (var start = 0; start + count <= input.Length; start += count)
            {
                var apart = new float[count];
                Apply(name, input.AsSpan(start, count), apart);
                Assert.Equal(together[start..(start + count)], apart);
            }
        for (var i = 0; i < input.Length; i++)
            Assert.Equal(Exact(name, input[i]), together[i], 3e-7 * Math.Max(1, Math.Abs(Exact(name, input[i]))));
    }

    static void Apply(string name, ReadOnlySpan<float> input, Span<float> output)
    {
        switch (name)
        {
            case "exp":
                ElementaryFunctions.Exp(input, output);
                break;
            case "sigmoid":
                ElementaryFunctions.Sigmoid(input, output);
                break;
            default:
                ElementaryFunctions.Tanh(input, output);
                break;
        }
    }

    static double Exact(string name, double x) => name switch { "exp" => Math.Exp(x), "sigmoid" => 1 / (1 + Math.Exp(-x)), _ => Math.Tanh(x) };
}
