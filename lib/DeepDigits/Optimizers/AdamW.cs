using System.Numerics.Tensors;

namespace DeepDigits;

/// <summary>
/// Adam with weight decay: before each of Adam's steps every weight shrinks, w = w - learning rate * decay * w. Biases (and whatever else is not named
/// "weight") do not shrink.
/// </summary>
/// <remarks>I. Loshchilov, F. Hutter: Decoupled Weight Decay Regularization (ICLR 2019), algorithm 2. Decay is kept apart from the gradient, because Adam would
/// divide it by the gradient's size and so undo it where gradients are large.</remarks>
public sealed class AdamW : Optimizer
{
    readonly Adam adam;
    readonly double decay;

    /// <summary>A recipe.</summary>
    /// <param name="learningRate">The factor of every step.</param>
    /// <param name="decay">How fast the weights shrink, at least 0: in one step by the share learning rate * decay.</param>
    /// <param name="beta1">The share of the mean that a step keeps, from 0 up to, and without, 1.</param>
    /// <param name="beta2">The share of the mean of the squares that a step keeps, from 0 up to, and without, 1.</param>
    /// <param name="epsilon">Keeps the division from blowing up where the gradients are all but zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public AdamW(float learningRate, double decay, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
        : base(learningRate)
    {
        if (!(decay >= 0) || !double.IsFinite(decay))
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay is a finite number, 0 or more, such as 0.01.");
        this.decay = decay;
        adam = new Adam(learningRate, beta1, beta2, epsilon);
    }

    /// <inheritdoc/>
    public override string Description => Words($"{adam.Description}, weight decay {decay}");

    internal override int MemoryCount => adam.MemoryCount;

    internal override void Update(Span<float> value, ReadOnlySpan<float> gradient, Span<float> memory0, Span<float> memory1, in OptimizerStep step)
    {
        if (step.IsWeight)
            TensorPrimitives.Multiply(value, (float)(1 - step.LearningRate * decay), value);
        adam.Update(value, gradient, memory0, memory1, step);
    }
}
