namespace DeepDigits.Tests;

/// <summary>What batch normalization does beside its gradients: what it makes of a batch, and what it remembers.</summary>
public sealed class BatchNormTests
{
    [Fact]
    public void EveryChannelOfATrainingBatchGetsMean0AndVariance1()
    {
        var layer = Layer(new BatchNorm(0.9), 4, 5, 3);
        var input = new Tensor(6, 4, 5, 3);
        Initializer.Normal(3).Fill(input, 1, 1, new SeededRandom(1));
        for (var i = 0; i < input.Length; i++)
            input.Values[i] += 7 * (i % 3);
        var output = layer.Forward(input, Pass.Training(1, 0));
        double[] mean = new double[3], variance = new double[3];
        ChannelSums.MomentsNaive(output, mean, variance);
        Assert.All(mean, value => Assert.Equal(0, value, 1e-5));
        Assert.All(variance, value => Assert.Equal(1, value, 1e-5));
    }

    [Fact]
    public void InUseNoImageDependsOnItsNeighbours()
    {
        var layer = Layer(new BatchNorm(0.5), 3);
        Tensor batch = Tensor.From([1, 2, 3, 4, 6, 8], 2, 3), first = Tensor.From([1, 2, 3], 1, 3);
        layer.Forward(batch, Pass.Training(1, 0));
        var together = layer.Forward(batch, Pass.Inference).Row(0).ToArray();
        Assert.Equal(together, layer.Forward(first, Pass.Inference).Values.ToArray());
        // Means 2.5, 4, 5.5 and variances (by n - 1) 4.5, 8, 12.5, half way from 0 and 1.
        Assert.Equal([1.25f, 2f, 2.75f], layer.Statistics[0].Value.Values.ToArray());
        Assert.Equal([2.75f, 4.5f, 6.75f], layer.Statistics[1].Value.Values.ToArray());
        Assert.Equal((1 - 1.25) / Math.Sqrt(2.75 + 1e-5), together[0], 1e-6);
    }

    [Fact]
    public void ASingleNumberHasNoVarianceAndLeavesTheStatisticsAlone()
    {
        var layer = Layer(new BatchNorm(0.5), 2);
        Assert.Equal([0f, 0f], layer.Forward(Tensor.From([5, -3], 1, 2), Pass.Training(1, 0)).Values.ToArray());
        Assert.Equal([0f, 0f], layer.Backward(Tensor.From([1, 1], 1, 2)).Values.ToArray());
        Assert.Equal([0f, 0f], layer.Statistics[0].Value.Values.ToArray());
        Assert.Equal([1f, 1f], layer.Statistics[1].Value.Values.ToArray());
    }

    [Fact]
    public void StatisticsAreNamedStateButNotParameters()
    {
        var network = new Sequential(new Dense(4), new BatchNorm(0.9), new Relu(), new Dense(2), new BatchNorm(0.9));
        network.Build([3], seed: 1);
        Assert.Equal(["dense_1.weight", "dense_1.bias", "batchnorm_1.gamma", "batchnorm_1.beta", "dense_2.weight", "dense_2.bias", "batchnorm_2.gamma", "batchnorm_2.beta"],
            network.Parameters.Select(parameter => parameter.Name));
        Assert.Equal(["batchnorm_1.mean", "batchnorm_1.variance", "batchnorm_2.mean", "batchnorm_2.variance"],
            network.State.Select(entry => entry.Name).Except(network.Parameters.Select(parameter => parameter.Name)));
        Assert.All(network.Parameters.Where(parameter => parameter.Name.StartsWith("batchnorm", StringComparison.Ordinal)), parameter => Assert.False(parameter.IsWeight)); // no weight decay
    }

    [Theory]
    [InlineData(-0.1, 1e-5)]
    [InlineData(1, 1e-5)]
    [InlineData(double.NaN, 1e-5)]
    [InlineData(0.9, 0)]
    [InlineData(0.9, double.PositiveInfinity)]
    public void SettingsOutsideTheirRangesAreRefused(double momentum, double epsilon) => Assert.Throws<ArgumentOutOfRangeException>(() => new BatchNorm(momentum, epsilon));

    static BatchNorm Layer(BatchNorm layer, params ReadOnlySpan<int> shape)
    {
        layer.Build(shape, new SeededRandom(1));
        return layer;
    }
}
