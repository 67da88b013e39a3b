using DeepDigits.Tests.Fuzz;
using DeepDigits.Tests.Training;

namespace DeepDigits.Tests.Export;

public sealed class ModelFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    string Path => System.IO.Path.Combine(folder.Path, "model.safetensors");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ANetworkComesBackToTheBit()
    {
        var network = new Sequential(new Flatten(), new Dropout(0.1f), new Dense(7, Initializer.GlorotUniform), new Sigmoid(), new Dense(6, Initializer.Normal(0.25f)), new Tanh(),
            new Dense(5, Initializer.HeUniform), new Relu(), new Dense(10, Initializer.GlorotNormal));
        network.Build([28, 28, 1], seed: 3);
        ModelFile.Write(Path, network, new Dictionary<string, string> { ["accuracy"] = "0.5" });
        var (loaded, notes) = ModelFile.Read(Path);
        Assert.Equal(network.Describe().ToJson(), loaded.Describe().ToJson());
        Assert.Equal(SmallTraining.Bits(network), SmallTraining.Bits(loaded));
        Assert.Equal("0.5", Assert.Single(notes).Value);
        var images = SmallTraining.Data.Take(20);
        Assert.Equal(network.Predict(images).Probabilities.Values.ToArray(), loaded.Predict(images).Probabilities.Values.ToArray());
    }

    [Fact]
    public void WhatBatchNormalizationRemembersComesBackToo()
    {
        var network = SmallTraining.ConvolutionalNetwork();
        network.Fit(SmallTraining.Data, SmallTraining.Options with { Epochs = 1 });
        network.Save(Path);
        var loaded = Sequential.Load(Path);
        Assert.Equal(SmallTraining.Bits(network), SmallTraining.Bits(loaded));
        Assert.NotEqual(0, loaded.State.Single(entry => entry.Name == "batchnorm_1.mean").Value.Values[0]);
        var images = SmallTraining.Data.Take(20);
        Assert.Equal(network.Predict(images).Probabilities.Values.ToArray(), loaded.Predict(images).Probabilities.Values.ToArray());
    }

    [Fact]
    public void SavingIsDeterministic()
    {
        SmallTraining.Network().Save(Path);
        var first = File.ReadAllBytes(Path);
        SmallTraining.Network().Save(Path);
        Assert.Equal(first, File.ReadAllBytes(Path));
        Assert.Equal(SmallTraining.Bits(SmallTraining.Network()), SmallTraining.Bits(Sequential.Load(Path)));
    }

    [Fact]
    public void WeightsOfAnotherNetworkAreRefused()
    {
        SafeTensors.Write(Path, [("a", new Tensor(2))]);
        Assert.Contains("deepdigits.format", Assert.Throws<ModelFormatException>(() => ModelFile.Read(Path)).Message);

        var network = SmallTraining.Network();
        var metadata = new Dictionary<string, string> { ["deepdigits.format"] = "model 1", ["deepdigits.architecture"] = network.Describe().ToJson() };
        SafeTensors.Write(Path, [.. network.Parameters.Select(parameter => (parameter.Name, parameter.Name == "dense_2.weight" ? new Tensor(24, 40) : parameter.Value))], metadata);
        var error = Assert.Throws<ModelFormatException>(() => ModelFile.Read(Path));
        Assert.Contains("dense_2.weight", error.Message);
        Assert.Contains("[40, 24]", error.Message);
        Assert.Contains("[24, 40]", error.Message);
    }

    [Theory]
    [InlineData("""{"input":[28,28,1],"layers":[{"kind":"flatten"},{"kind":"dense","units":1000000,"initializer":"he normal"},{"kind":"dense","units":1000000,"initializer":"he normal"}]}""")]
    [InlineData("""{"input":[2000000000,28,1],"layers":[{"kind":"flatten"},{"kind":"dense","units":10,"initializer":"he normal"}]}""")]
    [InlineData("""{"input":[4],"layers":[{"kind":"dense","units":-1,"initializer":"he normal"}]}""")]
    [InlineData("""{"input":[4],"layers":[{"kind":"dense","units":1e300,"initializer":"he normal"}]}""")]
    [InlineData("""{"input":[4],"layers":[{"kind":"dense","units":"2","initializer":"he normal"}]}""")]
    [InlineData("""{"input":[4],"layers":[{"kind":"dense","units":2,"initializer":"normal nan"}]}""")]
    [InlineData("""{"input":[4],"layers":[{"kind":"dense","units":2}]}""")]
    [InlineData("""{"input":[4],"layers":[{"kind":"quantum","units":2}]}""")]
    [InlineData("""{"input":[4],"layers":[{"kind":"dropout","probability":1}]}""")]
    [InlineData("""{"input":[4],"layers":[]}""")]
    [InlineData("""{"input":[],"layers":[{"kind":"relu"}]}""")]
    [InlineData("""{"input":[4],"layers":[3]}""")]
    [InlineData("""{"input":"x","layers":[]}""")]
    [InlineData("[]")]
    [InlineData("")]
    public void ADamagedDescriptionIsRefusedWithoutTakingMemory(string architecture)
    {
        SafeTensors.Write(Path, [("dense_1.weight", new Tensor(4, 2)), ("dense_1.bias", new Tensor(2))],
            new Dictionary<string, string> { ["deepdigits.format"] = "model 1", ["deepdigits.architecture"] = architecture });
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<ModelFormatException>(() => ModelFile.Read(Path));
        Assert.Contains("deepdigits.architecture", error.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void DamagedFilesAreRefusedOrLoadedWhole()
    {
        var network = new Sequential(new Flatten(), new Dense(3), new Relu(), new Dropout(0.5f), new Dense(2));
        network.Build([2, 2, 1], seed: 1);
        network.Save(Path);
        new MutationFuzzer(File.ReadAllBytes(Path), bytes => ModelFile.FromTensors(SafeTensors.Read(bytes, "model"), "model"), error => error is ModelFormatException)
            .Run(MutationFuzzer.DefaultCases, seed: 2);
    }
}
