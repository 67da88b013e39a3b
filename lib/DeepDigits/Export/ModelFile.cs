namespace DeepDigits;

/// <summary>
/// A trained network in one file: the weights as safetensors, under names such as "dense_1.weight", and in the same file's metadata the
/// architecture as JSON. So the two cannot be parted, and whatever reads safetensors reads the weights.
/// </summary>
/// <param name="Network">The network.</param>
/// <param name="Notes">What else the file says: pairs of texts, such as the accuracy.</param>
public sealed record ModelFile(Sequential Network, IReadOnlyDictionary<string, string> Notes)
{
    const string Prefix = "deepdigits.", FormatKey = Prefix + "format", ArchitectureKey = Prefix + "architecture", Format = "model 1";

    /// <summary>Writes a network.</summary>
    /// <param name="path">The file; one that is there is replaced once the new one is complete.</param>
    /// <param name="network">A built network of the library's layers.</param>
    /// <param name="notes">What else the file should say.</param>
    /// <exception cref="ArgumentException">A note has a key that begins with "deepdigits.".</exception>
    /// <exception cref="NotSupportedException">A layer is not one of the library's.</exception>
    public static void Write(string path, Sequential network, IReadOnlyDictionary<string, string>? notes = null)
    {
        var metadata = new Dictionary<string, string> { [FormatKey] = Format, [ArchitectureKey] = network.Describe().ToJson() };
        foreach (var (key, value) in notes ?? new Dictionary<string, string>())
        {
            if (key.StartsWith(Prefix, StringComparison.Ordinal))
                throw new ArgumentException($"A note's key must not begin with '{Prefix}', but one is '{key}'.", nameof(notes));
            metadata[key] = value;
        }
        SafeTensors.Write(path, [.. network.State], metadata);
    }

    /// <summary>Reads a network.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The file is damaged, or no DeepDigits model; the message names the tensor or the
    /// part.</exception>
    public static ModelFile Read(string path) => FromTensors(SafeTensors.Read(path), path);

    internal static ModelFile FromTensors(SafeTensorsFile file, string path)
    {
        if (file.Metadata.GetValueOrDefault(FormatKey) != Format)
        {
            throw new ModelFormatException(path, $"metadata '{FormatKey}'", Format, file.Metadata.GetValueOrDefault(FormatKey) ?? "nothing",
                "Only models that DeepDigits saved say what network their weights belong to.");
        }
        var network = Make(file, path);
        if (file.Tensors.Count != network.State.Count)
            throw Damaged("the list of tensors", $"{network.State.Count} tensors", $"{file.Tensors.Count}");
        foreach (var (name, value) in network.State)
        {
            var saved = file[name];
            if (!saved.Shape.SequenceEqual(value.Shape))
                throw Damaged($"tensor '{name}'", $"shape {Tensor.Format(value.Shape)}", $"shape {Tensor.Format(saved.Shape)}");
            value.CopyFrom(saved);
        }
        return new ModelFile(network, file.Metadata.Where(note => !note.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary());

        ModelFormatException Damaged(string part, string expected, string found) =>
            new(path, part, expected, found, "The weights do not belong to the architecture that the file names. Save the model again.");
    }

    static Sequential Make(SafeTensorsFile file, string path)
    {
        try
        {
            // Not a number more than the file holds: a damaged description must not be able to ask for all memory.
            return Architecture.FromJson(file.Metadata.GetValueOrDefault(ArchitectureKey) ?? "").Build(seed: 0, file.Tensors.Sum(tensor => (long)tensor.Tensor.Length));
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw new ModelFormatException(path, $"metadata '{ArchitectureKey}'", "the description of a network", error.Message, "Save the model again.", error);
        }
    }
}
