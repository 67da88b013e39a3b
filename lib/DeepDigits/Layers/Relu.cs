using System.Numerics;
using System.Runtime.InteropServices;

namespace DeepDigits;

/// <summary>The rectified linear unit, element by element: y = max(x, 0).</summary>
/// <remarks>V. Nair, G. Hinton: Rectified Linear Units Improve Restricted Boltzmann Machines (ICML 2010). A NaN stays a NaN.</remarks>
public sealed class Relu : ElementwiseLayer
{
    /// <inheritdoc/>
    public override LayerDescription Describe() => new("relu");

    /// <inheritdoc/>
    protected override void Apply(ReadOnlySpan<float> input, Span<float> output) =>
        System.Numerics.Tensors.TensorPrimitives.Max(input, 0f, output);

    /// <summary>dy/dx is 1 where x &gt; 0, which is where y &gt; 0, and 0 elsewhere (at x = 0 too, by convention): dx = dy where y &gt; 0,
    /// else 0.</summary>
    /// <inheritdoc/>
    protected override void ApplyDerivative(ReadOnlySpan<float> output, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
    {
        var y = MemoryMarshal.Cast<float, Vector<float>>(output);
        var dy = MemoryMarshal.Cast<float, Vector<float>>(outputGradient);
        var dx = MemoryMarshal.Cast<float, Vector<float>>(inputGradient);
        for (var i = 0; i < dx.Length; i++)
            dx[i] = Vector.ConditionalSelect(Vector.GreaterThan(y[i], Vector<float>.Zero), dy[i], Vector<float>.Zero);
        for (var i = dx.Length * Vector<float>.Count; i < inputGradient.Length; i++)
            inputGradient[i] = output[i] > 0 ? outputGradient[i] : 0;
    }
}
