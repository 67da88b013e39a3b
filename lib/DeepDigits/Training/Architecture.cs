using System.Buffers;
using System.Text;
using System.Text.Json;

namespace DeepDigits;

/// <summary>What a network is made of, as data: the shape of its input and its layers in order. Model files and checkpoints hold it as
/// JSON.</summary>
/// <param name="InputShape">The shape of one example.</param>
/// <param name="Layers">The layers, from the input to the output.</param>
public sealed record Architecture(IReadOnlyList<int> InputShape, IReadOnlyList<LayerDescription> Layers)
{
    const int MostLayers = 1_000, MostDimensions = 8;

    /// <summary>The network of this architecture, with newly drawn weights.</summary>
    /// <exception cref="ArgumentException">A layer is of an unknown kind, or its settings are missing, wrong or out of range.</exception>
    /// <exception cref="ShapeException">The layers do not fit one another.</exception>
    public Sequential Build(int seed) => Build(seed, long.MaxValue);

    internal Sequential Build(int seed, long parameterBudget)
    {
        var network = new Sequential([.. Layers.Select(LayerCatalog.Make)]);
        network.BuildWithin(parameterBudget, [.. InputShape], seed);
        return network;
    }

    /// <summary>The architecture as JSON: {"input":[28,28,1],"layers":[{"kind":"flatten"},{"kind":"dense","units":10,"initializer":"he
    /// normal"}]}.</summary>
    public string ToJson()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("input");
            foreach (var size in InputShape)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            json.WriteStartArray("layers");
            foreach (var layer in Layers)
            {
                json.WriteStartObject();
                json.WriteString("kind", layer.Kind);
                foreach (var (name, value) in layer.Settings)
                {
                    json.WritePropertyName(name);
                    JsonSerializer.Serialize(json, value, value.GetType());
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">The text is not JSON, or not of that form.</exception>
    public static Architecture FromJson(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            var root = document.RootElement;
            var shape = root.GetProperty("input").EnumerateArray().Select(size => size.GetInt32()).ToArray();
            var layers = root.GetProperty("layers").EnumerateArray().Select(Layer).ToArray();
            if (shape.Length is 0 or > MostDimensions || shape.Any(size => size < 1))
                throw new FormatException($"The input shape must have 1 to {MostDimensions} sizes of at least 1, but it is {Tensor.Format(shape)}.");
            if (layers.Length is 0 or > MostLayers)
                throw new FormatException($"There must be 1 to {MostLayers} layers, but there are {layers.Length}.");
            return new Architecture(shape, layers);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"The architecture is not JSON of the form {{\"input\":[28,28,1],\"layers\":[{{\"kind\":\"dense\",...}}]}}: {error.Message}", error);
        }
    }

    static LayerDescription Layer(JsonElement layer) => new(
        layer.GetProperty("kind").GetString() ?? throw new FormatException("A layer has no kind."),
        [.. layer.EnumerateObject().Where(setting => setting.Name != "kind").Select(setting => (setting.Name, Value(setting.Value)))]);

    static object Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        _ => throw new FormatException($"A layer's setting must be a text, a number, true or false, but it is {value.GetRawText()}."),
    };
}
