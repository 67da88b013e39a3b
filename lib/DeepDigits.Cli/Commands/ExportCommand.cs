using System.CommandLine;

namespace DeepDigits.Cli.Commands;

/// <summary>`export`: a trained network for other programs.</summary>
static class ExportCommand
{
    const string Onnx = "onnx", TensorFlowJs = "tfjs", PyTorch = "safetensors", Html = "html";

    public static Command Create()
    {
        Argument<string> model = new("MODEL") { Description = "A model file that `train --save` wrote." };
        var to = new Option<string>("--to")
        {
            HelpName = string.Join('|', Onnx, TensorFlowJs, PyTorch, Html),
            Required = true,
            Description = "The format: ONNX; a folder for TensorFlow.js; safetensors as PyTorch arranges weights; or a page on which one draws digits that the network reads.",
        }.AcceptOnlyFrom(Onnx, TensorFlowJs, PyTorch, Html);
        Option<string?> output = new("--output")
        {
            HelpName = "PATH",
            Description = "The file (of tfjs: the folder) to write. What is there is replaced. Default: beside the model, such as model.onnx, model-tfjs, "
                + "model-pytorch.safetensors, model.html.",
        };
        Option<string?> title = new("--title")
        {
            HelpName = "TEXT",
            Description = "What the network is called. Default: the name of the model file.",
        };
        var data = CommonOptions.Data();
        var task = CommonOptions.Task();
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new ExplainedCommand("export", "Write a trained network for other programs.",
            ("export model.safetensors --to html", "A page that reads your handwriting, in any browser and without network"),
            ("export model.safetensors --to onnx", "For ONNX Runtime and most other frameworks"),
            ("export model.safetensors --to tfjs --output web/model", "For tf.loadLayersModel"),
            ("export model.safetensors --to safetensors", "For PyTorch's load_state_dict"))
        {
            model, to, output, title, data, task, threads, json,
        };
        command.SetAction(parsed =>
        {
            using var limit = CommonOptions.Limit(parsed.GetValue(threads));
            var path = parsed.GetRequiredValue(model);
            var file = Inputs.Model(path);
            var format = parsed.GetRequiredValue(to);
            var target = parsed.GetValue(output) ?? DefaultTarget(path, format);
            Check(path, format, target);
            var question = Tasks.Of(file, parsed.GetValue(task));
            var card = ModelCard.Of(file) with
            {
                Title = parsed.GetValue(title) ?? Path.GetFileNameWithoutExtension(path),
                Classes = file.Network.OutputShape is [var outputs] ? Tasks.Answers(question, Classification.Classes(outputs)) : null,
            };
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            object? page = null;
            switch (format)
            {
                case Onnx:
                    file.Network.SaveOnnx(target, card);
                    break;
                case TensorFlowJs:
                    file.Network.SaveTensorFlowJs(target, card);
                    break;
                case PyTorch:
                    file.Network.SavePyTorch(target, card);
                    break;
                case Html:
                    page = SavePage(terminal, file.Network, target, Tasks.For(question, Inputs.Load(parsed.GetValue(data)).Test), card);
                    break;
            }
            if (parsed.GetValue(json))
                Json.Write(terminal.Output, new { Format = format, Path = target, Bytes = SizeOf(target), Page = page });
            terminal.Line($"Wrote {target}, {Numbers.Whole(SizeOf(target))} bytes.");
        });
        return command;
    }

    static object SavePage(Terminal terminal, Sequential network, string target, Dataset test, ModelCard card)
    {
        var page = network.ToDrawingPage(test, card);
        page.Save(target);
        terminal.Line($"Weights in {page.Bits} bits: {Numbers.Percent(page.PageAccuracy)} of {Numbers.Count(test.Count, "test image")} read rightly; "
            + $"with all 32 bits {Numbers.Percent(page.NetworkAccuracy)}.");
        return new { page.Bits, page.NetworkAccuracy, page.PageAccuracy };
    }

    static string DefaultTarget(string model, string format)
    {
        var name = Path.Combine(Path.GetDirectoryName(model) ?? "", Path.GetFileNameWithoutExtension(model));
        return format switch { Onnx => $"{name}.onnx", TensorFlowJs => $"{name}-tfjs", PyTorch => $"{name}-pytorch.safetensors", _ => $"{name}.html" };
    }

    /// <summary>Refuses a place that cannot be written to, or that holds the model itself.</summary>
    static void Check(string model, string format, string target)
    {
        if (format == TensorFlowJs && File.Exists(target))
            throw new UsageException($"--output {target} is a file, but TensorFlow.js needs a folder. Name a folder.");
        if (format != TensorFlowJs && Directory.Exists(target))
            throw new UsageException($"--output {target} is a folder. Name a file in it.");
        if (Path.GetFullPath(target) == Path.GetFullPath(model))
            throw new UsageException("--output names the model itself, which would be lost. Name another file.");
    }

    static long SizeOf(string target) =>
        Directory.Exists(target) ? Directory.EnumerateFiles(target).Sum(file => new FileInfo(file).Length) : new FileInfo(target).Length;
}
