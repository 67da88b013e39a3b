namespace DeepDigits;

/// <summary>A model file does not hold what its format promises, or not what the model needs. Nothing of it was loaded.</summary>
/// <param name="file">The file.</param>
/// <param name="part">Which part of it, such as "the header" or "tensor 'dense1.weights'".</param>
/// <param name="expected">What should stand there.</param>
/// <param name="found">What stands there.</param>
/// <param name="advice">What to do about it: a sentence.</param>
/// <param name="cause">The error of a lower layer, if there was one.</param>
public sealed class ModelFormatException(string file, string part, string expected, string found, string advice, Exception? cause = null)
    : Exception($"{file}, {part}: expected {expected}, found {found}. {advice}", cause)
{
    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>Which part of the file, such as "the header" or "tensor 'dense1.weights'".</summary>
    public string Part { get; } = part;

    /// <summary>What should stand there.</summary>
    public string Expected { get; } = expected;

    /// <summary>What stands there.</summary>
    public string Found { get; } = found;
}
