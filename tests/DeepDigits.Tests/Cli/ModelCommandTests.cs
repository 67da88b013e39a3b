using DeepDigits.Cli;

namespace DeepDigits.Tests.Cli;

/// <summary>`evaluate` and `predict`.</summary>
public sealed class ModelCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly string data, model;

    public ModelCommandTests()
    {
        data = TinyDigits.Write(folder);
        model = folder["model.safetensors"];
        // So little training that some images are misread.
        Shell.Run("train", "--data", data, "--layers", "dense 10", "--epochs", "1", "--batch", "50", "--learning-rate", "0.002",
            "--optimizer", "adam", "--seed", "1", "--save", model).Expect(ExitCode.Success);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EvaluateCountsAndDraws()
    {
        var evaluation = ModelFile.Read(model).Network.Evaluate(Mnist.Load(data).Test);
        var wrong = evaluation.Misclassified();
        Assert.NotEmpty(wrong);

        var shown = Shell.Run("evaluate", model, "--data", data, "--worst", "1").Expect(ExitCode.Success);
        Assert.Contains($"accuracy {Numbers.Percent(evaluation.Accuracy)}", shown.Output, StringComparison.Ordinal);
        Assert.Contains($"#{wrong[0].Example}: {wrong[0].Label}\n", shown.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(1, shown.Output.Split("read as").Length - 1);
        Assert.DoesNotContain("\e", shown.Output, StringComparison.Ordinal);

        var json = Shell.Run("evaluate", model, "--data", data, "--json").Expect(ExitCode.Success).Json;
        Assert.Equal(evaluation.Accuracy, json["accuracy"]!.GetValue<double>());
        Assert.Equal(wrong.Count, json["misclassified"]!.AsArray().Count);
        Assert.Equal(evaluation.Confusion[3, 3], json["confusion"]![3]![3]!.GetValue<int>());
    }

    [Fact]
    public void EvaluateReadsCsvWithFewerClasses()
    {
        // Only the classes 0 to 4: the number of classes must come from the model, not from the labels.
        var test = Mnist.Load(data).Test;
        KaggleCsv.Write(folder["few.csv"], test.Subset([.. Enumerable.Range(0, test.Count).Where(i => test.Labels[i] < 5)]));
        var json = Shell.Run("evaluate", model, "--csv", folder["few.csv"], "--json").Expect(ExitCode.Success).Json;
        Assert.Equal(50, json["examples"]!.GetValue<int>());
    }

    [Fact]
    public void PredictDrawsTheImageAndTheProbabilities()
    {
        var network = ModelFile.Read(model).Network;
        var image = Mnist.Load(data).Test.Subset([7]);
        var predicted = network.Predict(image).Classes[0];

        var shown = Shell.Run("predict", model, "--data", data, "--index", "7").Expect(ExitCode.Success);
        Assert.Contains("test image 7", shown.Output, StringComparison.Ordinal);
        Assert.Contains($"The network takes it for: {predicted} (", shown.Output, StringComparison.Ordinal);
        Assert.All(DigitDrawing.Lines(image.Image(0), TinyDigits.Side, colors: false),
            line => Assert.Contains(line.TrimEnd(), shown.Output, StringComparison.Ordinal));
        Assert.All(shown.Output, character => Assert.True(char.IsAscii(character)));

        var json = Shell.Run("predict", model, "--data", data, "--index", "7", "--json").Expect(ExitCode.Success).Json;
        Assert.Equal("7", json["label"]!.GetValue<string>());
        Assert.Equal(1, json["probabilities"]!.AsObject().Sum(entry => entry.Value!.GetValue<double>()), 1e-5);
    }

    [Fact]
    public void PredictReadsAPicture()
    {
        var picture = new Tensor(100, 60, 1);
        for (var y = 20; y < 80; y++)
            picture.Values.Slice(y * 60 + 27, 6).Fill(1);
        PngWriter.Write(folder["one.png"], picture);
        var json = Shell.Run("predict", model, folder["one.png"], "--json").Expect(ExitCode.Success).Json;
        Assert.Equal("one.png", json["image"]!.GetValue<string>());
        Assert.Null(json["label"]);
        Assert.Equal(10, json["probabilities"]!.AsObject().Count);
    }

    [Fact]
    public void WrongArgumentsAreWrongUsage()
    {
        Shell.Run("predict", model).Expect(ExitCode.WrongUsage);
        Shell.Run("predict", model, "a.png", "--index", "1").Expect(ExitCode.WrongUsage);
        Shell.Run("predict", model, folder["no.png"]).Expect(ExitCode.WrongUsage);
        var tooLarge = Shell.Run("predict", model, "--data", data, "--index", "100").Expect(ExitCode.WrongUsage);
        Assert.Contains("0 to 99", tooLarge.Error, StringComparison.Ordinal);
        Shell.Run("evaluate", folder["no.safetensors"]).Expect(ExitCode.WrongUsage);
        Shell.Run("evaluate", model, "--data", data, "--csv", "x.csv").Expect(ExitCode.WrongUsage);
    }

    [Fact]
    public void ADamagedModelIsAFailure()
    {
        File.WriteAllBytes(folder["damaged"], File.ReadAllBytes(model)[..^5]);
        var outcome = Shell.Run("evaluate", folder["damaged"], "--data", data).Expect(ExitCode.Failure);
        Assert.Contains(folder["damaged"], outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }
}
