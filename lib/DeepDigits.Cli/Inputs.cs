namespace DeepDigits.Cli;

/// <summary>Loads what the options name.</summary>
static class Inputs
{
    /// <summary>Both parts of a data set.</summary>
    public static (Dataset Train, Dataset Test) Load(string? folder) => folder is null ? Mnist.Load() : Mnist.Load(folder);

    /// <summary>One part of a data set, or a CSV file.</summary>
    public static Dataset Load(string? folder, string? csv, string part, int classCount)
    {
        if (csv is null)
            return part == "train" ? Load(folder).Train : Load(folder).Test;
        return folder is null
            ? KaggleCsv.Read(csv, classCount)
            : throw new UsageException("--data and --csv both name a data set. Give one of them.");
    }

    /// <summary>What a name stands for.</summary>
    /// <exception cref="UsageException">Nothing has that name; the message lists the known ones.</exception>
    public static T Known<T>(Func<T> find)
    {
        try
        {
            return find();
        }
        catch (ArgumentException unknown)
        {
            throw new UsageException(unknown.Message, unknown);
        }
    }

    /// <summary>The network that --layers describes, with first weights.</summary>
    /// <exception cref="UsageException">The text is not understood, or the layers do not fit together.</exception>
    public static Sequential Network(string layers, ReadOnlySpan<int> imageShape, int seed)
    {
        try
        {
            return LayerText.Parse(layers, imageShape).Build(seed);
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException($"--layers \"{layers}\": {wrong.Message}", wrong);
        }
    }

    /// <summary>A model file.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    public static ModelFile Model(string path) =>
        File.Exists(path)
            ? ModelFile.Read(path)
            : throw new UsageException($"There is no model {Path.GetFullPath(path)}. Train one first: deepdigits train --help");
}
