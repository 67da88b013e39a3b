using System.Numerics.Tensors;

namespace DeepDigits;

/// <summary>Average pooling: y[n, i, j, c] is the mean of x[n, i s + u, j s + v, c] over the pixels (u, v) of the window that lie in the image.</summary>
/// <remarks>Shapes: X [n, height, width, channels], Y [n, output height, output width, channels]. Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-Based
/// Learning Applied to Document Recognition (Proceedings of the IEEE 86, 1998), section II ("sub-sampling").</remarks>
public sealed unsafe class AveragePool2D : Pooling2D
{
    /// <summary>Square windows side by side: the stride is their size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is less than 1.</exception>
    public AveragePool2D(int size)
        : this(size, size, Padding.Valid)
    {
    }

    /// <summary>Square windows, moved by the stride.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is less than 1.</exception>
    public AveragePool2D(int size, int stride, Padding padding)
        : base(size, stride, padding)
    {
    }

    private protected override string Kind => "averagepool2d";

    private protected override void Pool(in PoolingWindow window, float* x, float* y)
    {
        var sum = new Span<float>(y, window.Channels);
        sum.Clear();
        for (var u = 0; u < window.Rows; u++)
            for (var v = 0; v < window.Columns; v++)
                TensorPrimitives.Add(sum, new ReadOnlySpan<float>(x + u * window.RowStride + v * window.Channels, window.Channels), sum);
        TensorPrimitives.Multiply(sum, 1f / (window.Rows * window.Columns), sum);
    }

    /// <summary>y = (x1 + ... + xm) / m, so dy/dx = 1 / m for each pixel of the window.</summary>
    private protected override void PoolGradient(in PoolingWindow window, float* x, float* y, float* dy, float* dx)
    {
        var share = 1f / (window.Rows * window.Columns);
        for (var u = 0; u < window.Rows; u++)
            for (var v = 0; v < window.Columns; v++)
            {
                var to = dx + u * window.RowStride + v * window.Channels;
                for (var c = 0; c < window.Channels; c++)
                    to[c] += dy[c] * share;
            }
    }
}
