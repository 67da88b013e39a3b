namespace DeepDigits;

/// <summary>
/// The colours of series, which can be told apart with any of the common forms of colour blindness, and read on light and on dark ground: each
/// has a contrast of at least 3 to 1 against both (Web Content Accessibility Guidelines 2.2, success criterion 1.4.11).
/// </summary>
/// <remarks>
/// The first four are from M. Okabe and K. Ito, "Color Universal Design" (2008); gold and grey take the place of the colours that are too light
/// for white paper or too dark for black. Series differ in their symbol as well, and after the last colour in their dashes.
/// </remarks>
static class Palette
{
    static readonly string[] colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#A67C00", "#808080"];
    static readonly string[] symbols = ["circle", "square", "diamond", "triangle-up"];
    static readonly string[] dashes = ["solid", "dash", "dot"];

    /// <summary>What text is written in: the colour of the text around the chart.</summary>
    public const string Ink = "currentColor";

    /// <summary>What went wrong.</summary>
    public const string Wrong = "#D55E00";

    public static IReadOnlyList<string> Colours => colours;

    public static string Colour(int series) => colours[series % colours.Length];

    /// <summary>The shape of a series' points, by its name in plotly.js.</summary>
    public static string Symbol(int series) => symbols[series % symbols.Length];

    /// <summary>The dashes of a series' line, by their name in plotly.js.</summary>
    public static string Dash(int series) => dashes[series / colours.Length % dashes.Length];
}
