namespace DeepDigits;

/// <summary>
/// Elementary functions with the same bits on every machine. <see cref="Math"/> and <see cref="MathF"/> call the platform's C library,
/// which differs between operating systems; here are only additions, multiplications and divisions, which IEEE 754 fixes to the last bit
/// and C# never fuses or reorders.
/// </summary>
static class PortableMath
{
    const double Ln2High = 6.93147180369123816490e-01, Ln2Low = 1.90821492927058770002e-10;

    /// <summary>The natural logarithm, to about one unit in the last place.</summary>
    /// <remarks>
    /// With x = 2^k (1 + f), sqrt(1/2) &lt; 1 + f &lt; sqrt(2), and s = f / (2 + f): log(1 + f) = 2 s + 2 s^3 / 3 + 2 s^5 / 5 + ..., and
    /// log(x) = k ln 2 + log(1 + f). The series is cut where its terms fall below 2^-58 (s^2 is at most 0.0295).
    /// </remarks>
    public static double Log(double x)
    {
        if (double.IsNaN(x) || x < 0)
            return double.NaN;
        if (x == 0)
            return double.NegativeInfinity;
        if (double.IsPositiveInfinity(x))
            return x;
        var exponent = 0;
        if (!double.IsNormal(x))
            (x, exponent) = (x * (1L << 54), -54);
        var bits = BitConverter.DoubleToInt64Bits(x);
        exponent += (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951)
            (mantissa, exponent) = (mantissa * 0.5, exponent + 1);
        var f = mantissa - 1;
        var s = f / (2 + f);
        var square = s * s;
        var series = 2.0 / 23 * square;
        series = (series + 2.0 / 21) * square;
        series = (series + 2.0 / 19) * square;
        series = (series + 2.0 / 17) * square;
        series = (series + 2.0 / 15) * square;
        series = (series + 2.0 / 13) * square;
        series = (series + 2.0 / 11) * square;
        series = (series + 2.0 / 9) * square;
        series = (series + 2.0 / 7) * square;
        series = (series + 2.0 / 5) * square;
        series = (series + 2.0 / 3) * square;
        // 2 s = f - s f: f is exact, so only the small correction s (f - series) is rounded.
        return exponent * Ln2High - ((s * (f - series) - exponent * Ln2Low) - f);
    }

    /// <summary>The cosine, to about 1e-15 for one turn; the error grows with the number of turns.</summary>
    /// <remarks>
    /// x is brought to |r| at most pi / 4 by whole quarter turns; there the Taylor series of the cosine or the sine is cut where its terms
    /// fall below 2^-60.
    /// </remarks>
    public static double Cos(double x)
    {
        var quarters = Math.Round(x / (Math.PI / 2));
        var r = x - quarters * (Math.PI / 2);
        return ((long)quarters & 3) switch { 0 => CosNearZero(r), 1 => -SinNearZero(r), 2 => -CosNearZero(r), _ => SinNearZero(r) };
    }

    /// <summary>The sine, to about 1e-15 for one turn; the error grows with the number of turns.</summary>
    /// <remarks>As <see cref="Cos"/>.</remarks>
    public static double Sin(double x)
    {
        var quarters = Math.Round(x / (Math.PI / 2));
        var r = x - quarters * (Math.PI / 2);
        return ((long)quarters & 3) switch { 0 => SinNearZero(r), 1 => CosNearZero(r), 2 => -SinNearZero(r), _ => -CosNearZero(r) };
    }

    static double CosNearZero(double x)
    {
        var sum = 1.0;
        for (var n = 18; n >= 2; n -= 2)
            sum = 1 - sum * x * x / (n * (n - 1));
        return sum;
    }

    static double SinNearZero(double x)
    {
        var sum = 1.0;
        for (var n = 19; n >= 3; n -= 2)
            sum = 1 - sum * x * x / (n * (n - 1));
        return x * sum;
    }
}
