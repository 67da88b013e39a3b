namespace DeepDigits;

/// <summary>How bright a colour looks: the one number that is left of red, green and blue.</summary>
static class GreyLevel
{
    /// <summary>
    /// 0.299 red + 0.587 green + 0.114 blue, from 0 (black) to 1 (white): the luma of Recommendation ITU-R BT.601, section 2.5.1.
    /// </summary>
    /// <remarks>In whole numbers up to the division, so that a grey pixel (red = green = blue = v) gives exactly v / largest.</remarks>
    /// <param name="red">From 0 to the largest level.</param>
    /// <param name="green">From 0 to the largest level.</param>
    /// <param name="blue">From 0 to the largest level.</param>
    /// <param name="largest">The level that stands for full brightness, such as 255.</param>
    public static float Of(int red, int green, int blue, int largest) =>
        (float)((299L * red + 587L * green + 114L * blue) / (1000.0 * largest));

    /// <summary>The level of a transparent pixel in front of white paper: opacity * level + (1 - opacity).</summary>
    public static float OverWhite(float level, double opacity) => (float)(opacity * level + (1 - opacity));
}
