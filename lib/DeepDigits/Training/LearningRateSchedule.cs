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

    /// <summary>Constant steps down: from 1, times a factor whenever a further share of the training is done.</summary>
    /// <param name="factor">The factor of one step down, above 0 and at most 1.</param>
    /// <param name="share">The share of all steps after which it falls again, above 0 and at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static LearningRateSchedule StepDown(double factor, double share)
    {
        CheckShare(factor, nameof(factor));
        CheckShare(share, nameof(share));
        return new(string.Create(CultureInfo.InvariantCulture, $"times {factor} after each {share}"), done =>
        {
            var value = 1.0;
            // A little is added, because 0.3 / 0.1 is a little less than 3.
            for (var steps = (int)(done / share + 1e-9); steps > 0; steps--)
                value *= factor;
            return value;
        });
    }

    /// <summary>One cycle: up from a first factor to 1 and then down to a last one, each along half a cosine wave. The warm-up lets the large learning rate
    /// in the middle do no harm; what it finds, the small one at the end refines.</summary>
    /// <param name="first">The factor at the beginning, above 0 and at most 1.</param>
    /// <param name="rise">The share of all steps that the way up takes, above 0 and below 1.</param>
    /// <param name="last">The factor at the end, from 0 to 1.</param>
    /// <remarks>L. Smith, N. Topin: Super-Convergence (2018), section 3; with cosines in place of the paper's straight lines, as in PyTorch.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static LearningRateSchedule OneCycle(double first, double rise, double last)
    {
        CheckShare(first, nameof(first));
        if (!(rise is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(rise), rise, "The way up takes a share of the training between 0 and 1.");
        if (!(last is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(last), last, "The last factor is from 0 to 1.");
        return new(string.Create(CultureInfo.InvariantCulture, $"one cycle from {first} up in {rise} and down to {last}"), done =>
            done < rise ? Between(first, 1, done / rise) : Between(1, last, (done - rise) / (1 - rise)));

        static double Between(double from, double to, double done) => to + (from - to) * (1 + PortableMath.Cos(Math.PI * done)) / 2;
    }

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

    static void CheckShare(double value, string name)
    {
        if (!(value is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(name, value, "It is above 0 and at most 1.");
    }

    /// <summary>The factor of one step.</summary>
    /// <param name="step">The number of steps done before it.</param>
    /// <param name="steps">The number of all steps.</param>
    public float At(long step, long steps) => (float)factor((double)step / Math.Max(1, steps));
}
