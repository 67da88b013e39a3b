using System.Runtime.Intrinsics;

namespace DeepDigits.Tests.Tensors;

public sealed class FusedMultiplyAddTests
{
    [Fact]
    public void TheEmulationHasTheBitsOfTheInstruction()
    {
        var random = new SeededRandom(1);
        for (var i = 0; i < 500_000; i++)
        {
            // Any bits at all; and sums that all but cancel, or fall half way between two floats, which random bits hardly ever do.
            Compare(AnyFloat(random), AnyFloat(random), AnyFloat(random));
            var (a, b) = (random.NextNormal(), random.NextNormal());
            Compare(a, b, -a * b);
            Compare(a, b, MathF.BitIncrement(-a * b));
            var half = MathF.ScaleB(1, -24 - random.NextInt(30));
            Compare(1 + random.NextInt(8) * MathF.ScaleB(1, -23), 1, half);
            Compare(half, 1 + MathF.ScaleB(1, -23), 1 + random.NextInt(8) * MathF.ScaleB(1, -23));
            Compare(half, -1 + MathF.ScaleB(1, -22), 1 + random.NextInt(8) * MathF.ScaleB(1, -23));
        }
    }

    [Fact]
    public void SpecialNumbersPassThrough()
    {
        float[] special = [0f, -0f, 1, -1, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 1.17549435e-38f];
        foreach (var a in special)
            foreach (var b in special)
                foreach (var c in special)
                    Compare(a, b, c);
    }

    static float AnyFloat(SeededRandom random) => BitConverter.UInt32BitsToSingle(random.NextUInt32());

    static void Compare(float a, float b, float c)
    {
        var expected = MathF.FusedMultiplyAdd(a, b, c);
        var actual = FusedMultiplyAdd.Emulate(Vector128.Create(a), Vector128.Create(b), Vector128.Create(c)).ToScalar();
        if (BitConverter.SingleToInt32Bits(expected) != BitConverter.SingleToInt32Bits(actual) && !(float.IsNaN(expected) && float.IsNaN(actual)))
            Assert.Fail($"fma({a:R}, {b:R}, {c:R}): expected {expected:R}, found {actual:R}.");
    }
}
