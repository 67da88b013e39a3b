namespace DeepDigits;

/// <summary>A tensor has another shape than the operation needs. The message names the operation or the layer, both shapes, and what to
/// do.</summary>
public sealed class ShapeException(string message) : ArgumentException(message);
