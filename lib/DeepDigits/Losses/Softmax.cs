using System.Numerics.Tensors;

namespace DeepDigits;

/// <summary>p[j] = exp(z[j]) / sum over c of exp(z[c]), row by row: positive numbers that add up to 1.</summary>
public static class Softmax
{
    /// <summary>The probabilities that belong to the logits.</summary>
    /// <param name="logits">[n, classes].</param>
    /// <param name="probabilities">Receives the result: [n, classes]. It may be the logits themselves.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static void Compute(Tensor logits, Tensor probabilities)
    {
        if (!logits.Shape.SequenceEqual(probabilities.Shape))
            throw new ShapeException($"The softmax of logits of shape {Tensor.Format(logits.Shape)} does not fit a tensor of shape {Tensor.Format(probabilities.Shape)}.");
        Compute(logits.Values, probabilities.Values, logits.RowLength);
    }

    /// <summary>The same on plain memory.</summary>
    internal static void Compute(ReadOnlySpan<float> logits, Span<float> probabilities, int classes)
    {
        ShiftedExponentials(logits, probabilities, classes);
        for (var start = 0; start < probabilities.Length; start += classes)
        {
            var row = probabilities.Slice(start, classes);
            TensorPrimitives.Multiply(row, (float)(1 / Sum(row)), row);
        }
    }

    /// <summary>exp(z - largest of the row): at most 1, so that nothing overflows.</summary>
    internal static void ShiftedExponentials(ReadOnlySpan<float> logits, Span<float> result, int classes)
    {
        for (var start = 0; start < logits.Length; start += classes)
        {
            var row = logits.Slice(start, classes);
            TensorPrimitives.Subtract(row, Largest(row), result.Slice(start, classes));
        }
        ElementaryFunctions.Exp(result, result);
    }

    /// <summary>The largest number of a row.</summary>
    internal static float Largest(ReadOnlySpan<float> row)
    {
        var largest = row[0];
        foreach (var value in row)
            largest = value > largest || float.IsNaN(value) ? value : largest;
        return largest;
    }

    /// <summary>The sum of a row, from the first number to the last: this order, and no other, on every machine.</summary>
    internal static double Sum(ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        foreach (var value in row)
            sum += value;
        return sum;
    }
}
