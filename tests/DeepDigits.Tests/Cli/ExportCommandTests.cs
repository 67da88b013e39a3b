using DeepDigits.Cli;

namespace DeepDigits.Tests.Cli;

/// <summary>`export`.</summary>
public sealed class ExportCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly string data, model;

    public ExportCommandTests()
    {
        data = TinyDigits.Write(folder);
        model = folder["model.safetensors"];
        Shell.Run("train", "--data", data, "--layers", "dense 10", "--epochs", "1", "--batch", "50", "--learning-rate", "0.002",
            "--optimizer", "adam", "--seed", "4", "--save", model).Expect(ExitCode.Success);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EveryFormatHasItsPlaceBesideTheModel()
    {
        foreach (var (format, target) in new[] { ("onnx", "model.onnx"), ("tfjs", "model-tfjs"), ("safetensors", "model-pytorch.safetensors"), ("html", "model.html") })
        {
            var shown = Shell.Run("export", model, "--to", format, "--data", data).Expect(ExitCode.Success);
            Assert.Contains($"Wrote {folder[target]}, ", shown.Output, StringComparison.Ordinal);
            Assert.True(Path.Exists(folder[target]), target);
        }
        var notes = SafeTensors.Read(folder["model-pytorch.safetensors"]).Metadata;
        var accuracy = ModelFile.Read(model).Network.Evaluate(Mnist.Load(data).Test).Accuracy;
        Assert.Equal(("model", "4", accuracy), (notes["title"], notes["seed"], double.Parse(notes["test_accuracy"], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Contains("\"network\":" + FormattableString.Invariant($"{accuracy:F6}"), File.ReadAllText(folder["model.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void ThePlaceAndTheTitleCanBeChosen()
    {
        var json = Shell.Run("export", model, "--to", "html", "--data", data, "--output", folder["web/page.html"], "--title", "Mine", "--json").Expect(ExitCode.Success).Json;
        Assert.Equal(new FileInfo(folder["web/page.html"]).Length, json["bytes"]!.GetValue<long>());
        Assert.Equal(8, json["page"]!["bits"]!.GetValue<int>());
        Assert.Contains("<title>Draw a digit - Mine</title>", File.ReadAllText(folder["web/page.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotBeIsRefused()
    {
        Assert.Contains("--to", Shell.Run("export", model).Expect(ExitCode.WrongUsage).Error, StringComparison.Ordinal);
        Assert.Contains("onnx, tfjs, safetensors or html", Shell.Run("export", model, "--to", "pdf").Expect(ExitCode.WrongUsage).Error, StringComparison.Ordinal);
        Assert.Contains("the model itself", Shell.Run("export", model, "--to", "safetensors", "--output", model).Expect(ExitCode.WrongUsage).Error, StringComparison.Ordinal);
        Assert.Contains("is a folder", Shell.Run("export", model, "--to", "onnx", "--output", folder.Path).Expect(ExitCode.WrongUsage).Error, StringComparison.Ordinal);
        Assert.Contains("is a file", Shell.Run("export", model, "--to", "tfjs", "--output", model).Expect(ExitCode.WrongUsage).Error, StringComparison.Ordinal);
        Assert.Contains("no model", Shell.Run("export", folder["none"], "--to", "onnx").Expect(ExitCode.WrongUsage).Error, StringComparison.Ordinal);
        Assert.Equal(["model.safetensors"], folder.Files);
    }
}
