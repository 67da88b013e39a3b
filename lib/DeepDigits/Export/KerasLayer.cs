namespace DeepDigits;

/// <summary>A layer in Keras's words, which TensorFlow.js reads.</summary>
/// <param name="ClassName">The Keras class.</param>
/// <param name="Config">Its settings.</param>
/// <param name="Weights">What it has learned, under Keras's names.</param>
sealed record KerasLayer(string ClassName, Dictionary<string, object> Config, params (string Name, Tensor Value)[] Weights)
{
    /// <summary>The layer that computes the same.</summary>
    /// <exception cref="ExportException">There is none.</exception>
    public static KerasLayer Of(Layer layer) => layer switch
    {
        Dense dense => new("Dense", Named(layer, ("units", dense.Units), ("activation", "linear"), ("use_bias", true)), KernelAndBias(layer)),
        Conv2D convolution => new("Conv2D", Named(layer, ("filters", convolution.Filters), ("kernel_size", new[] { convolution.KernelHeight, convolution.KernelWidth }),
            ("strides", Square(convolution.Stride)), ("padding", Word(convolution.Padding)), ("data_format", "channels_last"), ("activation", "linear"), ("use_bias", true)),
            KernelAndBias(layer)),
        MaxPool2D pool => new("MaxPooling2D", Pooling(pool)),
        AveragePool2D pool => new("AveragePooling2D", Pooling(pool)),
        BatchNorm norm => new("BatchNormalization",
            Named(layer, ("axis", -1), ("momentum", norm.Momentum), ("epsilon", norm.Epsilon), ("center", true), ("scale", true)),
            ($"{layer.Name}/gamma", layer.Parameters[0].Value), ($"{layer.Name}/beta", layer.Parameters[1].Value),
            ($"{layer.Name}/moving_mean", layer.Statistics[0].Value), ($"{layer.Name}/moving_variance", layer.Statistics[1].Value)),
        GlobalAveragePool2D => new("GlobalAveragePooling2D", Named(layer, ("data_format", "channels_last"))),
        Flatten => new("Flatten", Named(layer, ("data_format", "channels_last"))),
        Dropout dropout => new("Dropout", Named(layer, ("rate", dropout.Probability))),
        Relu => new("Activation", Named(layer, ("activation", "relu"))),
        Sigmoid => new("Activation", Named(layer, ("activation", "sigmoid"))),
        Tanh => new("Activation", Named(layer, ("activation", "tanh"))),
        _ => throw ExportException.UnknownLayer("TensorFlow.js", layer),
    };

    static (string, Tensor)[] KernelAndBias(Layer layer) => [($"{layer.Name}/kernel", layer.Parameters[0].Value), ($"{layer.Name}/bias", layer.Parameters[1].Value)];

    static Dictionary<string, object> Pooling(Pooling2D pool) =>
        Named(pool, ("pool_size", Square(pool.Size)), ("strides", Square(pool.Stride)), ("padding", Word(pool.Padding)), ("data_format", "channels_last"));

    static Dictionary<string, object> Named(Layer layer, params ReadOnlySpan<(string Name, object Value)> settings)
    {
        var config = new Dictionary<string, object> { ["name"] = layer.Name, ["trainable"] = true, ["dtype"] = "float32" };
        foreach (var (name, value) in settings)
            config[name] = value;
        return config;
    }

    static int[] Square(int size) => [size, size];

    static string Word(Padding padding) => padding == Padding.Same ? "same" : "valid";
}
