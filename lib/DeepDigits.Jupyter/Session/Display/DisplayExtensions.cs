using DeepDigits.Jupyter;

// In `System`, as in other C# notebooks, so that a cell needs no `using` for them.
namespace System;

/// <summary>Shows values from within a cell.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows a value as the value of a cell would be shown.</summary>
    /// <param name="value">What to show.</param>
    /// <param name="mimeTypes">The MIME types wanted, for example <c>text/plain</c>; none means all that there are.</param>
    /// <returns>A handle by which it can be shown anew.</returns>
    public static DisplayedValue Display(this object? value, params string[] mimeTypes) =>
        DisplayedValue.Show(value, mimeTypes);

    /// <summary>Shows a text as content of a MIME type.</summary>
    /// <param name="value">The content: HTML, SVG, Markdown, JSON, base64 of an image and so on.</param>
    /// <param name="mimeType">What it is, for example <c>text/html</c> or <c>image/svg+xml</c>.</param>
    /// <returns>A handle by which it can be shown anew.</returns>
    public static DisplayedValue DisplayAs(this string value, string mimeType)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentException.ThrowIfNullOrEmpty(mimeType);
        return DisplayedValue.ShowAs(value, mimeType);
    }
}
