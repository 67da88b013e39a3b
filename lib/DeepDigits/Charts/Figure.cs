namespace DeepDigits;

/// <summary>
/// What a chart shows, in the terms of plotly.js: traces on axes, with shapes, texts and pictures. It is drawn twice: as SVG by
/// <see cref="SvgDrawing"/>, and as JSON for plotly.js by <see cref="PlotlyJson"/>. All positions on axes are numbers: names stand at 0, 1, 2, ...
/// </summary>
sealed record Figure
{
    public required string Title { get; init; }

    /// <summary>What must be said under the title, such as what was left out.</summary>
    public string Note { get; init; } = "";

    /// <summary>What is to be seen, in words, for those who cannot see it.</summary>
    public required string Description { get; init; }

    /// <summary>The coordinate systems, from left to right.</summary>
    public required IReadOnlyList<FigurePanel> Panels { get; init; }

    public IReadOnlyList<Trace> Traces { get; init; } = [];

    public IReadOnlyList<FigureShape> Shapes { get; init; } = [];

    public IReadOnlyList<FigureText> Texts { get; init; } = [];

    public IReadOnlyList<FigurePicture> Pictures { get; init; } = [];
}

/// <summary>One coordinate system.</summary>
/// <param name="X">From left to right.</param>
/// <param name="Y">From bottom to top.</param>
/// <param name="Width">In pixels, without the labels.</param>
/// <param name="Height">In pixels, without the labels.</param>
/// <param name="Title">What stands above it.</param>
sealed record FigurePanel(FigureAxis X, FigureAxis Y, double Width, double Height, string Title = "")
{
    /// <summary>A drawing without axes, in pixels from the top left corner.</summary>
    public static FigurePanel Drawing(double width, double height) =>
        new(new FigureAxis { From = 0, To = width, IsVisible = false }, new FigureAxis { From = height, To = 0, IsVisible = false }, width, height);

    /// <summary>Where a point stands, in pixels from the top left corner of the panel.</summary>
    public (double X, double Y) Place(double x, double y) => (X.Share(x) * Width, (1 - Y.Share(y)) * Height);
}

/// <summary>What is drawn in a panel.</summary>
abstract record Trace
{
    /// <summary>What the legend calls it; empty: it is not in the legend.</summary>
    public string Name { get; init; } = "";

    public string Colour { get; init; } = Palette.Ink;

    /// <summary>The number of its panel.</summary>
    public int Panel { get; init; }
}

/// <summary>Points, a line through them, or both. A point with a coordinate that is not finite is a gap.</summary>
sealed record PointTrace(IReadOnlyList<double> X, IReadOnlyList<double> Y) : Trace
{
    public bool HasLine { get; init; } = true;

    public bool HasMarkers { get; init; }

    public string Dash { get; init; } = "solid";

    public string Symbol { get; init; } = "circle";

    /// <summary>The group that a click in the legend shows or hides.</summary>
    public string Group { get; init; } = "";
}

/// <summary>The area between two lines.</summary>
sealed record BandTrace(IReadOnlyList<double> X, IReadOnlyList<double> Lower, IReadOnlyList<double> Upper) : Trace
{
    public string Group { get; init; } = "";
}

/// <summary>Bars from 0 up (or down).</summary>
/// <param name="X">The middle of each bar.</param>
/// <param name="Y">Its height.</param>
/// <param name="BarWidth">The width of each.</param>
sealed record BarTrace(IReadOnlyList<double> X, IReadOnlyList<double> Y, double BarWidth) : Trace
{
    /// <summary>What is written over each bar; empty: nothing.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>What is shown of each bar under the mouse.</summary>
    public required IReadOnlyList<string> Hovers { get; init; }

    /// <summary>How uncertain each height is, up and down; empty: not known.</summary>
    public IReadOnlyList<double> Errors { get; init; } = [];

    public double Opacity { get; init; } = 1;

    /// <summary>Whether the labels stand upright, because side by side they would overlap.</summary>
    public bool IsUpright { get; init; }
}

/// <summary>
/// Cells coloured by their numbers; row i, column j is at (j, i). A number that is not finite is no cell; or if the trace has a name, which is what the
/// legend calls such numbers, a cell in the trace's colour.
/// </summary>
sealed record HeatMapTrace(double[,] Z, ColourScale Scale, double From, double To) : Trace
{
    /// <summary>What is written into each cell, line by line; null: nothing.</summary>
    public string[,]? Labels { get; init; }

    /// <summary>The size of a label's first line; the others are smaller.</summary>
    public double LabelSize { get; init; } = FigureFrame.LabelSize;

    /// <summary>What is shown of each cell under the mouse.</summary>
    public required Func<int, int, string> Hover { get; init; }

    public bool HasScale { get; init; }

    public bool IsShare { get; init; }

    /// <summary>Whether numbers that are not finite have cells.</summary>
    public bool ShowsMissing => Name.Length > 0;

    public double Share(double value) => To > From ? (value - From) / (To - From) : 0.5;
}

/// <summary>A rectangle or an arrow, in the coordinates of the first panel.</summary>
/// <param name="FromX">One corner, or the start.</param>
/// <param name="FromY">One corner, or the start.</param>
/// <param name="ToX">The other corner, or the tip.</param>
/// <param name="ToY">The other corner, or the tip.</param>
/// <param name="Colour">Of the outline.</param>
/// <param name="Fill">How opaque the same colour fills a rectangle; null: it is an arrow.</param>
/// <param name="Hover">What is shown of it under the mouse.</param>
/// <param name="HasTip">Whether an arrow has a tip, or is a mere line.</param>
sealed record FigureShape(double FromX, double FromY, double ToX, double ToY, string Colour, double? Fill, string Hover = "", bool HasTip = true);

/// <summary>A text in the coordinates of the first panel; its middle is at the point.</summary>
sealed record FigureText(double X, double Y, string Text, double Size, string Colour = Palette.Ink, bool IsBold = false);

/// <summary>A picture in the coordinates of the first panel.</summary>
/// <param name="X">Its left end.</param>
/// <param name="Y">Its top.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
/// <param name="Png">The bytes of a PNG file.</param>
/// <param name="Hover">What is shown of it under the mouse.</param>
/// <param name="HasFrame">Whether a thin line shows where it ends, as it may have the colour of the paper.</param>
sealed record FigurePicture(double X, double Y, double Width, double Height, byte[] Png, string Hover, bool HasFrame = false)
{
    public string Address { get; } = "data:image/png;base64," + Convert.ToBase64String(Png);
}
