namespace DeepDigits;

/// <summary>Moves the numbers of a tensor for programs that arrange them otherwise.</summary>
static class AxisOrder
{
    /// <summary>A filter bank [height, width, channels, filters] as [filters, channels, height, width]: ONNX and PyTorch.</summary>
    public static Tensor FiltersFirst(Tensor filters) => Permute(filters, 3, 2, 0, 1);

    /// <summary>The way back.</summary>
    public static Tensor FiltersLast(Tensor filters) => Permute(filters, 2, 3, 1, 0);

    /// <summary>A copy whose dimension i is dimension axes[i] of the tensor: y[n_0, n_1, ...] = x[m_0, m_1, ...] with m_axes[i] = n_i.</summary>
    public static Tensor Permute(Tensor tensor, params ReadOnlySpan<int> axes)
    {
        Span<int> shape = stackalloc int[axes.Length], strides = stackalloc int[axes.Length], index = stackalloc int[axes.Length];
        for (var i = 0; i < axes.Length; i++)
            (shape[i], strides[i]) = (tensor.Shape[axes[i]], Tensor.LengthOf(tensor.Shape[(axes[i] + 1)..]));
        index.Clear();
        var result = Tensor.Uninitialized(shape);
        var from = tensor.Values;
        var to = result.Values;
        var source = 0;
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = from[source];
            // Counts up as an odometer does: the last wheel first, and one further whenever a wheel has gone round.
            for (var wheel = axes.Length - 1; wheel >= 0; wheel--)
            {
                source += strides[wheel];
                if (++index[wheel] < shape[wheel])
                    break;
                source -= shape[wheel] * strides[wheel];
                index[wheel] = 0;
            }
        }
        return result;
    }
}
