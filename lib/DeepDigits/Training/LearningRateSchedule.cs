using System.Globalization;

namespace DeepDigits;

/// <summary>The factor of the learning rate over the course of a training: a function from the share of all steps that is done, 0 ... 1, to
/// a factor.</summary>
public sealed class LearningRateSchedule
{
    readonly Func<double, double> factor;

    LearningRateSchedule(string description, Func<double, double> factor) => (Description, this.factor) = (description, factor);

    /// <summary>Always 1.</summary>
    public static LearningRateSchedule Constant { get; } = new("constant", _ => 1);

    /// <summary>From 1 to 0 in a straight line.</summary>
    public static LearningRateSchedule Linear { get; } = new("linear to zero", done => 1 - done);

    /// <summary>From 1 to 0 along half a cosine wave: (1 + cos(pi * done)) / 2. Slow at first, fastest in the middle, slow at the
    /// end.</summary>
    /// <remarks>I. Loshchilov, F. Hutter: SGDR (ICLR 2017), equation 5, without restarts.</remarks>
    public static LearningRateSchedule Cosine { get; } = new("cosine to zero", done => (1 + PortableMath.Cos(Math.PI * done)) / 2);

    /// <summary>The schedule in words. Equal words mean equal factors.</summary>
    public string Description { get; }

    /// <summary>The same schedule after a warm-up: the first share of the training rises from 0 to 1 in a straight line, the rest passes
    /// through this schedule.</summary>
    /// <param name="share">The share of all steps, from 0 up to, and without, 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside its range.</exception>
    public LearningRateSchedule AfterWarmUp(double share)
    {
        if (!(share is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "The share of the warm-up is from 0 up to, and without, 1.");
        return new(string.Create(CultureInfo.InvariantCulture, $"warm-up {share}, then {Description}"),
            done => done < share ? done / share : factor((done - share) / (1 - share)));
    }

    /// <summary>The factor of one step.</summary>
    /// <param name="step">The number of steps done before it.</param>
    /// <param name="steps">The number of all steps.</param>
    public float At(long step, long steps) => (float)factor((double)step / Math.Max(1, steps));
}
