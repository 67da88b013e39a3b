using System.Buffers.Binary;
using System.IO.Compression;

namespace DeepDigits;

/// <summary>Writes pictures as PNG with 256 grey levels.</summary>
/// <remarks>
/// Portable Network Graphics (PNG) Specification, third edition (W3C, 2025): header, compressed rows, end. How far the rows are compressed
/// may differ between versions of .NET; the pixels do not.
/// </remarks>
public static class PngWriter
{
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
        var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);

        Span<byte> header = stackalloc byte[13];
        header.Clear(); // no compression method but zlib, no filter method but the usual, not interlaced
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8; // bits; colour type 0 is grey
        WriteChunk(file, "IHDR"u8, header);

        var compressed = new MemoryStream();
        using (var stream = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var row = new byte[1 + width]; // filter 0: the bytes as they are
            for (var y = 0; y < height; y++)
            {
                var levels = picture.Values.Slice(y * width, width);
                for (var x = 0; x < width; x++)
                    row[1 + x] = (byte)(Math.Clamp(float.IsNaN(levels[x]) ? 0 : levels[x], 0f, 1f) * 255 + 0.5f);
                stream.Write(row);
            }
        }
        WriteChunk(file, "IDAT"u8, compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
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
