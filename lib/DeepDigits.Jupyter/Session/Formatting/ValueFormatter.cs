using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter;

/// <summary>Turns any value into what a front end can show.</summary>
/// <remarks>
/// In this order: a ready <see cref="MimeBundle"/>; the formatters that the value's type names by the convention of .NET Interactive; a public
/// <c>string ToHtml()</c>; bytes of a PNG, JPEG, GIF or WebP image; text that is an SVG drawing; and otherwise plain text, with an HTML table
/// for objects, dictionaries and sequences of them.
/// </remarks>
static class ValueFormatter
{
    internal const string Plain = "text/plain";
    internal const string Html = "text/html";
    internal const string Svg = "image/svg+xml";
    internal const string Json = "application/json";

    /// <summary>Formats a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeTypes">The types wanted; none means all that there are.</param>
    internal static MimeBundle Format(object? value, params string[] mimeTypes)
    {
        MimeBundle all = FormatAll(value);
        if (mimeTypes.Length == 0)
            return all;
        Dictionary<string, JsonNode> wanted = [];
        foreach (string type in mimeTypes.Distinct())
        {
            wanted[type] = all.Data.TryGetValue(type, out JsonNode? content) ? content.DeepClone()
                : type == Json ? JsonOf(value)
                : type == Html ? JsonValue.Create($"<pre>{Jupyter.Html.Escape(PlainText.Of(value))}</pre>")
                : JsonValue.Create(PlainText.Of(value));
        }

        return new MimeBundle(wanted, all.Metadata);
    }

    /// <summary>Content of a known type, with a plain text beside it for front ends that cannot draw it.</summary>
    internal static MimeBundle OfType(string mimeType, string content)
    {
        if (mimeType == Plain)
            return MimeBundle.Of(Plain, content);
        if (mimeType == Json || mimeType.EndsWith("+json", StringComparison.Ordinal))
        {
            try
            {
                if (JsonNode.Parse(content) is { } json)
                    return new MimeBundle(new Dictionary<string, JsonNode> { [mimeType] = json, [Plain] = JsonValue.Create(content) });
            }
            catch (JsonException)
            {
                // Not JSON after all: shown as the text that it is.
            }
        }

        return MimeBundle.Of(mimeType, content, plain: mimeType.StartsWith("image/", StringComparison.Ordinal) && mimeType != Svg ? $"[{mimeType}]" : content);
    }

    static MimeBundle FormatAll(object? value)
    {
        switch (value)
        {
            case null:
                return MimeBundle.Of(Plain, "<null>");
            case MimeBundle bundle:
                return bundle;
            case string text when IsSvg(text):
                return MimeBundle.Of(Svg, text, plain: text);
            case string text:
                return MimeBundle.Of(Plain, text);
            case byte[] bytes when ImageType(bytes) is { } type:
                return Image(type, bytes);
            case ReadOnlyMemory<byte> memory when ImageType(memory.Span) is { } type:
                return Image(type, memory.Span);
        }

        if (TypeFormatterConvention.TryFormat(value) is { } formatted)
        {
            Dictionary<string, JsonNode> data = formatted.ToDictionary(each => each.Key, each => ContentOf(each.Key, each.Value));
            data.TryAdd(Plain, JsonValue.Create(PlainText.Of(value)));
            return new MimeBundle(data);
        }

        if (HtmlOf(value) is { } html)
            return MimeBundle.Of(Html, html, PlainText.Of(value));
        string plain = PlainText.Of(value);
        return HtmlTable.TryMake(value) is { } table ? MimeBundle.Of(Html, table, plain) : MimeBundle.Of(Plain, plain);
    }

    static JsonNode ContentOf(string mimeType, string content) => OfType(mimeType, content).Data[mimeType].DeepClone();

    /// <summary>What a public instance method <c>string ToHtml()</c> gives, if there is one.</summary>
    internal static string? HtmlOf(object value)
    {
        MethodInfo? method = value.GetType().GetMethod("ToHtml", BindingFlags.Public | BindingFlags.Instance, []);
        return method is null || method.ReturnType != typeof(string)
            ? null
            : (string?)method.Invoke(value, BindingFlags.DoNotWrapExceptions, null, null, null);
    }

    static bool IsSvg(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        if (trimmed.StartsWith("<?xml"))
            trimmed = trimmed[Math.Min(trimmed.Length, trimmed.IndexOf("?>") + 2)..].TrimStart();
        return trimmed.StartsWith("<svg") && trimmed.EndsWith("</svg>");
    }

    static string? ImageType(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) ? "image/png"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : bytes.StartsWith("GIF8"u8) ? "image/gif"
        : bytes.Length > 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8) ? "image/webp"
        : null;

    static MimeBundle Image(string type, ReadOnlySpan<byte> bytes) =>
        MimeBundle.Of(type, Convert.ToBase64String(bytes), plain: $"[{type}, {bytes.Length:N0} bytes]");

    static JsonNode JsonOf(object? value)
    {
        try
        {
            return JsonSerializer.SerializeToNode(value) ?? JsonValue.Create("null");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException)
        {
            return JsonValue.Create(PlainText.Of(value));
        }
    }
}
