namespace DeepDigits;

/// <summary>Makes layers from their descriptions: the inverse of <see cref="Layer.Describe"/>.</summary>
static class LayerCatalog
{
    /// <summary>More units than that in one layer would be a broken file, not a network.</summary>
    const int MostUnits = 1 << 20;

    /// <summary>The same for windows.</summary>
    const int MostPixels = 1 << 12;

    /// <summary>A new layer of the described kind.</summary>
    /// <exception cref="ArgumentException">The kind is unknown, or a setting is missing, wrong or out of range.</exception>
    public static Layer Make(LayerDescription layer) => layer.Kind switch
    {
        "dense" => new Dense(Whole(layer, "units", MostUnits), Initializer.Named(Text(layer, "initializer"))),
        "conv2d" => new Conv2D(Whole(layer, "filters", MostUnits), Whole(layer, "kernel_height", MostPixels), Whole(layer, "kernel_width", MostPixels),
            Whole(layer, "stride", MostPixels), PaddingOf(layer), Initializer.Named(Text(layer, "initializer"))),
        "maxpool2d" => new MaxPool2D(Whole(layer, "size", MostPixels), Whole(layer, "stride", MostPixels), PaddingOf(layer)),
        "averagepool2d" => new AveragePool2D(Whole(layer, "size", MostPixels), Whole(layer, "stride", MostPixels), PaddingOf(layer)),
        "globalaveragepool2d" => new GlobalAveragePool2D(),
        "relu" => new Relu(),
        "sigmoid" => new Sigmoid(),
        "tanh" => new Tanh(),
        "flatten" => new Flatten(),
        "batchnorm" => new BatchNorm(Number(layer, "momentum"), Number(layer, "epsilon")),
        "dropout" => new Dropout((float)Number(layer, "probability")),
        _ => throw new ArgumentException($"'{layer.Kind}' is not a kind of layer. Known are dense, conv2d, maxpool2d, averagepool2d, globalaveragepool2d, relu, sigmoid, tanh, flatten, batchnorm and dropout. "
            + "A model of a newer version needs a newer version to read it."),
    };

    static Padding PaddingOf(LayerDescription layer) => Text(layer, "padding") switch
    {
        "valid" => Padding.Valid,
        "same" => Padding.Same,
        var other => throw new ArgumentException($"The setting 'padding' of a layer of kind '{layer.Kind}' must be 'valid' or 'same', but it is '{other}'."),
    };

    static object Setting(LayerDescription layer, string name)
    {
        foreach (var (key, value) in layer.Settings)
            if (key == name)
                return value;
        throw new ArgumentException($"A layer of kind '{layer.Kind}' needs the setting '{name}', which is missing.");
    }

    static string Text(LayerDescription layer, string name) => Setting(layer, name) as string
        ?? throw new ArgumentException($"The setting '{name}' of a layer of kind '{layer.Kind}' must be a text, but it is {Setting(layer, name)}.");

    static double Number(LayerDescription layer, string name) => Setting(layer, name) switch
    {
        int whole => whole,
        float single => single,
        double number => number,
        var other => throw new ArgumentException($"The setting '{name}' of a layer of kind '{layer.Kind}' must be a number, but it is {other}."),
    };

    static int Whole(LayerDescription layer, string name, int largest)
    {
        var number = Number(layer, name);
        return number >= 1 && number <= largest && number == Math.Floor(number)
            ? (int)number
            : throw new ArgumentException(FormattableString.Invariant($"The setting '{name}' of a layer of kind '{layer.Kind}' must be a whole number from 1 to {largest}, but it is {number}."));
    }
}
