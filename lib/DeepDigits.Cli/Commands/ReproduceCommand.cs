using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace DeepDigits.Cli.Commands;

/// <summary>`reproduce`: trains the experiments whose accuracies are published, and says whether they hold.</summary>
static class ReproduceCommand
{
    static readonly JsonSerializerOptions indented = new() { WriteIndented = true, NewLine = "\n" };

    public static Command Create() => new Definition().Command;

    sealed class Definition
    {
        readonly Option<int?> runs = CommonOptions.AtLeast(1, new Option<int?>("--runs")
        {
            HelpName = "N",
            Description = "Train each experiment from N seeds: S, S + 1, ... Default: 1. Several runs tell the mean and the spread.",
        });
        readonly Option<string[]> only = new("--only")
        {
            HelpName = "NAME",
            Description = "Only this experiment; can be given more than once. Default: all that have a published figure. "
                + $"Known: {string.Join(", ", Experiments.All.Select(experiment => experiment.Name))}.",
        };
        readonly Option<int?> seed = new("--seed") { HelpName = "S", Description = "The first seed. Default: 1." };
        readonly Option<string?> data = CommonOptions.Data();
        readonly Option<bool> quick = CommonOptions.Quick();
        readonly Option<string?> results = CommonOptions.Results();
        readonly Option<string?> save = new("--save")
        {
            HelpName = "FOLDER",
            Description = "Keep the trained networks too: FOLDER/mlp-seed-1.safetensors. A stored run whose network is not there is trained again.",
        };
        readonly Option<bool> fresh = new("--fresh") { Description = "Train again, even if a run is stored." };
        readonly Option<int?> threads = CommonOptions.Threads();
        readonly Option<bool> json = CommonOptions.Json();

        public Definition()
        {
            Command = new ExplainedCommand("reproduce",
                "Train the experiments whose accuracies are published, and say whether these hold. Goes on where it stopped.",
                ("reproduce", "Each published experiment once"),
                ("reproduce --runs 5 --only mlp", "The MLP from five seeds: mean, spread and verdict"),
                ("reproduce --quick", "Does everything work here?"),
                ("reproduce --only lenet --save networks", "LeNet, kept for evaluate, predict and export"),
                ("reproduce --json", "The results for a program"))
            {
                runs, only, seed, data, quick, results, save, fresh, threads, json,
            };
            Command.SetAction((parsed, cancellation) => Task.FromResult(Reproduce(parsed, cancellation)));
        }

        public Command Command { get; }

        int Reproduce(ParseResult parsed, CancellationToken cancellation)
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            using var limit = CommonOptions.Limit(parsed.GetValue(threads));
            var isQuick = parsed.GetValue(quick);
            var experiments = Chosen(parsed.GetValue(only) ?? []);
            var folder = parsed.GetValue(results) ?? ResultsFolder.For(parsed.GetValue(data), isQuick);
            var firstSeed = parsed.GetValue(seed) ?? 1;
            var seeds = Enumerable.Range(0, parsed.GetValue(runs) ?? 1).Select(i => checked(firstSeed + i)).ToArray();
            var loaded = Inputs.Load(parsed.GetValue(data));
            if (isQuick)
                (loaded, experiments) = (QuickMode.Shorten(loaded), [.. experiments.Select(QuickMode.Shorten)]);

            var series = new RunSeries(terminal, new Reproduction(folder), loaded.Train, loaded.Test, isQuick, Networks(parsed.GetValue(save)));
            if (parsed.GetValue(fresh))
                series.Forget(experiments, seeds);
            var finished = series.Run(experiments, seeds, cancellation);
            if (parsed.GetValue(json))
                terminal.Output.WriteLine(new JsonArray([.. finished.Select(Reproduction.ToJson)]).ToJsonString(indented));
            else
                Show(terminal, finished);
            terminal.Line();
            terminal.Line($"Written to {folder}");
            return ExitCode.Success;
        }

        /// <summary>A long training must not end with a network that has no place.</summary>
        static string? Networks(string? folder)
        {
            if (folder is null)
                return null;
            if (File.Exists(folder))
                throw new UsageException($"--save {folder} is a file. Name a folder for the networks.");
            Directory.CreateDirectory(folder);
            return folder;
        }

        static Experiment[] Chosen(string[] names) => names.Length == 0
            ? [.. Experiments.All.Where(experiment => experiment.Reported is not null)]
            : Inputs.Known(() => names.Distinct().Select(Experiments.Named).ToArray());

        static void Show(Terminal terminal, IReadOnlyList<ExperimentResult> finished)
        {
            var table = terminal.NewTable("experiment", "reported", "reproduced", "spread", "minimum", "runs", "seconds per run", "verdict");
            table.Columns[^1].Alignment = Justify.Left;
            foreach (var result in finished)
            {
                table.AddRow(result.Name, Cell(result.Reported), Cell(result.Mean), Cell(result.StandardDeviation), Cell(result.Minimum),
                    $"{result.Runs.Count}", Numbers.Duration(result.Runs.Average(run => run.Seconds)), result.Verdict);
            }
            terminal.Line();
            terminal.Write(table);
            terminal.Line();
            terminal.Line("Test accuracies. reproduced: mean over the runs; spread: standard deviation from run to run.");
            terminal.Line();
            foreach (var result in finished)
                terminal.Line(Verdict.Explain(result));

            static string Cell(double? share) => share is { } number ? Numbers.Percent(number) : "-";
        }
    }
}
