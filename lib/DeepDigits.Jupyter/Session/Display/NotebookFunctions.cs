namespace DeepDigits.Jupyter;

/// <summary>The functions that every cell can call by their simple names.</summary>
#pragma warning disable IDE1006 // `display` is what C# notebooks have always called it.
public static class NotebookFunctions
{
    /// <summary>Shows a value as the value of a cell would be shown.</summary>
    /// <param name="value">What to show.</param>
    /// <param name="mimeTypes">The MIME types wanted; none means all that there are.</param>
    /// <returns>A handle by which it can be shown anew.</returns>
    public static DisplayedValue display(object? value, params string[] mimeTypes) => DisplayedValue.Show(value, mimeTypes);

    /// <summary>Makes HTML of a text, to be shown as such.</summary>
    /// <param name="content">The HTML.</param>
    public static Html HTML(string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return new Html(content);
    }

    /// <summary>Runs JavaScript in the front end, if that allows scripts.</summary>
    /// <param name="script">The script.</param>
    public static void Javascript(string script)
    {
        ArgumentNullException.ThrowIfNull(script);
        DisplayedValue.ShowAs($"<script type=\"text/javascript\">{script}</script>", "text/html");
    }

    /// <summary>Takes back what the cell has shown so far.</summary>
    /// <param name="wait">Whether to do so only when the next output arrives, which avoids flicker.</param>
    public static void ClearOutput(bool wait = false) => CellRun.Ambient?.Clear(wait);

    /// <summary>Asks the user for a line.</summary>
    /// <param name="prompt">What to ask.</param>
    /// <returns>The line, or null at the end of input.</returns>
    public static string? ReadLine(string prompt = "") => Ask(prompt, password: false);

    /// <summary>Asks the user for a line that is not shown as it is typed.</summary>
    /// <param name="prompt">What to ask.</param>
    /// <returns>The line, or null at the end of input.</returns>
    public static string? ReadPassword(string prompt = "") => Ask(prompt, password: true);

    static string? Ask(string prompt, bool password) =>
        CellRun.Ambient is { } run
            ? run.ReadLine(prompt, password)
            : throw new InvalidOperationException("Nobody can be asked here: this runs outside of a notebook's cell.");
}
