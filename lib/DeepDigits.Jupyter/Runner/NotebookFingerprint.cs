using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace DeepDigits.Jupyter;

/// <summary>
/// Tells whether the outputs in a notebook still are those of its code. The mark in the notebook's metadata (<c>deepdigits.executed</c>) is a
/// SHA-256 of all code cells, of all outputs, and of the local files and packages that the code loads.
/// </summary>
public static partial class NotebookFingerprint
{
    /// <summary>Whether the notebook bears a mark, and neither code nor outputs nor what the code loads has changed since.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="folder">The notebook's folder.</param>
    public static bool IsCurrent(Notebook notebook, string folder)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        return Mark(notebook) is { } mark && mark == Compute(notebook, folder);
    }

    /// <summary>Marks the notebook as run just now.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="folder">The notebook's folder.</param>
    public static void Set(Notebook notebook, string folder)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        if (!IsCurrent(notebook, folder))
        {
            notebook.Metadata["deepdigits"] = new JsonObject { ["executed"] = Compute(notebook, folder) };
        }
    }

    /// <summary>Marks the notebook if it bears a mark already: a plain run adds nothing to a notebook.</summary>
    internal static void Renew(Notebook notebook, string folder)
    {
        if (Mark(notebook) is not null)
        {
            Set(notebook, folder);
        }
    }

    static string? Mark(Notebook notebook) => notebook.Metadata["deepdigits"] is JsonObject ours ? MultilineText.Join(ours["executed"]) : null;

    static string Compute(Notebook notebook, string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (NotebookCell cell in notebook.Cells.Where(cell => cell.Kind == CellKind.Code))
        {
            Add("cell", cell.Language, cell.Source);
            foreach (string file in LoadedFiles(cell.Source, folder))
            {
                Add("file", Path.GetFileName(file));
                using FileStream stream = File.OpenRead(file);
                hash.AppendData(SHA256.HashData(stream));
            }
            foreach (JsonObject output in cell.Outputs)
            {
                Add("output", MultilineText.Join(output["output_type"]), MultilineText.Join(output["name"]), MultilineText.Join(output["text"]),
                    MultilineText.Join(output["ename"]), MultilineText.Join(output["evalue"]), output["traceback"]?.ToJsonString());
                foreach ((string type, JsonNode? value) in (output["data"] as JsonObject ?? []).OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    Add("data", type, MultilineText.Join(value) ?? value?.ToJsonString());
                }
            }
        }
        return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(params ReadOnlySpan<string?> parts)
        {
            foreach (string? part in parts)
            {
                byte[] bytes = Encoding.UTF8.GetBytes(part ?? "");
                hash.AppendData(BitConverter.GetBytes(bytes.Length));
                hash.AppendData(bytes);
            }
        }
    }

    /// <summary>The files named by #r and #load, and the packages that a local folder feed holds for #r "nuget: ...".</summary>
    static IEnumerable<string> LoadedFiles(string code, string folder)
    {
        foreach (Match match in LoadDirective().Matches(code))
        {
            string what = match.Groups["what"].Value;
            string[] package = what.Split(':', 2);
            if (package is ["nuget", { } reference])
            {
                string[] parts = reference.Split(',', StringSplitOptions.TrimEntries);
                string pattern = parts.Length > 1 ? $"{parts[0]}.{parts[1]}.nupkg" : $"{parts[0]}.*.nupkg";
                foreach (string file in LocalFeeds(folder).SelectMany(feed => Find(feed, pattern)))
                {
                    yield return file;
                }
            }
            else if (File.Exists(Path.Combine(folder, what)))
            {
                yield return Path.Combine(folder, what);
            }
        }
    }

    static IEnumerable<string> Find(string feed, string pattern)
    {
        var options = new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive, RecurseSubdirectories = true, MaxRecursionDepth = 2 };
        return Directory.Exists(feed) ? Directory.EnumerateFiles(feed, pattern, options).Order(StringComparer.Ordinal) : [];
    }

    static IEnumerable<string> LocalFeeds(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            foreach (string name in new[] { "nuget.config", "NuGet.Config", "NuGet.config" })
            {
                string file = Path.Combine(at.FullName, name);
                if (File.Exists(file))
                {
                    foreach (string source in Sources(file).Where(source => !source.Contains("://", StringComparison.Ordinal)))
                    {
                        yield return Path.GetFullPath(source, at.FullName);
                    }
                    break;
                }
            }
        }
    }

    static IEnumerable<string> Sources(string file)
    {
        try
        {
            return [.. XDocument.Load(file).Descendants("packageSources").Elements("add").Select(add => (string?)add.Attribute("value")).OfType<string>()];
        }
        catch (XmlException)
        {
            // The restore of a package will say so; a fingerprint need not.
            return [];
        }
    }

    [GeneratedRegex("""^\s*#(r|load)\s+"(?<what>[^"]+)"[^\S\n]*""", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex LoadDirective();
}
