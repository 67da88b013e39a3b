namespace DeepDigits;

/// <summary>Where the four files of a data set in the MNIST format are, and what they may be called.</summary>
sealed record MnistFiles(string TrainImages, string TrainLabels, string TestImages, string TestLabels)
{
    /// <summary>The environment variable that names another data set's folder.</summary>
    public const string EnvironmentVariable = "DEEPDIGITS_DATA";

    const string HowToDownload = "Download the files with: deepdigits data download";

    static readonly string builtInFolder = Path.Combine("data", "mnist");
    static readonly string[] parts = ["train", "t10k", "test"];
    static readonly string[] kinds = ["images-idx3-ubyte", "labels-idx1-ubyte", "labels-idx2-int"];

    /// <summary>The folder that the environment variable names, or null.</summary>
    public static string? NamedFolder => Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } folder ? folder : null;

    /// <summary>
    /// The folder of the built-in MNIST files: data/mnist in, or above, one of the places where a program can be at home.
    /// </summary>
    /// <remarks>
    /// The current directory serves a clone; the program's folder a program in it that was started from elsewhere; the library's folder an
    /// unpacked package, which carries the data beside lib/, wherever the package cache is.
    /// </remarks>
    /// <exception cref="DataMissingException">It is in none of them.</exception>
    public static string FindBuiltIn() =>
        FindBuiltIn([Directory.GetCurrentDirectory(), Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory), LibraryFolder()]);

    internal static string FindBuiltIn(IReadOnlyList<string> starts)
    {
        foreach (var folder in FoldersUpwards.From(starts))
        {
            var candidate = Path.Combine(folder, builtInFolder);
            if (Directory.Exists(candidate) && Candidates(candidate).Any())
                return candidate;
        }
        throw new DataMissingException($"The MNIST files were not found. Looked for a folder {builtInFolder} in these folders and in all above them: "
            + $"{string.Join(", ", starts.Where(s => s.Length > 0).Distinct())}. {HowToDownload}. Or name a folder that has them, "
            + $"as an argument or in the environment variable {EnvironmentVariable}.");
    }

    /// <summary>The four files of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="variant">What the names begin with, such as "emnist-digits", where a folder has several data sets; else null.</param>
    /// <exception cref="DataMissingException">The folder or a file is not there, or it has several data sets and the variant is not
    /// given.</exception>
    public static MnistFiles Find(string folder, string? variant)
    {
        if (!Directory.Exists(folder))
            throw new DataMissingException($"There is no folder {Path.GetFullPath(folder)}. {HowToDownload} --to FOLDER.");
        var candidates = Candidates(folder).Where(c => variant is null || c.Variant.Equals(variant, StringComparison.OrdinalIgnoreCase)).ToArray();
        var variants = candidates.Select(c => c.Variant).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (variants.Length > 1)
        {
            throw new DataMissingException($"{Path.GetFullPath(folder)} has the files of {variants.Length} data sets: "
                + $"{string.Join(", ", variants.Select(v => v.Length == 0 ? "(no prefix)" : v))}. "
                + "Name one of them as the variant, or put it into a folder of its own.");
        }
        return new MnistFiles(Only("train", "images", "train-images-idx3-ubyte"), Only("train", "labels", "train-labels-idx1-ubyte"),
            Only("t10k", "images", "t10k-images-idx3-ubyte"), Only("t10k", "labels", "t10k-labels-idx1-ubyte"));

        // A plain file goes before a gzipped one of the same content: it needs no unpacking.
        string Only(string part, string kind, string usualName) =>
            candidates.Where(c => c.Part == part && c.Kind == kind).OrderBy(c => c.Path.Length).ThenBy(c => c.Path, StringComparer.Ordinal)
                .Select(c => c.Path).FirstOrDefault() ?? throw Missing(folder, usualName, variant);
    }

    /// <summary>All files of a folder whose names belong to a data set in the MNIST format.</summary>
    static IEnumerable<(string Path, string Variant, string Part, string Kind)> Candidates(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var name = Path.GetFileName(path);
            if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
                name = name[..^3];
            name = name.Replace(".idx", "-idx", StringComparison.OrdinalIgnoreCase).ToLowerInvariant();
            foreach (var kind in kinds)
            {
                foreach (var part in parts)
                {
                    var ending = $"{part}-{kind}";
                    if (name == ending || name.EndsWith("-" + ending, StringComparison.Ordinal))
                        yield return (path, name[..^ending.Length].TrimEnd('-'), part == "train" ? "train" : "t10k", kind[..6]);
                }
            }
        }
    }

    static DataMissingException Missing(string folder, string usualName, string? variant)
    {
        const int shown = 8;
        var names = Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToArray();
        var there = names.Length == 0 ? "It is empty." : $"It has: {string.Join(", ", names.Take(shown))}{(names.Length > shown ? ", ..." : "")}.";
        var name = variant is null ? usualName : $"{variant}-{usualName}";
        return new DataMissingException($"{Path.GetFullPath(folder)} has no file {name} (or {name}.gz). {there} {HowToDownload} --to FOLDER.");
    }

    static string LibraryFolder()
    {
        // Empty when the library is inside a single-file program, which has AppContext.BaseDirectory.
        var library = typeof(MnistFiles).Assembly.Location;
        return library.Length == 0 ? "" : Path.GetDirectoryName(library)!;
    }
}
