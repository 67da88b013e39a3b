using Spectre.Console;

namespace DeepDigits.Cli;

/// <summary>Draws the probabilities of an image's classes as bars, the likeliest emphasized.</summary>
static class ProbabilityBars
{
    const int Width = 30;
    const string Eighths = " ▏▎▍▌▋▊▉█";

    /// <summary>A line for each class, as Spectre's markup.</summary>
    /// <param name="names">What the classes are called.</param>
    /// <param name="probabilities">One for each class.</param>
    /// <param name="predicted">The class to emphasize.</param>
    /// <param name="blocks">Whether block characters can be drawn; else the bars are made of number signs.</param>
    public static string[] Lines(IReadOnlyList<string> names, ReadOnlySpan<float> probabilities, int predicted, bool blocks)
    {
        var nameWidth = names.Max(name => name.Length);
        var lines = new string[probabilities.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            var bar = (blocks ? Blocks(probabilities[i]) : new string('#', (int)(Width * probabilities[i] + 0.5f))).PadRight(Width);
            var line = $"{names[i].PadLeft(nameWidth).EscapeMarkup()} {bar} {Numbers.Percent(probabilities[i]),8}";
            lines[i] = i == predicted ? $"[bold green]{line}[/]" : line;
        }
        return lines;
    }

    static string Blocks(float probability)
    {
        var eighths = (int)(8 * Width * probability + 0.5f);
        return new string(Eighths[8], eighths / 8) + (eighths % 8 == 0 ? "" : Eighths[eighths % 8]);
    }
}
