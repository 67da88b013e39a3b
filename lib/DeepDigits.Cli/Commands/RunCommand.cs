using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using DeepDigits.Jupyter;
using Spectre.Console;

namespace DeepDigits.Cli.Commands;

/// <summary>`run`: runs notebooks without a front end and writes their outputs back.</summary>
static partial class RunCommand
{
    public static Command Create()
    {
        Argument<string[]> notebooks = new("notebook") { Description = "The notebooks (.ipynb).", Arity = ArgumentArity.OneOrMore };
        Option<bool> inPlace = new("--in-place") { Description = "Write the outputs into the notebooks themselves. So it is unless --output-dir is given." };
        Option<string?> outputFolder = new("--output-dir")
        {
            HelpName = "FOLDER",
            Description = "Write the notebooks with their outputs into this folder, and leave the originals as they are.",
        };
        Option<string[]> parameters = new("--parameter", "-p")
        {
            HelpName = "NAME VALUE",
            Description = "A value for a variable that the cell tagged 'parameters' sets. May be given several times.",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
        };
        Option<double?> timeout = new("--timeout") { HelpName = "SECONDS", Description = "The longest that a cell may run." };
        Option<bool> keepGoing = new("--keep-going") { Description = "Go on with the next cell after one that failed. The exit code is 1 all the same." };
        Option<bool> onlyChanged = new("--only-changed")
        {
            Description = "Leave out notebooks of which nothing has changed since this option last ran them: not the code, not the outputs, not what they load.",
        };
        var command = new ExplainedCommand("run", "Run C# notebooks from top to bottom, and write their outputs back.",
            ("run notebooks/*.ipynb", "All of them, in place"),
            ("run a.ipynb -p epochs 3 -p rate 0.01 --output-dir out", "With other values than those of the cell tagged 'parameters'"),
            ("run a.ipynb --timeout 600 --keep-going", "With a limit for each cell, and on after an error"))
        {
            notebooks, inPlace, outputFolder, parameters, timeout, keepGoing, onlyChanged,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(inPlace) && result.GetValue(outputFolder) is not null)
                result.AddError("Give either --in-place or --output-dir, not both.");
            if ((result.GetValue(parameters) ?? []).Chunk(2).GroupBy(pair => pair[0]).FirstOrDefault(group => group.Count() > 1) is { } twice)
                result.AddError($"-p {twice.Key} is given twice.");
            if (result.GetValue(timeout) is <= 0 or double.NaN)
                result.AddError("--timeout: it must be a positive number of seconds.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            var options = new NotebookRunOptions
            {
                Parameters = (parsed.GetValue(parameters) ?? []).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]),
                CellTimeout = parsed.GetValue(timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                KeepGoing = parsed.GetValue(keepGoing),
            };
            int exitCode = ExitCode.Success;
            foreach (string notebook in parsed.GetRequiredValue(notebooks))
            {
                bool succeeded = await RunAsync(notebook, parsed.GetValue(outputFolder), options, parsed.GetValue(onlyChanged), terminal, cancellation);
                if (cancellation.IsCancellationRequested)
                    return ExitCode.Stopped;
                if (!succeeded)
                    exitCode = ExitCode.Failure;
            }
            return exitCode;
        });
        return command;
    }

    static async Task<bool> RunAsync(
        string path, string? outputFolder, NotebookRunOptions options, bool onlyChanged, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            string target = path;
            if (outputFolder is not null)
            {
                Directory.CreateDirectory(outputFolder);
                target = Path.Combine(outputFolder, Path.GetFileName(path));
            }
            if (NotebookPackage.FindClone(folder) is { } clone && NotebookPackage.IsLoadedBy(path))
                await NotebookPackage.UpdateAsync(clone, () => terminal.Line("Building the package that the notebooks load ..."), cancellation);
            if (onlyChanged && options.Parameters.Count == 0 && IsCurrent(path, target, folder))
            {
                terminal.Line($"{path}: unchanged, not run.");
                return true;
            }
            terminal.Line(path);
            NotebookRun run = await NotebookRunner.RunFileAsync(path, target, options, new Progress(path, terminal), cancellation);
            foreach (string warning in run.Warnings)
                terminal.Line($"Warning: {warning}");
            if (run.Succeeded && onlyChanged)
            {
                Notebook done = Notebook.Load(target);
                NotebookFingerprint.Set(done, folder);
                done.Save(target);
            }
            return run.Succeeded;
        }
        catch (Exception e) when (e is NotebookFormatException or NotebookRunException or IOException or UnauthorizedAccessException)
        {
            // The other notebooks can be run all the same.
            terminal.Line(e.Message);
            return false;
        }
    }

    /// <summary>With an output folder, the notebook there counts only if it came from the code that the original has now.</summary>
    static bool IsCurrent(string path, string target, string folder)
    {
        if (!File.Exists(target))
            return false;
        Notebook done = Notebook.Load(target);
        return NotebookFingerprint.IsCurrent(done, folder) && (path == target || Code(Notebook.Load(path)).SequenceEqual(Code(done)));

        static IEnumerable<(CellKind, string)> Code(Notebook notebook) => notebook.Cells.Select(cell => (cell.Kind, cell.Source));
    }

    /// <summary>One line for each cell.</summary>
    sealed class Progress(string path, Terminal terminal) : INotebookRunObserver
    {
        int count;

        public void CellStarted(NotebookCell cell, int number, int count)
        {
            this.count = count;
            if (terminal.IsInteractive)
                terminal.Reports.Markup(Line(cell, number, "[blue]...[/]", ""));
        }

        public void CellEnded(CellReport report)
        {
            string state = report switch
            {
                { IsFailure: true } => "[red]failed[/]",
                { IsExpected: true } => "[yellow]raised[/]",
                _ => "[green]ok[/]",
            };
            if (terminal.IsInteractive)
                terminal.Reports.Write(new ControlCode("\r\u001b[2K"));
            terminal.MarkupLine(Line(report.Cell, report.Number, state, report.Duration.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s"));
            if (!report.IsFailure)
                return;
            CellError error = report.Error!;
            string place = error.Line is { } line ? $", line {line}" : "";
            terminal.Line($"{path}: cell {report.Number} (number {report.Position} of all cells){place}: {error.Name}: {error.Message}");
            if (report.ErrorSourceLine is { } source)
                terminal.Line($"    {source.Trim()}");
            foreach (string text in error.Traceback)
                terminal.Line(terminal.HasColors ? text : AnsiCode().Replace(text, ""));
        }

        public void OutputsGrew()
        {
        }

        string Line(NotebookCell cell, int number, string state, string time)
        {
            string digits = count.ToString(CultureInfo.InvariantCulture);
            string first = cell.Source.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "";
            string excerpt = Markup.Escape(first.Length <= 60 ? first : first[..59] + "…");
            string padding = new(' ', Math.Max(0, 6 - Markup.Remove(state).Length));
            return $"  [[{number.ToString(CultureInfo.InvariantCulture).PadLeft(digits.Length)}/{digits}]] {state}{padding} {time,9}  [grey]{excerpt}[/]";
        }
    }

    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex AnsiCode();
}
