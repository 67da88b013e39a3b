namespace DeepDigits.Cli;

/// <summary>The questions that can be asked about an image.</summary>
static class Tasks
{
    public const string Digits = "digits", Squares = "squares";

    /// <summary>The note of a model file that says what it was trained for.</summary>
    public const string Note = "task";

    /// <summary>The data set with the classes that the question has.</summary>
    public static Dataset For(string task, Dataset data) => task == Squares && data.HasLabels ? data.MapLabels(LabelMap.Squares) : data;

    /// <summary>What a model was trained for, unless the user says something else.</summary>
    public static string Of(ModelFile model, string? chosen) => chosen ?? model.Notes.GetValueOrDefault(Note) ?? Digits;

    /// <summary>What an experiment asks.</summary>
    public static string Of(Experiment experiment) => experiment.Labels == LabelMap.Squares ? Squares : Digits;

    /// <summary>What the answers are called, one for each probability.</summary>
    public static IReadOnlyList<string> Answers(string task, int count) =>
        task == Squares ? LabelMap.Squares.ClassNames : [.. Enumerable.Range(0, count).Select(answer => $"{answer}")];
}
