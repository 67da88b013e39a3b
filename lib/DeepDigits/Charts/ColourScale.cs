namespace DeepDigits;

/// <summary>Colours for numbers: straight lines in sRGB between a few stops.</summary>
/// <param name="stops">The colours at equal distances, from the smallest number to the largest, as red * 65536 + green * 256 + blue.</param>
sealed class ColourScale(params int[] stops)
{
    /// <summary>From near white to dark blue: for numbers whose least means little or nothing.</summary>
    public static ColourScale Sequential { get; } = new(0xF3F7FB, 0xA9CBE6, 0x4A90C2, 0x15609C, 0x08306B);

    /// <summary>The same in orange, for what should be rare.</summary>
    public static ColourScale Errors { get; } = new(0xFDF6F0, 0xF7C9A3, 0xE58A4A, 0xC2550A, 0x7A3000);

    /// <summary>Blue below 0, white at 0, vermilion above: told apart with any of the common forms of colour blindness.</summary>
    public static ColourScale Diverging { get; } = new(0x053F6B, 0x2F8AC0, 0xFFFFFF, 0xE0803A, 0x8A3300);

    /// <summary>The colour of what has no number, on every scale.</summary>
    public const string Missing = "#808080";

    /// <summary>What is written on <see cref="Missing"/>.</summary>
    public const string InkOnMissing = "#FFFFFF";

    /// <summary>The number of stops.</summary>
    public int Count => stops.Length;

    /// <summary>A stop in the form #RRGGBB.</summary>
    public string Stop(int stop) => Format(stops[stop]);

    /// <summary>The colour of a share from 0 to 1, as red * 65536 + green * 256 + blue. What is outside, or not a number, is moved inside.</summary>
    public int At(double share)
    {
        var position = (double.IsNaN(share) ? 0 : Math.Clamp(share, 0, 1)) * (stops.Length - 1);
        var lower = Math.Min((int)position, stops.Length - 2);
        var (from, to, part) = (stops[lower], stops[lower + 1], position - lower);
        return Mix(from >> 16, to >> 16, part) << 16 | Mix(from >> 8 & 255, to >> 8 & 255, part) << 8 | Mix(from & 255, to & 255, part);
    }

    /// <summary>The colour of a share in the form #RRGGBB.</summary>
    public string Of(double share) => Format(At(share));

    /// <summary>Black or white, whichever is easier to read on the colour of a share.</summary>
    public string InkOn(double share)
    {
        var colour = At(share);
        return GreyLevel.Of(colour >> 16, colour >> 8 & 255, colour & 255, 255) > 0.55f ? "#000000" : "#FFFFFF";
    }

    /// <summary>The bytes of a PNG file with a pixel for each share, row by row, in one of 65 colours; what is not a number is grey.</summary>
    /// <remarks>An odd number of colours, so that the middle of the scale is one of them. More could hardly be told apart, and the file is a third
    /// of what it would be with full colours.</remarks>
    public byte[] ToPng(ReadOnlySpan<double> shares, int height, int width)
    {
        const int levels = 64;
        var palette = new int[levels + 2];
        for (var level = 0; level <= levels; level++)
            palette[level] = At((double)level / levels);
        palette[^1] = 0x808080;
        var pixels = new byte[shares.Length];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(double.IsNaN(shares[i]) ? levels + 1 : Math.Round(Math.Clamp(shares[i], 0, 1) * levels));
        return PngWriter.ToBytes(pixels, height, width, palette);
    }

    static int Mix(int from, int to, double part) => (int)Math.Round(from + (to - from) * part);

    static string Format(int colour) => $"#{colour:X6}";
}
