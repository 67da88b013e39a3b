using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DeepDigits.Notebooks.Tests;

/// <summary>What every notebook of the project must be: well-formed, readable in all front ends, run, and made on no machine in particular.</summary>
static partial class NotebookRules
{
    const int MostBytes = 2_500_000, MostBytesOfOutput = 150_000;

    /// <summary>All that is wrong with a notebook, in words.</summary>
    /// <param name="path">Where it is, or would be: links begin there.</param>
    /// <param name="text">What is in the file.</param>
    public static IReadOnlyList<string> Faults(string path, string text)
    {
        List<string> faults = [];
        JsonObject notebook;
        try
        {
            notebook = JsonNode.Parse(text)!.AsObject();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException)
        {
            return [$"not a JSON object: {error.Message}"];
        }
        if (Encoding.UTF8.GetByteCount(text) > MostBytes)
            faults.Add($"the file has more than {MostBytes} bytes");
        Format(notebook, faults);
        if (faults.Count > 0)
            return faults;
        JsonObject[] cells = [.. notebook["cells"]!.AsArray().Select(cell => cell!.AsObject())];
        Metadata(notebook, cells, faults);
        Parameters(cells, faults);
        int number = 0;
        foreach (JsonObject cell in cells)
        {
            string source = Text(cell["source"]), place = $"cell {cell["id"]} ({source.Split('\n')[0].Trim()})";
            if ((string)cell["cell_type"]! != "code")
            {
                Links(path, source, place, faults);
                continue;
            }
            Code(source, place, faults);
            Outputs(cell, place, faults);
            if (source.Trim().Length > 0 && (cell["execution_count"] is not JsonValue count || (int)count != ++number))
            {
                faults.Add($"{place}: it was not run, or not from top to bottom; run the notebook with `deepdigits run`");
                number = (int?)cell["execution_count"] ?? number;
            }
        }
        return faults;
    }

    /// <summary>The schema of nbformat, version 4.5 (nbformat.v4.5.schema.json), as far as these notebooks use it.</summary>
    static void Format(JsonObject notebook, List<string> faults)
    {
        Keys(notebook, "the notebook", ["cells", "metadata", "nbformat", "nbformat_minor"], [], faults);
        if (notebook["nbformat"]?.GetValueKind() != JsonValueKind.Number || (int)notebook["nbformat"]! != 4 || (int)notebook["nbformat_minor"]! < 5)
            faults.Add("it is not of nbformat 4.5 or a later 4");
        if (notebook["cells"] is not JsonArray cells || notebook["metadata"] is not JsonObject)
        {
            faults.Add("it has no list of cells, or no metadata");
            return;
        }
        HashSet<string> ids = [];
        for (int i = 0; i < cells.Count; i++)
        {
            string place = $"cell number {i + 1}";
            if (cells[i] is not JsonObject cell)
            {
                faults.Add($"{place}: not an object");
                continue;
            }
            string? type = cell["cell_type"]?.ToString();
            switch (type)
            {
                case "code":
                    Keys(cell, place, ["id", "cell_type", "metadata", "source", "execution_count", "outputs"], [], faults);
                    if (cell["outputs"] is not JsonArray outputs)
                        faults.Add($"{place}: no list of outputs");
                    else
                        foreach (JsonNode? output in outputs)
                            OutputFormat(output as JsonObject, place, faults);
                    break;
                case "markdown" or "raw":
                    Keys(cell, place, ["id", "cell_type", "metadata", "source"], ["attachments"], faults);
                    break;
                default:
                    faults.Add($"{place}: no cell is of type '{type}'");
                    break;
            }
            string id = cell["id"]?.ToString() ?? "";
            if (!CellId().IsMatch(id) || !ids.Add(id))
                faults.Add($"{place}: the id '{id}' is missing, malformed or there twice");
            if (!IsText(cell["source"]) || cell["metadata"] is not JsonObject metadata)
                faults.Add($"{place}: the source is not a text, or there are no metadata");
            else if (metadata["tags"] is { } tags && (tags is not JsonArray list || list.Any(tag => tag?.GetValueKind() != JsonValueKind.String || ((string)tag!).Contains(','))))
                faults.Add($"{place}: the tags are not a list of names");
        }
    }

