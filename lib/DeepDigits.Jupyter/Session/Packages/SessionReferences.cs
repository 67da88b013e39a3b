using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;

namespace DeepDigits.Jupyter;

/// <summary>Carries out <c>#r</c>, <c>#i</c> and the directives of loaded files, and remembers what a session has taken in.</summary>
/// <remarks>A loaded assembly cannot be unloaded: whatever would need that is refused with a word on restarting.</remarks>
sealed class SessionReferences
{
    readonly string workingDirectory;
    readonly SessionLoadContext loadContext;
    readonly PackageResolver resolver;
    readonly List<string> sources;
    readonly List<PackageRequest> requests = [];
    readonly Dictionary<string, ResolvedPackage> packages = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, (string Path, Guid Build)> assemblies = new(StringComparer.OrdinalIgnoreCase);

    internal SessionReferences(SessionOptions options, string workingDirectory, SessionLoadContext loadContext)
    {
        this.workingDirectory = workingDirectory;
        this.loadContext = loadContext;
        resolver = new PackageResolver(Path.GetFullPath(options.NuGetConfigDirectory ?? workingDirectory), options.PackageCacheDirectory);
        sources = [.. options.PackageSources.Select(Source)];
    }

    /// <summary>Carries out directives in order.</summary>
    /// <param name="directives">The directives of a cell.</param>
    /// <param name="compiler">Gets the new references.</param>
    /// <param name="say">Tells the user which version was chosen, where the cell left that open.</param>
    /// <param name="cancellation">Ends a download.</param>
    /// <exception cref="PackageException">A reference cannot be had.</exception>
    internal async Task ApplyAsync(
        IReadOnlyList<ReferenceDirective> directives, SubmissionCompiler compiler, Action<string> say, CancellationToken cancellation)
    {
        List<ReferenceDirective> all = [];
        foreach (ReferenceDirective directive in directives)
            AddWithLoaded(directive, workingDirectory, all, []);
        foreach (ReferenceDirective directive in all.Where(directive => directive.Kind == ReferenceKind.PackageSource))
        {
            string source = Source(directive.Target);
            if (!sources.Contains(source))
                sources.Add(source);
        }

        List<PackageRequest> wanted = [.. all.Where(directive => directive.Kind == ReferenceKind.Package)
            .Select(directive => new PackageRequest(directive.Target, directive.Version))];
        if (wanted.Count > 0)
            await AddPackagesAsync(wanted, compiler, say, cancellation).ConfigureAwait(false);
        foreach (ReferenceDirective directive in all.Where(directive => directive.Kind == ReferenceKind.Assembly))
            AddAssembly(directive.Target, compiler);
    }

    /// <summary>Files that a cell loads may have directives, and load files in turn.</summary>
    static void AddWithLoaded(ReferenceDirective directive, string folder, List<ReferenceDirective> all, HashSet<string> seen)
    {
        if (directive.Kind != ReferenceKind.Source)
        {
            all.Add(directive.Kind == ReferenceKind.Assembly && (directive.Target.Contains('/') || directive.Target.Contains('\\') || HasExtension(directive.Target))
                ? directive with { Target = Path.GetFullPath(Path.Combine(folder, Native(directive.Target))) }
                : directive);
            return;
        }

        string path = Path.GetFullPath(Path.Combine(folder, Native(directive.Target)));
        // A missing file is reported by the compiler, with its place.
        if (!seen.Add(path) || !File.Exists(path))
            return;
        foreach (ReferenceDirective inner in CellParser.ParseLoaded(File.ReadAllText(path)).References)
            AddWithLoaded(inner, Path.GetDirectoryName(path)!, all, seen);
    }

