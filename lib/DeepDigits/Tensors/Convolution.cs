using System.Runtime.Intrinsics;

namespace DeepDigits;

/// <summary>
/// Convolution of images with a kernel of filters, as deep learning calls it (mathematicians: cross-correlation), and its two gradients.
/// </summary>
/// <remarks>
/// <para>Shapes: x [n, height, width, channels], w [kernel height, kernel width, channels, filters], y [n, output height, output width, filters].
/// y[n, i, j, f] = b[f] + the sum over u, v, c of x[n, i s + u - top, j s + v - left, c] w[u, v, c, f], where x is 0 outside the image.</para>
/// <para>The textbook way writes all windows side by side into a large matrix (im2col) and multiplies it with the filters. Here nothing is written: a
/// row of that matrix is kernel-height stretches of adjacent floats of the image, so <see cref="GemmTile{TOperations, TVector}"/> reads it in place. Only an
/// image that needs zeros around it is copied, one at a time, into a buffer that stays in the processor's cache.</para>
/// <para>Sums run in a fixed order: y and dx over the window, row by row; dw and db over the positions, image by image within chunks whose number depends on
/// the batch alone, then over the chunks. So the bits depend neither on the threads nor on the vector width.</para>
/// </remarks>
sealed unsafe class Convolution
{
    /// <summary>With at most so many columns, half of the widest vector, two neighbouring positions are computed as one of twice the columns.</summary>
    const int FewColumns = 8;

    /// <summary>The images of one chunk, and the most chunks, of the sum over a batch.</summary>
    const int ImagesOfChunk = 8, MaxChunks = 16;

    [ThreadStatic]
    static NativeBuffer? paddedImage, paddedGradient;

    readonly SlidingWindow vertical, horizontal;
    readonly int channels, filters;
    readonly NativeBuffer packedFilters = new(), flippedFilters = new(), pairedFilters = new(), packedBias = new(), partialSums = new();

    public Convolution(SlidingWindow vertical, SlidingWindow horizontal, int channels, int filters) =>
        (this.vertical, this.horizontal, this.channels, this.filters) = (vertical, horizontal, channels, filters);

    int ImageLength => vertical.Input * horizontal.Input * channels;

    int OutputLength => vertical.Output * horizontal.Output * filters;

    int WindowLength => vertical.Kernel * horizontal.Kernel * channels;

    /// <summary>y from x, w and b.</summary>
    public void Forward(int images, float* x, float* w, float* b, float* y, VectorWidth width)
    {
        switch (Narrowest(width, filters, IsPaired(filters, horizontal.Output)))
        {
            case VectorWidth.Bits512:
                Forward<VectorOperations512, Vector512<float>>(images, x, w, b, y);
                break;
            case VectorWidth.Bits256:
                Forward<VectorOperations256, Vector256<float>>(images, x, w, b, y);
                break;
            default:
                Forward<VectorOperations128, Vector128<float>>(images, x, w, b, y);
                break;
        }
    }

    /// <summary>dx from dy and w.</summary>
    /// <remarks>
    /// x[i', j', c] feeds y[i, j, f] through w[u, v, c, f] wherever i' = i s + u - top and j' = j s + v - left. So dx[i', j', c] is the sum of dy[i, j, f] w[u, v, c, f]
    /// over these: the convolution, with stride 1, of dy (with s - 1 zeros between its rows and columns, and enough around) with the filters upside down and with channels
    /// and filters exchanged.
    /// </remarks>
    public void InputGradient(int images, float* dy, float* w, float* dx, VectorWidth width)
    {
        switch (Narrowest(width, channels, IsPaired(channels, horizontal.Input)))
        {
            case VectorWidth.Bits512:
                InputGradient<VectorOperations512, Vector512<float>>(images, dy, w, dx);
                break;
            case VectorWidth.Bits256:
                InputGradient<VectorOperations256, Vector256<float>>(images, dy, w, dx);
                break;
            default:
                InputGradient<VectorOperations128, Vector128<float>>(images, dy, w, dx);
                break;
        }
    }

