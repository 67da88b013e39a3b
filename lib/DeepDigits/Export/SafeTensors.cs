using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DeepDigits;

/// <summary>
/// Reads and writes safetensors files, the common format for the weights of neural networks: PyTorch, JAX, NumPy and many others read what
/// is written here.
/// </summary>
/// <remarks>
/// <para>The format (https://huggingface.co/docs/safetensors): 8 bytes with the length N of the header, little-endian; N bytes of JSON that
/// give each tensor's dtype, shape and data_offsets; then the elements of all tensors, row-major, little-endian, without a gap. Unlike a
/// pickle, such a file cannot run code.</para>
/// <para>Written are 32-bit floats (F32). The same tensors give the same bytes. Read are F32, and, converted to 32-bit floats, F64 and I64
/// (rounded to nearest), F16 and BF16 (exactly).</para>
/// <para>Files may come from anywhere, so reading trusts nothing: it takes no more than a small multiple of the file's true length in
/// memory, and refuses what the format forbids.</para>
/// </remarks>
public static class SafeTensors
{
    /// <summary>The longest header that the reference implementation reads.</summary>
    const int MaximumHeaderLength = 100_000_000;

    const int ChunkLength = 1 << 16;

    /// <summary>Writes tensors to a file, which appears whole or not at all.</summary>
    /// <param name="path">The file. Its folder is made if it is not there; a file of that name is replaced.</param>
    /// <param name="tensors">The tensors with their names. The data stand in this order.</param>
    /// <param name="metadata">Texts to keep with the tensors, written in the order of their keys.</param>
    /// <exception cref="ArgumentException">A name is used twice, is reserved (<c>__metadata__</c>), or is not valid Unicode.</exception>
    public static void Write(
        string path, IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var file = new AtomicFile(path);
        Write(file.Stream, tensors, metadata);
        file.Commit();
    }

    /// <summary>Writes tensors to a stream.</summary>
    /// <inheritdoc cref="Write(string, IReadOnlyList{ValueTuple{string, Tensor}}, IReadOnlyDictionary{string, string}?)"/>
    public static void Write(
        Stream stream, IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = HeaderOf(tensors, metadata);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        var chunk = new byte[ChunkLength];
        foreach (var (_, tensor) in tensors)
        {
            for (var done = 0; done < tensor.Length;)
            {
                var values = tensor.Values.Slice(done, Math.Min(ChunkLength / sizeof(float), tensor.Length - done));
                for (var i = 0; i < values.Length; i++)
                    BinaryPrimitives.WriteSingleLittleEndian(chunk.AsSpan(i * sizeof(float)), values[i]);
                stream.Write(chunk, 0, values.Length * sizeof(float));
                done += values.Length;
            }
        }
    }

    /// <summary>Reads all tensors of a file.</summary>
    /// <exception cref="ModelFormatException">The file is not safetensors, is damaged, or has elements that cannot be floats. The message
    /// names the tensor.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static SafeTensorsFile Read(string path)
    {
        // A writer may meanwhile put a new file in the place of this one; what is open stays readable.
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
        return Read(stream, path);
    }

    /// <summary>Reads all tensors from bytes in memory.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in error messages.</param>
    /// <exception cref="ModelFormatException">The bytes are not safetensors, or have elements that cannot be floats.</exception>
    public static SafeTensorsFile Read(byte[] bytes, string name) => Read(new MemoryStream(bytes, writable: false), name);

    /// <summary>Reads all tensors from a stream that knows its length, from its position to its end.</summary>
    /// <param name="stream">The content of a whole file.</param>
    /// <param name="name">What to call it in error messages.</param>
    /// <exception cref="ModelFormatException">The content is not safetensors, or has elements that cannot be floats.</exception>
    public static SafeTensorsFile Read(Stream stream, string name)
    {
        var left = stream.Length - stream.Position;
        if (left < sizeof(ulong))
            throw new ModelFormatException(name, "the header's length", "8 bytes", $"{left}", "The file is cut off; copy or export it again.");
        Span<byte> lengthBytes = stackalloc byte[sizeof(ulong)];
        stream.ReadExactly(lengthBytes);
        left -= sizeof(ulong);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > MaximumHeaderLength || length > (ulong)left)
            throw new ModelFormatException(name, "the header's length", $"at most {Math.Min(left, MaximumHeaderLength)} bytes", $"{length}",
                "The file is cut off, or it is not a safetensors file.");
        var json = new byte[length];
        stream.ReadExactly(json);
        var header = SafeTensorsHeader.Parse(json, left - json.Length, name);

        var tensors = new List<(string, Tensor)>(header.Entries.Count);
        var chunk = new byte[ChunkLength];
        foreach (var entry in header.Entries)
        {
            var tensor = Tensor.Uninitialized(entry.Shape);
            ReadValues(stream, entry.Type, tensor.Values, chunk);
            tensors.Add((entry.Name, tensor));
        }
        return new SafeTensorsFile(name, tensors, header.Metadata);
    }

    static void ReadValues(Stream stream, SafeTensorsHeader.ElementType type, Span<float> values, byte[] chunk)
    {
        var size = SafeTensorsHeader.SizeOf(type);
        while (!values.IsEmpty)
        {
            var part = values[..Math.Min(chunk.Length / size, values.Length)];
            var bytes = chunk.AsSpan(0, part.Length * size);
            stream.ReadExactly(bytes);
            for (var i = 0; i < part.Length; i++)
            {
                var element = bytes.Slice(i * size, size);
                part[i] = type switch
                {
                    SafeTensorsHeader.ElementType.F32 => BinaryPrimitives.ReadSingleLittleEndian(element),
                    SafeTensorsHeader.ElementType.F64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
                    SafeTensorsHeader.ElementType.I64 => BinaryPrimitives.ReadInt64LittleEndian(element),
                    SafeTensorsHeader.ElementType.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                    _ => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
                };
            }
            values = values[part.Length..];
        }
    }

    /// <summary>The JSON text, padded with spaces so that the data begin at a multiple of 8 bytes.</summary>
    static byte[] HeaderOf(IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        // The relaxed encoder writes Unicode as it is. What it does not do is make the text safe inside a web page.
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafeTensorsHeader.MetadataKey);
                foreach (var (key, text) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                    json.WriteString(Checked(key), Checked(text));
                json.WriteEndObject();
            }
            var names = new HashSet<string>(StringComparer.Ordinal);
            long offset = 0;
            foreach (var (name, tensor) in tensors)
            {
                if (name == SafeTensorsHeader.MetadataKey || !names.Add(name))
                {
                    var fault = name == SafeTensorsHeader.MetadataKey ? "reserved" : "used twice";
                    throw new ArgumentException($"The tensor name {SafeTensorsHeader.Quote(name)} is {fault}. Give every tensor a name of its own.",
                        nameof(tensors));
                }
                json.WriteStartObject(Checked(name));
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += (long)tensor.Length * sizeof(float));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        if (buffer.WrittenCount > MaximumHeaderLength)
        {
            throw new ArgumentException($"The names and texts fill {buffer.WrittenCount} bytes; readers accept {MaximumHeaderLength}.",
                nameof(tensors));
        }
        while (buffer.WrittenCount % 8 != 0)
            buffer.Write(" "u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A text that UTF-8 can express: without half of a surrogate pair.</summary>
    static string Checked(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
                i++;
            else if (char.IsSurrogate(text[i]))
                throw new ArgumentException($"The text {SafeTensorsHeader.Quote(text)} is not valid Unicode and cannot be written.");
        }
        return text;
    }
}
