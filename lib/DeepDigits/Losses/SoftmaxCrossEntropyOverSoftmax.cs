namespace DeepDigits;

/// <summary>
/// A loss to learn from, not to use: the probabilities p = softmax(z) are taken for logits once more, q = softmax(p), and the loss of an
/// example is -log q[y] = log(sum over c of exp(p[c])) - p[y]: the softmax is applied twice.
/// </summary>
/// <remarks>
/// It is what comes of a softmax layer at the end of a network under a loss that expects logits, a slip that no error message reports. As p lies between 0 and 1,
/// the q of two classes differ at most by the factor e: with K classes the loss of a perfect network is log(1 + (K - 1) / e), 1.461 for ten,
/// and the gradient is small wherever the network is sure, also where it is sure of a wrong class.
/// </remarks>
public sealed class SoftmaxCrossEntropyOverSoftmax : Loss
{
    /// <inheritdoc/>
    public override string Name => "softmax cross-entropy over softmax outputs";

    /// <summary>
    /// With g[j] = dLoss/dp[j] = q[j] - [j = y], as of every softmax cross-entropy, and the softmax's dp[j]/dz[i] = p[j] ([i = j] - p[i]): dLoss/dz[i] =
    /// sum over j of g[j] p[j] ([i = j] - p[i]) = p[i] (g[i] - sum over j of g[j] p[j]). The mean over n examples divides it by n.
    /// </summary>
    /// <inheritdoc/>
    public override double Compute(Tensor logits, ReadOnlySpan<byte> labels, Tensor gradient)
    {
        Check(logits, labels, gradient);
        var classes = logits.RowLength;
        // Only one example at a time needs both p and q.
        Span<float> probabilities = classes <= 256 ? stackalloc float[classes] : new float[classes];
        Softmax.Compute(logits, gradient);
        var total = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            CheckLabel(i, labels[i], classes);
            var row = gradient.Row(i);
            row.CopyTo(probabilities);
            ElementaryFunctions.Exp(probabilities, row); // p is at most 1: nothing overflows
            var sum = Softmax.Sum(row);
            total += PortableMath.Log(sum) - probabilities[labels[i]];
            var mean = 0.0;
            for (var j = 0; j < classes; j++)
            {
                row[j] = (float)(row[j] / sum) - (j == labels[i] ? 1 : 0);
                mean += (double)row[j] * probabilities[j];
            }
            for (var j = 0; j < classes; j++)
                row[j] = probabilities[j] * (row[j] - (float)mean) / labels.Length;
        }
        return total / labels.Length;
    }
}
