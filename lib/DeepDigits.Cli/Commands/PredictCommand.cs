using System.CommandLine;

namespace DeepDigits.Cli.Commands;

/// <summary>`predict`: what a trained network sees in one image.</summary>
static class PredictCommand
{
    public static Command Create()
    {
        Argument<string> model = new("MODEL") { Description = "A model file that `train --save` wrote." };
        Argument<string?> image = new("IMAGE")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "A picture of one digit: PNG, BMP, PBM, PGM or PPM; dark on light or light on dark, of any size, "
                + "with some empty paper around it.",
        };
        var index = CommonOptions.AtLeast(0, new Option<int?>("--index")
        {
            HelpName = "I",
            Description = "Instead of a picture: an image of the data set, numbered from 0.",
        });
        var data = CommonOptions.Data();
        var part = CommonOptions.Part();
        var task = CommonOptions.Task();
        var json = CommonOptions.Json();
        var command = new ExplainedCommand("predict", "Show an image and what a trained network takes it for.",
            ("predict model.safetensors seven.png", "A photo or a drawing of your own"),
            ("predict model.safetensors --index 18", "An image of the test set"),
            ("predict model.safetensors --index 18 --part train", "An image of the training set"))
        {
            model, image, index, data, part, task, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(image) is null == result.GetValue(index) is null)
                result.AddError("Name a picture file or an image of the data set (--index I): one of the two.");
        });
        command.SetAction(parsed =>
        {
            var file = Inputs.Model(parsed.GetRequiredValue(model));
            var question = Tasks.Of(file, parsed.GetValue(task));
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            if (parsed.GetValue(image) is { } picture)
            {
                var name = Path.GetFileName(picture);
                if (!File.Exists(picture))
                    throw new UsageException($"There is no picture {Path.GetFullPath(picture)}.");
                Show(terminal, parsed.GetValue(json), file.Network, question, new Dataset(DigitPreparation.ReadDigit(picture)), name);
                return;
            }
            var (number, from) = (parsed.GetValue(index)!.Value, parsed.GetRequiredValue(part));
            var examples = Tasks.For(question, Inputs.Load(parsed.GetValue(data), null, from, 0));
            if (number >= examples.Count)
                throw new UsageException($"--index {number}: the images of the {from} part are numbered from 0 to {examples.Count - 1}.");
            Show(terminal, parsed.GetValue(json), file.Network, question, examples.Subset([number]), $"{from} image {number}");
        });
        return command;
    }

    static void Show(Terminal terminal, bool json, Sequential network, string task, Dataset image, string title)
    {
        if (!image.ImageShape.SequenceEqual(network.InputShape))
        {
            throw new UsageException($"The model takes images of shape {Tensor.Format(network.InputShape)}, "
                + $"but {title} has {Tensor.Format(image.ImageShape)}.");
        }
        var predictions = network.Predict(image);
        var predicted = predictions.Classes[0];
        var probabilities = predictions.Probabilities.Row(0);
        var answers = Tasks.Answers(task, probabilities.Length);
        var label = image.HasLabels ? image.ClassNames[image.Labels[0]] : null;
        if (json)
        {
            var named = Named(answers, probabilities);
            Json.Write(terminal.Output, new { Image = title, Label = label, Predicted = answers[predicted], Probabilities = named });
            return;
        }
        terminal.Line(title);
        terminal.Line();
        var hasBlocks = terminal.IsInteractive && terminal.Reports.Profile.Capabilities.Unicode;
        Draw(terminal, image, ProbabilityBars.Lines(answers, probabilities, predicted, hasBlocks));
        terminal.Line();
        terminal.Line($"The network takes it for: {answers[predicted]} ({Numbers.Percent(probabilities[predicted])})."
            + (label is null ? "" : label == answers[predicted] ? " That is right." : $" That is wrong: it is {label}."));
    }

    /// <summary>The image, and the bars at its side if the screen is wide enough.</summary>
    static void Draw(Terminal terminal, Dataset image, string[] bars)
    {
        const int wide = 90, above = 2;
        string[] drawing = image.ImageShape is [_, var width, 1] ? DigitDrawing.Lines(image.Image(0), width, terminal.HasColors) : [];
        if (terminal.Reports.Profile.Width < wide || drawing.Length < bars.Length + above)
        {
            foreach (var line in (string[])[.. drawing, "", .. bars])
                terminal.MarkupLine(line);
            return;
        }
        for (var i = 0; i < drawing.Length; i++)
            terminal.MarkupLine(i >= above && i - above < bars.Length ? $"{drawing[i]}    {bars[i - above]}" : drawing[i]);
    }

    static Dictionary<string, float> Named(IReadOnlyList<string> names, ReadOnlySpan<float> values)
    {
        var named = new Dictionary<string, float>();
        for (var i = 0; i < values.Length; i++)
            named[names[i]] = values[i];
        return named;
    }
}
