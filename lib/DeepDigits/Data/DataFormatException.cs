namespace DeepDigits;

/// <summary>A data file does not hold what its format promises. Nothing of it was loaded.</summary>
/// <param name="file">The file.</param>
/// <param name="position">Where in it, such as "byte 16" or "line 3, column 785".</param>
/// <param name="expected">What should stand there.</param>
/// <param name="found">What stands there.</param>
/// <param name="advice">What to do about it: a sentence.</param>
/// <param name="cause">The error of a lower layer, if there was one.</param>
public sealed class DataFormatException(string file, string position, string expected, string found, string advice, Exception? cause = null)
    : Exception($"{file}, {position}: expected {expected}, found {found}. {advice}", cause)
{
    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>Where in the file, such as "byte 16" or "line 3, column 785".</summary>
    public string Position { get; } = position;

    /// <summary>What should stand there.</summary>
    public string Expected { get; } = expected;

    /// <summary>What stands there.</summary>
    public string Found { get; } = found;
}
