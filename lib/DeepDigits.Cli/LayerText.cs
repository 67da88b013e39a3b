using System.Globalization;

namespace DeepDigits.Cli;

/// <summary>
/// A network in a line of text: layers separated by commas, each a kind and its settings, such as "dense 128, relu, dropout 0.5, dense 10".
/// </summary>
/// <remarks>
/// The usual settings need only their values, in order; any setting can be named, as in "dense 128 initializer=glorot-uniform".
/// </remarks>
static class LayerText
{
    /// <summary>What the values without a name mean, and what holds if they are left out.</summary>
    static readonly Dictionary<string, (string Name, object? Default)[]> usualSettings = new()
    {
        ["dense"] = [("units", null), ("initializer", Initializer.HeNormal.Name)],
        ["batchnorm"] = [("momentum", null), ("epsilon", 1e-5)],
        ["dropout"] = [("probability", null)],
        ["conv2d"] = [("filters", null), ("kernel", null), ("padding", "valid"), ("stride", 1), ("initializer", Initializer.HeNormal.Name)],
        ["maxpool2d"] = [("size", null), ("stride", null), ("padding", "valid")],
        ["averagepool2d"] = [("size", null), ("stride", null), ("padding", "valid")],
    };

    /// <summary>The network that a text describes. Where a dense layer meets images, they are flattened.</summary>
    /// <exception cref="UsageException">The text cannot be read.</exception>
    /// <exception cref="ArgumentException">A kind of layer is unknown, or a setting is missing or out of range.</exception>
    public static Architecture Parse(string text, ReadOnlySpan<int> inputShape)
    {
        var layers = new List<LayerDescription>();
        var isFlat = inputShape.Length == 1;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Length == 0)
            {
                throw new UsageException($"--layers \"{text}\" has a comma with no layer beside it. "
                    + "Example: \"dense 128, relu, dense 10\".");
            }
            var layer = ParseLayer(part);
            if (layer.Kind == "dense" && !isFlat)
                layers.Add(new LayerDescription("flatten"));
            isFlat |= layer.Kind is "dense" or "flatten";
            layers.Add(layer);
        }
        return new Architecture(inputShape.ToArray(), layers);
    }

    static LayerDescription ParseLayer(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var kind = words[0].ToLowerInvariant();
        var usual = usualSettings.GetValueOrDefault(kind, []);
        var settings = new List<(string Name, object Value)>();
        foreach (var (word, i) in words.Skip(1).Select((word, i) => (word, i)))
        {
            settings.Add(word.Split('=', 2) is [var name, var value] ? (name, Value(value))
                : i < usual.Length ? (usual[i].Name, Value(word))
                : (word, true));
        }
        foreach (var (name, value) in usual)
            if (value is not null && settings.All(setting => setting.Name != name))
                settings.Add((name, value));
        // A square window needs its size once, and windows side by side no stride.
        if (settings.FirstOrDefault(setting => setting.Name == "kernel") is { Name: not null } kernel)
        {
            settings.Remove(kernel);
            settings.AddRange([("kernel_height", kernel.Value), ("kernel_width", kernel.Value)]);
        }
        if (kind is "maxpool2d" or "averagepool2d" && settings.All(setting => setting.Name != "stride") && settings.FirstOrDefault(setting => setting.Name == "size") is { Name: not null } size)
            settings.Add(("stride", size.Value));
        var layer = new LayerDescription(kind, settings);
        var known = LayerCatalog.Make(layer).Describe().Settings.Select(setting => setting.Name).ToArray();
        return settings.FirstOrDefault(setting => !known.Contains(setting.Name)).Name is not { } surplus ? layer
            : throw new UsageException($"In --layers, \"{text}\": {kind} has no setting '{surplus}'. "
                + (known.Length == 0 ? "It has none at all." : $"It has: {string.Join(", ", known)}."));
    }

    /// <summary>A number, true, false, or a word; hyphens stand for blanks.</summary>
    static object Value(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : bool.TryParse(text, out var truth) ? truth
        : text.Replace('-', ' ');
}
