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
public sealed class SigmoidCrossEntropyOverSoftmax : LossOverSoftmax
{
    /// <inheritdoc/>
    public override string Name => "sigmoid cross-entropy over softmax outputs";

    /// <summary>dLoss/dp[j] = (sigmoid(p[j]) - [j = y]) / classes; the division comes at the end.</summary>
    /// <inheritdoc/>
    private protected override double Judge(ReadOnlySpan<float> probabilities, int label, Span<float> gradient)
    {
        ElementaryFunctions.Sigmoid(probabilities, gradient);
        var total = 0.0;
        for (var j = 0; j < gradient.Length; j++)
        {
            // p is positive, so max(p, 0) - p y + log(1 + exp(-p)) = p - p y - log(sigmoid(p)).
            total += (j == label ? 0 : probabilities[j]) - PortableMath.Log(gradient[j]);
            gradient[j] -= j == label ? 1 : 0;
        }
        return total;
    }

    private protected override int Parts(int classes) => classes;
}
