namespace DeepDigits;

/// <summary>
/// A layer that applies one function to every number on its own, and whose derivative can be told from its output: relu, sigmoid, tanh.
/// </summary>
public abstract class ElementwiseLayer : Layer
{
    const int RangeLength = 1 << 14;

    Tensor? output, inputGradient;

    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor input, Pass pass)
    {
        CheckInput(input);
        Tensor.Reuse(ref output, input.Rows, OutputShape);
        Workers.ForRanges(input.Length, RangeLength, (layer: this, input, output), static (it, start, end) =>
            it.layer.Apply(it.input.Values[start..end], it.output.Values[start..end]));
        return output;
    }

    /// <inheritdoc/>
    public sealed override Tensor Backward(Tensor outputGradient)
    {
        Tensor.Reuse(ref inputGradient, outputGradient.Rows, InputShape);
        Workers.ForRanges(outputGradient.Length, RangeLength, (layer: this, output: output!, outputGradient, inputGradient), static (it, start, end) =>
            it.layer.ApplyDerivative(it.output.Values[start..end], it.outputGradient.Values[start..end], it.inputGradient.Values[start..end]));
        return inputGradient;
    }

    /// <inheritdoc/>
    protected sealed override int[] Prepare(int[] shape, SeededRandom random) => shape;

    /// <summary>output = f(input), element by element.</summary>
    protected abstract void Apply(ReadOnlySpan<float> input, Span<float> output);

    /// <summary>dLoss/dInput = dLoss/dOutput * f'(input), where f' is computed from f(input), which is the output.</summary>
    protected abstract void ApplyDerivative(ReadOnlySpan<float> output, ReadOnlySpan<float> outputGradient, Span<float> inputGradient);
}
