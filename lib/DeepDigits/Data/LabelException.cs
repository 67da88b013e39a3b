namespace DeepDigits;

/// <summary>Labels are missing, or a label is not one of the classes. The message says which, what was expected, and what to do.</summary>
public sealed class LabelException(string message) : ArgumentException(message)
{
    /// <exception cref="LabelException">A label is not from 0 to classCount - 1.</exception>
    internal static void ThrowIfOutside(ReadOnlySpan<byte> labels, int classCount)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= classCount)
            {
                throw new LabelException($"The label of example {i} is {labels[i]}, but with {classCount} classes "
                    + $"it must be from 0 to {classCount - 1}.");
            }
        }
    }
}
