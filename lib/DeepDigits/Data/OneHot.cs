namespace DeepDigits;

/// <summary>
/// One-hot encoding: class k of K as K numbers, 1 at position k and 0 elsewhere. The target distribution of a classifier.
/// </summary>
public static class OneHot
{
    /// <summary>The labels as rows of zeros with a single one.</summary>
    /// <returns>Shape [count, classes].</returns>
    /// <exception cref="LabelException">A label is not below the number of classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of classes is less than 1.</exception>
    public static Tensor Encode(ReadOnlySpan<byte> labels, int classCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        LabelException.ThrowIfOutside(labels, classCount);
        var encoded = new Tensor(labels.Length, classCount);
        var values = encoded.Values;
        for (var i = 0; i < labels.Length; i++)
            values[i * classCount + labels[i]] = 1;
        return encoded;
    }
}
