namespace DeepDigits;

/// <summary>No mirror could deliver a file. The message says what each of them did, and what to do.</summary>
public sealed class DownloadException(string message, Exception? cause = null) : Exception(message, cause);
