namespace DeepDigits;

/// <summary>Reads picture files: PNG, BMP, and the portable anymaps PBM, PGM and PPM.</summary>
/// <remarks>
/// What a file is, its first bytes tell, not its name. Colours become grey by 0.299 red + 0.587 green + 0.114 blue; transparent pixels lie
/// over white. Colour profiles and gamma are ignored. The files need not be trusted: no memory is taken for pixels that the file cannot
/// hold.
/// </remarks>
public static class ImageFile
{
    /// <summary>The largest file that is read: 256 MB.</summary>
    const long LargestFile = 256L << 20;

    /// <summary>The most pixels that are read: 64 million, such as 8192 x 8192.</summary>
    internal const long MostPixels = 1L << 26;

    /// <summary>What to do about a picture file that breaks a rule of its format.</summary>
    internal const string Damaged = "The file is damaged; save the picture again.";

    const string MakeSmaller = "Make the picture smaller first.";

    const string HowToConvert =
        "Open it in any picture program and save it as PNG. From a command line: `sips -s format png in.jpg --out out.png` on macOS, "
        + "`magick in.jpg out.png` where ImageMagick is installed.";

    /// <summary>Reads a picture as grey levels.</summary>
    /// <param name="path">The picture file.</param>
    /// <returns>A tensor [height, width, 1] from 0 (black) to 1 (white).</returns>
    /// <exception cref="DataFormatException">The file is damaged, too large, or in another format. The message says which formats are read
    /// and how to convert.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static Tensor Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        if (stream.Length > LargestFile)
            throw new DataFormatException(path, "as a whole", $"at most {LargestFile} bytes", $"{stream.Length}", MakeSmaller);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Read(bytes, path);
    }

    /// <summary>Reads a picture from bytes in memory as grey levels.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in error messages.</param>
    /// <returns>A tensor [height, width, 1] from 0 (black) to 1 (white).</returns>
    /// <exception cref="DataFormatException">The bytes are damaged, or a picture in another format.</exception>
    public static Tensor Read(ReadOnlySpan<byte> bytes, string name)
    {
        if (PngReader.Recognizes(bytes))
            return PngReader.Read(bytes, name);
        if (BmpReader.Recognizes(bytes))
            return BmpReader.Read(bytes, name);
        if (PortableAnymapReader.Recognizes(bytes))
            return PortableAnymapReader.Read(bytes, name);
        throw new DataFormatException(name, "byte 0", "a PNG, BMP, PBM, PGM or PPM picture", NameOf(bytes), HowToConvert);
    }

    /// <summary>Checks the size that a picture's header gives.</summary>
    /// <exception cref="DataFormatException">The picture has no pixels, or too many.</exception>
    internal static void CheckSize(long width, long height, string name, string position)
    {
        if (width < 1 || height < 1)
            throw new DataFormatException(name, position, "a width and a height of at least 1", $"{width} x {height}", Damaged);
        if (width > MostPixels || height > MostPixels || width * height > MostPixels)
            throw new DataFormatException(name, position, $"at most {MostPixels} pixels", $"{width} x {height}", MakeSmaller);
    }

    static string NameOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return "an empty file";
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return "a JPEG picture";
        if (bytes.StartsWith("GIF8"u8))
            return "a GIF picture";
        if (bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8))
            return "a TIFF picture";
        if (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8))
            return "a WebP picture";
        if (bytes.Length >= 12 && bytes[4..].StartsWith("ftyp"u8))
            return "a HEIC or AVIF picture, or a film";
        if (bytes.StartsWith("%PDF"u8))
            return "a PDF document";
        if (bytes.StartsWith("<svg"u8) || bytes.StartsWith("<?xml"u8))
            return "an SVG drawing or another XML file";
        return $"byte 0x{bytes[0]:X2}, which begins no picture format that is known here";
    }
}
