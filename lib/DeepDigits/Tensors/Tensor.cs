using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace DeepDigits;

/// <summary>
/// Numbers in a box: 32-bit floats in row-major order with a visible shape.
/// The element at index (i, j, k) of a tensor of shape [I, J, K] stands at position (i * J + j) * K + k.
/// Images are [count, height, width, channels], as in TensorFlow (NHWC).
/// </summary>
/// <remarks>
/// A tensor is a plain container: no graph, no gradient, no broadcasting. The layers do the arithmetic.
/// </remarks>
public sealed class Tensor
{
    readonly int[] shape;
    float[] buffer;

    /// <summary>A tensor of zeros.</summary>
    /// <param name="shape">The size of every dimension, each at least 0. No dimension at all makes a scalar.</param>
    /// <exception cref="ShapeException">A size is negative, or the elements are more than one array can hold (2,147,483,591).</exception>
    public Tensor(params ReadOnlySpan<int> shape)
        : this(new float[LengthOf(shape)], shape)
    {
    }

    Tensor(float[] buffer, ReadOnlySpan<int> shape)
    {
        this.buffer = buffer;
        this.shape = shape.ToArray();
        Length = LengthOf(shape);
    }

    /// <summary>A tensor that holds a copy of the given values, in row-major order.</summary>
    /// <exception cref="ShapeException">The number of values is not the product of the shape.</exception>
    public static Tensor From(ReadOnlySpan<float> values, params ReadOnlySpan<int> shape)
    {
        if (values.Length != LengthOf(shape))
            throw new ShapeException($"{values.Length} values do not fill a tensor of shape {Format(shape)}, which has {LengthOf(shape)} elements.");
        var tensor = Uninitialized(shape);
        values.CopyTo(tensor.Values);
        return tensor;
    }

    /// <summary>A tensor whose values the caller is about to write: whatever stood in the memory before is still in it.</summary>
    internal static Tensor Uninitialized(params ReadOnlySpan<int> shape) =>
        new(GC.AllocateUninitializedArray<float>(LengthOf(shape)), shape);

    /// <summary>The size of every dimension, for example [60000, 28, 28, 1].</summary>
    public ReadOnlySpan<int> Shape => shape;

    /// <summary>The number of dimensions.</summary>
    public int Rank => shape.Length;

    /// <summary>The number of elements: the product of the shape.</summary>
    public int Length { get; private set; }

    /// <summary>The size of the first dimension, which for a batch is the number of examples; 1 for a scalar.</summary>
    public int Rows => shape.Length == 0 ? 1 : shape[0];

    /// <summary>The number of elements in one row: the product of all dimensions but the first.</summary>
    public int RowLength => shape.Length == 0 ? 1 : LengthOf(shape.AsSpan(1));

    /// <summary>All elements in row-major order. Writing to the span writes to the tensor.</summary>
    public Span<float> Values => buffer.AsSpan(0, Length);

