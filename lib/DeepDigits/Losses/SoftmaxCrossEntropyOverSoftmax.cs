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
public sealed class SoftmaxCrossEntropyOverSoftmax : LossOverSoftmax
{
    /// <inheritdoc/>
    public override string Name => "softmax cross-entropy over softmax outputs";

    /// <summary>dLoss/dp[j] = q[j] - [j = y], as of every softmax cross-entropy.</summary>
    /// <inheritdoc/>
    private protected override double Judge(ReadOnlySpan<float> probabilities, int label, Span<float> gradient)
    {
        ElementaryFunctions.Exp(probabilities, gradient); // p is at most 1: nothing overflows
        var sum = Softmax.Sum(gradient);
        for (var j = 0; j < gradient.Length; j++)
            gradient[j] = (float)(gradient[j] / sum) - (j == label ? 1 : 0);
        return PortableMath.Log(sum) - probabilities[label];
    }

    private protected override int Parts(int classes) => 1;
}
