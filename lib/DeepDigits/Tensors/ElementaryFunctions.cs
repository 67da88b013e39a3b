using System.Numerics.Tensors;

namespace DeepDigits;

/// <summary>exp, sigmoid and tanh of many numbers, with the same bits on every machine.</summary>
/// <remarks>
/// <see cref="TensorPrimitives"/> computes them with vectors in a way that gives the same bits for every vector width, with fused
/// multiply-adds or without (all 2^32 floats were compared). But for fewer numbers than the shortest vector holds it calls the platform's C
/// library, which differs. So fewer than four are filled up to four.
/// </remarks>
static class ElementaryFunctions
{
    const int ShortestVector = 4;

    delegate void Function(ReadOnlySpan<float> input, Span<float> output);

    static readonly Function exp = TensorPrimitives.Exp, sigmoid = TensorPrimitives.Sigmoid, tanh = TensorPrimitives.Tanh;

    /// <summary>output = exp(input); both may be the same memory.</summary>
    public static void Exp(ReadOnlySpan<float> input, Span<float> output) => Apply(exp, input, output);

    /// <summary>output = 1 / (1 + exp(-input)); both may be the same memory.</summary>
    public static void Sigmoid(ReadOnlySpan<float> input, Span<float> output) => Apply(sigmoid, input, output);

    /// <summary>output = tanh(input); both may be the same memory.</summary>
    public static void Tanh(ReadOnlySpan<float> input, Span<float> output) => Apply(tanh, input, output);

    static void Apply(Function function, ReadOnlySpan<float> input, Span<float> output)
    {
        if (input.Length >= ShortestVector)
        {
            function(input, output);
            return;
        }
        Span<float> four = stackalloc float[ShortestVector];
        four.Clear();
        input.CopyTo(four);
        function(four, four);
        four[..input.Length].CopyTo(output);
    }
}
