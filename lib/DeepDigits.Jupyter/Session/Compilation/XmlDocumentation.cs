using System.Globalization;
using System.Xml;
using Microsoft.CodeAnalysis;

namespace DeepDigits.Jupyter;

/// <summary>The documentation comments of an assembly, from the XML file beside it; read when first asked for.</summary>
/// <param name="path">The XML file.</param>
sealed class XmlDocumentation(string path) : DocumentationProvider
{
    readonly Lazy<Dictionary<string, string>> comments = new(() => Read(path));

    /// <inheritdoc/>
    protected override string GetDocumentationForSymbol(
        string documentationMemberID, CultureInfo preferredCulture, CancellationToken cancellationToken = default) =>
        comments.Value.GetValueOrDefault(documentationMemberID, "");

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is XmlDocumentation other && other.FilePath == FilePath;

    /// <inheritdoc/>
    public override int GetHashCode() => FilePath.GetHashCode(StringComparison.Ordinal);

    string FilePath { get; } = path;

    static Dictionary<string, string> Read(string path)
    {
        Dictionary<string, string> found = [];
        try
        {
            using XmlReader reader = XmlReader.Create(path);
            while (!reader.EOF)
            {
                if (reader.NodeType == XmlNodeType.Element && reader.Name == "member" && reader.GetAttribute("name") is { } name)
                    found[name] = reader.ReadOuterXml();
                else
                    reader.Read();
            }
        }
        catch (Exception error) when (error is XmlException or IOException or UnauthorizedAccessException)
        {
            // Documentation is a help, not a need: what was read before the fault is kept.
        }

        return found;
    }
}
