using System.Buffers.Binary;

namespace DeepDigits;

/// <summary>
/// Reads uncompressed BMP pictures as grey levels: 1, 4 or 8 bits with a palette, 24 or 32 bits of colour, from bottom to top or from top
/// to bottom.
/// </summary>
/// <remarks>
/// Microsoft Learn, "Bitmap Storage", BITMAPCOREHEADER, BITMAPINFOHEADER, BITMAPV4HEADER and BITMAPV5HEADER. The fourth byte of 32 bits
/// counts as opacity only where the header says so.
/// </remarks>
readonly ref struct BmpReader
{
    const int FileHeaderLength = 14;
    const string SaveOtherwise = "Save the picture as PNG, or as BMP with 24 bits and without compression.";

    readonly ReadOnlySpan<byte> bytes;
    readonly string name;

    BmpReader(ReadOnlySpan<byte> bytes, string name)
    {
        this.bytes = bytes;
        this.name = name;
    }

    /// <summary>The length of the second header, which tells the version of the format: 12 is OS/2's.</summary>
    uint HeaderLength => UInt32(FileHeaderLength);

    /// <summary>Where the pixels begin.</summary>
    uint Start => UInt32(10);

    /// <summary>Whether the bytes begin as a BMP picture does.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> bytes) => bytes.StartsWith("BM"u8);

    /// <summary>Reads a picture.</summary>
    /// <returns>A tensor [height, width, 1] from 0 (black) to 1 (white).</returns>
    /// <exception cref="DataFormatException">The bytes break a rule of the format, or the picture is compressed.</exception>
    public static Tensor Read(ReadOnlySpan<byte> bytes, string name) => new BmpReader(bytes, name).ReadPicture();

    Tensor ReadPicture()
    {
        if (bytes.Length < FileHeaderLength + 12)
            throw Wrong(0, $"at least {FileHeaderLength + 12} bytes", $"{bytes.Length}");
        if (HeaderLength is not (12 or 40 or 52 or 56 or 64 or 108 or 124) || HeaderLength > bytes.Length - FileHeaderLength)
            throw Wrong(FileHeaderLength, "a header of 12, 40, 52, 56, 64, 108 or 124 bytes", $"{HeaderLength}");

        var old = HeaderLength == 12;
        long width = old ? UInt16(18) : (int)UInt32(18);
        long height = old ? UInt16(20) : (int)UInt32(22);
        var topDown = height < 0;
        height = Math.Abs(height);
        ImageFile.CheckSize(width, height, name, "byte 18");
        var bits = UInt16(old ? 24 : 28);
        if (bits is not (1 or 4 or 8 or 24 or 32))
            throw Wrong(old ? 24 : 28, "1, 4, 8, 24 or 32 bits", $"{bits}", SaveOtherwise);
        var hasOpacity = !old && HasOpacity(bits);
        var levels = bits <= 8 ? ReadPalette(bits) : [];

        var rowBytes = (width * bits + 31) / 32 * 4; // rows begin at multiples of 4 bytes
        if (Start < FileHeaderLength + HeaderLength || Start > bytes.Length || rowBytes * height > bytes.Length - Start)
            throw Wrong(Start, $"{rowBytes * height} bytes of pixels for {width} x {height}", $"{Math.Max(0, bytes.Length - Start)}");
        var picture = new Tensor((int)height, (int)width, 1);
        for (var y = 0; y < height; y++)
        {
            var row = bytes.Slice((int)(Start + rowBytes * (topDown ? y : height - 1 - y)), (int)rowBytes);
            if (bits <= 8)
                ReadIndices(row, bits, levels, picture.Row(y));
            else
                ReadColours(row, bits / 8, hasOpacity, picture.Row(y));
        }
        return picture;
    }

    /// <summary>A row of colours from a palette: pixels of less than a byte stand in it from the high bits down.</summary>
    void ReadIndices(ReadOnlySpan<byte> row, int bits, ReadOnlySpan<float> levels, Span<float> target)
    {
        for (var x = 0; x < target.Length; x++)
        {
            var position = (long)x * bits;
            var index = (row[(int)(position / 8)] >> (8 - bits - (int)(position % 8))) & ((1 << bits) - 1);
            if (index >= levels.Length)
                throw Wrong(Start, $"pixels of one of {levels.Length} colours", $"colour {index}");
            target[x] = levels[index];
        }
    }

    /// <summary>A row of pixels of blue, green, red, and perhaps a fourth byte.</summary>
    static void ReadColours(ReadOnlySpan<byte> row, int pixelBytes, bool hasOpacity, Span<float> target)
    {
        for (var x = 0; x < target.Length; x++)
        {
            var pixel = row.Slice(x * pixelBytes, pixelBytes);
            var level = GreyLevel.Of(pixel[2], pixel[1], pixel[0], 255);
            target[x] = hasOpacity ? GreyLevel.OverWhite(level, pixel[3] / 255.0) : level;
        }
    }

    /// <summary>
    /// Whether the fourth byte of a pixel is opacity, which only masks can tell: they say where in 32 bits the colours stand. Only the
    /// usual order blue, green, red, opacity is read.
    /// </summary>
    bool HasOpacity(int bits)
    {
        const int compressionAt = 30, masksAt = 54;
        var compression = UInt32(compressionAt);
        if (compression == 0)
            return false;
        if (compression != 3 || bits != 32 || bytes.Length < masksAt + 12)
            throw Wrong(compressionAt, "no compression (0, or 3 with 32 bits)", $"compression {compression} with {bits} bits", SaveOtherwise);
        var opacity = HeaderLength is 56 or 108 or 124 ? UInt32(masksAt + 12) : 0;
        var (red, green, blue) = (UInt32(masksAt), UInt32(masksAt + 4), UInt32(masksAt + 8));
        if ((red, green, blue) != (0xFF0000, 0xFF00, 0xFF) || opacity is not (0 or 0xFF000000))
        {
            throw Wrong(masksAt, "the colour masks 00FF0000, 0000FF00, 000000FF and 0 or FF000000",
                $"{red:X8}, {green:X8}, {blue:X8} and {opacity:X8}", SaveOtherwise);
        }
        return opacity != 0;
    }

    /// <summary>The grey levels of a palette, which stands between the header and the pixels.</summary>
    float[] ReadPalette(int bits)
    {
        var entryLength = HeaderLength == 12 ? 3 : 4;
        var position = FileHeaderLength + (int)HeaderLength;
        long count = HeaderLength == 12 ? 0 : UInt32(46);
        if (count == 0)
            count = 1 << bits;
        if (count > 1 << bits || position + count * entryLength > Math.Min(Start, bytes.Length))
            throw Wrong(position, $"a palette of at most {1 << bits} colours before the pixels at byte {Start}", $"{count} colours");
        var levels = new float[count];
        for (var i = 0; i < levels.Length; i++)
        {
            var entry = bytes.Slice(position + i * entryLength, 3);
            levels[i] = GreyLevel.Of(entry[2], entry[1], entry[0], 255);
        }
        return levels;
    }

    uint UInt32(int position) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[position..]);

    ushort UInt16(int position) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[position..]);

    DataFormatException Wrong(long position, string expected, string found, string advice = ImageFile.Damaged) =>
        new(name, $"byte {position}", expected, found, advice);
}
