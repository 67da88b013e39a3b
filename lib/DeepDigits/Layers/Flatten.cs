namespace DeepDigits;

/// <summary>Turns each example into one row of numbers: [n, h, w, c] becomes [n, h * w * c]. No number moves in memory.</summary>
public sealed class Flatten : Layer
{
    Tensor? output, inputGradient;

    /// <inheritdoc/>
    public override LayerDescription Describe() => new("flatten");

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Pass pass)
    {
        CheckInput(input);
        return Tensor.ReuseView(ref output, input, OutputShape);
    }

    /// <summary>The same numbers in the other shape, the other way round.</summary>
    /// <inheritdoc/>
    public override Tensor Backward(Tensor outputGradient) => Tensor.ReuseView(ref inputGradient, outputGradient, InputShape);

    /// <inheritdoc/>
    protected override int[] Prepare(int[] shape, SeededRandom random) => [Tensor.LengthOf(shape)];
}
