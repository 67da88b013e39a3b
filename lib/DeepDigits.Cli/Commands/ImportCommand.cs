using System.CommandLine;

namespace DeepDigits.Cli.Commands;

/// <summary>`import`: weights from PyTorch as a model file.</summary>
static class ImportCommand
{
    public static Command Create()
    {
        Argument<string> weights = new("WEIGHTS") { Description = "A safetensors file, as safetensors.torch.save_file(model.state_dict(), path) writes it." };
        Option<string> layers = new("--layers")
        {
            HelpName = "TEXT",
            Required = true,
            Description = "The layers of the network, as for `train`, from the first to the last, such as \"conv2d 8 5 same, relu, maxpool2d 2, dense 10\". Its images have 28 x 28 pixels.",
        };
        Option<string> save = new("--save") { HelpName = "FILE", Required = true, Description = "The model file to write; one that is there is replaced once the new one is complete." };
        Option<string?> modules = new("--modules")
        {
            HelpName = "TEXT",
            Description = "What the layers are called in PyTorch, such as \"conv2d_1=features.0, dense_1=classifier.1\". Without it: numbered as in nn.Sequential, or as `export` writes them.",
        };
        var task = CommonOptions.Task();
        var command = new ExplainedCommand("import", "Make a model file of weights that PyTorch wrote.",
            ("import weights.safetensors --layers \"dense 128, relu, dense 10\" --save model.safetensors", "Weights of an nn.Sequential of Flatten, Linear, ReLU and Linear"),
            ("import weights.safetensors --layers \"dense 128, relu, dense 10\" --modules \"dense_1=hidden, dense_2=output\" --save model.safetensors", "The same from a module whose parts have names"))
        {
            weights, layers, save, modules, task,
        };
        command.SetAction(parsed =>
        {
            var (path, target) = (parsed.GetRequiredValue(weights), parsed.GetRequiredValue(save));
            if (!File.Exists(path))
                throw new UsageException($"There is no file {path}.");
            if (Directory.Exists(target))
                throw new UsageException($"--save {target} is a folder. Name a file in it.");
            if (Path.GetFullPath(target) == Path.GetFullPath(path))
                throw new UsageException("--save names the weights themselves, which would be lost. Name another file.");
            var network = Inputs.Network(parsed.GetRequiredValue(layers), [28, 28, 1], seed: 0);
            var names = Names(parsed.GetValue(modules), network);
            network.LoadPyTorch(path, names);
            var question = parsed.GetValue(task) ?? (network.OutputShape is [1] ? Tasks.Squares : Tasks.Digits);
            network.Save(target, new Dictionary<string, string> { [Tasks.Note] = question, ["training"] = $"imported from {Path.GetFileName(path)}" });
            var terminal = new Terminal(parsed);
            terminal.Line(network.Summary());
            terminal.Line($"Saved to {target}. Try: deepdigits evaluate {target}");
        });
        return command;
    }

    /// <summary>The table of "layer=module, layer=module".</summary>
    static Dictionary<string, string>? Names(string? text, Sequential network)
    {
        if (text is null)
            return null;
        var names = new Dictionary<string, string>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Split('=', StringSplitOptions.TrimEntries) is not [{ Length: > 0 } layer, { Length: > 0 } module] || !names.TryAdd(layer, module))
                throw new UsageException($"--modules \"{text}\": '{part}' is not a layer and its module, each layer once. Example: \"dense_1=hidden, dense_2=output\".");
            if (network.Layers.All(known => known.Name != layer || (known.Parameters.Count == 0 && known.Statistics.Count == 0)))
            {
                throw new UsageException($"--modules \"{text}\": the network has no layer '{layer}' with weights. "
                    + $"It has {string.Join(", ", network.Layers.Where(known => known.Parameters.Count > 0).Select(known => known.Name))}.");
            }
        }
        return names;
    }
}
