using System.Numerics.Tensors;

namespace DeepDigits;

/// <summary>
/// For one of several classes: softmax turns the logits into probabilities, p[j] = exp(z[j]) / sum over c of exp(z[c]), and the loss of an
/// example is the negative logarithm of the probability of its class y: -log p[y] = log(sum over c of exp(z[c])) - z[y].
/// </summary>
/// <remarks>
/// With all classes equally likely it is ln(classes): 2.303 for ten. Every logit is first reduced by the row's largest, which changes no
/// probability and keeps exp from overflowing.
/// </remarks>
public sealed class SoftmaxCrossEntropy : Loss
{
    /// <inheritdoc/>
    public override string Name => "softmax cross-entropy";

    /// <summary>
    /// d(-log p[y])/dz[j] = d(log sum exp(z))/dz[j] - dz[y]/dz[j] = exp(z[j]) / sum exp(z) - [j = y] = p[j] - [j = y]. The mean over n
    /// examples divides it by n.
    /// </summary>
    /// <inheritdoc/>
    public override double Compute(Tensor logits, ReadOnlySpan<byte> labels, Tensor gradient)
    {
        Check(logits, labels, gradient);
        var classes = logits.RowLength;
        Softmax.ShiftedExponentials(logits.Values, gradient.Values, classes);
        var total = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            CheckLabel(i, labels[i], classes);
            var row = gradient.Row(i);
            var sum = Softmax.Sum(row);
            // exp of the shifted logit may be 0 in floats; so the logit itself is used, not the logarithm of a probability.
            total += PortableMath.Log(sum) + Softmax.Largest(logits.Row(i)) - logits.Row(i)[labels[i]];
            TensorPrimitives.Multiply(row, (float)(1 / (sum * labels.Length)), row);
            row[labels[i]] -= 1f / labels.Length;
        }
        return total / labels.Length;
    }
}
