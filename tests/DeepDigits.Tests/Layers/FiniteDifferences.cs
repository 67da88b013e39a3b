namespace DeepDigits.Tests;

/// <summary>
/// Checks gradients by what they mean: a small change of a number times the gradient is the change of the result. The slope is measured
/// between two points on either side, (f(x + h) - f(x - h)) / 2h, whose error falls with h squared.
/// </summary>
static class FiniteDifferences
{
    /// <summary>
    /// Half the distance of the two points: small enough for the curvature (error h^2 f'''/6, some 2e-5), large enough for the rounding of
    /// 32-bit floats (error 1e-7 f / h, some 1e-5).
    /// </summary>
    const float Step = 1f / 128;

    /// <summary>
    /// The largest difference, beside as much of the gradient itself. A wrong derivative is off by a thousand times as much.
    /// </summary>
    const double Tolerance = 3e-4;

    /// <summary>Compares a gradient with measured slopes, number by number.</summary>
    /// <param name="what">For the message.</param>
    /// <param name="numbers">What the result depends on; changed and put back.</param>
    /// <param name="gradient">dResult/dNumber, as computed.</param>
    /// <param name="result">Computes the result again.</param>
    public static void Check(string what, Tensor numbers, Tensor gradient, Func<double> result)
    {
        Assert.Equal(numbers.Shape.ToArray(), gradient.Shape.ToArray());
        for (var i = 0; i < numbers.Length; i++)
        {
            var original = numbers.Values[i];
            var (high, low) = (original + Step, original - Step); // rounded: so the distance is measured, too
            numbers.Values[i] = high;
            var above = result();
            numbers.Values[i] = low;
            var below = result();
            numbers.Values[i] = original;
            var slope = (above - below) / ((double)high - low);
            if (!(Math.Abs(slope - gradient.Values[i]) <= Tolerance * (1 + Math.Abs(slope))))
                Assert.Fail($"{what}, element {i}: the gradient is {gradient.Values[i]:G6}, the measured slope {slope:G6}.");
        }
    }

    /// <summary>Numbers between -2 and 2, none nearer to 0 than 0.1, where relu has a kink.</summary>
    public static Tensor Numbers(SeededRandom random, params ReadOnlySpan<int> shape)
    {
        var tensor = new Tensor(shape);
        foreach (ref var value in tensor.Values)
        {
            var magnitude = random.NextUniform(0.1f, 2);
            value = random.NextInt(2) == 0 ? magnitude : -magnitude;
        }
        return tensor;
    }

    /// <summary>Numbers of which no two are nearer than 0.05, in any order: for functions that have a kink where two numbers are equal.</summary>
    public static Tensor DistinctNumbers(SeededRandom random, params ReadOnlySpan<int> shape)
    {
        var tensor = new Tensor(shape);
        var values = tensor.Values;
        for (var i = 0; i < values.Length; i++)
        {
            var other = random.NextInt(i + 1);
            values[i] = values[other];
            values[other] = 0.05f * (i - values.Length / 2);
        }
        return tensor;
    }
}
