namespace DeepDigits.Jupyter;

/// <summary>A directive or magic command that cannot be carried out as written.</summary>
/// <param name="message">What is wrong and what to write instead.</param>
/// <param name="line">The line of the cell, counted from 1.</param>
sealed class CellSyntaxException(string message, int line) : Exception(message)
{
    /// <summary>The line of the cell, counted from 1.</summary>
    internal int Line { get; } = line;
}
