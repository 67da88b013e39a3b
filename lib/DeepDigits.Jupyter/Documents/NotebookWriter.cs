using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter;

/// <summary>
/// Writes a notebook back in the manner of the file that it came from: the bytes of what is unchanged are copied; what is new is
/// indented, ordered and escaped as the rest of the file is.
/// </summary>
sealed class NotebookWriter
{
    /// <summary>What part of the notebook a value is: that decides which values may be lists of lines.</summary>
    enum Role
    {
        Plain,
        Cell,
        Outputs,
        Output,
        Attachments,
        MimeBundle,
        Text,
    }

    readonly ArrayBufferWriter<byte> target = new(64 << 10);
    readonly string newline;
    readonly string? indent;
    readonly string afterColon;
    readonly string afterComma;
    readonly bool asciiOnly;
    readonly bool textAsLines;
    readonly bool sortedKeys;

    NotebookWriter(byte[]? original, JsonSource? origin)
    {
        ReadOnlySpan<byte> text = original;
        // Without a file to follow: as Python's nbformat writes.
        (newline, indent, afterColon, afterComma, textAsLines, sortedKeys) = ("\n", " ", " ", "", true, true);
        if (origin?.Properties is not { Count: > 0 } properties)
        {
            return;
        }
        int line = text.IndexOf((byte)'\n');
        if (line < 0 || line > properties[^1].Value.Start)
        {
            indent = null;
            afterComma = text.IndexOf(", \""u8) >= 0 ? " " : "";
        }
        else
        {
            newline = line > 0 && text[line - 1] == '\r' ? "\r\n" : "\n";
            ReadOnlySpan<byte> rest = text[(line + 1)..];
            int length = rest.IndexOfAnyExcept((byte)' ', (byte)'\t');
            indent = Encoding.ASCII.GetString(rest[..Math.Max(0, length)]);
        }
        afterColon = text[properties[0].Value.Start - 1] == ' ' ? " " : "";
        asciiOnly = !text.ContainsAnyExceptInRange((byte)0, (byte)127) && HasEscapedLetters(text);
        sortedKeys = IsSorted(properties);
        List<JsonSource> sources = [.. (origin.Property("cells")?.Items ?? []).Select(cell => cell.Property("source")).OfType<JsonSource>()];
        textAsLines = sources.Count == 0 || sources.Exists(source => source.Kind == JsonTokenType.StartArray);
    }

    /// <summary>Writes the notebook.</summary>
    /// <param name="root">All but the cells.</param>
    /// <param name="cells">The cells.</param>
    /// <param name="original">The file that the notebook was read from, if any.</param>
    /// <param name="origin">Where in that file the notebook stands.</param>
    public static byte[] Write(JsonObject root, IReadOnlyList<NotebookCell> cells, byte[]? original, JsonSource? origin)
    {
        var writer = new NotebookWriter(original, origin);
        writer.target.Write(original.AsSpan(0, origin?.Start ?? 0));
        writer.WriteRoot(root, cells, origin);
        if (origin is null)
        {
            writer.target.Write("\n"u8);
        }
        else
        {
            writer.target.Write(original.AsSpan(origin.End));
        }
        return writer.target.WrittenSpan.ToArray();
    }

    /// <summary>Whether a cell still says what the file says.</summary>
    public static bool IsSame(NotebookCell cell) => cell.Origin is not null && Same(cell.Json, cell.Origin.Parse(), Role.Cell);

    void WriteRoot(JsonObject root, IReadOnlyList<NotebookCell> cells, JsonSource? origin)
    {
        List<string> names = Order([.. root.Select(property => property.Key), "cells"], origin);
        WriteContainer('{', '}', 0, names.Count, i =>
        {
            WriteName(names[i]);
            if (names[i] != "cells")
            {
                Write(root[names[i]], origin?.Property(names[i]), Role.Plain, 1);
                return;
            }
            WriteContainer('[', ']', 1, cells.Count, c => Write(cells[c].Json, cells[c].Origin, Role.Cell, 2));
        });
    }

    void Write(JsonNode? value, JsonSource? origin, Role role, int level)
    {
        if (origin is not null && Same(value, origin.Parse(), role))
        {
            target.Write(origin.Text);
            return;
        }
        switch (value)
        {
            case JsonObject fields:
                List<string> names = Order([.. fields.Select(property => property.Key)], origin);
                WriteContainer('{', '}', level, names.Count, i =>
                {
                    WriteName(names[i]);
                    Write(fields[names[i]], origin?.Property(names[i]), Inner(role, names[i]), level + 1);
                });
                break;
            case JsonArray items when role != Role.Text || MultilineText.Join(items) is null:
                WriteContainer('[', ']', level, items.Count, i =>
                    Write(items[i], origin?.Items is { } before && i < before.Count ? before[i] : null, role == Role.Outputs ? Role.Output : Role.Plain, level + 1));
                break;
            case not null when role == Role.Text && MultilineText.Join(value) is { } text:
                if (origin is null ? textAsLines : origin.Kind == JsonTokenType.StartArray)
                {
                    string[] lines = [.. MultilineText.Split(text)];
                    WriteContainer('[', ']', level, lines.Length, i => WriteString(lines[i]));
                }
                else
                {
                    WriteString(text);
                }
                break;
            case JsonValue single when single.GetValueKind() == JsonValueKind.String:
                WriteString(single.GetValue<string>());
                break;
            default:
                WriteRaw(value?.ToJsonString(JsonText.Compact) ?? "null");
                break;
        }
    }

