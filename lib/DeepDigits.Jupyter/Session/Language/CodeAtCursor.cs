using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DeepDigits.Jupyter;

/// <summary>A cell as the compiler sees it while the user is writing it.</summary>
/// <remarks>Directives and lines in other languages are blanked, not cut, so that positions stay.</remarks>
sealed class CodeAtCursor
{
    CodeAtCursor(SyntaxTree tree, SemanticModel model)
    {
        Tree = tree;
        Model = model;
    }

    internal SyntaxTree Tree { get; }

    internal SemanticModel Model { get; }

    /// <summary>The C# of a cell, after all that has been run; null if the cursor stands in another language.</summary>
    internal static CodeAtCursor? Of(SubmissionCompiler compiler, string code, int cursor, CancellationToken cancellation)
    {
        string? blanked = Blank(code, cursor);
        if (blanked is null)
            return null;
        CSharpCompilation compilation = compiler.Follow(blanked, "cell", cancellation);
        SyntaxTree tree = compilation.SyntaxTrees[^1];
        return new CodeAtCursor(tree, compilation.GetSemanticModel(tree));
    }

    static string? Blank(string code, int cursor)
    {
        if (!code.Contains("#!", StringComparison.Ordinal) && !code.Contains("#r", StringComparison.Ordinal) && !code.Contains("#i", StringComparison.Ordinal))
            return code;
        char[] blanked = code.ToCharArray();
        bool csharp = true;
        bool cursorInCSharp = true;
        int start = 0;
        while (start <= code.Length)
        {
            int end = code.IndexOf('\n', start);
            end = end < 0 ? code.Length : end;
            ReadOnlySpan<char> line = code.AsSpan(start, end - start).Trim();
            bool directive = line.StartsWith("#!") || line.StartsWith("#r ") || line.StartsWith("#i ");
            if (line.StartsWith("#!"))
            {
                string name = MagicCommands.Canonical(line[2..].ToString().Split([' ', '\t'], 2)[0].ToLowerInvariant());
                if (MagicCommands.IsLanguage(name))
                    csharp = name == "csharp";
            }

            if (cursor >= start && cursor <= end)
                cursorInCSharp = csharp && !directive;
            if (directive || !csharp)
                blanked.AsSpan(start, end - start).Fill(' ');
            start = end + 1;
        }

        return cursorInCSharp ? new string(blanked) : null;
    }
}
