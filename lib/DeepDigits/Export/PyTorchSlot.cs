namespace DeepDigits;

/// <summary>One tensor of a network, and what PyTorch makes of it.</summary>
/// <param name="Owner">The layer that it belongs to.</param>
/// <param name="Parameter">What PyTorch calls it in its module.</param>
/// <param name="Target">The tensor as it is arranged here.</param>
/// <param name="ToPyTorch">A copy as it is arranged there.</param>
/// <param name="FromPyTorch">The way back.</param>
sealed record PyTorchSlot(Layer Owner, string Parameter, Tensor Target, Func<Tensor, Tensor> ToPyTorch, Func<Tensor, Tensor> FromPyTorch)
{
    /// <summary>The name of the layer.</summary>
    public string Layer => Owner.Name;

    /// <summary>The name of layer and tensor: "conv2d_1.weight".</summary>
    public string Name => $"{Layer}.{Parameter}";

    /// <summary>The shape in PyTorch.</summary>
    public int[] Shape { get; } = ToPyTorch(Target).Shape.ToArray();

    /// <summary>A tensor that is the same there.</summary>
    public static PyTorchSlot AsItIs(Layer owner, string parameter, Tensor value) => new(owner, parameter, value, tensor => tensor, tensor => tensor);

    /// <summary>A number for each channel of a batch normalization.</summary>
    /// <param name="owner">The layer.</param>
    /// <param name="parameter">What PyTorch calls it.</param>
    /// <param name="value">The numbers.</param>
    /// <param name="flattened">[height, width, channels] of the images whose flattened numbers are the channels; empty if they are not such.</param>
    public static PyTorchSlot OfChannels(Layer owner, string parameter, Tensor value, int[] flattened) => flattened is not [var height, var width, var channels]
        ? AsItIs(owner, parameter, value)
        : new PyTorchSlot(owner, parameter, value, tensor => AxisOrder.Permute(tensor.Reshape(height, width, channels), 2, 0, 1).Reshape(value.Length),
            tensor => AxisOrder.Permute(tensor.Reshape(channels, height, width), 1, 2, 0).Reshape(value.Length));

    /// <summary>The weight of a dense layer.</summary>
    /// <param name="owner">The layer.</param>
    /// <param name="flattened">[height, width, channels] of the images whose flattened numbers are its inputs; empty if they are not such.</param>
    public static PyTorchSlot OfDense(Layer owner, int[] flattened)
    {
        var weight = owner.Parameters[0].Value;
        if (flattened is not [var height, var width, var channels])
            return new PyTorchSlot(owner, "weight", weight, tensor => AxisOrder.Permute(tensor, 1, 0), tensor => AxisOrder.Permute(tensor, 1, 0));
        var (inputs, units) = (height * width * channels, weight.Shape[1]);
        return new PyTorchSlot(owner, "weight", weight,
            tensor => AxisOrder.Permute(tensor.Reshape(height, width, channels, units), 3, 2, 0, 1).Reshape(units, inputs),
            tensor => AxisOrder.Permute(tensor.Reshape(units, channels, height, width), 2, 3, 1, 0).Reshape(inputs, units));
    }
}
