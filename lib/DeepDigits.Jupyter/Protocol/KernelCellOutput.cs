using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter;

/// <summary>Publishes what a cell puts out, in the name of the request that started it.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="request">The request.</param>
/// <param name="mayAskForInput">Whether the client can be asked for a line of input.</param>
sealed class KernelCellOutput(JupyterKernel kernel, JupyterMessage request, bool mayAskForInput) : ICellOutput
{
    /// <summary>Longer texts are sent in several messages, which clients put together again; so none has to hold all of it at once.</summary>
    const int LongestText = 1 << 20;

    public void Write(OutputStream stream, string text)
    {
        string name = stream == OutputStream.Stdout ? "stdout" : "stderr";
        for (int at = 0; at < text.Length;)
        {
            int length = Math.Min(LongestText, text.Length - at);
            if (at + length < text.Length && char.IsHighSurrogate(text[at + length - 1]))
            {
                length--;
            }
            kernel.Publish("stream", request, new JsonObject { ["name"] = name, ["text"] = text.Substring(at, length) }, waitForRoom: true);
            at += length;
        }
    }

    public void Display(MimeBundle bundle, string? displayId) =>
        kernel.Publish("display_data", request, Content(bundle, displayId), waitForRoom: true);

    public void Update(MimeBundle bundle, string displayId) =>
        kernel.Publish("update_display_data", request, Content(bundle, displayId), waitForRoom: true);

    public void Clear(bool wait) => kernel.Publish("clear_output", request, new JsonObject { ["wait"] = wait });

    public string? ReadLine(string prompt, bool password, CancellationToken cancellation) => mayAskForInput
        ? kernel.AskForInput(request, prompt, password, cancellation)
        : throw new InvalidOperationException(InputNotPossible);

    /// <summary>What a cell is told that asks for input where nobody can be asked.</summary>
    public const string InputNotPossible = "The cell asks for input, but nobody is there to be asked: the notebook is run without a user.";

    /// <summary>Data and metadata of a bundle, as <c>display_data</c> and its kin carry them.</summary>
    public static JsonObject Content(MimeBundle bundle, string? displayId = null)
    {
        var content = new JsonObject { ["data"] = ToJson(bundle.Data), ["metadata"] = ToJson(bundle.Metadata) };
        content["transient"] = displayId is null ? new JsonObject() : new JsonObject { ["display_id"] = displayId };
        return content;
    }

    /// <summary>A dictionary as a JSON object.</summary>
    public static JsonObject ToJson(IReadOnlyDictionary<string, JsonNode> entries) =>
        new(entries.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, entry.Value.DeepClone())));
}
