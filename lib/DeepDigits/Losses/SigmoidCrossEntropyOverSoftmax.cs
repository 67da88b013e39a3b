namespace DeepDigits;

/// <summary>
/// A loss to learn from, not to use: the probabilities p = softmax(z) are taken for logits once more, sigmoid(p) is compared with the label
/// of each class, and the mean is taken over the classes: (1 / classes) sum over j of max(p[j], 0) - p[j] [j = y] + log(1 + exp(-p[j])).
/// </summary>
/// <remarks>
/// One of the projects that this one reproduces compared it with <see cref="SoftmaxCrossEntropy"/>. As p lies between 0 and 1, sigmoid(p)
/// lies between 0.5 and 0.73: the loss can never come near 0, and where the network is sure of a wrong class its gradient vanishes, so what
/// is lost stays lost.
/// </remarks>
public sealed class SigmoidCrossEntropyOverSoftmax : Loss
{
    /// <inheritdoc/>
    public override string Name => "sigmoid cross-entropy over softmax outputs";

    /// <summary>
    /// With g[j] = dLoss/dp[j] = (sigmoid(p[j]) - [j = y]) / classes and the softmax's dp[j]/dz[i] = p[j] ([i = j] - p[i]): dLoss/dz[i] =
    /// sum over j of g[j] p[j] ([i = j] - p[i]) = p[i] (g[i] - sum over j of g[j] p[j]). The mean over n examples divides it by n.
    /// </summary>
    /// <inheritdoc/>
    public override double Compute(Tensor logits, ReadOnlySpan<byte> labels, Tensor gradient)
    {
        Check(logits, labels, gradient);
        var classes = logits.RowLength;
        // Only one example at a time needs both p and sigmoid(p).
        Span<float> probabilities = classes <= 256 ? stackalloc float[classes] : new float[classes];
        Softmax.Compute(logits, gradient);
        var total = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            CheckLabel(i, labels[i], classes);
            var row = gradient.Row(i);
            row.CopyTo(probabilities);
            ElementaryFunctions.Sigmoid(probabilities, row);
            var mean = 0.0;
            for (var j = 0; j < classes; j++)
            {
                // p is positive, so max(p, 0) - p y + log(1 + exp(-p)) = p - p y - log(sigmoid(p)).
                total += (j == labels[i] ? 0 : probabilities[j]) - PortableMath.Log(row[j]);
                row[j] -= j == labels[i] ? 1 : 0;
                mean += (double)row[j] * probabilities[j];
            }
            for (var j = 0; j < classes; j++)
                row[j] = probabilities[j] * (row[j] - (float)mean) / (classes * labels.Length);
        }
        return total / classes / labels.Length;
    }
}
