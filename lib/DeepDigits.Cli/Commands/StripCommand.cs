using System.CommandLine;
using DeepDigits.Jupyter;

namespace DeepDigits.Cli.Commands;

/// <summary>`strip`: removes outputs from notebooks.</summary>
static class StripCommand
{
    public static Command Create()
    {
        Argument<string[]> notebooks = new("notebook")
        {
            Description = "The notebooks (.ipynb). '-' reads one from standard input and writes it to standard output.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> check = new("--check") { Description = "Change nothing; exit with code 1 if a notebook has outputs." };
        var command = new ExplainedCommand("strip", "Remove outputs and execution counts from notebooks.",
            ("strip a.ipynb b.ipynb", "In place"),
            ("strip --check a.ipynb", "Is it free of outputs?"),
            ("strip - < a.ipynb > b.ipynb", "As a filter, for instance of git"))
        {
            notebooks, check,
        };
        command.SetAction(parsed =>
        {
            var terminal = new Terminal(parsed);
            int exitCode = ExitCode.Success;
            foreach (string path in parsed.GetRequiredValue(notebooks))
                exitCode = Math.Max(exitCode, path == "-" ? Filter() : Strip(path, parsed.GetValue(check), terminal));
            return exitCode;
        });
        return command;
    }

    static int Strip(string path, bool check, Terminal terminal)
    {
        Notebook notebook = Notebook.Load(path);
        notebook.ClearOutputs();
        if (!notebook.IsChanged)
            return ExitCode.Success;
        if (check)
        {
            terminal.Line($"{path}: has outputs.");
            return ExitCode.Failure;
        }
        notebook.Save(path);
        terminal.Line($"{path}: outputs removed.");
        return ExitCode.Success;
    }

    static int Filter()
    {
        using var input = new MemoryStream();
        using (Stream standardInput = Console.OpenStandardInput())
            standardInput.CopyTo(input);
        Notebook notebook = Notebook.Parse(input.ToArray(), "standard input");
        notebook.ClearOutputs();
        using Stream standardOutput = Console.OpenStandardOutput();
        standardOutput.Write(notebook.ToBytes());
        return ExitCode.Success;
    }
}