    /// <summary>dw and db from x and dy: dw[u, v, c, f] is the sum of x[n, i s + u - top, j s + v - left, c] dy[n, i, j, f], and db[f] of dy[n, i, j, f], over n, i, j.</summary>
    public void FilterGradient(int images, float* x, float* dy, float* dw, float* db, VectorWidth width)
    {
        switch (Narrowest(width, filters, arePaired: false))
        {
            case VectorWidth.Bits512:
                FilterGradient<VectorOperations512, Vector512<float>>(images, x, dy, dw, db);
                break;
            case VectorWidth.Bits256:
                FilterGradient<VectorOperations256, Vector256<float>>(images, x, dy, dw, db);
                break;
            default:
                FilterGradient<VectorOperations128, Vector128<float>>(images, x, dy, dw, db);
                break;
        }
    }

    /// <summary>The definition of the forward pass, one multiply-add after the other: what the fast path is tested against, and what to read first.</summary>
    public void NaiveForward(int images, ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, Span<float> y)
    {
        for (var n = 0; n < images; n++)
            for (var i = 0; i < vertical.Output; i++)
                for (var j = 0; j < horizontal.Output; j++)
                    for (var f = 0; f < filters; f++)
                    {
                        var sum = b[f];
                        for (var u = 0; u < vertical.Kernel; u++)
                            for (var v = 0; v < horizontal.Kernel; v++)
                                for (var c = 0; c < channels; c++)
                                    if (Pixel(n, i, j, u, v) is var pixel and >= 0)
                                        sum = MathF.FusedMultiplyAdd(x[pixel * channels + c], w[((u * horizontal.Kernel + v) * channels + c) * filters + f], sum);
                        y[((n * vertical.Output + i) * horizontal.Output + j) * filters + f] = sum;
                    }
    }

    /// <summary>The definition of the gradients: every product of the forward pass hands dy on to both of its factors. Sums in double precision.</summary>
    public void NaiveBackward(int images, ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> dy, Span<double> dx, Span<double> dw, Span<double> db)
    {
        dx.Clear();
        dw.Clear();
        db.Clear();
        for (var n = 0; n < images; n++)
            for (var i = 0; i < vertical.Output; i++)
                for (var j = 0; j < horizontal.Output; j++)
                    for (var f = 0; f < filters; f++)
                    {
                        var gradient = (double)dy[((n * vertical.Output + i) * horizontal.Output + j) * filters + f];
                        db[f] += gradient;
                        for (var u = 0; u < vertical.Kernel; u++)
                            for (var v = 0; v < horizontal.Kernel; v++)
                                for (var c = 0; c < channels; c++)
                                    if (Pixel(n, i, j, u, v) is var pixel and >= 0)
                                    {
                                        var weight = ((u * horizontal.Kernel + v) * channels + c) * filters + f;
                                        dw[weight] += gradient * x[pixel * channels + c];
                                        dx[pixel * channels + c] += gradient * w[weight];
                                    }
                    }
    }

    /// <summary>The pixel of image n under position (u, v) of the window at (i, j); -1 outside the image.</summary>
    int Pixel(int n, int i, int j, int u, int v)
    {
        var (row, column) = (i * vertical.Stride + u - vertical.Before, j * horizontal.Stride + v - horizontal.Before);
        return row >= 0 && row < vertical.Input && column >= 0 && column < horizontal.Input ? (n * vertical.Input + row) * horizontal.Input + column : -1;
    }

    /// <summary>Vectors no wider than the columns need: half-empty ones would compute for nothing.</summary>
    static VectorWidth Narrowest(VectorWidth width, int columns, bool arePaired) =>
        width > VectorWidth.Bits256 && columns <= FewColumns && !arePaired ? VectorWidth.Bits256 : width;

    /// <summary>Whether the positions of a row are computed two by two.</summary>
    static bool IsPaired(int columns, int positions) => columns <= FewColumns && positions % 2 == 0;

