namespace DeepDigits;

/// <summary>The hyperbolic tangent, element by element: y = (exp(x) - exp(-x)) / (exp(x) + exp(-x)), between -1 and 1.</summary>
public sealed class Tanh : ElementwiseLayer
{
    /// <inheritdoc/>
    public override LayerDescription Describe() => new("tanh");

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> input, Span<float> output) => ElementaryFunctions.Tanh(input, output);

    /// <summary>dy/dx = 1 - y^2.</summary>
    /// <inheritdoc/>
    protected override void ApplyDerivative(ReadOnlySpan<float> output, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
    {
        for (var i = 0; i < output.Length; i++)
            inputGradient[i] = outputGradient[i] * (1 - output[i] * output[i]);
    }
}