    /// <summary>The elements of one row (of one example in a batch).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Span<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        var length = RowLength;
        return buffer.AsSpan(row * length, length);
    }

    /// <summary>One element by its index in every dimension.</summary>
    /// <exception cref="ShapeException">There are more or fewer indices than dimensions.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside its dimension.</exception>
    public float this[params ReadOnlySpan<int> index]
    {
        get => buffer[Position(index)];
        set => buffer[Position(index)] = value;
    }

    /// <summary>The same numbers under another shape. Both tensors share the memory.</summary>
    /// <param name="shape">The new sizes; one of them may be -1, which stands for whatever is left.</param>
    /// <exception cref="ShapeException">The product of the sizes is not <see cref="Length"/>.</exception>
    public Tensor Reshape(params ReadOnlySpan<int> shape)
    {
        Span<int> sizes = stackalloc int[shape.Length];
        shape.CopyTo(sizes);
        var open = sizes.IndexOf(-1);
        if (open >= 0)
        {
            sizes[open] = 1;
            var rest = LengthOf(sizes);
            if (rest == 0 || Length % rest != 0)
                throw new ShapeException($"A tensor of shape {Format(Shape)} cannot be reshaped to {Format(shape)}: {Length} elements are not a multiple of {rest}.");
            sizes[open] = Length / rest;
        }
        if (LengthOf(sizes) != Length)
            throw new ShapeException($"A tensor of shape {Format(Shape)} has {Length} elements and cannot be reshaped to {Format(shape)}, which has {LengthOf(sizes)}.");
        return new Tensor(buffer, sizes);
    }

    /// <summary>A copy with memory of its own.</summary>
    public Tensor Clone() => From(Values, shape);

    /// <summary>Overwrites every element with the elements of another tensor of the same shape.</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public void CopyFrom(Tensor other)
    {
        if (!Shape.SequenceEqual(other.Shape))
            throw new ShapeException($"A tensor of shape {Format(other.Shape)} cannot be copied into one of shape {Format(Shape)}.");
        other.Values.CopyTo(Values);
    }

    /// <summary>The shape and the first values, for a look in a notebook or a debugger.</summary>
    public override string ToString()
    {
        const int shown = 8;
        var text = new StringBuilder($"Tensor {Format(Shape)}: ");
        var values = Values;
        for (var i = 0; i < Math.Min(shown, values.Length); i++)
            text.Append(i == 0 ? "" : ", ").Append(values[i].ToString("G4", CultureInfo.InvariantCulture));
        return text.Append(values.Length > shown ? ", ..." : "").ToString();
    }

    /// <summary>A shape as text: [60000, 28, 28, 1].</summary>
    internal static string Format(ReadOnlySpan<int> shape)
    {
        var text = new StringBuilder("[");
        for (var i = 0; i < shape.Length; i++)
            text.Append(i == 0 ? "" : ", ").Append(shape[i].ToString(CultureInfo.InvariantCulture));
        return text.Append(']').ToString();
    }

    /// <summary>The number of elements of a shape.</summary>
    /// <exception cref="ShapeException">A size is negative, or the product is more than one array can hold.</exception>
    internal static int LengthOf(ReadOnlySpan<int> shape)
    {
        long length = 1;
        foreach (var size in shape)
        {
            if (size < 0)
                throw new ShapeException($"Shape {Format(shape)} has a negative size.");
            length *= size;
            if (length > Array.MaxLength)
                throw new ShapeException($"Shape {Format(shape)} has more elements than one tensor can hold ({Array.MaxLength}).");
        }
        return (int)length;
    }

    /// <summary>
    /// Changes the number of rows in place. The values are undefined afterwards. Memory is only taken when there are more rows
    /// than ever before: so the buffers of a training step, whose last batch is smaller, are allocated once.
    /// </summary>
    internal void ResizeRows(int rows)
    {
        if (rows == shape[0])
            return;
        var length = LengthOf([rows, RowLength]);
        if (length > buffer.Length)
            buffer = GC.AllocateUninitializedArray<float>(length);
        shape[0] = rows;
        Length = length;
    }

    /// <summary>
    /// A tensor with at least the given rows to write to, made or resized in place: for the buffers that a layer keeps between steps.
    /// </summary>
    internal static Tensor Reuse([NotNull] ref Tensor? kept, int rows, ReadOnlySpan<int> rowShape)
    {
        if (kept is null)
            kept = Uninitialized([rows, .. rowShape]);
        else
            kept.ResizeRows(rows);
        return kept;
    }

    /// <summary>The rows of another tensor under another row shape, without copying: for layers that only reshape. The view object is kept
    /// between steps.</summary>
    internal static Tensor ReuseView([NotNull] ref Tensor? kept, Tensor source, ReadOnlySpan<int> rowShape)
    {
        kept ??= new Tensor(source.buffer, [source.Rows, .. rowShape]);
        (kept.buffer, kept.shape[0], kept.Length) = (source.buffer, source.Rows, source.Length);
        return kept;
    }

    /// <summary>The first element, to be pinned by kernels.</summary>
    internal ref float Start => ref MemoryMarshal.GetArrayDataReference(buffer);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Position(ReadOnlySpan<int> index)
    {
        if (index.Length != shape.Length)
            throw new ShapeException($"A tensor of shape {Format(Shape)} needs {shape.Length} indices, not {index.Length}.");
        var position = 0;
        for (var i = 0; i < shape.Length; i++)
        {
            if ((uint)index[i] >= (uint)shape[i])
                throw new ArgumentOutOfRangeException(nameof(index), $"Index {index[i]} of dimension {i} is outside shape {Format(Shape)}.");
            position = position * shape[i] + index[i];
        }
        Debug.Assert(position < Length);
        return position;
    }
}