    void Forward<TOperations, TVector>(int images, float* x, float* w, float* b, float* y)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
    {
        var from = new PaddedImage(vertical.Input, horizontal.Input, channels, 1, vertical.Before, horizontal.Before, vertical.Covered, horizontal.Covered);
        MultiplyWindows<TOperations, TVector>(images, x, from, vertical, horizontal, w, b, filters, y);
    }

    void InputGradient<TOperations, TVector>(int images, float* dy, float* w, float* dx)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
    {
        var (height, width) = (vertical.Kernel, horizontal.Kernel);
        var flipped = flippedFilters.Reserve((long)WindowLength * filters);
        for (var u = 0; u < height; u++)
            for (var v = 0; v < width; v++)
                for (var c = 0; c < channels; c++)
                {
                    var filter = w + ((u * width + v) * channels + c) * filters;
                    var to = flipped + ((height - 1 - u) * width + width - 1 - v) * filters * channels + c;
                    for (var f = 0; f < filters; f++)
                        to[f * channels] = filter[f];
                }
        // Every pixel of x is a position of the flipped window, at stride 1.
        var (above, left) = (height - 1 - vertical.Before, width - 1 - horizontal.Before);
        var (down, across) = (new SlidingWindow((vertical.Output - 1) * vertical.Stride + 1, height, 1, vertical.Input, above), new SlidingWindow(0, width, 1, horizontal.Input, left));
        var from = new PaddedImage(vertical.Output, horizontal.Output, filters, vertical.Stride, above, left, down.Covered, across.Covered);
        MultiplyWindows<TOperations, TVector>(images, dy, from, down, across, flipped, null, channels, dx);
    }

    /// <summary>target[i, j] = bias + the windows of the source at (i, j) times the matrix of filters, for all images.</summary>
    void MultiplyWindows<TOperations, TVector>(
        int images, float* source, in PaddedImage from, SlidingWindow vertical, SlidingWindow horizontal, float* matrix, float* bias, int columns, float* target)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
    {
        var copies = 1;
        if (IsPaired(columns, horizontal.Output))
        {
            matrix = Paired(matrix, vertical.Kernel, horizontal, from.Channels, columns);
            horizontal = horizontal with { Kernel = horizontal.Kernel + horizontal.Stride, Stride = 2 * horizontal.Stride, Output = horizontal.Output / 2 };
            copies = 2;
        }
        var job = new WindowsJob
        {
            From = from,
            Vertical = vertical,
            Horizontal = horizontal,
            Columns = copies * columns,
            Source = source,
            Target = target,
            Panels = Pack<TOperations, TVector>(matrix, vertical.Kernel * horizontal.Kernel * from.Channels, copies * columns),
            Start = Pad<TOperations, TVector>(bias, columns, copies),
        };
        Workers.For(images, job, MultiplyWindows<TOperations, TVector>);
    }

    /// <summary>
    /// Filters for two neighbouring positions at once: their windows together are a window wider by one stride, in which each position's weights stand at its place, and zeros elsewhere.
    /// So few filters fill the vectors, at the price of multiplying some zeros, which changes no sum of finite numbers.
    /// </summary>
    float* Paired(float* matrix, int kernelHeight, SlidingWindow horizontal, int channels, int columns)
    {
        var (row, pairedRow) = (horizontal.Kernel * channels, (horizontal.Kernel + horizontal.Stride) * channels);
        var length = kernelHeight * pairedRow * 2 * columns;
        var paired = pairedFilters.Reserve(length);
        new Span<float>(paired, length).Clear();
        for (var u = 0; u < kernelHeight; u++)
            for (var position = 0; position < 2; position++)
                for (var k = 0; k < row; k++)
                {
                    var to = paired + ((u * pairedRow + position * horizontal.Stride * channels + k) * 2 + position) * columns;
                    new ReadOnlySpan<float>(matrix + (u * row + k) * columns, columns).CopyTo(new Span<float>(to, columns));
                }
        return paired;
    }

