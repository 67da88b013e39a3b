using System.CommandLine;
using Spectre.Console;

namespace DeepDigits.Cli.Commands;

/// <summary>`data`: checks, fetches and converts the files of MNIST.</summary>
static class DataCommand
{
    const string TrainFile = "mnist_train.csv", TestFile = "mnist_test.csv";

    public static Command Create() => new ExplainedCommand("data", "Check, download or convert the data.",
        ("data verify", "Are the built-in files the published ones?"),
        ("data download --to mnist", "Fetch the files into a folder"),
        ("data to-csv --to csv", "Write mnist_train.csv and mnist_test.csv"))
    {
        CreateVerify(), CreateDownload(), CreateToCsv(),
    };

    static Command CreateVerify()
    {
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new ExplainedCommand("verify",
            "Check by SHA-256 that the files are the published ones of MNIST. Exit code 1 if one is not.",
            ("data verify", "The built-in files"), ("data verify --data some/folder", "The files of a folder"))
        {
            data, json,
        };
        command.SetAction(parsed =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            var folder = parsed.GetValue(data) ?? Mnist.Folder;
            var files = Mnist.Verify(folder);
            var damaged = files.Count(file => file.Error is not null);
            if (parsed.GetValue(json))
            {
                Json.Write(terminal.Output, files.Select(file =>
                    new { file.File, IsPublished = file.Error is null, Error = file.Error?.Message }));
                return damaged == 0 ? ExitCode.Success : ExitCode.Failure;
            }
            foreach (var (file, error) in files)
                terminal.Line(error is null ? $"ok       {file}" : $"damaged  {error.Message}");
            if (damaged == 0)
            {
                terminal.Line("All four files are the published ones.");
                return ExitCode.Success;
            }
            terminal.Line($"Not as published: {damaged} of 4. Move what is damaged away, then: deepdigits data download --to {folder}");
            return ExitCode.Failure;
        });
        return command;
    }

    static Command CreateDownload()
    {
        Option<string> to = new("--to")
        {
            HelpName = "FOLDER",
            Description = "Where to put the files. What is there already is checked and not fetched again.",
            DefaultValueFactory = _ => Path.Combine("data", "mnist"),
        };
        var command = new ExplainedCommand("download",
            "Fetch the four files of MNIST (11 MB) from public mirrors, and check them. A broken download goes on where it stopped.",
            ("data download", "Into data/mnist, where every command finds them"))
        {
            to,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            var folder = parsed.GetRequiredValue(to);
            try
            {
                await Download(terminal, folder, cancellation);
            }
            catch (OperationCanceledException)
            {
                terminal.Line("Stopped. What has arrived is kept: the same command goes on from there.");
                throw;
            }
            terminal.Line($"The four files are in {Path.GetFullPath(folder)}, and they are the published ones.");
            return ExitCode.Success;
        });
        return command;
    }

    static async Task Download(Terminal terminal, string folder, CancellationToken cancellation)
    {
        if (!terminal.IsInteractive)
        {
            await Mnist.DownloadAsync(folder, new DownloadLines(terminal), cancellation);
            return;
        }
        await terminal.Reports.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn())
            .StartAsync(context => Mnist.DownloadAsync(folder, new DownloadBars(context), cancellation));
    }

    static Command CreateToCsv()
    {
        var data = CommonOptions.Data();
        Option<string> to = new("--to")
        {
            HelpName = "FOLDER",
            Description = $"Where to write {TrainFile} and {TestFile}.",
            DefaultValueFactory = _ => ".",
        };
        Option<bool> noHeader = new("--no-header") { Description = "Leave out the first line, which names the columns." };
        Option<bool> overwrite = new("--overwrite") { Description = "Replace files that are there." };
        var command = new ExplainedCommand("to-csv", "Write the data set as CSV: one image a line, the label first, as on Kaggle.",
            ("data to-csv --to csv", "Both parts into the folder csv"))
        {
            data, to, noHeader, overwrite,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            var folder = parsed.GetRequiredValue(to);
            var (train, test) = (Path.Combine(folder, TrainFile), Path.Combine(folder, TestFile));
            if (!parsed.GetValue(overwrite) && new[] { train, test }.FirstOrDefault(File.Exists) is { } existing)
                throw new UsageException($"{existing} is there already. Give --overwrite to replace it, or choose another folder with --to.");
            var parts = Inputs.Load(parsed.GetValue(data));
            foreach (var (path, part) in ((string, Dataset)[])[(train, parts.Train), (test, parts.Test)])
            {
                cancellation.ThrowIfCancellationRequested();
                KaggleCsv.Write(path, part, header: !parsed.GetValue(noHeader));
                terminal.Line($"{path}: {part}, {Numbers.Whole(new FileInfo(path).Length)} bytes");
            }
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    sealed class DownloadLines(Terminal terminal) : IProgress<DownloadProgress>
    {
        string? file;

        public void Report(DownloadProgress value)
        {
            if (value.File == file)
                return;
            file = value.File;
            var size = value.TotalBytes is { } total ? $", {Numbers.Whole(total)} bytes" : "";
            terminal.Line($"{value.File} from {value.Mirror.Host}{size}");
        }
    }

    sealed class DownloadBars(ProgressContext context) : IProgress<DownloadProgress>
    {
        readonly Dictionary<string, ProgressTask> bars = [];

        public void Report(DownloadProgress value)
        {
            if (!bars.TryGetValue(value.File, out var bar))
                bars[value.File] = bar = context.AddTask(value.File.EscapeMarkup());
            bar.MaxValue = value.TotalBytes ?? double.MaxValue;
            bar.Value = value.ReceivedBytes;
        }
    }
}
