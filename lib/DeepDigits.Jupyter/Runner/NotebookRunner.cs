using System.Diagnostics;
using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter;

/// <summary>
/// Runs the code cells of a notebook from top to bottom in a fresh session, without a front end, and puts what they put out into the notebook.
/// </summary>
/// <remarks>
/// As nbclient does: cells without code and cells tagged <c>skip-execution</c> are left alone; the error of a cell tagged
/// <c>raises-exception</c> is not a failure; nobody is there to answer a request for input. The outputs of a cell tagged <c>timing</c> are expected
/// to differ from run to run: where nothing else differs, a notebook file keeps its old ones.
/// </remarks>
public static class NotebookRunner
{
    static readonly SemaphoreSlim oneFileAtATime = new(1);
    static readonly TimeSpan growthInterval = TimeSpan.FromSeconds(3);
    static readonly TimeSpan interruptPatience = TimeSpan.FromSeconds(5);

    /// <summary>Runs a notebook in memory. Its cells get new outputs and execution counts; the notebook is not saved.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="observer">Is told how it goes.</param>
    /// <param name="cancellation">Interrupts the running cell and ends the run; what was put out so far is in the notebook.</param>
    /// <exception cref="NotebookRunException">The notebook is not of C#, or a parameter has no sense.</exception>
    public static Task<NotebookRun> RunAsync(
        Notebook notebook, NotebookRunOptions options, INotebookRunObserver? observer = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        ArgumentNullException.ThrowIfNull(options);
        return RunAsync(notebook, options, () => new CSharpSession(options.Session ?? new SessionOptions()), observer, cancellation);
    }

