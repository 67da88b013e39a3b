namespace DeepDigits;

/// <summary>The layers of a network from the input to the output: what each is, the shape of its output, and how many numbers it learns.</summary>
public sealed class NetworkDiagram : Chart
{
    const double BoxWidth = 122, LineHeight = 18, GapX = 26, GapY = 30;
    const int MostInRow = 5, MostLayers = 200;

    readonly List<Box> boxes = [];
    readonly int parameters;

    internal NetworkDiagram(string title, Sequential network)
        : base(title)
    {
        if (network.InputShape.Length == 0)
            throw new InvalidOperationException("The network has no shapes yet. Call Build first, for example Build(inputShape: [28, 28, 1], seed: 1).");
        if (network.Layers.Count > MostLayers)
            throw new ChartException($"A network is drawn with at most {MostLayers} layers, but this one has {network.Layers.Count}.");
        boxes.Add(new Box("input", "", "", Shape(network.InputShape), 0));
        foreach (var layer in network.Layers)
            boxes.Add(new Box(layer.Name, Brief(layer), Settings(layer), Shape(layer.OutputShape), layer.Parameters.Sum(parameter => parameter.Value.Length)));
        parameters = network.ParameterCount;
    }

    internal override Figure Draw()
    {
        var perRow = boxes.Count <= MostInRow + 1 ? boxes.Count : MostInRow;
        var boxHeight = 12 + LineHeight * boxes.Max(box => box.Lines.Count());
        List<FigureShape> shapes = [];
        List<FigureText> texts = [];
        for (var i = 0; i < boxes.Count; i++)
        {
            var (box, x, y) = (boxes[i], i % perRow * (BoxWidth + GapX) + 1, i / perRow * (boxHeight + GapY) + 1);
            shapes.Add(new FigureShape(x, y, x + BoxWidth, y + boxHeight, box.Parameters > 0 ? Palette.Colour(0) : i == 0 ? Palette.Colour(2) : Palette.Colour(5),
                box.Parameters > 0 ? 0.22 : 0.1, box.Describe()));
            foreach (var (line, text) in box.Lines.Index())
            {
                var size = line == 0 ? 13 : 12;
                texts.Add(new FigureText(x + BoxWidth / 2, y + 15 + line * LineHeight, ChartText.Fit(text, BoxWidth - 6, size), size, IsBold: line == 0));
            }
            if (i == 0)
                continue;
            if (i % perRow > 0)
                shapes.Add(new FigureShape(x - GapX + 3, y + boxHeight / 2, x - 4, y + boxHeight / 2, Palette.Colour(5), null));
            else // from the end of the row above, back to its beginning
                shapes.AddRange(ToNextRow((perRow - 1) * (BoxWidth + GapX) + 1 + BoxWidth / 2, x + BoxWidth / 2, y));
        }
        var rows = (boxes.Count + perRow - 1) / perRow;
        return new Figure
        {
            Title = Title,
            Note = $"{ChartText.Whole(parameters)} numbers are learned.",
            Description = "Network: " + string.Join("; then ", boxes.Select(box => box.Describe())) + ".",
            Panels = [FigurePanel.Drawing(perRow * (BoxWidth + GapX) - GapX + 2, rows * (boxHeight + GapY) - GapY + 2)],
            Shapes = shapes,
            Texts = texts,
        };
    }

    /// <summary>Down, to the left, and down again.</summary>
    static IEnumerable<FigureShape> ToNextRow(double fromX, double toX, double y)
    {
        var middle = y - GapY / 2;
        yield return new FigureShape(fromX, y - GapY + 2, fromX, middle, Palette.Colour(5), null, HasTip: false);
        yield return new FigureShape(fromX, middle, toX, middle, Palette.Colour(5), null, HasTip: false);
        yield return new FigureShape(toX, middle, toX, y - 3, Palette.Colour(5), null);
    }

    static string Shape(ReadOnlySpan<int> shape)
    {
        var sizes = shape.ToArray();
        return sizes.Length == 0 ? "1" : string.Join(" × ", sizes.Select(size => ChartText.Whole(size)));
    }

    /// <summary>What there is room for in a box: the window of a layer that has one, and the probability of dropout.</summary>
    static string Brief(Layer layer) => layer switch
    {
        Conv2D convolution => Window(convolution.KernelHeight, convolution.KernelWidth, convolution.Stride, 1, convolution.Padding),
        Pooling2D pooling => Window(pooling.Size, pooling.Size, pooling.Stride, pooling.Size, pooling.Padding),
        Dropout dropout => FormattableString.Invariant($"drops {100 * dropout.Probability:0.#} %"),
        _ => "",
    };

    static string Window(int height, int width, int stride, int usualStride, Padding padding) =>
        $"{height} × {width}{(stride == usualStride ? "" : $", stride {stride}")}{(padding == Padding.Same ? ", same" : "")}";

    /// <summary>All settings of a layer, for those who point at its box or have it read out.</summary>
    static string Settings(Layer layer)
    {
        try
        {
            return string.Join(", ", layer.Describe().Settings.Select(setting => FormattableString.Invariant($"{setting.Name} {setting.Value}")));
        }
        catch (NotSupportedException) // a layer of the reader's own
        {
            return "";
        }
    }

    sealed record Box(string Name, string Brief, string Settings, string Shape, int Parameters)
    {
        public IEnumerable<string> Lines => new[] { Name, Shape, Brief, Parameters > 0 ? $"{ChartText.Whole(Parameters)} weights" : "" }.Where(line => line.Length > 0);

        public string Describe() => $"{Name} with output {Shape}{(Settings.Length > 0 ? $", {Settings}" : "")}{(Parameters > 0 ? $", {ChartText.Whole(Parameters)} learned numbers" : "")}";
    }
}