    static void OutputFormat(JsonObject? output, string place, List<string> faults)
    {
        switch (output?["output_type"]?.ToString())
        {
            case "stream":
                Keys(output, place, ["output_type", "name", "text"], [], faults);
                if (!IsText(output["text"]))
                    faults.Add($"{place}: a stream without text");
                break;
            case "display_data":
                Keys(output, place, ["output_type", "data", "metadata"], [], faults);
                break;
            case "execute_result":
                Keys(output, place, ["output_type", "data", "metadata", "execution_count"], [], faults);
                break;
            case "error":
                Keys(output, place, ["output_type", "ename", "evalue", "traceback"], [], faults);
                break;
            default:
                faults.Add($"{place}: an output of an unknown type");
                break;
        }
        if (output?["data"] is JsonObject data && data.FirstOrDefault(entry => !entry.Key.EndsWith("json", StringComparison.Ordinal) && !IsText(entry.Value)) is { Key: not null } wrong)
            faults.Add($"{place}: an output's {wrong.Key} is not a text");
    }

    static void Keys(JsonObject json, string place, string[] needed, string[] allowed, List<string> faults)
    {
        foreach (string missing in needed.Where(key => !json.ContainsKey(key)))
            faults.Add($"{place}: '{missing}' is missing");
        foreach ((string key, _) in json.Where(entry => !needed.Contains(entry.Key) && !allowed.Contains(entry.Key)))
            faults.Add($"{place}: nbformat knows no '{key}' here");
    }

    /// <summary>What makes VS Code, Jupyter, Verso and .NET Interactive take the cells for C#.</summary>
    static void Metadata(JsonObject notebook, JsonObject[] cells, List<string> faults)
    {
        JsonNode metadata = notebook["metadata"]!;
        string kernel = $"{metadata["kernelspec"]?["name"]}|{metadata["kernelspec"]?["display_name"]}|{metadata["kernelspec"]?["language"]}|{metadata["language_info"]?["name"]}";
        if (kernel != ".net-csharp|.NET (C#)|C#|C#")
            faults.Add($"the metadata name another kernel or language: {kernel}");
        foreach (JsonObject cell in cells.Where(cell => (string)cell["cell_type"]! == "code"))
            if (cell["metadata"]!["polyglot_notebook"]?["kernelName"]?.ToString() != "csharp" || cell["metadata"]!["dotnet_interactive"]?["language"]?.ToString() != "csharp")
                faults.Add($"cell {cell["id"]}: its metadata do not say C# to both Verso and .NET Interactive");
    }

    static void Parameters(JsonObject[] cells, List<string> faults)
    {
        JsonObject[] tagged = [.. cells.Where(cell => HasTag(cell, "parameters"))];
        if (tagged.Length != 1 || !QuickParameter().IsMatch(Text(tagged[0]["source"])))
            faults.Add("there is not exactly one cell tagged 'parameters', with `var quick = false;` in it");
    }

    /// <summary>What every front end accepts, and what some do not.</summary>
    static void Code(string source, string place, List<string> faults)
    {
        foreach ((Regex pattern, string why) in (ReadOnlySpan<(Regex, string)>)
        [
            (DisplayFunction(), "display(...) and HTML(...) are not known everywhere: end the cell with the value, or write value.Display();"),
            (DisplayWithArguments(), "value.Display() takes no arguments, and there is no DisplayAs: not every front end knows more"),
            (Stderr(), "Verso takes anything on the error stream for a failure"),
            (CarriageReturn(), "lines that overwrite themselves are not drawn everywhere: use Progress"),
            (ExtensionMethod(), "Verso cannot compile an extension method in a cell"),
            (Directive(), "only #r \"nuget: ...\" is understood everywhere"),
        ])
        {
            if (pattern.Match(source) is { Success: true } match)
                faults.Add($"{place}: '{match.Value.Trim()}': {why}");
        }
        string[] lines = source.Split('\n');
        for (int i = 0; i < lines.Length; i++)
            if (lines[i].TrimStart().StartsWith("#!", StringComparison.Ordinal) && (i > 0 || lines[i].Trim() != "#!time"))
                faults.Add($"{place}: '{lines[i].Trim()}': of all magic commands only #!time on the first line is understood everywhere");
    }

