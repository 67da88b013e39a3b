using System.Text;
using System.Text.Json;

namespace DeepDigits.Cli;

/// <summary>The tables of results in the README: written by the program from what programs measured, between two markers.</summary>
static class ReadmeResults
{
    const string Start = "<!-- results -->", End = "<!-- /results -->";

    /// <summary>The tables as Markdown.</summary>
    /// <param name="resultsFolder">Where reproduction.json and studies/*.json are.</param>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static string Markdown(string resultsFolder)
    {
        var text = new StringBuilder();
        var results = new Reproduction(resultsFolder).ReadSummary();
        text.Append("| experiment | reported | reproduced (mean) | spread | minimum | runs | verdict |\n|---|--:|--:|--:|--:|--:|---|\n");
        foreach (var experiment in Experiments.All)
        {
            var result = results.FirstOrDefault(result => result.Name == experiment.Name);
            text.Append($"| `{experiment.Name}`: {experiment.Title} | {Cell(experiment.Reported)} | ");
            text.Append(result is null
                ? "- | - | - | 0 | not run yet |\n"
                : $"{Cell(result.Mean)} | {Cell(result.StandardDeviation)} | {Cell(result.Minimum)} | {result.Runs.Count} | {result.Verdict} |\n");
        }
        foreach (var study in Experiments.Studies)
            AppendStudy(text, Path.Combine(resultsFolder, "studies", study.Name + ".json"), study);
        return text.ToString();
    }

    /// <summary>The README with new tables.</summary>
    /// <exception cref="InvalidDataException">The markers are not there, or not once each in this order.</exception>
    public static string Replace(string readme, string tables)
    {
        if (readme.Split(Start) is not [var before, var rest] || rest.Split(End) is not [_, var after])
        {
            throw new InvalidDataException($"README.md must have the lines {Start} and {End}, once each, in this order. "
                + "The tables are written between them.");
        }
        return $"{before}{Start}\n{tables}{End}{after}";
    }

    static void AppendStudy(StringBuilder text, string path, Study study)
    {
        if (!File.Exists(path))
            return;
        StoredStudy? stored;
        try
        {
            stored = JsonSerializer.Deserialize<StoredStudy>(File.ReadAllText(path), HistoryJson.Options);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} is not the summary of a tuning study: {error.Message} "
                + $"Delete it: deepdigits sweep {study.Name} writes it anew.", error);
        }
        var isJudgedByHoldOut = study.HoldOut is not null;
        var (judged, first, second) = isJudgedByHoldOut
            ? ("accuracy on the images held out, and on those learned from", "validation", "training")
            : ("accuracy on the training set itself", "reported", "reproduced");
        text.Append($"\n{study.Title} ({judged}; seed {stored?.Seed}):\n\n");
        text.Append($"| {study.Varied} | {first} | {second} |\n|---|--:|--:|\n");
        foreach (var trial in stored?.Trials ?? [])
            text.Append($"| {trial.Value} | {Cell(isJudgedByHoldOut ? trial.ValidationAccuracy : trial.ReportedTrainAccuracy)} | {Cell(trial.TrainAccuracy)} |\n");
    }

    static string Cell(double? share) => share is { } number ? Numbers.Percent(number) : "-";

    sealed record StoredStudy(int Seed, TrialResult[] Trials);
}
