using System.Globalization;

namespace DeepDigits;

/// <summary>
/// How a step changes the parameters, given their gradients. An optimizer is a recipe without memory: what it must remember from step to
/// step (momentum and the like) is kept by <see cref="OptimizerState"/>, so that trainings can share a recipe.
/// </summary>
public abstract class Optimizer
{
    /// <summary>A recipe with a learning rate, which scales every step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is not a positive, finite number.</exception>
    private protected Optimizer(float learningRate)
    {
        if (!(learningRate > 0) || !float.IsFinite(learningRate))
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "The learning rate is a positive, finite number, such as 0.001.");
        LearningRate = learningRate;
    }

    /// <summary>The factor of every step.</summary>
    public float LearningRate { get; }

    /// <summary>The kind and the settings in words, for example "adam, learning rate 0.001, beta1 0.9, beta2 0.999, epsilon 1E-08". Equal
    /// words mean equal steps.</summary>
    public abstract string Description { get; }

    /// <summary>How many numbers the recipe remembers for each parameter: 0, 1 or 2.</summary>
    internal abstract int MemoryCount { get; }

    /// <summary>
    /// One step for some of the numbers that are learned. Every number is treated alike and on its own, so the caller may cut them as it
    /// likes.
    /// </summary>
    /// <param name="value">The numbers, to be changed.</param>
    /// <param name="gradient">dLoss/dValue.</param>
    /// <param name="memory0">The first number remembered for each; empty if there is none.</param>
    /// <param name="memory1">The second number remembered for each; empty if there is none.</param>
    /// <param name="step">What is the same for all numbers.</param>
    internal abstract void Update(Span<float> value, ReadOnlySpan<float> gradient, Span<float> memory0, Span<float> memory1, in OptimizerStep step);

    /// <inheritdoc/>
    public override string ToString() => Description;

    /// <summary>Settings in words, the same in every language of the machine.</summary>
    private protected static string Words(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a step has in common for all numbers that are learned.</summary>
/// <param name="LearningRate">The learning rate of this step.</param>
/// <param name="Number">The number of this step, from 1.</param>
/// <param name="IsWeight">Whether the numbers are weights, which weight decay makes smaller; not biases.</param>
readonly record struct OptimizerStep(float LearningRate, int Number, bool IsWeight);
