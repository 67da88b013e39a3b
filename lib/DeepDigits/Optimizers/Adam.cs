using System.Numerics;
using System.Runtime.InteropServices;

namespace DeepDigits;

/// <summary>
/// Adaptive moment estimation: each number has a step size of its own, the mean of its recent gradients over the root of the mean of their
/// squares. With g = dLoss/dw and the step's number t: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, w = w - learning rate *
/// (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon).
/// </summary>
/// <remarks>D. Kingma, J. Ba: Adam, A Method for Stochastic Optimization (ICLR 2015), algorithm 1; the optional settings are the
/// paper's.</remarks>
public sealed class Adam : Optimizer
{
    readonly double beta1, beta2, epsilon;

    /// <summary>A recipe.</summary>
    /// <param name="learningRate">The factor of every step. A number changes by about so much in one step.</param>
    /// <param name="beta1">The share of the mean that a step keeps, from 0 up to, and without, 1.</param>
    /// <param name="beta2">The share of the mean of the squares that a step keeps, from 0 up to, and without, 1.</param>
    /// <param name="epsilon">Keeps the division from blowing up where the gradients are all but zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Adam(float learningRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
        : base(learningRate)
    {
        if (!(beta1 is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(beta1), beta1, "beta1 is from 0 up to, and without, 1.");
        if (!(beta2 is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(beta2), beta2, "beta2 is from 0 up to, and without, 1.");
        if (!(epsilon > 0))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon is positive.");
        (this.beta1, this.beta2, this.epsilon) = (beta1, beta2, epsilon);
    }

    /// <inheritdoc/>
    public override string Description => Words($"adam, learning rate {LearningRate}, beta1 {beta1}, beta2 {beta2}, epsilon {epsilon}");

    internal override int MemoryCount => 2;

    internal override void Update(Span<float> value, ReadOnlySpan<float> gradient, Span<float> memory0, Span<float> memory1, in OptimizerStep step)
    {
        // sqrt(v / c2) = sqrt(v) / sqrt(c2): the two corrections are the same for all numbers and are computed once, in double precision.
        var stepSize = (float)(step.LearningRate / (1 - Power(beta1, step.Number)));
        var rootCorrection = (float)(1 / Math.Sqrt(1 - Power(beta2, step.Number)));
        var mean = memory0;
        var square = memory1;

        var values = MemoryMarshal.Cast<float, Vector<float>>(value);
        var gradients = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        var means = MemoryMarshal.Cast<float, Vector<float>>(mean);
        var squares = MemoryMarshal.Cast<float, Vector<float>>(square);
        var (keep1, take1, keep2, take2, small) = ((float)beta1, (float)(1 - beta1), (float)beta2, (float)(1 - beta2), (float)epsilon);
        for (var i = 0; i < values.Length; i++)
        {
            var g = gradients[i];
            var m = keep1 * means[i] + take1 * g;
            var v = keep2 * squares[i] + take2 * (g * g);
            (means[i], squares[i]) = (m, v);
            values[i] -= stepSize * m / (Vector.SquareRoot(v) * rootCorrection + new Vector<float>(small));
        }
        for (var i = values.Length * Vector<float>.Count; i < value.Length; i++)
        {
            var g = gradient[i];
            mean[i] = keep1 * mean[i] + take1 * g;
            square[i] = keep2 * square[i] + take2 * (g * g);
            value[i] -= stepSize * mean[i] / (MathF.Sqrt(square[i]) * rootCorrection + small);
        }
    }

    /// <summary>x^n by repeated squaring: multiplications only, so the same bits everywhere (Math.Pow calls the platform's C
    /// library).</summary>
    static double Power(double x, int n)
    {
        var power = 1.0;
        for (; n > 0; n >>= 1, x *= x)
            if ((n & 1) != 0)
                power *= x;
        return power;
    }
}
