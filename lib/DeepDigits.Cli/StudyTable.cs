namespace DeepDigits.Cli;

/// <summary>What a tuning study measured as a table of texts: for the screen and for the README.</summary>
/// <param name="Judged">What the figures are, in a few words.</param>
/// <param name="Columns">The heads of the columns.</param>
/// <param name="Rows">The rows: as many texts each as there are columns.</param>
/// <param name="Note">A sentence to stand below; empty if there is nothing to say.</param>
sealed record StudyTable(string Judged, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, string Note)
{
    /// <summary>The table that suits the study.</summary>
    public static StudyTable Of(StudyResult study)
    {
        if (study is { Rows: not null, Columns: not null } && study.Trials.All(trial => trial is { Row: not null, Column: not null }))
            return Grid(study);
        if (study.Trials.Any(trial => trial.ReportedValidationAccuracy is not null))
            return BesideValidation(study);
        if (study.Trials.Any(trial => trial.ValidationAccuracy is not null))
            return Validation(study);
        return new("accuracy on the training set itself", [study.Varied, "reported", "reproduced"],
            [.. study.Trials.Select(trial => Row(trial.Value, Share(trial.ReportedTrainAccuracy), Share(trial.TrainAccuracy)))], "");
    }

    /// <summary>A share as a percentage; a hyphen if there is none.</summary>
    public static string Share(double? share) => share is { } number ? Numbers.Percent(number) : "-";

    static StudyTable Grid(StudyResult study)
    {
        string[] rows = [.. study.Trials.Select(trial => trial.Row!).Distinct()], columns = [.. study.Trials.Select(trial => trial.Column!).Distinct()];
        var means = (study.RowMeans ?? []).ToDictionary(mean => mean.Row, mean => mean.ValidationAccuracy);
        var isBeside = study.Trials.Any(trial => trial.Verdict is not null);
        return new(isBeside ? "validation accuracy, reported and ours" : "validation accuracy",
            [study.Rows!, .. columns.Select(column => $"{study.Columns} {column}"), .. means.Count > 0 ? ["mean"] : Array.Empty<string>()],
            [.. rows.Select(row => Row([row, .. columns.Select(column => Cell(study.Trials.FirstOrDefault(trial => trial.Row == row && trial.Column == column))),
                .. means.TryGetValue(row, out var mean) ? [Share(mean)] : Array.Empty<string>()]))],
            isBeside ? AgreementNote(study) : "");

        static string Cell(TrialResult? trial) => trial is null ? "-"
            : trial.Verdict is { } verdict ? $"{Share(trial.ReportedValidationAccuracy)}, {Share(trial.ValidationAccuracy)}: {verdict}"
            : Share(trial.ValidationAccuracy);
    }

    static StudyTable BesideValidation(StudyResult study) => new(
        "validation accuracy, and training accuracy on the images that were learned from",
        [study.Varied, "reported", "ours", "verdict", "best epoch reported", "ours", "training reported", "ours"],
        [.. study.Trials.Select(trial => Row(trial.Value, Share(trial.ReportedValidationAccuracy), Share(trial.ValidationAccuracy), trial.Verdict ?? "-",
            Share(trial.ReportedBestValidationAccuracy), Share(trial.BestValidationAccuracy), Share(trial.ReportedTrainAccuracy), Share(trial.TrainAccuracy)))],
        AgreementNote(study));

    static StudyTable Validation(StudyResult study) => new(
        "accuracy on the images held out, and on those learned from", [study.Varied, "validation", "training"],
        [.. study.Trials.Select(trial => Row(trial.Value, Share(trial.ValidationAccuracy), Share(trial.TrainAccuracy)))],
        study.MeanValidationAccuracy is { } mean ? $"Mean of the validation {Share(mean)}, spread {Share(study.StandardDeviation)} (standard deviation from fold to fold)." : "");

    static string AgreementNote(StudyResult study)
    {
        var margins = study.Trials.Where(trial => trial.ValidationMargin is not null).ToArray();
        return $"*Agrees*: the two runs differ by at most two standard errors of such a difference on {Numbers.Whole(margins[0].ValidationCount ?? 0)} images each"
            + (margins.Any(trial => trial.ReadingError is not null) ? ", and what reading the published figure off a curve may do" : "")
            + $"; here {Points(margins.Min(trial => trial.ValidationMargin))} to {Points(margins.Max(trial => trial.ValidationMargin))} points. Other first weights differ by more, so one run beside one run proves little.";

        static string Points(double? share) => FormattableString.Invariant($"{100 * share:F2}");
    }

    static IReadOnlyList<string> Row(params IReadOnlyList<string> cells) => cells;
}
