using System.Text;

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
            text.Append($"| `{experiment.Name}`: {experiment.Title} | {StudyTable.Share(experiment.Reported)} | ");
            text.Append(result is null
                ? "- | - | - | 0 | not run yet |\n"
                : $"{StudyTable.Share(result.Mean)} | {StudyTable.Share(result.StandardDeviation)} | {StudyTable.Share(result.Minimum)} | {result.Runs.Count} | {result.Verdict} |\n");
        }
        foreach (var (name, words) in new[] { (Experiments.Fast99.Name, "A training of `fast99`"), (Experiments.Best.Name, "A training of `best`") })
        {
            if (results.FirstOrDefault(result => result.Name == name) is { } timed)
                text.Append($"\n{words} took {Numbers.Duration(timed.Runs.Average(run => run.Seconds))} in the mean and {Numbers.Duration(timed.Runs.Max(run => run.Seconds))} at most, on the machine of the section *Speed*.\n");
        }
        foreach (var study in Experiments.Studies)
            AppendStudy(text, StudyResult.Read(resultsFolder, study.Name));
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

    static void AppendStudy(StringBuilder text, StudyResult? study)
    {
        if (study is null)
            return;
        var table = StudyTable.Of(study);
        text.Append($"\n{study.Title} ({table.Judged}{(study.RowMeans is null ? $"; seed {study.Seed}" : "")}):\n\n");
        text.Append($"| {string.Join(" | ", table.Columns)} |\n|---|{string.Concat(table.Columns.Skip(1).Select(_ => "--:|"))}\n");
        foreach (var row in table.Rows)
            text.Append($"| {string.Join(" | ", row)} |\n");
        if (table.Note.Length > 0)
            text.Append($"\n{table.Note}\n");
    }
}
