namespace DeepDigits;

/// <summary>One dimension of a window that slides over an image: how many positions it takes, and how many zeros stand before the image.</summary>
/// <param name="Input">The size of the image.</param>
/// <param name="Kernel">The size of the window.</param>
/// <param name="Stride">From one position to the next.</param>
/// <param name="Output">The number of positions.</param>
/// <param name="Before">The zeros before the image.</param>
readonly record struct SlidingWindow(int Input, int Kernel, int Stride, int Output, int Before)
{
    /// <summary>The size of what all positions cover together: the image with its zeros, without what no position reaches.</summary>
    public int Covered => (Output - 1) * Stride + Kernel;

    /// <summary>The zeros behind the image.</summary>
    public int After => Math.Max(0, Covered - Input - Before);

    /// <summary>The window over an image of the given size.</summary>
    /// <exception cref="ShapeException">The window does not fit into the image; the message names the layer.</exception>
    public static SlidingWindow Over(string layer, string dimension, int input, int kernel, int stride, Padding padding)
    {
        if (padding == Padding.Same)
        {
            var positions = (input + stride - 1) / stride;
            var zeros = Math.Max(0, (positions - 1) * stride + kernel - input);
            return new SlidingWindow(input, kernel, stride, positions, zeros / 2);
        }
        if (input < kernel)
        {
            throw new ShapeException($"Layer {layer} slides a window of {dimension} {kernel} over images of {dimension} {input}: it does not fit. "
                + "Use a smaller window, Padding.Same, or less pooling before it.");
        }
        return new SlidingWindow(input, kernel, stride, (input - kernel) / stride + 1, 0);
    }

    /// <summary>Checks what a layer was constructed with.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is less than 1, or the padding unknown.</exception>
    public static void Check(int kernelHeight, int kernelWidth, int stride, Padding padding)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kernelHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernelWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        if (!Enum.IsDefined(padding))
            throw new ArgumentOutOfRangeException(nameof(padding), padding, "Padding is Valid or Same.");
    }

    /// <summary>Checks that examples are images.</summary>
    /// <exception cref="ShapeException">They are not.</exception>
    public static void CheckImages(string layer, ReadOnlySpan<int> shape)
    {
        if (shape.Length != 3)
            throw new ShapeException($"Layer {layer} needs images of shape [height, width, channels], but it would be given {Tensor.Format(shape)}.");
    }
}
