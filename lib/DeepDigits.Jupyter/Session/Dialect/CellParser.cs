using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DeepDigits.Jupyter;

/// <summary>Cuts a cell into C# and the directives and magic commands of the .NET notebook dialect.</summary>
/// <remarks>
/// Whether a line such as <c>#!html</c> is a command is asked of the C# parser: inside a string, a comment or a branch that
/// <c>#if</c> leaves out it is none.
/// </remarks>
static partial class CellParser
{
    /// <summary>How cells are parsed everywhere in the session.</summary>
    internal static CSharpParseOptions Options { get; } = new(LanguageVersion.Latest, DocumentationMode.Parse, SourceCodeKind.Script);

    /// <summary>Cuts a cell into its parts, in the order in which they run.</summary>
    /// <exception cref="CellSyntaxException">A directive cannot be understood.</exception>
    internal static IReadOnlyList<CellPart> Parse(string cell)
    {
        string[] lines = cell.ReplaceLineEndings("\n").Split('\n');
        List<CellPart> parts = [];
        int start = 0;
        while (start < lines.Length)
            start = ParseCSharp(lines, start, parts);
        return parts;
    }

    /// <summary>Takes the directives out of a source file that a cell loads; what is left has the same lines.</summary>
    /// <exception cref="CellSyntaxException">A directive cannot be understood.</exception>
    internal static CodePart ParseLoaded(string source)
    {
        string[] lines = source.ReplaceLineEndings("\n").Split('\n');
        List<ReferenceDirective> references = [];
        foreach ((int line, string text) in DirectivesOf(lines, 0))
        {
            if (Reference(text, line + 1) is { } reference)
                references.Add(reference);
            if (text.StartsWith("#!", StringComparison.Ordinal) || text.StartsWith("#i ", StringComparison.Ordinal)
                || text.StartsWith("#r ", StringComparison.Ordinal))
                lines[line] = "";
        }

        return new CodePart(string.Join('\n', lines), references);
    }

    /// <summary>Reads C# from a line on, up to a command that ends it; returns the line after what was read.</summary>
    static int ParseCSharp(string[] lines, int start, List<CellPart> parts)
    {
        string[] code = new string[lines.Length];
        Array.Fill(code, "");
        Array.Copy(lines, start, code, start, lines.Length - start);
        List<ReferenceDirective> references = [];
        foreach ((int line, string text) in DirectivesOf(lines, start))
        {
            if (text.StartsWith("#!", StringComparison.Ordinal))
            {
                string[] words = text[2..].Split([' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                string name = MagicCommands.Canonical(words.Length == 0 ? "" : words[0].ToLowerInvariant());
                code[line] = "";
                AddCode(string.Join('\n', code[..line]), references, parts);
                int next = line + 1;
                if (name != "csharp" && MagicCommands.IsLanguage(name))
                {
                    while (next < lines.Length && !SwitchesLanguage(lines[next]))
                        next++;
                }

                string content = string.Join('\n', lines[(line + 1)..next]);
                parts.Add(new MagicPart(name, words.Length > 1 ? words[1] : "", content, line + 1));
                return next;
            }

            if (Reference(text, line + 1) is not { } reference)
                continue;
            references.Add(reference);
            // The compiler reads loaded files itself, so that their errors name them.
            if (reference.Kind != ReferenceKind.Source)
                code[line] = "";
        }

        AddCode(string.Join('\n', code), references, parts);
        return lines.Length;
    }

    static void AddCode(string code, List<ReferenceDirective> references, List<CellPart> parts)
    {
        if (references.Count > 0 || !string.IsNullOrWhiteSpace(code))
            parts.Add(new CodePart(code, references));
    }

    static bool SwitchesLanguage(string line)
    {
        if (!line.StartsWith("#!", StringComparison.Ordinal))
            return false;
        string word = line[2..].Split([' ', '\t'], 2)[0].Trim().ToLowerInvariant();
        return MagicCommands.IsLanguage(MagicCommands.Canonical(word));
    }

    /// <summary>The lines from <paramref name="start"/> on that are directives to the C# parser, trimmed.</summary>
    static IEnumerable<(int Line, string Text)> DirectivesOf(string[] lines, int start)
    {
        // Most cells have none: do not parse them twice.
        if (!lines.Skip(start).Any(line => line.AsSpan().TrimStart().StartsWith("#")))
            yield break;
        SyntaxTree tree = CSharpSyntaxTree.ParseText(string.Join('\n', lines.Skip(start)), Options);
        foreach (SyntaxTrivia trivia in tree.GetRoot().DescendantTrivia(descendIntoTrivia: false))
        {
            if (!trivia.IsDirective || trivia.GetStructure() is not DirectiveTriviaSyntax { IsActive: true } directive)
                continue;
            int line = start + tree.GetText().Lines.GetLineFromPosition(directive.HashToken.SpanStart).LineNumber;
            string text = lines[line].Trim();
            if (text.StartsWith('#'))
                yield return (line, text);
        }
    }

    static ReferenceDirective? Reference(string text, int line)
    {
        Match match = ReferenceLine().Match(text);
        if (!match.Success)
        {
            return text.StartsWith("#r ", StringComparison.Ordinal) || text.StartsWith("#i ", StringComparison.Ordinal)
                ? throw new CellSyntaxException(
                    $"Line {line}: cannot understand `{text}`. Write #r \"nuget: Id, Version\", #r \"path\", or #i \"nuget: address or folder\".", line)
                : null;
        }

        string target = match.Groups["target"].Value.Trim();
        string directive = match.Groups["directive"].Value;
        if (directive == "load")
            return new ReferenceDirective(ReferenceKind.Source, target, null, line);
        Match package = PackageTarget().Match(target);
        if (directive == "i")
        {
            return new ReferenceDirective(ReferenceKind.PackageSource, package.Success ? package.Groups["rest"].Value.Trim() : target, null, line);
        }

        if (!package.Success)
            return new ReferenceDirective(ReferenceKind.Assembly, target, null, line);
        string[] idAndVersion = package.Groups["rest"].Value.Split(',', 2, StringSplitOptions.TrimEntries);
        if (!PackageId().IsMatch(idAndVersion[0]))
            throw new CellSyntaxException($"Line {line}: `{idAndVersion[0]}` is not a package id. Write #r \"nuget: Id, Version\".", line);
        string? version = idAndVersion.Length > 1 && idAndVersion[1].Length > 0 ? idAndVersion[1] : null;
        if (version is not null && !PackageVersion().IsMatch(version))
            throw new CellSyntaxException($"Line {line}: `{version}` is not a package version. Write for example 1.2.3, 1.2.* or [1.0,2.0).", line);
        return new ReferenceDirective(ReferenceKind.Package, idAndVersion[0], version, line);
    }

    [GeneratedRegex("""^#(?<directive>r|i|load)\s*"(?<target>[^"]+)"\s*;?\s*(//.*)?$""", RegexOptions.CultureInvariant)]
    private static partial Regex ReferenceLine();

    [GeneratedRegex("""^nuget\s*:(?<rest>.*)$""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PackageTarget();

    [GeneratedRegex("""^[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*$""", RegexOptions.CultureInvariant)]
    private static partial Regex PackageId();

    [GeneratedRegex("""^[\[(]?[0-9A-Za-z.*+, -]+[\])]?$""", RegexOptions.CultureInvariant)]
    private static partial Regex PackageVersion();
}
