namespace DeepDigits;

/// <summary>A network cannot be written in the format that was asked for. Nothing was written.</summary>
/// <param name="format">The format, such as "ONNX".</param>
/// <param name="part">What cannot be written, such as "layer custom_1".</param>
/// <param name="reason">Why not: a sentence.</param>
/// <param name="advice">What to do about it: a sentence.</param>
public sealed class ExportException(string format, string part, string reason, string advice) : Exception($"{format} export, {part}: {reason} {advice}")
{
    /// <summary>The format, such as "ONNX".</summary>
    public string Format { get; } = format;

    /// <summary>What cannot be written, such as "layer custom_1".</summary>
    public string Part { get; } = part;

    /// <summary>A batch normalization of something that is neither images nor rows of numbers.</summary>
    internal static ExportException OddNormalization(string format, Layer layer) => new(format, $"layer {layer.Name}",
        $"it normalizes examples of shape {Tensor.Format(layer.InputShape)}, but the format knows this of images and of rows of numbers only.", "Put a Flatten layer before it.");

    /// <summary>A layer that the format, or this exporter, has no words for.</summary>
    internal static ExportException UnknownLayer(string format, Layer layer) => new(format, $"layer {layer.Name}",
        $"it is of type {layer.GetType().Name}, which is not one of the library's layers.", "Write the network without it, and do in your program what it does.");
}
