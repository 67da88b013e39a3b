using System.Diagnostics;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace DeepDigits.Jupyter;

/// <summary>Gets packages the way any .NET project gets them: with <c>dotnet restore</c>, and so with the user's own NuGet configuration.</summary>
/// <remarks>
/// A project made for the purpose asks for the packages; what NuGet decides is read from <c>project.assets.json</c>. It is kept by what it
/// depends on (packages, sources, configuration files, framework), so the same request is answered next time without starting anything.
/// Packages from folders are compared by content with what is unpacked: NuGet alone goes by the version, and would serve an old build.
/// </remarks>
sealed class PackageResolver
{
    static readonly TimeSpan longestWaitForAnother = TimeSpan.FromMinutes(5);

    readonly string configDirectory;
    readonly string cacheDirectory;

    internal PackageResolver(string configDirectory, string? cacheDirectory)
    {
        this.configDirectory = configDirectory;
        this.cacheDirectory = cacheDirectory ?? DefaultCacheDirectory();
    }

    /// <summary>Resolves packages together, so that they fit each other.</summary>
    /// <exception cref="PackageException">A package cannot be had.</exception>
    /// <exception cref="OperationCanceledException">The user has interrupted.</exception>
    internal async Task<RestoredAssets> ResolveAsync(
        IReadOnlyList<PackageRequest> requests, IReadOnlyList<string> sources, CancellationToken cancellation)
    {
        string folder = Path.Combine(cacheDirectory, KeyOf(requests, sources));
        Directory.CreateDirectory(folder);
        using FileStream turn = await TakeTurnAsync(Path.Combine(folder, "lock"), cancellation).ConfigureAwait(false);
        string assetsFile = Path.Combine(folder, "obj", "project.assets.json");
        // NuGet writes its file even when it fails: this one says that it did not.
        string complete = Path.Combine(folder, "complete");
        bool answered = File.Exists(complete) && !requests.Any(request => request.IsFloating);
        RestoredAssets? assets = answered ? RestoredAssets.TryRead(assetsFile) : null;
        if (assets is not null && !assets.Stale().Any())
            return assets;

        File.Delete(complete);
        await WriteProjectAsync(folder, requests, sources, privatePackages: null, cancellation).ConfigureAwait(false);
        if (assets is null)
        {
            await RestoreAsync(folder, cancellation).ConfigureAwait(false);
            assets = Read(assetsFile);
        }

        List<ResolvedPackage> stale = [.. assets.Stale()];
        if (stale.Count > 0)
        {
            bool removed = stale.All(package => assets.FolderOf(package) is not { } unpacked || TryRemove(unpacked));
            if (removed)
            {
                await RestoreAsync(folder, cancellation).ConfigureAwait(false);
                assets = Read(assetsFile);
            }

            // An unpacked package may be in use (Windows), or another clone may have put its own build of it there just now: then all are
            // unpacked once more, to a folder of this request's own.
            if (!removed || assets.Stale().Any())
            {
                string own = Path.Combine(folder, $"packages-{Guid.NewGuid():N}");
                await WriteProjectAsync(folder, requests, sources, own, cancellation).ConfigureAwait(false);
                await RestoreAsync(folder, cancellation).ConfigureAwait(false);
                assets = Read(assetsFile);
            }
        }

        await File.WriteAllTextAsync(complete, "", cancellation).ConfigureAwait(false);
        return assets;
    }

    /// <summary>A copy of an assembly of a local package, under a path that no other build of it has.</summary>
    /// <remarks>
    /// The runtime remembers what it has mapped by path, for the life of the process: another session would get the old build. And on Windows
    /// a mapped file cannot be replaced. Copies that have not been used for a week are removed.
    /// </remarks>
    internal string Copy(ResolvedPackage package, string file)
    {
        string copies = Path.Combine(cacheDirectory, "builds");
        string build = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{package.Id} {package.Version} {package.ContentHash}")))[..20];
        string folder = Path.Combine(copies, build);
        if (!Directory.Exists(folder))
            RemoveOld(copies);
        Directory.CreateDirectory(folder);
        Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
        foreach (string each in new[] { Path.ChangeExtension(file, ".pdb"), file }.Where(File.Exists))
        {
            string copy = Path.Combine(folder, Path.GetFileName(each));
            if (File.Exists(copy))
                continue;
            string temporary = $"{copy}.{Guid.NewGuid():N}";
            File.Copy(each, temporary);
            // Another session may have been quicker; its copy is the same.
            File.Move(temporary, copy, overwrite: !OperatingSystem.IsWindows());
        }

        return Path.Combine(folder, Path.GetFileName(file));
    }

