using System.Text;
using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter;

/// <summary>Gathers what a cell puts out, as a notebook file keeps it.</summary>
/// <param name="displays">What all cells of the run have shown under a display id, so that a later cell can update it.</param>
sealed class CellOutputCollector(DisplayRegistry displays) : ICellOutput
{
    readonly Lock gate = displays.Gate;
    readonly List<Entry> entries = [];
    bool clearBeforeNext;
    bool changed;

    /// <summary>One output: either a stream that still grows, or a finished object.</summary>
    internal sealed class Entry
    {
        public string? Stream { get; init; }
        public StringBuilder Text { get; } = new();
        public JsonObject? Output { get; init; }
    }

    public void Write(OutputStream stream, string text)
    {
        string name = stream == OutputStream.Stdout ? "stdout" : "stderr";
        lock (gate)
        {
            ClearIfDue();
            if (entries is not [.., { Stream: { } last } entry] || last != name)
            {
                entries.Add(entry = new Entry { Stream = name });
            }
            entry.Text.Append(text);
            changed = true;
        }
    }

    public void Display(MimeBundle bundle, string? displayId) => Add(Bundle("display_data", bundle), displayId);

    public void Update(MimeBundle bundle, string displayId)
    {
        lock (gate)
        {
            foreach ((CellOutputCollector collector, JsonObject output) in displays.Find(displayId))
            {
                output["data"] = KernelCellOutput.ToJson(bundle.Data);
                output["metadata"] = KernelCellOutput.ToJson(bundle.Metadata);
                collector.changed = true;
            }
        }
    }

    public void Clear(bool wait)
    {
        lock (gate)
        {
            clearBeforeNext = true;
            if (!wait)
            {
                ClearIfDue();
            }
        }
    }

    public string? ReadLine(string prompt, bool password, CancellationToken cancellation) =>
        throw new InvalidOperationException(KernelCellOutput.InputNotPossible);

    /// <summary>Adds the value of the cell.</summary>
    public void AddResult(MimeBundle value, int executionCount)
    {
        JsonObject output = Bundle("execute_result", value);
        output["execution_count"] = executionCount;
        Add(output, null);
    }

    /// <summary>Adds the error that ended the cell.</summary>
    public void AddError(CellError error) => Add(
        new JsonObject
        {
            ["output_type"] = "error",
            ["ename"] = error.Name,
            ["evalue"] = error.Message,
            ["traceback"] = new JsonArray([.. error.Traceback.Select(line => JsonValue.Create(line))]),
        },
        null);

    /// <summary>Puts the outputs into the cell, if there are others than at the last time.</summary>
    /// <returns>Whether there were.</returns>
    public bool Store(NotebookCell cell)
    {
        lock (gate)
        {
            if (!changed)
            {
                return false;
            }
            changed = false;
            cell.SetOutputs(entries.Select(entry => entry.Output
                ?? new JsonObject { ["output_type"] = "stream", ["name"] = entry.Stream, ["text"] = entry.Text.ToString() }));
            return true;
        }
    }

    void Add(JsonObject output, string? displayId)
    {
        lock (gate)
        {
            ClearIfDue();
            entries.Add(new Entry { Output = output });
            if (displayId is not null)
            {
                displays.Add(displayId, this, output);
            }
            changed = true;
        }
    }

    void ClearIfDue()
    {
        if (clearBeforeNext)
        {
            entries.Clear();
            clearBeforeNext = false;
            changed = true;
        }
    }

    static JsonObject Bundle(string type, MimeBundle bundle) => new()
    {
        ["output_type"] = type,
        ["data"] = KernelCellOutput.ToJson(bundle.Data),
        ["metadata"] = KernelCellOutput.ToJson(bundle.Metadata),
    };
}

/// <summary>Who has shown what under which display id, in all cells of a run.</summary>
sealed class DisplayRegistry
{
    readonly Dictionary<string, List<(CellOutputCollector, JsonObject)>> shown = [];

    /// <summary>One lock for all cells of a run: an update reaches into earlier ones.</summary>
    public Lock Gate { get; } = new();

    public void Add(string displayId, CellOutputCollector collector, JsonObject output)
    {
        if (!shown.TryGetValue(displayId, out var outputs))
        {
            shown.Add(displayId, outputs = []);
        }
        outputs.Add((collector, output));
    }

    public IReadOnlyList<(CellOutputCollector, JsonObject)> Find(string displayId) => shown.GetValueOrDefault(displayId) ?? [];
}