    static bool HasExtension(string path) =>
        path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".exe", StringComparison.OrdinalIgnoreCase);

    /// <summary>Notebooks written on Windows name paths with its separator.</summary>
    static string Native(string path) => OperatingSystem.IsWindows() ? path : path.Replace('\\', '/');

    string Source(string source) =>
        Uri.TryCreate(source, UriKind.Absolute, out Uri? address) && !address.IsFile ? source : Path.GetFullPath(Path.Combine(workingDirectory, Native(source)));

    async Task AddPackagesAsync(List<PackageRequest> wanted, SubmissionCompiler compiler, Action<string> say, CancellationToken cancellation)
    {
        List<PackageRequest> next = [.. requests];
        foreach (PackageRequest request in wanted)
        {
            int known = next.FindIndex(each => string.Equals(each.Id, request.Id, StringComparison.OrdinalIgnoreCase));
            if (known < 0)
                next.Add(request);
            else if (request.Version is not null && packages.TryGetValue(request.Id, out ResolvedPackage? loaded)
                && !request.IsFloating && !SameVersion(loaded.Version, request.Version))
            {
                throw new PackageException($"{request.Id} {loaded.Version} is loaded already, so {request.Version} cannot be. Restart the kernel to change the version.");
            }
        }

        // Versions left open stay what they were found to be, however many packages follow.
        List<PackageRequest> pinned = [.. next.Select(request =>
            request.IsFloating && packages.TryGetValue(request.Id, out ResolvedPackage? loaded) ? request with { Version = $"[{loaded.Version}]" } : request)];
        RestoredAssets assets = await resolver.ResolveAsync(pinned, sources, cancellation).ConfigureAwait(false);
        foreach (ResolvedPackage package in assets.Packages)
        {
            if (!packages.TryGetValue(package.Id, out ResolvedPackage? loaded))
                continue;
            if (loaded.Version != package.Version)
            {
                throw new PackageException(
                    $"{package.Id} {loaded.Version} is loaded already, but version {package.Version} is needed now. Restart the kernel, and ask for all packages first.");
            }

            if (loaded.ContentHash != package.ContentHash)
                throw new PackageException($"{package.Id} {package.Version} has been built anew since it was loaded. Restart the kernel to use the new build.");
        }

        List<MetadataReference> references = [];
        foreach (ResolvedPackage package in assets.Packages)
        {
            if (packages.ContainsKey(package.Id))
                continue;
            bool local = assets.IsLocal(package);
            foreach (string file in package.RuntimeFiles.Where(IsNewerThanFramework))
                loadContext.AddFile(local ? resolver.Copy(package, file) : file);
            references.AddRange(package.CompileFiles.Where(IsNewerThanFramework).Select(FrameworkReferences.FromFile));
            foreach (string file in package.NativeFiles)
                loadContext.AddNativeFile(file);
        }

        compiler.AddReferences(references);
        foreach (ResolvedPackage package in assets.Packages)
            packages.TryAdd(package.Id, package);
        foreach (PackageRequest request in wanted)
        {
            if (requests.Exists(each => string.Equals(each.Id, request.Id, StringComparison.OrdinalIgnoreCase)))
                continue;
            requests.Add(request);
            if (!packages.TryGetValue(request.Id, out ResolvedPackage? chosen))
                continue;
            if (request.IsFloating)
                say($"{chosen.Id} {chosen.Version}");
            else if (!request.Version!.StartsWith('[') && !request.Version.StartsWith('(') && !SameVersion(chosen.Version, request.Version))
                say($"{chosen.Id} {chosen.Version}, because there is no {request.Version}");
        }
    }

    /// <summary>1.0 and 1.0.0 are one version.</summary>
    static bool SameVersion(string resolved, string written)
    {
        static string Plain(string version)
        {
            string[] parts = version.Trim('[', ']').Split('+')[0].Split('-', 2);
            List<string> numbers = [.. parts[0].Split('.')];
            while (numbers.Count > 3 && numbers[^1] == "0")
                numbers.RemoveAt(numbers.Count - 1);
            while (numbers.Count < 3)
                numbers.Add("0");
            return string.Join('.', numbers) + (parts.Length > 1 ? "-" + parts[1] : "");
        }

        return string.Equals(Plain(resolved), Plain(written), StringComparison.OrdinalIgnoreCase);
    }

    void AddAssembly(string target, SubmissionCompiler compiler)
    {
        if (!Path.IsPathRooted(target))
        {
            // A bare name is an assembly of the framework, which is referenced anyway.
            string name = target.Split(',')[0].Trim();
            if (FrameworkReferences.AssemblyFiles.ContainsKey(name))
                return;
            throw new PackageException($"There is no assembly '{target}' in the framework. Write #r \"path/to/{name}.dll\" or #r \"nuget: {name}\".");
        }

        byte[] image;
        Guid build;
        string simpleName;
        try
        {
            image = File.ReadAllBytes(target);
            using PEReader reader = new(new MemoryStream(image));
            MetadataReader metadata = reader.GetMetadataReader();
            build = metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
            simpleName = metadata.GetString(metadata.GetAssemblyDefinition().Name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidOperationException)
        {
            throw new PackageException(File.Exists(target)
                ? $"'{target}' cannot be read as a .NET assembly: {error.Message}"
                : $"There is no assembly '{target}'. A relative path begins in the notebook's folder, '{workingDirectory}'.");
        }

        if (assemblies.TryGetValue(simpleName, out (string Path, Guid Build) loaded))
        {
            if (loaded.Build != build)
                throw new PackageException($"Another build of {simpleName} is loaded already (from '{loaded.Path}'). Restart the kernel to use '{target}'.");
            return;
        }

        assemblies.Add(simpleName, (target, build));
        loadContext.AddFolder(Path.GetDirectoryName(target)!);
        loadContext.AddFile(target);
        string documentation = Path.ChangeExtension(target, ".xml");
        compiler.AddReferences([MetadataReference.CreateFromImage(
            image, documentation: File.Exists(documentation) ? new XmlDocumentation(documentation) : null, filePath: target)]);
    }

    /// <summary>Of an assembly that the framework has too, the newer one counts.</summary>
    static bool IsNewerThanFramework(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        if (name == typeof(CSharpSession).Assembly.GetName().Name)
            return false;
        if (!FrameworkReferences.AssemblyFiles.TryGetValue(name, out string? own))
            return true;
        try
        {
            return AssemblyName.GetAssemblyName(file).Version > AssemblyName.GetAssemblyName(own).Version;
        }
        catch (Exception error) when (error is BadImageFormatException or IOException)
        {
            return false;
        }
    }
}
