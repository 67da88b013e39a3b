using System.CommandLine;
using Spectre.Console;

namespace DeepDigits.Cli.Commands;

/// <summary>`sweep`: the tuning studies. One setting is varied, and the trainings run side by side.</summary>
static class SweepCommand
{
    public static Command Create()
    {
        Argument<string[]> names = new("NAME")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "The studies to run; without one, they are listed.",
        };
        Option<int?> seed = new("--seed") { HelpName = "S", Description = "The seed of all trainings. Default: 1." };
        var data = CommonOptions.Data();
        var quick = CommonOptions.Quick();
        var results = CommonOptions.Results();
        Option<bool> fresh = new("--fresh") { Description = "Train again, even if a training is stored." };
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new ExplainedCommand("sweep",
            "Run a tuning study: the same training with several values of one setting. Goes on where it stopped.",
            ("sweep", "Which studies are there?"), ("sweep mlp-learning-rate", "The learning rates that the original project tried"))
        {
            names, seed, data, quick, results, fresh, threads, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            var studies = Inputs.Known(() => (parsed.GetValue(names) ?? []).Distinct().Select(Experiments.StudyNamed).ToArray());
            if (studies.Length == 0)
            {
                List(terminal, parsed.GetValue(json));
                return Task.FromResult(ExitCode.Success);
            }
            using var limit = CommonOptions.Limit(parsed.GetValue(threads));
            var isQuick = parsed.GetValue(quick);
            var folder = parsed.GetValue(results) ?? ResultsFolder.For(parsed.GetValue(data), isQuick);
            var loaded = Inputs.Load(parsed.GetValue(data));
            if (isQuick)
                (loaded, studies) = (QuickMode.Shorten(loaded), [.. studies.Select(QuickMode.Shorten)]);
            var runner = new StudyRunner(folder);
            var number = parsed.GetValue(seed) ?? 1;
            var finished = new List<StudyResult>();
            foreach (var study in studies)
            {
                if (parsed.GetValue(fresh))
                    runner.Forget(study, number);
                finished.Add(Run(terminal, runner, study, number, loaded.Train, cancellation));
            }
            if (parsed.GetValue(json))
            {
                Json.Write(terminal.Output, finished.Select(study =>
                    new { study.Name, study.Varied, study.Seed, Quick = isQuick, study.MeanValidationAccuracy, study.StandardDeviation, study.Trials }));
            }
            else
            {
                finished.ForEach(study => Show(terminal, study));
            }
            terminal.Line();
            terminal.Line($"Written to {folder}");
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    static void List(Terminal terminal, bool json)
    {
        if (json)
        {
            Json.Write(terminal.Output, Experiments.Studies.Select(study =>
                new { study.Name, study.Title, study.Protocol, Trials = study.Trials.Select(trial => trial.Value) }));
            return;
        }
        foreach (var study in Experiments.Studies)
        {
            terminal.Line($"{study.Name}: {study.Title}");
            terminal.Line($"  {study.Protocol}");
            terminal.Line($"  Values: {string.Join(", ", study.Trials.Select(trial => trial.Value))}");
        }
    }

    static StudyResult Run(
        Terminal terminal, StudyRunner runner, Study study, int seed, Dataset train, CancellationToken cancellation)
    {
        terminal.Line($"{study.Title}: {Numbers.Count(study.TrainingCount, "training")}, those that are stored not repeated");
        try
        {
            return RunDisplay.Run(terminal, study.TrainingCount, display => runner.Run(study, seed, train,
                result => display.Line($"{study.Varied} {result.Value}: {Describe(result)}"),
                (trial, examples) => display.Start($"{study.Varied} {trial.Value}", examples), cancellation));
        }
        catch (OperationCanceledException)
        {
            terminal.Line("Stopped. Finished trainings are stored, and those at work are kept up to their last finished epoch: "
                + "the same command goes on from there.");
            throw;
        }

        static string Describe(TrialResult result) =>
            (result.ValidationAccuracy is { } validation ? $"validation accuracy {Numbers.Percent(validation)}, " : "")
            + $"training accuracy {Numbers.Percent(result.TrainAccuracy)}, {Numbers.Duration(result.Seconds)}";
    }

    static void Show(Terminal terminal, StudyResult study)
    {
        var table = StudyTable.Of(study);
        var hasTimes = table.Rows.Count == study.Trials.Count;
        var shown = terminal.NewTable([.. table.Columns, .. hasTimes ? ["time"] : Array.Empty<string>()]);
        foreach (var (row, trial) in table.Rows.Zip(study.Trials))
            shown.AddRow([.. row.Select(cell => cell.EscapeMarkup()), .. hasTimes ? [Numbers.Duration(trial.Seconds)] : Array.Empty<string>()]);
        terminal.Line();
        terminal.Line(study.Title);
        terminal.Write(shown);
        terminal.Line();
        terminal.Line($"Figures: {table.Judged}. {table.Note.Replace("*", "", StringComparison.Ordinal)}".TrimEnd());
    }
}
