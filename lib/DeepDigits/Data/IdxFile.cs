using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;

namespace DeepDigits;

/// <summary>
/// IDX, the format of MNIST: arrays of any rank in row-major order. Files may be gzipped; that is seen from their content.
/// </summary>
/// <remarks>
/// The format (Y. LeCun, C. Cortes, C. Burges: The MNIST database of handwritten digits): two zero bytes; one byte for the type of the
/// elements (08 unsigned byte, 0c 32-bit integer); one byte for the rank; for each dimension its size in four bytes, most significant
/// first; then the elements.
/// </remarks>
public static class IdxFile
{
    const byte UnsignedByte = 0x08, Int32 = 0x0c;
    const int BlockLength = 1 << 18;

    /// <summary>Reads an array of bytes of any rank.</summary>
    /// <exception cref="DataMissingException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file is not an intact IDX file of bytes.</exception>
    public static (int[] Shape, byte[] Values) Read(string path) => Read(new InputFile(path));

    /// <summary>
    /// Reads images of rank 3, [count, height, width], or rank 4, [count, height, width, channels], and normalizes their pixels: byte /
    /// 255.
    /// </summary>
    /// <returns>Shape [count, height, width, channels], with one channel for a file of rank 3; every value from 0 to 1.</returns>
    /// <exception cref="DataMissingException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file is not an intact IDX file of images.</exception>
    public static Tensor ReadImages(string path) => ReadImages(new InputFile(path), null);

    /// <summary>
    /// Reads labels: bytes of rank 1, or 32-bit integers of rank 2, of which the first column is the class (so in QMNIST, whose other
    /// columns say who wrote the digit).
    /// </summary>
    /// <exception cref="DataMissingException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file is not an intact IDX file of labels from 0 to 255.</exception>
    public static byte[] ReadLabels(string path) => ReadLabels(new InputFile(path), null);

