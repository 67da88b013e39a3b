using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter;

/// <summary>nbformat writes texts of several lines as a list of lines or as one string; both mean the same.</summary>
static class MultilineText
{
    /// <summary>The text as one string; null if the value is not a text.</summary>
    public static string? Join(JsonNode? value) => value switch
    {
        JsonValue single when single.GetValueKind() == JsonValueKind.String => single.GetValue<string>(),
        JsonArray lines when lines.All(line => line?.GetValueKind() == JsonValueKind.String) => string.Concat(lines.Select(line => (string?)line)),
        _ => null,
    };

    /// <summary>The lines of a text, each with its line end.</summary>
    public static IEnumerable<string> Split(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            int end = text.IndexOf('\n', at) is var found and >= 0 ? found + 1 : text.Length;
            yield return text[at..end];
            at = end;
        }
    }
}
