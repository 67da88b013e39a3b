using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DeepDigits;

/// <summary>Writes networks for TensorFlow.js, in its Layers format: tf.loadLayersModel opens them in a browser or in Node.js, to be used and to be trained on.</summary>
/// <remarks>
/// <para>The folder holds model.json (the layers as Keras describes them, and which numbers stand where) and shards of at most 4 MiB with the weights as little-endian floats.
/// TensorFlow arranges images and weights as this library does, so nothing is moved. No optimizer is stored: compile the model with one to train it on.</para>
/// <para>The names of the shards hold a hash of their content. So a new export never overwrites what the old model.json names, and the model changes in the one moment when
/// model.json is replaced; shards that it no longer names are removed then.</para>
/// </remarks>
public static partial class TensorFlowJsExport
{
    const int ShardLength = 4 << 20;
    const string ModelFileName = "model.json";

    /// <summary>Writes the network as a TensorFlow.js Layers model.</summary>
    /// <param name="network">A built network of the library's layers.</param>
    /// <param name="folder">Where to put model.json and the weights. It is made if it is not there; other files in it stay.</param>
    /// <param name="card">What else the file should say: classes, preprocessing, accuracy, seed.</param>
    /// <exception cref="ExportException">A layer is not one of the library's.</exception>
    /// <exception cref="InvalidOperationException">The network is not built.</exception>
    /// <exception cref="ArgumentException">The card names more or fewer classes than the network tells apart.</exception>
    public static void SaveTensorFlowJs(this Sequential network, string folder, ModelCard? card = null)
    {
        network.Describe(); // refuses a network that is not built
        var layers = network.Layers.Select(KerasLayer.Of).ToArray();
        var shards = Shards(layers);
        var model = Model(network, layers, [.. shards.Select(shard => shard.Name)], card ?? new ModelCard());
        foreach (var (name, bytes) in shards)
        {
            using var file = new AtomicFile(Path.Combine(folder, name));
            file.Stream.Write(bytes.Span);
            file.Commit();
        }
        AtomicFile.WriteText(Path.Combine(folder, ModelFileName), model);
        foreach (var path in Directory.EnumerateFiles(folder, "weights-*.bin"))
            if (ShardName().IsMatch(Path.GetFileName(path)) && !shards.Any(shard => shard.Name == Path.GetFileName(path)))
                File.Delete(path);
    }

    [GeneratedRegex("^weights-[0-9]+of[0-9]+-[0-9a-f]{16}\\.bin$")]
    private static partial Regex ShardName();

    static (string Name, ReadOnlyMemory<byte> Bytes)[] Shards(IEnumerable<KerasLayer> layers)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var (_, tensor) in layers.SelectMany(layer => layer.Weights))
        {
            foreach (var value in tensor.Values)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.GetSpan(sizeof(float)), value);
                bytes.Advance(sizeof(float));
            }
        }
        var count = (bytes.WrittenCount + ShardLength - 1) / ShardLength;
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                var part = bytes.WrittenMemory[(i * ShardLength)..Math.Min(bytes.WrittenCount, (i + 1) * ShardLength)];
                var hash = Convert.ToHexStringLower(SHA256.HashData(part.Span))[..16];
                return ($"weights-{i + 1}of{count}-{hash}.bin", part);
            }),
        ];
    }

    static string Model(Sequential network, KerasLayer[] layers, string[] shards, ModelCard card)
    {
        layers[0].Config["batch_input_shape"] = (int?[])[null, .. network.InputShape.ToArray()];
        var model = new Dictionary<string, object?>
        {
            ["format"] = "layers-model",
            ["generatedBy"] = ModelCard.Producer,
            ["convertedBy"] = null,
            ["modelTopology"] = new Dictionary<string, object>
            {
                ["class_name"] = "Sequential",
                ["config"] = new Dictionary<string, object>
                {
                    ["name"] = "deepdigits",
                    ["layers"] = layers.Select(layer => new Dictionary<string, object> { ["class_name"] = layer.ClassName, ["config"] = layer.Config }),
                },
            },
            ["weightsManifest"] = new[]
            {
                new Dictionary<string, object>
                {
                    ["paths"] = shards,
                    ["weights"] = layers.SelectMany(layer => layer.Weights).Select(weight =>
                        new Dictionary<string, object> { ["name"] = weight.Name, ["shape"] = weight.Value.Shape.ToArray(), ["dtype"] = "float32" }),
                },
            },
            ["userDefinedMetadata"] = card.Texts(network),
        };
        return Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(model));
    }
}
