namespace DeepDigits;

/// <summary>
/// A convolutional layer: every filter looks at the image through a small window and says, at each position, how much it sees of its pattern.
/// y[n, i, j, f] = b[f] + the sum over u, v, c of x[n, i s + u - top, j s + v - left, c] w[u, v, c, f], where s is the stride and x is 0 outside the image.
/// </summary>
/// <remarks>
/// Shapes: X [n, height, width, channels], W [kernel height, kernel width, channels, filters], b [filters], Y [n, output height, output width, filters]. W starts as the
/// initializer says, with kernel height * kernel width * channels inputs; b as zeros. Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-Based Learning Applied to
/// Document Recognition (Proceedings of the IEEE 86, 1998), section II.
/// </remarks>
public sealed unsafe class Conv2D : Layer
{
    readonly Initializer initializer;
    Convolution? convolution;
    Tensor? input, output, inputGradient;
    Parameter weight = null!, bias = null!;

    /// <summary>Square windows, moved by one pixel; weights drawn by <see cref="Initializer.HeNormal"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is less than 1.</exception>
    public Conv2D(int filters, int kernel, Padding padding)
        : this(filters, kernel, kernel, 1, padding, Initializer.HeNormal)
    {
    }

    /// <summary>Windows of any height and width, moved by the stride in both directions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is less than 1.</exception>
    public Conv2D(int filters, int kernelHeight, int kernelWidth, int stride, Padding padding, Initializer initializer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(filters, 1);
        SlidingWindow.Check(kernelHeight, kernelWidth, stride, padding);
        (Filters, KernelHeight, KernelWidth, Stride, Padding, this.initializer) = (filters, kernelHeight, kernelWidth, stride, padding, initializer);
    }

    /// <summary>The number of filters: the channels of the output.</summary>
    public int Filters { get; }

    /// <summary>The height of the window in pixels.</summary>
    public int KernelHeight { get; }

    /// <summary>The width of the window in pixels.</summary>
    public int KernelWidth { get; }

    /// <summary>The pixels from one position of the window to the next.</summary>
    public int Stride { get; }

    /// <summary>What happens at the edges.</summary>
    public Padding Padding { get; }

    /// <inheritdoc/>
    public override LayerDescription Describe() => new("conv2d", ("filters", Filters), ("kernel_height", KernelHeight), ("kernel_width", KernelWidth),
        ("stride", Stride), ("padding", Padding == Padding.Same ? "same" : "valid"), ("initializer", initializer.Name));

    /// <inheritdoc/>
    protected override int[] Prepare(int[] shape, SeededRandom random)
    {
        SlidingWindow.CheckImages(Name, shape);
        var vertical = SlidingWindow.Over(Name, "height", shape[0], KernelHeight, Stride, Padding);
        var horizontal = SlidingWindow.Over(Name, "width", shape[1], KernelWidth, Stride, Padding);
        (weight, bias) = (Add("weight", KernelHeight, KernelWidth, shape[2], Filters), Add("bias", Filters));
        initializer.Fill(weight.Value, KernelHeight * KernelWidth * shape[2], KernelHeight * KernelWidth * Filters, random);
        convolution = new Convolution(vertical, horizontal, shape[2], Filters);
        return [vertical.Output, horizontal.Output, Filters];
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Pass pass)
    {
        CheckInput(input);
        this.input = input;
        Tensor.Reuse(ref output, input.Rows, OutputShape);
        fixed (float* x = &input.Start, w = &weight.Value.Start, b = &bias.Value.Start, y = &output.Start)
            convolution!.Forward(input.Rows, x, w, b, y, VectorWidths.Best);
        return output;
    }

    /// <summary>
    /// y[i, j, f] is a sum of products x w, one for each position (u, v, c) of the window, and b[f]. So dy/dw is the x of that product, dy/dx its w, and dy/db is 1. Summed over
    /// all outputs that a variable feeds, times dY = dLoss/dY: dw[u, v, c, f] = the sum over n, i, j of x[n, i s + u - top, j s + v - left, c] dy[n, i, j, f]; db[f] = the sum over n,
    /// i, j of dy[n, i, j, f]; dx[n, i', j', c] = the sum of dy[n, i, j, f] w[u, v, c, f] over all i, j, u, v, f with i s + u - top = i' and j s + v - left = j'.
    /// </summary>
    /// <inheritdoc/>
    public override Tensor Backward(Tensor outputGradient)
    {
        var rows = outputGradient.Rows;
        fixed (float* x = &input!.Start, dy = &outputGradient.Start, dw = &weight.Gradient.Start, db = &bias.Gradient.Start)
            convolution!.FilterGradient(rows, x, dy, dw, db, VectorWidths.Best);
        if (!NeedsInputGradient)
            return outputGradient;
        Tensor.Reuse(ref inputGradient, rows, InputShape);
        fixed (float* dy = &outputGradient.Start, w = &weight.Value.Start, dx = &inputGradient.Start)
            convolution.InputGradient(rows, dy, w, dx, VectorWidths.Best);
        return inputGradient;
    }
}
