namespace DeepDigits;

/// <summary>Numbers that a network learns, and the gradient of the loss with respect to them.</summary>
/// <param name="name">"weight" or "bias".</param>
/// <param name="value">The numbers.</param>
public sealed class Parameter(string name, Tensor value)
{
    /// <summary>What it is in its layer: "weight" or "bias". <see cref="Sequential"/> puts the layer's name before it:
    /// "dense_1.weight".</summary>
    public string Name { get; internal set; } = name;

    /// <summary>Whether it is multiplied with an input; biases are not.</summary>
    internal bool IsWeight => Name.EndsWith("weight", StringComparison.Ordinal);

    /// <summary>The numbers that are learned.</summary>
    public Tensor Value { get; } = value;

    /// <summary>dLoss/dValue of the last backward pass: the same shape as <see cref="Value"/>.</summary>
    public Tensor Gradient { get; } = new(value.Shape);
}
