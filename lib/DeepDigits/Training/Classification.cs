namespace DeepDigits;

/// <summary>How logits name a class.</summary>
static class Classification
{
    /// <summary>The number of classes that so many outputs tell apart: a single output answers a question with no (0) or yes (1).</summary>
    public static int Classes(int outputs) => Math.Max(2, outputs);

    /// <summary>The class of one example: the largest logit, or of a single one its sign (positive: 1).</summary>
    public static int Predict(ReadOnlySpan<float> logits) => logits.Length == 1 ? (logits[0] > 0 ? 1 : 0) : MostLikely(logits);

    /// <summary>The position of the largest number; of equals, the first. Numbers that are not numbers never win.</summary>
    public static int MostLikely(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[best] || float.IsNaN(values[best]))
                best = i;
        return best;
    }

    /// <summary>Writes the probabilities that belong to a batch of logits to some rows of a larger tensor.</summary>
    public static void Probabilities(Tensor logits, Tensor probabilities, int firstRow)
    {
        var (rows, classes) = (logits.Rows, probabilities.RowLength);
        var target = probabilities.Values.Slice(firstRow * classes, rows * classes);
        if (logits.RowLength > 1)
        {
            Softmax.Compute(logits.Values, target, classes);
            return;
        }
        for (var i = 0; i < rows; i++)
        {
            // sigmoid(-z) = 1 - sigmoid(z), without the digits that the subtraction would lose.
            target[2 * i] = -logits.Values[i];
            target[2 * i + 1] = logits.Values[i];
        }
        ElementaryFunctions.Sigmoid(target, target);
    }

    /// <summary>How many examples of a batch are classified correctly.</summary>
    public static int CountCorrect(Tensor logits, ReadOnlySpan<byte> labels)
    {
        var correct = 0;
        for (var i = 0; i < labels.Length; i++)
            if (Predict(logits.Row(i)) == labels[i])
                correct++;
        return correct;
    }
}