    static void RemoveOld(string copies)
    {
        if (!Directory.Exists(copies))
            return;
        foreach (string folder in Directory.GetDirectories(copies).Where(folder => Directory.GetLastWriteTimeUtc(folder) < DateTime.UtcNow.AddDays(-7)))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Still in use.
            }
        }
    }

    static RestoredAssets Read(string assetsFile) =>
        RestoredAssets.TryRead(assetsFile)
        ?? throw new PackageException($"`dotnet restore` succeeded, but what it wrote to '{assetsFile}' cannot be read. Delete that folder and try again.");

    static string DefaultCacheDirectory()
    {
        string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(local.Length > 0 ? local : Path.GetTempPath(), "deepdigits", "packages");
    }

    /// <summary>Everything that the answer depends on, as a short name.</summary>
    string KeyOf(IReadOnlyList<PackageRequest> requests, IReadOnlyList<string> sources)
    {
        StringBuilder all = new();
        all.Append(Environment.Version.Major).Append(' ').Append(DotnetHost.RuntimeIdentifier).Append('\n');
        foreach (PackageRequest request in requests)
            all.Append(request.Id.ToLowerInvariant()).Append(' ').Append(request.Version).Append('\n');
        foreach (string source in sources)
            all.Append("source ").Append(source).Append('\n');
        all.Append(configDirectory).Append('\n').Append(Environment.GetEnvironmentVariable("NUGET_PACKAGES")).Append('\n');
        foreach (string file in ConfigurationFiles())
            all.Append(file).Append('\n').Append(File.ReadAllText(file)).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())))[..20];
    }

    IEnumerable<string> ConfigurationFiles()
    {
        string[] names = ["nuget.config", "NuGet.config", "NuGet.Config"];
        List<string> folders = [];
        for (DirectoryInfo? folder = new(configDirectory); folder is not null; folder = folder.Parent)
            folders.Add(folder.FullName);
        folders.Add(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "NuGet"));
        folders.Add(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "NuGet"));
        return folders.Select(folder => names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)).OfType<string>();
    }

    async Task WriteProjectAsync(
        string folder, IReadOnlyList<PackageRequest> requests, IReadOnlyList<string> sources, string? privatePackages, CancellationToken cancellation)
    {
        static string Xml(string text) => SecurityElement.Escape(text)!;
        string references = string.Concat(requests.Select(request =>
            $"    <PackageReference Include=\"{Xml(request.Id)}\" Version=\"{Xml(request.Version ?? "*")}\" />\n"));
        string packages = privatePackages is null ? "" : $"    <RestorePackagesPath>{Xml(privatePackages)}</RestorePackagesPath>\n";
        string project = $"""
            <Project>
              <PropertyGroup>
                <!-- Nothing of what may lie above this folder has a say. -->
                <ImportDirectoryBuildProps>false</ImportDirectoryBuildProps>
                <ImportDirectoryBuildTargets>false</ImportDirectoryBuildTargets>
                <ImportDirectoryPackagesProps>false</ImportDirectoryPackagesProps>
              </PropertyGroup>
              <Import Project="Sdk.props" Sdk="Microsoft.NET.Sdk" />
              <PropertyGroup>
                <TargetFramework>net{Environment.Version.Major}.{Environment.Version.Minor}</TargetFramework>
                <RuntimeIdentifier>{DotnetHost.RuntimeIdentifier}</RuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <UseAppHost>false</UseAppHost>
                <EnableDefaultItems>false</EnableDefaultItems>
                <NuGetAudit>false</NuGetAudit>
                <RestoreRootConfigDirectory>{Xml(configDirectory)}</RestoreRootConfigDirectory>
                <RestoreAdditionalProjectSources>{Xml(string.Join(';', sources))}</RestoreAdditionalProjectSources>
            {packages}  </PropertyGroup>
              <ItemGroup>
            {references}  </ItemGroup>
              <Import Project="Sdk.targets" Sdk="Microsoft.NET.Sdk" />
            </Project>

            """;
        string target = Path.Combine(folder, "packages.csproj");
        string temporary = target + ".new";
        await File.WriteAllTextAsync(temporary, project, cancellation).ConfigureAwait(false);
        File.Move(temporary, target, overwrite: true);
    }

    async Task RestoreAsync(string folder, CancellationToken cancellation)
    {
        ProcessStartInfo start = DotnetHost.Call(folder, ["restore", "packages.csproj", "--force", "-nologo", "-verbosity:quiet", "-nodeReuse:false"]);
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new InvalidOperationException("no process");
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new PackageException($"Packages are fetched with the .NET SDK, but '{DotnetHost.Command}' cannot be started ({error.Message}). Install the SDK.");
        }

        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            if (process.ExitCode != 0)
                throw new PackageException(Explain(await output.ConfigureAwait(false) + "\n" + await errors.ConfigureAwait(false)));
        }
    }

    /// <summary>NuGet's own words, without the paths and the repetitions around them.</summary>
    string Explain(string output)
    {
        List<string> lines = [.. output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        List<string> errors = [];
        foreach (string line in lines)
        {
            int at = line.IndexOf("error ", StringComparison.Ordinal);
            if (at < 0)
                continue;
            string text = line[(at + "error ".Length)..];
            int project = text.LastIndexOf(" [", StringComparison.Ordinal);
            if (project > 0 && text.EndsWith(']'))
                text = text[..project];
            if (!errors.Contains(text))
                errors.Add(text);
        }

        IEnumerable<string> shown = errors.Count > 0 ? errors : lines.TakeLast(10);
        return $"The packages could not be restored:\n{string.Join('\n', shown)}\n"
            + $"Sources are those of your NuGet configuration, searched from '{configDirectory}' upwards (`dotnet nuget list source` shows them); "
            + "add one with #i \"nuget: address or folder\".";
    }

    /// <summary>Takes an unpacked package out of the way as a whole, or not at all.</summary>
    static bool TryRemove(string folder)
    {
        string aside = $"{folder}.stale-{Guid.NewGuid():N}";
        try
        {
            Directory.Move(folder, aside);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        try
        {
            Directory.Delete(aside, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Out of the way all the same.
        }

        return true;
    }

    /// <summary>Two sessions that ask for the same at once: the second waits, and finds the answer ready.</summary>
    static async Task<FileStream> TakeTurnAsync(string file, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (watch.Elapsed < longestWaitForAnother)
            {
                await Task.Delay(50, cancellation).ConfigureAwait(false);
            }
        }
    }
}
