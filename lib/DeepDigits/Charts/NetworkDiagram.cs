namespace DeepDigits;

/// <summary>The layers of a network from the input to the output: what each is, the shape of its output, and how many numbers it learns.</summary>
public sealed class NetworkDiagram : Chart
{
    const double BoxWidth = 122, BoxHeight = 66, GapX = 26, GapY = 30;
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
        boxes.Add(new Box("input", "", Shape(network.InputShape), 0));
        foreach (var layer in network.Layers)
            boxes.Add(new Box(layer.Name, Settings(layer), Shape(layer.OutputShape), layer.Parameters.Sum(parameter => parameter.Value.Length)));
        parameters = network.ParameterCount;
    }

    internal override Figure Draw()
    {
        var perRow = boxes.Count <= MostInRow + 1 ? boxes.Count : MostInRow;
        List<FigureShape> shapes = [];
        List<FigureText> texts = [];
        for (var i = 0; i < boxes.Count; i++)
        {
            var (box, x, y) = (boxes[i], i % perRow * (BoxWidth + GapX) + 1, i / perRow * (BoxHeight + GapY) + 1);
            shapes.Add(new FigureShape(x, y, x + BoxWidth, y + BoxHeight, box.Parameters > 0 ? Palette.Colour(0) : i == 0 ? Palette.Colour(2) : Palette.Colour(5),
                box.Parameters > 0 ? 0.22 : 0.1, box.Describe()));
            string[] lines = [box.Name, box.Shape, box.Parameters > 0 ? $"{ChartText.Whole(box.Parameters)} weights" : box.Settings];
            for (var line = 0; line < lines.Length; line++)
            {
                if (lines[line].Length > 0)
                {
                    var size = line == 0 ? 13 : 12;
                    texts.Add(new FigureText(x + BoxWidth / 2, y + 15 + line * 18, ChartText.Fit(lines[line], BoxWidth - 6, size), size, IsBold: line == 0));
                }
            }
            if (i == 0)
                continue;
            if (i % perRow > 0)
                shapes.Add(new FigureShape(x - GapX + 3, y + BoxHeight / 2, x - 4, y + BoxHeight / 2, Palette.Colour(5), null));
            else // from the end of the row above, back to its beginning
                shapes.AddRange(ToNextRow((perRow - 1) * (BoxWidth + GapX) + 1 + BoxWidth / 2, x + BoxWidth / 2, y));
        }
        var rows = (boxes.Count + perRow - 1) / perRow;
        return new Figure
        {
            Title = Title,
            Note = $"{ChartText.Whole(parameters)} numbers are learned.",
            Description = "Network: " + string.Join("; then ", boxes.Select(box => box.Describe())) + ".",
            Panels = [FigurePanel.Drawing(perRow * (BoxWidth + GapX) - GapX + 2, rows * (BoxHeight + GapY) - GapY + 2)],
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

    /// <summary>What else there is to say about a layer that learns nothing, such as the probability of dropout.</summary>
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

    sealed record Box(string Name, string Settings, string Shape, int Parameters)
    {
        public string Describe() => $"{Name} with output {Shape}{(Settings.Length > 0 ? $", {Settings}" : "")}{(Parameters > 0 ? $", {ChartText.Whole(Parameters)} learned numbers" : "")}";
    }
}
