namespace DeepDigits.Jupyter;

/// <summary>How a cell ended.</summary>
public enum CellStatus
{
    /// <summary>It ran to its end.</summary>
    Ok,

    /// <summary>It did not compile, or it threw an exception.</summary>
    Error,

    /// <summary>It was interrupted.</summary>
    Aborted,
}

/// <summary>What a cell came to, when all of its output has been handed over.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Value">The value of the cell's trailing expression, formatted; null if there is none.</param>
/// <param name="Error">What went wrong; null if nothing did.</param>
public sealed record CellResult(CellStatus Status, MimeBundle? Value, CellError? Error);

/// <summary>Why a cell failed.</summary>
/// <param name="Name">The kind of error: the exception's full type name, <c>CompilationError</c> or <c>Interrupted</c>.</param>
/// <param name="Message">The exception's message, or the first compile error.</param>
/// <param name="Traceback">What to show, line by line. Lines may carry ANSI colours.</param>
/// <param name="Line">The line of the cell, counted from 1, where it happened, as far as that is known.</param>
/// <param name="Column">The column of that line, counted from 1, as far as that is known.</param>
public sealed record CellError(string Name, string Message, IReadOnlyList<string> Traceback, int? Line, int? Column);
