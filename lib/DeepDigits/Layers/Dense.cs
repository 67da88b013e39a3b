namespace DeepDigits;

/// <summary>A fully connected layer: Y = X W + b.</summary>
/// <remarks>Shapes: X [n, inputs], W [inputs, units], b [units], Y [n, units]. W starts as the initializer says, b as zeros.</remarks>
public sealed unsafe class Dense : Layer
{
    readonly Initializer initializer;
    Tensor? input, output, inputGradient;
    Parameter weight = null!, bias = null!;

    /// <summary>A layer of so many units, whose weights are drawn by <see cref="Initializer.HeNormal"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one unit.</exception>
    public Dense(int units)
        : this(units, Initializer.HeNormal)
    {
    }

    /// <summary>A layer of so many units.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one unit.</exception>
    public Dense(int units, Initializer initializer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        Units = units;
        this.initializer = initializer;
    }

    /// <summary>The number of outputs.</summary>
    public int Units { get; }

    /// <inheritdoc/>
    public override LayerDescription Describe() => new("dense", ("units", Units), ("initializer", initializer.Name));

    /// <inheritdoc/>
    protected override int[] Prepare(int[] shape, SeededRandom random)
    {
        if (shape.Length != 1)
        {
            throw new ShapeException($"Layer {Name} needs one row of numbers per example, but it would be given {Tensor.Format(shape)}. "
                + "Put a Flatten layer before it.");
        }
        (weight, bias) = (Add("weight", shape[0], Units), Add("bias", Units));
        initializer.Fill(weight.Value, shape[0], Units, random);
        return [Units];
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Pass pass)
    {
        CheckInput(input);
        this.input = input;
        Tensor.Reuse(ref output, input.Rows, OutputShape);
        fixed (float* x = &input.Start, w = &weight.Value.Start, b = &bias.Value.Start, y = &output.Start)
            Gemm.Multiply(input.Rows, Units, InputShape[0], x, false, w, false, y, start: b, startStride: 0, VectorWidths.Best);
        return output;
    }

    /// <summary>
    /// From y[n, j] = sum over i of x[n, i] w[i, j] + b[j] follow dy[n, j]/dw[i, j] = x[n, i], dy[n, j]/db[j] = 1 and dy[n, j]/dx[n, i] =
    /// w[i, j]. Summed over all outputs that a variable feeds, times dY = dLoss/dY: dW = Xᵀ dY, db = the column sums of dY, dX = dY Wᵀ.
    /// </summary>
    /// <inheritdoc/>
    public override Tensor Backward(Tensor outputGradient)
    {
        var (rows, inputs) = (outputGradient.Rows, InputShape[0]);
        ColumnSums.Compute(outputGradient, bias.Gradient);
        fixed (float* x = &input!.Start, dy = &outputGradient.Start, dw = &weight.Gradient.Start)
            Gemm.Multiply(inputs, Units, rows, x, true, dy, false, dw, start: null, startStride: 0, VectorWidths.Best);
        if (!NeedsInputGradient)
            return outputGradient;
        Tensor.Reuse(ref inputGradient, rows, InputShape);
        fixed (float* dy = &outputGradient.Start, w = &weight.Value.Start, dx = &inputGradient.Start)
            Gemm.Multiply(rows, inputs, Units, dy, false, w, true, dx, start: null, startStride: 0, VectorWidths.Best);
        return inputGradient;
    }
}
