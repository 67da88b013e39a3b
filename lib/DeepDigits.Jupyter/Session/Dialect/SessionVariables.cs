using System.Reflection;
using Microsoft.CodeAnalysis;

namespace DeepDigits.Jupyter;

/// <summary>A variable that a cell has declared.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its declared type as C# writes it.</param>
/// <param name="Value">Its value now.</param>
sealed record SessionVariable(string Name, string Type, object? Value);

/// <summary>Lists the variables of a session.</summary>
static class SessionVariables
{
    /// <summary>All variables by name; of several with one name the latest, which is the one that code sees.</summary>
    /// <param name="executed">The submissions that have run, with their instances.</param>
    internal static IReadOnlyList<SessionVariable> Of(IEnumerable<(Submission Submission, object? Instance)> executed)
    {
        SortedDictionary<string, SessionVariable> variables = new(StringComparer.Ordinal);
        foreach ((Submission submission, object? instance) in executed)
        {
            if (instance is null || submission.Compilation.ScriptClass is not { } declared)
                continue;
            foreach (IFieldSymbol field in declared.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsImplicitlyDeclared && field.CanBeReferencedByName))
            {
                FieldInfo? stored = instance.GetType().GetField(field.Name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static);
                if (stored is not null && !stored.IsLiteral)
                    variables[field.Name] = new SessionVariable(field.Name, field.Type.ToMinimalDisplayString(submission.Compilation), stored.GetValue(instance));
            }
        }

        return [.. variables.Values];
    }

    static string ToMinimalDisplayString(this ITypeSymbol type, Compilation compilation) =>
        type.ToMinimalDisplayString(compilation.GetSemanticModel(compilation.SyntaxTrees.First()), 0);
}
