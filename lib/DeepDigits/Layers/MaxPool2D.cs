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

    /// <summary>
    /// Whether this layer also does the work of a relu before it. Relu never changes which number of a window is the largest, so relu then max pooling gives what max pooling then
    /// relu gives, the gradients too: <see cref="Sequential"/> passes over such a relu, and the numbers cross the memory once instead of twice.
    /// </summary>
    internal bool Rectifies { get; set; }

    private protected override string Kind => "maxpool2d";

    private protected override bool KnowsQuads => true;

    /// <summary>What the largest number of a window must exceed to be put out.</summary>
    float Floor => Rectifies ? 0 : float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void Pool(in PoolingWindow window, float* x, float* y)
    {
        var floor = Floor;
        var c = 0;
        for (; c <= window.Channels - Vector128<float>.Count; c += Vector128<float>.Count)
        {
            var largest = Vector128.Create(floor);
            for (var u = 0; u < window.Rows; u++)
                for (var v = 0; v < window.Columns; v++)
                    largest = Vector128.Max(largest, Vector128.Load(x + u * window.RowStride + v * window.Channels + c));
            largest.Store(y + c);
        }
        for (; c < window.Channels; c++)
        {
            var largest = floor;
            for (var u = 0; u < window.Rows; u++)
                for (var v = 0; v < window.Columns; v++)
                    largest = MathF.Max(largest, x[u * window.RowStride + v * window.Channels + c]);
            y[c] = largest;
        }
    }

    /// <summary>y is one of the x of its window: dy/dx is 1 for that one and 0 for all others. Where several are the largest, the first has it, as in PyTorch. Where relu lets
    /// nothing through, none has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void PoolGradient(in PoolingWindow window, float* x, float* y, float* dy, float* dx)
    {
        var floor = Floor;
        var c = 0;
        for (; c <= window.Channels - Vector128<float>.Count; c += Vector128<float>.Count)
        {
            var largest = Vector128.Load(y + c);
            var gradient = Vector128.Load(dy + c) & Vector128.GreaterThan(largest, Vector128.Create(floor));
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
            if (y[c] > floor && FirstOf(window, x, y[c], c) is var at and >= 0)
                dx[at] += dy[c];
        }
    }

    /// <summary>The usual case, windows of two by two side by side, eight channels at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void PoolQuads(int windows, int channels, float* above, float* below, float* y)
    {
        var floor = Vector256.Create(Floor);
        for (var window = 0; window < windows; window++, above += 2 * channels, below += 2 * channels, y += channels)
            for (var c = 0; c < channels; c += Vector256<float>.Count)
            {
                var left = Vector256.Max(Vector256.Load(above + c), Vector256.Load(below + c));
                var right = Vector256.Max(Vector256.Load(above + channels + c), Vector256.Load(below + channels + c));
                Vector256.Max(floor, Vector256.Max(left, right)).Store(y + c);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void PoolQuadsGradient(int windows, int channels, float* above, float* below, float* y, float* dy, float* dxAbove, float* dxBelow)
    {
        var floor = Vector256.Create(Floor);
        for (var window = 0; window < windows; window++, y += channels, dy += channels)
        {
            for (var c = 0; c < channels; c += Vector256<float>.Count)
            {
                var largest = Vector256.Load(y + c);
                var gradient = Vector256.Load(dy + c) & Vector256.GreaterThan(largest, floor);
                gradient = HandBack(gradient, largest, above + c, dxAbove + c);
                gradient = HandBack(gradient, largest, above + channels + c, dxAbove + channels + c);
                gradient = HandBack(gradient, largest, below + c, dxBelow + c);
                HandBack(gradient, largest, below + channels + c, dxBelow + channels + c);
            }
            above += 2 * channels;
            below += 2 * channels;
            dxAbove += 2 * channels;
            dxBelow += 2 * channels;
        }
    }

    /// <summary>Gives the gradient to x where it is the largest, and returns what is left of it for the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> HandBack(Vector256<float> gradient, Vector256<float> largest, float* x, float* dx)
    {
        var isLargest = Vector256.Equals(Vector256.Load(x), largest);
        (gradient & isLargest).Store(dx);
        return Vector256.AndNot(gradient, isLargest);
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
