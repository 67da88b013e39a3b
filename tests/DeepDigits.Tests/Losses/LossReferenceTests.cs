namespace DeepDigits.Tests;

/// <summary>Every loss computes what PyTorch computes: the value, and the gradient of the logits.</summary>
public sealed class LossReferenceTests
{
    const double Tolerance = 1e-6;

    [Theory]
    [InlineData("loss-softmax")]
    [InlineData("loss-softmax-2")]
    public void Softmax(string name) => Compare(new SoftmaxCrossEntropy(), name);

    [Theory]
    [InlineData(0.125)]
    [InlineData(0.5)]
    public void Label_smoothing(double smoothing) =>
        Compare(new SoftmaxCrossEntropy(smoothing), FormattableString.Invariant($"loss-softmax-smooth-{smoothing}"));

    [Theory]
    [InlineData("loss-sigmoid")]
    [InlineData("loss-sigmoid-1")]
    public void Sigmoid(string name) => Compare(new SigmoidCrossEntropy(), name);

    [Fact]
    public void Sigmoid_over_softmax() => Compare(new SigmoidCrossEntropyOverSoftmax(), "loss-sigmoid-over-softmax");

    [Fact]
    public void Softmax_over_softmax() => Compare(new SoftmaxCrossEntropyOverSoftmax(), "loss-softmax-over-softmax");

    static void Compare(Loss loss, string name)
    {
        var logits = PyTorchReference.Tensor($"{name}/logits");
        var gradient = new Tensor(logits.Shape);
        var value = loss.Compute(logits, PyTorchReference.Labels($"{name}/labels"), gradient);
        PyTorchReference.AssertLosses($"{name}/loss", [value], Tolerance);
        PyTorchReference.AssertClose($"{name}/gradient", gradient, Tolerance);
    }
}
