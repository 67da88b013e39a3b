namespace DeepDigits;

/// <summary>The logistic function, element by element: y = 1 / (1 + exp(-x)), between 0 and 1.</summary>
public sealed class Sigmoid : ElementwiseLayer
{
    /// <inheritdoc/>
    public override LayerDescription Describe() => new("sigmoid");

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> input, Span<float> output) => ElementaryFunctions.Sigmoid(input, output);

    /// <summary>dy/dx = exp(-x) / (1 + exp(-x))^2 = y (1 - y).</summary>
    /// <inheritdoc/>
    protected override void ApplyDerivative(ReadOnlySpan<float> output, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
    {
        for (var i = 0; i < output.Length; i++)
            inputGradient[i] = outputGradient[i] * (output[i] * (1 - output[i]));
    }
}