    void WriteContainer(char open, char close, int level, int count, Action<int> writeItem)
    {
        WriteRaw(open.ToString());
        for (int i = 0; i < count; i++)
        {
            WriteRaw(i == 0 ? "" : indent is null ? "," + afterComma : ",");
            WriteLineBreak(level + 1);
            writeItem(i);
        }
        if (count > 0)
        {
            WriteLineBreak(level);
        }
        WriteRaw(close.ToString());
    }

    void WriteLineBreak(int level)
    {
        if (indent is not null)
        {
            WriteRaw(newline);
            for (int i = 0; i < level; i++)
            {
                WriteRaw(indent);
            }
        }
    }

    void WriteName(string name)
    {
        WriteString(name);
        WriteRaw(":" + afterColon);
    }

    void WriteString(string text)
    {
        var escaped = new StringBuilder(text.Length + 16).Append('"');
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool pair = char.IsSurrogatePair(text, i);
            switch (c)
            {
                case '"' or '\\':
                    escaped.Append('\\').Append(c);
                    break;
                case '\n':
                    escaped.Append("\\n");
                    break;
                case '\r':
                    escaped.Append("\\r");
                    break;
                case '\t':
                    escaped.Append("\\t");
                    break;
                case '\b':
                    escaped.Append("\\b");
                    break;
                case '\f':
                    escaped.Append("\\f");
                    break;
                case < ' ':
                case > '~' when asciiOnly:
                case >= '\ud800' and <= '\udfff' when !pair:
                    escaped.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    escaped.Append(c);
                    if (pair)
                    {
                        escaped.Append(text[++i]);
                    }
                    break;
            }
        }
        WriteRaw(escaped.Append('"').ToString());
    }

    void WriteRaw(string text)
    {
        int written = Encoding.UTF8.GetBytes(text, target.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length)));
        target.Advance(written);
    }

    /// <summary>Old keys in their old order; new ones where the alphabet puts them if the old ones follow it, and at the end otherwise.</summary>
    List<string> Order(List<string> names, JsonSource? origin)
    {
        if (origin?.Properties is not { } before ? sortedKeys : IsSorted(before))
        {
            names.Sort(StringComparer.Ordinal);
            return names;
        }
        if (origin is null)
        {
            return names;
        }
        var remaining = new HashSet<string>(names);
        List<string> ordered = [.. origin.Properties!.Select(property => property.Key).Where(remaining.Remove)];
        ordered.AddRange(names.Where(remaining.Contains));
        return ordered;
    }

    static bool IsSorted(List<KeyValuePair<string, JsonSource>> properties)
    {
        for (int i = 1; i < properties.Count; i++)
        {
            if (string.CompareOrdinal(properties[i - 1].Key, properties[i].Key) > 0)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Whether letters are escaped, as in \u00e9: a sign of a writer that avoids everything but ASCII.</summary>
    static bool HasEscapedLetters(ReadOnlySpan<byte> text)
    {
        for (int at; (at = text.IndexOf((byte)'\\')) >= 0 && at + 6 <= text.Length; text = text[(at + 2)..])
        {
            if (text[at + 1] == 'u' && ushort.Parse(text.Slice(at + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture) > 127)
            {
                return true;
            }
        }
        return false;
    }

    static Role Inner(Role role, string name) => (role, name) switch
    {
        (Role.Cell, "source") => Role.Text,
        (Role.Cell, "outputs") => Role.Outputs,
        (Role.Cell, "attachments") => Role.Attachments,
        (Role.Attachments, _) => Role.MimeBundle,
        (Role.Output, "text") => Role.Text,
        (Role.Output, "data") => Role.MimeBundle,
        (Role.MimeBundle, _) => name == "application/json" || name.EndsWith("+json", StringComparison.Ordinal) ? Role.Plain : Role.Text,
        _ => Role.Plain,
    };

    static bool Same(JsonNode? a, JsonNode? b, Role role)
    {
        switch (role, a, b)
        {
            case (Role.Plain, _, _):
                return JsonNode.DeepEquals(a, b);
            case (Role.Text, not null, not null) when MultilineText.Join(a) is { } text && MultilineText.Join(b) is { } other:
                return text == other;
            case (_, JsonObject first, JsonObject second):
                return first.Count == second.Count
                    && first.All(property => second.ContainsKey(property.Key) && Same(property.Value, second[property.Key], Inner(role, property.Key)));
            case (Role.Outputs, JsonArray first, JsonArray second):
                return first.Count == second.Count && first.Zip(second).All(pair => Same(pair.First, pair.Second, Role.Output));
            default:
                return JsonNode.DeepEquals(a, b);
        }
    }
}
