namespace DeepDigits;

/// <summary>Where the results lie that this project ships: data/results of a clone. <see cref="StudyResult.Read"/> and <see cref="Reproduction"/> read them.</summary>
public static class StoredResults
{
    /// <summary>
    /// The folder data/results of the clone that the current directory, or else the program, lies in, at any depth; null outside of any. A notebook's current directory is
    /// its own folder, so it finds the results of its clone.
    /// </summary>
    public static string? Folder => FindFolder([Directory.GetCurrentDirectory(), AppContext.BaseDirectory]);

    /// <summary>The trained network of an experiment, from seed 1, if this project ships it: data/results/networks/NAME.safetensors. So far that is `best`, whose training takes long.</summary>
    /// <param name="experiment">The experiment's name.</param>
    public static string? NetworkFile(string experiment) =>
        Folder is { } folder && Path.Combine(folder, "networks", experiment + ".safetensors") is var file && File.Exists(file) ? file : null;

    /// <summary>The folder of that name that belongs to a clone has the data beside it.</summary>
    internal static string? FindFolder(IReadOnlyList<string> starts) => FoldersUpwards.From(starts)
        .Where(folder => Directory.Exists(Path.Combine(folder, "data", "mnist")))
        .Select(folder => Path.Combine(folder, "data", "results")).FirstOrDefault(Directory.Exists);
}
