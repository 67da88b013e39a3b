using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter;

/// <summary>One thing to show, in one or several MIME types: a front end takes the richest that it can draw.</summary>
public sealed class MimeBundle
{
    /// <summary>Makes a bundle.</summary>
    /// <param name="data">The content by MIME type: a string for text and for base64 images, JSON for JSON types.</param>
    /// <param name="metadata">What is said about the content, by MIME type; empty when null.</param>
    public MimeBundle(IReadOnlyDictionary<string, JsonNode> data, IReadOnlyDictionary<string, JsonNode>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Data = data;
        Metadata = metadata ?? new Dictionary<string, JsonNode>();
    }

    /// <summary>The content by MIME type.</summary>
    public IReadOnlyDictionary<string, JsonNode> Data { get; }

    /// <summary>What is said about the content, by MIME type.</summary>
    public IReadOnlyDictionary<string, JsonNode> Metadata { get; }

    /// <summary>A bundle of one text type, and of <c>text/plain</c> if <paramref name="plain"/> is given.</summary>
    /// <param name="mimeType">The MIME type of <paramref name="content"/>.</param>
    /// <param name="content">The content.</param>
    /// <param name="plain">What front ends that cannot draw it show instead.</param>
    public static MimeBundle Of(string mimeType, string content, string? plain = null)
    {
        Dictionary<string, JsonNode> data = new() { [mimeType] = JsonValue.Create(content) };
        if (plain is not null)
            data["text/plain"] = JsonValue.Create(plain);
        return new MimeBundle(data);
    }

    /// <summary>The text of a MIME type, or null if the bundle has none of that type.</summary>
    public string? Text(string mimeType) =>
        Data.TryGetValue(mimeType, out JsonNode? node) ? node is JsonValue value && value.TryGetValue(out string? text) ? text : node.ToJsonString() : null;
}
