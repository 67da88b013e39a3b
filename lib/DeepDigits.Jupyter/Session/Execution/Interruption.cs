using System.ComponentModel;

namespace DeepDigits.Jupyter;

/// <summary>What compiled cells ask, at each turn of a loop and each call of a method.</summary>
/// <remarks>Public only because cells are assemblies of their own.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Interruption
{
    /// <summary>How many sessions of this process have been interrupted and have not run a cell since: nearly always none.</summary>
    static volatile int pending;

    /// <summary>Goes on, unless the user has interrupted the cell that the calling code belongs to.</summary>
    /// <exception cref="OperationCanceledException">The user has.</exception>
    public static void Check()
    {
        if (pending != 0)
            CheckThisCell();
    }

    internal static void Begin() => Interlocked.Increment(ref pending);

    internal static void End() => Interlocked.Decrement(ref pending);

    static void CheckThisCell()
    {
        if (CellRun.Ambient is { IsInterrupted: true } run)
            throw new OperationCanceledException("The cell was interrupted.", run.InterruptionToken);
    }
}
