using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter;

/// <summary>What a cell of a notebook is.</summary>
public enum CellKind
{
    /// <summary>Code to be run.</summary>
    Code,

    /// <summary>Text in Markdown.</summary>
    Markdown,

    /// <summary>Text for other tools.</summary>
    Raw,

    /// <summary>Something that a later version of the format may define. It is kept as it is.</summary>
    Other,
}

/// <summary>A cell of a notebook. What this class has no name for is kept as it was read.</summary>
public sealed class NotebookCell
{
    internal NotebookCell(JsonObject json, JsonSource? origin)
    {
        Json = json;
        Origin = origin;
    }

    /// <summary>The whole cell as nbformat defines it.</summary>
    internal JsonObject Json { get; }

    /// <summary>Where the cell stands in the file that it was read from; null for a new cell.</summary>
    internal JsonSource? Origin { get; }

    /// <summary>A new code cell that has not been run.</summary>
    /// <param name="source">The code.</param>
    /// <param name="tags">Tags, for instance <c>parameters</c>.</param>
    public static NotebookCell Code(string source, params IReadOnlyList<string> tags)
    {
        var cell = new NotebookCell(
            new JsonObject
            {
                ["cell_type"] = "code",
                ["execution_count"] = null,
                ["metadata"] = new JsonObject(),
                ["outputs"] = new JsonArray(),
                ["source"] = source,
            },
            null);
        if (tags.Count > 0)
        {
            cell.Metadata["tags"] = new JsonArray([.. tags.Select(tag => JsonValue.Create(tag))]);
        }
        return cell;
    }

    /// <summary>A new cell of text.</summary>
    public static NotebookCell Markdown(string source) =>
        new(new JsonObject { ["cell_type"] = "markdown", ["metadata"] = new JsonObject(), ["source"] = source }, null);

    /// <summary>What the cell is.</summary>
    public CellKind Kind => (Json["cell_type"] as JsonValue)?.GetValueKind() == JsonValueKind.String
        ? (string)Json["cell_type"]! switch { "code" => CellKind.Code, "markdown" => CellKind.Markdown, "raw" => CellKind.Raw, _ => CellKind.Other }
        : CellKind.Other;

    /// <summary>The cell's id, unique in its notebook; null where a notebook older than version 4.5 gives none.</summary>
    public string? Id
    {
        get => MultilineText.Join(Json["id"]);
        set => Json["id"] = value;
    }

    /// <summary>The cell's text. Lines end with <c>\n</c>.</summary>
    public string Source
    {
        get => MultilineText.Join(Json["source"]) ?? "";
        set
        {
            if (value != Source)
            {
                Json["source"] = value;
            }
        }
    }

    /// <summary>The cell's metadata, created if there is none.</summary>
    public JsonObject Metadata
    {
        get
        {
            if (Json["metadata"] is not JsonObject metadata)
            {
                Json["metadata"] = metadata = [];
            }
            return metadata;
        }
    }

    /// <summary>The cell's tags.</summary>
    public IReadOnlyList<string> Tags =>
        [.. ((Json["metadata"] as JsonObject)?["tags"] as JsonArray ?? []).Select(MultilineText.Join).OfType<string>()];

    /// <summary>
    /// The language that the cell's metadata names, as .NET Interactive's notebooks do; null if it names none and the notebook's
    /// language holds.
    /// </summary>
    public string? Language
    {
        get
        {
            var metadata = Json["metadata"] as JsonObject;
            return MultilineText.Join((metadata?["polyglot_notebook"] as JsonObject)?["kernelName"])
                ?? MultilineText.Join((metadata?["dotnet_interactive"] as JsonObject)?["language"])
                ?? MultilineText.Join(((metadata?["vscode"] as JsonObject)?["languageId"]));
        }
    }

    /// <summary>The number that the cell was run as, counted from 1; null if it has not been run.</summary>
    public int? ExecutionCount
    {
        get => Json["execution_count"] is JsonValue value && value.TryGetValue(out int count) ? count : null;
        set
        {
            if (value != ExecutionCount || !Json.ContainsKey("execution_count"))
            {
                Json["execution_count"] = value;
            }
        }
    }

    /// <summary>The outputs of a code cell, each as nbformat defines it.</summary>
    public IReadOnlyList<JsonObject> Outputs => [.. (Json["outputs"] as JsonArray ?? []).OfType<JsonObject>()];

    /// <summary>Replaces all outputs of a code cell.</summary>
    /// <param name="outputs">Objects as nbformat defines them; they are copied.</param>
    public void SetOutputs(IEnumerable<JsonObject> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        Json["outputs"] = new JsonArray([.. outputs.Select(output => output.DeepClone())]);
    }

    /// <summary>All that a reader of plain text would see below the cell: streams, <c>text/plain</c> values, and error messages.</summary>
    public string OutputText
    {
        get
        {
            var text = new StringBuilder();
            foreach (JsonObject output in Outputs)
            {
                text.Append(
                    MultilineText.Join(output["text"])
                    ?? MultilineText.Join((output["data"] as JsonObject)?["text/plain"])
                    ?? (output["ename"] is { } name ? $"{MultilineText.Join(name)}: {MultilineText.Join(output["evalue"])}\n" : ""));
            }
            return text.ToString();
        }
    }
}
