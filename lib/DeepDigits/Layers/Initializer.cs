namespace DeepDigits;

/// <summary>
/// The distribution that a layer's first weights are drawn from. What it must get right is the spread: with too little the signal dies out
/// from layer to layer, with too much it explodes.
/// </summary>
/// <remarks>fanIn is the number of inputs that one output sums over, fanOut the number of outputs that one input feeds.</remarks>
public sealed class Initializer
{
    readonly Func<int, int, float> spread;
    readonly bool isNormal;

    Initializer(string name, bool isNormal, Func<int, int, float> spread) => (Name, this.isNormal, this.spread) = (name, isNormal, spread);

    /// <summary>Normal with mean 0 and variance 2 / fanIn: keeps the size of signals through layers with relu.</summary>
    /// <remarks>K. He, X. Zhang, S. Ren, J. Sun: Delving Deep into Rectifiers (ICCV 2015), section 2.2. Not truncated, as in the
    /// paper.</remarks>
    public static Initializer HeNormal { get; } = new("he normal", true, (fanIn, _) => MathF.Sqrt(2f / fanIn));

    /// <summary>Uniform between -limit and limit with limit = sqrt(6 / fanIn): the same variance as <see cref="HeNormal"/>.</summary>
    public static Initializer HeUniform { get; } = new("he uniform", false, (fanIn, _) => MathF.Sqrt(6f / fanIn));

    /// <summary>Normal with mean 0 and variance 2 / (fanIn + fanOut): for sigmoid and tanh.</summary>
    /// <remarks>X. Glorot, Y. Bengio: Understanding the Difficulty of Training Deep Feedforward Neural Networks (AISTATS 2010), section
    /// 4.2.1.</remarks>
    public static Initializer GlorotNormal { get; } = new("glorot normal", true, (fanIn, fanOut) => MathF.Sqrt(2f / (fanIn + fanOut)));

    /// <summary>Uniform between -limit and limit with limit = sqrt(6 / (fanIn + fanOut)): equation 16 of the same paper.</summary>
    public static Initializer GlorotUniform { get; } = new("glorot uniform", false, (fanIn, fanOut) => MathF.Sqrt(6f / (fanIn + fanOut)));

    /// <summary>What model files call it.</summary>
    public string Name { get; }

    /// <summary>Normal with mean 0 and a spread of your choice: to see what a wrong one does.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The standard deviation is negative or not a number.</exception>
    public static Initializer Normal(float standardDeviation)
    {
        if (!(standardDeviation >= 0))
            throw new ArgumentOutOfRangeException(nameof(standardDeviation), standardDeviation, "A standard deviation is zero or positive.");
        return new(FormattableString.Invariant($"normal {standardDeviation:R}"), true, (_, _) => standardDeviation);
    }

    /// <summary>The initializer of a name that <see cref="Name"/> gave.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Initializer Named(string name)
    {
        foreach (var known in (ReadOnlySpan<Initializer>)[HeNormal, HeUniform, GlorotNormal, GlorotUniform])
            if (known.Name == name)
                return known;
        const string normal = "normal ";
        if (name.StartsWith(normal, StringComparison.Ordinal)
            && float.TryParse(name.AsSpan(normal.Length), System.Globalization.CultureInfo.InvariantCulture, out var deviation) && deviation >= 0)
            return Normal(deviation);
        throw new ArgumentException($"There is no initializer named '{name}'. Known are he normal, he uniform, glorot normal, glorot uniform and normal S.", nameof(name));
    }

    /// <summary>Draws every value of a tensor.</summary>
    public void Fill(Tensor tensor, int fanIn, int fanOut, SeededRandom random)
    {
        var scale = spread(fanIn, fanOut);
        foreach (ref var value in tensor.Values)
            value = scale * (isNormal ? random.NextNormal() : 2 * random.NextUniform() - 1);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