    /// <summary>Writes an array of bytes. The file appears whole or not at all; one of the same name is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="values">The elements in row-major order.</param>
    /// <param name="shape">The size of every dimension, 1 to 255 of them.</param>
    /// <param name="gzip">Whether to pack the file.</param>
    /// <exception cref="ShapeException">The number of values is not the product of the shape, or there are no dimensions or too
    /// many.</exception>
    public static void Write(string path, ReadOnlySpan<byte> values, ReadOnlySpan<int> shape, bool gzip = false)
    {
        if (shape.Length is < 1 or > 255 || Tensor.LengthOf(shape) != values.Length)
            throw new ShapeException($"{values.Length} values cannot be written as an IDX array of shape {Tensor.Format(shape)}.");
        var header = new byte[4 + 4 * shape.Length];
        header[2] = UnsignedByte;
        header[3] = (byte)shape.Length;
        for (var i = 0; i < shape.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * i), shape[i]);
        using var file = new AtomicFile(path);
        using (var stream = gzip ? new GZipStream(file.Stream, CompressionLevel.SmallestSize, leaveOpen: true) : null)
        {
            (stream ?? file.Stream).Write(header);
            (stream ?? file.Stream).Write(values);
        }
        file.Commit();
    }

    internal static (int[] Shape, byte[] Values) Read(InputFile input)
    {
        using (input)
        {
            var (type, shape, length) = ReadHeader(input, null);
            if (type != UnsignedByte)
                throw WrongType(input, "08 (unsigned bytes)", type);
            var values = new byte[length];
            Fill(input, values, null);
            input.RequireEnd();
            return (shape, values);
        }
    }

    /// <param name="input">The file, which is disposed at the end.</param>
    /// <param name="hash">Takes all unpacked bytes, if it is not null.</param>
    internal static Tensor ReadImages(InputFile input, IncrementalHash? hash)
    {
        using (input)
        {
            var (type, shape, length) = ReadHeader(input, hash);
            if (type != UnsignedByte)
                throw WrongType(input, "08 (unsigned bytes)", type);
            if (shape.Length is not (3 or 4) || shape.AsSpan(1).Contains(0))
            {
                throw input.Error("images of shape [count, height, width] or [count, height, width, channels]", $"shape {Tensor.Format(shape)}",
                    "Is it perhaps a file of labels?");
            }
            var images = Tensor.Uninitialized(shape.Length == 4 ? shape : [.. shape, 1]);
            var values = images.Values;
            // Block by block, so that the bytes of the whole file are never in memory beside the floats.
            var block = ArrayPool<byte>.Shared.Rent(BlockLength);
            for (var start = 0; start < length; start += BlockLength)
            {
                var pixels = block.AsSpan(0, Math.Min(BlockLength, length - start));
                Fill(input, pixels, hash);
                Pixels.Normalize(pixels, values[start..]);
            }
            ArrayPool<byte>.Shared.Return(block);
            input.RequireEnd();
            return images;
        }
    }

    /// <param name="input">The file, which is disposed at the end.</param>
    /// <param name="hash">Takes all unpacked bytes, if it is not null.</param>
    internal static byte[] ReadLabels(InputFile input, IncrementalHash? hash)
    {
        using (input)
        {
            var (type, shape, length) = ReadHeader(input, hash);
            if (type == UnsignedByte && shape.Length != 1 || type == Int32 && (shape.Length != 2 || shape[1] == 0))
            {
                throw input.Error("labels: bytes of shape [count] or 32-bit integers of shape [count, columns]", $"shape {Tensor.Format(shape)}",
                    "Is it perhaps a file of images?");
            }
            if (type == UnsignedByte)
            {
                var labels = new byte[length];
                Fill(input, labels, hash);
                input.RequireEnd();
                return labels;
            }
            var rowLength = 4 * shape[1];
            var rows = new byte[4 * length];
            Fill(input, rows, hash);
            input.RequireEnd();
            var classes = new byte[shape[0]];
            for (var i = 0; i < classes.Length; i++)
            {
                var label = BinaryPrimitives.ReadInt32BigEndian(rows.AsSpan(i * rowLength));
                if (label is < 0 or > 255)
                    throw input.Error($"a label from 0 to 255 in row {i}", $"{label}", "The first column must be the class.");
                classes[i] = (byte)label;
            }
            return classes;
        }
    }

    /// <returns>The type of the elements, the shape, and the number of elements, which belongs to the size of the file.</returns>
    static (byte Type, int[] Shape, int Length) ReadHeader(InputFile input, IncrementalHash? hash)
    {
        Span<byte> magic = stackalloc byte[4];
        Fill(input, magic, hash);
        if (magic[0] != 0 || magic[1] != 0 || magic[2] is not (UnsignedByte or Int32) || magic[3] == 0)
        {
            throw input.Error("an IDX header (00 00, 08 for bytes or 0c for 32-bit integers, the rank)", Convert.ToHexString(magic),
                "Is it an IDX file, such as train-images-idx3-ubyte?");
        }
        Span<byte> sizes = stackalloc byte[4 * magic[3]];
        Fill(input, sizes, hash);
        var shape = new int[magic[3]];
        long bytes = magic[2] == Int32 ? 4 : 1;
        var atMost = bytes; // without sizes of 0, so that a row of an array without rows has a length, too
        for (var i = 0; i < shape.Length; i++)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(sizes[(4 * i)..]);
            bytes *= size;
            atMost *= Math.Max(1, size);
            if (atMost > Array.MaxLength)
            {
                throw input.Error($"sizes for at most {Array.MaxLength} bytes", $"{size} in dimension {i}",
                    "The header is damaged: get the file again.");
            }
            shape[i] = (int)size;
        }
        if (bytes != input.Length - input.Position)
        {
            throw input.Error($"{bytes} bytes of data for the shape {Tensor.Format(shape)} of the header",
                $"{(input.Length - input.Position)} bytes", "The file is cut off or damaged: get it again.");
        }
        return (magic[2], shape, (int)(magic[2] == Int32 ? bytes / 4 : bytes));
    }

    static void Fill(InputFile input, Span<byte> buffer, IncrementalHash? hash)
    {
        var count = input.Read(buffer);
        if (count < buffer.Length)
            throw input.Error($"{buffer.Length - count} more bytes", "the end of the file", "It is cut off: get it again.");
        hash?.AppendData(buffer);
    }

    static DataFormatException WrongType(InputFile input, string expected, byte found) =>
        input.Error($"elements of type {expected}", $"type {found:x2}", "Is it perhaps a file of labels?");
}
