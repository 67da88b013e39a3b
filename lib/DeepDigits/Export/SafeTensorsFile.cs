using System.Collections.ObjectModel;

namespace DeepDigits;

/// <summary>What was read from a safetensors file: named tensors, in the order of their data, and a few texts about them.</summary>
public sealed class SafeTensorsFile
{
    readonly string file;
    readonly Dictionary<string, Tensor> byName;

    internal SafeTensorsFile(string file, List<(string Name, Tensor Tensor)> tensors, Dictionary<string, string> metadata)
    {
        this.file = file;
        byName = tensors.ToDictionary(entry => entry.Name, entry => entry.Tensor, StringComparer.Ordinal);
        Tensors = tensors.AsReadOnly();
        Metadata = new ReadOnlyDictionary<string, string>(metadata);
    }

    /// <summary>The tensors with their names, in the order in which their data stand in the file.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Tensors { get; }

    /// <summary>The texts under the key <c>__metadata__</c>; empty if there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="ModelFormatException">The file has no tensor of that name.</exception>
    public Tensor this[string name] => byName.TryGetValue(name, out var tensor)
        ? tensor
        : throw new ModelFormatException(file, "the header", $"a tensor {SafeTensorsHeader.Quote(name)}", Listing(),
            "The file belongs to another model, or the name is misspelt.");

    string Listing()
    {
        const int shown = 10;
        if (Tensors.Count == 0)
            return "no tensor at all";
        var names = string.Join(", ", Tensors.Take(shown).Select(entry => SafeTensorsHeader.Quote(entry.Name)));
        return Tensors.Count > shown ? $"{names} and {Tensors.Count - shown} more" : names;
    }
}
