using System.Globalization;
using System.Text;

namespace DeepDigits;

/// <summary>Text and numbers in charts: how wide they are, and how they are written, the same in every culture.</summary>
static class ChartText
{
    /// <summary>
    /// How wide a text will be in a sans-serif font, in the unit of the font's size. An estimate on the safe side: which font a reader has, nobody
    /// knows.
    /// </summary>
    public static double Width(string text, double fontSize)
    {
        var width = 0.0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += rune.Value switch
            {
                'i' or 'j' or 'l' or '.' or ',' or ':' or ';' or '\'' or '|' or '!' or 'I' or ' ' => 0.3,
                'f' or 't' or 'r' or '(' or ')' or '[' or ']' or '/' or '-' or '"' => 0.4,
                'm' or 'w' or 'M' or 'W' or '@' or '%' => 0.95,
                >= '0' and <= '9' => 0.64,
                >= 'A' and <= 'Z' => 0.72,
                < 0x1100 => 0.58,
                _ => 1.0,
            };
        }
        return width * fontSize;
    }

    /// <summary>The text, cut with an ellipsis if it is wider than that.</summary>
    public static string Fit(string text, double width, double fontSize)
    {
        if (Width(text, fontSize) <= width)
            return text;
        var length = text.Length;
        while (length > 1 && Width(text[..length] + "…", fontSize) > width)
            length -= length > 2 && char.IsLowSurrogate(text[length - 1]) ? 2 : 1;
        return text[..length].TrimEnd() + "…";
    }

    /// <summary>The text in lines no wider than that, broken at spaces; what does not fit on the last line is cut.</summary>
    public static IReadOnlyList<string> Wrap(string text, double width, double fontSize, int mostLines)
    {
        List<string> lines = [];
        var rest = text.Trim();
        while (rest.Length > 0)
        {
            if (lines.Count == mostLines - 1 || Width(rest, fontSize) <= width)
            {
                lines.Add(Fit(rest, width, fontSize));
                break;
            }
            var end = rest.IndexOf(' ');
            for (var next = end; next > 0 && Width(rest[..next], fontSize) <= width; next = rest.IndexOf(' ', next + 1))
                end = next;
            if (end < 0)
                end = rest.Length;
            lines.Add(Fit(rest[..end], width, fontSize));
            rest = rest[end..].TrimStart();
        }
        return lines;
    }

    /// <summary>One line of text that may stand in XML and JSON: what is not allowed there is replaced.</summary>
    public static string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // half of a surrogate pair comes out as U+FFFD
        {
            if (rune.Value is '\n' or '\r' or '\t')
                clean.Append(' ');
            else if (rune.Value is < 0x20 or 0x7F or 0xFFFE or 0xFFFF)
                clean.Append('\uFFFD');
            else
                clean.Append(rune);
        }
        return clean.ToString();
    }

    /// <summary>A number for people: four significant digits, "97.83 %" for a share, "60,000" for a large one.</summary>
    public static string Number(double value, bool isShare) =>
        double.IsNaN(value) ? "not a number"
        : isShare ? (100 * value).ToString("0.##", CultureInfo.InvariantCulture) + " %"
        : Math.Abs(value) is 0 or (>= 1e-3 and < 1e6) ? Significant(value)
        : value.ToString("0.###e0", CultureInfo.InvariantCulture);

    /// <summary>A number beside others that commas separate, as in a pair of coordinates: so without commas of its own.</summary>
    public static string Coordinate(double value, bool isShare) => Number(value, isShare).Replace(",", "", StringComparison.Ordinal);

    /// <summary>Shares as percentages with as many decimals as the longest of them needs, two at most: 97.71 % and 98.00 %.</summary>
    public static Func<double, string> Percentages(IEnumerable<double> shares)
    {
        var decimals = 0;
        foreach (var share in shares.Where(double.IsFinite))
            while (decimals < 2 && Math.Abs(Math.Round(100 * share, decimals) - 100 * share) > 0.005)
                decimals++;
        return share => double.IsFinite(share) ? (100 * share).ToString("F" + decimals, CultureInfo.InvariantCulture) + " %" : Number(share, isShare: true);
    }

    /// <summary>A whole number as "60,000".</summary>
    public static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    static string Significant(double value)
    {
        if (value == Math.Floor(value))
            return value.ToString("#,0", CultureInfo.InvariantCulture);
        var digits = Math.Clamp(3 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 7);
        return Math.Round(value, digits).ToString("#,0.#######", CultureInfo.InvariantCulture);
    }
}
