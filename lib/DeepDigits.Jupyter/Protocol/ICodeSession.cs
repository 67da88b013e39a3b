namespace DeepDigits.Jupyter;

/// <summary>What a kernel and a runner need of the session behind them.</summary>
interface ICodeSession : IAsyncDisposable
{
    /// <summary>Runs a cell. Never throws for the cell's own errors; one cell at a time. Cancelling interrupts the cell; the state survives.</summary>
    Task<CellResult> ExecuteAsync(Cell cell, ICellOutput output, CancellationToken cancellation = default);

    /// <summary>What may stand at the cursor (UTF-16 units).</summary>
    Task<Completions> CompleteAsync(string code, int cursor, CancellationToken cancellation = default);

    /// <summary>What is known of the name at the cursor (UTF-16 units).</summary>
    Task<Inspection> InspectAsync(string code, int cursor, int detailLevel, CancellationToken cancellation = default);

    /// <summary>Whether the code can be run as it stands.</summary>
    Completeness IsComplete(string code);
}
