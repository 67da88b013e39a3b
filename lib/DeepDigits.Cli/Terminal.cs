using System.CommandLine;
using Spectre.Console;

namespace DeepDigits.Cli;

/// <summary>
/// Where a command writes. Results go to standard output. Reports about the work go there too, unless the results are JSON: then to
/// standard error, so that a program that reads standard output meets nothing else.
/// </summary>
sealed class Terminal
{
    /// <summary>Lines in a file are not cut at the width of a screen.</summary>
    const int WidthOfFile = 200;

    /// <param name="parsed">The command.</param>
    /// <param name="json">Whether the results are JSON.</param>
    public Terminal(ParseResult parsed, bool json = false)
    {
        Output = parsed.InvocationConfiguration.Output;
        var reports = json ? parsed.InvocationConfiguration.Error : Output;
        var isScreen = ReferenceEquals(reports, Console.Out) && !Console.IsOutputRedirected
            || ReferenceEquals(reports, Console.Error) && !Console.IsErrorRedirected;
        Reports = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(reports),
            Ansi = isScreen ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isScreen ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isScreen ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isScreen)
            Reports.Profile.Width = WidthOfFile;
        IsInteractive = isScreen && Reports.Profile.Capabilities is { Ansi: true, Interactive: true };
        HasColors = Reports.Profile.Capabilities is { ColorSystem: ColorSystem.EightBit or ColorSystem.TrueColor, Ansi: true, Unicode: true };
    }

    /// <summary>Receives the results.</summary>
    public TextWriter Output { get; }

    /// <summary>Receives tables, drawings, and reports about the work.</summary>
    public IAnsiConsole Reports { get; }

    /// <summary>Whether someone is watching a screen on which lines can be drawn over.</summary>
    public bool IsInteractive { get; }

    /// <summary>Whether characters can be drawn in one of many greys on another one.</summary>
    public bool HasColors { get; }

    /// <summary>Writes a line of plain text, which is never broken: paths stay whole, and brackets mean nothing.</summary>
    public void Line(string text = "") => Reports.Profile.Out.Writer.WriteLine(text);

    /// <summary>Writes a line with Spectre's markup.</summary>
    public void MarkupLine(string markup)
    {
        if (HasColors)
            Reports.MarkupLine(markup);
        else
            Line(Markup.Remove(markup).TrimEnd());
    }

    /// <summary>A table: with lines on a screen, as Markdown in a file.</summary>
    public Table NewTable(params ReadOnlySpan<string> columns)
    {
        var table = new Table { Border = IsInteractive ? TableBorder.Rounded : TableBorder.Markdown };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(column.EscapeMarkup()).NoWrap());
        for (var i = 1; i < columns.Length; i++)
            table.Columns[i].RightAligned();
        return table;
    }

    /// <summary>Writes a table.</summary>
    public void Write(Table table)
    {
        if (IsInteractive)
        {
            Reports.Write(table);
            return;
        }
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(text),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
        });
        console.Profile.Width = WidthOfFile;
        console.Write(table);
        foreach (var line in text.ToString().ReplaceLineEndings("\n").Split('\n'))
            if (!string.IsNullOrWhiteSpace(line)) // Spectre frames a Markdown table with lines of blanks
                Line(line.TrimEnd());
    }

    /// <summary>Writes a line while bars are shown, above them.</summary>
    public void LineAboveBars(string text) => Reports.WriteLine(text);
}
