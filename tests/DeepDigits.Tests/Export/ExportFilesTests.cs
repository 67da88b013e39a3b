using System.Buffers.Binary;
using System.Text.Json;
using DeepDigits.Cli;
using DeepDigits.Tests.Cli;

namespace DeepDigits.Tests.Export;

/// <summary>
/// Writes networks in every format, with what they compute here, for clients/run.sh, which lets other programs compute the same. Without that, the small networks are written to a temporary
/// folder; with DEEPDIGITS_EXPORT=folder also trained ones: taken from DEEPDIGITS_EXPORT_MODELS if it names a folder with model files, else trained in a hurry.
/// </summary>
public sealed class ExportFilesTests
{
    const int SmallImages = 64, StepExamples = 100;

    readonly List<object> models = [], steps = [];

    [Fact]
    public void EveryNetworkIsWrittenInEveryFormat()
    {
        using var temporary = new TemporaryFolder();
        var asked = Environment.GetEnvironmentVariable("DEEPDIGITS_EXPORT");
        var folder = asked is { Length: > 0 } ? asked : temporary.Path;
        Directory.CreateDirectory(folder);
        foreach (var (name, _, _) in ExampleNetworks.All)
        {
            var network = ExampleNetworks.Build(name);
            var images = ExampleNetworks.Images(network, SmallImages);
            ModelFile.Write(Path.Combine(folder, $"{name}.model.safetensors"), network);
            WriteFloats(Path.Combine(folder, $"{name}.images.bin"), images);
            Export(folder, name, network, new Dataset(images), images.Rows, accuracy: null, page: false);
        }
        if (asked is { Length: > 0 })
            WriteTrained(folder);
        File.WriteAllText(Path.Combine(folder, "manifest.json"), JsonSerializer.Serialize(new { models, steps }));
        Assert.All(ExampleNetworks.All, example => Assert.True(new FileInfo(Path.Combine(folder, $"{example.Name}.onnx")).Length > 500));
    }

    void WriteTrained(string folder)
    {
        WriteFloats(Path.Combine(folder, "digits.images.bin"), RealDigits.Test.Images);
        File.WriteAllBytes(Path.Combine(folder, "digits.labels.bin"), RealDigits.Test.Labels.ToArray());
        var trained = Environment.GetEnvironmentVariable("DEEPDIGITS_EXPORT_MODELS");
        var deep = Experiments.LeNet128 with { Name = "best", Network = _ => ExampleNetworks.DeepConvolutions() };
        // Networks of dense layers and LeNet take seconds; of the large ones a fifth of the images must do.
        foreach (var (name, experiment, examples, epochs) in new[]
        {
            ("mlp", Experiments.Mlp, 60_000, 2), ("squares", Experiments.Squares, 60_000, 2), ("lenet", Experiments.LeNet128, 60_000, 1),
            ("cnn", Experiments.Cnn, 12_000, 1), ("cnn-dropout", Experiments.CnnDropout, 12_000, 1), ("best", deep, 12_000, 1),
        })
        {
            var path = Path.Combine(folder, $"{name}.model.safetensors");
            if (trained is { Length: > 0 })
                File.Copy(Path.Combine(trained, $"{name}.safetensors"), path, overwrite: true);
            else
                Train(experiment, examples, epochs).Save(path, new Dictionary<string, string> { ["task"] = experiment.Labels is null ? "digits" : "squares", ["seed"] = "1" });
            var network = Sequential.Load(path);
            var test = experiment.Prepare(RealDigits.Test);
            Export(folder, name, network, test, test.Count, network.Evaluate(test).Accuracy, page: name is "mlp" or "squares" or "lenet" or "best");
            if (name == "lenet") // as a notebook shows it
                File.WriteAllText(Path.Combine(folder, "lenet-frame.html"), $"<!DOCTYPE html><html><body>{network.ToDrawingPage(test.Take(100)).ToHtml()}</body></html>");
        }
        // One more that has what those have not: a normalization, and an average pooling.
        var norm = new Sequential(new Conv2D(6, 5, Padding.Same), new BatchNorm(0.9), new Relu(), new AveragePool2D(2), new Conv2D(12, 5, Padding.Valid), new BatchNorm(0.9), new Relu(),
            new MaxPool2D(2), new Flatten(), new Dense(10));
        norm.Build([28, 28, 1], seed: 1);
        norm.Fit(RealDigits.Train.Take(12_000), Experiments.LeNet128.Training with { Epochs = 2 });
        norm.Save(Path.Combine(folder, "norm.model.safetensors"), new Dictionary<string, string> { ["seed"] = "1" });
        Export(folder, "norm", norm, RealDigits.Test, RealDigits.Test.Count, norm.Evaluate(RealDigits.Test).Accuracy, page: true);
        WriteSteps(folder, "mlp", Experiments.Mlp);
        WriteSteps(folder, "lenet", Experiments.LeNet);
    }

