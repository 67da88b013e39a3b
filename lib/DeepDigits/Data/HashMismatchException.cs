namespace DeepDigits;

/// <summary>A file reads well, but it is not the published one: its unpacked bytes have another SHA-256.</summary>
/// <param name="file">The file.</param>
/// <param name="expected">The published SHA-256, in hexadecimal.</param>
/// <param name="found">The SHA-256 of the file's unpacked bytes.</param>
/// <param name="advice">What to do about it: a sentence.</param>
public sealed class HashMismatchException(string file, string expected, string found, string advice)
    : Exception($"{file}: expected unpacked bytes with the SHA-256 {expected}, found {found}. {advice}")
{
    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>The published SHA-256, in hexadecimal.</summary>
    public string Expected { get; } = expected;

    /// <summary>The SHA-256 of the file's unpacked bytes.</summary>
    public string Found { get; } = found;
}