    static void Outputs(JsonObject cell, string place, List<string> faults)
    {
        foreach (JsonObject output in cell["outputs"]!.AsArray().Select(output => output!.AsObject()))
        {
            string type = (string)output["output_type"]!;
            if (type == "error")
                faults.Add($"{place}: it has put out an error, {output["ename"]}: {output["evalue"]}");
            if (type == "stream" && (string)output["name"]! == "stderr")
                faults.Add($"{place}: it has written to the error stream");
            IEnumerable<(string Type, string Text)> contents = type is "display_data" or "execute_result"
                ? output["data"]!.AsObject().Select(entry => (entry.Key, IsText(entry.Value) ? Text(entry.Value) : entry.Value!.ToJsonString()))
                : type == "stream" ? [("text", Text(output["text"]))] : [];
            int bytes = 0;
            foreach ((string mime, string content) in contents)
            {
                bytes += mime == "text/plain" ? 0 : Encoding.UTF8.GetByteCount(content);
                string plain = EmbeddedPicture().Replace(content, "");
                if (MachinePath().Match(plain) is { Success: true } found)
                    faults.Add($"{place}: an output has a path of the machine: '{found.Value}'");
                if (plain.Contains(Clone.Root, StringComparison.OrdinalIgnoreCase))
                    faults.Add($"{place}: an output has the path of this clone");
                if (Warning().Match(plain) is { Success: true } warning)
                    faults.Add($"{place}: an output has a warning: '{warning.Value}'");
                if (plain.Contains("require.config", StringComparison.Ordinal) || plain.Contains("requirejs", StringComparison.OrdinalIgnoreCase))
                    faults.Add($"{place}: an output needs RequireJS");
                if (mime is "text" or "text/plain" && !HasTag(cell, "timing") && Duration().Match(plain) is { Success: true } duration)
                    faults.Add($"{place}: '{duration.Value}' differs from run to run: tag the cell 'timing', and the runner keeps it while nothing else changes");
            }
            if (bytes > MostBytesOfOutput)
                faults.Add($"{place}: an output has {bytes} bytes; {MostBytesOfOutput} are the most");
        }
    }

    static void Links(string path, string source, string place, List<string> faults)
    {
        string notebooks = Path.Combine(Clone.Root, "notebooks");
        foreach (Match match in Link().Matches(source))
        {
            string target = Uri.UnescapeDataString(match.Groups["to"].Value.Split('#')[0]);
            if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal) || target.StartsWith("attachment:", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
                continue;
            string file = Path.GetFullPath(target, Path.GetDirectoryName(path)!);
            // While the notebooks are being written, one may point to the next.
            bool isAwaited = Story.Contains(Path.GetFileName(file)) && file.StartsWith(notebooks, StringComparison.Ordinal)
                && !Story.All(name => File.Exists(Path.Combine(notebooks, name)) && File.Exists(Path.Combine(notebooks, "solutions", name)));
            if (!File.Exists(file) && !Directory.Exists(file) && !isAwaited)
                faults.Add($"{place}: the link '{target}' leads nowhere");
        }
    }

    /// <summary>The notebooks in the order in which they are read.</summary>
    public static IReadOnlyList<string> Story { get; } =
        ["01-data-loading.ipynb", "02-mlp-from-scratch.ipynb", "03-lenet-cnn.ipynb", "04-square-digits.ipynb", "05-cnn-hyperparameters.ipynb"];

    static bool HasTag(JsonObject cell, string tag) => cell["metadata"]!["tags"] is JsonArray tags && tags.Any(each => (string?)each == tag);

    static bool IsText(JsonNode? node) => node is JsonArray lines ? lines.All(line => line?.GetValueKind() == JsonValueKind.String) : node?.GetValueKind() == JsonValueKind.String;

    static string Text(JsonNode? node) => node is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string?)node ?? "";

    [GeneratedRegex(@"^[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex CellId();

    [GeneratedRegex(@"\bvar quick = false;")]
    private static partial Regex QuickParameter();

    [GeneratedRegex(@"(?<![\w.])(display|HTML|DisplayAs|Javascript)\s*\(")]
    private static partial Regex DisplayFunction();

    [GeneratedRegex(@"\.Display\(\s*[^)\s]|\.DisplayAs\(")]
    private static partial Regex DisplayWithArguments();

    [GeneratedRegex(@"Console\.Error\b")]
    private static partial Regex Stderr();

    [GeneratedRegex(@"\\r(?!\\n)(?=[^""\n]*"")")]
    private static partial Regex CarriageReturn();

    [GeneratedRegex(@"static\s+[\w<>\[\],\s?]+\(\s*this\s")]
    private static partial Regex ExtensionMethod();

    [GeneratedRegex(@"^[^\S\n]*#(load|i)\b.*$|^[^\S\n]*#r\s+""(?!nuget:).*$", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex(@"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]*")]
    private static partial Regex EmbeddedPicture();

    [GeneratedRegex(@"(?<![\w/.:])/(home|root|tmp|Users|var|usr|mnt|work|private|opt)/[\w.-]+|\b[A-Za-z]:\\[\w.-]+")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\bwarning (CS|NU|MSB)\d+|^\s*warning:.*$", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Warning();

    [GeneratedRegex(@"\b\d+([.,]\d+)? ?(ms|s|sec|seconds|steps/s|images/s|min)\b")]
    private static partial Regex Duration();

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)(\s+""[^""]*"")?\)")]
    private static partial Regex Link();
}
