namespace DeepDigits;

/// <summary>
/// What a training makes small: one number that says how far the outputs of a network (the logits) are from the labels, averaged over a
/// batch.
/// </summary>
/// <remarks>
/// Logits are the last layer's raw outputs. The function that turns them into probabilities (softmax, sigmoid) is part of the loss, because
/// together the two have a simpler gradient and do not overflow. So a network needs no activation at its end. A loss has no state:
/// trainings may share one.
/// </remarks>
public abstract class Loss
{
    /// <summary>What results and model files call it.</summary>
    public abstract string Name { get; }

    /// <summary>The mean loss of a batch, and its gradient.</summary>
    /// <param name="logits">The network's outputs: [n, outputs].</param>
    /// <param name="labels">The class of each example.</param>
    /// <param name="gradient">Receives dLoss/dLogits: [n, outputs].</param>
    /// <returns>The mean over the examples, in nats.</returns>
    /// <exception cref="ShapeException">The shapes do not fit, or the loss cannot judge so many outputs.</exception>
    /// <exception cref="LabelException">A label has no output.</exception>
    public abstract double Compute(Tensor logits, ReadOnlySpan<byte> labels, Tensor gradient);

    /// <summary>Throws unless there is a row of logits for each label, and the gradient has the same shape.</summary>
    private protected void Check(Tensor logits, ReadOnlySpan<byte> labels, Tensor gradient)
    {
        if (logits.Rank != 2 || logits.Rows != labels.Length || !gradient.Shape.SequenceEqual(logits.Shape))
        {
            throw new ShapeException($"The loss '{Name}' needs logits of shape [n, outputs], n labels and a gradient of the same shape as the logits, "
                + $"but it was given {Tensor.Format(logits.Shape)}, {labels.Length} labels and {Tensor.Format(gradient.Shape)}. A network must end in one row of numbers per example.");
        }
    }

    /// <summary>Throws unless the label of an example is below the number of classes.</summary>
    private protected void CheckLabel(int example, int label, int classes)
    {
        if (label >= classes)
        {
            throw new LabelException($"The loss '{Name}' was given label {label} for example {example} of the batch, but the network's outputs tell only {classes} classes apart "
                + $"(0 to {classes - 1}). Give the last layer one unit for each class.");
        }
    }
}
