using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DeepDigits;

/// <summary>
/// Writes a figure in the JSON schema of plotly.js: {"data": [...], "layout": {...}, "config": {...}}. The layout is that of our own drawing, so
/// that the one can take the place of the other.
/// </summary>
/// <remarks>
/// The JSON is safe within an HTML script: the writer escapes &lt;, &gt; and &amp;. plotly.js takes texts for a kind of HTML, so those
/// three are written as entities first; and it is told not to look for formulas between dollar signs.
/// </remarks>
sealed class PlotlyJson
{
    /// <summary>The colour of text and axes. A page with another ground puts its own colour in its place.</summary>
    public const string Ink = "#2A2E35";

    const string GridColour = "rgba(128,128,128,0.25)", Transparent = "rgba(0,0,0,0)";

    readonly Figure figure;
    readonly FigureFrame frame;
    readonly Utf8JsonWriter json;
    readonly bool hasAddresses;
    readonly double innerWidth;

    PlotlyJson(Figure figure, Utf8JsonWriter json, bool hasAddresses)
    {
        (this.figure, this.json, this.hasAddresses, frame) = (figure, json, hasAddresses, new FigureFrame(figure));
        var last = figure.Panels.Count - 1;
        innerWidth = frame.Lefts[last] + figure.Panels[last].Width - frame.Lefts[0];
    }

