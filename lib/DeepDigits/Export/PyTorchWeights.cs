using System.Globalization;

namespace DeepDigits;

/// <summary>Writes and reads the weights of a network as PyTorch arranges them, in a safetensors file.</summary>
/// <remarks>
/// <para>What differs. PyTorch's images are [batch, channels, height, width], ours [batch, height, width, channels]. So:</para>
/// <list type="table">
/// <item><term>Dense</term><description>ours [inputs, units], PyTorch's Linear [units, inputs]</description></item>
/// <item><term>Conv2D</term><description>ours [height, width, channels, filters], PyTorch's Conv2d [filters, channels, height, width]</description></item>
/// <item><term>the first Dense after a Flatten of images</term><description>its inputs are numbered pixel by pixel here, (row * width + column) * channels + channel, and channel by channel in
/// PyTorch, (channel * height + row) * width + column: the rows of its weight change places accordingly, besides</description></item>
/// <item><term>BatchNorm</term><description>gamma is called weight, beta bias, mean and variance running_mean and running_var; after a Flatten of images they change places as the rows
/// do</description></item>
/// <item><term>bias</term><description>the same</description></item>
/// </list>
/// <para>Written are names such as "conv2d_1.weight", and in the metadata, under "pytorch", the Python expression for a module with these names: what it makes takes the file by
/// load_state_dict. Read are the same names, those of a plain nn.Sequential ("0.weight", "3.weight", ...), whose modules with weights are taken in the order of their numbers, or
/// any others by a table.</para>
/// </remarks>
public static class PyTorchWeights
{
    const string Format = "PyTorch";

    /// <summary>Writes the weights.</summary>
    /// <param name="network">A built network of the library's layers.</param>
    /// <param name="path">The file; one that is there is replaced once the new one is complete.</param>
    /// <param name="card">What else the file should say: classes, preprocessing, accuracy, seed.</param>
    /// <exception cref="ExportException">A layer is not one of the library's, or the network puts out flattened images, whose numbers would come in another order.</exception>
    /// <exception cref="InvalidOperationException">The network is not built.</exception>
    /// <exception cref="ArgumentException">The card names more or fewer classes than the network tells apart.</exception>
    public static void SavePyTorch(this Sequential network, string path, ModelCard? card = null)
    {
        var tensors = Slots(network).Select(slot => (slot.Name, slot.ToPyTorch(slot.Target))).ToArray();
        var metadata = (card ?? new ModelCard()).Texts(network);
        metadata["format"] = "pt";
        if (PyTorchSource.Of(network) is { } source)
            metadata["pytorch"] = source;
        SafeTensors.Write(path, tensors, metadata);
    }

    /// <summary>Reads weights that PyTorch arranged into a network of the same layers. All tensors are checked before the first is taken.</summary>
    /// <param name="network">A built network of the library's layers.</param>
    /// <param name="path">A safetensors file, as safetensors.torch.save_file(model.state_dict(), path) writes it.</param>
    /// <param name="modules">What the layers are called in PyTorch, for example ("conv2d_1", "features.0"). Without it: as here, or numbered as in nn.Sequential.</param>
    /// <exception cref="ModelFormatException">The file is damaged, or a tensor is missing, superfluous, of another shape, or holds a number that is not finite, or a negative variance; the message names it.
    /// The network is as it was.</exception>
    /// <exception cref="ArgumentException">The table names a layer that the network does not have.</exception>
    /// <exception cref="ExportException">A layer is not one of the library's.</exception>
    /// <exception cref="InvalidOperationException">The network is not built.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static void LoadPyTorch(this Sequential network, string path, IReadOnlyDictionary<string, string>? modules = null) =>
        Load(network, SafeTensors.Read(path), path, modules);

    internal static void Load(Sequential network, SafeTensorsFile file, string path, IReadOnlyDictionary<string, string>? modules)
    {
        var slots = Slots(network);
        var names = NamesIn(file, slots, modules);
        // How many batches a normalization has seen matters to nothing here.
        var counters = names.Where(name => name.EndsWith(".running_mean", StringComparison.Ordinal)).Select(name => name.Replace("running_mean", "num_batches_tracked", StringComparison.Ordinal));
        var superfluous = file.Tensors.Select(tensor => tensor.Name).Except(names).Except(counters).FirstOrDefault();
        var values = new Tensor[slots.Count];
        for (var i = 0; i < slots.Count; i++)
            values[i] = Checked(slots[i], names[i], file[names[i]], path);
        if (superfluous is not null)
        {
            throw new ModelFormatException(path, $"tensor {SafeTensorsHeader.Quote(superfluous)}", $"only the {slots.Count} tensors of the network", "one more",
                "The network has no place for it: add the layer that it belongs to, or leave it out of the file.");
        }
        for (var i = 0; i < slots.Count; i++)
            slots[i].Target.CopyFrom(slots[i].FromPyTorch(values[i]));
    }

