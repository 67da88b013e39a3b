namespace DeepDigits.Tests;

/// <summary>Every layer computes what PyTorch computes, forwards and backwards.</summary>
public sealed class LayerReferenceTests
{
    const double Tolerance = 1e-6;

    [Theory]
    [InlineData("dense-small")]
    [InlineData("dense")]
    [InlineData("dense-large")]
    public void Dense(string name)
    {
        var weight = PyTorchReference.Tensor($"{name}/weight");
        var layer = new Dense(weight.Shape[1]);
        layer.Build([weight.Shape[0]], new SeededRandom(1));
        layer.Parameters[0].Value.CopyFrom(weight);
        layer.Parameters[1].Value.CopyFrom(PyTorchReference.Tensor($"{name}/bias"));

        Compare(layer, name);

        PyTorchReference.AssertClose($"{name}/weightGradient", layer.Parameters[0].Gradient, Tolerance);
        PyTorchReference.AssertClose($"{name}/biasGradient", layer.Parameters[1].Gradient, Tolerance);
    }

    [Fact]
    public void Relu() => Compare(new Relu(), "relu");

    [Fact]
    public void Sigmoid() => Compare(new Sigmoid(), "sigmoid");

    [Fact]
    public void Tanh() => Compare(new Tanh(), "tanh");

    [Fact]
    public void Flatten() => Compare(new Flatten(), "flatten");

    public static TheoryData<string, int, Padding> Convolutions => new()
    {
        { "conv-small", 1, Padding.Valid },
        { "conv-valid", 1, Padding.Valid },
        { "conv-same", 1, Padding.Same },
        { "conv-same-even", 1, Padding.Same },
        { "conv-stride", 2, Padding.Same },
        { "conv-first", 1, Padding.Same },
    };

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Convolution(string name, int stride, Padding padding)
    {
        var weight = PyTorchReference.Tensor($"{name}/weight");
        var layer = new Conv2D(weight.Shape[3], weight.Shape[0], weight.Shape[1], stride, padding, Initializer.HeNormal);
        layer.Build(PyTorchReference.Tensor($"{name}/input").Shape[1..], new SeededRandom(1));
        layer.Parameters[0].Value.CopyFrom(weight);
        layer.Parameters[1].Value.CopyFrom(PyTorchReference.Tensor($"{name}/bias"));

        Compare(layer, name);

        // Sums over up to 3,136 positions, in one chain of additions of 32 bits.
        PyTorchReference.AssertClose($"{name}/weightGradient", layer.Parameters[0].Gradient, 5 * Tolerance);
        PyTorchReference.AssertClose($"{name}/biasGradient", layer.Parameters[1].Gradient, 5 * Tolerance);
    }

    [Fact]
    public void Pooling()
    {
        Compare(new MaxPool2D(2), "maxpool");
        Compare(new MaxPool2D(3, 2, Padding.Same), "maxpool-same");
        Compare(new AveragePool2D(2), "averagepool");
        Compare(new AveragePool2D(3, 2, Padding.Same), "averagepool-same");
        Compare(new GlobalAveragePool2D(), "globalaveragepool");
    }

    /// <summary>In training with the statistics of the batch, which move the running ones; afterwards in use with these.</summary>
    [Theory]
    [InlineData("batchnorm-dense")]
    [InlineData("batchnorm-image")]
    public void BatchNorm(string name)
    {
        var input = PyTorchReference.Tensor($"{name}/input");
        var layer = new BatchNorm(momentum: 0.75, epsilon: 1.0 / 1024);
        layer.Build(input.Shape[1..], new SeededRandom(1));
        layer.Parameters[0].Value.CopyFrom(PyTorchReference.Tensor($"{name}/gamma"));
        layer.Parameters[1].Value.CopyFrom(PyTorchReference.Tensor($"{name}/beta"));

        Compare(layer, name);

        PyTorchReference.AssertClose($"{name}/gammaGradient", layer.Parameters[0].Gradient, Tolerance);
        PyTorchReference.AssertClose($"{name}/betaGradient", layer.Parameters[1].Gradient, Tolerance);
        // PyTorch took two steps as well.
        PyTorchReference.AssertClose($"{name}/mean", layer.Statistics[0].Value, Tolerance);
        PyTorchReference.AssertClose($"{name}/variance", layer.Statistics[1].Value, Tolerance);
        PyTorchReference.AssertClose($"{name}/inUse", layer.Forward(input, Pass.Inference), Tolerance);
        PyTorchReference.AssertClose($"{name}/inUseGradient", layer.Backward(PyTorchReference.Tensor($"{name}/outputGradient")), Tolerance);
    }

    [Theory]
    [InlineData(0.25f)]
    [InlineData(0.5f)]
    public void Dropout_divides_what_it_keeps_as_PyTorch_does(float probability)
    {
        var layer = new Dropout(probability);
        layer.Build([1000], new SeededRandom(1));
        var ones = new Tensor(1, 1000);
        ones.Values.Fill(1);
        var output = layer.Forward(ones, Pass.Training(seed: 1, step: 0));
        var kept = PyTorchReference.Tensor(FormattableString.Invariant($"dropout/{probability}")).Values[0];
        Assert.Equal([0f, kept], output.Values.ToArray().Distinct().Order());
    }

    static void Compare(Layer layer, string name)
    {
        var input = PyTorchReference.Tensor($"{name}/input");
        if (layer.Parameters.Count == 0)
            layer.Build(input.Shape[1..], new SeededRandom(1));
        // Twice, because a layer uses its buffers again.
        for (var i = 0; i < 2; i++)
        {
            PyTorchReference.AssertClose($"{name}/output", layer.Forward(input, Pass.Training(seed: 1, step: i)), Tolerance);
            PyTorchReference.AssertClose($"{name}/inputGradient", layer.Backward(PyTorchReference.Tensor($"{name}/outputGradient")), Tolerance);
        }
    }
}
