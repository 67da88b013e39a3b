namespace DeepDigits.Tests;

/// <summary>Max pooling against its definition, alone and with the work of a relu before it.</summary>
public sealed class MaxPoolTests
{
    public static TheoryData<int, int, int, int, int> Cases => new()
    {
        { 4, 6, 8, 2, 2 }, { 2, 2, 24, 2, 2 }, { 28, 28, 32, 2, 2 }, { 4, 4, 5, 2, 2 }, { 5, 4, 8, 2, 2 }, { 4, 7, 16, 2, 2 }, { 6, 6, 8, 3, 3 }, { 7, 5, 9, 3, 2 }, { 4, 4, 8, 2, 1 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Alone_and_with_relu_it_is_what_its_definition_says(int height, int width, int channels, int size, int stride)
    {
        var random = new SeededRandom(height + width * channels);
        // Whole numbers, so that windows have several largest numbers, and some are all negative.
        var (input, images) = (new Tensor(3, height, width, channels), 3);
        foreach (ref var value in input.Values)
            value = MathF.Round(random.NextUniform(-4, 2.5f));

        foreach (var withRelu in (ReadOnlySpan<bool>)[false, true])
        {
            var (pooling, relu) = (new MaxPool2D(size, stride, Padding.Valid), new Relu());
            var network = withRelu ? new Sequential(new Conv2D(1, 1, Padding.Valid), relu, pooling) : new Sequential(pooling);
            network.Build([height, width, withRelu ? 1 : channels], seed: 1);
            pooling.Build([height, width, channels], random);
            Assert.Equal(withRelu, pooling.Rectifies);

            var output = pooling.Forward(input, Pass.Training(1, 1));
            var (rows, columns) = ((height - size) / stride + 1, (width - size) / stride + 1);
            var dy = new Tensor(images, rows, columns, channels);
            foreach (ref var value in dy.Values)
                value = random.NextUniform(-1, 1);
            var dx = pooling.Backward(dy);

            var expected = new float[input.Length];
            for (var n = 0; n < images; n++)
                for (var i = 0; i < rows; i++)
                    for (var j = 0; j < columns; j++)
                        for (var c = 0; c < channels; c++)
                        {
                            var (largest, at) = (float.NegativeInfinity, -1);
                            for (var u = 0; u < size; u++)
                                for (var v = 0; v < size; v++)
                                {
                                    var x = Math.Max(input[n, i * stride + u, j * stride + v, c], withRelu ? 0 : float.NegativeInfinity);
                                    if (x > largest)
                                        (largest, at) = (x, ((n * height + i * stride + u) * width + j * stride + v) * channels + c);
                                }
                            Assert.Equal(largest, output[n, i, j, c]);
                            if (largest > 0 || !withRelu)
                                expected[at] += dy[n, i, j, c];
                        }
            Assert.Equal(expected, dx.Values.ToArray());
        }
    }

    [Fact]
    public void A_network_that_passes_over_its_relu_computes_what_its_layers_do_one_by_one()
    {
        var network = new Sequential(new Conv2D(8, 3, Padding.Same), new Relu(), new MaxPool2D(2), new Relu(), new Flatten(), new Dense(3));
        network.Build([6, 6, 1], seed: 3);
        var images = FiniteDifferences.Numbers(new SeededRandom(4), 5, 6, 6, 1);
        var output = images;
        foreach (var layer in network.Layers)
            output = layer.Forward(output, Pass.Inference);
        Assert.Equal(output.Values.ToArray(), network.Forward(images, Pass.Inference).Values.ToArray());
    }
}
