using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace DeepDigits.Jupyter;

/// <summary>Holds the assemblies of one session: its cells, its packages and their native libraries.</summary>
/// <remarks>
/// A name is looked for among those first, then in the host: so a notebook gets the version of a package that it asks for, even
/// where the host happens to contain another one. Not collectible: code in collectible assemblies is slower.
/// </remarks>
sealed class SessionLoadContext : AssemblyLoadContext
{
    readonly Lock gate = new();
    readonly Dictionary<string, Assembly> submissions = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> files = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, string> nativeFiles = new(StringComparer.OrdinalIgnoreCase);
    readonly List<string> folders = [];

    internal SessionLoadContext()
        : base("notebook session")
    {
    }

    internal Assembly LoadSubmission(string name, Stream assembly, Stream symbols)
    {
        Assembly loaded = LoadFromStream(assembly, symbols);
        lock (gate)
            submissions.Add(name, loaded);
        return loaded;
    }

    /// <summary>Says where the assembly of a simple name is; the first file given for a name stays.</summary>
    /// <returns>Whether that name was new.</returns>
    internal bool AddFile(string path)
    {
        lock (gate)
            return files.TryAdd(Path.GetFileNameWithoutExtension(path), path);
    }

    /// <summary>Says where a native library is.</summary>
    internal void AddNativeFile(string path)
    {
        lock (gate)
            nativeFiles.TryAdd(Path.GetFileName(path), path);
    }

    /// <summary>Looks in a folder too, for what assemblies that lie there need.</summary>
    internal void AddFolder(string folder)
    {
        lock (gate)
        {
            if (!folders.Contains(folder))
                folders.Add(folder);
        }
    }

    /// <summary>The file that an already loaded or announced assembly of this simple name comes from; null if there is none.</summary>
    internal string? FileOf(string simpleName)
    {
        lock (gate)
            return files.GetValueOrDefault(simpleName);
    }

    /// <summary>Whether an assembly of this simple name has been loaded already.</summary>
    internal Assembly? Loaded(string simpleName) => Assemblies.FirstOrDefault(assembly => assembly.GetName().Name == simpleName);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string name = assemblyName.Name ?? "";
        string? file;
        lock (gate)
        {
            if (submissions.TryGetValue(name, out Assembly? submission))
                return submission;
            file = files.GetValueOrDefault(name) ?? InFolders(name);
        }

        return file is null ? null : LoadFile(file);
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        lock (gate)
        {
            foreach (string name in NativeNames(unmanagedDllName))
            {
                if (nativeFiles.TryGetValue(name, out string? path))
                    return NativeLibrary.Load(path);
                foreach (string folder in folders)
                {
                    string beside = Path.Combine(folder, name);
                    if (File.Exists(beside))
                        return NativeLibrary.Load(beside);
                }
            }
        }

        return 0;
    }

    /// <summary>Package files never change under their name, so they are mapped; the user's own files are read, to leave them writable.</summary>
    Assembly LoadFile(string path)
    {
        bool own;
        lock (gate)
            own = folders.Contains(Path.GetDirectoryName(path)!);
        if (!own)
            return LoadFromAssemblyPath(path);
        using MemoryStream assembly = new(File.ReadAllBytes(path));
        string symbolsPath = Path.ChangeExtension(path, ".pdb");
        using MemoryStream? symbols = File.Exists(symbolsPath) ? new MemoryStream(File.ReadAllBytes(symbolsPath)) : null;
        return LoadFromStream(assembly, symbols);
    }

    string? InFolders(string simpleName) =>
        // What the framework has is never taken from a build output that happens to hold a copy.
        FrameworkReferences.AssemblyFiles.ContainsKey(simpleName) || simpleName == typeof(CSharpSession).Assembly.GetName().Name
            ? null
            : folders.Select(folder => Path.Combine(folder, simpleName + ".dll")).FirstOrDefault(File.Exists);

    static IEnumerable<string> NativeNames(string name)
    {
        (string prefix, string suffix) = OperatingSystem.IsWindows() ? ("", ".dll") : OperatingSystem.IsMacOS() ? ("lib", ".dylib") : ("lib", ".so");
        return new[] { name, name + suffix, prefix + name + suffix, prefix + name }.Distinct();
    }
}
