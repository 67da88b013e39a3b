using System.Buffers.Binary;
using System.IO.Compression;

namespace DeepDigits;

/// <summary>Reads PNG pictures as grey levels: every bit depth and colour type, interlaced or not, transparent pixels over white.</summary>
/// <remarks>
/// Portable Network Graphics (PNG) Specification, third edition (W3C, 2025). The chunks' checksums are verified; what is not needed for
/// pixels is skipped.
/// </remarks>
sealed class PngReader
{
    /// <summary>No deflate stream unpacks to more than 1032 times its length: a match of 258 bytes takes at least two bits.</summary>
    const long LargestExpansion = 1032;

    /// <summary>
    /// The seven passes of an interlaced picture (section 8.1): the first column and row of each, and the steps to the next ones.
    /// </summary>
    static readonly (int X, int Y, int StepX, int StepY)[] passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    readonly string name;
    int width, height, bitDepth;
    ColourType colourType;
    bool interlaced;
    byte[] palette = [], transparency = [];

    PngReader(string name) => this.name = name;

    enum ColourType
    {
        Grey = 0,
        TrueColour = 2,
        Indexed = 3,
        GreyWithAlpha = 4,
        TrueColourWithAlpha = 6,
    }

    static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The numbers that a pixel is made of.</summary>
    int Channels => colourType switch
    {
        ColourType.GreyWithAlpha => 2,
        ColourType.TrueColour => 3,
        ColourType.TrueColourWithAlpha => 4,
        _ => 1,
    };

    /// <summary>Whether the bytes begin as a PNG picture does.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Signature);

    /// <summary>Reads a picture.</summary>
    /// <returns>A tensor [height, width, 1] from 0 (black) to 1 (white).</returns>
    /// <exception cref="DataFormatException">The bytes break a rule of the format.</exception>
    public static Tensor Read(ReadOnlySpan<byte> bytes, string name)
    {
        var reader = new PngReader(name);
        return reader.ReadPixels(reader.ReadChunks(bytes));
    }

