using System.Numerics;

namespace DeepDigits;

/// <summary>
/// Batch normalization: brings every channel to mean 0 and variance 1 over the batch (and, for images, over all pixels), then scales and shifts it by what it learns:
/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta. Whatever the layers before do, the next layer sees numbers of the same size, so larger steps do no harm.
/// </summary>
/// <remarks>
/// <para>Shapes: X and Y [n, ..., channels]; gamma, beta, mean and variance [channels]. A channel is a place on the last axis: a unit after a dense layer, a filter after a convolution.
/// gamma starts as ones, beta as zeros.</para>
/// <para>In training the mean and the variance (of the m numbers of a channel, divided by m) are those of the batch. In use, an image must not depend on its neighbours: there the running mean and
/// variance stand in, which every training step moves a little, running = momentum * running + (1 - momentum) * batch, the variance here divided by m - 1. They start as
/// 0 and 1, belong to the model file and are not learned by gradients. (PyTorch calls 1 - momentum the momentum.) A batch with one number in each channel has no variance: it leaves the
/// running statistics as they are.</para>
/// <para>S. Ioffe, C. Szegedy: Batch Normalization (ICML 2015), algorithms 1 and 2. A layer before it needs no bias, as beta takes its place.</para>
/// </remarks>
public sealed unsafe class BatchNorm : Layer
{
    readonly NativeBuffer scratch = new();
    Tensor? input, output, inputGradient;
    Parameter gamma = null!, beta = null!;
    Tensor runningMean = null!, runningVariance = null!, mean = null!, scale = null!, gradientMean = null!, slope = null!;
    double[] first = [], second = [], deviation = []; // sums of a pass; sqrt(variance + epsilon) of the last forward pass
    bool wasTraining;

    /// <summary>A layer.</summary>
    /// <param name="momentum">The share of the running mean and variance that a training step keeps, from 0 up to, and without, 1; for example 0.9. Few steps need a smaller one.</param>
    /// <param name="epsilon">Keeps the division from blowing up where a channel hardly varies.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public BatchNorm(double momentum, double epsilon = 1e-5)
    {
        if (!(momentum is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "The momentum is from 0 up to, and without, 1.");
        if (!(epsilon > 0) || !double.IsFinite(epsilon))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "Epsilon is a positive, finite number, such as 0.00001.");
        (Momentum, Epsilon) = (momentum, epsilon);
    }

    /// <summary>The share of the running mean and variance that a training step keeps.</summary>
    public double Momentum { get; }

    /// <summary>What is added to the variance.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public override LayerDescription Describe() => new("batchnorm", ("momentum", Momentum), ("epsilon", Epsilon));

    /// <inheritdoc/>
    protected override int[] Prepare(int[] shape, SeededRandom random)
    {
        if (shape.Length == 0 || shape[^1] < 1)
            throw new ShapeException($"Layer {Name} needs examples with at least one channel on the last axis, but it would be given {Tensor.Format(shape)}.");
        var channels = shape[^1];
        (gamma, beta) = (Add("gamma", channels), Add("beta", channels));
        (runningMean, runningVariance) = (AddStatistic("mean", channels), AddStatistic("variance", channels));
        gamma.Value.Values.Fill(1);
        runningVariance.Values.Fill(1);
        (mean, scale, gradientMean, slope) = (new Tensor(channels), new Tensor(channels), new Tensor(channels), new Tensor(channels));
        (first, second, deviation) = (new double[channels], new double[channels], new double[channels]);
        return shape;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Pass pass)
    {
        CheckInput(input);
        this.input = input;
        wasTraining = pass.IsTraining;
        Tensor.Reuse(ref output, input.Rows, OutputShape);
        if (pass.IsTraining)
            LookAtBatch(input);
        for (var c = 0; c < mean.Length; c++)
        {
            mean.Values[c] = pass.IsTraining ? (float)first[c] : runningMean.Values[c];
            deviation[c] = Math.Sqrt((pass.IsTraining ? second[c] : runningVariance.Values[c]) + Epsilon);
            scale.Values[c] = (float)(gamma.Value.Values[c] / deviation[c]);
        }
        ForBlocks((layer: this, input, output), static (it, start, count) =>
        {
            fixed (float* x = &it.input.Start, y = &it.output.Start, mean = &it.layer.mean.Start, scale = &it.layer.scale.Start, shift = &it.layer.beta.Value.Start)
                Normalize(x + start, y + start, count, it.layer.mean.Length, mean, scale, shift);
        });
        return output;
    }

