namespace DeepDigits.Jupyter;

/// <summary>How a notebook is run.</summary>
public sealed record NotebookRunOptions
{
    /// <summary>The session that the cells run in. Its working directory is the notebook's folder unless this says otherwise.</summary>
    public SessionOptions? Session { get; init; }

    /// <summary>
    /// Values to put in place of those that the cell tagged <c>parameters</c> sets, by variable name. A value is read as the type that the
    /// cell declares; for a name that it does not declare as papermill does: a truth value, a number, or else a text.
    /// </summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>The longest that a cell may run; without limit when null.</summary>
    public TimeSpan? CellTimeout { get; init; }

    /// <summary>Whether the cells after one that failed are run all the same.</summary>
    public bool KeepGoing { get; init; }
}

/// <summary>How one cell of a notebook was run.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Number">The number that the cell was run as, counted from 1; the one that stands beside it in the notebook.</param>
/// <param name="Position">Its place among all cells of the notebook, counted from 1.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Duration">The time that it took.</param>
/// <param name="Error">What went wrong, if anything did.</param>
/// <param name="IsExpected">Whether the cell is tagged <c>raises-exception</c>: then its error is no failure.</param>
public sealed record CellReport(
    NotebookCell Cell, int Number, int Position, CellStatus Status, TimeSpan Duration, CellError? Error, bool IsExpected)
{
    /// <summary>Whether this makes the run of the notebook a failure.</summary>
    public bool IsFailure => Status != CellStatus.Ok && !IsExpected;

    /// <summary>The line of the cell where the error happened, as it stands there; null if it is not known.</summary>
    public string? ErrorSourceLine =>
        Error?.Line is { } line && Cell.Source.Split('\n') is var lines && line >= 1 && line <= lines.Length ? lines[line - 1].TrimEnd('\r') : null;
}

/// <summary>How a notebook was run.</summary>
/// <param name="Cells">The cells that were run, in order.</param>
/// <param name="Warnings">What the user should know.</param>
public sealed record NotebookRun(IReadOnlyList<CellReport> Cells, IReadOnlyList<string> Warnings)
{
    /// <summary>The cells that failed.</summary>
    public IEnumerable<CellReport> Failures => Cells.Where(cell => cell.IsFailure);

    /// <summary>Whether no cell failed.</summary>
    public bool Succeeded => !Failures.Any();
}

/// <summary>Is told what happens while a notebook is run.</summary>
public interface INotebookRunObserver
{
    /// <summary>A cell begins to run.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="number">Its number, counted from 1 among the cells that are run.</param>
    /// <param name="count">How many cells are to be run.</param>
    void CellStarted(NotebookCell cell, int number, int count);

    /// <summary>A cell has ended, and its outputs are in the notebook.</summary>
    void CellEnded(CellReport run);

    /// <summary>The outputs of the running cell have grown for a while, and are in the notebook as far as they go: a good time to save it.</summary>
    void OutputsGrew();
}

/// <summary>A notebook cannot be run as asked. The message names the notebook and what to do.</summary>
public sealed class NotebookRunException(string message) : Exception(message);
