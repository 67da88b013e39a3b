namespace DeepDigits.Tests;

/// <summary>The real data set, loaded once for all tests.</summary>
static class RealDigits
{
    static readonly Lazy<(Dataset Train, Dataset Test)> loaded = new(() => Mnist.Load() is var (train, test) ? (train, test) : default);

    public static Dataset Train => loaded.Value.Train;

    public static Dataset Test => loaded.Value.Test;
}
