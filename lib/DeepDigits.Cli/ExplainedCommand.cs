using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace DeepDigits.Cli;

/// <summary>A command whose help ends with examples.</summary>
/// <param name="name">What the user types.</param>
/// <param name="description">What it does.</param>
/// <param name="examples">Pairs of what to type, without "deepdigits", and what that does.</param>
sealed class ExplainedCommand(string name, string description, params (string Arguments, string Meaning)[] examples)
    : Command(name, description)
{
    static readonly (string Arguments, string Meaning)[] firstSteps =
    [
        ("reproduce --quick", "Does everything work here?"),
        ("train --experiment mlp --epochs 5 --save model.safetensors", "Train a network in some seconds"),
        ("predict model.safetensors --index 18", "What does it make of a handwritten digit?"),
        ("train --help", "Every command explains itself"),
    ];

    readonly (string Arguments, string Meaning)[] examples = examples;

    /// <summary>Lets the help of a command line show the examples of each command.</summary>
    public static void ShowExamples(RootCommand root)
    {
        foreach (var help in root.Options.OfType<HelpOption>())
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
    }

    sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            help.MaxWidth = 110;
            var code = help.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            if (parseResult.CommandResult.Command is ExplainedCommand command)
                WriteExamples(output, "Examples:", command.examples);
            else
                WriteExamples(output, "First steps:", firstSteps);
            return code;
        }
    }

    static void WriteExamples(TextWriter output, string title, (string Arguments, string Meaning)[] examples)
    {
        output.WriteLine(title);
        foreach (var (arguments, meaning) in examples)
        {
            output.WriteLine($"  {meaning}");
            output.WriteLine($"    deepdigits {arguments}");
        }
        output.WriteLine();
    }
}
