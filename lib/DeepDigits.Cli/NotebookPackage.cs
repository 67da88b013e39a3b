using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using DeepDigits.Jupyter;

namespace DeepDigits.Cli;

/// <summary>
/// The package of the library that a clone's notebooks load. It lies in <c>notebooks/packages</c>, which <c>notebooks/nuget.config</c> names as a
/// source, and is built from the clone's sources: with <see cref="UpdateAsync"/>, or by hand with
/// <c>dotnet pack -c Release lib/DeepDigits -o notebooks/packages</c>.
/// </summary>
static partial class NotebookPackage
{
    const string Id = "DeepDigits";
    static readonly TimeSpan longestWaitForAnother = TimeSpan.FromMinutes(10);

    /// <summary>The root of the clone that a folder lies in, or null.</summary>
    /// <param name="folder">Where to begin; the search goes upwards.</param>
    public static string? FindClone(string folder) =>
        FoldersUpwards.From(folder).FirstOrDefault(at => File.Exists(ProjectIn(at)) && File.Exists(Path.Combine(at, "notebooks", "nuget.config")));

    /// <summary>Whether a notebook asks for the package in one of its cells.</summary>
    /// <param name="path">The notebook.</param>
    public static bool IsLoadedBy(string path) =>
        File.Exists(path) && AsksForIt().IsMatch(File.ReadAllText(path));

    /// <summary>Builds the package if it is missing or its sources have changed; else only reads them, which takes a few hundredths of a second.</summary>
    /// <param name="clone">The root of the clone.</param>
    /// <param name="building">Is called before a build, which takes some seconds.</param>
    /// <param name="cancellation">Stops the build.</param>
    /// <returns>Whether it was built.</returns>
    /// <exception cref="NotebookPackageException">The sources cannot be built.</exception>
    public static async Task<bool> UpdateAsync(string clone, Action building, CancellationToken cancellation)
    {
        string feed = Path.Combine(clone, "notebooks", "packages"), scratch = Path.Combine(Path.GetDirectoryName(ProjectIn(clone))!, "obj", "package");
        Directory.CreateDirectory(feed);
        Directory.CreateDirectory(scratch);
        string note = Path.Combine(feed, "built-from.txt");
        if (IsCurrent(note, HashOfSources(clone)))
            return false;
        using FileStream turn = await TakeTurnAsync(Path.Combine(scratch, "lock"), cancellation);
        // Another process may have built it while this one waited.
        string sources = HashOfSources(clone);
        if (IsCurrent(note, sources))
            return false;
        building();
        // Folders of its own: a build of the solution that runs at the same time is not disturbed.
        string output = Path.Combine(scratch, "out");
        if (Directory.Exists(output))
            Directory.Delete(output, recursive: true);
        await PackAsync(clone, ["pack", ProjectIn(clone), "-c", "Release", "--artifacts-path", scratch, "-o", output, "-nologo", "-verbosity:quiet", "-nodeReuse:false"], cancellation);
        string package = Directory.EnumerateFiles(output, $"{Id}.*.nupkg").Single();
        string target = Path.Combine(feed, Path.GetFileName(package));
        File.Move(package, target, overwrite: true);
        await File.WriteAllTextAsync(note, Note(sources, target), cancellation);
        return true;
    }

    static string ProjectIn(string clone) => Path.Combine(clone, "lib", Id, $"{Id}.csproj");

    /// <summary>Whether the note is about these sources, and about the package that lies beside it: it may have been replaced by hand.</summary>
    static bool IsCurrent(string note, string sources)
    {
        if (!File.Exists(note))
            return false;
        string text = File.ReadAllText(note);
        string package = Path.Combine(Path.GetDirectoryName(note)!, Path.GetFileName(text.Split('\n')[0]));
        return File.Exists(package) && text == Note(sources, package);
    }

    static string Note(string sources, string package) =>
        $"{Path.GetFileName(package)}\npackage sha256:{HashOf(package)}\nsources sha256:{sources}\n";

    static string HashOf(string file)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>One number for all that the package is made of. Content counts, not time: git sets the times as it likes.</summary>
    static string HashOfSources(string clone)
    {
        string project = Path.GetDirectoryName(ProjectIn(clone))!;
        string[] built = [Path.Combine(project, "bin") + Path.DirectorySeparatorChar, Path.Combine(project, "obj") + Path.DirectorySeparatorChar];
        IEnumerable<string> files = Directory.EnumerateFiles(project, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".csproj" or ".js" or ".json" or ".svg" or ".css" or ".html" && !built.Any(file.StartsWith))
            .Concat(Directory.EnumerateFiles(clone, "Directory.*"))
            .Concat(Directory.EnumerateFiles(Path.Combine(clone, "data", "mnist")));
        StringBuilder all = new();
        foreach (string file in files.Order(StringComparer.Ordinal))
            all.Append(Path.GetRelativePath(clone, file)).Append(' ').Append(HashOf(file)).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }

    static async Task<FileStream> TakeTurnAsync(string file, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(started) < longestWaitForAnother)
            {
                await Task.Delay(100, cancellation);
            }
        }
    }

    static async Task PackAsync(string clone, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var start = DotnetHost.Call(clone, arguments);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new NotebookPackageException(
                $"The package that the notebooks load is built with the .NET SDK, but '{DotnetHost.Command}' cannot be started ({error.Message}). Install the SDK.");
        }
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None), errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await process.WaitForExitAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
            if (process.ExitCode == 0)
                return;
            string[] lines = (await output + "\n" + await errors).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            string[] wrong = [.. lines.Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)).Distinct()];
            throw new NotebookPackageException($"The package that the notebooks load could not be built from {Path.GetDirectoryName(ProjectIn(clone))}:\n"
                + string.Join('\n', wrong.Length > 0 ? wrong : lines.TakeLast(10)));
        }
    }

    [GeneratedRegex($"""nuget:\s*{Id}\s*[,"\\]""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AsksForIt();
}

/// <summary>The package that the notebooks load cannot be built. The message says why.</summary>
sealed class NotebookPackageException(string message) : IOException(message);
