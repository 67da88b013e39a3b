using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DeepDigits;

/// <summary>
/// a * b + c, rounded once. Where the processor has no such instruction (x86 before 2013, or with it switched off), the runtime would call
/// the C library for every number; here four are computed at a time, to the same bits.
/// </summary>
static class FusedMultiplyAdd
{
    /// <summary>a * b + c for four numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Compute(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Fma.IsSupported || AdvSimd.IsSupported ? Vector128.FusedMultiplyAdd(a, b, c) : Emulate(a, b, c);

    /// <summary>
    /// In double precision the product of two floats is exact (24 + 24 bits of 53), so only the sum is rounded; but rounding it again to a
    /// float could round the same number twice the same way. Rounding the sum to odd instead (of the two neighbours, to the one whose last
    /// bit is 1) keeps, in the 29 bits that a double has more, whether anything was cut off; the second rounding is then right.
    /// </summary>
    /// <remarks>S. Boldo, G. Melquiond: Emulation of FMA and Correctly Rounded Sums (IEEE Transactions on Computers 57, 2008), sections 3
    /// and 4.</remarks>
    public static Vector128<float> Emulate(Vector128<float> a, Vector128<float> b, Vector128<float> c)
    {
        var (aLow, aHigh) = Vector128.Widen(a);
        var (bLow, bHigh) = Vector128.Widen(b);
        var (cLow, cHigh) = Vector128.Widen(c);
        return Vector128.Narrow(SumToOdd(aLow * bLow, cLow), SumToOdd(aHigh * bHigh, cHigh));
    }

    /// <summary>x + y, rounded to odd. The error of the rounded sum is itself a double, which six additions find (D. Knuth, TAOCP 2, 4.2.2,
    /// theorem B).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<double> SumToOdd(Vector128<double> x, Vector128<double> y)
    {
        var sum = x + y;
        var yPart = sum - x;
        var error = (x - (sum - yPart)) + (y - yPart);
        var bits = sum.AsInt64();
        // Infinities have no error that is a number: they stay.
        var isInexact = ~Vector128.Equals(error, Vector128<double>.Zero) & Vector128.Equals(error, error);
        var isEven = Vector128.Equals(bits & Vector128<long>.One, Vector128<long>.Zero);
        // One step of the last bit away from zero where sum and error have the same sign, towards it where they differ.
        var step = Vector128.LessThan(error.AsInt64() ^ bits, Vector128<long>.Zero) | Vector128<long>.One;
        return (bits + (step & isInexact.AsInt64() & isEven)).AsDouble();
    }
}
