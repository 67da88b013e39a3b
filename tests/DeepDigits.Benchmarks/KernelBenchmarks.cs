using BenchmarkDotNet.Attributes;

namespace DeepDigits.Benchmarks;

/// <summary>The matrix multiplications of one MLP training step, one after the other, and at every vector width.</summary>
public class GemmBenchmarks
{
    Tensor a = new(0), b = new(0), c = new(0);

    /// <summary>M x N x K and the transpositions: forward, weight gradient and input gradient of the larger layers.</summary>
    [Params("1000x128x784", "1000x512x256", "784x128x1000 T", "256x512x1000 T", "1000x256x512  T")]
    public string Sizes { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        var sizes = Sizes.Split(' ')[0].Split('x').Select(int.Parse).ToArray();
        var (m, n, k) = (sizes[0], sizes[1], sizes[2]);
        a = TransposeA ? new Tensor(k, m) : new Tensor(m, k);
        b = TransposeB ? new Tensor(n, k) : new Tensor(k, n);
        c = new Tensor(m, n);
    }

    [Benchmark]
    public void Bits512() => Gemm.Multiply(a, b, c, TransposeA, TransposeB, accumulate: false, VectorWidth.Bits512);

    [Benchmark]
    public void Bits256() => Gemm.Multiply(a, b, c, TransposeA, TransposeB, accumulate: false, VectorWidth.Bits256);

    [Benchmark]
    public void Bits128() => Gemm.Multiply(a, b, c, TransposeA, TransposeB, accumulate: false, VectorWidth.Bits128);

    bool TransposeA => Sizes.EndsWith(" T", StringComparison.Ordinal) && !TransposeB;

    bool TransposeB => Sizes.EndsWith("  T", StringComparison.Ordinal);
}

/// <summary>One training step of the MLP: gather a batch, forward, loss, backward, Adam. The Allocated column must say zero.</summary>
[MemoryDiagnoser]
public class TrainingStepBenchmarks
{
    Dataset data = null!;
    Sequential network = null!;
    OptimizerState optimizer = null!;
    Tensor images = null!, gradient = null!;
    readonly byte[] labels = new byte[1000];
    readonly int[] order = [.. Enumerable.Range(0, 1000)];
    readonly Loss loss = new SoftmaxCrossEntropy();

    [GlobalSetup]
    public void Prepare()
    {
        data = Mnist.Load().Train;
        network = Experiments.Mlp.Build(data, seed: 1);
        optimizer = new OptimizerState(new Adam(0.001f), network.Parameters);
        images = new Tensor([1000, .. data.ImageShape]);
        gradient = new Tensor(1000, 10);
    }

    [Benchmark]
    public double Mlp()
    {
        data.Gather(order, images, labels.AsMemory());
        var mean = loss.Compute(network.Forward(images, Pass.Training(1, optimizer.Steps)), labels, gradient);
        network.Backward(gradient);
        optimizer.Step();
        return mean;
    }
}
