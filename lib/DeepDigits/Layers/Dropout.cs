namespace DeepDigits;

/// <summary>
/// In training, sets each number to 0 with probability p and divides the others by 1 - p, so that the expected value stays; in use it does
/// nothing. No unit can rely on any other being there, which makes overfitting harder.
/// </summary>
/// <remarks>
/// N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov: Dropout (JMLR 15, 2014), section 4; the division in training
/// rather than in use is "inverted" dropout (section 10). The mask is a pure function of the seed, the step, the layer's position in the
/// network and the element's position, so it does not depend on threads, and a resumed training draws the same.
/// </remarks>
public sealed class Dropout : Layer
{
    const int RangeLength = 1 << 12;
    const uint Purpose = 0xD209; // keeps the masks apart from the streams of SeededRandom of the same seed

    readonly float probability;
    Tensor? output, inputGradient;
    Pass pass;

    /// <summary>Drops each number with the given probability.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not from 0 up to, and without, 1.</exception>
    public Dropout(float probability)
    {
        if (!(probability is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "The probability of dropping a number is from 0 up to, and without, 1.");
        this.probability = probability;
    }

    /// <summary>The share of the numbers that training drops.</summary>
    internal float Probability => probability;

    /// <summary>Where the layer stands in its network: two dropout layers of one network draw different masks.</summary>
    internal int Position { get; set; }

    /// <inheritdoc/>
    public override LayerDescription Describe() => new("dropout", ("probability", probability));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Pass pass)
    {
        CheckInput(input);
        this.pass = pass;
        if (!pass.IsTraining)
            return input;
        Tensor.Reuse(ref output, input.Rows, OutputShape);
        Mask(input, output);
        return output;
    }

    /// <summary>y = x m with m = 0 or 1 / (1 - p), so dy/dx = m: the same mask, drawn again, falls on dLoss/dY.</summary>
    /// <inheritdoc/>
    public override Tensor Backward(Tensor outputGradient)
    {
        if (!pass.IsTraining)
            return outputGradient;
        Tensor.Reuse(ref inputGradient, outputGradient.Rows, InputShape);
        Mask(outputGradient, inputGradient);
        return inputGradient;
    }

    /// <inheritdoc/>
    protected override int[] Prepare(int[] shape, SeededRandom random) => shape;

    void Mask(Tensor from, Tensor to) =>
        Workers.ForRanges(from.Length, RangeLength, (layer: this, from, to), static (it, start, end) =>
            it.layer.Mask(it.from.Values[..end], it.to.Values[..end], start));

    /// <summary>Element i is dropped when its 32 random bits, word i % 4 of block i / 4, are less than p * 2^32.</summary>
    void Mask(ReadOnlySpan<float> from, Span<float> to, int start)
    {
        var (threshold, scale) = ((uint)(probability * 4294967296.0), 1 / (1 - probability));
        var (key0, key1) = ((uint)pass.Seed, (uint)Position << 16 | Purpose);
        for (var i = start; i < from.Length; i += 4)
        {
            var (word0, word1, word2, word3) = Philox.Block((uint)i / 4, 0, (uint)pass.Step, 1, key0, key1);
            to[i] = word0 < threshold ? 0 : from[i] * scale;
            if (i + 3 < from.Length)
            {
                to[i + 1] = word1 < threshold ? 0 : from[i + 1] * scale;
                to[i + 2] = word2 < threshold ? 0 : from[i + 2] * scale;
                to[i + 3] = word3 < threshold ? 0 : from[i + 3] * scale;
                continue;
            }
            if (i + 1 < from.Length)
                to[i + 1] = word1 < threshold ? 0 : from[i + 1] * scale;
            if (i + 2 < from.Length)
                to[i + 2] = word2 < threshold ? 0 : from[i + 2] * scale;
        }
    }
}
