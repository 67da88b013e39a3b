using System.Globalization;

namespace DeepDigits.Cli;

/// <summary>What a model file says of itself: what it was trained for, how, and how well it does.</summary>
static class ModelNotes
{
    /// <summary>The notes.</summary>
    /// <param name="task">What the network was trained for: see <see cref="Tasks"/>.</param>
    /// <param name="options">How it was trained.</param>
    /// <param name="testAccuracy">The accuracy on the test set, if there was one.</param>
    public static Dictionary<string, string> Of(string task, TrainingOptions options, double? testAccuracy)
    {
        var notes = new Dictionary<string, string>
        {
            [Tasks.Note] = task,
            ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["training"] = Training(options),
        };
        if (testAccuracy is { } accuracy)
            notes["test_accuracy"] = accuracy.ToString("R", CultureInfo.InvariantCulture);
        return notes;
    }

    /// <summary>A training in a line.</summary>
    public static string Training(TrainingOptions options) => FormattableString.Invariant(
        $"{options.Loss.Name}; {options.Optimizer}; batch {options.BatchSize}; epochs {options.Epochs}; seed {options.Seed}{Variations(options)}");

    /// <summary>Augmentation and averaging in words, each after a semicolon; empty where there is neither.</summary>
    public static string Variations(TrainingOptions options) => FormattableString.Invariant(
        $"{(options.Augmentation is { } augmentation ? $"; augmentation: {augmentation}" : "")}{(options.Averaging is { } averaging ? $"; weights averaged with {averaging.Decay}" : "")}");
}
