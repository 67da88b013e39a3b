using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DeepDigits.Benchmarks;

/// <summary>
/// Trains each kind of network for a moment and prints a hash of all its parameters. Run it with other threads or narrower vectors
/// (DEEPDIGITS_THREADS=1, DOTNET_EnableAVX512=0, DOTNET_EnableAVX2=0): the hashes must stay the same.
/// </summary>
static class Bits
{
    public static int Run(int epochs)
    {
        var data = Mnist.Load().Train.Take(3_000);
        foreach (var experiment in Experiments.All)
        {
            var train = experiment.Prepare(data);
            var network = experiment.Build(train, seed: 1);
            network.Fit(train, experiment.Training with { Epochs = epochs, BatchSize = 250 });
            Console.WriteLine($"{experiment.Name} {Hash(network)}");
        }
        return 0;
    }

    /// <summary>
    /// Computes exp, sigmoid and tanh of all 2^32 floats and prints a hash of the results: what shows, rather than assumes, that they do
    /// not depend on the vector width.
    /// </summary>
    public static int RunFunctions()
    {
        Hash("exp", ElementaryFunctions.Exp);
        Hash("sigmoid", ElementaryFunctions.Sigmoid);
        Hash("tanh", ElementaryFunctions.Tanh);
        return 0;

        static void Hash(string name, Function function)
        {
            const int length = 1 << 20;
            var hashes = new byte[1 << 12][];
            Parallel.For(0, hashes.Length, part =>
            {
                Span<float> values = new float[length];
                for (var i = 0; i < length; i++)
                    values[i] = BitConverter.UInt32BitsToSingle((uint)part * length + (uint)i);
                function(values, values);
                foreach (ref var value in values)
                    if (float.IsNaN(value))
                        value = float.NaN; // which of the many patterns that are not a number it is may differ
                hashes[part] = SHA256.HashData(MemoryMarshal.AsBytes(values));
            });
            Console.WriteLine($"{name} {Convert.ToHexStringLower(SHA256.HashData([.. hashes.SelectMany(hash => hash)]))}");
        }
    }

    delegate void Function(ReadOnlySpan<float> input, Span<float> output);

    static string Hash(Sequential network)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var parameter in network.Parameters)
            hash.AppendData(MemoryMarshal.AsBytes(parameter.Value.Values));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
