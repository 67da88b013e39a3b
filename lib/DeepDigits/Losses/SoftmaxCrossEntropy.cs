using System.Globalization;
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
    readonly double smoothing;

    /// <summary>The loss as it stands above.</summary>
    public SoftmaxCrossEntropy()
    {
    }

    /// <summary>
    /// With label smoothing: the share s of the label is spread over all K classes, q[j] = (1 - s) [j = y] + s / K, and the loss is the sum over j of -q[j] log p[j]. So no
    /// logit gains from growing without end.
    /// </summary>
    /// <param name="labelSmoothing">s, from 0 up to, and without, 1.</param>
    /// <remarks>C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna: Rethinking the Inception Architecture for Computer Vision (CVPR 2016), section 7.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">s is outside its range.</exception>
    public SoftmaxCrossEntropy(double labelSmoothing)
    {
        if (!(labelSmoothing is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "Label smoothing is from 0 up to, and without, 1.");
        smoothing = labelSmoothing;
    }

    /// <inheritdoc/>
    public override string Name => smoothing == 0 ? "softmax cross-entropy" : string.Create(CultureInfo.InvariantCulture, $"softmax cross-entropy, label smoothing {smoothing}");

    /// <summary>
    /// d(-log p[y])/dz[j] = d(log sum exp(z))/dz[j] - dz[y]/dz[j] = exp(z[j]) / sum exp(z) - [j = y] = p[j] - [j = y]. The mean over n
    /// examples divides it by n. With label smoothing the loss is log sum exp(z) - the sum of q[c] z[c], so [j = y] becomes q[j].
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
            if (smoothing == 0)
            {
                row[labels[i]] -= 1f / labels.Length;
                continue;
            }
            var mean = 0.0;
            foreach (var logit in logits.Row(i))
                mean += logit;
            mean /= classes;
            total += smoothing * (logits.Row(i)[labels[i]] - mean);
            TensorPrimitives.Subtract(row, (float)(smoothing / classes / labels.Length), row);
            row[labels[i]] -= (float)((1 - smoothing) / labels.Length);
        }
        return total / labels.Length;
    }
}
