using System.Text.Json.Nodes;

namespace DeepDigits.Tests.Export;

/// <summary>The folder that TensorFlow.js reads.</summary>
public sealed class TensorFlowJsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void LayersAndWeightsStandAsKerasHasThem()
    {
        var network = ExampleNetworks.Build("windows");
        network.SaveTensorFlowJs(folder.Path, new ModelCard { Seed = 5 });
        var model = Model();
        Assert.Equal("layers-model", model["format"]!.GetValue<string>());
        Assert.Equal("5", model["userDefinedMetadata"]!["seed"]!.GetValue<string>());
        var layers = model["modelTopology"]!["config"]!["layers"]!.AsArray();
        Assert.Equal(["Conv2D", "Activation", "MaxPooling2D", "Conv2D", "Activation", "AveragePooling2D", "Flatten", "Dropout", "BatchNormalization", "Dense", "Activation", "Dense"],
            layers.Select(layer => layer!["class_name"]!.GetValue<string>()));
        Assert.Equal("[null,13,18,3]", layers[0]!["config"]!["batch_input_shape"]!.ToJsonString());
        Assert.Equal(0.25, layers[7]!["config"]!["rate"]!.GetValue<double>());
        var manifest = model["weightsManifest"]![0]!;
        Assert.Equal(["conv2d_1/kernel", "conv2d_1/bias", "conv2d_2/kernel", "conv2d_2/bias",
            "batchnorm_1/gamma", "batchnorm_1/beta", "batchnorm_1/moving_mean", "batchnorm_1/moving_variance", "dense_1/kernel", "dense_1/bias", "dense_2/kernel", "dense_2/bias"],
            manifest["weights"]!.AsArray().Select(weight => weight!["name"]!.GetValue<string>()));
        var bytes = File.ReadAllBytes(folder[manifest["paths"]![0]!.GetValue<string>()]);
        Assert.Equal(network.State.Sum(tensor => tensor.Value.Length) * 4, bytes.Length);
        Assert.Equal(network.Parameters[0].Value[1, 2, 0, 3], BitConverter.ToSingle(bytes, 4 * (((1 * 3 + 2) * 3 + 0) * 6 + 3)));
    }

    [Fact]
    public void LargeWeightsComeInShardsAndOldOnesGo()
    {
        var large = new Sequential(new Dense(1500));
        large.Build([1000], seed: 1);
        File.WriteAllText(folder["weights-notes.bin"], "not a shard");
        large.SaveTensorFlowJs(folder.Path);
        var shards = Shards();
        Assert.Equal([4 << 20, (1000 * 1500 + 1500) * 4 - (4 << 20)], shards.Select(shard => (int)new FileInfo(folder[shard]).Length));
        Assert.Equal(["model.json", .. shards.Order(StringComparer.Ordinal), "weights-notes.bin"], folder.Files);

        ExampleNetworks.Build("flat").SaveTensorFlowJs(folder.Path);
        Assert.Equal(["model.json", .. Shards(), "weights-notes.bin"], folder.Files);
        Assert.DoesNotContain(shards[0], folder.Files);
    }

    JsonNode Model() => JsonNode.Parse(File.ReadAllText(folder["model.json"]))!;

    string[] Shards() => [.. Model()["weightsManifest"]![0]!["paths"]!.AsArray().Select(path => path!.GetValue<string>())];
}
