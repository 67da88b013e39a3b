using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace DeepDigits;

/// <summary>Draws a figure as SVG: no script, no font, no file beside it. What is under the mouse is named by the browser itself.</summary>
/// <remarks>
/// Text and axes have the colour of the text around the drawing, so that it reads on light and on dark ground. A drawing that stands alone has a
/// ground of its own, light or dark as the reader's system prefers. Nothing has an id: several drawings may stand on one page.
/// </remarks>
sealed class SvgDrawing
{
    /// <summary>With more points than that, they are not named one by one.</summary>
    const int MostNamedPoints = 400;

    /// <summary>With more cells than that, a heat map is a picture, and its cells are not named one by one.</summary>
    const int MostNamedCells = 400;

    const double GridOpacity = 0.16, AxisOpacity = 0.55;
    const string Paper = "deepdigits-paper", Standalone = "deepdigits-alone";
    const string Fonts = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";

    static readonly XNamespace svg = "http://www.w3.org/2000/svg";

    readonly Figure figure;
    readonly FigureFrame frame;
    readonly bool namesPoints;

    SvgDrawing(Figure figure)
    {
        this.figure = figure;
        frame = new FigureFrame(figure);
        namesPoints = figure.Traces.OfType<PointTrace>().Sum(trace => trace.X.Count) <= MostNamedPoints;
    }

    /// <summary>The drawing.</summary>
    /// <param name="figure">What to draw.</param>
    /// <param name="standsAlone">Whether it has a ground of its own, as a file; otherwise it takes that of the page.</param>
    public static string Draw(Figure figure, bool standsAlone) => new SvgDrawing(figure).Draw(standsAlone).ToString(SaveOptions.DisableFormatting);

    XElement Draw(bool standsAlone)
    {
        var root = Element("svg", ("width", frame.Width), ("height", frame.Height), ("viewBox", $"0 0 {Number(frame.Width)} {Number(frame.Height)}"),
            ("role", "img"), ("aria-label", ChartText.Clean($"{figure.Title}. {figure.Description}")),
            ("style", "max-width:100%;height:auto"), ("font-family", Fonts), ("font-size", FigureFrame.LabelSize), ("fill", "currentColor"));
        root.Add(Element("title", ChartText.Clean(figure.Title)));
        if (standsAlone)
            AddGround(root);
        AddHeader(root);
        for (var i = 0; i < figure.Panels.Count; i++)
            root.Add(Panel(i));
        return root;
    }

