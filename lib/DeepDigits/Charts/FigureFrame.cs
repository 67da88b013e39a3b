namespace DeepDigits;

/// <summary>Where everything around the panels of a figure stands: titles, legend and labels, each with as much room as its text needs.</summary>
sealed class FigureFrame
{
    public const double TitleSize = 16, NoteSize = 12, LabelSize = 12;

    /// <summary>The room of a legend's line or square before its name.</summary>
    public const double KeyWidth = 30;

    /// <summary>The width of a heat map's scale with its labels, and of the scale itself.</summary>
    public const double ScaleWidth = 74, ScaleBarWidth = 14;

    public const double TitleLine = 22, NoteLine = 17, LegendLine = 20, PanelTitleLine = 20;

    const double Edge = 12, LongestName = 180, MostSlant = 150, NarrowestTitle = 220, ButtonsWidth = 92;

    public FigureFrame(Figure figure)
    {
        var x = Edge;
        var bottom = 0.0;
        List<double> lefts = [];
        for (var i = 0; i < figure.Panels.Count; i++)
        {
            var panel = figure.Panels[i];
            var left = LeftOf(panel);
            var right = figure.Traces.Any(trace => trace is HeatMapTrace { HasScale: true } && trace.Panel == i) ? ScaleWidth + 14 : 0;
            if (panel.X is { IsVisible: true, Names.Count: 0 })
                right = Math.Max(right, 14); // half of the last label
            lefts.Add(x + left);
            x += left + panel.Width + right + (i < figure.Panels.Count - 1 ? 16 : 0);
            bottom = Math.Max(bottom, BottomOf(panel));
        }
        Lefts = lefts;
        Width = Math.Max(Math.Ceiling(x + Edge), NarrowestTitle);

        // plotly.js has its buttons at the right.
        var buttons = figure.Panels[0].X.IsVisible && Width > 2 * NarrowestTitle ? ButtonsWidth : 0;
        TitleLines = ChartText.Wrap(ChartText.Clean(figure.Title), Width - 2 * Edge - buttons, TitleSize * 1.16, 3); // bold is wider
        NoteLines = ChartText.Wrap(ChartText.Clean(figure.Note), Width - 2 * Edge, NoteSize, 4);
        Legend = LegendOf(figure, Width - 2 * Edge);
        TitleTop = 8;
        NoteTop = TitleTop + TitleLines.Count * TitleLine;
        LegendTop = NoteTop + NoteLines.Count * NoteLine + 2;
        var legendRows = Legend.Count == 0 ? 0 : Legend[^1].Row + 1;
        Top = LegendTop + legendRows * LegendLine + (figure.Panels.Any(panel => panel.Title.Length > 0) ? PanelTitleLine : 0) + 8;
        PanelHeight = figure.Panels.Max(panel => panel.Height);
        Height = Math.Ceiling(Top + PanelHeight + bottom + Edge);
    }

    public double Width { get; }

    public double Height { get; }

    /// <summary>The left end of each panel.</summary>
    public IReadOnlyList<double> Lefts { get; }

    /// <summary>The top of the panels.</summary>
    public double Top { get; }

    public double PanelHeight { get; }

    public static double Left => Edge;

    public double TitleTop { get; }

    public double NoteTop { get; }

    public double LegendTop { get; }

    public IReadOnlyList<string> TitleLines { get; }

    public IReadOnlyList<string> NoteLines { get; }

    /// <summary>The names in the legend: in which row, and how far from the left edge.</summary>
    public IReadOnlyList<(Trace Trace, string Name, int Row, double X)> Legend { get; }

    /// <summary>Whether the names of a horizontal axis are too wide to stand side by side.</summary>
    public static bool IsSlanted(FigurePanel panel) =>
        panel.X.Names.Count > 1 && panel.X.Names.Max(name => ChartText.Width(name, LabelSize)) > panel.Width / panel.X.Names.Count - 6;

    /// <summary>A name beside an axis, cut to the room there is.</summary>
    public static string NameBeside(string name) => ChartText.Fit(name, LongestName, LabelSize);

    /// <summary>A slanted name under an axis, cut to the room there is.</summary>
    public static string NameBelow(string name) => ChartText.Fit(name, MostSlant, LabelSize);

    /// <summary>The labels of the vertical axis.</summary>
    public static IReadOnlyList<(double Value, string Text)> VerticalTicks(FigurePanel panel) => panel.Y.Ticks(panel.Height, 38);

    /// <summary>The labels of the horizontal axis.</summary>
    public static IReadOnlyList<(double Value, string Text)> HorizontalTicks(FigurePanel panel) => panel.X.Ticks(panel.Width, 58);

    static double LeftOf(FigurePanel panel)
    {
        if (!panel.Y.IsVisible)
            return 0;
        var widest = VerticalTicks(panel).Select(tick => ChartText.Width(NameBeside(tick.Text), LabelSize)).DefaultIfEmpty(0).Max();
        var left = widest + 10 + (panel.Y.Title.Length > 0 ? 22 : 0);
        // The first of slanted names begins to the left of its place.
        if (IsSlanted(panel))
            left = Math.Max(left, SlantOf(panel) - panel.Width / panel.X.Names.Count / 2);
        return Math.Ceiling(left);
    }

    static double BottomOf(FigurePanel panel) => !panel.X.IsVisible ? 0
        : Math.Ceiling((IsSlanted(panel) ? SlantOf(panel) + 14 : 22) + (panel.X.Title.Length > 0 ? 20 : 0));

    /// <summary>How far slanted names reach, down and to the left: they stand at 45 degrees.</summary>
    static double SlantOf(FigurePanel panel) => panel.X.Names.Max(name => ChartText.Width(NameBelow(name), LabelSize)) * 0.71;

    /// <summary>Below the labels of the horizontal axis, where its title stands.</summary>
    public static double BelowLabels(FigurePanel panel) => IsSlanted(panel) ? SlantOf(panel) + 14 : 22;

    static List<(Trace, string, int, double)> LegendOf(Figure figure, double width)
    {
        List<(Trace, string, int, double)> legend = [];
        var (row, x) = (0, 0.0);
        foreach (var trace in figure.Traces)
        {
            if (trace.Name.Length == 0)
                continue;
            var name = ChartText.Fit(ChartText.Clean(trace.Name), width - KeyWidth - 8, LabelSize);
            var wide = KeyWidth + ChartText.Width(name, LabelSize) + 16;
            if (x > 0 && x + wide > width)
                (row, x) = (row + 1, 0);
            legend.Add((trace, name, row, x));
            x += wide;
        }
        return legend;
    }
}
