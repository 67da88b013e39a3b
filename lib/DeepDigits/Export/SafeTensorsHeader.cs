using System.Text;
using System.Text.Json;

namespace DeepDigits;

/// <summary>
/// The JSON header of a safetensors file: for each tensor its type, its shape and where its data begin and end, counted from the header's
/// end. Parsing checks everything that can be known before a byte of data is read, so that memory is taken for true data only.
/// </summary>
sealed class SafeTensorsHeader
{
    /// <summary>The key of the texts about the file; no tensor may have this name.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>More dimensions than NumPy or PyTorch know.</summary>
    const int MaximumRank = 64;

    const string Damaged = "The file is damaged or was not written as safetensors; copy or export it again.";

    readonly string file;

    SafeTensorsHeader(string file) => this.file = file;

    /// <summary>One tensor as the header describes it.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Type">How its elements are stored.</param>
    /// <param name="Shape">The size of every dimension.</param>
    /// <param name="Begin">The first byte of its data.</param>
    /// <param name="End">The byte after the last of its data.</param>
    public sealed record Entry(string Name, ElementType Type, int[] Shape, long Begin, long End);

    /// <summary>How an element is stored, always in little-endian order.</summary>
    public enum ElementType
    {
        /// <summary>32-bit IEEE 754, as in a <see cref="Tensor"/>.</summary>
        F32,

        /// <summary>64-bit IEEE 754.</summary>
        F64,

        /// <summary>16-bit IEEE 754.</summary>
        F16,

        /// <summary>The upper 16 bits of an F32.</summary>
        BF16,

        /// <summary>A whole number of 64 bits with a sign: what PyTorch counts in.</summary>
        I64,
    }

    /// <summary>The tensors, in the order of their data.</summary>
    public List<Entry> Entries { get; } = [];

    /// <summary>The texts about the file.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The bytes that one element takes.</summary>
    public static int SizeOf(ElementType type) => type switch { ElementType.F32 => 4, ElementType.F64 or ElementType.I64 => 8, _ => 2 };

