using System.Buffers.Binary;

namespace DeepDigits;

/// <summary>
/// CRC-32, the checksum of gzip and PNG: the remainder of the bits as a polynomial over two elements, divided by x^32 + x^26 + ... + 1
/// (edb88320).
/// </summary>
/// <remarks>
/// Eight bytes at a time by eight tables (M. Kounavis, F. Berry: A Systematic Approach to Building High Performance Software-Based CRC
/// Generators, ISCC 2005).
/// </remarks>
static class Crc32
{
    const uint Polynomial = 0xedb88320;

    /// <summary>Entry 256 k + b: what byte b does to the checksum when k more bytes follow it.</summary>
    static readonly uint[] table = MakeTable();

    /// <summary>The checksum of some bytes, or of more bytes after those that gave <paramref name="checksum"/>.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        var crc = ~checksum;
        var entries = table.AsSpan(0, 8 * 256);
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = entries[7 * 256 + (byte)low] ^ entries[6 * 256 + (byte)(low >> 8)]
                ^ entries[5 * 256 + (byte)(low >> 16)] ^ entries[4 * 256 + (byte)(low >> 24)]
                ^ entries[3 * 256 + (byte)high] ^ entries[2 * 256 + (byte)(high >> 8)]
                ^ entries[256 + (byte)(high >> 16)] ^ entries[(byte)(high >> 24)];
        }
        foreach (var value in bytes)
            crc = (crc >> 8) ^ entries[(byte)(crc ^ value)];
        return ~crc;
    }

    static uint[] MakeTable()
    {
        var entries = new uint[8 * 256];
        for (uint value = 0; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
            entries[value] = crc;
        }
        for (var i = 256; i < entries.Length; i++)
            entries[i] = (entries[i - 256] >> 8) ^ entries[(byte)entries[i - 256]];
        return entries;
    }
}
