namespace DeepDigits;

/// <summary>How far the download of a file has come.</summary>
/// <param name="File">The name of the file.</param>
/// <param name="Mirror">Where it comes from.</param>
/// <param name="ReceivedBytes">How much of it has arrived, in this attempt and in those before.</param>
/// <param name="TotalBytes">Its size, if the mirror tells.</param>
public readonly record struct DownloadProgress(string File, Uri Mirror, long ReceivedBytes, long? TotalBytes);
