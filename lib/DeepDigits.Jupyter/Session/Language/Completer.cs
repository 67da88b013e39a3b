using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DeepDigits.Jupyter;

/// <summary>Proposes what may stand at the cursor: directives, members after a dot, and otherwise all names in sight.</summary>
static class Completer
{
    /// <summary>More proposals than this help nobody.</summary>
    const int MostMatches = 1000;

    /// <summary>How a proposal's declaration is written.</summary>
    internal static SymbolDisplayFormat SignatureFormat { get; } = SymbolDisplayFormat.MinimallyQualifiedFormat
        .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers)
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName
            | SymbolDisplayParameterOptions.IncludeParamsRefOut | SymbolDisplayParameterOptions.IncludeDefaultValue);

    internal static Completions Complete(SubmissionCompiler compiler, string code, int cursor, CancellationToken cancellation)
    {
        int lineStart = cursor == 0 ? 0 : code.LastIndexOf('\n', cursor - 1) + 1;
        string before = code[lineStart..cursor];
        if (before.TrimStart() is ['#', ..] directive && !directive.Contains(' ', StringComparison.Ordinal))
            return Directives(directive, cursor);
        if (CodeAtCursor.Of(compiler, code, cursor, cancellation) is not { } current)
            return new Completions([], cursor, cursor);
        int start = cursor;
        while (start > 0 && SyntaxFacts.IsIdentifierPartCharacter(code[start - 1]))
            start--;
        string prefix = code[start..cursor];
        SyntaxNode root = current.Tree.GetRoot(cancellation);
        if (root.FindTrivia(Math.Max(0, cursor - 1)).Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
            || root.FindToken(Math.Max(0, cursor - 1)) is { RawKind: (int)SyntaxKind.StringLiteralToken or (int)SyntaxKind.CharacterLiteralToken } literal
                && cursor > literal.SpanStart && cursor <= literal.Span.End && prefix.Length == 0)
            return new Completions([], cursor, cursor);

        IEnumerable<ISymbol> symbols = Symbols(current, root, start, out bool afterDot, cancellation);
        List<Completion> matches = [.. symbols
            .Where(symbol => IsOffered(symbol) && symbol.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .GroupBy(symbol => symbol.Name, StringComparer.Ordinal)
            .Select(group => new Completion(group.Key, KindOf(group.First()), SignatureOf(group)))];
        if (!afterDot && prefix.Length > 0)
        {
            matches.AddRange(Keywords().Where(keyword => keyword.StartsWith(prefix, StringComparison.Ordinal))
                .Select(keyword => new Completion(keyword, "keyword")));
        }

        IEnumerable<Completion> ordered = matches
            .OrderBy(match => match.Text.StartsWith(prefix, StringComparison.Ordinal) ? 0 : 1)
            .ThenBy(match => match.Text, StringComparer.OrdinalIgnoreCase)
            .ThenBy(match => match.Text, StringComparer.Ordinal)
            .DistinctBy(match => match.Text)
            .Take(MostMatches);
        return new Completions([.. ordered], start, cursor);
    }

    static Completions Directives(string typed, int cursor)
    {
        IEnumerable<Completion> all = MagicCommands.All.Select(magic => new Completion(magic.Name, "magic", magic.Purpose))
            .Concat(
            [
                new Completion("#r \"nuget: ", "directive", "Adds a package."),
                new Completion("#r \"", "directive", "Adds an assembly by its path."),
                new Completion("#i \"nuget: ", "directive", "Adds a source of packages."),
                new Completion("#load \"", "directive", "Runs a source file."),
            ]);
        return new Completions([.. all.Where(each => each.Text.StartsWith(typed, StringComparison.Ordinal))], cursor - typed.Length, cursor);
    }

    static IEnumerable<ISymbol> Symbols(CodeAtCursor current, SyntaxNode root, int start, out bool afterDot, CancellationToken cancellation)
    {
        SemanticModel model = current.Model;
        SyntaxToken previous = start > 0 ? root.FindToken(start - 1) : default;
        if (previous.Span.End > start)
            previous = previous.GetPreviousToken();
        afterDot = previous.IsKind(SyntaxKind.DotToken) || previous.IsKind(SyntaxKind.MinusGreaterThanToken);
        SyntaxNode? owner = previous.Parent switch
        {
            _ when !afterDot => null,
            MemberAccessExpressionSyntax access => access.Expression,
            QualifiedNameSyntax name => name.Left,
            MemberBindingExpressionSyntax { Parent.Parent: ConditionalAccessExpressionSyntax conditional } => conditional.Expression,
            MemberBindingExpressionSyntax binding => binding.Ancestors().OfType<ConditionalAccessExpressionSyntax>().FirstOrDefault()?.Expression,
            _ => null,
        };
        if (owner is null)
        {
            return afterDot ? [] : previous.Parent?.FirstAncestorOrSelf<UsingDirectiveSyntax>() is not null
                ? model.LookupNamespacesAndTypes(start)
                : model.LookupSymbols(start);
        }

        SymbolInfo meaning = model.GetSymbolInfo(owner, cancellation);
        ISymbol? symbol = meaning.Symbol ?? meaning.CandidateSymbols.FirstOrDefault();
        if (symbol is INamespaceSymbol space)
            return model.LookupNamespacesAndTypes(start, space);
        ITypeSymbol? type = model.GetTypeInfo(owner, cancellation).Type;
        bool isType = symbol is INamedTypeSymbol or ITypeParameterSymbol || (symbol is null && owner is PredefinedTypeSyntax);
        if (isType && (symbol as ITypeSymbol ?? type) is { } named)
            return model.LookupStaticMembers(start, named).Concat((named as INamedTypeSymbol)?.GetTypeMembers() ?? []);
        if (type is null or IErrorTypeSymbol)
            return [];
        if (owner.Parent is ConditionalAccessExpressionSyntax && type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        return model.LookupSymbols(start, type, includeReducedExtensionMethods: true).Where(member => !member.IsStatic || member is IMethodSymbol { ReducedFrom: not null });
    }

    static bool IsOffered(ISymbol symbol) =>
        symbol.CanBeReferencedByName
        && symbol is not IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.Destructor or MethodKind.UserDefinedOperator }
        && !symbol.Name.StartsWith("Submission#", StringComparison.Ordinal)
        && !symbol.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "EditorBrowsableAttribute"
            && attribute.ConstructorArguments is [{ Value: (int)System.ComponentModel.EditorBrowsableState.Never }]);

    static string SignatureOf(IEnumerable<ISymbol> overloads)
    {
        ISymbol first = overloads.First();
        int more = overloads.Count() - 1;
        return first.ToDisplayString(SignatureFormat) + (more > 0 ? $" (+ {more} more)" : "");
    }

    static string KindOf(ISymbol symbol) => symbol switch
    {
        INamespaceSymbol => "namespace",
        INamedTypeSymbol { TypeKind: TypeKind.Interface } => "interface",
        INamedTypeSymbol { TypeKind: TypeKind.Enum } => "enum",
        INamedTypeSymbol { TypeKind: TypeKind.Struct } => "struct",
        INamedTypeSymbol { TypeKind: TypeKind.Delegate } => "delegate",
        ITypeSymbol => "class",
        IMethodSymbol => "method",
        IPropertySymbol => "property",
        IEventSymbol => "event",
        IFieldSymbol { ContainingType.IsScriptClass: true } => "variable",
        IFieldSymbol { ContainingType.TypeKind: TypeKind.Enum } => "enum member",
        IFieldSymbol => "field",
        _ => "variable",
    };

    static IEnumerable<string> Keywords() =>
        SyntaxFacts.GetKeywordKinds().Where(kind => SyntaxFacts.IsReservedKeyword(kind) || kind is SyntaxKind.VarKeyword or SyntaxKind.AwaitKeyword
            or SyntaxKind.AsyncKeyword or SyntaxKind.RecordKeyword or SyntaxKind.YieldKeyword or SyntaxKind.WhenKeyword).Select(SyntaxFacts.GetText);
}
