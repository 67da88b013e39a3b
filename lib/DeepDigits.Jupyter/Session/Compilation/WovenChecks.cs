using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace DeepDigits.Jupyter;

/// <summary>Weaves two questions into a cell: "has the user interrupted?" and "is there stack left?".</summary>
/// <remarks>
/// <para>
/// The first is asked at each turn of a loop and each call of a method. With it an interrupt becomes an exception like any other, which unwinds
/// through <c>finally</c> and <c>lock</c>. The second is asked by methods and properties that may call themselves, directly or through others of
/// the cell: a recursion without end becomes an exception, instead of the end of the process.
/// </para>
/// <para>
/// (The compiler has instrumentation for both, but it leaves out top-level statements, which is what cells are made of, and makes each call of
/// the smallest function five nanoseconds slower.) The text is inserted without line breaks, so lines keep their numbers. Expression-bodied
/// lambdas are left alone: they may be expression trees.
/// </para>
/// </remarks>
static class WovenChecks
{
    const string Check = "global::DeepDigits.Jupyter.Interruption.Check();";
    const string Probe = "global::System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();" + Check;

    /// <summary>The cell with the checks; the very same text if it needs none or does not parse.</summary>
    internal static string Weave(string code, CancellationToken cancellation)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(code, CellParser.Options, cancellationToken: cancellation);
        if (tree.GetDiagnostics(cancellation).Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
            return code;
        SyntaxNode root = tree.GetRoot(cancellation);
        HashSet<string> recursive = Recursive(root);
        List<TextChange> changes = [];
        foreach (SyntaxNode node in root.DescendantNodes())
        {
            switch (node)
            {
                case WhileStatementSyntax loop:
                    Guard(loop.Statement, Check, changes);
                    break;
                case DoStatementSyntax loop:
                    Guard(loop.Statement, Check, changes);
                    break;
                case ForStatementSyntax loop:
                    Guard(loop.Statement, Check, changes);
                    break;
                case CommonForEachStatementSyntax loop:
                    Guard(loop.Statement, Check, changes);
                    break;
                case GotoStatementSyntax { RawKind: (int)SyntaxKind.GotoStatement } jump:
                    Guard(jump, Check, changes);
                    break;
                case AnonymousFunctionExpressionSyntax { Block: { } block }:
                    Guard(block, Check, changes);
                    break;
                case BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax or PropertyDeclarationSyntax:
                    GuardBody(node, recursive.Contains(NameOf(node) ?? "") ? Probe : Check, changes);
                    break;
            }
        }

        return changes.Count == 0 ? code : Apply(code, changes);
    }

    static void GuardBody(SyntaxNode node, string check, List<TextChange> changes)
    {
        (BlockSyntax? block, ArrowExpressionClauseSyntax? arrow, SyntaxToken semicolon) = node switch
        {
            BaseMethodDeclarationSyntax method => (method.Body, method.ExpressionBody, method.SemicolonToken),
            LocalFunctionStatementSyntax function => (function.Body, function.ExpressionBody, function.SemicolonToken),
            AccessorDeclarationSyntax accessor => (accessor.Body, accessor.ExpressionBody, accessor.SemicolonToken),
            PropertyDeclarationSyntax property => (null, property.ExpressionBody, property.SemicolonToken),
            _ => default,
        };
        if (block is not null)
        {
            Guard(block, check, changes);
            return;
        }

        if (arrow is null)
            return;
        bool givesNothing = arrow.Expression is ThrowExpressionSyntax || node switch
        {
            MethodDeclarationSyntax method => GivesNothing(method.ReturnType, method.Modifiers),
            LocalFunctionStatementSyntax function => GivesNothing(function.ReturnType, function.Modifiers),
            AccessorDeclarationSyntax accessor => !accessor.IsKind(SyntaxKind.GetAccessorDeclaration),
            ConstructorDeclarationSyntax or DestructorDeclarationSyntax => true,
            _ => false,
        };
        (string open, string close) = node is PropertyDeclarationSyntax ? ("{get{", "}}") : ("{", "}");
        // `=> expression;` becomes a block.
        changes.Add(new TextChange(arrow.ArrowToken.Span, open + check + (givesNothing ? " " : "return ")));
        changes.Add(new TextChange(new TextSpan(semicolon.Span.End, 0), close));
    }

    static bool GivesNothing(TypeSyntax returnType, SyntaxTokenList modifiers)
    {
        string type = returnType.ToString();
        return type == "void" || (modifiers.Any(SyntaxKind.AsyncKeyword) && type.EndsWith("Task", StringComparison.Ordinal));
    }

    static void Guard(StatementSyntax statement, string check, List<TextChange> changes)
    {
        if (statement is BlockSyntax block)
        {
            changes.Add(new TextChange(new TextSpan(block.OpenBraceToken.Span.End, 0), check));
            return;
        }

        changes.Add(new TextChange(new TextSpan(statement.SpanStart, 0), "{" + check));
        changes.Add(new TextChange(new TextSpan(statement.Span.End, 0), "}"));
    }

    /// <summary>The names of the methods and properties from which one comes back to them, going by names alone: rather one too many.</summary>
    static HashSet<string> Recursive(SyntaxNode root)
    {
        Dictionary<string, HashSet<string>> mentions = [];
        foreach (SyntaxNode node in root.DescendantNodes().Where(node => node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or PropertyDeclarationSyntax))
        {
            if (NameOf(node) is not { } name)
                continue;
            if (!mentions.TryGetValue(name, out HashSet<string>? mentioned))
                mentions[name] = mentioned = [];
            mentioned.UnionWith(node.DescendantNodes().OfType<SimpleNameSyntax>().Select(each => each.Identifier.Text));
        }

        return [.. mentions.Keys.Where(name => Reaches(name, name, mentions, []))];
    }

    static bool Reaches(string from, string to, Dictionary<string, HashSet<string>> mentions, HashSet<string> seen) =>
        mentions.TryGetValue(from, out HashSet<string>? next)
        && (next.Contains(to) || next.Any(name => seen.Add(name) && Reaches(name, to, mentions, seen)));

    static string? NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        LocalFunctionStatementSyntax function => function.Identifier.Text,
        PropertyDeclarationSyntax property => property.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        AccessorDeclarationSyntax accessor => accessor.FirstAncestorOrSelf<PropertyDeclarationSyntax>()?.Identifier.Text,
        _ => null,
    };

    static string Apply(string code, List<TextChange> changes)
    {
        StringBuilder woven = new(code.Length + changes.Count * Check.Length);
        int taken = 0;
        // Stable: where an inner and an outer statement end together, the order of their braces does not matter.
        foreach (TextChange change in changes.OrderBy(change => change.Span.Start))
        {
            woven.Append(code, taken, change.Span.Start - taken).Append(change.NewText);
            taken = change.Span.End;
        }

        return woven.Append(code, taken, code.Length - taken).ToString();
    }
}
