using System.Globalization;
using System.Text;
using Spectre.Console;

namespace DeepDigits.Cli;

/// <summary>
/// Draws an image with characters. Two rows of pixels make one line, as characters are twice as high as wide: with colours by the half
/// block, whose upper half is one pixel and whose lower half another; without them by characters of more and less ink.
/// </summary>
static class DigitDrawing
{
    const string Ramp = " .:-=+*#%@";

    /// <summary>The lines of a drawing, as Spectre's markup.</summary>
    /// <param name="pixels">Row by row, from 0 (black) to 1 (white).</param>
    /// <param name="width">The pixels of a row.</param>
    /// <param name="colors">Whether to draw with colours.</param>
    public static string[] Lines(ReadOnlySpan<float> pixels, int width, bool colors)
    {
        var height = pixels.Length / width;
        var lines = new string[(height + 1) / 2];
        for (var i = 0; i < lines.Length; i++)
        {
            var upper = pixels.Slice(2 * i * width, width);
            var lower = 2 * i + 1 < height ? pixels.Slice((2 * i + 1) * width, width) : new float[width];
            lines[i] = colors ? HalfBlocks(upper, lower) : Characters(upper, lower);
        }
        return lines;
    }

    static string HalfBlocks(ReadOnlySpan<float> upper, ReadOnlySpan<float> lower)
    {
        var line = new StringBuilder();
        for (var x = 0; x < upper.Length; x++)
            line.Append(CultureInfo.InvariantCulture, $"[#{Grey(upper[x])} on #{Grey(lower[x])}]▀[/]");
        return line.ToString();

        static string Grey(float level)
        {
            var number = (int)(255 * Math.Clamp(level, 0, 1) + 0.5f);
            return $"{number:x2}{number:x2}{number:x2}";
        }
    }

    static string Characters(ReadOnlySpan<float> upper, ReadOnlySpan<float> lower)
    {
        var line = new char[upper.Length];
        for (var x = 0; x < line.Length; x++)
            line[x] = Ramp[(int)(Math.Clamp((upper[x] + lower[x]) / 2, 0, 1) * (Ramp.Length - 1) + 0.5f)];
        return new string(line).EscapeMarkup();
    }
}