    /// <summary>
    /// Walks through the chunks up to IEND and returns the compressed pixels: the contents of all IDAT chunks, one after another.
    /// </summary>
    MemoryStream ReadChunks(ReadOnlySpan<byte> bytes)
    {
        var pixels = new MemoryStream();
        var position = Signature.Length;
        var (seenHeader, seenPalette, seenTransparency, afterPixels) = (false, false, false, false);
        while (true)
        {
            var rest = bytes[position..];
            if (rest.Length < 12)
                throw Wrong(position, "a chunk of at least 12 bytes", $"{rest.Length} bytes");
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12)
                throw Wrong(position, $"a chunk of at most {rest.Length - 12} bytes", $"{length}: the file is cut off or damaged");
            var type = rest.Slice(4, 4);
            var content = rest.Slice(8, (int)length);
            var checksum = BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]);
            if (Crc32.Append(0, rest.Slice(4, 4 + (int)length)) is var computed && computed != checksum)
                throw Wrong(position, $"the checksum {computed:X8} of chunk {NameOf(type)}", $"{checksum:X8}");
            if (!seenHeader && !type.SequenceEqual("IHDR"u8))
                throw Wrong(position, "chunk IHDR first", NameOf(type));

            if (type.SequenceEqual("IHDR"u8))
            {
                if (seenHeader)
                    throw Wrong(position, "chunk IHDR once", "a second one");
                ReadHeader(content, position + 8);
                seenHeader = true;
            }
            else if (type.SequenceEqual("PLTE"u8))
            {
                if (seenPalette || pixels.Length > 0)
                    throw Wrong(position, "chunk PLTE once, before the pixels", "another one");
                if (length == 0 || length % 3 != 0 || length > 3 * 256 || (colourType == ColourType.Indexed && length > 3 << bitDepth))
                    throw Wrong(position, "a palette of 1 to 2^(bit depth) colours of 3 bytes", $"{length} bytes");
                palette = content.ToArray();
                seenPalette = true;
            }
            else if (type.SequenceEqual("tRNS"u8))
            {
                var expected = colourType switch { ColourType.Grey => 2, ColourType.TrueColour => 6, _ => 0 };
                var fits = colourType == ColourType.Indexed ? length <= palette.Length / 3 : length == expected;
                if (seenTransparency || pixels.Length > 0 || !fits)
                {
                    throw Wrong(position, "chunk tRNS once, between palette and pixels, as long as the colour type asks",
                        $"another one or {length} bytes");
                }
                transparency = content.ToArray();
                seenTransparency = true;
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                if (afterPixels)
                    throw Wrong(position, "all IDAT chunks together", "another chunk between them");
                pixels.Write(content);
            }
            else if (type.SequenceEqual("IEND"u8))
                break;
            else if ((type[0] & 0x20) == 0) // a capital first letter: without understanding it, the pixels cannot be drawn
                throw Wrong(position, "chunk IHDR, PLTE, IDAT or IEND", NameOf(type));
            afterPixels = pixels.Length > 0 && !type.SequenceEqual("IDAT"u8);
            position += 12 + (int)length;
        }
        if (pixels.Length == 0)
            throw Wrong(position, "pixels in chunk IDAT before chunk IEND", "none");
        if (colourType == ColourType.Indexed && !seenPalette)
            throw Wrong(position, "a palette in chunk PLTE", "none");
        pixels.Position = 0;
        return pixels;
    }

    void ReadHeader(ReadOnlySpan<byte> header, int position)
    {
        if (header.Length != 13)
            throw Wrong(position, "a header of 13 bytes", $"{header.Length}");
        var (wide, high) = (BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header[4..]));
        ImageFile.CheckSize(wide, high, name, $"byte {position}");
        (width, height, bitDepth, colourType) = ((int)wide, (int)high, header[8], (ColourType)header[9]);
        var known = colourType switch
        {
            ColourType.Grey => bitDepth is 1 or 2 or 4 or 8 or 16,
            ColourType.Indexed => bitDepth is 1 or 2 or 4 or 8,
            ColourType.TrueColour or ColourType.GreyWithAlpha or ColourType.TrueColourWithAlpha => bitDepth is 8 or 16,
            _ => false,
        };
        if (!known)
            throw Wrong(position + 8, "bit depth and colour type of the specification", $"bit depth {bitDepth}, colour type {header[9]}");
        if (header[10] != 0 || header[11] != 0 || header[12] > 1)
            throw Wrong(position + 10, "compression 0, filter 0, interlace 0 or 1", $"{header[10]}, {header[11]}, {header[12]}");
        interlaced = header[12] == 1;
    }

    Tensor ReadPixels(MemoryStream compressed)
    {
        var bitsPerPixel = Channels * bitDepth;
        long unpacked = (((long)width * bitsPerPixel + 7) / 8) * height; // interlacing only adds to it
        if (unpacked > LargestExpansion * compressed.Length)
            throw Wrong(0, $"pixels for {width} x {height}", $"{compressed.Length} compressed bytes, which cannot hold them");
        var picture = new Tensor(height, width, 1);
        using var stream = new ZLibStream(compressed, CompressionMode.Decompress);
        try
        {
            foreach (var (x, y, stepX, stepY) in interlaced ? passes : [(0, 0, 1, 1)])
            {
                var (columns, rows) = ((width - x + stepX - 1) / stepX, (height - y + stepY - 1) / stepY);
                if (columns > 0 && rows > 0)
                    ReadPass(stream, picture, x, y, stepX, stepY, columns, rows);
            }
            if (stream.ReadByte() >= 0) // reading to the end also verifies the checksum of the compressed data
                throw Wrong(0, $"pixels for {width} x {height}", "more");
        }
        catch (EndOfStreamException error)
        {
            throw Wrong(0, $"pixels for {width} x {height}", "fewer", error);
        }
        catch (Exception error) when (error is InvalidDataException or IOException) // the latter when the zlib header asks for a dictionary
        {
            throw Wrong(0, "compressed pixels", "a damaged zlib stream", error);
        }
        return picture;
    }

    void ReadPass(Stream stream, Tensor picture, int x, int y, int stepX, int stepY, int columns, int rows)
    {
        var rowBytes = (int)(((long)columns * Channels * bitDepth + 7) / 8);
        var pixelBytes = Math.Max(1, Channels * bitDepth / 8);
        var line = new byte[1 + rowBytes]; // the filter, then the row
        var (row, above) = (new byte[rowBytes], new byte[rowBytes]);
        var levels = picture.Values;
        for (var i = 0; i < rows; i++)
        {
            stream.ReadExactly(line);
            line.AsSpan(1).CopyTo(row);
            Unfilter(line[0], row, above, pixelBytes);
            var start = (y + i * stepY) * width + x;
            for (var j = 0; j < columns; j++)
                levels[start + j * stepX] = Level(row, j);
            (row, above) = (above, row);
        }
    }

    /// <summary>Adds to each byte what the filter predicts for it from the bytes left, above and above left (section 9.2).</summary>
    void Unfilter(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int pixelBytes)
    {
        if (filter > 4)
            throw Wrong(0, "a row filter from 0 to 4", $"{filter}");
        if (filter == 0)
            return;
        for (var i = 0; i < row.Length; i++)
        {
            int left = i >= pixelBytes ? row[i - pixelBytes] : 0, up = above[i], corner = i >= pixelBytes ? above[i - pixelBytes] : 0;
            row[i] += (byte)(filter switch { 1 => left, 2 => up, 3 => (left + up) / 2, _ => Paeth(left, up, corner) });
        }
    }

    /// <summary>Of left, up and corner, the one that is nearest to left + up - corner (section 9.4).</summary>
    static int Paeth(int left, int up, int corner)
    {
        var (toLeft, toUp, toCorner) = (Math.Abs(up - corner), Math.Abs(left - corner), Math.Abs(left + up - 2 * corner));
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    float Level(ReadOnlySpan<byte> row, int column)
    {
        var first = column * Channels;
        var largest = (1 << bitDepth) - 1;
        var sample = Sample(row, first);
        switch (colourType)
        {
            case ColourType.Grey:
                var hidden = transparency.Length == 2 && sample == BinaryPrimitives.ReadUInt16BigEndian(transparency);
                return hidden ? 1 : GreyLevel.Of(sample, sample, sample, largest);
            case ColourType.Indexed:
                if (3 * sample >= palette.Length)
                    throw Wrong(0, $"pixels from a palette of {palette.Length / 3} colours", $"colour {sample}");
                var level = GreyLevel.Of(palette[3 * sample], palette[3 * sample + 1], palette[3 * sample + 2], 255);
                return sample < transparency.Length ? GreyLevel.OverWhite(level, transparency[sample] / 255.0) : level;
            case ColourType.GreyWithAlpha:
                return GreyLevel.OverWhite(GreyLevel.Of(sample, sample, sample, largest), Sample(row, first + 1) / (double)largest);
            default:
                var (green, blue) = (Sample(row, first + 1), Sample(row, first + 2));
                if (colourType == ColourType.TrueColourWithAlpha)
                    return GreyLevel.OverWhite(GreyLevel.Of(sample, green, blue, largest), Sample(row, first + 3) / (double)largest);
                return IsTransparent(sample, green, blue) ? 1 : GreyLevel.Of(sample, green, blue, largest);
        }
    }

    bool IsTransparent(int red, int green, int blue) => transparency.Length == 6
        && red == BinaryPrimitives.ReadUInt16BigEndian(transparency)
        && green == BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(2))
        && blue == BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(4));

    /// <summary>
    /// The sample number <paramref name="index"/> of a row: samples of less than a byte stand in it from the high bits down.
    /// </summary>
    int Sample(ReadOnlySpan<byte> row, int index) => bitDepth switch
    {
        8 => row[index],
        16 => BinaryPrimitives.ReadUInt16BigEndian(row[(2 * index)..]),
        _ => (row[(int)((long)index * bitDepth / 8)] >> (8 - bitDepth - (int)((long)index * bitDepth % 8))) & ((1 << bitDepth) - 1),
    };

    static string NameOf(ReadOnlySpan<byte> type)
    {
        foreach (var letter in type)
        {
            if (!char.IsAsciiLetter((char)letter))
                return $"0x{Convert.ToHexString(type)}";
        }
        return System.Text.Encoding.ASCII.GetString(type);
    }

    DataFormatException Wrong(int position, string expected, string found, Exception? cause = null) =>
        new(name, position == 0 ? "the pixels" : $"byte {position}", expected, found, ImageFile.Damaged, cause);
}
