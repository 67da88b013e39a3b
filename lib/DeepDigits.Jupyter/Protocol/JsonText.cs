using System.Text.Encodings.Web;
using System.Text.Json;

namespace DeepDigits.Jupyter;

/// <summary>How JSON is written here: text as it is, not escaped beyond need.</summary>
static class JsonText
{
    /// <summary>On one line.</summary>
    public static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For people to read.</summary>
    public static readonly JsonSerializerOptions Indented = new(Compact) { WriteIndented = true, NewLine = "\n" };

    /// <summary>A name that occurs twice would mean one thing to one reader, another to the next.</summary>
    public static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 128 };
}
