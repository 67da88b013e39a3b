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

    /// <summary>A network with all that a pass over images may need, statistics included.</summary>
    public static Sequential ConvolutionalNetwork(int seed = 5)
    {
        var network = new Sequential(new Conv2D(3, 5, 5, 2, Padding.Same, Initializer.HeNormal), new BatchNorm(0.8), new Relu(), new MaxPool2D(2),
            new Conv2D(5, 3, Padding.Same), new BatchNorm(0.8), new Tanh(), new AveragePool2D(2), new Conv2D(10, 3, Padding.Valid), new GlobalAveragePool2D(), new BatchNorm(0.8));
        network.Build([28, 28, 1], seed);
        return network;
    }

    /// <summary>One of the two networks.</summary>
    public static Sequential Network(bool isConvolutional, int seed = 5) => isConvolutional ? ConvolutionalNetwork(seed) : Network(seed);

    /// <summary>The same with averaged weights and varied images.</summary>
    public static TrainingOptions OptionsWithAll { get; } = Options with
    {
        Averaging = new WeightAveraging(0.9),
        Augmentation = new Augmentation { Shift = 1.5, Rotation = 10, Scale = 0.1, Shear = 0.1, ElasticStrength = 34, ElasticSmoothness = 4 },
    };

    /// <summary>A hash of the bits of all parameters and statistics.</summary>
    public static string Bits(Sequential network)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, value) in network.State)
            hash.AppendData(MemoryMarshal.AsBytes(value.Values));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>Calls an action at every step.</summary>
sealed class AtEveryStep(Action<TrainingProgress> action) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => action(value);
}
