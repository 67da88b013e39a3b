namespace DeepDigits.Jupyter;

/// <summary>What a session needs to know of its surroundings.</summary>
public sealed record SessionOptions
{
    /// <summary>
    /// The notebook's folder: relative paths of <c>#r</c>, <c>#load</c>, <c>#i</c> and <c>#!import</c> begin here, and the search for
    /// <c>nuget.config</c> goes from here upwards. The process's current directory is the host's business: the session leaves it alone.
    /// </summary>
    public string WorkingDirectory { get; init; } = Environment.CurrentDirectory;

    /// <summary>Where the search for <c>nuget.config</c> begins, if not in <see cref="WorkingDirectory"/>.</summary>
    public string? NuGetConfigDirectory { get; init; }

    /// <summary>Package sources in addition to those of the NuGet configuration: addresses or folders.</summary>
    public IReadOnlyList<string> PackageSources { get; init; } = [];

    /// <summary>Where the session remembers how packages were resolved; when null a folder of the user's local application data.</summary>
    public string? PackageCacheDirectory { get; init; }
}
