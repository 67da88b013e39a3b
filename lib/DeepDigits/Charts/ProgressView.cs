using System.Globalization;
using System.Net;
using System.Text;

namespace DeepDigits;

/// <summary>What <see cref="Progress"/> shows at one moment.</summary>
/// <remarks>Of one training it lists the epochs; of several it lists the trainings, each with its last epoch.</remarks>
[TypeFormatterSource(typeof(ProgressFormatterSource), PreferredMimeTypes = ["text/html"])]
sealed class ProgressView
{
    /// <summary>With more epochs than that, only every second, third, ... is listed, and the last one.</summary>
    const int MostRows = 20;

    readonly string title, pace;
    readonly double share;
    readonly bool isRunning, hasNames;
    readonly List<(string Name, EpochResult Result)> rows = [];
    readonly string now;

    public ProgressView(string title, int trainings, double share, IReadOnlyList<ProgressOfTraining> running, string pace)
    {
        (this.title, this.share, this.pace, hasNames) = (title, share, pace, trainings > 1 || running.Count > 1 || running.Any(training => training.Name.Length > 0));
        isRunning = share < 1;
        var latest = running[^1].Latest;
        now = isRunning ? $"{(hasNames ? $"training {running.Count} of {Math.Max(trainings, running.Count)}, " : "")}epoch {latest.Epoch} of {latest.Epochs}" : "";
        if (hasNames)
        {
            for (var i = 0; i < running.Count; i++)
                if (running[i].Epochs.Count > 0)
                    rows.Add((running[i].Name.Length > 0 ? running[i].Name : $"training {i + 1}", running[i].Epochs[^1]));
            return;
        }
        var epochs = running[^1].Epochs;
        var every = (epochs.Count - 1) / MostRows + 1;
        for (var i = 0; i < epochs.Count; i++)
            if ((i + 1) % every == 0 || i == 0 || i == epochs.Count - 1)
                rows.Add(("", epochs[i]));
    }

    /// <summary>One epoch in a line of text.</summary>
    public static string Line(string name, int epochs, EpochResult result) =>
        $"{(name.Length > 0 ? name + ": " : "")}epoch {result.Epoch} of {epochs}, loss {Loss(result.Loss)}, accuracy {Percent(result.Accuracy)}"
        + (result.ValidationLoss is { } loss ? $", validation loss {Loss(loss)}" : "")
        + (result.ValidationAccuracy is { } accuracy ? $", validation accuracy {Percent(accuracy)}" : "");

    /// <summary>The view as HTML without a script.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder("<div style=\"font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px;max-width:640px\">");
        html.Append("<div><b>").Append(WebUtility.HtmlEncode(title)).Append("</b>");
        foreach (var text in (ReadOnlySpan<string>)[now, pace])
            if (text.Length > 0)
                html.Append("&ensp;").Append(text);
        html.Append("</div>");
        if (isRunning)
        {
            html.Append("<div style=\"height:6px;margin:5px 0;border-radius:3px;background:rgba(128,128,128,0.3)\">")
                .Append(CultureInfo.InvariantCulture, $"<div style=\"height:6px;border-radius:3px;background:{Palette.Colour(0)};width:{100 * share:0.#}%\"></div></div>");
        }
        if (rows.Count > 0)
        {
            html.Append("<table style=\"border-collapse:collapse;margin:4px 0;font-variant-numeric:tabular-nums\"><tr>");
            foreach (var heading in Columns())
                html.Append("<th style=\"text-align:right;padding:1px 12px 1px 0\">").Append(heading).Append("</th>");
            html.Append("</tr>");
            foreach (var row in rows)
            {
                html.Append("<tr>");
                foreach (var cell in Cells(row))
                    html.Append("<td style=\"text-align:right;padding:1px 12px 1px 0\">").Append(WebUtility.HtmlEncode(cell)).Append("</td>");
                html.Append("</tr>");
            }
            html.Append("</table>");
        }
        return html.Append("</div>").ToString();
    }

    /// <summary>The view as text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(string.Join(", ", new[] { title, now, pace }.Where(part => part.Length > 0)));
        string[][] table = rows.Count == 0 ? [] : [Columns(), .. rows.Select(Cells)];
        foreach (var line in table)
            text.Append('\n').AppendJoin("  ", line.Select((cell, column) => cell.PadLeft(table.Max(other => other[column].Length))));
        return text.ToString();
    }

    string[] Columns() => [.. (string[])(hasNames ? ["training", "epochs"] : ["epoch"]), "loss", "accuracy", .. (string[])(HasValidation ? ["validation loss", "validation accuracy"] : [])];

    string[] Cells((string Name, EpochResult Result) row) =>
    [
        .. (string[])(hasNames ? [row.Name] : []), row.Result.Epoch.ToString(CultureInfo.InvariantCulture), Loss(row.Result.Loss), Percent(row.Result.Accuracy),
        .. (string[])(HasValidation ? [Loss(row.Result.ValidationLoss ?? double.NaN), Percent(row.Result.ValidationAccuracy ?? double.NaN)] : []),
    ];

    bool HasValidation => rows.Any(row => row.Result.ValidationAccuracy is not null);

    static string Loss(double loss) => double.IsNaN(loss) ? "-" : loss.ToString("0.0000", CultureInfo.InvariantCulture);

    static string Percent(double share) => double.IsNaN(share) ? "-" : (100 * share).ToString("0.00", CultureInfo.InvariantCulture) + " %";
}
