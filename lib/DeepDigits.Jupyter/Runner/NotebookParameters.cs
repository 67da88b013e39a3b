using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DeepDigits.Jupyter;

/// <summary>
/// Parameters as papermill has them: a cell tagged <c>parameters</c> sets variables; for a run with other values a cell tagged
/// <c>injected-parameters</c> that sets them again is put after it, in place of the one of an earlier run.
/// </summary>
static class NotebookParameters
{
    const string Tag = "parameters";
    const string InjectedTag = "injected-parameters";

    /// <summary>Puts the cell into the notebook. Nothing happens if there are no parameters.</summary>
    /// <returns>Warnings.</returns>
    /// <exception cref="NotebookRunException">A name is no C# name, or a value is not of the declared type.</exception>
    public static IReadOnlyList<string> Inject(Notebook notebook, IReadOnlyDictionary<string, string> parameters)
    {
        if (parameters.Count == 0)
        {
            return [];
        }
        var warnings = new List<string>();
        NotebookCell? declaring = notebook.Cells.FirstOrDefault(cell => cell.Kind == CellKind.Code && cell.Tags.Contains(Tag));
        Dictionary<string, string> declared = Declarations(declaring?.Source ?? "");
        var code = new StringBuilder("// Parameters");
        foreach ((string name, string value) in parameters)
        {
            if (!SyntaxFacts.IsValidIdentifier(name) || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None)
            {
                throw new NotebookRunException($"{notebook.Name}: '{name}' is not a name that a C# variable can have.");
            }
            if (!declared.TryGetValue(name, out string? type) && declaring is not null)
            {
                warnings.Add($"{notebook.Name}: the cell tagged 'parameters' does not set '{name}'.");
            }
            string literal = Literal(type, value) ?? throw new NotebookRunException(
                $"{notebook.Name}: the parameter '{name}' is of type {type}; '{value}' is not a value of it.");
            code.Append('\n').Append(type ?? "var").Append(' ').Append(name).Append(" = ").Append(literal).Append(';');
        }
        if (declaring is null)
        {
            warnings.Add($"{notebook.Name}: no cell is tagged 'parameters', so the values are set before the first cell.");
        }
        Place(notebook, declaring, code.ToString());
        return warnings;
    }

    static void Place(Notebook notebook, NotebookCell? declaring, string code)
    {
        if (notebook.Cells.FirstOrDefault(cell => cell.Tags.Contains(InjectedTag)) is { } earlier)
        {
            earlier.Source = code;
            return;
        }
        NotebookCell injected = NotebookCell.Code(code, InjectedTag);
        foreach (string name in new[] { "dotnet_interactive", "polyglot_notebook", "vscode" })
        {
            if (declaring?.Metadata[name] is { } language)
            {
                injected.Metadata[name] = language.DeepClone();
            }
        }
        notebook.Cells.Insert(declaring is null ? 0 : notebook.Cells.IndexOf(declaring) + 1, injected);
    }

    /// <summary>The type of each variable that the code declares, as it is written or, for <c>var</c>, as the value tells it.</summary>
    static Dictionary<string, string> Declarations(string code)
    {
        var declared = new Dictionary<string, string>();
        SyntaxNode root = CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(kind: SourceCodeKind.Script)).GetRoot();
        foreach (VariableDeclarationSyntax declaration in root.DescendantNodes().OfType<VariableDeclarationSyntax>())
        {
            foreach (VariableDeclaratorSyntax variable in declaration.Variables)
            {
                string? type = declaration.Type.IsVar ? TypeOf(variable.Initializer?.Value) : declaration.Type.ToString();
                if (type is not null)
                {
                    declared[variable.Identifier.ValueText] = type;
                }
                else
                {
                    declared.TryAdd(variable.Identifier.ValueText, "var");
                }
            }
        }
        return declared;
    }

    static string? TypeOf(ExpressionSyntax? value) => value switch
    {
        PrefixUnaryExpressionSyntax unary => TypeOf(unary.Operand),
        LiteralExpressionSyntax literal => literal.Token.Value switch
        {
            bool => "bool",
            int => "int",
            long => "long",
            float => "float",
            double => "double",
            decimal => "decimal",
            string => "string",
            _ => null,
        },
        _ => null,
    };

    /// <summary>The value as C# source of the type; null if it is not a value of it.</summary>
    static string? Literal(string? type, string value)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        switch (type)
        {
            case "bool":
                return bool.TryParse(value, out bool truth) ? Literal(truth) : null;
            case "int":
                return int.TryParse(value, NumberStyles.AllowLeadingSign, invariant, out int number) ? number.ToString(invariant) : null;
            case "long":
                return long.TryParse(value, NumberStyles.AllowLeadingSign, invariant, out long large) ? large.ToString(invariant) + "L" : null;
            case "float":
                return float.TryParse(value, NumberStyles.Float, invariant, out float single) && float.IsFinite(single)
                    ? single.ToString("R", invariant) + "f" : null;
            case "double":
                return double.TryParse(value, NumberStyles.Float, invariant, out double real) && double.IsFinite(real)
                    ? real.ToString("R", invariant) + "d" : null;
            case "decimal":
                return decimal.TryParse(value, NumberStyles.Number, invariant, out decimal exact) ? exact.ToString(invariant) + "m" : null;
            case "string":
                return SymbolDisplay.FormatLiteral(value, quote: true);
            case null or "var":
                // papermill's rules.
                return bool.TryParse(value, out bool flag) ? Literal(flag)
                    : long.TryParse(value, NumberStyles.AllowLeadingSign, invariant, out long whole) ? whole.ToString(invariant)
                    : double.TryParse(value, NumberStyles.Float, invariant, out double fraction) && double.IsFinite(fraction)
                        ? fraction.ToString("R", invariant) + "d"
                    : SymbolDisplay.FormatLiteral(value, quote: true);
            default:
                // Another type, for instance int[]: the value is a C# expression.
                ExpressionSyntax expression = SyntaxFactory.ParseExpression(value);
                return expression.ContainsDiagnostics || expression.FullSpan.Length != value.Length ? null : value;
        }
    }

    static string Literal(bool value) => value ? "true" : "false";
}