    /// <summary>
    /// Runs a notebook file in its folder, and saves it after every cell and every few seconds in between, so that no output is lost.
    /// </summary>
    /// <remarks>The current directory belongs to the whole process, so a process runs one notebook file at a time; others wait.</remarks>
    /// <param name="path">The notebook.</param>
    /// <param name="outputPath">Where to save it; the same file if that is what is wanted.</param>
    /// <param name="options">How to run it. Unless they say otherwise, the current directory is the notebook's folder meanwhile.</param>
    /// <param name="observer">Is told how it goes.</param>
    /// <param name="cancellation">Interrupts the running cell and ends the run.</param>
    /// <exception cref="NotebookFormatException">The file is not a notebook.</exception>
    /// <exception cref="NotebookRunException">The notebook is not of C#, or a parameter has no sense.</exception>
    /// <exception cref="IOException">The notebook cannot be read or saved.</exception>
    public static async Task<NotebookRun> RunFileAsync(
        string path, string outputPath, NotebookRunOptions options, INotebookRunObserver? observer = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        string target = Path.GetFullPath(outputPath);
        Notebook notebook = Notebook.Load(path);
        SessionOptions session = options.Session ?? new SessionOptions { WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(path))! };
        await oneFileAtATime.WaitAsync(cancellation);
        Notebook? earlier = File.Exists(target) ? LoadEarlier(target) : null;
        string before = Environment.CurrentDirectory;
        try
        {
            Environment.CurrentDirectory = session.WorkingDirectory;
            NotebookRun run = await RunAsync(notebook, options with { Session = session }, new Saver(notebook, target, observer), cancellation);
            if (run.Succeeded)
            {
                KeepTimings(earlier, notebook);
                NotebookFingerprint.Renew(notebook, session.WorkingDirectory);
            }
            notebook.Save(target);
            return run;
        }
        finally
        {
            Environment.CurrentDirectory = before;
            oneFileAtATime.Release();
        }
    }

    /// <summary>The notebook that the run will replace; null if it is none.</summary>
    static Notebook? LoadEarlier(string path)
    {
        try
        {
            return Notebook.Load(path);
        }
        catch (NotebookFormatException)
        {
            return null;
        }
    }

    /// <summary>Takes back what only says how long something took this time, if that is all that has changed.</summary>
    static void KeepTimings(Notebook? earlier, Notebook notebook)
    {
        if (earlier is null || earlier.Cells.Count != notebook.Cells.Count)
        {
            return;
        }
        List<(NotebookCell Old, NotebookCell New)> timings = [];
        foreach ((NotebookCell old, NotebookCell now) in earlier.Cells.Zip(notebook.Cells))
        {
            bool isTiming = now.Tags.Contains("timing") && old.Tags.Contains("timing");
            if (old.Kind != now.Kind || old.Source != now.Source || (isTiming && old.Outputs.Count == 0)
                || (!isTiming && !JsonNode.DeepEquals(new JsonArray([.. old.Outputs.Select(Joined)]), new JsonArray([.. now.Outputs.Select(Joined)]))))
            {
                return;
            }
            if (isTiming)
            {
                timings.Add((old, now));
            }
        }
        foreach ((NotebookCell old, NotebookCell now) in timings)
        {
            now.SetOutputs(old.Outputs.Select(output => (JsonObject)output.DeepClone()));
        }

        // A text may be written as one string or as a list of lines.
        static JsonObject Joined(JsonObject output)
        {
            JsonObject joined = (JsonObject)output.DeepClone();
            foreach (JsonObject texts in new[] { joined, joined["data"] as JsonObject }.OfType<JsonObject>())
            {
                foreach ((string name, JsonNode? value) in texts.ToList())
                {
                    if (value is JsonArray && MultilineText.Join(value) is { } text)
                    {
                        texts[name] = text;
                    }
                }
            }
            joined.Remove("execution_count");
            return joined;
        }
    }

    internal static async Task<NotebookRun> RunAsync(
        Notebook notebook, NotebookRunOptions options, Func<ICodeSession> newSession, INotebookRunObserver? observer, CancellationToken cancellation)
    {
        CheckLanguage(notebook);
        IReadOnlyList<string> warnings = NotebookParameters.Inject(notebook, options.Parameters);
        List<NotebookCell> cells = [.. notebook.Cells.Where(IsRun)];
        foreach (NotebookCell empty in notebook.Cells.Where(cell => cell.Kind == CellKind.Code && cell.Source.Trim().Length == 0 && cell.Outputs.Count > 0))
        {
            empty.SetOutputs([]);
        }
        var runs = new List<CellReport>();
        if (cells.Count == 0)
        {
            return new NotebookRun(runs, warnings);
        }
        var displays = new DisplayRegistry();
        var collectors = new List<(NotebookCell Cell, CellOutputCollector Output)>();
        ICodeSession session = newSession();
        bool responsive = true;
        try
        {
            foreach (NotebookCell cell in cells)
            {
                int number = runs.Count + 1;
                observer?.CellStarted(cell, number, cells.Count);
                cell.ExecutionCount = number;
                cell.SetOutputs([]);
                var output = new CellOutputCollector(displays);
                collectors.Add((cell, output));
                long started = Stopwatch.GetTimestamp();
                using var interrupt = new CancellationTokenSource();
                Task<CellResult> executing = session.ExecuteAsync(new Cell(CodeOf(cell), $"Cell {number}"), output, interrupt.Token);
                (CellResult result, responsive) = await WaitAsync(executing, interrupt);
                TimeSpan duration = Stopwatch.GetElapsedTime(started);
                if (result.Value is { } value && result.Status == CellStatus.Ok)
                {
                    output.AddResult(value, number);
                }
                if (result.Status != CellStatus.Ok)
                {
                    output.AddError(result.Error!);
                }
                StoreOutputs();
                bool expected = cell.Tags.Contains("raises-exception") && result.Status == CellStatus.Error;
                runs.Add(new CellReport(cell, number, notebook.Cells.IndexOf(cell) + 1, result.Status, duration, result.Error, expected));
                observer?.CellEnded(runs[^1]);
                if (!responsive || cancellation.IsCancellationRequested || (runs[^1].IsFailure && !options.KeepGoing))
                {
                    break;
                }
            }
        }
        finally
        {
            if (responsive)
            {
                await session.DisposeAsync();
            }
            // What threads of earlier cells wrote in the meantime.
            StoreOutputs();
        }
        return new NotebookRun(runs, warnings);

        bool StoreOutputs()
        {
            bool any = false;
            foreach ((NotebookCell cell, CellOutputCollector output) in collectors)
            {
                any |= output.Store(cell);
            }
            return any;
        }

        async Task<(CellResult Result, bool Responsive)> WaitAsync(Task<CellResult> executing, CancellationTokenSource interrupt)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (options.CellTimeout is { } timeout)
            {
                stop.CancelAfter(timeout);
            }
            while (!executing.IsCompleted && !stop.IsCancellationRequested)
            {
                await Task.WhenAny(executing, Task.Delay(growthInterval, stop.Token));
                if (!executing.IsCompleted && StoreOutputs())
                {
                    observer?.OutputsGrew();
                }
            }
            if (executing.IsCompleted)
            {
                return (await executing, true);
            }
            await interrupt.CancelAsync();
            bool ended = await Task.WhenAny(executing, Task.Delay(interruptPatience, CancellationToken.None)) == executing;
            if (ended && executing.Result.Status == CellStatus.Ok)
            {
                return (executing.Result, true);
            }
            (string name, string message) = cancellation.IsCancellationRequested
                ? ("Interrupted", "The run was interrupted.")
                : ("Timeout", $"The cell was stopped: it ran for longer than {options.CellTimeout!.Value.TotalSeconds:0.###} s.");
            if (!ended)
            {
                message += " It did not obey, so the run ends here.";
            }
            CellError? told = ended ? executing.Result.Error : null;
            return (new CellResult(CellStatus.Aborted, null, new CellError(name, message, [$"{name}: {message}"], told?.Line, told?.Column)), ended);
        }
    }

    static bool IsRun(NotebookCell cell) =>
        cell.Kind == CellKind.Code && cell.Source.Trim().Length > 0 && !cell.Tags.Contains("skip-execution");

    /// <summary>A cell that its metadata give to another language is run as the magic command of that name says.</summary>
    static string CodeOf(NotebookCell cell) =>
        IsCSharp(cell.Language) || cell.Source.TrimStart().StartsWith("#!", StringComparison.Ordinal)
            ? cell.Source
            : $"#!{cell.Language}\n{cell.Source}";

    static bool IsCSharp(string? language) => language is null
        || language.ToLowerInvariant() is "c#" or "csharp" or "dotnet-interactive.csharp" or "polyglot-notebook" or "dotnet-interactive";

    static void CheckLanguage(Notebook notebook)
    {
        if (!IsCSharp(notebook.Language))
        {
            throw new NotebookRunException($"{notebook.Name}: the notebook's language is '{notebook.Language}'; only C# is run here. "
                + "The language stands in the notebook's metadata, under 'kernelspec'.");
        }
    }

    /// <summary>Saves the notebook whenever there is something new in it.</summary>
    sealed class Saver(Notebook notebook, string path, INotebookRunObserver? next) : INotebookRunObserver
    {
        public void CellStarted(NotebookCell cell, int number, int count) => next?.CellStarted(cell, number, count);

        public void CellEnded(CellReport run)
        {
            notebook.Save(path);
            next?.CellEnded(run);
        }

        public void OutputsGrew()
        {
            notebook.Save(path);
            next?.OutputsGrew();
        }
    }
}
