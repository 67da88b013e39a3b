using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace DeepDigits.Jupyter;

/// <summary>The framework that cells are compiled against.</summary>
/// <remarks>
/// The SDK's reference pack, if there is one: it is a tenth of the size of the real assemblies (quicker to read), shows nothing
/// internal, and brings the documentation. Otherwise the assemblies of the running framework.
/// </remarks>
static class FrameworkReferences
{
    /// <summary>The folder of the running framework.</summary>
    internal static string RuntimeFolder { get; } = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    /// <summary>The framework's references, and this library's own, whose display functions every cell can call.</summary>
    internal static ImmutableArray<MetadataReference> Load(bool preferReferencePack = true)
    {
        string[] framework = preferReferencePack && ReferencePackFolder() is { } folder
            ? Directory.GetFiles(folder, "*.dll")
            : [.. TrustedAssemblies().Where(path => Path.GetDirectoryName(path) == RuntimeFolder)];
        return [.. framework.Append(typeof(CSharpSession).Assembly.Location).Select(FromFile)];
    }

    /// <summary>A reference to an assembly file, with the documentation beside it.</summary>
    internal static MetadataReference FromFile(string path)
    {
        string documentation = Path.ChangeExtension(path, ".xml");
        return MetadataReference.CreateFromFile(
            path, documentation: File.Exists(documentation) ? new XmlDocumentation(documentation) : null);
    }

    /// <summary>The version of each assembly of the running framework, by simple name.</summary>
    internal static IReadOnlyDictionary<string, string> AssemblyFiles { get; } =
        TrustedAssemblies().Where(path => Path.GetDirectoryName(path) == RuntimeFolder)
            .GroupBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.OrdinalIgnoreCase);

    static string[] TrustedAssemblies() =>
        (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string)?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];

    static string? ReferencePackFolder()
    {
        string packs = Path.Combine(DotnetHost.RootFolder, "packs", "Microsoft.NETCore.App.Ref");
        if (!Directory.Exists(packs))
            return null;
        string moniker = $"net{Environment.Version.Major}.{Environment.Version.Minor}";
        return Directory.GetDirectories(packs)
            .Select(folder => (Folder: Path.Combine(folder, "ref", moniker), Version: VersionOf(Path.GetFileName(folder))))
            .Where(pack => pack.Version is not null && File.Exists(Path.Combine(pack.Folder, "System.Runtime.dll")))
            .OrderByDescending(pack => pack.Version)
            .Select(pack => pack.Folder)
            .FirstOrDefault();
    }

    // Leaves out previews, whose folders are named 11.0.0-preview.1.
    static Version? VersionOf(string name) => Version.TryParse(name, out Version? version) ? version : null;
}
