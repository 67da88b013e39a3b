using System.Numerics.Tensors;

namespace DeepDigits;

/// <summary>Plain (stochastic) gradient descent: w = w - learning rate * dLoss/dw.</summary>
/// <param name="learningRate">The factor of every step.</param>
public sealed class GradientDescent(float learningRate) : Optimizer(learningRate)
{
    /// <inheritdoc/>
    public override string Description => Words($"gradient descent, learning rate {LearningRate}");

    internal override int MemoryCount => 0;

    internal override void Update(Span<float> value, ReadOnlySpan<float> gradient, Span<float> memory0, Span<float> memory1, in OptimizerStep step) =>
        TensorPrimitives.FusedMultiplyAdd(gradient, -step.LearningRate, value, value);
}
