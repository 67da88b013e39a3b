using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepDigits;

/// <summary>
/// The innermost loop of <see cref="Gemm"/> with 256-bit vectors: a tile of 4 rows and 24 columns.
/// 12 accumulators, 3 vectors of B and 1 of A fill the 16 registers.
/// </summary>
/// <remarks>
/// The accumulators have a name each, because only named locals are sure to stay in registers: rI_J sums row I, vector J.
/// Per step of k there are 3 loads of B, 4 broadcasts of A and 12 fused multiply-adds.
/// </remarks>
sealed unsafe class GemmKernel256 : IGemmKernel
{
    public static int Rows => 4;

    public static int Columns => 24;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile(int depth, float* a, float* b, float* start, nint startStride, float* c, nint stride)
    {
        var r0_0 = Vector256.Load(start);
        var r0_1 = Vector256.Load(start + 8);
        var r0_2 = Vector256.Load(start + 16);
        start += startStride;
        var r1_0 = Vector256.Load(start);
        var r1_1 = Vector256.Load(start + 8);
        var r1_2 = Vector256.Load(start + 16);
        start += startStride;
        var r2_0 = Vector256.Load(start);
        var r2_1 = Vector256.Load(start + 8);
        var r2_2 = Vector256.Load(start + 16);
        start += startStride;
        var r3_0 = Vector256.Load(start);
        var r3_1 = Vector256.Load(start + 8);
        var r3_2 = Vector256.Load(start + 16);
        // The tile below comes next: asking for it now spares its first additions the wait.
        var next = c + Rows * stride;
        CacheHint.Read(next);
        CacheHint.Read(next + 16);
        next += stride;
        CacheHint.Read(next);
        CacheHint.Read(next + 16);
        next += stride;
        CacheHint.Read(next);
        CacheHint.Read(next + 16);
        next += stride;
        CacheHint.Read(next);
        CacheHint.Read(next + 16);
        for (var k = 0; k < depth; k++)
        {
            var b0 = Vector256.LoadAligned(b);
            var b1 = Vector256.LoadAligned(b + 8);
            var b2 = Vector256.LoadAligned(b + 16);
            var a0 = Vector256.Create(a[0]);
            r0_0 = Vector256.FusedMultiplyAdd(a0, b0, r0_0);
            r0_1 = Vector256.FusedMultiplyAdd(a0, b1, r0_1);
            r0_2 = Vector256.FusedMultiplyAdd(a0, b2, r0_2);
            var a1 = Vector256.Create(a[1]);
            r1_0 = Vector256.FusedMultiplyAdd(a1, b0, r1_0);
            r1_1 = Vector256.FusedMultiplyAdd(a1, b1, r1_1);
            r1_2 = Vector256.FusedMultiplyAdd(a1, b2, r1_2);
            var a2 = Vector256.Create(a[2]);
            r2_0 = Vector256.FusedMultiplyAdd(a2, b0, r2_0);
            r2_1 = Vector256.FusedMultiplyAdd(a2, b1, r2_1);
            r2_2 = Vector256.FusedMultiplyAdd(a2, b2, r2_2);
            var a3 = Vector256.Create(a[3]);
            r3_0 = Vector256.FusedMultiplyAdd(a3, b0, r3_0);
            r3_1 = Vector256.FusedMultiplyAdd(a3, b1, r3_1);
            r3_2 = Vector256.FusedMultiplyAdd(a3, b2, r3_2);
            a += 4;
            b += 24;
        }
        r0_0.Store(c);
        r0_1.Store(c + 8);
        r0_2.Store(c + 16);
        c += stride;
        r1_0.Store(c);
        r1_1.Store(c + 8);
        r1_2.Store(c + 16);
        c += stride;
        r2_0.Store(c);
        r2_1.Store(c + 8);
        r2_2.Store(c + 16);
        c += stride;
        r3_0.Store(c);
        r3_1.Store(c + 8);
        r3_2.Store(c + 16);
    }
}