    /// <summary>A drawing that was made for a page, as a file that stands alone.</summary>
    /// <param name="drawing">What <see cref="Draw(Figure, bool)"/> made.</param>
    /// <exception cref="System.Xml.XmlException">It is not well-formed.</exception>
    public static string OnGround(string drawing)
    {
        var root = XElement.Parse(drawing, LoadOptions.PreserveWhitespace);
        AddGround(root);
        return root.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>Attributes for programs that know no style sheets, and a style sheet that follows the reader's system.</summary>
    static void AddGround(XElement root)
    {
        root.Add(new XAttribute("class", Standalone), new XAttribute("color", "#1F2328"));
        root.Element(svg + "title")!.AddAfterSelf(
            Element("style",
                $".{Standalone}{{color:#1F2328}}.{Paper}{{fill:#FFFFFF}}@media (prefers-color-scheme:dark){{.{Standalone}{{color:#E6EDF3}}.{Paper}{{fill:#161B22}}}}"),
            Element("rect", ("class", Paper), ("width", "100%"), ("height", "100%"), ("fill", "#FFFFFF")));
    }

    void AddHeader(XElement root)
    {
        for (var i = 0; i < frame.TitleLines.Count; i++)
        {
            root.Add(Element("text", frame.TitleLines[i], ("x", FigureFrame.Left), ("y", frame.TitleTop + 16 + i * FigureFrame.TitleLine),
                ("font-size", FigureFrame.TitleSize), ("font-weight", 600)));
        }
        for (var i = 0; i < frame.NoteLines.Count; i++)
        {
            root.Add(Element("text", frame.NoteLines[i], ("x", FigureFrame.Left), ("y", frame.NoteTop + 12 + i * FigureFrame.NoteLine),
                ("font-size", FigureFrame.NoteSize), ("opacity", 0.8)));
        }
        foreach (var (trace, name, row, x) in frame.Legend)
        {
            var (left, middle) = (FigureFrame.Left + x, frame.LegendTop + row * FigureFrame.LegendLine + FigureFrame.LegendLine / 2);
            root.Add(Key(trace, left, middle), Element("text", name, ("x", left + FigureFrame.KeyWidth), ("y", middle + 4)));
        }
    }

    static XElement Key(Trace trace, double left, double middle)
    {
        if (trace is not PointTrace points)
            return Element("rect", ("x", left + 8), ("y", middle - 6), ("width", 14), ("height", 12), ("fill", trace.Colour), ("fill-opacity", (trace as BarTrace)?.Opacity ?? 1));
        var key = Element("g", ("fill", trace.Colour), ("stroke", trace.Colour), ("stroke-width", 2));
        if (points.HasLine)
            key.Add(Element("path", ("d", $"M{Number(left)} {Number(middle)}h24"), ("stroke-dasharray", DashArray(points.Dash))));
        if (points.HasMarkers)
            key.Add(Marker(points.Symbol, left + 12, middle, 4));
        return key;
    }

    XElement Panel(int number)
    {
        var panel = figure.Panels[number];
        var group = Element("g", ("transform", $"translate({Number(frame.Lefts[number])} {Number(frame.Top)})"));
        if (panel.Title.Length > 0)
            group.Add(Element("text", ChartText.Fit(ChartText.Clean(panel.Title), panel.Width, 13.5), ("x", 0), ("y", -9), ("font-size", 13), ("font-weight", 600)));
        AddHorizontalAxis(group, panel);
        AddVerticalAxis(group, panel);

        // A drawing within the drawing cuts off what lies outside of the panel, without the id that a clip path would need.
        var inside = Element("svg", ("width", panel.Width), ("height", panel.Height), ("overflow", panel.X.IsVisible ? "hidden" : "visible"));
        foreach (var trace in figure.Traces.Where(trace => trace.Panel == number))
        {
            inside.Add(trace switch
            {
                BandTrace band => Band(panel, band),
                PointTrace points => Points(panel, points),
                BarTrace bars => Bars(panel, bars),
                HeatMapTrace cells => Cells(panel, cells),
                _ => throw new NotSupportedException($"A trace of type {trace.GetType().Name} cannot be drawn."),
            });
            if (trace is HeatMapTrace { HasScale: true } map)
                group.Add(Scale(panel, map));
        }
        if (number == 0)
            AddDrawings(inside);
        group.Add(inside);
        return group;
    }

    static void AddHorizontalAxis(XElement group, FigurePanel panel)
    {
        if (!panel.X.IsVisible)
            return;
        var isSlanted = FigureFrame.IsSlanted(panel);
        var grid = new StringBuilder();
        foreach (var (value, text) in FigureFrame.HorizontalTicks(panel))
        {
            var x = panel.X.Share(value) * panel.Width;
            if (panel.X.Names.Count == 0)
                grid.Append(CultureInfo.InvariantCulture, $"M{Number(x)} 0v{Number(panel.Height)}");
            group.Add(isSlanted
                ? Element("text", FigureFrame.NameBelow(text), ("text-anchor", "end"), ("transform", $"translate({Number(x + 4)} {Number(panel.Height + 14)}) rotate(-45)"))
                : Element("text", text, ("x", x), ("y", panel.Height + 17), ("text-anchor", "middle")));
        }
        AddLines(group, grid, GridOpacity);
        AddLines(group, new StringBuilder($"M0 {Number(panel.Height)}h{Number(panel.Width)}"), AxisOpacity);
        if (panel.X.Title.Length > 0)
        {
            group.Add(Element("text", ChartText.Fit(ChartText.Clean(panel.X.Title), panel.Width + 60, FigureFrame.LabelSize),
                ("x", panel.Width / 2), ("y", panel.Height + FigureFrame.BelowLabels(panel) + 14), ("text-anchor", "middle")));
        }
    }

    static void AddVerticalAxis(XElement group, FigurePanel panel)
    {
        if (!panel.Y.IsVisible)
            return;
        var grid = new StringBuilder();
        var widest = 0.0;
        foreach (var (value, text) in FigureFrame.VerticalTicks(panel))
        {
            var y = (1 - panel.Y.Share(value)) * panel.Height;
            if (panel.Y.Names.Count == 0)
                grid.Append(CultureInfo.InvariantCulture, $"M0 {Number(y)}h{Number(panel.Width)}");
            var label = FigureFrame.NameBeside(text);
            widest = Math.Max(widest, ChartText.Width(label, FigureFrame.LabelSize));
            group.Add(Element("text", label, ("x", -7), ("y", y + 4), ("text-anchor", "end")));
        }
        AddLines(group, grid, GridOpacity);
        if (panel.Y.Title.Length > 0)
        {
            group.Add(Element("text", ChartText.Fit(ChartText.Clean(panel.Y.Title), panel.Height + 40, FigureFrame.LabelSize),
                ("transform", $"translate({Number(-widest - 18)} {Number(panel.Height / 2)}) rotate(-90)"), ("text-anchor", "middle")));
        }
    }

    static void AddLines(XElement group, StringBuilder path, double opacity)
    {
        if (path.Length > 0)
            group.Add(Element("path", ("d", path.ToString()), ("stroke", "currentColor"), ("stroke-opacity", opacity), ("shape-rendering", "crispEdges")));
    }

    static XElement Band(FigurePanel panel, BandTrace band)
    {
        var path = new StringBuilder();
        List<int> run = [];
        for (var i = 0; i <= band.X.Count; i++)
        {
            if (i < band.X.Count && panel.X.Shows(band.X[i]) && panel.Y.Shows(band.Lower[i]) && panel.Y.Shows(band.Upper[i]))
            {
                run.Add(i);
                continue;
            }
            if (run.Count > 1)
            {
                var corners = run.Select(p => panel.Place(band.X[p], band.Upper[p]))
                    .Concat(Enumerable.Reverse(run).Select(p => panel.Place(band.X[p], band.Lower[p])));
                path.Append('M').AppendJoin('L', corners.Select(corner => $"{Number(corner.X)} {Number(corner.Y)}")).Append('Z');
            }
            run.Clear();
        }
        return Element("path", ("d", path.ToString()), ("fill", band.Colour), ("fill-opacity", 0.22));
    }

    XElement Points(FigurePanel panel, PointTrace points)
    {
        var group = Element("g", ("fill", points.Colour), ("stroke", points.Colour));
        var shown = Enumerable.Range(0, points.X.Count).Where(i => panel.X.Shows(points.X[i]) && panel.Y.Shows(points.Y[i])).ToArray();
        if (points.HasLine)
        {
            var path = new StringBuilder();
            for (var s = 0; s < shown.Length; s++)
            {
                var (x, y) = panel.Place(points.X[shown[s]], points.Y[shown[s]]);
                var isStart = s == 0 || shown[s] != shown[s - 1] + 1;
                path.Append(CultureInfo.InvariantCulture, $"{(isStart ? "M" : "L")}{Number(x)} {Number(y)}{(isStart ? "h0" : "")}"); // h0: a point alone is a dot
            }
            group.Add(Element("path", ("d", path.ToString()), ("fill", "none"), ("stroke-width", 2), ("stroke-linejoin", "round"),
                ("stroke-linecap", points.Dash == "solid" ? "round" : "butt"), ("stroke-dasharray", DashArray(points.Dash))));
        }
        foreach (var i in shown)
        {
            if (!points.HasMarkers && !namesPoints)
                break;
            var (x, y) = panel.Place(points.X[i], points.Y[i]);
            // Without symbols, what the mouse finds is an invisible disc.
            var marker = points.HasMarkers ? Marker(points.Symbol, x, y, points.HasLine ? 3 : 3.5) : Element("circle", ("cx", x), ("cy", y), ("r", 5), ("opacity", 0));
            if (namesPoints)
                marker.Add(Element("title", HoverOf(panel, points, i)));
            group.Add(marker);
        }
        return group;
    }

    static string HoverOf(FigurePanel panel, PointTrace points, int i)
    {
        var name = points.Name.Length > 0 ? points.Name : points.Group;
        return ChartText.Clean($"{(name.Length > 0 ? name + ": " : "")}({ChartText.Coordinate(points.X[i], panel.X.IsShare)}, {ChartText.Coordinate(points.Y[i], panel.Y.IsShare)})");
    }

    static XElement Bars(FigurePanel panel, BarTrace bars)
    {
        var group = Element("g", ("fill", bars.Colour));
        for (var i = 0; i < bars.X.Count; i++)
        {
            if (!double.IsFinite(bars.Y[i]))
                continue;
            var (left, top) = panel.Place(bars.X[i] - bars.BarWidth / 2, Math.Max(bars.Y[i], 0));
            var (right, bottom) = panel.Place(bars.X[i] + bars.BarWidth / 2, Math.Min(bars.Y[i], 0));
            var bar = Element("rect", ("x", left), ("y", top), ("width", right - left), ("height", Math.Max(bottom - top, 0.5)), ("fill-opacity", bars.Opacity));
            bar.Add(Element("title", ChartText.Clean(bars.Hovers[i])));
            group.Add(bar);
            var error = bars.Errors.Count > 0 && double.IsFinite(bars.Errors[i]) ? bars.Errors[i] : 0;
            var middle = (left + right) / 2;
            var (upper, lower) = (panel.Place(0, bars.Y[i] + error).Y, panel.Place(0, bars.Y[i] - error).Y);
            if (error > 0)
            {
                group.Add(Element("path", ("stroke", "currentColor"), ("stroke-width", 1.5), ("fill", "none"),
                    ("d", $"M{Number(middle)} {Number(upper)}V{Number(lower)}M{Number(middle - 4)} {Number(upper)}h8M{Number(middle - 4)} {Number(lower)}h8")));
            }
            if (bars.Labels.Count == 0)
                continue;
            var end = bars.Y[i] < 0 ? Math.Max(lower, bottom) : Math.Min(upper, top);
            group.Add(bars.IsUpright
                ? Element("text", ChartText.Clean(bars.Labels[i]), ("transform", $"translate({Number(middle + 4)} {Number(end + (bars.Y[i] < 0 ? 5 : -5))}) rotate(-90)"),
                    ("text-anchor", bars.Y[i] < 0 ? "end" : "start"), ("font-size", BarChart.LabelSize), ("fill", "currentColor"))
                : Element("text", ChartText.Clean(bars.Labels[i]), ("x", middle), ("y", end + (bars.Y[i] < 0 ? 13 : -5)),
                    ("text-anchor", "middle"), ("font-size", BarChart.LabelSize), ("fill", "currentColor")));
        }
        return group;
    }

    static XElement Cells(FigurePanel panel, HeatMapTrace map)
    {
        var (rows, columns) = (map.Z.GetLength(0), map.Z.GetLength(1));
        var (width, height) = (panel.Width / columns, panel.Height / rows);
        if (rows * columns > MostNamedCells && map.Labels is null)
            return Picture(0, 0, panel.Width, panel.Height, "data:image/png;base64," + Convert.ToBase64String(HeatMapPicture.Of(map)), "");
        var group = Element("g", ("text-anchor", "middle"));
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var isMissing = !double.IsFinite(map.Z[row, column]);
                if (isMissing && !map.ShowsMissing)
                    continue;
                var share = map.Share(map.Z[row, column]);
                var cell = Element("rect", ("x", column * width), ("y", row * height), ("width", width - 1), ("height", height - 1),
                    ("fill", isMissing ? map.Colour : map.Scale.Of(share)));
                cell.Add(Element("title", ChartText.Clean(map.Hover(row, column))));
                group.Add(cell);
                if (map.Labels is null)
                    continue;
                var lines = ChartText.Clean(map.Labels[row, column].Replace('\n', '\u2028')).Split('\u2028');
                for (var i = 0; i < lines.Length && lines[0].Length > 0; i++)
                {
                    group.Add(Element("text", lines[i], ("x", (column + 0.5) * width), ("y", (row + 0.5) * height + map.LabelSize / 3 + (i - (lines.Length - 1) / 2.0) * (map.LabelSize + 1)),
                        ("fill", isMissing ? ColourScale.InkOnMissing : map.Scale.InkOn(share)), ("font-size", map.LabelSize - (i == 0 ? 0 : 2)), ("pointer-events", "none")));
                }
            }
        }
        return group;
    }

    static XElement Scale(FigurePanel panel, HeatMapTrace map)
    {
        const int steps = 48;
        var group = Element("g", ("transform", $"translate({Number(panel.Width + 16)} 0)"));
        for (var i = 0; i < steps; i++)
        {
            group.Add(Element("rect", ("x", 0), ("y", panel.Height * i / steps), ("width", FigureFrame.ScaleBarWidth), ("height", panel.Height / steps + 0.5),
                ("fill", map.Scale.Of(1 - (i + 0.5) / steps))));
        }
        var axis = new FigureAxis { From = map.From, To = map.To, IsShare = map.IsShare };
        foreach (var (value, text) in map.To > map.From ? axis.Ticks(panel.Height, 38) : [(map.From, ChartText.Number(map.From, map.IsShare))])
            group.Add(Element("text", text, ("x", FigureFrame.ScaleBarWidth + 6), ("y", (1 - map.Share(value)) * panel.Height + 4)));
        return group;
    }

    void AddDrawings(XElement inside)
    {
        var panel = figure.Panels[0];
        foreach (var shape in figure.Shapes)
        {
            var ((fromX, fromY), (toX, toY)) = (panel.Place(shape.FromX, shape.FromY), panel.Place(shape.ToX, shape.ToY));
            var drawn = shape.Fill is { } fill
                ? Element("rect", ("x", Math.Min(fromX, toX)), ("y", Math.Min(fromY, toY)), ("width", Math.Abs(toX - fromX)), ("height", Math.Abs(toY - fromY)), ("rx", 6),
                    ("fill", shape.Colour), ("fill-opacity", fill), ("stroke", shape.Colour), ("stroke-width", 1.5))
                : Element("path", ("d", Arrow(fromX, fromY, toX, toY, shape.HasTip)), ("fill", "none"), ("stroke", shape.Colour), ("stroke-width", 1.5), ("stroke-opacity", 0.7));
            if (shape.Hover.Length > 0)
                drawn.Add(Element("title", ChartText.Clean(shape.Hover)));
            inside.Add(drawn);
        }
        foreach (var picture in figure.Pictures)
        {
            var (x, y) = panel.Place(picture.X, picture.Y);
            inside.Add(Picture(x, y, picture.Width, picture.Height, picture.Address, picture.Hover));
            if (picture.HasFrame)
            {
                inside.Add(Element("rect", ("x", x + 0.5), ("y", y + 0.5), ("width", picture.Width - 1), ("height", picture.Height - 1),
                    ("fill", "none"), ("stroke", ColourScale.Missing), ("stroke-opacity", 0.6), ("pointer-events", "none")));
            }
        }
        foreach (var text in figure.Texts)
        {
            var (x, y) = panel.Place(text.X, text.Y);
            inside.Add(Element("text", ChartText.Clean(text.Text), ("x", x), ("y", y + text.Size * 0.36), ("text-anchor", "middle"), ("font-size", text.Size),
                ("fill", text.Colour), ("font-weight", text.IsBold ? 600 : 400), ("pointer-events", "none")));
        }
    }

    static XElement Picture(double x, double y, double width, double height, string address, string hover)
    {
        var picture = Element("image", ("x", x), ("y", y), ("width", width), ("height", height), ("href", address),
            ("preserveAspectRatio", "none"), ("style", "image-rendering:pixelated"));
        if (hover.Length > 0)
            picture.Add(Element("title", ChartText.Clean(hover)));
        return picture;
    }

    /// <summary>A line, with two short strokes at its tip if it has one.</summary>
    static string Arrow(double fromX, double fromY, double toX, double toY, bool hasTip)
    {
        var length = Math.Max(Math.Sqrt((toX - fromX) * (toX - fromX) + (toY - fromY) * (toY - fromY)), 1e-9);
        var (dx, dy) = ((toX - fromX) / length * 6, (toY - fromY) / length * 6);
        var line = $"M{Number(fromX)} {Number(fromY)}L{Number(toX)} {Number(toY)}";
        return !hasTip ? line : line + $"M{Number(toX - dx + dy * 0.6)} {Number(toY - dy - dx * 0.6)}L{Number(toX)} {Number(toY)}"
            + $"L{Number(toX - dx - dy * 0.6)} {Number(toY - dy + dx * 0.6)}";
    }

    static XElement Marker(string symbol, double x, double y, double radius) => symbol switch
    {
        "square" => Element("rect", ("x", x - radius * 0.9), ("y", y - radius * 0.9), ("width", radius * 1.8), ("height", radius * 1.8), ("stroke", "none")),
        "diamond" => Element("path", ("d", $"M{Number(x)} {Number(y - radius * 1.3)}l{Number(radius * 1.3)} {Number(radius * 1.3)}l{Number(-radius * 1.3)} {Number(radius * 1.3)}l{Number(-radius * 1.3)} {Number(-radius * 1.3)}z"), ("stroke", "none")),
        "triangle-up" => Element("path", ("d", $"M{Number(x)} {Number(y - radius * 1.3)}l{Number(radius * 1.2)} {Number(radius * 2.1)}h{Number(-radius * 2.4)}z"), ("stroke", "none")),
        _ => Element("circle", ("cx", x), ("cy", y), ("r", radius), ("stroke", "none")),
    };

    static string? DashArray(string dash) => dash switch { "dash" => "7 4", "dot" => "2 3", _ => null };

    static XElement Element(string name, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        var element = new XElement(svg + name);
        foreach (var (attribute, value) in attributes)
            if (value is not null)
                element.Add(new XAttribute(attribute, value is double number ? Number(number) : Convert.ToString(value, CultureInfo.InvariantCulture)!));
        return element;
    }

    static XElement Element(string name, string text, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        var element = Element(name, attributes);
        element.Add(text);
        return element;
    }

    /// <summary>A position to a hundredth of a pixel.</summary>
    static string Number(double value) => (Math.Round(value, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture);
}
