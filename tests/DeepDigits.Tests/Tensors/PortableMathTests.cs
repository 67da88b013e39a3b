namespace DeepDigits.Tests.Tensors;

public sealed class PortableMathTests
{
    [Fact]
    public void LogarithmsAreExactToAboutOneUnitInTheLastPlace()
    {
        var random = new SeededRandom(1);
        for (var i = 0; i < 100_000; i++)
        {
            var x = BitConverter.Int64BitsToDouble((long)(((ulong)random.NextUInt32() << 32 | random.NextUInt32()) % 0x7FF0000000000000));
            AssertClose(Math.Log(x), PortableMath.Log(x));
        }
        for (var x = 0.5; x < 2; x += 1e-4)
            AssertClose(Math.Log(x), PortableMath.Log(x));

        static void AssertClose(double expected, double actual) =>
            Assert.True(Math.Abs(expected - actual) <= 2 * Math.BitIncrement(Math.Abs(expected)) - 2 * Math.Abs(expected) + 1e-300, $"expected {expected:R}, found {actual:R}");
    }

    [Fact]
    public void LogarithmsOfSpecialNumbers()
    {
        Assert.Equal(double.NegativeInfinity, PortableMath.Log(0));
        Assert.Equal(double.PositiveInfinity, PortableMath.Log(double.PositiveInfinity));
        Assert.Equal(0.0, PortableMath.Log(1));
        Assert.True(double.IsNaN(PortableMath.Log(-1)));
        Assert.True(double.IsNaN(PortableMath.Log(double.NaN)));
    }

    [Fact]
    public void SinesAgreeWithThePlatform()
    {
        for (var x = -7.0; x < 7; x += 0.00137)
            Assert.Equal(Math.Sin(x), PortableMath.Sin(x), 1e-15);
        Assert.Equal(0.0, PortableMath.Sin(0));
        Assert.Equal(1.0, PortableMath.Sin(Math.PI / 2));
    }

    [Fact]
    public void CosinesAgreeWithThePlatform()
    {
        for (var x = -7.0; x < 7; x += 0.00137)
            Assert.Equal(Math.Cos(x), PortableMath.Cos(x), 1e-15);
        Assert.Equal(1.0, PortableMath.Cos(0));
        Assert.Equal(-1.0, PortableMath.Cos(Math.PI));
    }
}
