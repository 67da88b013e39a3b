namespace DeepDigits;

/// <summary>The numbers of a network in few bits, for the drawing page.</summary>
/// <remarks>
/// Each unit (of a dense layer) or filter (of a convolution) has a scale s of its own: its largest weight by absolute value, divided by m = 2^(bits - 1) - 1. A weight w is stored as the
/// whole number q = round(w / s), from -m to m, and read as q s, so it is off by at most s / 2. Biases are few and stay 32-bit floats.
/// </remarks>
static class PageWeights
{
    /// <summary>The whole numbers of a weight, in its order, and the scale of each of its last dimension's columns.</summary>
    public static (sbyte[] Numbers, float[] Scales) Quantize(Tensor weight, int bits)
    {
        var columns = weight.Shape[^1];
        var most = (1 << (bits - 1)) - 1;
        var scales = new float[columns];
        for (var i = 0; i < weight.Length; i++)
            scales[i % columns] = Math.Max(scales[i % columns], Math.Abs(weight.Values[i]));
        for (var column = 0; column < columns; column++)
            scales[column] = scales[column] / most is > 0 and var scale ? scale : 1;
        var numbers = new sbyte[weight.Length];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = (sbyte)Math.Clamp(MathF.Round(weight.Values[i] / scales[i % columns]), -most, most);
        return (numbers, scales);
    }

    /// <summary>What is read of it.</summary>
    public static void Dequantize(sbyte[] numbers, float[] scales, Tensor weight)
    {
        for (var i = 0; i < numbers.Length; i++)
            weight.Values[i] = numbers[i] * scales[i % scales.Length];
    }

    /// <summary>The numbers as bytes: one each, or with 4 bits two each, the first in the lower half. Each is stored with m added, so that none is negative.</summary>
    public static byte[] Pack(sbyte[] numbers, int bits)
    {
        var most = (1 << (bits - 1)) - 1;
        if (bits == 8)
            return Array.ConvertAll(numbers, number => (byte)(number + most));
        var bytes = new byte[(numbers.Length + 1) / 2];
        for (var i = 0; i < numbers.Length; i++)
            bytes[i / 2] |= (byte)((numbers[i] + most) << (4 * (i % 2)));
        return bytes;
    }
}
