using System.CommandLine;
using Spectre.Console;

namespace DeepDigits.Cli.Commands;

/// <summary>`evaluate`: how well a trained network does, class by class, and what it misreads.</summary>
static class EvaluateCommand
{
    const int WidthOfDrawing = 28, Gap = 4;

    public static Command Create()
    {
        Argument<string> model = new("MODEL") { Description = "A model file that `train --save` wrote." };
        var data = CommonOptions.Data();
        Option<string?> csv = new("--csv")
        {
            HelpName = "FILE",
            Description = "Images with labels as CSV instead, as from `data to-csv` or Kaggle.",
        };
        var part = CommonOptions.Part();
        var task = CommonOptions.Task();
        var worst = CommonOptions.AtLeast(0, new Option<int?>("--worst")
        {
            HelpName = "N",
            Description = "How many misread images to draw, the surest mistakes first. Default: 6.",
        });
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new ExplainedCommand("evaluate",
            "Measure a trained network: accuracy, confusion matrix, precision and recall, and the images it misreads.",
            ("evaluate model.safetensors", "On the 10,000 test images of MNIST"),
            ("evaluate model.safetensors --csv mnist_test.csv --worst 20", "On a CSV file, drawing twenty mistakes"),
            ("evaluate model.safetensors --data fashion-mnist --json", "On another data set of the same format, for a program"))
        {
            model, data, csv, part, task, worst, threads, json,
        };
        command.SetAction(parsed =>
        {
            using var limit = CommonOptions.Limit(parsed.GetValue(threads));
            var file = Inputs.Model(parsed.GetRequiredValue(model));
            var question = Tasks.Of(file, parsed.GetValue(task));
            var classes = question == Tasks.Squares ? 10 : Math.Max(2, file.Network.OutputShape[^1]);
            var loaded = Inputs.Load(parsed.GetValue(data), parsed.GetValue(csv), parsed.GetRequiredValue(part), classes);
            var examples = Tasks.For(question, loaded);
            var evaluation = file.Network.Evaluate(examples);
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            if (parsed.GetValue(json))
                WriteJson(terminal, evaluation);
            else
                Show(terminal, examples, evaluation, parsed.GetValue(worst) ?? 6);
        });
        return command;
    }

    static void WriteJson(Terminal terminal, Evaluation evaluation)
    {
        var confusion = evaluation.Confusion;
        var classes = Enumerable.Range(0, confusion.ClassNames.Count);
        Json.Write(terminal.Output, new
        {
            Examples = evaluation.Count,
            evaluation.Accuracy,
            evaluation.Loss,
            Classes = classes.Select(i => new
            {
                Name = confusion.ClassNames[i],
                Precision = confusion.Precision(i),
                Recall = confusion.Recall(i),
                F1 = confusion.F1(i),
            }),
            Confusion = classes.Select(row => classes.Select(column => confusion[row, column])),
            Misclassified = evaluation.Misclassified(),
        });
    }

    static void Show(Terminal terminal, Dataset data, Evaluation evaluation, int worst)
    {
        var confusion = evaluation.Confusion;
        var wrong = evaluation.Misclassified();
        // The standard error of a share p of n independent examples: sqrt(p (1 - p) / n).
        var error = Math.Sqrt(evaluation.Accuracy * (1 - evaluation.Accuracy) / evaluation.Count);
        terminal.Line($"{data}");
        terminal.Line(FormattableString.Invariant($"accuracy {Numbers.Percent(evaluation.Accuracy)} (standard error {100 * error:F2} points), ")
            + FormattableString.Invariant($"loss {evaluation.Loss:F4}, {Numbers.Count(wrong.Count, "image")} misread"));
        terminal.Line();
        terminal.Write(ConfusionTable(terminal, confusion));
        terminal.Line();
        terminal.Write(ClassTable(terminal, confusion));
        if (wrong.Count > 0 && worst > 0)
        {
            terminal.Line();
            terminal.Line($"The {Numbers.Count(Math.Min(worst, wrong.Count), "surest mistake")}:");
            Draw(terminal, data, [.. wrong.Take(worst)]);
        }
    }

    static Table ConfusionTable(Terminal terminal, ConfusionMatrix confusion)
    {
        var table = terminal.NewTable(["true \\ predicted", .. confusion.ClassNames]);
        for (var row = 0; row < confusion.ClassNames.Count; row++)
            table.AddRow([new Text(confusion.ClassNames[row]), .. Enumerable.Range(0, confusion.ClassNames.Count).Select(column => Cell(row, column))]);
        return table;

        Text Cell(int row, int column)
        {
            var color = confusion[row, column] == 0 ? Color.Grey : column == row ? Color.Green : Color.Red;
            return new Text(Numbers.Whole(confusion[row, column]), new Style(color));
        }
    }

    static Table ClassTable(Terminal terminal, ConfusionMatrix confusion)
    {
        var table = terminal.NewTable("class", "precision", "recall", "F1");
        for (var i = 0; i < confusion.ClassNames.Count; i++)
        {
            table.AddRow(confusion.ClassNames[i].EscapeMarkup(), Numbers.Percent(confusion.Precision(i)), Numbers.Percent(confusion.Recall(i)),
                Numbers.Percent(confusion.F1(i)));
        }
        return table;
    }

    /// <summary>The images side by side, as many as fit into a line, under their captions.</summary>
    static void Draw(Terminal terminal, Dataset data, Misclassified[] mistakes)
    {
        if (data.ImageShape is not [_, var width, 1])
            return;
        var column = Math.Max(width, WidthOfDrawing) + Gap;
        foreach (var row in mistakes.Chunk(Math.Max(1, Math.Min(terminal.Reports.Profile.Width, 130) / column)))
        {
            terminal.Line();
            Captions(mistake => $"#{mistake.Example}: {data.ClassNames[mistake.Label]}");
            Captions(mistake => $"read as {data.ClassNames[mistake.Predicted]} ({Numbers.Percent(mistake.Probability)})");
            var drawings = row.Select(mistake => DigitDrawing.Lines(data.Image(mistake.Example), width, terminal.HasColors)).ToArray();
            for (var i = 0; i < drawings[0].Length; i++)
                terminal.MarkupLine(string.Join(new string(' ', column - width), drawings.Select(drawing => drawing[i])));

            void Captions(Func<Misclassified, string> caption) =>
                terminal.Line(string.Concat(row.Select(mistake => caption(mistake).PadRight(column))).TrimEnd());
        }
    }
}
