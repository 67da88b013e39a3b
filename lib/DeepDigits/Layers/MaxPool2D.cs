using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DeepDigits;

/// <summary>Max pooling: y[n, i, j, c] is the largest x[n, i s + u, j s + v, c] of the window (u, v). What was seen matters, where exactly does not.</summary>
/// <remarks>Shapes: X [n, height, width, channels], Y [n, output height, output width, channels]. Zeros of padding "same" do not take part. D. Scherer,
/// A. Müller, S. Behnke: Evaluation of Pooling Operations in Convolutional Architectures for Object Recognition (ICANN 2010), section 2.</remarks>
public sealed unsafe class MaxPool2D : Pooling2D
{
    /// <summary>Square windows side by side: the stride is their size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is less than 1.</exception>
    public MaxPool2D(int size)
        : this(size, size, Padding.Valid)
    {
    }

    /// <summary>Square windows, moved by the stride.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is less than 1.</exception>
    public MaxPool2D(int size, int stride, Padding padding)
        : base(size, stride, padding)
    {
    }

    private protected override string Kind => "maxpool2d";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void Pool(in PoolingWindow window, float* x, float* y)
    {
        var c = 0;
        for (; c <= window.Channels - Vector128<float>.Count; c += Vector128<float>.Count)
        {
            var largest = Vector128.Load(x + c);
            for (var u = 0; u < window.Rows; u++)
                for (var v = 0; v < window.Columns; v++)
                    largest = Vector128.Max(largest, Vector128.Load(x + u * window.RowStride + v * window.Channels + c));
            largest.Store(y + c);
        }
        for (; c < window.Channels; c++)
        {
            var largest = x[c];
            for (var u = 0; u < window.Rows; u++)
                for (var v = 0; v < window.Columns; v++)
                    largest = MathF.Max(largest, x[u * window.RowStride + v * window.Channels + c]);
            y[c] = largest;
        }
    }

    /// <summary>y is one of the x of its window: dy/dx is 1 for that one and 0 for all others. Where several are the largest, the first has it, as in PyTorch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void PoolGradient(in PoolingWindow window, float* x, float* y, float* dy, float* dx)
    {
        var c = 0;
        for (; c <= window.Channels - Vector128<float>.Count; c += Vector128<float>.Count)
        {
            var largest = Vector128.Load(y + c);
            var gradient = Vector128.Load(dy + c);
            for (var u = 0; u < window.Rows; u++)
                for (var v = 0; v < window.Columns; v++)
                {
                    var at = u * window.RowStride + v * window.Channels + c;
                    var isLargest = Vector128.Equals(Vector128.Load(x + at), largest);
                    (Vector128.Load(dx + at) + (gradient & isLargest)).Store(dx + at);
                    // The next equal one gets nothing.
                    gradient = Vector128.AndNot(gradient, isLargest);
                }
        }
        for (; c < window.Channels; c++)
        {
            if (FirstOf(window, x, y[c], c) is var at and >= 0)
                dx[at] += dy[c];
        }
    }

    static int FirstOf(in PoolingWindow window, float* x, float value, int channel)
    {
        for (var u = 0; u < window.Rows; u++)
            for (var v = 0; v < window.Columns; v++)
            {
                var at = u * window.RowStride + v * window.Channels + channel;
                if (x[at] == value)
                    return at;
            }
        return -1;
    }
}
