using System.Net;

namespace DeepDigits.Jupyter;

/// <summary>HTML to be shown as such.</summary>
/// <param name="content">The HTML; nothing in it is escaped.</param>
public sealed class Html(string content)
{
    /// <summary>The HTML.</summary>
    public string ToHtml() => content;

    /// <summary>The HTML.</summary>
    public override string ToString() => content;

    /// <summary>Text so written that HTML shows it as it is.</summary>
    internal static string Escape(string text) => WebUtility.HtmlEncode(text);
}
