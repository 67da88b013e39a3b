using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter;

/// <summary>
/// Where in the text of a file each JSON value stands, down to a certain depth. With it, what has not been changed can be written back as
/// the very bytes that were read: number formats, escapes, spaces and the order of keys stay as they were.
/// </summary>
sealed class JsonSource
{
    /// <summary>Deep enough for notebook, cells, cell, outputs, output, data and the single MIME types.</summary>
    const int Depth = 7;

    readonly byte[] text;

    JsonSource(byte[] text, int start) => (this.text, Start) = (text, start);

    /// <summary>Index of the value's first byte.</summary>
    public int Start { get; }

    /// <summary>Index of the first byte after the value.</summary>
    public int End { get; private set; }

    /// <summary>What sort of value it is.</summary>
    public JsonTokenType Kind { get; private set; }

    /// <summary>The values of an object's properties, in the order of the text; null for other values, and below the depth.</summary>
    public List<KeyValuePair<string, JsonSource>>? Properties { get; private set; }

    /// <summary>The values of an array; null for other values, and below the depth.</summary>
    public List<JsonSource>? Items { get; private set; }

    /// <summary>The bytes of the value.</summary>
    public ReadOnlySpan<byte> Text => text.AsSpan(Start, End - Start);

    /// <summary>The value as it was read, anew on every call.</summary>
    public JsonNode? Parse() => JsonNode.Parse(Text, documentOptions: JsonText.Strict);

    /// <summary>The value of a property as it stands in the text, or null.</summary>
    public JsonSource? Property(string name) => Properties?.Find(property => property.Key == name).Value;

    /// <summary>Finds all values.</summary>
    /// <param name="text">UTF-8 JSON that is known to be valid.</param>
    /// <param name="offset">Where the JSON begins: after a byte order mark.</param>
    public static JsonSource Read(byte[] text, int offset)
    {
        var reader = new Utf8JsonReader(text.AsSpan(offset), new JsonReaderOptions { MaxDepth = JsonText.Strict.MaxDepth });
        reader.Read();
        return Read(ref reader, text, offset, Depth);
    }

    static JsonSource Read(ref Utf8JsonReader reader, byte[] text, int offset, int depth)
    {
        var source = new JsonSource(text, offset + (int)reader.TokenStartIndex) { Kind = reader.TokenType };
        if (depth > 0 && reader.TokenType == JsonTokenType.StartObject)
        {
            source.Properties = [];
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                source.Properties.Add(KeyValuePair.Create(name, Read(ref reader, text, offset, depth - 1)));
            }
        }
        else if (depth > 0 && reader.TokenType == JsonTokenType.StartArray)
        {
            source.Items = [];
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                source.Items.Add(Read(ref reader, text, offset, depth - 1));
            }
        }
        else
        {
            reader.Skip();
        }
        source.End = offset + (int)reader.BytesConsumed;
        return source;
    }
}
