namespace DeepDigits;

/// <summary>
/// What a layer must know of the pass that it takes part in. Dropout behaves differently in training, and draws its mask from the seed and
/// the step: so a resumed training draws what the uninterrupted one did.
/// </summary>
public readonly record struct Pass
{
    Pass(bool isTraining, int seed, int step) => (IsTraining, Seed, Step) = (isTraining, seed, step);

    /// <summary>A pass that uses the network: nothing is random.</summary>
    public static Pass Inference => default;

    /// <summary>A pass that trains the network.</summary>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="step">The number of optimizer steps before this one.</param>
    public static Pass Training(int seed, int step) => new(true, seed, step);

    /// <summary>Whether the network is being trained.</summary>
    public bool IsTraining { get; }

    /// <summary>The seed of the training.</summary>
    public int Seed { get; }

    /// <summary>The number of optimizer steps before this one.</summary>
    public int Step { get; }
}
