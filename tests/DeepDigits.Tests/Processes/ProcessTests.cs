namespace DeepDigits.Tests.Processes;

public sealed class ProcessTests : IDisposable
{
    const string Dense = "dense 33, relu, dropout 0.2, dense 20, sigmoid, dense 17, tanh, dense 10";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>The model that is saved holds every bit of every parameter, so equal files are equal bits.</summary>
    [Theory]
    [InlineData(Dense)]
    [InlineData("conv2d 5 3 same, relu, maxpool2d 2, conv2d 9 4 valid 2, tanh, averagepool2d 2, conv2d 20 2, dense 10")]
    [InlineData("conv2d 5 3 valid 2, batchnorm 0.9, relu, maxpool2d 2, dense 21, batchnorm 0.5, tanh, dense 10")]
    public void ThreadsAndVectorWidthChangeNoBit(string layers)
    {
        var data = WriteDigits(400);
        (string Name, string Value)[][] machines =
        [
            [],
            [("DEEPDIGITS_THREADS", "1")],
            [("DEEPDIGITS_THREADS", "2")],
            [("DOTNET_EnableAVX512", "0")],
            [("DOTNET_EnableAVX512", "0"), ("DEEPDIGITS_THREADS", "3")],
            [("DOTNET_EnableAVX2", "0")], // no fused multiply-add in hardware either
        ];
        var models = machines.Select((machine, i) =>
        {
            var model = folder[$"model-{i}.safetensors"];
            OtherProcess.Run(Train(data, layers, epochs: 2, "--save", model), machine);
            return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(model)));
        }).ToList();
        Assert.All(models, model => Assert.Equal(models[0], model));
    }

    [Fact]
    public void AKilledTrainingGoesOnToTheSameBits()
    {
        var data = WriteDigits(1_000);
        var (straight, resumed, checkpoint) = (folder["straight.safetensors"], folder["resumed.safetensors"], folder["checkpoint.safetensors"]);
        OtherProcess.Run(Train(data, Dense, epochs: 40, "--save", straight));

        // Killed at any moment after its first checkpoint, some times in a row.
        for (var round = 0; round < 3; round++)
        {
            var before = File.Exists(checkpoint) ? File.GetLastWriteTimeUtc(checkpoint) : default;
            using var process = OtherProcess.Start(Train(data, Dense, epochs: 40, "--save", resumed, "--checkpoint", checkpoint));
            while (!process.HasExited && (!File.Exists(checkpoint) || File.GetLastWriteTimeUtc(checkpoint) == before))
                Thread.Sleep(1);
            Thread.Sleep(3 * round);
            process.Kill();
            process.WaitForExit();
        }
        Assert.True(File.Exists(checkpoint));
        OtherProcess.Run(Train(data, Dense, epochs: 40, "--save", resumed, "--checkpoint", checkpoint));
        Assert.Equal(File.ReadAllBytes(straight), File.ReadAllBytes(resumed));
    }

    static string[] Train(string data, string layers, int epochs, params string[] more) =>
    [
        "train", "--layers", layers, "--epochs", $"{epochs}", "--batch", "70", "--learning-rate", "0.003",
        "--optimizer", "adam", "--schedule", "cosine", "--average", "0.9", "--augment", "shift 1, rotation 10, scale 0.1, shear 0.1, elastic 20 3",
        "--seed", "4", "--data", data, .. more,
    ];

    /// <summary>The first of the real digits as a data set of their own.</summary>
    string WriteDigits(int count)
    {
        foreach (var (name, data) in new[] { ("train", RealDigits.Train), ("t10k", RealDigits.Test) })
        {
            var pixels = new byte[count * 784];
            for (var i = 0; i < pixels.Length; i++)
                pixels[i] = (byte)MathF.Round(data.Image(i / 784)[i % 784] * 255);
            IdxFile.Write(folder[$"digits/{name}-images-idx3-ubyte"], pixels, [count, 28, 28]);
            IdxFile.Write(folder[$"digits/{name}-labels-idx1-ubyte"], data.Labels[..count], [count]);
        }
        return folder["digits"];
    }
}
