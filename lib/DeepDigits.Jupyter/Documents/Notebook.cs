using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace DeepDigits.Jupyter;

/// <summary>
/// A notebook file (.ipynb): nbformat 4.0 to 4.5 is read, and what was changed is written as 4.5. All that was not changed is written
/// back byte by byte as it was read, so that a difference between two versions shows what changed and nothing else.
/// </summary>
/// <remarks>The format: nbformat.readthedocs.io, "The Notebook file format".</remarks>
public sealed class Notebook
{
    const int WrittenMinor = 5;
    static readonly byte[] byteOrderMark = [0xEF, 0xBB, 0xBF];

    readonly JsonObject root;
    readonly byte[]? original;
    readonly JsonSource? origin;
    readonly List<NotebookCell> originalCells;

    Notebook(string name, JsonObject root, List<NotebookCell> cells, byte[]? original, JsonSource? origin)
    {
        Name = name;
        this.root = root;
        this.original = original;
        this.origin = origin;
        originalCells = cells;
        Cells = [.. cells];
    }

    /// <summary>What messages call the notebook: its path.</summary>
    public string Name { get; }

    /// <summary>The cells, from top to bottom.</summary>
    public IList<NotebookCell> Cells { get; }

    /// <summary>The notebook's metadata, created if there is none.</summary>
    public JsonObject Metadata
    {
        get
        {
            if (root["metadata"] is not JsonObject metadata)
            {
                root["metadata"] = metadata = [];
            }
            return metadata;
        }
    }

    /// <summary>The minor version of the format that the file has.</summary>
    public int FormatMinor => (int)root["nbformat_minor"]!;

    /// <summary>The language of the notebook as its metadata names it, for instance <c>C#</c>; null if they name none.</summary>
    public string? Language
    {
        get
        {
            var metadata = root["metadata"] as JsonObject;
            return MultilineText.Join((metadata?["kernelspec"] as JsonObject)?["language"])
                ?? MultilineText.Join((metadata?["language_info"] as JsonObject)?["name"]);
        }
    }

