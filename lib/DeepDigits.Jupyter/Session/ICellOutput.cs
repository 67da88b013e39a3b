namespace DeepDigits.Jupyter;

/// <summary>The two streams of text.</summary>
public enum OutputStream
{
    /// <summary>What goes to <see cref="Console.Out"/>.</summary>
    Stdout,

    /// <summary>What goes to <see cref="Console.Error"/>.</summary>
    Stderr,
}

/// <summary>Where a cell's output goes.</summary>
/// <remarks>
/// The session calls all methods but <see cref="ReadLine"/> from one thread of its own, in the order in which the cell wrote, never two at
/// a time: an interrupt can never hit an implementation halfway. Output of a thread that a cell left running comes here even after the
/// cell has ended, until another cell starts. What a method throws is thrown again by <see cref="CSharpSession.ExecuteAsync"/>.
/// </remarks>
public interface ICellOutput
{
    /// <summary>Text for one of the two streams; cells' small writes are gathered for at most 100 ms.</summary>
    void Write(OutputStream stream, string text);

    /// <summary>Something to show. With a <paramref name="displayId"/> it may be updated later.</summary>
    void Display(MimeBundle bundle, string? displayId);

    /// <summary>New content for everything that was shown with <paramref name="displayId"/>, by this cell or an earlier one.</summary>
    void Update(MimeBundle bundle, string displayId);

    /// <summary>Takes back what the cell has shown; with <paramref name="wait"/> only when the next output arrives.</summary>
    void Clear(bool wait);

    /// <summary>Asks the user for a line. Called from a thread that may be blocked; all output written before has been handed over.</summary>
    /// <param name="prompt">What to ask; may be empty.</param>
    /// <param name="password">Whether what is typed must not be shown.</param>
    /// <param name="cancellation">Cancelled when the cell is interrupted.</param>
    /// <returns>The line without its end, or null at the end of input.</returns>
    /// <exception cref="InvalidOperationException">Nobody can be asked.</exception>
    /// <exception cref="OperationCanceledException">The cell was interrupted.</exception>
    string? ReadLine(string prompt, bool password, CancellationToken cancellation);
}