    void FilterGradient<TOperations, TVector>(int images, float* x, float* dy, float* dw, float* db)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
    {
        var imagesOfChunk = Math.Max(ImagesOfChunk, (images + MaxChunks - 1) / MaxChunks);
        var chunks = (images + imagesOfChunk - 1) / imagesOfChunk;
        var columns = (filters + TOperations.Lanes - 1) / TOperations.Lanes * TOperations.Lanes;
        var job = new SumsJob
        {
            Convolution = this,
            X = x,
            Dy = dy,
            Dw = dw,
            Db = db,
            Images = images,
            ImagesOfChunk = imagesOfChunk,
            Chunks = chunks,
            Columns = columns,
            Sums = partialSums.Reserve((long)chunks * (WindowLength + 1) * columns),
        };
        Workers.For(chunks, job, static (job, chunk) => job.Convolution.SumChunk<TOperations, TVector>(job, chunk));
        Workers.ForRanges(WindowLength + 1, 64, job, static (job, start, end) => job.Convolution.AddChunks(job, start, end));
    }

    /// <summary>The filters as panels for the tile.</summary>
    float* Pack<TOperations, TVector>(float* matrix, int depth, int columns)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
    {
        var width = GemmTile<TOperations, TVector>.Columns;
        var panels = packedFilters.Reserve((long)depth * ((columns + width - 1) / width * width));
        new LanesContiguous(matrix, columns).Pack(panels, (nint)width * depth, width, 0, columns, 0, depth);
        return panels;
    }

    /// <summary>What the sums of each column begin with, up to the end of the last tile.</summary>
    float* Pad<TOperations, TVector>(float* bias, int columns, int copies)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
    {
        var width = GemmTile<TOperations, TVector>.Columns;
        var length = (copies * columns + width - 1) / width * width;
        var padded = packedBias.Reserve(length);
        new Span<float>(padded, length).Clear();
        for (var copy = 0; copy < copies && bias != null; copy++)
            new ReadOnlySpan<float>(bias, columns).CopyTo(new Span<float>(padded + copy * columns, columns));
        return padded;
    }

    /// <summary>All windows of one image times all filters.</summary>
    static void MultiplyWindows<TOperations, TVector>(WindowsJob job, int image)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
    {
        var (channels, stride) = (job.From.Channels, job.Horizontal.Stride);
        var pixels = job.From.Of(job.Source + (long)image * job.From.Length, paddedImage ??= new NativeBuffer());
        var pitch = job.From.PaddedWidth * channels;
        var (rows, width) = (job.Vertical.Output, job.Horizontal.Output);
        var target = job.Target + (long)image * rows * width * job.Columns;
        var (kernel, depth) = (job.Vertical.Kernel, job.Horizontal.Kernel * channels);
        var panelWidth = GemmTile<TOperations, TVector>.Columns;
        for (var column = 0; column < job.Columns; column += panelWidth)
        {
            var columns = Math.Min(panelWidth, job.Columns - column);
            var rowsOfTile = EqualRows<TOperations, TVector>(width, columns);
            var start = new MatrixRows(job.Start + column, 0);
            for (var row = 0; row < rows; row++)
            {
                // The rows of the window that lie above or below the image are zeros: they add nothing.
                var top = row * job.Vertical.Stride - job.Vertical.Before;
                var (first, end) = (Math.Clamp(-top, 0, kernel), Math.Clamp(job.Vertical.Input - top, 0, kernel));
                var panel = new MatrixRows(job.Panels + (long)column * kernel * depth + first * depth * panelWidth, panelWidth);
                for (var position = 0; position < width; position += rowsOfTile)
                {
                    var windows = new StridedRows(pixels + (row * job.Vertical.Stride + first) * pitch + position * stride * channels, stride * channels, 1, pitch);
                    var to = new MatrixRows(target + (row * width + position) * job.Columns + column, job.Columns);
                    GemmTile<TOperations, TVector>.ComputeColumns(
                        Math.Min(rowsOfTile, width - position), columns, Math.Max(0, end - first), depth, windows, panel, start, to);
                }
            }
        }
    }

