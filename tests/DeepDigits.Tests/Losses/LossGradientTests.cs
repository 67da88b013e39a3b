namespace DeepDigits.Tests;

/// <summary>The gradients of every loss of the library, measured.</summary>
public sealed class LossGradientTests
{
    /// <summary>Losses with the numbers of outputs that they can judge. A new loss belongs here: see the last test.</summary>
    static readonly (Loss Loss, int[] Outputs)[] losses =
    [
        (new SoftmaxCrossEntropy(), [2, 10]),
        (new SoftmaxCrossEntropy(labelSmoothing: 0.1), [2, 10]),
        (new SigmoidCrossEntropy(), [1, 2, 10]),
        (new SigmoidCrossEntropyOverSoftmax(), [2, 10]),
        (new SoftmaxCrossEntropyOverSoftmax(), [2, 10]),
    ];

    public static TheoryData<int, int> Cases
    {
        get
        {
            var cases = new TheoryData<int, int>();
            for (var i = 0; i < losses.Length; i++)
            {
                foreach (var outputs in losses[i].Outputs)
                    cases.Add(i, outputs);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_are_slopes(int which, int outputs)
    {
        var loss = losses[which].Loss;
        var random = new SeededRandom(which);
        var logits = FiniteDifferences.Numbers(random, 5, outputs);
        byte[] labels = [.. Enumerable.Range(0, 5).Select(_ => (byte)random.NextInt(Math.Max(2, outputs)))];
        var gradient = new Tensor(5, outputs);
        loss.Compute(logits, labels, gradient);
        var scratch = new Tensor(5, outputs);
        FiniteDifferences.Check($"{loss.Name} of {outputs}", logits, gradient, () => loss.Compute(logits, labels, scratch));
    }

    [Fact]
    public void Every_loss_of_the_library_is_measured()
    {
        var known = losses.Select(loss => loss.Loss.GetType()).ToHashSet();
        var all = typeof(Loss).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Loss)) && !type.IsAbstract);
        Assert.All(all, type => Assert.Contains(type, known));
    }

    [Fact]
    public void Equally_likely_classes_cost_their_logarithm()
    {
        var gradient = new Tensor(1, 10);
        Assert.Equal(Math.Log(10), new SoftmaxCrossEntropy().Compute(new Tensor(1, 10), [3], gradient), 1e-6);
        Assert.Equal(Math.Log(2), new SigmoidCrossEntropy().Compute(new Tensor(1, 1), [1], new Tensor(1, 1)), 1e-6);
    }

    [Fact]
    public void A_perfect_network_still_pays_for_a_softmax_too_many()
    {
        var logits = Tensor.From([.. Enumerable.Range(0, 10).Select(j => j == 3 ? 100f : 0f)], 1, 10);
        Assert.Equal(Math.Log(1 + 9 / Math.E), new SoftmaxCrossEntropyOverSoftmax().Compute(logits, [3], new Tensor(1, 10)), 1e-6);
        Assert.Equal(0, new SoftmaxCrossEntropy().Compute(logits, [3], new Tensor(1, 10)), 1e-6);
    }

    [Fact]
    public void Huge_logits_neither_overflow_nor_lose_the_loss()
    {
        var logits = Tensor.From([3e38f, -3e38f, 0], 1, 3);
        var gradient = new Tensor(1, 3);
        Assert.Equal(3e38, new SoftmaxCrossEntropy().Compute(logits, [2], gradient), 1e32);
        Assert.Equal([1f, 0f, -1f], gradient.Values.ToArray());
        Assert.Equal(0, new SoftmaxCrossEntropy().Compute(logits, [0], gradient));
        Assert.Equal(6e38, new SigmoidCrossEntropy().Compute(Tensor.From([3e38f, -3e38f], 1, 2), [1], new Tensor(1, 2)), 1e32);
    }

    [Fact]
    public void Labels_without_an_output_and_wrong_shapes_are_refused()
    {
        foreach (var loss in losses.Select(entry => entry.Loss))
        {
            Assert.Throws<LabelException>(() => loss.Compute(new Tensor(2, 3), [0, 3], new Tensor(2, 3)));
            Assert.Throws<ShapeException>(() => loss.Compute(new Tensor(2, 3), [0], new Tensor(2, 3)));
            Assert.Throws<ShapeException>(() => loss.Compute(new Tensor(2, 3), [0, 1], new Tensor(3, 2)));
            Assert.Throws<ShapeException>(() => loss.Compute(new Tensor(2, 3, 1), [0, 1], new Tensor(2, 3, 1)));
        }
    }
}
