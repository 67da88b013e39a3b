using System.Diagnostics;
using System.Text.Json;

namespace DeepDigits.Benchmarks;

/// <summary>
/// Seconds per training epoch over 60,000 images, the median of some epochs after a first one, and the rate of large matrix
/// multiplications, the best of ten: one JSON object a line, so that it can be set beside the lines of other programs that were measured in
/// the same run.
/// </summary>
static class EpochBenchmark
{
    public static int Run(string[] tasks, int epochs)
    {
        var data = new Lazy<Dataset>(() => Mnist.Load().Train);
        foreach (var task in tasks)
        {
            switch (task)
            {
                case "gemm":
                    foreach (var size in (ReadOnlySpan<int>)[512, 1024, 2048])
                        Say(new { peer = "deepdigits", task = $"sgemm {size}", gflops = Math.Round(MatrixMultiplication(size), 1) });
                    break;
                case "mlp" or "squares":
                    Epochs(task, Experiments.Named(task), data.Value, epochs);
                    break;
                case "lenet":
                    Epochs(task, Experiments.LeNet, data.Value, epochs);
                    Epochs(task, Experiments.LeNet128, data.Value, epochs);
                    break;
                case "cnn":
                    Epochs(task, Experiments.Cnn, data.Value, Math.Min(epochs, 2));
                    break;
                default:
                    Console.Error.WriteLine($"There is no task '{task}'. Known are gemm, mlp, squares, lenet and cnn.");
                    return 2;
            }
        }
        return 0;
    }

    static void Epochs(string task, Experiment experiment, Dataset data, int epochs)
    {
        var train = experiment.Prepare(data);
        var network = experiment.Build(train, seed: 1);
        var history = network.Fit(train, experiment.Training with { Epochs = epochs + 1 });
        var seconds = history.Epochs.Skip(1).Select(epoch => epoch.Seconds * 60_000 / train.Count).Order().ToArray();
        var median = seconds[seconds.Length / 2];
        Say(new
        {
            peer = "deepdigits",
            task,
            batch = experiment.Training.BatchSize,
            seconds_per_epoch = Math.Round(median, 3),
            gflops = Math.Round(2 * 60_000 * MultiplyAdds(network) / median / 1e9, 1),
        });
    }

    /// <summary>What the matrix products of a training step need for one example: the forward pass, the weight gradients, and the input gradients of all but the first layer that
    /// learns. Set beside the rate of a plain matrix multiplication, it tells what share of the machine the training makes use of.</summary>
    static double MultiplyAdds(Sequential network)
    {
        var (sum, products) = (0.0, 2);
        foreach (var layer in network.Layers)
        {
            var forward = layer switch
            {
                Dense dense => (double)dense.InputShape[0] * dense.Units,
                Conv2D convolution => (double)convolution.OutputShape[0] * convolution.OutputShape[1] * convolution.Filters
                    * convolution.KernelHeight * convolution.KernelWidth * convolution.InputShape[2],
                _ => 0,
            };
            sum += products * forward;
            if (forward > 0)
                products = 3;
        }
        return sum;
    }

    static double MatrixMultiplication(int size)
    {
        Tensor a = Normal(size, 1), b = Normal(size, 2), c = new(size, size);
        var best = double.MaxValue;
        for (var i = 0; i < 11; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Gemm.Multiply(a, b, c);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return 2.0 * size * size * size / best / 1e9;
    }

    static Tensor Normal(int size, int seed)
    {
        var tensor = new Tensor(size, size);
        Initializer.Normal(1).Fill(tensor, size, size, new SeededRandom(seed));
        return tensor;
    }

    static void Say(object line) => Console.WriteLine(JsonSerializer.Serialize(line));
}
