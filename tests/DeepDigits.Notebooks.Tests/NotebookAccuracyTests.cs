using System.Text.Json;

namespace DeepDigits.Notebooks.Tests;

/// <summary>The notebooks come to the very accuracies that `deepdigits reproduce` stored for the same seed.</summary>
public sealed class NotebookAccuracyTests
{
    [Theory]
    [InlineData("02-mlp-from-scratch", "mlp")]
    [InlineData("03-lenet-cnn", "lenet")]
    [InlineData("04-square-digits", "squares")]
    [InlineData("05-cnn-hyperparameters", "cnn")]
    public void A_notebook_shows_the_accuracy_of_the_stored_run(string notebook, string experiment)
    {
        using var stored = JsonDocument.Parse(File.ReadAllText(Path.Combine(Clone.Root, "data", "results", "reproduction.json")));
        var accuracy = stored.RootElement.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == experiment)
            .GetProperty("runs").EnumerateArray().Single(run => run.GetProperty("seed").GetInt32() == 1).GetProperty("test_accuracy").GetDouble();
        var printed = Printed(Path.Combine(Clone.Root, "notebooks", notebook + ".ipynb"));

        Assert.Contains(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100 * accuracy:F2} %"), printed);
        // The cell that compares them bit by bit ran, and stopped nothing: it prints its claim only when the claim holds.
        Assert.Contains(printed.Split('\n'), line => (line.StartsWith("checked", StringComparison.Ordinal) || line.StartsWith('✓'))
            && (line.Contains("deepdigits reproduce", StringComparison.Ordinal) || line.Contains("what the command line stored", StringComparison.Ordinal)));
    }

    static string Printed(string path)
    {
        using var notebook = JsonDocument.Parse(File.ReadAllText(path));
        return string.Concat(
            from cell in notebook.RootElement.GetProperty("cells").EnumerateArray()
            where cell.GetProperty("cell_type").GetString() == "code"
            from output in cell.GetProperty("outputs").EnumerateArray()
            where output.GetProperty("output_type").GetString() == "stream"
            let text = output.GetProperty("text")
            select text.ValueKind == JsonValueKind.Array ? string.Concat(text.EnumerateArray().Select(line => line.GetString())) : text.GetString());
    }
}
