namespace DeepDigits.Jupyter.Tests;

/// <summary>
/// Stands in for the C# session where only the kernel or the runner is tested. Each line of a cell is a command and its argument:
/// print, error, value, show, update, clear, ask, loop, fail.
/// </summary>
sealed class ScriptedSession : ICodeSession
{
    readonly List<string> executed = [];
    public IReadOnlyList<string> Executed
    {
        get
        {
            lock (executed)
            {
                return [.. executed];
            }
        }
    }

    public TaskCompletionSource Looping { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<CellResult> ExecuteAsync(Cell cell, ICellOutput output, CancellationToken cancellation = default)
    {
        lock (executed)
        {
            executed.Add(cell.Code);
        }
        MimeBundle? value = null;
        int line = 0;
        foreach (string command in cell.Code.Split('\n'))
        {
            line++;
            string[] words = command.Split(' ', 2);
            string argument = words.Length > 1 ? words[1] : "";
            try
            {
                switch (words[0])
                {
                    case "print":
                        output.Write(OutputStream.Stdout, argument + "\n");
                        break;
                    case "error":
                        output.Write(OutputStream.Stderr, argument + "\n");
                        break;
                    case "value":
                        value = MimeBundle.Of("text/html", $"<b>{argument}</b>", argument);
                        break;
                    case "show":
                        output.Display(MimeBundle.Of("text/plain", argument), "d1");
                        break;
                    case "update":
                        output.Update(MimeBundle.Of("text/plain", argument), "d1");
                        break;
                    case "clear":
                        output.Clear(wait: argument == "wait");
                        break;
                    case "ask":
                        output.Write(OutputStream.Stdout, "answer: " + (await Task.Run(() => output.ReadLine(argument, true, cancellation)) ?? "(end)"));
                        break;
                    case "loop":
                        Looping.TrySetResult();
                        await Task.Delay(Timeout.Infinite, cancellation);
                        break;
                    case "fail":
                        throw new InvalidOperationException(argument);
                }
            }
            catch (OperationCanceledException)
            {
                return new CellResult(CellStatus.Aborted, null, new CellError("Interrupted", "The cell was interrupted.", ["Interrupted"], line, null));
            }
            catch (InvalidOperationException e)
            {
                return new CellResult(CellStatus.Error, null, new CellError("Failure", e.Message, [$"{cell.Name}, line {line}: {e.Message}"], line, 1));
            }
        }
        return new CellResult(CellStatus.Ok, value, null);
    }

    public Task<Completions> CompleteAsync(string code, int cursor, CancellationToken cancellation = default) =>
        Task.FromResult(new Completions([new Completion("Length", "property", "int string.Length")], cursor, code.Length));

    public Task<Inspection> InspectAsync(string code, int cursor, int detailLevel, CancellationToken cancellation = default) =>
        Task.FromResult(new Inspection(true, MimeBundle.Of("text/plain", $"{cursor} {detailLevel}")));

    public Completeness IsComplete(string code) => code.EndsWith('{')
        ? new Completeness(CompletenessStatus.Incomplete, "    ")
        : new Completeness(CompletenessStatus.Complete);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
