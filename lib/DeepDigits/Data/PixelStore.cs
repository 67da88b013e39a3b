namespace DeepDigits;

/// <summary>
/// Collects images of bytes whose number is not known before the last one has arrived: in chunks, so that growing never copies.
/// </summary>
/// <param name="imageLength">The number of pixels of an image.</param>
sealed class PixelStore(int imageLength)
{
    const int ChunkLength = 1 << 20;

    readonly int imagesPerChunk = Math.Max(1, ChunkLength / imageLength);
    readonly List<byte[]> chunks = [];
    int count;

    /// <summary>Copies an image.</summary>
    public void Add(ReadOnlySpan<byte> pixels)
    {
        var place = count++ % imagesPerChunk;
        if (place == 0)
            chunks.Add(GC.AllocateUninitializedArray<byte>(imagesPerChunk * imageLength));
        pixels.CopyTo(chunks[^1].AsSpan(place * imageLength));
    }

    /// <summary>The images collected so far, normalized: shape [count, side, side, 1].</summary>
    public Tensor ToImages(int side)
    {
        var images = Tensor.Uninitialized(count, side, side, 1);
        var rest = images.Values;
        foreach (var chunk in chunks)
        {
            var length = Math.Min(chunk.Length, rest.Length);
            Pixels.Normalize(chunk.AsSpan(0, length), rest);
            rest = rest[length..];
        }
        return images;
    }
}