    /// <summary>A new notebook without cells, with the metadata by which every front end knows it for C#.</summary>
    public static Notebook Create() => new(
        "new notebook",
        new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" },
                ["language_info"] = new JsonObject { ["name"] = "C#" },
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = WrittenMinor,
        },
        [], null, null);

    /// <summary>Reads a notebook file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="NotebookFormatException">It is no notebook of format 4.</exception>
    public static Notebook Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Parse(File.ReadAllBytes(path), path);
    }

    /// <summary>Reads a notebook from the bytes of a file.</summary>
    /// <param name="utf8">The file's content.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="NotebookFormatException">It is no notebook of format 4.</exception>
    public static Notebook Parse(ReadOnlySpan<byte> utf8, string name)
    {
        byte[] text = utf8.ToArray();
        int offset = utf8.StartsWith(byteOrderMark) ? byteOrderMark.Length : 0;
        JsonObject root = ParseJson(text, offset, name);
        int major = Number("nbformat");
        if (major != 4)
        {
            throw new NotebookFormatException($"{name}: the notebook is of format {major}; format 4 is expected. "
                + "'jupyter nbconvert --to notebook --nbformat 4' converts older ones.");
        }
        Number("nbformat_minor");
        if (root["cells"] is not JsonArray cells)
        {
            throw new NotebookFormatException($"{name}: a list 'cells' is expected; {Found(root["cells"])} was found.");
        }
        JsonSource origin = JsonSource.Read(text, offset);
        List<JsonSource> cellOrigins = origin.Property("cells")!.Items!;
        var read = new List<NotebookCell>(cells.Count);
        for (int i = 0; i < cells.Count; i++)
        {
            if (cells[i] is not JsonObject json)
            {
                throw new NotebookFormatException($"{name}: cell {i + 1} of {cells.Count} should be an object; {Found(cells[i])} was found.");
            }
            read.Add(new NotebookCell((JsonObject)json.DeepClone(), cellOrigins[i]));
            Check(read[i], $"{name}: cell {i + 1} of {cells.Count}");
        }
        root.Remove("cells");
        return new Notebook(name, root, read, text, origin);

        int Number(string field) => root[field] is JsonValue value && value.TryGetValue(out int number) && number >= 0
            ? number
            : throw new NotebookFormatException($"{name}: a number '{field}' is expected; {Found(root[field])} was found.");
    }

    /// <summary>Whether anything differs from what was read. A notebook that was made here is always changed.</summary>
    public bool IsChanged
    {
        get
        {
            if (original is null || Cells.Count != originalCells.Count)
            {
                return true;
            }
            for (int i = 0; i < Cells.Count; i++)
            {
                if (Cells[i] != originalCells[i] || !NotebookWriter.IsSame(Cells[i]))
                {
                    return true;
                }
            }
            var before = (JsonObject)origin!.Parse()!;
            before.Remove("cells");
            return !JsonNode.DeepEquals(before, root);
        }
    }

    /// <summary>The notebook as the bytes of a file: those that were read if nothing was changed.</summary>
    public byte[] ToBytes()
    {
        if (!IsChanged)
        {
            return original!;
        }
        if (FormatMinor < WrittenMinor)
        {
            root["nbformat_minor"] = WrittenMinor;
        }
        GiveIds();
        return NotebookWriter.Write(root, [.. Cells], original, origin);
    }

    /// <summary>Writes the notebook. The file is replaced in one step; it never holds half of a notebook. Nothing is written if nothing changes.</summary>
    /// <exception cref="IOException">The file cannot be written; it is left as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is protected; it is left as it was.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] bytes = ToBytes();
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
        {
            AtomicFile.Write(path, bytes);
        }
    }

    /// <summary>Removes what a run leaves behind: outputs, execution counts, times of execution, and the mark of <c>--only-changed</c>.</summary>
    public void ClearOutputs()
    {
        foreach (NotebookCell cell in Cells.Where(cell => cell.Kind == CellKind.Code))
        {
            if (cell.Outputs.Count > 0)
            {
                cell.SetOutputs([]);
            }
            if (cell.ExecutionCount is not null)
            {
                cell.ExecutionCount = null;
            }
            // Where Jupyter notes when a cell ran.
            (cell.Json["metadata"] as JsonObject)?.Remove("execution");
        }
        if ((root["metadata"] as JsonObject)?["deepdigits"] is JsonObject ours && ours.Remove("executed") && ours.Count == 0)
        {
            Metadata.Remove("deepdigits");
        }
    }

    /// <summary>Ids came with version 4.5. They are made from the cell's text, so that the same notebook always gets the same ones.</summary>
    void GiveIds()
    {
        var taken = Cells.Select(cell => cell.Id).OfType<string>().ToHashSet();
        foreach (NotebookCell cell in Cells.Where(cell => cell.Id is null))
        {
            for (int attempt = 0; ; attempt++)
            {
                byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(attempt.ToString(CultureInfo.InvariantCulture) + "\n" + cell.Source));
                string id = Convert.ToHexStringLower(hash.AsSpan(0, 4));
                if (taken.Add(id))
                {
                    cell.Id = id;
                    break;
                }
            }
        }
    }

    static JsonObject ParseJson(byte[] text, int offset, string name)
    {
        try
        {
            if (!Utf8.IsValid(text))
            {
                throw new NotebookFormatException($"{name}: the file is not valid UTF-8.");
            }
            return JsonNode.Parse(text.AsSpan(offset), documentOptions: JsonText.Strict) as JsonObject
                ?? throw new NotebookFormatException($"{name}: a notebook is a JSON object; something else was found.");
        }
        catch (JsonException e)
        {
            string hint = text.AsSpan().IndexOf("\n<<<<<<< "u8) >= 0 ? " The file holds the marks of a merge that was not finished." : "";
            throw new NotebookFormatException(
                $"{name}, line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: the file is not valid JSON.{hint} ({e.Message})", e);
        }
    }

    static void Check(NotebookCell cell, string where)
    {
        try
        {
            if (MultilineText.Join(cell.Json["cell_type"]) is null)
            {
                throw new NotebookFormatException($"{where}: 'cell_type' should be a string; {Found(cell.Json["cell_type"])} was found.");
            }
            if (cell.Json["source"] is { } source && MultilineText.Join(source) is null)
            {
                throw new NotebookFormatException($"{where}: 'source' should be a string or a list of strings; {Found(source)} was found.");
            }
            if (cell.Json["metadata"] is { } metadata and not JsonObject)
            {
                throw new NotebookFormatException($"{where}: 'metadata' should be an object; {Found(metadata)} was found.");
            }
            if (cell.Json["outputs"] is { } outputs && (outputs is not JsonArray list || list.Any(output => output is not JsonObject)))
            {
                throw new NotebookFormatException($"{where}: 'outputs' should be a list of objects; {Found(outputs)} was found.");
            }
        }
        catch (InvalidOperationException e)
        {
            throw new NotebookFormatException($"{where}: a string is not valid text (half of a surrogate pair).", e);
        }
    }

    static string Found(JsonNode? node) => node is null ? "nothing" : $"{node.GetValueKind()} '{Shorten(node.ToJsonString())}'";

    static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
