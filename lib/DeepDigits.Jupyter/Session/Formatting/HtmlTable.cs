using System.Text;

namespace DeepDigits.Jupyter;

/// <summary>Objects, dictionaries and sequences of them as HTML tables.</summary>
/// <remarks>No colour is fixed: text and lines take the theme's, so that a table looks right on light and on dark ground.</remarks>
static class HtmlTable
{
    const string TableStyle = "border-collapse:collapse;border:none;color:inherit;background:none";
    const string HeadStyle = "text-align:left;padding:0.2em 0.8em;border:none;border-bottom:1px solid currentColor;background:none";
    const string CellStyle = "text-align:left;vertical-align:top;padding:0.2em 0.8em;border:none;background:none";
    const string NumberStyle = "text-align:right;vertical-align:top;padding:0.2em 0.8em;border:none;background:none;font-variant-numeric:tabular-nums";
    const string MoreStyle = "opacity:0.7;padding:0.2em 0.8em";

    /// <summary>The table for a value; null for scalars and plain lists, whose text says as much.</summary>
    internal static string? TryMake(object value)
    {
        StringBuilder html = new();
        return TryAppend(html, value, 0, []) ? html.ToString() : null;
    }

    static bool TryAppend(StringBuilder html, object value, int level, HashSet<object> within)
    {
        if (level >= ValueShape.MostLevels)
            return false;
        bool tracked = !value.GetType().IsValueType;
        if (tracked && !within.Add(value))
            return false;
        try
        {
            switch (ValueShape.KindOf(value))
            {
                case ValueKind.Object when ValueShape.MembersOf(value.GetType()) is { Count: > 0 } members:
                    Begin(html, ["", ValueShape.IsAnonymous(value.GetType()) ? "" : ValueShape.NameOf(value.GetType())]);
                    foreach (System.Reflection.MemberInfo member in members.Take(ValueShape.MostMembers))
                        AppendPair(html, member.Name, ValueShape.Get(member, value), level, within);
                    End(html, Math.Max(0, members.Count - ValueShape.MostMembers));
                    return true;
                case ValueKind.Dictionary:
                    (IReadOnlyList<(object? Key, object? Value)> pairs, long more) =
                        ValueShape.TakePairs(value, level == 0 ? ValueShape.MostElements : ValueShape.MostNestedElements);
                    Begin(html, ["key", "value"]);
                    foreach ((object? key, object? item) in pairs)
                        AppendPair(html, PlainText.Short(key), item, level, within);
                    End(html, more);
                    return true;
                case ValueKind.Sequence when Rows.TryOf(value) is { } rows:
                    Begin(html, rows.HasNames ? ["", .. rows.Names] : []);
                    int shown = level == 0 ? rows.Values.Count : Math.Min(rows.Values.Count, ValueShape.MostNestedElements);
                    for (int i = 0; i < shown; i++)
                    {
                        html.Append("<tr>");
                        if (rows.HasNames)
                            html.Append($"<td style=\"{NumberStyle};opacity:0.6\">{i}</td>");
                        foreach (object? cell in rows.Values[i])
                            AppendCell(html, cell, level, within);
                        html.Append("</tr>");
                    }

                    End(html, rows.More < 0 ? -1 : rows.More + rows.Values.Count - shown);
                    return true;
                default:
                    return false;
            }
        }
        finally
        {
            if (tracked)
                within.Remove(value);
        }
    }

    static void Begin(StringBuilder html, IReadOnlyList<string> names)
    {
        html.Append($"<table style=\"{TableStyle}\">");
        if (names.Any(name => name.Length > 0))
        {
            html.Append("<thead><tr>");
            foreach (string name in names)
                html.Append($"<th style=\"{HeadStyle}\">{Html.Escape(name)}</th>");
            html.Append("</tr></thead>");
        }

        html.Append("<tbody>");
    }

    static void End(StringBuilder html, long more)
    {
        html.Append("</tbody></table>");
        if (more != 0)
            html.Append($"<div style=\"{MoreStyle}\">… {(more > 0 ? $"{more} more" : "")}</div>");
    }

    static void AppendPair(StringBuilder html, string name, object? value, int level, HashSet<object> within)
    {
        html.Append($"<tr><td style=\"{CellStyle}\"><b>{Html.Escape(name)}</b></td>");
        AppendCell(html, value, level, within);
        html.Append("</tr>");
    }

    static void AppendCell(StringBuilder html, object? value, int level, HashSet<object> within)
    {
        html.Append($"<td style=\"{(ValueShape.IsNumber(value) ? NumberStyle : CellStyle)}\">");
        if (value is null)
            html.Append("<span style=\"opacity:0.6\">&lt;null&gt;</span>");
        else if (value is Html own)
            html.Append(own.ToHtml());
        else if (ValueShape.KindOf(value) == ValueKind.Scalar || !TryAppend(html, value, level + 1, within))
            html.Append(Html.Escape(PlainText.Short(value)));
        html.Append("</td>");
    }
}
