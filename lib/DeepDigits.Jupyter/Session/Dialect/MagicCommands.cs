namespace DeepDigits.Jupyter;

/// <summary>The magic commands that the session knows: what each does, for <c>#!lsmagic</c>, completion and messages.</summary>
static class MagicCommands
{
    /// <summary>Other names of a command.</summary>
    static readonly Dictionary<string, string> aliases = new() { ["c#"] = "csharp", ["cs"] = "csharp", ["js"] = "javascript", ["md"] = "markdown" };

    /// <summary>Commands whose content is the lines up to the next language.</summary>
    static readonly HashSet<string> languages = ["csharp", "html", "javascript", "markdown", "mermaid"];

    /// <summary>Every command with what it does.</summary>
    internal static IReadOnlyList<(string Name, string Purpose)> All { get; } =
    [
        ("#!about", "Shows the versions of the runtime and of this session."),
        ("#!csharp", "What follows is C#."),
        ("#!html", "What follows is HTML to show."),
        ("#!import", "Runs a notebook (.ipynb) or a source file (.cs, .csx) in this session."),
        ("#!javascript", "What follows is JavaScript to run in the front end."),
        ("#!lsmagic", "Lists the magic commands."),
        ("#!markdown", "What follows is Markdown to show."),
        ("#!mermaid", "What follows is a Mermaid diagram to show."),
        ("#!time", "Measures how long the cell takes."),
        ("#!who", "Lists the variables."),
        ("#!whos", "Lists the variables with their types and values."),
    ];

    /// <summary>The command that a name or one of its other names stands for.</summary>
    internal static string Canonical(string name) => aliases.GetValueOrDefault(name, name);

    internal static bool IsLanguage(string name) => languages.Contains(name);

    internal static bool IsKnown(string name) => All.Any(magic => magic.Name.AsSpan(2).SequenceEqual(name));
}
