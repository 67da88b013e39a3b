using DeepDigits.Cli;

namespace DeepDigits.Tests.Cli;

/// <summary>`import`.</summary>
public sealed class ImportCommandTests : IDisposable
{
    const string Layers = "conv2d 3 5 stride=4, batchnorm 0.9, relu, dense 10";

    readonly TemporaryFolder folder = new();
    readonly Sequential network = new(new Conv2D(3, 5, 5, 4, Padding.Valid, Initializer.HeNormal), new BatchNorm(0.9), new Relu(), new Flatten(), new Dense(10));
    readonly string weights, model;

    public ImportCommandTests()
    {
        (weights, model) = (folder["weights.safetensors"], folder["model.safetensors"]);
        network.Build([28, 28, 1], seed: 5);
        network.SavePyTorch(weights);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WeightsBecomeAModelThatComputesTheSame()
    {
        var shown = Shell.Run("import", weights, "--layers", Layers, "--save", model).Expect(ExitCode.Success);
        Assert.Contains($"deepdigits evaluate {model}", shown.Output, StringComparison.Ordinal);
        IsTheSame();
        var file = ModelFile.Read(model);
        Assert.Equal(("digits", "imported from weights.safetensors"), (file.Notes["task"], file.Notes["training"]));
    }

    [Fact]
    public void ModulesCanHaveOtherNames()
    {
        var renamed = SafeTensors.Read(weights).Tensors.Select(tensor => (tensor.Name.Replace("conv2d_1", "features.0", StringComparison.Ordinal).Replace("dense_1", "head", StringComparison.Ordinal), tensor.Tensor));
        SafeTensors.Write(folder["renamed.safetensors"], [.. renamed]);
        Assert.Contains("'conv2d_1.weight'", Shell.Run("import", folder["renamed.safetensors"], "--layers", Layers, "--save", model).Expect(ExitCode.Failure).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(model));
        Shell.Run("import", folder["renamed.safetensors"], "--layers", Layers, "--modules", "conv2d_1=features.0, dense_1 = head", "--save", model).Expect(ExitCode.Success);
        IsTheSame();
    }

    [Fact]
    public void WhatDoesNotFitIsRefusedAndAnOldModelStays()
    {
        File.WriteAllText(model, "old");
        Assert.Contains("tensor 'dense_1.weight': expected shape [11, 108]", Refused(ExitCode.Failure, "--layers", Layers.Replace("10", "11", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("tensor 'batchnorm_1.", Refused(ExitCode.Failure, "--layers", "conv2d 3 5 stride=4, relu, dense 10"), StringComparison.Ordinal);
        Assert.Contains("--layers", Refused(ExitCode.WrongUsage, "--layers", "nonsense 3"), StringComparison.Ordinal);
        Assert.Contains("no layer 'dense_2'", Refused(ExitCode.WrongUsage, "--layers", Layers, "--modules", "dense_2=head"), StringComparison.Ordinal);
        Assert.Contains("'dense_1'", Refused(ExitCode.WrongUsage, "--layers", Layers, "--modules", "dense_1"), StringComparison.Ordinal);
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^1]);
        Assert.Contains("tensor 'dense_1.bias'", Refused(ExitCode.Failure, "--layers", Layers), StringComparison.Ordinal);
        Assert.Contains("would be lost", Shell.Run("import", model, "--layers", Layers, "--save", model).Expect(ExitCode.WrongUsage).Error, StringComparison.Ordinal);
        Assert.Contains("no file", Shell.Run("import", folder["none"], "--layers", Layers, "--save", model).Expect(ExitCode.WrongUsage).Error, StringComparison.Ordinal);
        Assert.Equal(["model.safetensors", "weights.safetensors"], folder.Files.Order());
        Assert.Equal("old", File.ReadAllText(model));
    }

    string Refused(int code, params string[] arguments) => Shell.Run(["import", weights, "--save", model, .. arguments]).Expect(code).Error;

    void IsTheSame()
    {
        var read = ModelFile.Read(model).Network;
        Assert.All(network.State.Zip(read.State), pair => Assert.Equal(pair.First.Value.Values.ToArray(), pair.Second.Value.Values.ToArray()));
    }
}
