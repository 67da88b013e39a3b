namespace DeepDigits.Cli;

/// <summary>--quick: two epochs on a part of the data, to see in seconds that everything works. The figures mean nothing.</summary>
static class QuickMode
{
    const int Epochs = 2, TrainCount = 6_000, TestCount = 1_000;

    public const string FolderName = "quick";

    public static Experiment Shorten(Experiment experiment) =>
        experiment with { Training = experiment.Training with { Epochs = Math.Min(Epochs, experiment.Training.Epochs) } };

    public static Study Shorten(Study study) => study with
    {
        Trials = [.. study.Trials.Select(trial => trial with { Experiment = Shorten(trial.Experiment), Reported = null })],
    };

    public static (Dataset Train, Dataset Test) Shorten((Dataset Train, Dataset Test) data) =>
        (data.Train.Take(Math.Min(TrainCount, data.Train.Count)), data.Test.Take(Math.Min(TestCount, data.Test.Count)));
}
