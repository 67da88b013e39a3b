namespace DeepDigits;

/// <summary>What a network says about images.</summary>
public sealed class Predictions
{
    readonly byte[] classes;

    internal Predictions(Tensor probabilities, byte[] classes) => (Probabilities, this.classes) = (probabilities, classes);

    /// <summary>
    /// The probability of each class: [n, classes]. A network with a single output, which answers a yes-or-no question, gives two: no and
    /// yes.
    /// </summary>
    public Tensor Probabilities { get; }

    /// <summary>The most likely class of each image; of equals, the first.</summary>
    public ReadOnlySpan<byte> Classes => classes;
}
