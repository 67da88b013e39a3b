using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepDigits;

/// <summary>
/// The innermost loop of <see cref="Gemm"/> with 512-bit vectors: a tile of 12 rows and 32 columns.
/// 24 accumulators, 2 vectors of B and 1 of A fill 27 of the 32 registers.
/// </summary>
/// <remarks>
/// The accumulators have a name each, because only named locals are sure to stay in registers: rI_J sums row I, vector J.
/// Per step of k there are 2 loads of B, 12 broadcasts of A and 24 fused multiply-adds.
/// </remarks>
sealed unsafe class GemmKernel512 : IGemmKernel
{
    public static int Rows => 12;

    public static int Columns => 32;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile(int depth, float* a, float* b, float* start, nint startStride, float* c, nint stride)
    {
        var r0_0 = Vector512.Load(start);
        var r0_1 = Vector512.Load(start + 16);
        start += startStride;
        var r1_0 = Vector512.Load(start);
        var r1_1 = Vector512.Load(start + 16);
        start += startStride;
        var r2_0 = Vector512.Load(start);
        var r2_1 = Vector512.Load(start + 16);
        start += startStride;
        var r3_0 = Vector512.Load(start);
        var r3_1 = Vector512.Load(start + 16);
        start += startStride;
        var r4_0 = Vector512.Load(start);
        var r4_1 = Vector512.Load(start + 16);
        start += startStride;
        var r5_0 = Vector512.Load(start);
        var r5_1 = Vector512.Load(start + 16);
        start += startStride;
        var r6_0 = Vector512.Load(start);
        var r6_1 = Vector512.Load(start + 16);
        start += startStride;
        var r7_0 = Vector512.Load(start);
        var r7_1 = Vector512.Load(start + 16);
        start += startStride;
        var r8_0 = Vector512.Load(start);
        var r8_1 = Vector512.Load(start + 16);
        start += startStride;
        var r9_0 = Vector512.Load(start);
        var r9_1 = Vector512.Load(start + 16);
        start += startStride;
        var r10_0 = Vector512.Load(start);
        var r10_1 = Vector512.Load(start + 16);
        start += startStride;
        var r11_0 = Vector512.Load(start);
        var r11_1 = Vector512.Load(start + 16);
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
        next += stride;
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
        next += stride;
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
            var b0 = Vector512.LoadAligned(b);
            var b1 = Vector512.LoadAligned(b + 16);
            var a0 = Vector512.Create(a[0]);
            r0_0 = Vector512.FusedMultiplyAdd(a0, b0, r0_0);
            r0_1 = Vector512.FusedMultiplyAdd(a0, b1, r0_1);
            var a1 = Vector512.Create(a[1]);
            r1_0 = Vector512.FusedMultiplyAdd(a1, b0, r1_0);
            r1_1 = Vector512.FusedMultiplyAdd(a1, b1, r1_1);
            var a2 = Vector512.Create(a[2]);
            r2_0 = Vector512.FusedMultiplyAdd(a2, b0, r2_0);
            r2_1 = Vector512.FusedMultiplyAdd(a2, b1, r2_1);
            var a3 = Vector512.Create(a[3]);
            r3_0 = Vector512.FusedMultiplyAdd(a3, b0, r3_0);
            r3_1 = Vector512.FusedMultiplyAdd(a3, b1, r3_1);
            var a4 = Vector512.Create(a[4]);
            r4_0 = Vector512.FusedMultiplyAdd(a4, b0, r4_0);
            r4_1 = Vector512.FusedMultiplyAdd(a4, b1, r4_1);
            var a5 = Vector512.Create(a[5]);
            r5_0 = Vector512.FusedMultiplyAdd(a5, b0, r5_0);
            r5_1 = Vector512.FusedMultiplyAdd(a5, b1, r5_1);
            var a6 = Vector512.Create(a[6]);
            r6_0 = Vector512.FusedMultiplyAdd(a6, b0, r6_0);
            r6_1 = Vector512.FusedMultiplyAdd(a6, b1, r6_1);
            var a7 = Vector512.Create(a[7]);
            r7_0 = Vector512.FusedMultiplyAdd(a7, b0, r7_0);
            r7_1 = Vector512.FusedMultiplyAdd(a7, b1, r7_1);
            var a8 = Vector512.Create(a[8]);
            r8_0 = Vector512.FusedMultiplyAdd(a8, b0, r8_0);
            r8_1 = Vector512.FusedMultiplyAdd(a8, b1, r8_1);
            var a9 = Vector512.Create(a[9]);
            r9_0 = Vector512.FusedMultiplyAdd(a9, b0, r9_0);
            r9_1 = Vector512.FusedMultiplyAdd(a9, b1, r9_1);
            var a10 = Vector512.Create(a[10]);
            r10_0 = Vector512.FusedMultiplyAdd(a10, b0, r10_0);
            r10_1 = Vector512.FusedMultiplyAdd(a10, b1, r10_1);
            var a11 = Vector512.Create(a[11]);
            r11_0 = Vector512.FusedMultiplyAdd(a11, b0, r11_0);
            r11_1 = Vector512.FusedMultiplyAdd(a11, b1, r11_1);
            a += 12;
            b += 32;
        }
        r0_0.Store(c);
        r0_1.Store(c + 16);
        c += stride;
        r1_0.Store(c);
        r1_1.Store(c + 16);
        c += stride;
        r2_0.Store(c);
        r2_1.Store(c + 16);
        c += stride;
        r3_0.Store(c);
        r3_1.Store(c + 16);
        c += stride;
        r4_0.Store(c);
        r4_1.Store(c + 16);
        c += stride;
        r5_0.Store(c);
        r5_1.Store(c + 16);
        c += stride;
        r6_0.Store(c);
        r6_1.Store(c + 16);
        c += stride;
        r7_0.Store(c);
        r7_1.Store(c + 16);
        c += stride;
        r8_0.Store(c);
        r8_1.Store(c + 16);
        c += stride;
        r9_0.Store(c);
        r9_1.Store(c + 16);
        c += stride;
        r10_0.Store(c);
        r10_1.Store(c + 16);
        c += stride;
        r11_0.Store(c);
        r11_1.Store(c + 16);
    }
}
