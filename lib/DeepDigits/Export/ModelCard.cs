using System.Globalization;
using System.Text.Json;

namespace DeepDigits;

/// <summary>What a reader of an exported model must know and the weights do not say. Every format carries it: ONNX and safetensors as metadata, TensorFlow.js as
/// userDefinedMetadata, the drawing page in its text.</summary>
public sealed record ModelCard
{
    /// <summary>What the network is called.</summary>
    public string Title { get; init; } = "DeepDigits network";

    /// <summary>What each output means, in order; of a network with one output, what no and yes mean. Without it: the digits, or no and yes.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>How an image becomes the network's input.</summary>
    public string Preprocessing { get; init; } = "Grey levels from 0 (background) to 1 (ink): each byte of MNIST divided by 255. Digits are scaled to 20 x 20 pixels and "
        + "centred by their centre of mass in 28 x 28.";

    /// <summary>The share of the test images that the network reads rightly, if it was measured.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>The seed of the training, if it is known.</summary>
    public int? Seed { get; init; }

    /// <summary>How the network was trained, in words.</summary>
    public string? Training { get; init; }

    /// <summary>What a model file says about its network.</summary>
    /// <param name="model">The file, as `deepdigits train --save` writes it: the notes "test_accuracy", "seed" and "training" are looked at.</param>
    public static ModelCard Of(ModelFile model) => new()
    {
        TestAccuracy = double.TryParse(model.Notes.GetValueOrDefault("test_accuracy"), CultureInfo.InvariantCulture, out var accuracy) ? accuracy : null,
        Seed = int.TryParse(model.Notes.GetValueOrDefault("seed"), CultureInfo.InvariantCulture, out var seed) ? seed : null,
        Training = model.Notes.GetValueOrDefault("training"),
    };

    /// <summary>The names of the classes that so many outputs tell apart.</summary>
    /// <exception cref="ArgumentException">There are more or fewer names than classes.</exception>
    internal IReadOnlyList<string> ClassesFor(int outputs)
    {
        var count = Classification.Classes(outputs);
        if (Classes is null)
            return outputs == 1 ? ["no", "yes"] : [.. Enumerable.Range(0, count).Select(digit => digit.ToString(CultureInfo.InvariantCulture))];
        return Classes.Count == count ? Classes : throw new ArgumentException($"The card names {Classes.Count} classes, but the network tells {count} apart.");
    }

    /// <summary>The card as pairs of texts, without what is not known.</summary>
    internal SortedDictionary<string, string> Texts(Sequential network)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["title"] = Title,
            ["preprocessing"] = Preprocessing,
            ["producer"] = Producer,
        };
        if (network.OutputShape.Length == 1)
            texts["classes"] = JsonSerializer.Serialize(ClassesFor(network.OutputShape[0]));
        if (TestAccuracy is { } accuracy)
            texts["test_accuracy"] = accuracy.ToString("R", CultureInfo.InvariantCulture);
        if (Seed is { } seed)
            texts["seed"] = seed.ToString(CultureInfo.InvariantCulture);
        if (Training is not null)
            texts["training"] = Training;
        return texts;
    }

    /// <summary>The name and the version of what wrote the file.</summary>
    internal static string Producer => $"DeepDigits {Version}";

    internal static string Version => typeof(ModelCard).Assembly.GetName().Version!.ToString(3);
}
