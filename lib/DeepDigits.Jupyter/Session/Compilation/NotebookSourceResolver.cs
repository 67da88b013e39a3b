using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DeepDigits.Jupyter;

/// <summary>Finds and reads the files that <c>#load</c> names, relative to the notebook or to the file that loads them.</summary>
/// <remarks>The directives of a loaded file that are not the compiler's have been carried out before; here they are left out.</remarks>
sealed class NotebookSourceResolver(string folder) : SourceReferenceResolver
{
    readonly SourceFileResolver files = new([], folder);

    // The debug information asks for this too: a cell keeps its name there.
    public override string? NormalizePath(string path, string? baseFilePath) =>
        baseFilePath is null && !Path.IsPathRooted(path) ? path : files.NormalizePath(path, BaseOf(baseFilePath));

    public override string? ResolveReference(string path, string? baseFilePath) => files.ResolveReference(path, BaseOf(baseFilePath));

    public override Stream OpenRead(string resolvedPath) => files.OpenRead(resolvedPath);

    public override SourceText ReadText(string resolvedPath) =>
        SourceText.From(CellParser.ParseLoaded(File.ReadAllText(resolvedPath)).Code, Encoding.UTF8);

    public override bool Equals(object? other) => other is NotebookSourceResolver resolver && resolver.files.Equals(files);

    public override int GetHashCode() => files.GetHashCode();

    // A cell's path is its name: it lies in no folder, so the notebook's counts.
    static string? BaseOf(string? path) => Path.IsPathRooted(path) ? path : null;
}
