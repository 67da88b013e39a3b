namespace DeepDigits.Cli;

/// <summary>Where results are kept.</summary>
static class ResultsFolder
{
    const string Solution = "DeepDigits.slnx";

    /// <summary>The top of the clone that the program was started in, or that it was built in; null outside of any.</summary>
    public static string? Repository =>
        FoldersUpwards.From(Directory.GetCurrentDirectory(), AppContext.BaseDirectory).FirstOrDefault(folder => File.Exists(Path.Combine(folder, Solution)));

    /// <summary>data/results of the clone; outside of a clone, deepdigits-results in the current directory.</summary>
    public static string Default => Repository is { } top ? Path.Combine(top, "data", "results") : Elsewhere;

    /// <summary>Where the results of a command go: those of other data, or of quick runs, never among those of MNIST.</summary>
    /// <param name="data">The data set's folder, if one was named.</param>
    /// <param name="isQuick">Whether the runs are quick ones.</param>
    public static string For(string? data, bool isQuick)
    {
        var isBuiltIn = data is null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(MnistFiles.EnvironmentVariable));
        var folder = isBuiltIn ? Default : Elsewhere;
        return isQuick ? Path.Combine(folder, QuickMode.FolderName) : folder;
    }

    /// <summary>A folder in the current directory.</summary>
    public static string Elsewhere => Path.GetFullPath("deepdigits-results");
}
