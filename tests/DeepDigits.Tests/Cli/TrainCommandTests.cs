using DeepDigits.Cli;

namespace DeepDigits.Tests.Cli;

public class TrainCommandTests
{
    static string[] Train(string data, params string[] more) =>
    [
        "train", "--data", data, "--layers", "dense 16, relu, dense 10", "--epochs", "4", "--batch", "20", "--learning-rate", "0.01",
        "--optimizer", "adam", "--seed", "3", .. more,
    ];

    [Fact]
    public void TrainsSavesAndTellsTheTestAccuracy()
    {
        using var folder = new TemporaryFolder();
        var data = TinyDigits.Write(folder);
        var trained = Shell.Run(Train(data, "--save", folder["model.safetensors"], "--validation-fraction", "0.1")).Expect(ExitCode.Success);
        Assert.Contains("dense_1    [n, 16]", trained.Output, StringComparison.Ordinal);
        Assert.Equal(4, trained.Output.Split("   validation loss ").Length - 1);
        Assert.DoesNotContain("\e", trained.Output, StringComparison.Ordinal);
        Assert.Empty(trained.Error);

        var model = ModelFile.Read(folder["model.safetensors"]);
        var accuracy = model.Network.Evaluate(Mnist.Load(data).Test).Accuracy;
        Assert.True(accuracy > 0.9);
        Assert.Contains($"Test accuracy {Numbers.Percent(accuracy)}", trained.Output, StringComparison.Ordinal);
        Assert.Equal("digits", model.Notes["task"]);
    }

    [Fact]
    public void TheNumberOfThreadsDoesNotChangeTheModelFile()
    {
        using var folder = new TemporaryFolder();
        var data = TinyDigits.Write(folder);
        Shell.Run(Train(data, "--save", folder["one"], "--threads", "1")).Expect(ExitCode.Success);
        Shell.Run(Train(data, "--save", folder["two"], "--threads", "2")).Expect(ExitCode.Success);
        Assert.Equal(File.ReadAllBytes(folder["one"]), File.ReadAllBytes(folder["two"]));
    }

