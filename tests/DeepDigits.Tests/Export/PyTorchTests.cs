namespace DeepDigits.Tests.Export;

/// <summary>Weights as PyTorch arranges them, out and in.</summary>
public sealed class PyTorchTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Weights that PyTorch drew, with images and the logits that it computed: see clients/torch_weights.py. DEEPDIGITS_FOREIGN names a folder with more of them.</summary>
    [Fact]
    public void PyTorchsWeightsComputeTheSameHere()
    {
        var asked = Environment.GetEnvironmentVariable("DEEPDIGITS_FOREIGN");
        var from = asked is { Length: > 0 } ? asked : ReferenceFiles.PathOf("pytorch");
        var checks = Directory.GetFiles(from, "*.check.safetensors").Order(StringComparer.Ordinal).ToArray();
        Assert.True(checks.Length >= ExampleNetworks.All.Count);
        var compared = new List<string>();
        foreach (var check in checks)
        {
            var expected = SafeTensors.Read(check);
            var network = Architecture.FromJson(expected.Metadata["architecture"]).Build(seed: 1);
            network.LoadPyTorch(check.Replace(".check.", ".weights.", StringComparison.Ordinal));
            var logits = network.Forward(expected["images"], Pass.Inference);
            var (scale, difference) = (1.0, 0.0);
            for (var i = 0; i < logits.Length; i++)
            {
                scale = Math.Max(scale, Math.Abs(expected["logits"].Values[i]));
                difference = Math.Max(difference, Math.Abs(expected["logits"].Values[i] - logits.Values[i]));
            }
            Assert.True(difference <= 1e-4 * scale, $"{Path.GetFileName(check)}: logits differ by {difference:G3}, the largest is {scale:G3}.");
            compared.Add(FormattableString.Invariant($"{Path.GetFileName(check).Split('.')[0]}: {logits.Rows} images, logits off by {difference:G2} (largest {scale:G3})"));
        }
        if (asked is { Length: > 0 })
            File.WriteAllLines(Path.Combine(from, "compared.txt"), compared);
    }

    [Theory]
    [InlineData("windows")]
    [InlineData("global")]
    [InlineData("flat")]
    [InlineData("flattened")]
    public void WhatIsWrittenIsReadBackToTheBit(string name)
    {
        var (network, other) = (ExampleNetworks.Build(name, 1), ExampleNetworks.Build(name, 2));
        network.SavePyTorch(folder["weights.safetensors"]);
        other.LoadPyTorch(folder["weights.safetensors"]);
        Assert.All(network.State.Zip(other.State), pair => Assert.Equal(pair.First.Value.Values.ToArray(), pair.Second.Value.Values.ToArray()));
        Assert.Equal(["weights.safetensors"], folder.Files);
    }

    [Fact]
    public void EveryNumberHasItsPlace()
    {
        // Two pixels of two channels, flattened: here p0c0 p0c1 p1c0 p1c1, in PyTorch c0p0 c0p1 c1p0 c1p1.
        var network = new Sequential(new Conv2D(2, 1, 2, 1, Padding.Valid, Initializer.HeNormal), new Flatten(), new Dense(1));
        network.Build([1, 3, 2], seed: 1);
        Fill(network, "conv2d_1.weight", [1, 2, 3, 4, 5, 6, 7, 8]); // [1, 2, channels, filters]
        Fill(network, "dense_1.weight", [10, 20, 30, 40]);
        network.SavePyTorch(folder["weights.safetensors"], new ModelCard { Seed = 3, Classes = ["no", "yes"] });
        var file = SafeTensors.Read(folder["weights.safetensors"]);
        Assert.Equal([2, 2, 1, 2], file["conv2d_1.weight"].Shape.ToArray());
        Assert.Equal([1f, 5, 3, 7, 2, 6, 4, 8], file["conv2d_1.weight"].Values.ToArray());
        Assert.Equal([1, 4], file["dense_1.weight"].Shape.ToArray());
        Assert.Equal([10f, 30, 20, 40], file["dense_1.weight"].Values.ToArray());
        Assert.Equal("nn.Sequential(OrderedDict([('conv2d_1', nn.Conv2d(2, 2, (1, 2), stride=1, padding=(0, 0))), ('flatten_1', nn.Flatten()), ('dense_1', nn.Linear(4, 1))]))",
            file.Metadata["pytorch"]);
        Assert.Equal("3", file.Metadata["seed"]);
        Assert.Equal("""["no","yes"]""", file.Metadata["classes"]);
    }

    [Fact]
    public void ModulesCanHaveAnyNames()
    {
        var (network, other) = (ExampleNetworks.Build("windows", 1), ExampleNetworks.Build("windows", 2));
        network.SavePyTorch(folder["weights.safetensors"]);
        var names = new Dictionary<string, string> { ["conv2d_1"] = "features.0", ["conv2d_2"] = "features.3", ["dense_1"] = "classifier.10", ["dense_2"] = "classifier.9" };
        var renamed = SafeTensors.Read(folder["weights.safetensors"]).Tensors.Select(tensor => tensor.Name.Split('.') is [var layer, var parameter] ? ($"{names.GetValueOrDefault(layer) ?? layer}.{parameter}", tensor.Tensor) : default);
        SafeTensors.Write(folder["renamed.safetensors"], [.. renamed]);
        other.LoadPyTorch(folder["renamed.safetensors"], names);
        Assert.All(network.State.Zip(other.State), pair => Assert.Equal(pair.First.Value.Values.ToArray(), pair.Second.Value.Values.ToArray()));

        var error = Assert.Throws<ModelFormatException>(() => other.LoadPyTorch(folder["renamed.safetensors"]));
        Assert.Contains("'conv2d_1.weight'", error.Message, StringComparison.Ordinal);
        names["conv2d_9"] = "features.9";
        Assert.Contains("conv2d_9", Assert.Throws<ArgumentException>(() => other.LoadPyTorch(folder["renamed.safetensors"], names)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatDoesNotFitIsRefusedByName()
    {
        var network = ExampleNetworks.Build("windows");
        network.SavePyTorch(folder["weights.safetensors"]);
        var tensors = SafeTensors.Read(folder["weights.safetensors"]).Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Tensor);

        Refused("dense_2.bias", all => all.Remove("dense_2.bias"));
        Refused("dense_2.weight", all => all["dense_2.weight"] = new Tensor(7, 5)); // not transposed
        Refused("conv2d_2.weight", all => all["conv2d_2.weight"] = new Tensor(2, 2, 6, 5)); // as it is arranged here
        Refused("batchnorm_1.running_var", all => all.Remove("batchnorm_1.running_var"));
        Refused("dense_3.weight", all => all["dense_3.weight"] = new Tensor(5, 5));
        Refused("conv2d_1.bias", all => all["conv2d_1.bias"] = Tensor.From([1, 2, float.NaN, 4, 5, 6], 6));
        Refused("dense_1.bias", all => all["dense_1.bias"] = Tensor.From([1, 2, 3, 4, 5, 6, float.PositiveInfinity], 7));

        void Refused(string name, Action<Dictionary<string, Tensor>> spoil)
        {
            var spoilt = new Dictionary<string, Tensor>(tensors);
            spoil(spoilt);
            SafeTensors.Write(folder["spoilt.safetensors"], [.. spoilt.Select(tensor => (tensor.Key, tensor.Value))]);
            var before = network.State.Select(tensor => tensor.Value.Values.ToArray()).ToArray();
            var error = Assert.Throws<ModelFormatException>(() => network.LoadPyTorch(folder["spoilt.safetensors"]));
            Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
            Assert.Equal(folder["spoilt.safetensors"], error.File);
            Assert.All(network.State.Zip(before), pair => Assert.Equal(pair.Second, pair.First.Value.Values.ToArray()));
        }
    }

    [Fact]
    public void AnOutputWhoseOrderWouldDifferIsRefused()
    {
        var network = new Sequential(new Conv2D(2, 1, Padding.Valid), new Flatten());
        network.Build([2, 2, 1], seed: 1);
        Assert.Contains("another order", Assert.Throws<ExportException>(() => network.SavePyTorch(folder["weights.safetensors"])).Message, StringComparison.Ordinal);
        Assert.Empty(folder.Files);
    }

    static void Fill(Sequential network, string name, float[] values) => values.CopyTo(network.Parameters.Single(parameter => parameter.Name == name).Value.Values);
}