    static Tensor Checked(PyTorchSlot slot, string name, Tensor found, string path)
    {
        var part = $"tensor {SafeTensorsHeader.Quote(name)}";
        if (!found.Shape.SequenceEqual(slot.Shape))
        {
            throw new ModelFormatException(path, part, $"shape {Tensor.Format(slot.Shape)} for {slot.Name}", $"shape {Tensor.Format(found.Shape)}",
                "The file belongs to a network of other layers. Nothing was loaded.");
        }
        for (var i = 0; i < found.Length; i++)
        {
            if (!float.IsFinite(found.Values[i]))
            {
                throw new ModelFormatException(path, part, "finite numbers", $"{found.Values[i].ToString(CultureInfo.InvariantCulture)} as element {i}",
                    "The training that made the weights has failed, or they do not fit into 32-bit floats. Nothing was loaded.");
            }
            if (found.Values[i] < 0 && slot.Parameter == "running_var")
            {
                throw new ModelFormatException(path, part, "variances, which are not negative", $"{found.Values[i].ToString(CultureInfo.InvariantCulture)} as element {i}",
                    "The file is damaged, or the tensor is another one. Nothing was loaded.");
            }
        }
        return found;
    }

    /// <summary>What the file calls each slot.</summary>
    static string[] NamesIn(SafeTensorsFile file, List<PyTorchSlot> slots, IReadOnlyDictionary<string, string>? modules)
    {
        var layers = slots.Select(slot => slot.Layer).Distinct().ToList();
        if (modules is not null)
        {
            var unknown = modules.Keys.FirstOrDefault(layer => !layers.Contains(layer));
            if (unknown is not null)
                throw new ArgumentException($"The network has no layer '{unknown}' with weights. It has {string.Join(", ", layers)}.", nameof(modules));
            return [.. slots.Select(slot => $"{modules.GetValueOrDefault(slot.Layer) ?? slot.Layer}.{slot.Parameter}")];
        }
        var numbers = new SortedSet<int>();
        foreach (var (name, _) in file.Tensors)
        {
            if (!int.TryParse(name.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return [.. slots.Select(slot => slot.Name)];
            numbers.Add(number);
        }
        var inOrder = numbers.ToArray();
        return [.. slots.Select(slot => layers.IndexOf(slot.Layer) is var i && i < inOrder.Length ? $"{inOrder[i]}.{slot.Parameter}" : slot.Name)];
    }

    /// <summary>Every tensor of the network, with the order that PyTorch wants.</summary>
    static List<PyTorchSlot> Slots(Sequential network)
    {
        network.Describe(); // refuses a network that is not built
        var slots = new List<PyTorchSlot>();
        // The shape of the images that were flattened, until a dense layer mixes their numbers.
        int[] flattened = [];
        foreach (var layer in network.Layers)
        {
            switch (layer)
            {
                case Conv2D:
                    slots.Add(new PyTorchSlot(layer, "weight", layer.Parameters[0].Value, AxisOrder.FiltersFirst, AxisOrder.FiltersLast));
                    slots.Add(PyTorchSlot.AsItIs(layer, "bias", layer.Parameters[1].Value));
                    break;
                case Dense:
                    slots.Add(PyTorchSlot.OfDense(layer, flattened));
                    slots.Add(PyTorchSlot.AsItIs(layer, "bias", layer.Parameters[1].Value));
                    flattened = [];
                    break;
                case BatchNorm:
                    if (layer.InputShape.Length is not (1 or 3))
                        throw ExportException.OddNormalization(Format, layer);
                    slots.Add(PyTorchSlot.OfChannels(layer, "weight", layer.Parameters[0].Value, flattened));
                    slots.Add(PyTorchSlot.OfChannels(layer, "bias", layer.Parameters[1].Value, flattened));
                    slots.Add(PyTorchSlot.OfChannels(layer, "running_mean", layer.Statistics[0].Value, flattened));
                    slots.Add(PyTorchSlot.OfChannels(layer, "running_var", layer.Statistics[1].Value, flattened));
                    break;
                case Flatten when layer.InputShape is [var height, var width, var channels] && channels > 1 && height * width > 1:
                    flattened = [height, width, channels];
                    break;
                case Flatten or MaxPool2D or AveragePool2D or GlobalAveragePool2D or Relu or Sigmoid or Tanh or Dropout:
                    break;
                default:
                    throw ExportException.UnknownLayer(Format, layer);
            }
        }
        return flattened is [] ? slots : throw new ExportException(Format, "the output",
            "the network puts out flattened images, whose numbers PyTorch would give in another order.", "End the network before the Flatten, or with a Dense layer.");
    }
}
