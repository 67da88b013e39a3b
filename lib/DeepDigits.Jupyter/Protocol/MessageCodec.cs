using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace DeepDigits.Jupyter;

/// <summary>
/// Turns messages into frames and back, and vouches for them: identities, the delimiter <c>&lt;IDS|MSG&gt;</c>, the HMAC-SHA256 of the four
/// parts that follow, in hexadecimal digits; header, parent header, metadata and content as JSON; any buffers.
/// </summary>
/// <param name="key">The secret of the connection file. Empty: nothing is signed, and everything is believed.</param>
sealed class MessageCodec(string key)
{
    /// <summary>How many signatures are remembered; a message is refused when its signature has been seen among the last so many.</summary>
    internal const int SignaturesRemembered = 1 << 20;

    static readonly byte[] delimiterFrame = "<IDS|MSG>"u8.ToArray();
    static readonly byte[] emptyObject = "{}"u8.ToArray();

    readonly byte[] key = Encoding.UTF8.GetBytes(key);
    readonly Lock gate = new();
    readonly HashSet<ulong> seen = [];
    readonly Queue<ulong> seenInOrder = [];

    /// <summary>Names this kernel's run in the header of every message that it sends.</summary>
    public string Session { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Reads a message and checks its signature.</summary>
    /// <param name="sender">The identity that the socket knows the sender by.</param>
    /// <param name="frames">What the sender sent.</param>
    /// <exception cref="MessageException">The message is malformed, its signature is wrong, or it was received before.</exception>
    public JupyterMessage Decode(byte[] sender, IReadOnlyList<byte[]> frames)
    {
        int delimiter = 0;
        while (delimiter < frames.Count && !frames[delimiter].AsSpan().SequenceEqual(delimiterFrame))
        {
            delimiter++;
        }
        if (frames.Count - delimiter < 6)
        {
            throw new MessageException("A message needs the delimiter <IDS|MSG>, a signature and four parts of JSON.");
        }
        byte[] header = frames[delimiter + 2];
        CheckSignature(frames[delimiter + 1], Sign(header, frames[delimiter + 3], frames[delimiter + 4], frames[delimiter + 5]));
        JsonObject fields = Parse(header, "header");
        // The other parts must be objects too, though nothing here needs what they say.
        Parse(frames[delimiter + 3], "parent header");
        Parse(frames[delimiter + 4], "metadata");
        return new JupyterMessage
        {
            Identities = [sender, .. frames.Take(delimiter)],
            Header = header,
            Id = HeaderText(fields, "msg_id"),
            Type = HeaderText(fields, "msg_type"),
            Content = Parse(frames[delimiter + 5], "content"),
        };
    }

    /// <summary>Makes the frames of a new message.</summary>
    /// <param name="identities">The way to the receiver, or the topic of a publication.</param>
    /// <param name="type">For instance <c>execute_reply</c>.</param>
    /// <param name="parentHeader">The header of the request that this is an answer to, as it came; null if it is none.</param>
    /// <param name="content">What is said.</param>
    public byte[][] Encode(IReadOnlyList<byte[]> identities, string type, byte[]? parentHeader, JsonObject content)
    {
        var header = new JsonObject
        {
            ["msg_id"] = Guid.NewGuid().ToString("N"),
            ["msg_type"] = type,
            ["username"] = "kernel",
            ["session"] = Session,
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            ["version"] = JupyterKernel.ProtocolVersion,
        };
        byte[] headerBytes = JsonSerializer.SerializeToUtf8Bytes(header, JsonText.Compact);
        byte[] contentBytes = JsonSerializer.SerializeToUtf8Bytes(content, JsonText.Compact);
        parentHeader ??= emptyObject;
        byte[] signature = Sign(headerBytes, parentHeader, emptyObject, contentBytes);
        return [.. identities, delimiterFrame, signature, headerBytes, parentHeader, emptyObject, contentBytes];
    }

    byte[] Sign(byte[] header, byte[] parentHeader, byte[] metadata, byte[] content)
    {
        if (key.Length == 0)
        {
            return [];
        }
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(header);
        hmac.AppendData(parentHeader);
        hmac.AppendData(metadata);
        hmac.AppendData(content);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hmac.GetHashAndReset()));
    }

    void CheckSignature(byte[] signature, byte[] expected)
    {
        if (key.Length == 0)
        {
            return;
        }
        if (!CryptographicOperations.FixedTimeEquals(signature, expected))
        {
            throw new MessageException("The signature is wrong: the message does not come from who has the key.");
        }
        // 64 of the 256 bits tell a million messages apart: two that differ agree in them about once in 10^7 kernels of that age.
        ulong mark = ulong.Parse(Encoding.ASCII.GetString(signature, 0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        lock (gate)
        {
            if (!seen.Add(mark))
            {
                throw new MessageException("The message was received before: somebody replays it.");
            }
            seenInOrder.Enqueue(mark);
            if (seenInOrder.Count > SignaturesRemembered)
            {
                seen.Remove(seenInOrder.Dequeue());
            }
        }
    }

    static JsonObject Parse(byte[] json, string part)
    {
        try
        {
            if (!Utf8.IsValid(json))
            {
                throw new MessageException($"The {part} is not valid UTF-8.");
            }
            return JsonNode.Parse(json, documentOptions: JsonText.Strict) as JsonObject
                ?? throw new MessageException($"The {part} is not a JSON object.");
        }
        catch (JsonException e)
        {
            throw new MessageException($"The {part} is not valid JSON: {e.Message}");
        }
    }

    static string HeaderText(JsonObject header, string name)
    {
        try
        {
            return header[name] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0
                ? text
                : throw new MessageException($"The header has no '{name}'.");
        }
        catch (InvalidOperationException)
        {
            throw new MessageException($"The header's '{name}' is not valid text.");
        }
    }
}
