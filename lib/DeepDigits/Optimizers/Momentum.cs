using System.Numerics.Tensors;

namespace DeepDigits;

/// <summary>
/// Gradient descent with momentum: a velocity v gathers the gradients, v = momentum * v + dLoss/dw, and w = w - learning rate * v.
/// Along a direction in which the gradient stays the same the steps grow to 1 / (1 - momentum) times their size.
/// </summary>
/// <remarks>B. Polyak: Some Methods of Speeding up the Convergence of Iteration Methods (1964), in the form that TensorFlow and PyTorch
/// use.</remarks>
public sealed class Momentum : Optimizer
{
    readonly float momentum;

    /// <summary>A recipe.</summary>
    /// <param name="learningRate">The factor of every step.</param>
    /// <param name="momentum">The share of the velocity that a step keeps, from 0 up to, and without, 1. Usual: 0.9.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Momentum(float learningRate, float momentum)
        : base(learningRate)
    {
        if (!(momentum is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "The momentum is from 0 up to, and without, 1.");
        this.momentum = momentum;
    }

    /// <inheritdoc/>
    public override string Description => Words($"momentum {momentum}, learning rate {LearningRate}");

    internal override int MemoryCount => 1;

    internal override void Update(Span<float> value, ReadOnlySpan<float> gradient, Span<float> memory0, Span<float> memory1, in OptimizerStep step)
    {
        var velocity = memory0;
        TensorPrimitives.FusedMultiplyAdd(velocity, momentum, gradient, velocity);
        TensorPrimitives.FusedMultiplyAdd(velocity, -step.LearningRate, value, value);
    }
}
