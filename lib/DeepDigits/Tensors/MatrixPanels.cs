using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DeepDigits;

/// <summary>The panels of a row-major matrix whose lanes lie side by side in memory: B as it is, or A transposed.</summary>
readonly unsafe struct LanesContiguous(float* matrix, nint stride) : IPanelSource
{
    public StridedRows At(int lane, int depth) => new(matrix + depth * stride + lane, 1, stride);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(float* panels, nint panelStride, int width, int firstLane, int lanes, int firstDepth, int depth)
    {
        // Row by row, across all panels: so the matrix is read as it lies in memory.
        for (var k = 0; k < depth; k++)
        {
            var from = matrix + (firstDepth + k) * stride + firstLane;
            var to = panels + (nint)k * width;
            for (var rest = lanes; rest > 0; rest -= width, from += width, to += panelStride)
            {
                var count = Math.Min(width, rest);
                var lane = 0;
                for (; lane <= count - 8; lane += 8)
                    Vector256.Load(from + lane).Store(to + lane);
                for (; lane <= count - 4; lane += 4)
                    Vector128.Load(from + lane).Store(to + lane);
                for (; lane < count; lane++)
                    to[lane] = from[lane];
                for (; lane < width; lane++)
                    to[lane] = 0;
            }
        }
    }
}

/// <summary>The panels of a row-major matrix in which each lane is a row: A as it is, or B transposed. Packing transposes it, four by
/// four.</summary>
readonly unsafe struct DepthContiguous(float* matrix, nint stride) : IPanelSource
{
    public StridedRows At(int lane, int depth) => new(matrix + lane * stride + depth, stride, 1);

    public void Pack(float* panels, nint panelStride, int width, int firstLane, int lanes, int firstDepth, int depth)
    {
        for (var done = 0; done < lanes; done += width, panels += panelStride)
            PackOne(panels, width, matrix + (firstLane + done) * stride + firstDepth, Math.Min(width, lanes - done), depth);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void PackOne(float* panel, int width, float* from, int lanes, int depth)
    {
        var lane = 0;
        for (; lane <= lanes - 4; lane += 4, from += 4 * stride)
        {
            var k = 0;
            for (; k <= depth - 4; k += 4)
            {
                var (row0, row1, row2, row3) = Transpose(
                    Vector128.Load(from + k), Vector128.Load(from + stride + k), Vector128.Load(from + 2 * stride + k), Vector128.Load(from + 3 * stride + k));
                var to = panel + k * width + lane;
                row0.Store(to);
                row1.Store(to + width);
                row2.Store(to + 2 * width);
                row3.Store(to + 3 * width);
            }
            for (; k < depth; k++)
                for (var i = 0; i < 4; i++)
                    panel[k * width + lane + i] = from[i * stride + k];
        }
        for (; lane < lanes; lane++, from += stride)
            for (var k = 0; k < depth; k++)
                panel[k * width + lane] = from[k];
        for (; lane < width; lane++)
            for (var k = 0; k < depth; k++)
                panel[k * width + lane] = 0;
    }

    /// <summary>Turns four rows of four into four columns of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector128<float>, Vector128<float>, Vector128<float>, Vector128<float>) Transpose(
        Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        if (Sse.IsSupported)
        {
            var (abLow, cdLow, abHigh, cdHigh) = (Sse.UnpackLow(a, b), Sse.UnpackLow(c, d), Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d));
            return (Sse.MoveLowToHigh(abLow, cdLow), Sse.MoveHighToLow(cdLow, abLow), Sse.MoveLowToHigh(abHigh, cdHigh), Sse.MoveHighToLow(cdHigh, abHigh));
        }
        if (AdvSimd.Arm64.IsSupported)
        {
            var (acLow, bdLow) = (AdvSimd.Arm64.ZipLow(a, c), AdvSimd.Arm64.ZipLow(b, d));
            var (acHigh, bdHigh) = (AdvSimd.Arm64.ZipHigh(a, c), AdvSimd.Arm64.ZipHigh(b, d));
            return (AdvSimd.Arm64.ZipLow(acLow, bdLow), AdvSimd.Arm64.ZipHigh(acLow, bdLow), AdvSimd.Arm64.ZipLow(acHigh, bdHigh), AdvSimd.Arm64.ZipHigh(acHigh, bdHigh));
        }
        return (Vector128.Create(a[0], b[0], c[0], d[0]), Vector128.Create(a[1], b[1], c[1], d[1]),
            Vector128.Create(a[2], b[2], c[2], d[2]), Vector128.Create(a[3], b[3], c[3], d[3]));
    }
}
