using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;

namespace DeepDigits.Tests.Data;

/// <summary>Small made-up data for the tests of this folder.</summary>
static class Examples
{
    /// <summary>The images [count, side, side] of random bytes as an IDX file.</summary>
    public static byte[] ImageFile(int count, int side, int seed = 1) => [0, 0, 8, 3, .. BigEndian(count, side, side), .. Bytes(count * side * side, seed)];

    public static byte[] LabelFile(params ReadOnlySpan<byte> labels) => [0, 0, 8, 1, .. BigEndian(labels.Length), .. labels];

    public static byte[] Bytes(int count, int seed)
    {
        var random = new SeededRandom(seed);
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
            bytes[i] = (byte)random.NextInt(256);
        return bytes;
    }

    public static byte[] Gzip(ReadOnlySpan<byte> content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(content);
        return packed.ToArray();
    }

    /// <summary>A data set whose image i has the pixels k/255 of random bytes k.</summary>
    public static Dataset Labelled(ReadOnlySpan<byte> labels, int classCount, int side = 2) => new(Images(labels.Length, side), labels, classCount);

    public static Tensor Images(int count, int side)
    {
        var images = new Tensor(count, side, side, 1);
        Pixels.Normalize(Bytes(count * side * side, seed: 7), images.Values);
        return images;
    }

    /// <summary>From <paramref name="atLeast"/> to 200 labels of up to 10 classes, some of which may have no examples.</summary>
    public static Gen<(byte[] Labels, int ClassCount)> Labels(int atLeast) =>
        from classCount in Gen.Choose(1, 10)
        from count in Gen.Choose(atLeast, 200)
        from labels in Gen.Choose(0, classCount - 1).ArrayOf(count)
        select (Array.ConvertAll(labels, l => (byte)l), classCount);

    static byte[] BigEndian(params ReadOnlySpan<int> numbers)
    {
        var bytes = new byte[4 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), numbers[i]);
        return bytes;
    }
}
