using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DeepDigits.Jupyter;

/// <summary>Tells what a name at the cursor stands for: its declaration and what its author says about it.</summary>
static class Inspector
{
    /// <summary>Of an overloaded method so many declarations are shown.</summary>
    const int MostOverloads = 10;

    internal static Inspection Inspect(SubmissionCompiler compiler, string code, int cursor, int detailLevel, CancellationToken cancellation)
    {
        if (CodeAtCursor.Of(compiler, code, cursor, cancellation) is not { } current)
            return new Inspection(false, null);
        SyntaxNode root = current.Tree.GetRoot(cancellation);
        foreach (int position in new[] { cursor, cursor - 1 }.Where(position => position >= 0))
        {
            SyntaxToken token = root.FindToken(position);
            if (!token.Span.Contains(position) && token.Span.End != position)
                continue;
            IReadOnlyList<ISymbol> symbols = Symbols(current.Model, token, cancellation);
            if (symbols.Count > 0)
                return new Inspection(true, Describe(symbols, detailLevel));
        }

        return new Inspection(false, null);
    }

    static IReadOnlyList<ISymbol> Symbols(SemanticModel model, SyntaxToken token, CancellationToken cancellation)
    {
        if (token.Parent is not { } node)
            return [];
        // Between the brackets of a call, the call is meant.
        if (node is ArgumentListSyntax { Parent: InvocationExpressionSyntax invocation })
            node = invocation.Expression;
        if (node is ArgumentListSyntax { Parent: BaseObjectCreationExpressionSyntax creation })
            node = creation;
        if (node is PredefinedTypeSyntax)
            return model.GetTypeInfo(node, cancellation).Type is { } predefined ? [predefined] : [];
        SymbolInfo meaning = model.GetSymbolInfo(node, cancellation);
        if (meaning.Symbol is { } symbol)
        {
            IEnumerable<ISymbol> group = node is ExpressionSyntax expression ? model.GetMemberGroup(expression, cancellation) : [];
            return [symbol, .. group.Where(each => !SymbolEqualityComparer.Default.Equals(each, symbol))];
        }

        if (meaning.CandidateSymbols.Length > 0)
            return meaning.CandidateSymbols;
        if (node is ExpressionSyntax method && model.GetMemberGroup(method, cancellation) is { Length: > 0 } overloads)
            return overloads;
        return model.GetDeclaredSymbol(node, cancellation) is { } declared ? [declared] : [];
    }

    static MimeBundle Describe(IReadOnlyList<ISymbol> symbols, int detailLevel)
    {
        StringBuilder plain = new();
        StringBuilder markdown = new("```csharp\n");
        StringBuilder html = new("<pre>");
        foreach (ISymbol symbol in symbols.Take(MostOverloads))
        {
            string signature = symbol switch
            {
                INamedTypeSymbol type => $"{type.TypeKind.ToString().ToLowerInvariant()} {type.ToDisplayString()}",
                IFieldSymbol { ContainingType.IsScriptClass: true } field => $"{field.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} {field.Name}",
                _ => symbol.ToDisplayString(Completer.SignatureFormat
                    .WithMemberOptions(SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeParameters
                        | SymbolDisplayMemberOptions.IncludeContainingType | SymbolDisplayMemberOptions.IncludeRef)),
            };
            plain.Append(signature).Append('\n');
            markdown.Append(signature).Append('\n');
            html.Append(Html.Escape(signature)).Append('\n');
        }

        if (symbols.Count > MostOverloads)
            plain.Append($"(+ {symbols.Count - MostOverloads} more)\n");
        markdown.Append("```\n");
        html.Append("</pre>");
        foreach ((string title, string text) in Documentation(symbols[0], detailLevel))
        {
            string heading = title.Length > 0 ? title + ": " : "";
            plain.Append('\n').Append(heading).Append(text).Append('\n');
            markdown.Append('\n').Append(title.Length > 0 ? $"**{title}**: " : "").Append(text).Append('\n');
            html.Append("<p>").Append(title.Length > 0 ? $"<b>{Html.Escape(title)}</b>: " : "").Append(Html.Escape(text)).Append("</p>");
        }

        return new MimeBundle(new Dictionary<string, JsonNode>
        {
            ["text/plain"] = JsonValue.Create(plain.ToString().TrimEnd()),
            ["text/markdown"] = JsonValue.Create(markdown.ToString().TrimEnd()),
            ["text/html"] = JsonValue.Create(html.ToString()),
        });
    }

    static IEnumerable<(string Title, string Text)> Documentation(ISymbol symbol, int detailLevel)
    {
        ISymbol documented = (symbol as IMethodSymbol)?.ReducedFrom ?? symbol.OriginalDefinition;
        string? xml = documented.GetDocumentationCommentXml();
        if (string.IsNullOrWhiteSpace(xml))
            yield break;
        XElement comment;
        try
        {
            comment = XElement.Parse($"<doc>{xml}</doc>");
        }
        catch (XmlException)
        {
            yield break;
        }

        IEnumerable<XElement> elements = comment.Descendants();
        if (elements.FirstOrDefault(element => element.Name == "summary") is { } summary)
            yield return ("", TextOf(summary));
        foreach (XElement parameter in elements.Where(element => element.Name == "param"))
            yield return (parameter.Attribute("name")?.Value ?? "", TextOf(parameter));
        if (elements.FirstOrDefault(element => element.Name == "returns") is { } returns)
            yield return ("Returns", TextOf(returns));
        if (detailLevel < 1)
            yield break;
        foreach (XElement exception in elements.Where(element => element.Name == "exception"))
            yield return ("Throws " + ShortName(exception.Attribute("cref")?.Value), TextOf(exception));
        if (elements.FirstOrDefault(element => element.Name == "remarks") is { } remarks)
            yield return ("Remarks", TextOf(remarks));
    }

    static string TextOf(XElement element)
    {
        StringBuilder text = new();
        foreach (XNode node in element.DescendantNodes())
        {
            if (node is XText words)
                text.Append(words.Value);
            else if (node is XElement { IsEmpty: true } reference)
                text.Append(ShortName(reference.Attribute("cref")?.Value ?? reference.Attribute("name")?.Value ?? reference.Attribute("langword")?.Value));
        }

        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary><c>M:System.Math.Abs(System.Int32)</c> is Math.Abs to a reader.</summary>
    static string ShortName(string? reference)
    {
        if (reference is null)
            return "";
        string name = reference.Length > 2 && reference[1] == ':' ? reference[2..] : reference;
        string[] parts = name.Split('(')[0].Split('.');
        bool member = reference.Length > 2 && reference[1] == ':' && reference[0] is 'M' or 'P' or 'F' or 'E';
        return string.Join('.', parts.TakeLast(member ? 2 : 1));
    }
}