    static Sequential Train(Experiment experiment, int examples, int epochs)
    {
        var train = experiment.Prepare(RealDigits.Train).Take(examples);
        var network = experiment.Build(train, seed: 1);
        network.Fit(train, experiment.Training with { Epochs = epochs, Schedule = LearningRateSchedule.Constant });
        return network;
    }

    /// <summary>Exports by the command line, and writes the logits beside.</summary>
    void Export(string folder, string name, Sequential network, Dataset data, int count, double? accuracy, bool page)
    {
        var model = Path.Combine(folder, $"{name}.model.safetensors");
        foreach (var (format, target) in new[] { ("onnx", $"{name}.onnx"), ("tfjs", $"{name}-tfjs"), ("safetensors", $"{name}.pytorch.safetensors"), ("html", $"{name}.html") })
            if (format != "html" || page)
                Shell.Run("export", model, "--to", format, "--output", Path.Combine(folder, target), "--title", name).Expect(ExitCode.Success);
        var logits = Tensor.Uninitialized([count, .. network.OutputShape]);
        for (var start = 0; start < count; start += 500)
        {
            var rows = Enumerable.Range(start, Math.Min(500, count - start)).ToArray();
            var images = new Tensor([rows.Length, .. data.ImageShape]);
            data.Gather(rows, images, new byte[data.HasLabels ? rows.Length : 0]);
            network.Forward(images, Pass.Inference).Values.CopyTo(logits.Values[(start * logits.RowLength)..]);
        }
        WriteFloats(Path.Combine(folder, $"{name}.logits.bin"), logits);
        models.Add(new
        {
            name,
            inputShape = network.InputShape.ToArray(),
            outputs = network.OutputShape[0],
            count,
            images = data.HasLabels ? "digits.images.bin" : $"{name}.images.bin",
            accuracy,
            page,
            classes = data.HasLabels ? data.ClassNames : null,
            architecture = network.Describe().ToJson(),
        });
    }

    /// <summary>A network that has not learned anything, three batches, and the losses of three steps of Adam and after them.</summary>
    void WriteSteps(string folder, string name, Experiment experiment)
    {
        const int count = 3;
        var network = experiment.Build(RealDigits.Train, seed: 1);
        network.SaveTensorFlowJs(Path.Combine(folder, $"{name}-start-tfjs"));
        var state = new OptimizerState(experiment.Training.Optimizer, network.Parameters);
        var images = new Tensor(count * StepExamples, 28, 28, 1);
        var labels = new byte[count * StepExamples];
        RealDigits.Train.Gather(Enumerable.Range(0, count * StepExamples).ToArray(), images, labels);
        var losses = new List<double>();
        Tensor? gradient = null;
        for (var step = 0; step <= count; step++)
        {
            var first = step % count * StepExamples;
            var batch = Tensor.From(images.Values.Slice(first * 784, StepExamples * 784), StepExamples, 28, 28, 1);
            var logits = network.Forward(batch, Pass.Training(seed: 1, step));
            losses.Add(experiment.Training.Loss.Compute(logits, labels.AsSpan(first, StepExamples), Tensor.Reuse(ref gradient, StepExamples, network.OutputShape)));
            network.Backward(gradient);
            state.Step();
        }
        WriteFloats(Path.Combine(folder, $"{name}.steps.bin"), images);
        steps.Add(new { name, examples = StepExamples, learningRate = experiment.Training.Optimizer.LearningRate, labels = labels.Select(label => (int)label), losses });
    }

    static void WriteFloats(string path, Tensor tensor)
    {
        var bytes = new byte[tensor.Length * sizeof(float)];
        for (var i = 0; i < tensor.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), tensor.Values[i]);
        File.WriteAllBytes(path, bytes);
    }
}