    /// <summary>The contribution of a few images to dw and, as one more row, db.</summary>
    void SumChunk<TOperations, TVector>(SumsJob job, int chunk)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
    {
        var from = new PaddedImage(vertical.Input, horizontal.Input, channels, 1, vertical.Before, horizontal.Before, vertical.Covered, horizontal.Covered);
        var positions = vertical.Output * horizontal.Output;
        var to = new PaddedImage(1, positions, filters, 1, 0, 0, 1, positions);
        var sums = job.Sums + (long)chunk * (WindowLength + 1) * job.Columns;
        new Span<float>(sums, (WindowLength + 1) * job.Columns).Clear();
        var (pitch, depth, panelWidth) = (from.PaddedWidth * channels, horizontal.Kernel * channels, GemmTile<TOperations, TVector>.Columns);
        var one = 1f;
        var end = Math.Min(job.Images, (chunk + 1) * job.ImagesOfChunk);
        for (var image = chunk * job.ImagesOfChunk; image < end; image++)
        {
            var pixels = from.Of(job.X + (long)image * ImageLength, paddedImage ??= new NativeBuffer());
            var gradient = to.WithColumns(job.Dy + (long)image * OutputLength, job.Columns, paddedGradient ??= new NativeBuffer());
            for (var column = 0; column < job.Columns; column += panelWidth)
            {
                var columns = Math.Min(panelWidth, job.Columns - column);
                var rowsOfTile = EqualRows<TOperations, TVector>(depth, columns);
                var values = new MatrixRows(gradient + column, job.Columns);
                for (var u = 0; u < vertical.Kernel; u++)
                    for (var row = 0; row < depth; row += rowsOfTile)
                    {
                        var factors = new StridedRows(pixels + u * pitch + row, 1, horizontal.Stride * channels, vertical.Stride * pitch);
                        var tile = new MatrixRows(sums + (long)(u * depth + row) * job.Columns + column, job.Columns);
                        GemmTile<TOperations, TVector>.ComputeColumns(
                            Math.Min(rowsOfTile, depth - row), columns, vertical.Output, horizontal.Output, factors, values, tile, tile);
                    }
                var last = new MatrixRows(sums + (long)WindowLength * job.Columns + column, job.Columns);
                GemmTile<TOperations, TVector>.ComputeColumns(1, columns, 1, positions, new StridedRows(&one, 0, 0), values, last, last);
            }
        }
    }

    /// <summary>Rows of dw, and db as the row after the last, from the chunks, in their order.</summary>
    void AddChunks(SumsJob job, int start, int end)
    {
        for (var row = start; row < end; row++)
        {
            var to = new Span<float>(row < WindowLength ? job.Dw + (long)row * filters : job.Db, filters);
            to.Clear();
            for (var chunk = 0; chunk < job.Chunks; chunk++)
            {
                var from = job.Sums + ((long)chunk * (WindowLength + 1) + row) * job.Columns;
                System.Numerics.Tensors.TensorPrimitives.Add(to, new ReadOnlySpan<float>(from, filters), to);
            }
        }
    }

    /// <summary>Tiles of equal height, so that none is a low rest.</summary>
    static int EqualRows<TOperations, TVector>(int rows, int columns)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
    {
        var most = GemmTile<TOperations, TVector>.MaxRows(columns > TOperations.Lanes ? 2 : 1);
        var tiles = (rows + most - 1) / most;
        return (rows + tiles - 1) / tiles;
    }

    /// <summary>What all threads need to know to multiply windows with filters.</summary>
    struct WindowsJob
    {
        public PaddedImage From;
        public SlidingWindow Vertical, Horizontal;
        public int Columns;
        public float* Source, Target, Panels, Start;
    }

    /// <summary>What all threads need to know to sum the gradients of the filters.</summary>
    struct SumsJob
    {
        public Convolution Convolution;
        public float* X, Dy, Dw, Db, Sums;
        public int Images, ImagesOfChunk, Chunks, Columns;
    }
}
