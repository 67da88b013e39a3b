using System.Text.Json;

namespace DeepDigits.Jupyter;

/// <summary>The C# cells of a file that <c>#!import</c> names.</summary>
static class ImportedFile
{
    /// <summary>Reads a notebook's C# cells, or a source file as one cell.</summary>
    /// <exception cref="CellSyntaxException">The file does not exist or cannot be read.</exception>
    internal static IReadOnlyList<Cell> Read(string path, int line)
    {
        string name = Path.GetFileName(path);
        try
        {
            string text = File.ReadAllText(path);
            return Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".cs" or ".csx" => [new Cell(text, name)],
                ".ipynb" => Cells(text, name),
                _ => throw new CellSyntaxException($"Line {line}: `#!import` takes .ipynb, .cs and .csx files, not '{name}'.", line),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CellSyntaxException($"Line {line}: '{path}' cannot be read: {error.Message}", line);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CellSyntaxException($"Line {line}: '{path}' is not a Jupyter notebook: {error.Message}", line);
        }
    }

    static List<Cell> Cells(string text, string name)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        List<Cell> cells = [];
        int number = 0;
        foreach (JsonElement cell in document.RootElement.GetProperty("cells").EnumerateArray())
        {
            number++;
            if (cell.GetProperty("cell_type").GetString() != "code" || !IsCSharp(cell))
                continue;
            JsonElement source = cell.GetProperty("source");
            string code = source.ValueKind == JsonValueKind.Array
                ? string.Concat(source.EnumerateArray().Select(line => line.GetString()))
                : source.GetString() ?? "";
            cells.Add(new Cell(code, $"{name} cell {number}"));
        }

        return cells;
    }

    /// <summary>A cell says its language in its metadata; one that says nothing has the notebook's.</summary>
    static bool IsCSharp(JsonElement cell)
    {
        if (!cell.TryGetProperty("metadata", out JsonElement metadata))
            return true;
        foreach ((string owner, string property) in new[] { ("polyglot_notebook", "kernelName"), ("dotnet_interactive", "language") })
        {
            if (metadata.TryGetProperty(owner, out JsonElement settings) && settings.TryGetProperty(property, out JsonElement language))
                return language.GetString() is "csharp" or "C#";
        }

        return true;
    }
}
