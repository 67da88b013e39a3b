using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DeepDigits.Tests.Training;

/// <summary>A training that takes a moment and uses all that may go wrong: shuffling, dropout, a smaller last batch, Adam, a
/// schedule.</summary>
static class SmallTraining
{
    public static Dataset Data { get; } = RealDigits.Train.Take(1_050);

    public static TrainingOptions Options { get; } = new()
    {
        Loss = new SoftmaxCrossEntropy(),
        Optimizer = new Adam(0.003f),
        BatchSize = 100,
        Epochs = 3,
        Seed = 5,
        Schedule = LearningRateSchedule.Cosine,
    };

    public static Sequential Network(int seed = 5)
    {
        var network = new Sequential(new Flatten(), new Dense(40), new Relu(), new Dropout(0.2f), new Dense(24), new Tanh(), new Dense(10));
        network.Build([28, 28, 1], seed);
        return network;
    }

    /// <summary>A hash of the bits of all parameters.</summary>
    public static string Bits(Sequential network)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var parameter in network.Parameters)
            hash.AppendData(MemoryMarshal.AsBytes(parameter.Value.Values));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>Calls an action at every step.</summary>
sealed class AtEveryStep(Action<TrainingProgress> action) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => action(value);
}
