using System.Collections;
using System.Reflection;

namespace DeepDigits.Jupyter;

/// <summary>A sequence seen as a table: of objects (a column for each member), of sequences, or an array of two dimensions.</summary>
sealed class Rows
{
    Rows(IReadOnlyList<string> names, IReadOnlyList<object?[]> values, long more, bool hasNames)
    {
        Names = names;
        Values = values;
        More = more;
        HasNames = hasNames;
    }

    /// <summary>The columns.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>The rows shown.</summary>
    internal IReadOnlyList<object?[]> Values { get; }

    /// <summary>How many rows there are beyond; -1 for some.</summary>
    internal long More { get; }

    /// <summary>Whether the columns have names of their own.</summary>
    internal bool HasNames { get; }

    /// <summary>The table that a sequence is; null if it is none.</summary>
    internal static Rows? TryOf(object value)
    {
        if (value is Array { Rank: 2 } matrix)
            return OfMatrix(matrix);
        if (ValueShape.KindOf(value) != ValueKind.Sequence)
            return null;
        (IReadOnlyList<object?> elements, long more) = ValueShape.Take((IEnumerable)value, ValueShape.MostElements);
        if (elements.Count == 0)
            return null;
        if (elements.All(element => element is null || ValueShape.IsRow(element)) && elements.Any(element => element is not null))
            return OfObjects(elements, more);
        if (elements.All(element => ValueShape.KindOf(element) == ValueKind.Sequence && element is not Array { Rank: > 1 }))
            return OfSequences(elements, more);
        return null;
    }

    static Rows OfObjects(IReadOnlyList<object?> elements, long more)
    {
        List<string> names = [];
        List<Dictionary<string, object?>> rows = [];
        Dictionary<Type, IReadOnlyList<MemberInfo>> known = [];
        foreach (object? element in elements)
        {
            Dictionary<string, object?> row = [];
            rows.Add(row);
            if (element is null)
                continue;
            Type type = element.GetType();
            if (!known.TryGetValue(type, out IReadOnlyList<MemberInfo>? members))
                known[type] = members = ValueShape.MembersOf(type);
            foreach (MemberInfo member in members.Take(ValueShape.MostMembers))
            {
                row[member.Name] = ValueShape.Get(member, element);
                if (!names.Contains(member.Name))
                    names.Add(member.Name);
            }
        }

        return new Rows(names, [.. rows.Select(row => names.Select(name => row.TryGetValue(name, out object? cell) ? cell : "").ToArray())], more, hasNames: true);
    }

    static Rows OfSequences(IReadOnlyList<object?> elements, long more)
    {
        List<object?[]> rows = [];
        foreach (object? element in elements)
        {
            (IReadOnlyList<object?> cells, long left) = ValueShape.Take((IEnumerable)element!, ValueShape.MostMembers);
            rows.Add(left != 0 ? [.. cells, "…"] : [.. cells]);
        }

        int width = rows.Max(row => row.Length);
        return new Rows(
            [.. Enumerable.Range(0, width).Select(column => $"{column}")], [.. rows.Select(row => row.Length == width ? row : Padded(row, width))], more, hasNames: false);
    }

    static Rows OfMatrix(Array matrix)
    {
        int height = Math.Min(matrix.GetLength(0), ValueShape.MostElements);
        int width = Math.Min(matrix.GetLength(1), ValueShape.MostMembers);
        bool cut = matrix.GetLength(1) > width;
        List<object?[]> rows = [];
        for (int i = 0; i < height; i++)
        {
            object?[] row = new object?[width + (cut ? 1 : 0)];
            for (int j = 0; j < width; j++)
                row[j] = matrix.GetValue(i + matrix.GetLowerBound(0), j + matrix.GetLowerBound(1));
            if (cut)
                row[width] = "…";
            rows.Add(row);
        }

        return new Rows(
            [.. Enumerable.Range(0, width + (cut ? 1 : 0)).Select(column => $"{column}")], rows, matrix.GetLength(0) - height, hasNames: false);
    }

    static object?[] Padded(object?[] row, int width)
    {
        object?[] padded = new object?[width];
        Array.Fill(padded, "");
        row.CopyTo(padded, 0);
        return padded;
    }
}
