namespace DeepDigits;

/// <summary>An image with zeros around it, and between its pixels where they shall lie further apart.</summary>
/// <param name="height">The rows of the image.</param>
/// <param name="width">The pixels of a row.</param>
/// <param name="channels">The floats of a pixel.</param>
/// <param name="spacing">From one pixel to the next, in pixels: 1 without zeros between them.</param>
/// <param name="top">The rows of zeros above; pixels beyond the padded height or width are left out.</param>
/// <param name="left">The zeros before each row, in pixels.</param>
/// <param name="paddedHeight">The rows of the whole.</param>
/// <param name="paddedWidth">The pixels of a row of the whole.</param>
readonly unsafe struct PaddedImage(int height, int width, int channels, int spacing, int top, int left, int paddedHeight, int paddedWidth)
{
    public int Channels => channels;

    public int PaddedWidth => paddedWidth;

    /// <summary>The floats of the image without the zeros.</summary>
    public long Length => (long)height * width * channels;

    /// <summary>The image itself where nothing is to be added, else a copy in the buffer.</summary>
    public float* Of(float* image, NativeBuffer buffer)
    {
        if (height == paddedHeight && width == paddedWidth)
            return image;
        var (rowLength, paddedRow) = (width * channels, paddedWidth * channels);
        var padded = buffer.Reserve((long)paddedHeight * paddedRow);
        var copied = Math.Min(width, (paddedWidth - left + spacing - 1) / spacing) * channels;
        for (var y = 0; y < paddedHeight; y++)
        {
            var to = new Span<float>(padded + (long)y * paddedRow, paddedRow);
            var row = (y - top) / spacing;
            if (y < top || (y - top) % spacing != 0 || row >= height)
            {
                to.Clear();
                continue;
            }
            var from = new ReadOnlySpan<float>(image + (long)row * rowLength, copied);
            if (spacing == 1)
            {
                to[..(left * channels)].Clear();
                from.CopyTo(to[(left * channels)..]);
                to[(left * channels + copied)..].Clear();
                continue;
            }
            to.Clear();
            for (var x = 0; x * channels < copied; x++)
                from.Slice(x * channels, channels).CopyTo(to[((left + x * spacing) * channels)..]);
        }
        return padded;
    }

    /// <summary>The image with so many channels, of which those that it does not have are zeros.</summary>
    public float* WithColumns(float* image, int columns, NativeBuffer buffer)
    {
        if (columns == channels)
            return image;
        var pixels = height * width;
        var padded = buffer.Reserve((long)pixels * columns);
        for (var i = 0; i < pixels; i++)
        {
            new ReadOnlySpan<float>(image + (long)i * channels, channels).CopyTo(new Span<float>(padded + (long)i * columns, channels));
            new Span<float>(padded + (long)i * columns + channels, columns - channels).Clear();
        }
        return padded;
    }
}
