namespace DeepDigits;

/// <summary>
/// A loss to learn from, not to use: the network's outputs z are turned into probabilities p = softmax(z), and these are taken for logits once more. The derived classes say what
/// becomes of p; here stands what the softmax in between does to the gradient.
/// </summary>
public abstract class LossOverSoftmax : Loss
{
    private protected LossOverSoftmax()
    {
    }

    /// <summary>
    /// With g[j] = dLoss/dp[j] and the softmax's dp[j]/dz[i] = p[j] ([i = j] - p[i]): dLoss/dz[i] = sum over j of g[j] p[j] ([i = j] - p[i]) = p[i] (g[i] - sum over j of
    /// g[j] p[j]). The mean over n examples divides it by n.
    /// </summary>
    /// <inheritdoc/>
    public sealed override double Compute(Tensor logits, ReadOnlySpan<byte> labels, Tensor gradient)
    {
        Check(logits, labels, gradient);
        var classes = logits.RowLength;
        // Only one example at a time needs both p and what is computed from it.
        Span<float> probabilities = classes <= 256 ? stackalloc float[classes] : new float[classes];
        Softmax.Compute(logits, gradient);
        var total = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            CheckLabel(i, labels[i], classes);
            var row = gradient.Row(i);
            row.CopyTo(probabilities);
            total += Judge(probabilities, labels[i], row);
            var mean = 0.0;
            for (var j = 0; j < classes; j++)
                mean += (double)row[j] * probabilities[j];
            for (var j = 0; j < classes; j++)
                row[j] = probabilities[j] * (row[j] - (float)mean) / (Parts(classes) * labels.Length);
        }
        return total / Parts(classes) / labels.Length;
    }

    /// <summary>The loss of one example, times <see cref="Parts"/>.</summary>
    /// <param name="probabilities">p.</param>
    /// <param name="label">y.</param>
    /// <param name="gradient">Receives the derivative of what is returned by p.</param>
    private protected abstract double Judge(ReadOnlySpan<float> probabilities, int label, Span<float> gradient);

    /// <summary>How many numbers the loss is the mean of: it is divided by that at the end.</summary>
    private protected abstract int Parts(int classes);
}
