using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DeepDigits.Tests;

/// <summary>Lays PNG files byte by byte, right or wrong, with right checksums.</summary>
static class PngBytes
{
    public static byte[] Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static byte[] File(params byte[][] chunks) => [.. Signature, .. chunks.SelectMany(chunk => chunk)];

    public static byte[] Chunk(string type, params ReadOnlySpan<byte> content)
    {
        byte[] chunk = [0, 0, 0, 0, .. Encoding.ASCII.GetBytes(type), .. content, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + content.Length), Crc32.Append(0, chunk.AsSpan(4, 4 + content.Length)));
        return chunk;
    }

    public static byte[] Header(uint width, uint height, byte bitDepth, byte colourType, byte interlace = 0)
    {
        byte[] content = [0, 0, 0, 0, 0, 0, 0, 0, bitDepth, colourType, 0, 0, interlace];
        BinaryPrimitives.WriteUInt32BigEndian(content, width);
        BinaryPrimitives.WriteUInt32BigEndian(content.AsSpan(4), height);
        return Chunk("IHDR", content);
    }

    /// <summary>A chunk of compressed rows, each with its filter byte.</summary>
    public static byte[] Pixels(params ReadOnlySpan<byte> rows) => Chunk("IDAT", Compress(rows));

    public static byte[] End => Chunk("IEND");

    public static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        var compressed = new MemoryStream();
        using (var stream = new ZLibStream(compressed, CompressionLevel.Optimal))
            stream.Write(bytes);
        return compressed.ToArray();
    }

    /// <summary>Gives every chunk of a damaged file its right checksum, as far as chunks can be made out.</summary>
    public static byte[] WithRightChecksums(byte[] file)
    {
        var copy = file.ToArray();
        long position = Signature.Length;
        while (position + 12 <= copy.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(copy.AsSpan((int)position));
            if (position + 12 + length > copy.Length)
                break;
            var content = copy.AsSpan((int)position + 4, 4 + (int)length);
            BinaryPrimitives.WriteUInt32BigEndian(copy.AsSpan((int)position + 8 + (int)length), Crc32.Append(0, content));
            position += 12 + length;
        }
        return copy;
    }
}
