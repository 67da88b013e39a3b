using System.Globalization;

namespace DeepDigits.Cli;

/// <summary>What losses, schedules and optimizers are called on the command line.</summary>
static class TrainingWords
{
    public static IReadOnlyDictionary<string, Loss> Losses { get; } = new Dictionary<string, Loss>
    {
        ["softmax"] = new SoftmaxCrossEntropy(),
        ["sigmoid"] = new SigmoidCrossEntropy(),
        ["sigmoid-over-softmax"] = new SigmoidCrossEntropyOverSoftmax(),
        ["softmax-over-softmax"] = new SoftmaxCrossEntropyOverSoftmax(),
    };

    public static IReadOnlyDictionary<string, LearningRateSchedule> Schedules { get; } = new Dictionary<string, LearningRateSchedule>
    {
        ["constant"] = LearningRateSchedule.Constant,
        ["linear"] = LearningRateSchedule.Linear,
        ["cosine"] = LearningRateSchedule.Cosine,
    };

    /// <summary>The optimizer that a text names: "adam", "adamw 0.01", "gradient-descent" or "momentum 0.9".</summary>
    /// <exception cref="UsageException">There is none of that name, or a number is out of range.</exception>
    public static Optimizer Optimizer(string text, float learningRate)
    {
        if (!(learningRate > 0) || !float.IsFinite(learningRate))
            throw new UsageException(FormattableString.Invariant($"--learning-rate must be a positive number, such as 0.001, but it is {learningRate}."));
        return text.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["adam"] => new Adam(learningRate),
            ["adamw", var share] when double.TryParse(share, CultureInfo.InvariantCulture, out var decay) && decay >= 0 && double.IsFinite(decay) =>
                new AdamW(learningRate, decay),
            ["gradient-descent"] => new GradientDescent(learningRate),
            ["momentum", var share] when float.TryParse(share, CultureInfo.InvariantCulture, out var momentum) && momentum is >= 0 and < 1 =>
                new Momentum(learningRate, momentum),
            _ => throw new UsageException($"--optimizer \"{text}\" is not known. Known are adam, adamw with its weight decay, as in \"adamw 0.01\", gradient-descent, and momentum with its share "
                + "from 0 up to, and without, 1, as in \"momentum 0.9\"."),
        };
    }

    /// <summary>What a text such as "shift 2, rotation 10, scale 0.1, shear 0.1, elastic 34 4" does to images; what it leaves out is not done.</summary>
    /// <exception cref="UsageException">A word is unknown, or a number is missing or out of range.</exception>
    public static Augmentation Augmentation(string text)
    {
        var augmentation = new Augmentation();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            try
            {
                augmentation = words switch
                {
                    ["shift", var pixels] => augmentation with { Shift = Number(pixels) },
                    ["rotation", var degrees] => augmentation with { Rotation = Number(degrees) },
                    ["scale", var share] => augmentation with { Scale = Number(share) },
                    ["shear", var slant] => augmentation with { Shear = Number(slant) },
                    ["elastic", var strength, var smoothness] => augmentation with { ElasticStrength = Number(strength), ElasticSmoothness = Number(smoothness) },
                    _ => throw new FormatException($"\"{part}\" is not known"),
                };
            }
            catch (Exception wrong) when (wrong is FormatException or ArgumentException)
            {
                throw new UsageException($"--augment \"{text}\": {wrong.Message}. Known are shift (pixels), rotation (degrees), scale (share), shear, and elastic with its strength and smoothness, "
                    + "as in \"shift 2, rotation 10, scale 0.1, elastic 34 4\".", wrong);
            }
        }
        return augmentation is { ElasticStrength: > 0, ElasticSmoothness: 0 }
            ? throw new UsageException($"--augment \"{text}\": elastic distortion needs a smoothness above 0, for example 4.")
            : augmentation;

        static double Number(string word) => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : throw new FormatException($"\"{word}\" is not a number");
    }

    /// <summary>An optimizer like another one, with a new learning rate.</summary>
    /// <exception cref="UsageException">It is of a kind that cannot be told from its description.</exception>
    public static Optimizer WithLearningRate(Optimizer optimizer, float learningRate) => optimizer switch
    {
        Adam => Optimizer("adam", learningRate),
        GradientDescent => Optimizer("gradient-descent", learningRate),
        _ => throw new UsageException($"The experiment uses {optimizer}. To change the learning rate, name the --optimizer too."),
    };
}
