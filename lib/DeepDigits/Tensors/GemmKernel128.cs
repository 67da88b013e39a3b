using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepDigits;

/// <summary>
/// The innermost loop of <see cref="Gemm"/> with 128-bit vectors: a tile of 8 rows and 12 columns.
/// 24 accumulators, 3 vectors of B and 1 of A fill 28 of the 32 registers of ARM's NEON.
/// </summary>
/// <remarks>
/// The accumulators have a name each, because only named locals are sure to stay in registers: rI_J sums row I, vector J.
/// Per step of k there are 3 loads of B, 8 broadcasts of A and 24 fused multiply-adds.
/// </remarks>
sealed unsafe class GemmKernel128 : IGemmKernel
{
    public static int Rows => 8;

    public static int Columns => 12;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile(int depth, float* a, float* b, float* start, nint startStride, float* c, nint stride)
    {
        var r0_0 = Vector128.Load(start);
        var r0_1 = Vector128.Load(start + 4);
        var r0_2 = Vector128.Load(start + 8);
        start += startStride;
        var r1_0 = Vector128.Load(start);
        var r1_1 = Vector128.Load(start + 4);
        var r1_2 = Vector128.Load(start + 8);
        start += startStride;
        var r2_0 = Vector128.Load(start);
        var r2_1 = Vector128.Load(start + 4);
        var r2_2 = Vector128.Load(start + 8);
        start += startStride;
        var r3_0 = Vector128.Load(start);
        var r3_1 = Vector128.Load(start + 4);
        var r3_2 = Vector128.Load(start + 8);
        start += startStride;
        var r4_0 = Vector128.Load(start);
        var r4_1 = Vector128.Load(start + 4);
        var r4_2 = Vector128.Load(start + 8);
        start += startStride;
        var r5_0 = Vector128.Load(start);
        var r5_1 = Vector128.Load(start + 4);
        var r5_2 = Vector128.Load(start + 8);
        start += startStride;
        var r6_0 = Vector128.Load(start);
        var r6_1 = Vector128.Load(start + 4);
        var r6_2 = Vector128.Load(start + 8);
        start += startStride;
        var r7_0 = Vector128.Load(start);
        var r7_1 = Vector128.Load(start + 4);
        var r7_2 = Vector128.Load(start + 8);
        // The tile below comes next: asking for it now spares its first additions the wait.
        var next = c + Rows * stride;
        CacheHint.Read(next);
        next += stride;
        CacheHint.Read(next);
        next += stride;
        CacheHint.Read(next);
        next += stride;
        CacheHint.Read(next);
        next += stride;
        CacheHint.Read(next);
        next += stride;
        CacheHint.Read(next);
        next += stride;
        CacheHint.Read(next);
        next += stride;
        CacheHint.Read(next);
        for (var k = 0; k < depth; k++)
        {
            var b0 = Vector128.LoadAligned(b);
            var b1 = Vector128.LoadAligned(b + 4);
            var b2 = Vector128.LoadAligned(b + 8);
            var a0 = Vector128.Create(a[0]);
            r0_0 = FusedMultiplyAdd.Compute(a0, b0, r0_0);
            r0_1 = FusedMultiplyAdd.Compute(a0, b1, r0_1);
            r0_2 = FusedMultiplyAdd.Compute(a0, b2, r0_2);
            var a1 = Vector128.Create(a[1]);
            r1_0 = FusedMultiplyAdd.Compute(a1, b0, r1_0);
            r1_1 = FusedMultiplyAdd.Compute(a1, b1, r1_1);
            r1_2 = FusedMultiplyAdd.Compute(a1, b2, r1_2);
            var a2 = Vector128.Create(a[2]);
            r2_0 = FusedMultiplyAdd.Compute(a2, b0, r2_0);
            r2_1 = FusedMultiplyAdd.Compute(a2, b1, r2_1);
            r2_2 = FusedMultiplyAdd.Compute(a2, b2, r2_2);
            var a3 = Vector128.Create(a[3]);
            r3_0 = FusedMultiplyAdd.Compute(a3, b0, r3_0);
            r3_1 = FusedMultiplyAdd.Compute(a3, b1, r3_1);
            r3_2 = FusedMultiplyAdd.Compute(a3, b2, r3_2);
            var a4 = Vector128.Create(a[4]);
            r4_0 = FusedMultiplyAdd.Compute(a4, b0, r4_0);
            r4_1 = FusedMultiplyAdd.Compute(a4, b1, r4_1);
            r4_2 = FusedMultiplyAdd.Compute(a4, b2, r4_2);
            var a5 = Vector128.Create(a[5]);
            r5_0 = FusedMultiplyAdd.Compute(a5, b0, r5_0);
            r5_1 = FusedMultiplyAdd.Compute(a5, b1, r5_1);
            r5_2 = FusedMultiplyAdd.Compute(a5, b2, r5_2);
            var a6 = Vector128.Create(a[6]);
            r6_0 = FusedMultiplyAdd.Compute(a6, b0, r6_0);
            r6_1 = FusedMultiplyAdd.Compute(a6, b1, r6_1);
            r6_2 = FusedMultiplyAdd.Compute(a6, b2, r6_2);
            var a7 = Vector128.Create(a[7]);
            r7_0 = FusedMultiplyAdd.Compute(a7, b0, r7_0);
            r7_1 = FusedMultiplyAdd.Compute(a7, b1, r7_1);
            r7_2 = FusedMultiplyAdd.Compute(a7, b2, r7_2);
            a += 8;
            b += 12;
        }
        r0_0.Store(c);
        r0_1.Store(c + 4);
        r0_2.Store(c + 8);
        c += stride;
        r1_0.Store(c);
        r1_1.Store(c + 4);
        r1_2.Store(c + 8);
        c += stride;
        r2_0.Store(c);
        r2_1.Store(c + 4);
        r2_2.Store(c + 8);
        c += stride;
        r3_0.Store(c);
        r3_1.Store(c + 4);
        r3_2.Store(c + 8);
        c += stride;
        r4_0.Store(c);
        r4_1.Store(c + 4);
        r4_2.Store(c + 8);
        c += stride;
        r5_0.Store(c);
        r5_1.Store(c + 4);
        r5_2.Store(c + 8);
        c += stride;
        r6_0.Store(c);
        r6_1.Store(c + 4);
        r6_2.Store(c + 8);
        c += stride;
        r7_0.Store(c);
        r7_1.Store(c + 4);
        r7_2.Store(c + 8);
    }
}
