namespace DeepDigits.Tests.Export;

/// <summary>Small networks that together have every layer with every kind of window and padding, for other programs to compute.</summary>
static class ExampleNetworks
{
    /// <summary>By name, with the shape of their images.</summary>
    public static IReadOnlyList<(string Name, int[] Shape, Func<Sequential> Make)> All { get; } =
    [
        // Colour images, a flatten of several channels with dropout before the dense layer, padding that is uneven at both windows.
        ("windows", [13, 18, 3], () => new Sequential(
            new Conv2D(6, 4, 3, 2, Padding.Same, Initializer.HeNormal), new Tanh(), new MaxPool2D(3, 2, Padding.Same),
            new Conv2D(5, 2, 2, 1, Padding.Same, Initializer.HeNormal), new Sigmoid(), new AveragePool2D(3, 2, Padding.Same),
            new Flatten(), new Dropout(0.25f), new BatchNorm(0.9, 1e-3), new Dense(7), new Relu(), new Dense(5))),
        // Valid windows that do not reach the last pixels, and an end without flatten.
        ("global", [17, 15, 2], () => new Sequential(
            new Conv2D(8, 3, 3, 3, Padding.Valid, Initializer.HeNormal), new BatchNorm(0.75), new Relu(), new AveragePool2D(2, 1, Padding.Valid), new MaxPool2D(2, 1, Padding.Valid),
            new Conv2D(4, 2, 1, 1, Padding.Valid, Initializer.HeNormal), new GlobalAveragePool2D(), new Dense(3))),
        // No image at all, and one answer.
        ("flat", [11], () => new Sequential(new Dense(6), new Tanh(), new Dense(1))),
        // Images flattened first, channel by channel in PyTorch; poolings whose stride is larger than their window.
        ("flattened", [4, 5, 3], () => new Sequential(new MaxPool2D(1, 2, Padding.Same), new AveragePool2D(1, 2, Padding.Same), new Flatten(), new Relu(), new Dense(4))),
    ];

    /// <summary>The form of our best networks, for digits: pairs of convolutions, each with its normalization, and dropout up to the last layer.</summary>
    public static Sequential DeepConvolutions() => new(
        [
            .. Normalized(32, Padding.Valid), .. Normalized(32, Padding.Valid), new MaxPool2D(2), new Dropout(0.2f),
            .. Normalized(64, Padding.Same), .. Normalized(64, Padding.Same), new MaxPool2D(2), new Dropout(0.2f),
            .. Normalized(128, Padding.Valid), new Flatten(), new Dropout(0.5f), new Dense(10),
        ]);

    static Layer[] Normalized(int filters, Padding padding) => [new Conv2D(filters, 3, padding), new BatchNorm(0.9), new Relu()];

    /// <summary>A network of such a form; its biases and statistics are drawn too, so that a lost one is seen.</summary>
    public static Sequential Build(string name, int seed = 1)
    {
        var (_, shape, make) = All.Single(example => example.Name == name);
        var network = make();
        network.Build(shape, seed);
        DrawBiases(network, seed);
        return network;
    }

    /// <summary>Draws biases and statistics.</summary>
    public static void DrawBiases(Sequential network, int seed)
    {
        foreach (var (parameter, value) in network.State.Where(tensor => !tensor.Name.EndsWith("weight", StringComparison.Ordinal)))
        {
            Draw(value, seed);
            if (parameter.EndsWith("variance", StringComparison.Ordinal))
                for (var i = 0; i < value.Length; i++)
                    value.Values[i] = 1.5f + value.Values[i];
        }
    }

    /// <summary>Images for it, from -1 to 1.</summary>
    public static Tensor Images(Sequential network, int count)
    {
        var images = new Tensor([count, .. network.InputShape]);
        Draw(images, 7);
        return images;
    }

    static void Draw(Tensor tensor, int seed)
    {
        var random = new SeededRandom(seed);
        for (var i = 0; i < tensor.Length; i++)
            tensor.Values[i] = 2 * (float)random.NextUniform() - 1;
    }
}
