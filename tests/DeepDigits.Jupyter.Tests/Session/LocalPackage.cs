using System.IO.Compression;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DeepDigits.Jupyter.Tests;

/// <summary>Builds small assemblies and packages, for tests that reach no network.</summary>
static class LocalPackage
{
    /// <summary>Compiles a library and returns its bytes.</summary>
    public static byte[] Compile(string assemblyName, string code)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            assemblyName, [CSharpSyntaxTree.ParseText(code)], FrameworkReferences.Load(), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using MemoryStream image = new();
        Microsoft.CodeAnalysis.Emit.EmitResult emitted = compilation.Emit(image);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        return image.ToArray();
    }

    /// <summary>Writes a package of one library to a folder that serves as a source.</summary>
    public static void Write(string folder, string id, string version, string code, params (string Path, string Source)[] moreFiles)
    {
        Directory.CreateDirectory(folder);
        string target = Path.Combine(folder, $"{id}.{version}.nupkg");
        using FileStream file = new(target, FileMode.Create);
        using ZipArchive archive = new(file, ZipArchiveMode.Create);
        void Add(string path, byte[] content)
        {
            using Stream entry = archive.CreateEntry(path).Open();
            entry.Write(content);
        }

        Add($"{id}.nuspec", System.Text.Encoding.UTF8.GetBytes($"""
            <?xml version="1.0"?>
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata><id>{id}</id><version>{version}</version><authors>test</authors><description>test</description></metadata>
            </package>
            """));
        Add($"lib/net8.0/{id}.dll", Compile(id, code));
        foreach ((string path, string source) in moreFiles)
            Add(path, File.ReadAllBytes(source));
    }

    /// <summary>A NuGet configuration that knows one folder only, and unpacks to another.</summary>
    public static void Configure(string notebookFolder, string feed) =>
        File.WriteAllText(Path.Combine(notebookFolder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="unpacked" /></config>
              <packageSources><clear /><add key="feed" value="{feed}" /></packageSources>
              <fallbackPackageFolders><clear /></fallbackPackageFolders>
            </configuration>
            """);
}
