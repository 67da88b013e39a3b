using System.Buffers.Binary;
using System.IO.Compression;

namespace DeepDigits;

/// <summary>Writes pictures as PNG with 256 grey levels, or with a palette.</summary>
/// <remarks>
/// Portable Network Graphics (PNG) Specification, third edition (W3C, 2025): header, compressed rows, end. How far the rows are compressed
/// may differ between versions of .NET; the pixels do not.
/// </remarks>
public static class PngWriter
{
    const byte Grey = 0, OfPalette = 3;

    /// <summary>Writes a picture to a file, which appears whole or not at all.</summary>
    /// <param name="path">The file. Its folder is made if it is not there; a file of that name is replaced.</param>
    /// <param name="picture">Grey levels [height, width] or [height, width, 1], or one digit [1, height, width, 1], from 0 (black) to 1
    /// (white), rounded to 256 levels.</param>
    /// <exception cref="ShapeException">The tensor has another shape.</exception>
    public static void Write(string path, Tensor picture)
    {
        var bytes = ToBytes(picture);
        using var file = new AtomicFile(path);
        file.Stream.Write(bytes);
        file.Commit();
    }

    /// <summary>The bytes of a PNG file.</summary>
    /// <param name="picture">Grey levels [height, width] or [height, width, 1], or one digit [1, height, width, 1], from 0 (black) to 1
    /// (white), rounded to 256 levels.</param>
    /// <exception cref="ShapeException">The tensor has another shape.</exception>
    public static byte[] ToBytes(Tensor picture)
    {
        var (height, width) = SizeOf(picture);
        var levels = new byte[height * width];
        for (var i = 0; i < levels.Length; i++)
            levels[i] = (byte)(Math.Clamp(float.IsNaN(picture.Values[i]) ? 0 : picture.Values[i], 0f, 1f) * 255 + 0.5f);
        return ToBytes(levels, height, width, palette: []);
    }

    /// <summary>The bytes of a PNG file.</summary>
    /// <param name="pixels">One byte for each pixel, row by row: its place in the palette, or its grey level if there is none.</param>
    /// <param name="height">The number of rows.</param>
    /// <param name="width">The number of pixels in a row.</param>
    /// <param name="palette">At most 256 colours, each red * 65536 + green * 256 + blue; empty: grey levels.</param>
    internal static byte[] ToBytes(ReadOnlySpan<byte> pixels, int height, int width, ReadOnlySpan<int> palette)
    {
        var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);

        Span<byte> header = stackalloc byte[13];
        header.Clear(); // no compression method but zlib, no filter method but the usual, not interlaced
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, palette.Length == 0 ? Grey : OfPalette); // 8 bits
        WriteChunk(file, "IHDR"u8, header);
        if (palette.Length > 0)
            WriteChunk(file, "PLTE"u8, Colours(palette));

        var compressed = new MemoryStream();
        using (var stream = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                stream.WriteByte(0); // filter 0: the bytes as they are
                stream.Write(pixels.Slice(y * width, width));
            }
        }
        WriteChunk(file, "IDAT"u8, compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    static byte[] Colours(ReadOnlySpan<int> palette)
    {
        var colours = new byte[3 * palette.Length];
        for (var i = 0; i < palette.Length; i++)
            (colours[3 * i], colours[3 * i + 1], colours[3 * i + 2]) = ((byte)(palette[i] >> 16), (byte)(palette[i] >> 8), (byte)palette[i]);
        return colours;
    }

    static (int Height, int Width) SizeOf(Tensor picture)
    {
        var (height, width) = picture.Shape switch
        {
            [var first, var second] => (first, second),
            [var first, var second, 1] => (first, second),
            [1, var second, var third, 1] => (second, third),
            _ => (0, 0),
        };
        if (height == 0 || width == 0)
        {
            throw new ShapeException("A picture needs the shape [height, width], [height, width, 1] or [1, height, width, 1], "
                + $"not {Tensor.Format(picture.Shape)}.");
        }
        return (height, width);
    }

    /// <summary>Length, type, content, and the checksum of type and content.</summary>
    static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        var chunk = new byte[12 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        type.CopyTo(chunk.AsSpan(4));
        content.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + content.Length), Crc32.Append(0, chunk.AsSpan(4, 4 + content.Length)));
        file.Write(chunk);
    }
}