    /// <summary>
    /// <para>With z = (x - mean) / s and s = sqrt(variance + epsilon), y = gamma z + beta gives dgamma = the sum of dy z and dbeta = the sum of dy over the m numbers of the channel.</para>
    /// <para>x acts in three ways: directly, through the mean (dmean/dx = 1 / m), and through the variance (dvariance/dx = 2 (x - mean) / m; the mean's part in it is 0, as the deviations add up
    /// to 0). dLoss/dz = gamma dy; dLoss/dmean = -sum of gamma dy / s; ds/dvariance = 1 / (2 s), so dLoss/dvariance = -sum of gamma dy z / (2 s^2). Together: dx = gamma dy / s
    /// - (1 / m) sum of gamma dy / s - (2 (x - mean) / m) sum of gamma dy z / (2 s^2) = (gamma / s) (dy - dbeta / m - z dgamma / m).</para>
    /// <para>After a pass that did not train, mean and variance are constants: dx = gamma dy / s.</para>
    /// </summary>
    /// <inheritdoc/>
    public override Tensor Backward(Tensor outputGradient)
    {
        ChannelSums.Gradients(input!, outputGradient, mean, first, second, scratch);
        var count = outputGradient.Length / Math.Max(1, mean.Length);
        for (var c = 0; c < mean.Length; c++)
        {
            var gammaGradient = second[c] / deviation[c];
            (gamma.Gradient.Values[c], beta.Gradient.Values[c]) = ((float)gammaGradient, (float)first[c]);
            gradientMean.Values[c] = wasTraining ? (float)(first[c] / count) : 0;
            slope.Values[c] = wasTraining ? (float)(gammaGradient / count / deviation[c]) : 0;
        }
        if (!NeedsInputGradient)
            return outputGradient;
        Tensor.Reuse(ref inputGradient, outputGradient.Rows, InputShape);
        ForBlocks((layer: this, input: input!, outputGradient, inputGradient), static (it, start, count) =>
        {
            fixed (float* x = &it.input.Start, dy = &it.outputGradient.Start, dx = &it.inputGradient.Start, mean = &it.layer.mean.Start, scale = &it.layer.scale.Start,
                gradientMean = &it.layer.gradientMean.Start, slope = &it.layer.slope.Start)
                Differentiate(x + start, dy + start, dx + start, count, it.layer.mean.Length, mean, scale, gradientMean, slope);
        });
        return inputGradient;
    }

    /// <summary>Measures the batch, and moves the running statistics towards it.</summary>
    void LookAtBatch(Tensor batch)
    {
        ChannelSums.Moments(batch, first, second, scratch);
        var count = batch.Length / first.Length;
        if (count < 2)
            return;
        for (var c = 0; c < first.Length; c++)
        {
            runningMean.Values[c] = (float)(Momentum * runningMean.Values[c] + (1 - Momentum) * first[c]);
            runningVariance.Values[c] = (float)(Momentum * runningVariance.Values[c] + (1 - Momentum) * (second[c] * count / (count - 1)));
        }
    }

    /// <summary>Calls the body for all blocks of rows, on all threads, with the position of the block's first number and its number of rows.</summary>
    void ForBlocks<TState>(TState state, Action<TState, nint, int> body)
    {
        var channels = mean.Length;
        var rows = input!.Length / channels;
        Workers.For(ChannelSums.Blocks(rows, channels), (state, body, rows, channels), static (it, block) =>
        {
            var (start, count) = ChannelSums.Range(block, it.rows, it.channels);
            it.body(it.state, (nint)start * it.channels, count);
        });
    }

    /// <summary>y = (x - mean) scale + shift, for some rows.</summary>
    static void Normalize(float* x, float* y, int rows, nint columns, float* mean, float* scale, float* shift)
    {
        var width = Vector<float>.Count;
        nint c = 0;
        for (; c + width <= columns; c += width)
        {
            var (m, factor, summand) = (Vector.Load(mean + c), Vector.Load(scale + c), Vector.Load(shift + c));
            for (var row = 0; row < rows; row++)
                ((Vector.Load(x + row * columns + c) - m) * factor + summand).Store(y + row * columns + c);
        }
        for (; c < columns; c++)
        {
            for (var row = 0; row < rows; row++)
                y[row * columns + c] = (x[row * columns + c] - mean[c]) * scale[c] + shift[c];
        }
    }

    /// <summary>dx = (dy - gradientMean - (x - mean) slope) scale, for some rows.</summary>
    static void Differentiate(float* x, float* dy, float* dx, int rows, nint columns, float* mean, float* scale, float* gradientMean, float* slope)
    {
        var width = Vector<float>.Count;
        nint c = 0;
        for (; c + width <= columns; c += width)
        {
            var (m, factor, average, s) = (Vector.Load(mean + c), Vector.Load(scale + c), Vector.Load(gradientMean + c), Vector.Load(slope + c));
            for (var row = 0; row < rows; row++)
                ((Vector.Load(dy + row * columns + c) - average - (Vector.Load(x + row * columns + c) - m) * s) * factor).Store(dx + row * columns + c);
        }
        for (; c < columns; c++)
        {
            for (var row = 0; row < rows; row++)
                dx[row * columns + c] = (dy[row * columns + c] - gradientMean[c] - (x[row * columns + c] - mean[c]) * slope[c]) * scale[c];
        }
    }
}
