using System.Text.Json.Nodes;
using DeepDigits.Cli;

namespace DeepDigits.Tests.Cli;

/// <summary>Runs the command line as a shell would, in this process, with files as its output.</summary>
static class Shell
{
    /// <summary>Runs a command.</summary>
    public static Outcome Run(params string[] arguments) => RunUntil(null, arguments);

    /// <summary>Runs a command, and presses Ctrl+C as soon as a text has been written.</summary>
    public static Outcome RunUntil(string? stopAt, params string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        var (output, error) = (new Watched(stopAt, stop), new Watched(stopAt, stop));
        var code = CommandLine.Run(arguments, output, error, stop.Token);
        return new Outcome(code, output.ToString(), error.ToString());
    }

    sealed class Watched(string? text, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (text is not null && value is not null && value.Contains(text, StringComparison.Ordinal))
                stop.Cancel();
        }
    }
}

/// <summary>What a command left behind.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
sealed record Outcome(int Code, string Output, string Error)
{
    /// <summary>The output as JSON: fails if there is anything else in it.</summary>
    public JsonNode Json => JsonNode.Parse(Output)!;

    /// <summary>Fails, showing what was written, unless the command ended as expected.</summary>
    public Outcome Expect(int code)
    {
        Assert.True(Code == code, $"Exit code {Code} instead of {code}.\n--- output\n{Output}\n--- error\n{Error}");
        return this;
    }
}
