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
