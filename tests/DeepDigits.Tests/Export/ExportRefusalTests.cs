namespace DeepDigits.Tests.Export;

/// <summary>What a format has no words for is refused before anything is written.</summary>
public sealed class ExportRefusalTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Formats => ["ONNX", "TensorFlow.js", "PyTorch", "HTML"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void ALayerOfOnesOwn(string format)
    {
        var network = new Sequential(new Flatten(), new Dense(10), new Doubling());
        network.Build([28, 28, 1], seed: 1);
        File.WriteAllText(folder["model"], "what was there before");
        var error = Assert.Throws<ExportException>(() => Save(network, format, "model"));
        Assert.Equal((format, "layer doubling_1"), (error.Format, error.Part));
        Assert.Contains("Doubling", error.Message, StringComparison.Ordinal);
        Assert.Equal(["model"], folder.Files);
        Assert.Equal("what was there before", File.ReadAllText(folder["model"]));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void ANetworkThatIsNotBuilt(string format)
    {
        Assert.Throws<InvalidOperationException>(() => Save(new Sequential(new Flatten(), new Dense(10)), format, "model"));
        Assert.Empty(folder.Files);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void ACardWithOtherClasses(string format)
    {
        var network = new Sequential(new Flatten(), new Dense(10));
        network.Build([28, 28, 1], seed: 1);
        Assert.Throws<ArgumentException>(() => Save(network, format, "model", new ModelCard { Classes = ["one", "two"] }));
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void APageForOtherImages()
    {
        var network = new Sequential(new Flatten(), new Dense(2));
        network.Build([5, 5, 1], seed: 1);
        Assert.Equal("the input", Assert.Throws<ExportException>(() => Save(network, "HTML", "page.html")).Part);
        network = new Sequential(new Conv2D(2, 3, Padding.Same));
        network.Build([28, 28, 1], seed: 1);
        Assert.Equal("the output", Assert.Throws<ExportException>(() => Save(network, "HTML", "page.html")).Part);
    }

    [Fact]
    public void APageOfATrainingThatFailed()
    {
        var network = new Sequential(new Flatten(), new Dense(10));
        network.Build([28, 28, 1], seed: 1);
        network.Parameters[1].Value[3] = float.NaN;
        Assert.Equal("tensor dense_1.bias", Assert.Throws<ExportException>(() => Save(network, "HTML", "page.html")).Part);
        Assert.Empty(folder.Files);
    }

    void Save(Sequential network, string format, string name, ModelCard? card = null)
    {
        switch (format)
        {
            case "ONNX":
                network.SaveOnnx(folder[name], card);
                break;
            case "TensorFlow.js":
                network.SaveTensorFlowJs(folder[name], card);
                break;
            case "PyTorch":
                network.SavePyTorch(folder[name], card);
                break;
            default:
                network.SaveHtml(folder[name], RealDigits.Test.Take(50), card);
                break;
        }
    }

    /// <summary>y = 2 x, under a description of its own.</summary>
    sealed class Doubling : Layer
    {
        public override LayerDescription Describe() => new("doubling");

        public override Tensor Forward(Tensor input, Pass pass) => Twice(input);

        public override Tensor Backward(Tensor outputGradient) => Twice(outputGradient);

        protected override int[] Prepare(int[] shape, SeededRandom random) => shape;

        static Tensor Twice(Tensor tensor) => Tensor.From([.. tensor.Values.ToArray().Select(value => 2 * value)], tensor.Shape);
    }
}
