namespace DeepDigits.Jupyter;

/// <summary>Cursor positions: Jupyter counts Unicode code points, .NET counts UTF-16 units. They differ after an emoji.</summary>
static class CodePoints
{
    /// <summary>The UTF-16 index that so many code points of the text come before. Positions beyond the text mean its end.</summary>
    public static int ToUtf16(string text, int codePoints)
    {
        int at = 0;
        while (codePoints > 0 && at < text.Length)
        {
            at += char.IsSurrogatePair(text, at) ? 2 : 1;
            codePoints--;
        }
        return at;
    }

    /// <summary>The number of code points before a UTF-16 index.</summary>
    public static int FromUtf16(string text, int index)
    {
        int count = 0;
        for (int at = 0; at < Math.Min(index, text.Length); count++)
        {
            at += char.IsSurrogatePair(text, at) ? 2 : 1;
        }
        return count;
    }
}
