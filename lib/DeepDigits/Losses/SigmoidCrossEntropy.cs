using System.Numerics.Tensors;

namespace DeepDigits;

/// <summary>
/// Binary cross-entropy for yes-or-no questions: the sigmoid turns a logit into the probability of "yes", p = 1 / (1 + exp(-z)), and the
/// loss is -log p for yes (y = 1) and -log(1 - p) for no (y = 0): together max(z, 0) - z y + log(1 + exp(-|z|)), which never overflows.
/// </summary>
/// <remarks>
/// With one output the labels are 0 and 1. With several outputs each class is a question of its own, "is it this one?", and the loss of an
/// example is the sum over its questions.
/// </remarks>
public sealed class SigmoidCrossEntropy : Loss
{
    /// <inheritdoc/>
    public override string Name => "sigmoid cross-entropy";

    /// <summary>
    /// With dp/dz = p (1 - p): d(-y log p - (1 - y) log(1 - p))/dz = (-y / p + (1 - y) / (1 - p)) p (1 - p) = p - y. The mean over n
    /// examples divides it by n.
    /// </summary>
    /// <inheritdoc/>
    public override double Compute(Tensor logits, ReadOnlySpan<byte> labels, Tensor gradient)
    {
        Check(logits, labels, gradient);
        var total = Sum(logits.Values, logits.RowLength, labels, gradient);
        ElementaryFunctions.Sigmoid(logits.Values, gradient.Values);
        for (var i = 0; i < labels.Length; i++)
        {
            var row = gradient.Row(i);
            if (row.Length > 1)
                row[labels[i]] -= 1;
            else
                row[0] -= labels[i];
        }
        TensorPrimitives.Divide(gradient.Values, labels.Length, gradient.Values);
        return total / labels.Length;
    }

    /// <summary>The sum of max(z, 0) - z y + log(1 + exp(-|z|)) over all outputs of all examples.</summary>
    /// <param name="logits">Shape [n, outputs].</param>
    /// <param name="outputs">The number of outputs for each example.</param>
    /// <param name="labels">The class of each example.</param>
    /// <param name="scratch">Any tensor of the same length: it is overwritten.</param>
    double Sum(ReadOnlySpan<float> logits, int outputs, ReadOnlySpan<byte> labels, Tensor scratch)
    {
        var decay = scratch.Values;
        TensorPrimitives.Abs(logits, decay);
        TensorPrimitives.Negate(decay, decay);
        ElementaryFunctions.Exp(decay, decay);
        var total = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            CheckLabel(i, labels[i], Math.Max(outputs, 2));
            for (var j = 0; j < outputs; j++)
            {
                double logit = logits[i * outputs + j];
                var isYes = outputs == 1 ? labels[i] == 1 : labels[i] == j;
                total += Math.Max(logit, 0) - (isYes ? logit : 0) + PortableMath.Log(1.0 + decay[i * outputs + j]);
            }
        }
        return total;
    }
}
