using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DeepDigits.Jupyter;

/// <summary>Tells whether code can be run, or whether a console should let the user type on.</summary>
static class CompletenessChecker
{
    const int IndentWidth = 4;

    internal static Completeness Check(string code)
    {
        if (string.IsNullOrWhiteSpace(code))
            return new Completeness(CompletenessStatus.Complete);
        IReadOnlyList<CellPart> parts;
        try
        {
            parts = CellParser.Parse(code);
        }
        catch (CellSyntaxException)
        {
            return new Completeness(CompletenessStatus.Invalid);
        }

        if (parts.Count == 0 || parts[^1] is not CodePart last)
            return new Completeness(CompletenessStatus.Complete);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(last.Code, CellParser.Options);
        if (!SyntaxFactory.IsCompleteSubmission(tree))
            return new Completeness(CompletenessStatus.Incomplete, Indent(tree, last.Code));
        bool valid = !tree.GetDiagnostics().Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return new Completeness(valid ? CompletenessStatus.Complete : CompletenessStatus.Invalid);
    }

    /// <summary>Four spaces for each brace or bracket that is still open.</summary>
    static string Indent(SyntaxTree tree, string code)
    {
        int open = 0;
        foreach (SyntaxToken token in tree.GetRoot().DescendantTokens().Where(token => !token.IsMissing && token.Span.End <= code.Length))
        {
            if (token.Kind() is SyntaxKind.OpenBraceToken or SyntaxKind.OpenParenToken or SyntaxKind.OpenBracketToken)
                open++;
            else if (token.Kind() is SyntaxKind.CloseBraceToken or SyntaxKind.CloseParenToken or SyntaxKind.CloseBracketToken)
                open--;
        }

        return new string(' ', IndentWidth * Math.Max(0, open));
    }
}
