using System.Text.Json;

namespace DeepDigits.Jupyter;

/// <summary>What <c>dotnet restore</c> has written to <c>project.assets.json</c>.</summary>
sealed class RestoredAssets
{
    RestoredAssets(IReadOnlyList<ResolvedPackage> packages, IReadOnlyList<string> folders, IReadOnlyList<string> localSources)
    {
        Packages = packages;
        PackageFolders = folders;
        LocalSources = localSources;
    }

    /// <summary>All packages, those asked for and those that these need.</summary>
    internal IReadOnlyList<ResolvedPackage> Packages { get; }

    /// <summary>The folders in which packages lie unpacked.</summary>
    internal IReadOnlyList<string> PackageFolders { get; }

    /// <summary>The package sources that are folders.</summary>
    internal IReadOnlyList<string> LocalSources { get; }

    /// <summary>Reads the file.</summary>
    /// <returns>Null if it does not exist, cannot be read, or names a file that is no longer there.</returns>
    internal static RestoredAssets? TryRead(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            List<string> folders = [.. root.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name)];
            List<string> sources = [];
            if (root.GetProperty("project").GetProperty("restore").TryGetProperty("sources", out JsonElement listed))
                sources.AddRange(listed.EnumerateObject().Select(source => LocalFolder(source.Name)).OfType<string>());
            // The target with the runtime identifier has the assets of this machine chosen already.
            JsonElement target = root.GetProperty("targets").EnumerateObject().Single(each => each.Name.Contains('/', StringComparison.Ordinal)).Value;
            List<ResolvedPackage> packages = [];
            foreach (JsonProperty library in target.EnumerateObject())
            {
                if (library.Value.GetProperty("type").GetString() != "package")
                    continue;
                string relative = root.GetProperty("libraries").GetProperty(library.Name).GetProperty("path").GetString()!;
                string? folder = folders.Select(each => Path.Combine(each, relative)).FirstOrDefault(Directory.Exists);
                if (folder is null)
                    return null;
                string[] name = library.Name.Split('/');
                IReadOnlyList<string>? compile = Files(library.Value, "compile", folder);
                IReadOnlyList<string>? runtime = Files(library.Value, "runtime", folder);
                IReadOnlyList<string>? native = Files(library.Value, "native", folder);
                if (compile is null || runtime is null || native is null)
                    return null;
                packages.Add(new ResolvedPackage(name[0], name[1], HashOf(folder), compile, runtime, native));
            }

            return new RestoredAssets(packages, folders, sources);
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException or KeyNotFoundException or InvalidOperationException)
        {
            // Written by something else, or halfway: it will be written anew.
            return null;
        }
    }

    /// <summary>The packages whose file in a local source is not the one that was unpacked: built anew without a new version.</summary>
    internal IEnumerable<ResolvedPackage> Stale() =>
        Packages.Where(package => LocalFileOf(package) is { } file && package.ContentHash != PackageHash.Of(file));

    /// <summary>Whether a package comes from a folder, where it may be built anew at any time.</summary>
    internal bool IsLocal(ResolvedPackage package) => LocalFileOf(package) is not null;

    /// <summary>Where a package is unpacked.</summary>
    internal string? FolderOf(ResolvedPackage package) =>
        PackageFolders.Select(folder => Path.Combine(folder, package.Id.ToLowerInvariant(), package.Version.ToLowerInvariant()))
            .FirstOrDefault(Directory.Exists);

    string? LocalFileOf(ResolvedPackage package)
    {
        string name = $"{package.Id}.{package.Version}.nupkg";
        foreach (string source in LocalSources.Where(Directory.Exists))
        {
            string nested = Path.Combine(source, package.Id.ToLowerInvariant(), package.Version.ToLowerInvariant());
            foreach (string folder in new[] { source, nested }.Where(Directory.Exists))
            {
                string? file = Directory.EnumerateFiles(folder, "*.nupkg")
                    .FirstOrDefault(each => string.Equals(Path.GetFileName(each), name, StringComparison.OrdinalIgnoreCase));
                if (file is not null)
                    return file;
            }
        }

        return null;
    }

    static string? LocalFolder(string source) =>
        Uri.TryCreate(source, UriKind.Absolute, out Uri? address) && address.IsFile ? address.LocalPath : null;

    static string HashOf(string folder)
    {
        string? file = Directory.EnumerateFiles(folder, "*.nupkg.sha512").FirstOrDefault();
        return file is null ? "" : File.ReadAllText(file).Trim();
    }

    /// <summary>The files of a kind; null if one is missing.</summary>
    static List<string>? Files(JsonElement library, string kind, string folder)
    {
        List<string> files = [];
        if (!library.TryGetProperty(kind, out JsonElement listed))
            return files;
        foreach (JsonProperty file in listed.EnumerateObject())
        {
            // `_._` stands for "nothing, on purpose".
            if (file.Name.EndsWith("/_._", StringComparison.Ordinal))
                continue;
            string path = Path.GetFullPath(Path.Combine(folder, file.Name));
            if (!File.Exists(path))
                return null;
            files.Add(path);
        }

        return files;
    }
}