    /// <summary>Parses the JSON text of a header.</summary>
    /// <param name="json">The header without its length, perhaps padded with spaces.</param>
    /// <param name="dataLength">The number of bytes that follow the header.</param>
    /// <param name="file">The file's name, for error messages.</param>
    /// <exception cref="ModelFormatException">The header breaks a rule of the format.</exception>
    public static SafeTensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength, string file)
    {
        var header = new SafeTensorsHeader(file);
        try
        {
            header.ReadObject(json);
        }
        catch (JsonException error)
        {
            var place = $"line {error.LineNumber}, byte {error.BytePositionInLine}";
            throw new ModelFormatException(file, "the header", "an object in JSON", $"something else from {place} on", Damaged, error);
        }
        catch (InvalidOperationException error) // a text that is no valid Unicode
        {
            throw new ModelFormatException(file, "the header", "texts in Unicode", "an invalid character code", Damaged, error);
        }
        header.CheckOffsets(dataLength);
        return header;
    }

    /// <summary>A name from a file, fit for a message: short, and without control characters.</summary>
    public static string Quote(string name)
    {
        const int longest = 80;
        var text = new StringBuilder("'");
        foreach (var character in name.AsSpan(0, Math.Min(name.Length, longest)))
            text.Append(char.IsControl(character) || char.IsSurrogate(character) ? '?' : character);
        return text.Append(name.Length > longest ? "...'" : "'").ToString();
    }

    void ReadObject(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] != '{')
            throw Wrong("the header", "{ as its first character", json.IsEmpty ? "nothing" : $"byte 0x{json[0]:X2}");
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        var names = new HashSet<string>(StringComparer.Ordinal);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
                throw Wrong("the header", "every name once", $"{Quote(name)} twice");
            if (name == MetadataKey)
                ReadMetadata(ref reader);
            else
                Entries.Add(ReadEntry(ref reader, name));
        }
        reader.Read(); // to the end: refuses what stands behind the object
    }

    void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, MetadataKey, "an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, $"{MetadataKey} {Quote(key)}", "a text");
            if (!Metadata.TryAdd(key, reader.GetString()!))
                throw Wrong(MetadataKey, "every key once", $"{Quote(key)} twice");
        }
    }

    Entry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        var part = $"tensor {Quote(name)}";
        string? type = null;
        List<long>? shape = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, part, "an object with dtype, shape and data_offsets");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString();
            if (key switch { "dtype" => type is not null, "shape" => shape is not null, "data_offsets" => offsets is not null, _ => false })
                throw Wrong(part, "every key once", $"{key} twice");
            if (key == "dtype")
            {
                Expect(ref reader, JsonTokenType.String, part, "a text as dtype");
                type = reader.GetString();
            }
            else if (key == "shape")
                shape = ReadNumbers(ref reader, part, "shape", MaximumRank);
            else if (key == "data_offsets")
                offsets = ReadNumbers(ref reader, part, "data_offsets", 2);
            else
                throw Wrong(part, "the keys dtype, shape and data_offsets", Quote(key!));
        }
        if (type is null || shape is null || offsets is not [var begin, var end])
            throw Wrong(part, "dtype, shape and two data_offsets", "less");
        var elementType = type switch
        {
            "F32" => ElementType.F32,
            "F64" => ElementType.F64,
            "F16" => ElementType.F16,
            "BF16" => ElementType.BF16,
            "I64" => ElementType.I64,
            _ => throw new ModelFormatException(file, part, "elements of dtype F32, F64, F16, BF16 or I64", Quote(type),
                "Convert the tensor to F32 where it comes from, or leave it out of the file."),
        };
        long elements = 1;
        foreach (var size in shape)
        {
            elements *= size; // below 2^62: both factors are at most 2^31 - 1
            if (elements > Array.MaxLength)
                throw Wrong(part, $"at most {Array.MaxLength} elements", $"shape [{string.Join(", ", shape)}]");
        }
        if (end - begin != elements * SizeOf(elementType))
        {
            throw Wrong(part, $"{elements * SizeOf(elementType)} bytes for shape [{string.Join(", ", shape)}] of {type}",
                $"{end - begin} (bytes {begin} to {end})");
        }
        return new Entry(name, elementType, [.. shape.Select(size => (int)size)], begin, end);
    }

    List<long> ReadNumbers(ref Utf8JsonReader reader, string part, string key, int most)
    {
        var largest = key == "shape" ? int.MaxValue : long.MaxValue;
        Expect(ref reader, JsonTokenType.StartArray, part, $"a list as {key}");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0 || number > largest)
                throw Wrong(part, $"whole numbers from 0 to {largest} as {key}", Quote(Encoding.UTF8.GetString(reader.ValueSpan)));
            if (numbers.Count == most)
                throw Wrong(part, $"at most {most} numbers as {key}", "more");
            numbers.Add(number);
        }
        return numbers;
    }

    /// <summary>The data of the tensors must follow one another without a gap or an overlap, and fill the file to its end.</summary>
    void CheckOffsets(long dataLength)
    {
        var ordered = Entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End).ToList();
        long next = 0;
        foreach (var entry in ordered)
        {
            if (entry.Begin != next)
                throw Wrong($"tensor {Quote(entry.Name)}", $"data from byte {next}, where the tensor before it ends", $"byte {entry.Begin}");
            next = entry.End;
            if (next > dataLength)
                throw Wrong($"tensor {Quote(entry.Name)}", $"data up to byte {next}", $"only {dataLength} bytes");
        }
        if (next != dataLength)
            throw Wrong("the data", $"{next} bytes", $"{dataLength}");
        Entries.Clear();
        Entries.AddRange(ordered);
    }

    void Expect(ref Utf8JsonReader reader, JsonTokenType type, string part, string expected)
    {
        reader.Read();
        if (reader.TokenType != type)
            throw Wrong(part, expected, reader.TokenType.ToString());
    }

    ModelFormatException Wrong(string part, string expected, string found) => new(file, part, expected, found, Damaged);
}
