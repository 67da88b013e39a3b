using System.Text.Json;

namespace DeepDigits;

/// <summary>
/// The state of a training after an epoch: parameters, what the optimizer remembers, the averaged and the best parameters so far, the history. Shuffling and
/// dropout are functions of the seed and the step, so no state of a random generator belongs to it.
/// </summary>
/// <remarks>
/// The file is written beside its place, flushed to the disk and renamed: whenever the process or the machine dies, the file is the old one
/// or the new one, whole.
/// </remarks>
sealed class Checkpoint(string path, Sequential network, OptimizerState optimizer, AveragedState? average, string settings)
{
    const string Kind = "deepdigits training checkpoint", Version = "1";

    readonly string architecture = network.Describe().ToJson();

    /// <summary>Writes the state.</summary>
    public void Save(IReadOnlyList<EpochResult> epochs, BestParameters? best)
    {
        SafeTensors.Write(path, [.. Tensors(best)], new Dictionary<string, string>
        {
            ["kind"] = Kind,
            ["version"] = Version,
            ["architecture"] = architecture,
            ["settings"] = settings,
            ["steps"] = optimizer.Steps.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["best_epoch"] = (best?.Epoch ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["epochs"] = JsonSerializer.Serialize(epochs, HistoryJson.Options),
        });
    }

    /// <summary>Takes the training back to where the file left it, if there is a file.</summary>
    /// <param name="epochs">Receives the finished epochs.</param>
    /// <returns>The best parameters so far, where early stopping keeps them.</returns>
    /// <exception cref="CheckpointException">The file belongs to another training.</exception>
    /// <exception cref="ModelFormatException">The file is damaged.</exception>
    public BestParameters? TryResume(List<EpochResult> epochs)
    {
        if (!File.Exists(path))
            return null;
        var file = SafeTensors.Read(path);
        Check(file, "kind", Kind, "it is not the checkpoint of a training");
        Check(file, "version", Version, "it was written by another version");
        Check(file, "architecture", architecture, "its network is another one");
        Check(file, "settings", settings, "its training has other settings");

        var finished = Epochs(file);
        var bestEpoch = Whole(file, "best_epoch", 0, finished.Length);
        var steps = Whole(file, "steps", 0, int.MaxValue);
        var best = bestEpoch == 0 ? null : BestParameters.Copy(network.State.Select(entry => entry.Value), bestEpoch, null);

        // Everything is checked before anything is changed.
        var pairs = Tensors(best).Select(entry => (entry.Tensor, Saved: file[entry.Name], entry.Name)).ToList();
        foreach (var (tensor, saved, name) in pairs)
            if (!tensor.Shape.SequenceEqual(saved.Shape))
                throw Damaged($"tensor '{name}'", $"shape {Tensor.Format(tensor.Shape)}", $"shape {Tensor.Format(saved.Shape)}");
        foreach (var (tensor, saved, _) in pairs)
            tensor.CopyFrom(saved);
        optimizer.Steps = steps;
        epochs.AddRange(finished);
        return best;
    }

    IEnumerable<(string Name, Tensor Tensor)> Tensors(BestParameters? best)
    {
        for (var i = 0; i < network.State.Count; i++)
        {
            yield return ($"parameters/{network.State[i].Name}", network.State[i].Value);
            if (average is not null)
                yield return ($"average/{network.State[i].Name}", average.Values[i]);
            if (best is not null)
                yield return ($"best/{network.State[i].Name}", best.Values[i]);
        }
        foreach (var (name, tensor) in optimizer.Memory())
            yield return ($"optimizer/{name}", tensor);
    }

    void Check(SafeTensorsFile file, string key, string expected, string difference)
    {
        var found = file.Metadata.GetValueOrDefault(key);
        if (found != expected)
            throw new CheckpointException($"{path} cannot be resumed, because {difference}. Expected: {expected}. Found: {found ?? "nothing"}. Delete the file to start afresh, or choose another one.");
    }

    EpochResult[] Epochs(SafeTensorsFile file)
    {
        try
        {
            var epochs = JsonSerializer.Deserialize<EpochResult[]>(file.Metadata.GetValueOrDefault("epochs") ?? "", HistoryJson.Options);
            if (epochs is not null && epochs.Select((epoch, i) => epoch is not null && epoch.Epoch == i + 1).All(isInOrder => isInOrder))
                return epochs;
        }
        catch (JsonException)
        {
            // Reported below, like a list with gaps.
        }
        throw Damaged("the list of epochs", "the results of epochs 1, 2, 3 ... as JSON", "something else");
    }

    int Whole(SafeTensorsFile file, string key, int least, int most)
    {
        var text = file.Metadata.GetValueOrDefault(key);
        return int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Damaged($"metadata '{key}'", $"a whole number from {least} to {most}", text ?? "nothing");
    }

    ModelFormatException Damaged(string part, string expected, string found) =>
        new(path, part, expected, found, "Delete the file: the training then starts afresh.");
}

/// <summary>A checkpoint belongs to another training than the one that was to be resumed.</summary>
public sealed class CheckpointException(string message) : InvalidOperationException(message);
