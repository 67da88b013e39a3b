using System.Text.Json;

namespace DeepDigits;

/// <summary>What a tuning study measured: the content of its file, studies/NAME.json in the results folder.</summary>
public sealed record StudyResult
{
    /// <summary>What <see cref="Columns"/> says where the columns are runs of the same trial from several seeds.</summary>
    internal const string SeedColumns = "seed";

    /// <summary>What the command line calls the study.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>How it was run and judged.</summary>
    public required string Protocol { get; init; }

    /// <summary>What was varied.</summary>
    public required string Varied { get; init; }

    /// <summary>The share of the training set that was held out to judge by.</summary>
    public double? HoldOut { get; init; }

    /// <summary>The parts of a cross-validation.</summary>
    public int? Folds { get; init; }

    /// <summary>What the rows of a grid of trials are.</summary>
    public string? Rows { get; init; }

    /// <summary>What the columns of a grid of trials are.</summary>
    public string? Columns { get; init; }

    /// <summary>The seed of all trainings, or the first one where each trial was run from several.</summary>
    public required int Seed { get; init; }

    /// <summary>The mean validation accuracy of a cross-validation.</summary>
    public double? MeanValidationAccuracy => Folds is null ? null : Trials.Average(trial => trial.ValidationAccuracy);

    /// <summary>The standard deviation of the validation accuracy from fold to fold: sqrt(sum (x - mean)^2 / (n - 1)).</summary>
    public double? StandardDeviation => MeanValidationAccuracy is not { } mean || Trials.Count < 2 ? null
        : Math.Sqrt(Trials.Sum(trial => (trial.ValidationAccuracy!.Value - mean) * (trial.ValidationAccuracy!.Value - mean)) / (Trials.Count - 1));

    /// <summary>The trainings, in the order of the study.</summary>
    public required IReadOnlyList<TrialResult> Trials { get; init; }

    /// <summary>The mean validation accuracy of each row of the grid over its seeds, in the order of the study; null where every trial was run from one seed.</summary>
    public IReadOnlyList<TrialMean>? RowMeans => Columns != SeedColumns ? null
        : [.. Trials.GroupBy(trial => trial.Row ?? "").Select(row => new TrialMean(row.Key, row.Average(trial => trial.ValidationAccuracy)))];

    /// <summary>Reads what a study has left in a results folder; null if it has not been run.</summary>
    /// <param name="resultsFolder">The folder, for example data/results.</param>
    /// <param name="name">The name of the study.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static StudyResult? Read(string resultsFolder, string name)
    {
        var path = PathOf(resultsFolder, name);
        if (!File.Exists(path))
            return null;
        try
        {
            var result = JsonSerializer.Deserialize<StudyResult>(File.ReadAllText(path), HistoryJson.Options);
            if (result is { Trials: { } trials } && trials.All(trial => trial is { Value: not null } && (result.Folds is null || trial.ValidationAccuracy is not null)))
                return result;
            throw new JsonException("A trial has no value, or no validation accuracy.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} is not the summary of a tuning study: {error.Message} Delete it: deepdigits sweep {name} writes it anew.", error);
        }
    }

    /// <summary>Writes the file.</summary>
    internal void Write(string resultsFolder) =>
        AtomicFile.WriteText(PathOf(resultsFolder, Name), JsonSerializer.Serialize(this, HistoryJson.Indented) + "\n");

    static string PathOf(string resultsFolder, string name) => Path.Combine(resultsFolder, "studies", name + ".json");
}

/// <summary>What the runs of one trial come to.</summary>
/// <param name="Row">The trial.</param>
/// <param name="ValidationAccuracy">The mean of the validation accuracies over the seeds.</param>
public sealed record TrialMean(string Row, double? ValidationAccuracy);
