using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DeepDigits.Jupyter;

/// <summary>The cells that a kernel has run, for clients that let the user go back to them. It lives as long as the kernel.</summary>
sealed class ExecutionHistory
{
    const int SessionNumber = 1;

    readonly List<Entry> entries = [];

    sealed record Entry(int Line, string Input, string? Output);

    /// <summary>Adds a cell that was run.</summary>
    /// <param name="line">Its execution count.</param>
    /// <param name="input">Its source.</param>
    /// <param name="output">Its value as plain text, if it had one.</param>
    public void Add(int line, string input, string? output) => entries.Add(new Entry(line, input, output));

    /// <summary>Answers a <c>history_request</c>.</summary>
    /// <returns>The list that the reply's <c>history</c> consists of: session, line and input, or input and output.</returns>
    /// <exception cref="MessageException">The request cannot be understood.</exception>
    public JsonArray Answer(JupyterMessage request)
    {
        string kind = request.Text("hist_access_type") ?? "tail";
        IEnumerable<Entry> found = kind switch
        {
            "tail" => Last(entries, request.Number("n")),
            "range" => Range(request.Number("session") ?? 0, request.Number("start") ?? 0, request.Number("stop")),
            "search" => Search(request.Text("pattern") ?? "*", request.Number("n"), request.Flag("unique", false)),
            _ => throw new MessageException($"history_request: 'hist_access_type' is '{kind}'; 'tail', 'range' or 'search' is expected."),
        };
        bool withOutput = request.Flag("output", false);
        return [.. found.Select(entry => new JsonArray(
            SessionNumber, entry.Line, withOutput ? new JsonArray(entry.Input, entry.Output) : JsonValue.Create(entry.Input)))];
    }

    static IEnumerable<Entry> Last(IReadOnlyCollection<Entry> all, int? count) =>
        count is null ? all : all.Skip(Math.Max(0, all.Count - Math.Max(0, count.Value)));

    // Session 0 is the running one; it is also number 1, as none before it is kept.
    IEnumerable<Entry> Range(int session, int start, int? stop) =>
        session is 0 or SessionNumber ? entries.Where(entry => entry.Line >= start && (stop is null || entry.Line < stop)) : [];

    IEnumerable<Entry> Search(string pattern, int? count, bool unique)
    {
        var expression = new Regex(
            "^" + GlobToRegex(pattern) + "$", RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        List<Entry> matches = entries.FindAll(entry => expression.IsMatch(entry.Input));
        if (unique)
        {
            matches = [.. matches.GroupBy(entry => entry.Input).Select(group => group.Last()).OrderBy(entry => entry.Line)];
        }
        return Last(matches, count);
    }

    static string GlobToRegex(string glob)
    {
        var regex = new StringBuilder();
        foreach (char c in glob)
        {
            regex.Append(c switch { '*' => ".*", '?' => ".", _ => Regex.Escape(c.ToString()) });
        }
        return regex.ToString();
    }
}
