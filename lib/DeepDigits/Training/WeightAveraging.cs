using System.Globalization;

namespace DeepDigits;

/// <summary>
/// Keeps an exponential moving average of everything that the network holds (weights, biases, the statistics of batch normalization) beside the training: after each step,
/// average = decay * average + (1 - decay) * value. The average is what the validation sees after each epoch and what the network holds at the end; the training
/// itself goes on from its own values. It smooths the noise of the last 1 / (1 - decay) steps, much as a falling learning rate does.
/// </summary>
/// <remarks>
/// The first steps have no past to lean on: as long as fewer than 1 / (1 - decay) steps are done, the average is the plain mean of all of them (the decay of step t is
/// 1 - 1 / t), so that nothing of the first random weights stays in it. B. Polyak, A. Juditsky: Acceleration of Stochastic Approximation by Averaging (SIAM Journal on Control and Optimization 30, 1992)
/// average all steps; the exponential form is that of D. Kingma, J. Ba: Adam (ICLR 2015), section 7.2.
/// </remarks>
public sealed record WeightAveraging
{
    /// <summary>A rule.</summary>
    /// <param name="decay">The share of the average that a step keeps, from 0 up to, and without, 1; for example 0.999 to average about 1,000 steps.</param>
    /// <exception cref="ArgumentOutOfRangeException">The decay is outside its range.</exception>
    public WeightAveraging(double decay)
    {
        if (!(decay is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay is from 0 up to, and without, 1.");
        Decay = decay;
    }

    /// <summary>The share of the average that a step keeps.</summary>
    public double Decay { get; }

    internal string Description => string.Create(CultureInfo.InvariantCulture, $"decay {Decay}");

    /// <summary>1 - decay of a step, where the first steps make a plain mean.</summary>
    /// <param name="step">The number of the step, from 1.</param>
    internal double Rate(int step) => Math.Max(1 - Decay, 1.0 / step);
}