    /// <summary>The figure as JSON.</summary>
    /// <param name="figure">What to write.</param>
    /// <param name="hasPictures">Whether the pictures are in the JSON; otherwise whoever draws it puts them in, in the order of the figure.</param>
    public static string Write(Figure figure, bool hasPictures)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
            new PlotlyJson(figure, json, hasPictures).Write();
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    void Write()
    {
        json.WriteStartObject();
        json.WriteStartArray("data");
        foreach (var trace in figure.Traces)
        {
            json.WriteStartObject();
            switch (trace)
            {
                case PointTrace points: WritePoints(points); break;
                case BandTrace band: WriteBand(band); break;
                case BarTrace bars: WriteBars(bars); break;
                case HeatMapTrace map: WriteHeatMap(map); break;
                default: throw new NotSupportedException($"A trace of type {trace.GetType().Name} cannot be written.");
            }
            json.WriteString("xaxis", Axis("x", trace.Panel));
            json.WriteString("yaxis", Axis("y", trace.Panel));
            json.WriteEndObject();
            if (trace is HeatMapTrace { ShowsMissing: true } incomplete)
                WriteMissing(incomplete);
        }
        foreach (var map in figure.Traces.OfType<HeatMapTrace>())
            if (map.Labels is { } labels)
                WriteCellTexts(map, labels);
        foreach (var bars in figure.Traces.OfType<BarTrace>().Where(HasLabelsApart))
            WriteLabelsApart(bars);
        WriteHovers();
        json.WriteEndArray();
        WriteLayout();
        json.WriteStartObject("config");
        json.WriteBoolean("displaylogo", false);
        json.WriteBoolean("responsive", true);
        json.WriteBoolean("typesetMath", false);
        if (figure.Panels[0].X.IsVisible)
        {
            json.WriteStartArray("modeBarButtons");
            json.WriteStartArray();
            foreach (var button in (ReadOnlySpan<string>)["zoom2d", "pan2d", "resetScale2d", "toImage"])
                json.WriteStringValue(button);
            json.WriteEndArray();
            json.WriteEndArray();
        }
        else
        {
            json.WriteBoolean("displayModeBar", false); // there is nothing to zoom in pictures and diagrams
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    void WritePoints(PointTrace points)
    {
        WriteHead("scatter", points, points.Group);
        json.WriteString("mode", (points.HasLine, points.HasMarkers) switch { (true, true) => "lines+markers", (true, false) => "lines", _ => "markers" });
        WriteNumbers("x", points.X);
        WriteNumbers("y", points.Y);
        if (points.HasLine)
        {
            json.WriteStartObject("line");
            json.WriteString("color", Colour(points.Colour));
            json.WriteString("dash", points.Dash);
            json.WriteEndObject();
        }
        if (points.HasMarkers)
        {
            json.WriteStartObject("marker");
            json.WriteString("color", Colour(points.Colour));
            json.WriteString("symbol", points.Symbol);
            WriteNumber("size", points.Symbol == "triangle-up" ? 8 : 6.5);
            json.WriteEndObject();
        }
    }

    /// <summary>A closed line: there along the upper edge, back along the lower one.</summary>
    void WriteBand(BandTrace band)
    {
        WriteHead("scatter", band, band.Group);
        json.WriteString("mode", "lines");
        var shown = Enumerable.Range(0, band.X.Count).Where(i => double.IsFinite(band.Lower[i]) && double.IsFinite(band.Upper[i])).ToArray();
        int[] back = [.. shown.Reverse()];
        WriteNumbers("x", [.. shown.Concat(back).Select(i => band.X[i])]);
        WriteNumbers("y", [.. shown.Select(i => band.Upper[i]), .. back.Select(i => band.Lower[i])]);
        json.WriteString("fill", "toself");
        json.WriteString("fillcolor", WithOpacity(band.Colour, 0.22));
        json.WriteStartObject("line");
        WriteNumber("width", 0);
        json.WriteEndObject();
        json.WriteString("hoverinfo", "skip");
    }

    void WriteBars(BarTrace bars)
    {
        WriteHead("bar", bars, HasLabelsApart(bars) ? bars.Name : "");
        WriteNumbers("x", bars.X);
        WriteNumbers("y", bars.Y);
        WriteNumber("width", bars.BarWidth);
        WriteNumber("opacity", bars.Opacity);
        json.WriteStartObject("marker");
        json.WriteString("color", Colour(bars.Colour));
        json.WriteEndObject();
        WriteTexts("hovertext", bars.Hovers);
        json.WriteString("hoverinfo", "text");
        if (bars.Labels.Count > 0 && !HasLabelsApart(bars))
        {
            WriteTexts("text", bars.Labels);
            json.WriteString("textposition", "outside");
            WriteNumber("textangle", bars.IsUpright ? -90 : 0);
            json.WriteString("constraintext", "none");
            json.WriteStartObject("textfont");
            WriteNumber("size", BarChart.LabelSize);
            json.WriteEndObject();
            json.WriteBoolean("cliponaxis", false);
        }
        if (bars.Errors.Count > 0)
        {
            json.WriteStartObject("error_y");
            json.WriteString("type", "data");
            WriteNumbers("array", bars.Errors);
            json.WriteString("color", Ink);
            json.WriteEndObject();
        }
    }

    /// <summary>plotly.js would write a value across the line of its uncertainty. (Upright, only bars can write, so there it must.)</summary>
    static bool HasLabelsApart(BarTrace bars) => bars is { Labels.Count: > 0, Errors.Count: > 0, IsUpright: false };

    /// <summary>The values of bars above the ends of their uncertainties, or below, where a bar goes down.</summary>
    void WriteLabelsApart(BarTrace bars)
    {
        var shown = Enumerable.Range(0, bars.Y.Count).Where(i => double.IsFinite(bars.Y[i])).ToArray();
        json.WriteStartObject();
        json.WriteString("type", "scatter");
        json.WriteString("mode", "text");
        WriteNumbers("x", [.. shown.Select(i => bars.X[i])]);
        WriteNumbers("y", [.. shown.Select(i => bars.Y[i] + (double.IsFinite(bars.Errors[i]) ? bars.Errors[i] : 0) * (bars.Y[i] < 0 ? -1 : 1))]);
        WriteTexts("text", [.. shown.Select(i => bars.Labels[i])]);
        WriteTexts("textposition", [.. shown.Select(i => bars.Y[i] < 0 ? "bottom center" : "top center")]);
        json.WriteStartObject("textfont");
        WriteNumber("size", BarChart.LabelSize);
        json.WriteEndObject();
        json.WriteBoolean("cliponaxis", false);
        json.WriteString("hoverinfo", "skip");
        json.WriteBoolean("showlegend", false);
        if (bars.Name.Length > 0)
            json.WriteString("legendgroup", Text(bars.Name));
        json.WriteString("xaxis", Axis("x", bars.Panel));
        json.WriteString("yaxis", Axis("y", bars.Panel));
        json.WriteEndObject();
    }

    void WriteHeatMap(HeatMapTrace map)
    {
        json.WriteString("type", "heatmap");
        json.WriteBoolean("showlegend", false); // its name is that of the cells that it leaves out
        var (rows, columns) = (map.Z.GetLength(0), map.Z.GetLength(1));
        WriteRows("z", rows, columns, (row, column) => WriteNumber(map.Z[row, column]));
        WriteNumber("zmin", map.From);
        WriteNumber("zmax", map.To);
        json.WriteStartArray("colorscale");
        for (var i = 0; i < map.Scale.Count; i++)
        {
            json.WriteStartArray();
            WriteNumber((double)i / (map.Scale.Count - 1));
            json.WriteStringValue(map.Scale.Stop(i));
            json.WriteEndArray();
        }
        json.WriteEndArray();
        WriteGaps(map);
        json.WriteBoolean("showscale", map.HasScale);
        if (map.HasScale)
        {
            json.WriteStartObject("colorbar");
            WriteNumber("thickness", FigureFrame.ScaleBarWidth);
            WriteNumber("len", 1);
            WriteNumber("outlinewidth", 0);
            if (map.IsShare)
                json.WriteString("tickformat", ".3~%");
            json.WriteEndObject();
        }
        if (map.Labels is null && rows * columns > 1000)
            return; // the numbers and their places are all that there is to say
        WriteRows("hovertext", rows, columns, (row, column) => json.WriteStringValue(Text(map.Hover(row, column))));
        json.WriteString("hoverinfo", "text");
        json.WriteBoolean("hoverongaps", false);
    }

    /// <summary>The cells without a number: plotly.js leaves them out, so they are a map of their own, of one colour.</summary>
    void WriteMissing(HeatMapTrace map)
    {
        json.WriteStartObject();
        WriteHead("heatmap", map, "");
        var (rows, columns) = (map.Z.GetLength(0), map.Z.GetLength(1));
        WriteRows("z", rows, columns, (row, column) => WriteNumber(double.IsFinite(map.Z[row, column]) ? double.NaN : 0));
        json.WriteStartArray("colorscale");
        foreach (var end in (ReadOnlySpan<double>)[0, 1])
        {
            json.WriteStartArray();
            WriteNumber(end);
            json.WriteStringValue(map.Colour);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        WriteNumber("zmin", 0);
        WriteNumber("zmax", 1);
        json.WriteBoolean("showscale", false);
        WriteGaps(map);
        if (map.Labels is not null || map.Z.Length <= 1000)
            WriteRows("hovertext", rows, columns, (row, column) => json.WriteStringValue(double.IsFinite(map.Z[row, column]) ? "" : Text(map.Hover(row, column))));
        json.WriteString("hoverinfo", map.Labels is not null || map.Z.Length <= 1000 ? "text" : "x+y+name");
        json.WriteBoolean("hoverongaps", false);
        json.WriteString("xaxis", Axis("x", map.Panel));
        json.WriteString("yaxis", Axis("y", map.Panel));
        json.WriteEndObject();
    }

    void WriteGaps(HeatMapTrace map)
    {
        var gap = map.Z.Length <= 400 || map.Labels is not null ? 1 : 0;
        WriteNumber("xgap", gap);
        WriteNumber("ygap", gap);
    }

    /// <summary>What is written into cells: in black or white, as the colour of each demands. plotly.js on its own is often hard to read there.</summary>
    void WriteCellTexts(HeatMapTrace map, string[,] labels)
    {
        List<(int Row, int Column)> cells = [];
        for (var row = 0; row < labels.GetLength(0); row++)
            for (var column = 0; column < labels.GetLength(1); column++)
                if (labels[row, column].Length > 0 && (map.ShowsMissing || double.IsFinite(map.Z[row, column])))
                    cells.Add((row, column));
        json.WriteStartObject();
        json.WriteString("type", "scatter");
        json.WriteString("mode", "text");
        WriteNumbers("x", [.. cells.Select(cell => (double)cell.Column)]);
        WriteNumbers("y", [.. cells.Select(cell => (double)cell.Row)]);
        WriteTexts("text", [.. cells.Select(cell => labels[cell.Row, cell.Column])]);
        json.WriteStartObject("textfont");
        WriteNumber("size", map.LabelSize - (labels.Cast<string>().Any(label => label.Contains('\n')) ? 1 : 0));
        WriteTexts("color", [.. cells.Select(cell => double.IsFinite(map.Z[cell.Row, cell.Column]) ? map.Scale.InkOn(map.Share(map.Z[cell.Row, cell.Column])) : ColourScale.InkOnMissing)]);
        json.WriteEndObject();
        json.WriteString("hoverinfo", "skip");
        json.WriteBoolean("showlegend", false);
        json.WriteString("xaxis", Axis("x", map.Panel));
        json.WriteString("yaxis", Axis("y", map.Panel));
        json.WriteEndObject();
    }

    /// <summary>What is under the mouse in a drawing: plotly.js shows nothing for pictures and shapes, hence invisible points in their middles.</summary>
    void WriteHovers()
    {
        List<(double X, double Y, string Text)> points =
        [
            .. figure.Pictures.Where(picture => picture.Hover.Length > 0).Select(picture => (picture.X + picture.Width / 2, picture.Y + picture.Height / 2, picture.Hover)),
            .. figure.Shapes.Where(shape => shape.Hover.Length > 0).Select(shape => ((shape.FromX + shape.ToX) / 2, (shape.FromY + shape.ToY) / 2, shape.Hover)),
        ];
        if (points.Count == 0)
            return;
        json.WriteStartObject();
        json.WriteString("type", "scatter");
        json.WriteString("mode", "markers");
        WriteNumbers("x", [.. points.Select(point => point.X)]);
        WriteNumbers("y", [.. points.Select(point => point.Y)]);
        WriteTexts("hovertext", [.. points.Select(point => point.Text)]);
        json.WriteString("hoverinfo", "text");
        json.WriteBoolean("showlegend", false);
        json.WriteStartObject("marker");
        WriteNumber("size", 24);
        WriteNumber("opacity", 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    void WriteLayout()
    {
        json.WriteStartObject("layout");
        WriteNumber("width", frame.Width);
        WriteNumber("height", frame.Height);
        // Lines below the first are annotations: plotly.js moves a title of several lines up, out of sight.
        json.WriteStartObject("title");
        json.WriteString("text", $"<b>{Text(frame.TitleLines.FirstOrDefault(""))}</b>");
        WriteNumber("x", FigureFrame.Left / frame.Width);
        json.WriteString("xanchor", "left");
        WriteNumber("y", 1 - (frame.TitleTop + 2) / frame.Height);
        json.WriteString("yanchor", "top");
        json.WriteStartObject("font");
        WriteNumber("size", FigureFrame.TitleSize);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("font");
        json.WriteString("family", "system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif");
        WriteNumber("size", FigureFrame.LabelSize);
        json.WriteString("color", Ink);
        json.WriteEndObject();
        json.WriteString("paper_bgcolor", Transparent);
        json.WriteString("plot_bgcolor", Transparent);
        json.WriteStartObject("modebar");
        json.WriteString("bgcolor", Transparent);
        json.WriteString("color", "rgba(128,128,128,0.7)");
        json.WriteString("activecolor", Ink);
        json.WriteEndObject();
        json.WriteStartObject("margin");
        WriteNumber("l", frame.Lefts[0]);
        WriteNumber("r", Math.Max(frame.Width - frame.Lefts[0] - innerWidth, 0));
        WriteNumber("t", frame.Top);
        WriteNumber("b", Math.Max(frame.Height - frame.Top - frame.PanelHeight, 0));
        json.WriteEndObject();
        json.WriteBoolean("showlegend", frame.Legend.Count > 0);
        if (frame.Legend.Count > 0)
        {
            json.WriteStartObject("legend");
            json.WriteString("orientation", "h");
            WriteNumber("x", (FigureFrame.Left - frame.Lefts[0]) / innerWidth);
            json.WriteString("xanchor", "left");
            WriteNumber("y", 1 + (frame.Top - frame.LegendTop + 3) / frame.PanelHeight);
            json.WriteString("yanchor", "top");
            if (figure.Traces.Any(trace => trace is PointTrace { Group.Length: > 0 } || trace is BarTrace bars && HasLabelsApart(bars)))
                WriteNumber("tracegroupgap", 0);
            json.WriteEndObject();
        }
        json.WriteString("hovermode", "closest");
        if (figure.Traces.OfType<BarTrace>().Any())
            json.WriteString("barmode", "overlay");
        for (var i = 0; i < figure.Panels.Count; i++)
        {
            WriteAxis("x", i);
            WriteAxis("y", i);
        }
        WriteShapes();
        WriteTexts();
        WritePictures();
        json.WriteEndObject();
    }

    void WriteAxis(string letter, int number)
    {
        var panel = figure.Panels[number];
        var axis = letter == "x" ? panel.X : panel.Y;
        json.WriteStartObject(letter + "axis" + Suffix(number));
        if (letter == "x")
        {
            json.WriteStartArray("domain");
            WriteNumber(Math.Clamp((frame.Lefts[number] - frame.Lefts[0]) / innerWidth, 0, 1));
            WriteNumber(Math.Clamp((frame.Lefts[number] + panel.Width - frame.Lefts[0]) / innerWidth, 0, 1));
            json.WriteEndArray();
        }
        json.WriteString("anchor", Axis(letter == "x" ? "y" : "x", number));
        json.WriteString("type", axis.IsLog ? "log" : "linear");
        json.WriteStartArray("range");
        WriteNumber(axis.IsLog ? Math.Log10(axis.From) : axis.From);
        WriteNumber(axis.IsLog ? Math.Log10(axis.To) : axis.To);
        json.WriteEndArray();
        if (!axis.IsVisible)
        {
            json.WriteBoolean("visible", false);
            json.WriteBoolean("fixedrange", true);
            json.WriteEndObject();
            return;
        }
        json.WriteBoolean("zeroline", false);
        json.WriteBoolean("showgrid", axis.Names.Count == 0);
        if (axis.Names.Count == 0)
            json.WriteString("gridcolor", GridColour);
        json.WriteStartObject("title");
        json.WriteString("text", Text(axis.Title));
        WriteNumber("standoff", 8);
        json.WriteStartObject("font");
        WriteNumber("size", FigureFrame.LabelSize);
        json.WriteEndObject();
        json.WriteEndObject();
        if (axis.IsLog)
        {
            // Powers of ten, or with few of them also 2 and 5 times these; plotly.js would write 0.0001 as "100µ".
            if (axis.To / axis.From >= 1000)
                WriteNumber("dtick", 1);
            else if (axis.To / axis.From >= 8)
                json.WriteString("dtick", "D2");
            json.WriteString("exponentformat", "power");
        }
        else if (axis.IsWhole && Math.Abs(axis.To - axis.From) < 10)
        {
            WriteNumber("dtick", 1);
        }
        if (!axis.IsLog && !axis.IsShare && Math.Max(Math.Abs(axis.From), Math.Abs(axis.To)) is >= 1000 and < 1e6)
        {
            json.WriteBoolean("separatethousands", true); // plotly.js would write 50,000 as "50k"
            json.WriteString("exponentformat", "none");
        }
        if (axis.IsShare)
            json.WriteString("tickformat", ".3~%");
        if (axis.Names.Count > 0)
        {
            json.WriteString("tickmode", "array");
            WriteNumbers("tickvals", [.. Enumerable.Range(0, axis.Names.Count).Select(i => (double)i)]);
            WriteTexts("ticktext", [.. axis.Names.Select(name => letter == "y" ? FigureFrame.NameBeside(name) : FigureFrame.NameBelow(name))]);
            WriteNumber("tickangle", letter == "x" && FigureFrame.IsSlanted(panel) ? -45 : 0);
        }
        json.WriteEndObject();
    }

    void WriteShapes()
    {
        json.WriteStartArray("shapes");
        foreach (var shape in figure.Shapes)
        {
            if (shape.Fill is not { } fill)
                continue; // an arrow is an annotation
            json.WriteStartObject();
            json.WriteString("type", "rect");
            json.WriteString("layer", "below");
            WriteNumber("x0", shape.FromX);
            WriteNumber("y0", shape.FromY);
            WriteNumber("x1", shape.ToX);
            WriteNumber("y1", shape.ToY);
            json.WriteString("fillcolor", WithOpacity(shape.Colour, fill));
            json.WriteStartObject("line");
            json.WriteString("color", Colour(shape.Colour));
            WriteNumber("width", 1.5);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        foreach (var picture in figure.Pictures.Where(picture => picture.HasFrame))
        {
            json.WriteStartObject();
            json.WriteString("type", "rect");
            WriteNumber("x0", picture.X + 0.5);
            WriteNumber("y0", picture.Y + 0.5);
            WriteNumber("x1", picture.X + picture.Width - 0.5);
            WriteNumber("y1", picture.Y + picture.Height - 0.5);
            json.WriteStartObject("line");
            json.WriteString("color", WithOpacity(ColourScale.Missing, 0.6));
            WriteNumber("width", 1);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    void WriteTexts()
    {
        json.WriteStartArray("annotations");
        for (var i = 1; i < frame.TitleLines.Count; i++)
            WriteHeading(FigureFrame.Left, frame.TitleTop + 16 + i * FigureFrame.TitleLine, frame.TitleLines[i], FigureFrame.TitleSize, isBold: true);
        for (var i = 0; i < frame.NoteLines.Count; i++)
            WriteHeading(FigureFrame.Left, frame.NoteTop + 12 + i * FigureFrame.NoteLine, frame.NoteLines[i], FigureFrame.NoteSize, isBold: false);
        for (var i = 0; i < figure.Panels.Count; i++)
            if (figure.Panels[i].Title.Length > 0)
                WriteHeading(frame.Lefts[i], frame.Top - 9, figure.Panels[i].Title, 13, isBold: true);
        foreach (var text in figure.Texts)
        {
            json.WriteStartObject();
            WriteNumber("x", text.X);
            WriteNumber("y", text.Y);
            json.WriteString("text", text.IsBold ? $"<b>{Text(text.Text)}</b>" : Text(text.Text));
            json.WriteBoolean("showarrow", false);
            json.WriteStartObject("font");
            WriteNumber("size", text.Size);
            json.WriteString("color", Colour(text.Colour));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        foreach (var arrow in figure.Shapes.Where(shape => shape.Fill is null))
        {
            json.WriteStartObject();
            json.WriteString("text", "");
            WriteNumber("x", arrow.ToX);
            WriteNumber("y", arrow.ToY);
            WriteNumber("ax", arrow.FromX);
            WriteNumber("ay", arrow.FromY);
            json.WriteString("axref", "x");
            json.WriteString("ayref", "y");
            json.WriteBoolean("showarrow", true);
            WriteNumber("arrowhead", arrow.HasTip ? 2 : 0);
            WriteNumber("arrowwidth", 1.5);
            json.WriteString("arrowcolor", Colour(arrow.Colour));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>A text outside of the panels.</summary>
    /// <param name="x">Its left end, in pixels of the drawing.</param>
    /// <param name="baseline">The line that it stands on, in pixels of the drawing.</param>
    /// <param name="text">The text.</param>
    /// <param name="size">The size of its font.</param>
    /// <param name="isBold">Whether it is bold.</param>
    void WriteHeading(double x, double baseline, string text, double size, bool isBold)
    {
        json.WriteStartObject();
        json.WriteString("xref", "paper");
        json.WriteString("yref", "paper");
        WriteNumber("x", (x - frame.Lefts[0]) / innerWidth);
        WriteNumber("y", 1 + (frame.Top - baseline + size * 0.36) / frame.PanelHeight);
        json.WriteString("xanchor", "left");
        json.WriteString("yanchor", "middle");
        json.WriteString("align", "left");
        WriteNumber("borderpad", 0);
        json.WriteString("text", isBold ? $"<b>{Text(text)}</b>" : Text(text));
        json.WriteBoolean("showarrow", false);
        json.WriteStartObject("font");
        WriteNumber("size", size);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    void WritePictures()
    {
        json.WriteStartArray("images");
        foreach (var picture in figure.Pictures)
        {
            json.WriteStartObject();
            json.WriteString("source", hasAddresses ? picture.Address : "");
            json.WriteString("xref", "x");
            json.WriteString("yref", "y");
            WriteNumber("x", picture.X);
            WriteNumber("y", picture.Y);
            WriteNumber("sizex", picture.Width);
            WriteNumber("sizey", picture.Height);
            json.WriteString("sizing", "stretch");
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    void WriteHead(string type, Trace trace, string group)
    {
        json.WriteString("type", type);
        if (trace.Name.Length > 0 || group.Length > 0)
            json.WriteString("name", Text(trace.Name.Length > 0 ? trace.Name : group));
        json.WriteBoolean("showlegend", trace.Name.Length > 0);
        if (group.Length > 0)
            json.WriteString("legendgroup", Text(group));
    }

    void WriteRows(string name, int rows, int columns, Action<int, int> writeCell)
    {
        json.WriteStartArray(name);
        for (var row = 0; row < rows; row++)
        {
            json.WriteStartArray();
            for (var column = 0; column < columns; column++)
                writeCell(row, column);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    void WriteTexts(string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(Text(text));
        json.WriteEndArray();
    }

    void WriteNumbers(string name, IReadOnlyList<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            WriteNumber(value);
        json.WriteEndArray();
    }

    void WriteNumber(string name, double value)
    {
        json.WritePropertyName(name);
        WriteNumber(value);
    }

    /// <summary>A number with six significant digits, which is more than can be seen; null for what is not finite.</summary>
    void WriteNumber(double value)
    {
        if (double.IsFinite(value))
            json.WriteRawValue((value + 0.0).ToString("G6", CultureInfo.InvariantCulture));
        else
            json.WriteNullValue();
    }

    static string Axis(string letter, int panel) => letter + Suffix(panel);

    static string Suffix(int panel) => panel == 0 ? "" : (panel + 1).ToString(CultureInfo.InvariantCulture);

    static string Colour(string colour) => colour == Palette.Ink ? Ink : colour;

    static string WithOpacity(string colour, double opacity)
    {
        var value = int.Parse(Colour(colour).AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return FormattableString.Invariant($"rgba({value >> 16},{value >> 8 & 255},{value & 255},{opacity})");
    }

    /// <summary>A text as plotly.js takes it: &lt; is no tag, &amp; is no entity, and a line ends with &lt;br&gt;.</summary>
    static string Text(string text) => ChartText.Clean(text.Replace('\n', '\u2028'))
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\u2028", "<br>", StringComparison.Ordinal);
}
