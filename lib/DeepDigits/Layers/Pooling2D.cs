using System.Runtime.Intrinsics;

namespace DeepDigits;

/// <summary>A layer that slides a square window over each channel of an image and puts out one number for each position.</summary>
/// <remarks>Shapes: X [n, height, width, channels], Y [n, output height, output width, channels]. With padding "same", windows at the edge look at fewer pixels.</remarks>
public abstract unsafe class Pooling2D : Layer
{
    SlidingWindow vertical, horizontal;
    bool isQuads;
    Tensor? input, output, inputGradient;

    /// <summary>Windows of the given size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is less than 1.</exception>
    private protected Pooling2D(int size, int stride, Padding padding)
    {
        SlidingWindow.Check(size, size, stride, padding);
        (Size, Stride, Padding) = (size, stride, padding);
    }

    /// <summary>The height and width of the window in pixels.</summary>
    public int Size { get; }

    /// <summary>The pixels from one position of the window to the next.</summary>
    public int Stride { get; }

    /// <summary>What happens at the edges.</summary>
    public Padding Padding { get; }

    private protected abstract string Kind { get; }

    /// <inheritdoc/>
    public sealed override LayerDescription Describe() => new(Kind, ("size", Size), ("stride", Stride), ("padding", Padding == Padding.Same ? "same" : "valid"));

    /// <inheritdoc/>
    protected sealed override int[] Prepare(int[] shape, SeededRandom random)
    {
        SlidingWindow.CheckImages(Name, shape);
        vertical = SlidingWindow.Over(Name, "height", shape[0], Size, Stride, Padding);
        horizontal = SlidingWindow.Over(Name, "width", shape[1], Size, Stride, Padding);
        isQuads = KnowsQuads && Size == 2 && Stride == 2 && shape[0] % 2 == 0 && shape[1] % 2 == 0 && shape[2] % Vector256<float>.Count == 0;
        return [vertical.Output, horizontal.Output, shape[2]];
    }

    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor input, Pass pass)
    {
        CheckInput(input);
        this.input = input;
        Tensor.Reuse(ref output, input.Rows, OutputShape);
        Workers.For(input.Rows, this, static (layer, image) => layer.ForwardImage(image));
        return output;
    }

    /// <inheritdoc/>
    public sealed override Tensor Backward(Tensor outputGradient)
    {
        Tensor.Reuse(ref inputGradient, outputGradient.Rows, InputShape);
        Workers.For(outputGradient.Rows, (layer: this, outputGradient), static (it, image) => it.layer.BackwardImage(it.outputGradient, image));
        return inputGradient;
    }

    /// <summary>y[c] from the pixels of one window.</summary>
    private protected abstract void Pool(in PoolingWindow window, float* x, float* y);

    /// <summary>Adds what one window hands back to dx.</summary>
    private protected abstract void PoolGradient(in PoolingWindow window, float* x, float* y, float* dy, float* dx);

    /// <summary>Whether there is a faster way for windows of two by two that cover the image side by side, with a multiple of eight channels.</summary>
    private protected virtual bool KnowsQuads => false;

    /// <summary>y from a row of such windows, given the two rows of pixels under them.</summary>
    private protected virtual void PoolQuads(int windows, int channels, float* above, float* below, float* y) => throw new NotSupportedException();

    /// <summary>Writes (it need not add) what a row of such windows hands back to the two rows of dx.</summary>
    private protected virtual void PoolQuadsGradient(int windows, int channels, float* above, float* below, float* y, float* dy, float* dxAbove, float* dxBelow) =>
        throw new NotSupportedException();

    void ForwardImage(int image)
    {
        fixed (float* x = input!.Row(image), y = output!.Row(image))
        {
            if (isQuads)
            {
                var (rowIn, rowOut) = (horizontal.Input * InputShape[2], horizontal.Output * InputShape[2]);
                for (var i = 0; i < vertical.Output; i++)
                    PoolQuads(horizontal.Output, InputShape[2], x + 2 * i * rowIn, x + (2 * i + 1) * rowIn, y + i * rowOut);
                return;
            }
            var to = y;
            for (var i = 0; i < vertical.Output; i++)
                for (var j = 0; j < horizontal.Output; j++, to += InputShape[2])
                {
                    var window = Window(i, j);
                    Pool(window, x + window.First, to);
                }
        }
    }

    void BackwardImage(Tensor outputGradient, int image)
    {
        fixed (float* x = input!.Row(image), y = output!.Row(image), dy = outputGradient.Row(image), dx = inputGradient!.Row(image))
        {
            if (isQuads)
            {
                var (rowIn, rowOut) = (horizontal.Input * InputShape[2], horizontal.Output * InputShape[2]);
                for (var i = 0; i < vertical.Output; i++)
                {
                    var (above, below) = (2 * i * rowIn, (2 * i + 1) * rowIn);
                    PoolQuadsGradient(horizontal.Output, InputShape[2], x + above, x + below, y + i * rowOut, dy + i * rowOut, dx + above, dx + below);
                }
                return;
            }
            inputGradient.Row(image).Clear();
            var position = 0;
            for (var i = 0; i < vertical.Output; i++)
                for (var j = 0; j < horizontal.Output; j++, position += InputShape[2])
                {
                    var window = Window(i, j);
                    PoolGradient(window, x + window.First, y + position, dy + position, dx + window.First);
                }
        }
    }

    /// <summary>The part of the window at position (i, j) that lies inside the image.</summary>
    PoolingWindow Window(int i, int j)
    {
        var (top, left) = (i * Stride - vertical.Before, j * Stride - horizontal.Before);
        var (firstRow, firstColumn) = (Math.Max(0, top), Math.Max(0, left));
        var (rows, columns) = (Math.Min(top + Size, vertical.Input) - firstRow, Math.Min(left + Size, horizontal.Input) - firstColumn);
        var channels = InputShape[2];
        return new PoolingWindow((firstRow * horizontal.Input + firstColumn) * channels, rows, columns, horizontal.Input * channels, channels);
    }
}
