using System.Globalization;

namespace DeepDigits;

/// <summary>Says in Python which PyTorch module computes what a network computes.</summary>
static class PyTorchSource
{
    /// <summary>An expression for an nn.Sequential whose modules have the names of the layers; null if PyTorch has no module for an average pooling with such padding.</summary>
    public static string? Of(Sequential network)
    {
        var modules = new List<(string Name, string Module)>();
        foreach (var layer in network.Layers)
        {
            switch (layer)
            {
                case Dense dense:
                    modules.Add((layer.Name, $"nn.Linear({dense.InputShape[0]}, {dense.Units})"));
                    break;
                case Conv2D convolution:
                    var (vertical, horizontal) = Windows(layer, convolution.KernelHeight, convolution.KernelWidth, convolution.Stride, convolution.Padding);
                    var padding = $"({vertical.Before}, {horizontal.Before})";
                    if (vertical.After != vertical.Before || horizontal.After != horizontal.Before)
                    {
                        modules.Add(($"{layer.Name}_padding", $"nn.ZeroPad2d({Sides(vertical, horizontal)})"));
                        padding = "0";
                    }
                    modules.Add((layer.Name, $"nn.Conv2d({layer.InputShape[2]}, {convolution.Filters}, ({convolution.KernelHeight}, {convolution.KernelWidth}), "
                        + $"stride={convolution.Stride}, padding={padding})"));
                    break;
                case MaxPool2D pool:
                    var (down, across) = Windows(layer, pool.Size, pool.Size, pool.Stride, pool.Padding);
                    if (down.Before + down.After + across.Before + across.After > 0)
                        modules.Add(($"{layer.Name}_padding", $"nn.ConstantPad2d({Sides(down, across)}, float('-inf'))"));
                    modules.Add((layer.Name, $"nn.MaxPool2d({pool.Size}, stride={pool.Stride})"));
                    break;
                case AveragePool2D pool:
                    // AvgPool2d pads both sides alike. Where one more is needed at the end, ceil_mode adds it, if the stride is at least 2.
                    var (rows, columns) = Windows(layer, pool.Size, pool.Size, pool.Stride, pool.Padding);
                    var isEven = rows.Before == rows.After && columns.Before == columns.After;
                    if (!isEven && pool.Stride == 1)
                        return null;
                    modules.Add((layer.Name, $"nn.AvgPool2d({pool.Size}, stride={pool.Stride}, padding=({rows.Before}, {columns.Before}), "
                        + $"ceil_mode={(isEven ? "False" : "True")}, count_include_pad=False)"));
                    break;
                case BatchNorm norm:
                    modules.Add((layer.Name, FormattableString.Invariant($"nn.BatchNorm{(layer.InputShape.Length == 3 ? 2 : 1)}d({layer.InputShape[^1]}, eps={norm.Epsilon}, ")
                        + FormattableString.Invariant($"momentum={(float)(1 - norm.Momentum)})")));
                    break;
                case GlobalAveragePool2D:
                    modules.Add((layer.Name, "nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())"));
                    break;
                case Flatten:
                    modules.Add((layer.Name, "nn.Flatten()"));
                    break;
                case Dropout dropout:
                    modules.Add((layer.Name, $"nn.Dropout({dropout.Probability.ToString("R", CultureInfo.InvariantCulture)})"));
                    break;
                case Relu:
                    modules.Add((layer.Name, "nn.ReLU()"));
                    break;
                case Sigmoid:
                    modules.Add((layer.Name, "nn.Sigmoid()"));
                    break;
                case Tanh:
                    modules.Add((layer.Name, "nn.Tanh()"));
                    break;
            }
        }
        return $"nn.Sequential(OrderedDict([{string.Join(", ", modules.Select(module => $"('{module.Name}', {module.Module})"))}]))";
    }

    static (SlidingWindow Vertical, SlidingWindow Horizontal) Windows(Layer layer, int height, int width, int stride, Padding padding) =>
        (SlidingWindow.Over(layer.Name, "height", layer.InputShape[0], height, stride, padding), SlidingWindow.Over(layer.Name, "width", layer.InputShape[1], width, stride, padding));

    /// <summary>(left, right, top, bottom), as PyTorch's padding modules take them.</summary>
    static string Sides(SlidingWindow vertical, SlidingWindow horizontal) => $"({horizontal.Before}, {horizontal.After}, {vertical.Before}, {vertical.After})";
}
