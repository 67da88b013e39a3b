using System.CommandLine;

namespace DeepDigits.Cli.Commands;

/// <summary>`results`: the stored results as tables, and in the README.</summary>
static class ResultsCommand
{
    public static Command Create()
    {
        var results = CommonOptions.Results();
        Option<bool> writeReadme = new("--write-readme") { Description = "Put the tables into the README.md of this clone, between its markers, and draw its pictures." };
        var command = new ExplainedCommand("results", "Show the stored results as Markdown, or write them into the README.",
            ("results", "What has been measured?"), ("results --write-readme", "After `reproduce`: bring the README up to date"))
        {
            results, writeReadme,
        };
        command.SetAction(parsed =>
        {
            var terminal = new Terminal(parsed);
            var tables = ReadmeResults.Markdown(parsed.GetValue(results) ?? ResultsFolder.Default);
            if (!parsed.GetValue(writeReadme))
            {
                terminal.Output.Write(tables);
                return;
            }
            var top = ResultsFolder.Repository
                ?? throw new UsageException("--write-readme works in a clone of DeepDigits only: there is no DeepDigits.slnx above this folder.");
            var readme = Path.Combine(top, "README.md");
            // A checkout on Windows may have other line ends; the file keeps its own.
            var old = File.ReadAllText(readme);
            var changed = ReadmeResults.Replace(old.ReplaceLineEndings("\n"), tables);
            AtomicFile.WriteText(readme, old.Contains("\r\n", StringComparison.Ordinal) ? changed.ReplaceLineEndings("\r\n") : changed);
            terminal.Line($"Written to {readme}");
            foreach (var (file, svg) in ReadmePictures.Draw(top))
            {
                AtomicFile.WriteText(Path.Combine(top, file), svg);
                terminal.Line($"Written to {Path.Combine(top, file)}");
            }
        });
        return command;
    }
}
