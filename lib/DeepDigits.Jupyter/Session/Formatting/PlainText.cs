using System.Collections;
using System.Text;

namespace DeepDigits.Jupyter;

/// <summary>Values as text: scalars by themselves, sequences of records as an aligned table, all else in one line.</summary>
static class PlainText
{
    /// <summary>Wider columns are cut.</summary>
    const int WidestColumn = 60;

    /// <summary>A value's text at the top of an output.</summary>
    internal static string Of(object? value)
    {
        ValueKind kind = ValueShape.KindOf(value);
        if (kind == ValueKind.Scalar)
            return ValueShape.TextOf(value);
        if (kind == ValueKind.Sequence && Rows.TryOf(value!) is { HasNames: true } rows)
            return Table(rows);
        StringBuilder text = new();
        Append(text, value, 0, []);
        return text.ToString();
    }

    /// <summary>A value's text within something else: one line, not too long.</summary>
    internal static string Short(object? value)
    {
        StringBuilder text = new();
        Append(text, value, 1, []);
        string line = text.ToString().ReplaceLineEndings(" ");
        return line.Length <= ValueShape.LongestText ? line : line[..ValueShape.LongestText] + "…";
    }

    static void Append(StringBuilder text, object? value, int level, HashSet<object> within)
    {
        ValueKind kind = ValueShape.KindOf(value);
        if (kind == ValueKind.Scalar)
        {
            string scalar = ValueShape.TextOf(value);
            text.Append(level > 0 && scalar.Length > ValueShape.LongestText ? scalar[..ValueShape.LongestText] + "…" : scalar);
            return;
        }

        bool tracked = !value!.GetType().IsValueType;
        if (tracked && !within.Add(value))
        {
            text.Append("(itself)");
            return;
        }

        if (level > ValueShape.MostLevels)
            text.Append(ValueShape.NameOf(value.GetType()));
        else if (kind == ValueKind.Dictionary)
            AppendDictionary(text, value, level, within);
        else if (kind == ValueKind.Sequence)
            AppendSequence(text, (IEnumerable)value, level, within);
        else
            AppendObject(text, value, level, within);
        if (tracked)
            within.Remove(value);
    }

    static void AppendSequence(StringBuilder text, IEnumerable values, int level, HashSet<object> within)
    {
        if (values is Array { Rank: > 1 } array)
        {
            text.Append(ValueShape.NameOf(array.GetType().GetElementType()!)).Append('[')
                .AppendJoin(", ", Enumerable.Range(0, array.Rank).Select(array.GetLength)).Append("] ");
        }

        (IReadOnlyList<object?> elements, long more) = ValueShape.Take(values, level == 0 ? ValueShape.MostElements : ValueShape.MostNestedElements);
        text.Append('[');
        for (int i = 0; i < elements.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Append(text, elements[i], level + 1, within);
        }

        text.Append(More(more, elements.Count > 0)).Append(']');
    }

    static void AppendDictionary(StringBuilder text, object dictionary, int level, HashSet<object> within)
    {
        (IReadOnlyList<(object? Key, object? Value)> pairs, long more) =
            ValueShape.TakePairs(dictionary, level == 0 ? ValueShape.MostElements : ValueShape.MostNestedElements);
        text.Append("{ ");
        for (int i = 0; i < pairs.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Append(text, pairs[i].Key, level + 1, within);
            text.Append(": ");
            Append(text, pairs[i].Value, level + 1, within);
        }

        text.Append(More(more, pairs.Count > 0)).Append(" }");
    }

    static void AppendObject(StringBuilder text, object value, int level, HashSet<object> within)
    {
        Type type = value.GetType();
        if (!ValueShape.IsAnonymous(type))
            text.Append(ValueShape.NameOf(type)).Append(' ');
        IReadOnlyList<System.Reflection.MemberInfo> members = ValueShape.MembersOf(type);
        if (members.Count == 0)
        {
            text.Append("{ }");
            return;
        }

        text.Append("{ ");
        for (int i = 0; i < Math.Min(members.Count, ValueShape.MostMembers); i++)
        {
            text.Append(i > 0 ? ", " : "").Append(members[i].Name).Append(" = ");
            Append(text, ValueShape.Get(members[i], value), level + 1, within);
        }

        text.Append(More(Math.Max(0, members.Count - ValueShape.MostMembers), any: true)).Append(" }");
    }

    static string More(long more, bool any) => more switch
    {
        -1 => any ? ", …" : "…",
        > 0 => $"{(any ? ", " : "")}… {more} more",
        _ => "",
    };

    static string Table(Rows rows)
    {
        List<string[]> lines = [[.. rows.Names]];
        foreach (object?[] row in rows.Values)
            lines.Add([.. row.Select(cell => Cut(Short(cell)))]);
        int[] widths = [.. Enumerable.Range(0, rows.Names.Count).Select(column => lines.Max(line => line[column].Length))];
        bool[] right = [.. Enumerable.Range(0, rows.Names.Count).Select(column => rows.Values.Count > 0 && rows.Values.All(row => ValueShape.IsNumber(row[column])))];
        StringBuilder text = new();
        for (int i = 0; i < lines.Count; i++)
        {
            text.AppendLine(Line(lines[i], widths, right));
            if (i == 0)
                text.AppendLine(string.Join("  ", widths.Select(width => new string('-', width))));
        }

        if (rows.More != 0)
            text.AppendLine(rows.More > 0 ? $"… {rows.More} more" : "…");
        return text.ToString().ReplaceLineEndings("\n").TrimEnd('\n');
    }

    static string Line(string[] cells, int[] widths, bool[] right) =>
        string.Join("  ", cells.Select((cell, column) => right[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd();

    static string Cut(string text) => text.Length <= WidestColumn ? text : text[..(WidestColumn - 1)] + "…";
}