    [Fact]
    public void WritesTheHistoryAsJson()
    {
        using var folder = new TemporaryFolder();
        var trained = Shell.Run(Train(TinyDigits.Write(folder), "--json")).Expect(ExitCode.Success);
        Assert.Equal(4, trained.Json["epochs"]!.AsArray().Count);
        Assert.Equal(784 * 16 + 16 + 16 * 10 + 10, trained.Json["parameter_count"]!.GetValue<int>());
        Assert.InRange(trained.Json["test_accuracy"]!.GetValue<double>(), 0.9, 1);
        Assert.Contains("epoch 4 of 4", trained.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AStoppedTrainingGoesOnToTheSameBits()
    {
        using var folder = new TemporaryFolder();
        var data = TinyDigits.Write(folder);
        Shell.Run(Train(data, "--save", folder["whole"])).Expect(ExitCode.Success);

        string[] resumable = Train(data, "--save", folder["resumed"], "--checkpoint", folder["checkpoint"]);
        var stopped = Shell.RunUntil("epoch 2 of 4", resumable).Expect(ExitCode.Stopped);
        Assert.Contains("the same command goes on", stopped.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch 3 of 4", stopped.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["resumed"]));

        var resumed = Shell.Run(resumable).Expect(ExitCode.Success);
        Assert.DoesNotContain("epoch 2 of 4", resumed.Output, StringComparison.Ordinal);
        Assert.Contains("epoch 3 of 4", resumed.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(folder["whole"]), File.ReadAllBytes(folder["resumed"]));
    }

    [Fact]
    public void WithoutACheckpointAStoppedTrainingSaysThatNothingWasKept()
    {
        using var folder = new TemporaryFolder();
        var stopped = Shell.RunUntil("epoch 1 of 4", Train(TinyDigits.Write(folder))).Expect(ExitCode.Stopped);
        Assert.Contains("Nothing was kept", stopped.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ACheckpointOfOtherSettingsIsRefused()
    {
        using var folder = new TemporaryFolder();
        var data = TinyDigits.Write(folder);
        Shell.Run(Train(data, "--checkpoint", folder["checkpoint"])).Expect(ExitCode.Success);
        var otherRate = Train(data, "--checkpoint", folder["checkpoint"]).Select(word => word == "0.01" ? "0.02" : word);
        var refused = Shell.Run([.. otherRate]).Expect(ExitCode.Failure);
        Assert.Contains(folder["checkpoint"], refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatChangesTheResultMustBeChosen()
    {
        var outcome = Shell.Run("train", "--layers", "dense 10", "--epochs", "1").Expect(ExitCode.WrongUsage);
        Assert.Contains("--batch, --learning-rate, --optimizer, --seed", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--optimizer", "adamant")]
    [InlineData("--optimizer", "momentum 2")]
    [InlineData("--learning-rate", "-1")]
    [InlineData("--validation-fraction", "1")]
    [InlineData("--patience", "2")]
    [InlineData("--layers", "dense 10,, relu")]
    [InlineData("--layers", "cube 3")]
    public void ASettingThatMeansNothingIsWrongUsage(string option, string value)
    {
        using var folder = new TemporaryFolder();
        var arguments = Train(TinyDigits.Write(folder)).ToList();
        if (arguments.IndexOf(option) is >= 0 and var place)
            arguments[place + 1] = value;
        else
            arguments.AddRange([option, value]);
        var outcome = Shell.Run([.. arguments]).Expect(ExitCode.WrongUsage);
        Assert.Contains(option, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownExperimentGetsTheListOfKnownOnes() =>
        Assert.Contains(string.Join(", ", Experiments.All.Select(experiment => experiment.Name)), Shell.Run("train", "--experiment", "nothing").Expect(ExitCode.WrongUsage).Error, StringComparison.Ordinal);

    [Fact]
    public void AnExperimentGivesTheSettingsAndOptionsChangeThem()
    {
        using var folder = new TemporaryFolder();
        var data = TinyDigits.Write(folder);
        var trained = Shell.Run("train", "--experiment", "squares", "--epochs", "2", "--data", data, "--save", folder["squares"])
            .Expect(ExitCode.Success);
        Assert.Contains("epoch 2 of 2", trained.Output, StringComparison.Ordinal);
        Assert.Contains("sigmoid cross-entropy", trained.Output, StringComparison.Ordinal);
        var model = ModelFile.Read(folder["squares"]);
        Assert.Equal("squares", model.Notes["task"]);
        Assert.Equal(1, model.Network.OutputShape[^1]);
        var evaluated = Shell.Run("evaluate", folder["squares"], "--data", data).Expect(ExitCode.Success);
        Assert.Contains("not a square", evaluated.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void LearnsFromCsv()
    {
        using var folder = new TemporaryFolder();
        var data = TinyDigits.Write(folder);
        Shell.Run("data", "to-csv", "--data", data, "--to", folder["csv"]).Expect(ExitCode.Success);
        var (train, test) = (Path.Combine(folder["csv"], "mnist_train.csv"), Path.Combine(folder["csv"], "mnist_test.csv"));
        string[] fromCsv = [.. Train(data).Skip(3), "--csv", train, "--test-csv", test];
        Shell.Run(["train", .. fromCsv, "--save", folder["csv-model"]]).Expect(ExitCode.Success);
        Shell.Run(Train(data, "--save", folder["idx-model"])).Expect(ExitCode.Success);
        Assert.Equal(File.ReadAllBytes(folder["idx-model"]), File.ReadAllBytes(folder["csv-model"]));
        Shell.Run(["train", .. fromCsv, "--data", data]).Expect(ExitCode.WrongUsage);
    }
}
