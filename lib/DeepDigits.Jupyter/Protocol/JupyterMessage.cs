using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter;

/// <summary>A message that was received, its signature checked.</summary>
sealed record JupyterMessage
{
    /// <summary>The way back: what a reply must be addressed with.</summary>
    public required IReadOnlyList<byte[]> Identities { get; init; }

    /// <summary>The header as it came. A reply repeats it as its parent header, byte for byte.</summary>
    public required byte[] Header { get; init; }

    /// <summary>The header's <c>msg_id</c>: different for each message.</summary>
    public required string Id { get; init; }

    /// <summary>The header's <c>msg_type</c>, for instance <c>execute_request</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What is asked.</summary>
    public required JsonObject Content { get; init; }

    /// <summary>The number of the message among all that the kernel received, in the order of arrival.</summary>
    public long Sequence { get; set; }

    /// <summary>A string of the content; null if there is none.</summary>
    /// <exception cref="MessageException">It is there, but it is not a string.</exception>
    public string? Text(string name) => Value<string>(name, "a string");

    /// <summary>A string that the content must have.</summary>
    /// <exception cref="MessageException">It is not there, or it is not a string.</exception>
    public string RequiredText(string name) => Text(name) ?? throw new MessageException($"{Type}: '{name}' is missing.");

    /// <summary>A truth value of the content.</summary>
    /// <exception cref="MessageException">It is there, but it is neither true nor false.</exception>
    public bool Flag(string name, bool otherwise) => Value<bool?>(name, "true or false") ?? otherwise;

    /// <summary>A whole number of the content; null if there is none.</summary>
    /// <exception cref="MessageException">It is there, but it is not a whole number.</exception>
    public int? Number(string name) => Value<int?>(name, "a whole number");

    T? Value<T>(string name, string expected)
    {
        try
        {
            return Content[name] switch
            {
                null => default,
                JsonValue value when value.TryGetValue(out T? result) => result,
                _ => throw new MessageException($"{Type}: '{name}' must be {expected}."),
            };
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, for instance.
            throw new MessageException($"{Type}: '{name}' is not valid text.");
        }
    }
}

/// <summary>A message is malformed, not signed as it should be, or was seen before. It is refused.</summary>
sealed class MessageException(string message) : Exception(message);
