namespace DeepDigits.Jupyter;

/// <summary>A file is not a notebook that can be read. The message names the file, the cell, what was expected and what was found.</summary>
public sealed class NotebookFormatException(string message, Exception? inner = null) : Exception(message, inner);
