using System.Numerics.Tensors;

namespace DeepDigits;

/// <summary>Grey levels from bytes to numbers and back: 0 is the background (0.0), 255 the full stroke (1.0).</summary>
static class Pixels
{
    const float White = 255;

    /// <summary>
    /// Normalization: pixel / 255 as a 32-bit float. It is a division, not a product with 1/255, which would differ in the last bit for
    /// some pixels. A division is exact to the last bit on every machine, so every reader of images (IDX, CSV) gives the same bits.
    /// </summary>
    public static void Normalize(ReadOnlySpan<byte> pixels, Span<float> values)
    {
        TensorPrimitives.ConvertTruncating(pixels, values);
        TensorPrimitives.Divide(values[..pixels.Length], White, values);
    }

    /// <summary>The inverse of <see cref="Normalize"/>.</summary>
    /// <exception cref="ArgumentException">A value is not the normalization of any byte.</exception>
    public static byte ToByte(float value)
    {
        var pixel = (byte)Math.Clamp(MathF.Round(value * White), 0, White);
        if (pixel / White != value)
            throw new ArgumentException($"{value:R} is not a grey level k/255 with a whole number k from 0 to 255, so it cannot be written as a byte.");
        return pixel;
    }
}
