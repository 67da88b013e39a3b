using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using DeepDigits.Cli.Commands;
using DeepDigits.Jupyter;

namespace DeepDigits.Cli;

/// <summary>The command line `deepdigits`, callable from tests as from a shell.</summary>
static class CommandLine
{
    /// <summary>Carries out one command.</summary>
    /// <param name="arguments">What stands after "deepdigits".</param>
    /// <param name="output">Receives the results.</param>
    /// <param name="error">Receives what went wrong, and with --json also the reports about the work.</param>
    /// <param name="cancellation">Stops the command at the next safe place.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int Run(string[] arguments, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        // Ctrl+C is looked after by the program, so the parser's own handling of it is off.
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            var parsed = CreateRoot().Parse(arguments);
            if (parsed.Action is ParseErrorAction wrongUsage)
            {
                foreach (var wrong in parsed.Errors)
                    error.WriteLine(InPlainWords(wrong.Message));
                (wrongUsage.ShowHelp, wrongUsage.ShowTypoCorrections) = (false, parsed.UnmatchedTokens.Count == 1);
                parsed.Invoke(new InvocationConfiguration { Output = error, Error = TextWriter.Null }); // "Did you mean ...?"
                error.WriteLine($"For help: {FullName(parsed)} --help");
                return ExitCode.WrongUsage;
            }
            return parsed.InvokeAsync(configuration, cancellation).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Stopped;
        }
        catch (UsageException wrong)
        {
            error.WriteLine(wrong.Message);
            return ExitCode.WrongUsage;
        }
        catch (Exception failure) when (IsExplained(failure))
        {
            error.WriteLine(failure.Message);
            return ExitCode.Failure;
        }
        catch (Exception bug)
        {
            error.WriteLine("This is a mistake in DeepDigits, not in what you typed. Please report it with these lines:");
            error.WriteLine(bug);
            return ExitCode.Failure;
        }
    }

    /// <summary>The version of DeepDigits, such as "1.0.0".</summary>
    public static string Version =>
        typeof(Sequential).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    static RootCommand CreateRoot()
    {
        var root = new RootCommand("DeepDigits: deep learning in C#, step by step, on handwritten digits.")
        {
            ReproduceCommand.Create(),
            SweepCommand.Create(),
            ResultsCommand.Create(),
            TrainCommand.Create(),
            EvaluateCommand.Create(),
            PredictCommand.Create(),
            ExportCommand.Create(),
            ImportCommand.Create(),
            DataCommand.Create(),
            RunCommand.Create(),
            StripCommand.Create(),
            KernelCommand.Create(),
            InfoCommand.Create(),
        };
        ExplainedCommand.ShowExamples(root);
        root.Options.OfType<VersionOption>().Single().Action = new ShowVersion();
        root.SetAction(parsed => root.Parse("--help").Invoke(parsed.InvocationConfiguration));
        return root;
    }

    /// <summary>The version of the library: that of the running program would be the test runner's in a test.</summary>
    sealed class ShowVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(Version);
            return ExitCode.Success;
        }
    }

    /// <summary>Whether the message is for the user: those of the library's exceptions are, and those of the file system's.</summary>
    static bool IsExplained(Exception failure) =>
        failure is IOException or InvalidDataException or UnauthorizedAccessException
        || failure.GetType().Assembly == typeof(Sequential).Assembly || failure.GetType().Assembly == typeof(Notebook).Assembly;

    /// <summary>The parser names the types of .NET, which mean nothing to most users.</summary>
    static string InPlainWords(string message) => message.Split(" as expected type '") is not [var start, var type] ? message
        : $"{start}: it must be a {(type.Contains("Int32", StringComparison.Ordinal) ? "whole number" : "number")}.";

    static string FullName(ParseResult parsed)
    {
        var names = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? result = parsed.CommandResult; result is not null; result = result.Parent)
            if (result is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } command)
                names.Insert(0, command.Command.Name);
        return string.Join(' ', names.Prepend("deepdigits"));
    }
}
