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

    /// <summary>An optimizer like another one, with a new learning rate.</summary>
    /// <exception cref="UsageException">It is of a kind that cannot be told from its description.</exception>
    public static Optimizer WithLearningRate(Optimizer optimizer, float learningRate) => optimizer switch
    {
        Adam => Optimizer("adam", learningRate),
        GradientDescent => Optimizer("gradient-descent", learningRate),
        _ => throw new UsageException($"The experiment uses {optimizer}. To change the learning rate, name the --optimizer too."),
    };
}
