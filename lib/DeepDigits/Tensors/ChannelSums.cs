using System.Numerics;

namespace DeepDigits;

/// <summary>
/// Sums over all rows of a matrix, one for each column (channel), as batch normalization needs them. The rows are cut into blocks of a fixed size, which threads sum
/// side by side, each column from its first row to its last; the sums of the blocks are added in their order, in double precision. So neither the number of threads nor the
/// vector width changes a bit, and the rounding error is that of a block.
/// </summary>
static unsafe class ChannelSums
{
    /// <summary>The numbers of a block: they stay in the nearest cache while they are passed through twice.</summary>
    const int BlockLength = 1 << 12;

    /// <summary>
    /// The mean and the variance of each column. A block of k rows gives a rounded mean a, and the sums r and q of the deviations from it and of their squares, which are small numbers:
    /// so its mean is a + r / k, and the squared deviations from that add up to q - r^2 / k. Of all n rows, mean = sum of (k a + r) / n and
    /// variance = sum of (q - r^2 / k + k (mean of the block - mean)^2) / n.
    /// </summary>
    /// <param name="matrix">[rows, columns], seen as a matrix with as many columns as there are channels.</param>
    /// <param name="mean">Receives the means: [columns].</param>
    /// <param name="variance">Receives the variances, as the mean of the squared deviations: [columns].</param>
    /// <param name="scratch">Memory for the sums of the blocks.</param>
    /// <remarks>T. Chan, G. Golub, R. LeVeque: Algorithms for Computing the Sample Variance (The American Statistician 37, 1983), equation 2.1.</remarks>
    public static void Moments(Tensor matrix, Span<double> mean, Span<double> variance, NativeBuffer scratch)
    {
        var (columns, rows) = (mean.Length, matrix.Length / mean.Length);
        var blocks = Blocks(rows, columns);
        var partial = scratch.Reserve(3L * blocks * columns);
        Workers.For(blocks, (matrix, rows, columns, partial: (nint)partial), static (it, block) =>
        {
            var (start, count) = Range(block, it.rows, it.columns);
            fixed (float* from = &it.matrix.Start)
                MomentsOfBlock(from + (nint)start * it.columns, count, it.columns, (float*)it.partial + 3L * block * it.columns);
        });

        mean.Clear();
        variance.Clear();
        for (var block = 0; block < blocks; block++)
        {
            var (_, count) = Range(block, rows, columns);
            var sums = partial + 3L * block * columns;
            for (var c = 0; c < columns; c++)
                mean[c] += (double)count * sums[c] + sums[columns + c];
        }
        foreach (ref var value in mean)
            value /= rows;
        for (var block = 0; block < blocks; block++)
        {
            var (_, count) = Range(block, rows, columns);
            var sums = partial + 3L * block * columns;
            for (var c = 0; c < columns; c++)
            {
                double rest = sums[columns + c];
                var difference = sums[c] + rest / count - mean[c];
                variance[c] += sums[2 * columns + c] - rest * rest / count + count * difference * difference;
            }
        }
        foreach (ref var value in variance)
            value /= rows;
    }

    /// <summary>The same by the definitions, number by number: what the fast path is tested against.</summary>
    public static void MomentsNaive(Tensor matrix, Span<double> mean, Span<double> variance)
    {
        var (columns, rows) = (mean.Length, matrix.Length / mean.Length);
        for (var c = 0; c < columns; c++)
        {
            (mean[c], variance[c]) = (0, 0);
            for (var row = 0; row < rows; row++)
                mean[c] += matrix.Values[row * columns + c];
            mean[c] /= rows;
            for (var row = 0; row < rows; row++)
                variance[c] += (matrix.Values[row * columns + c] - mean[c]) * (matrix.Values[row * columns + c] - mean[c]);
            variance[c] /= rows;
        }
    }

    /// <summary>The sum of a gradient, and the sum of its products with the deviations of x from its mean, for each column.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="gradient">[rows, columns].</param>
    /// <param name="mean">What is subtracted from x: [columns].</param>
    /// <param name="sum">Receives the sum of gradient: [columns].</param>
    /// <param name="product">Receives the sum of gradient * (x - mean): [columns].</param>
    /// <param name="scratch">Memory for the sums of the blocks.</param>
    public static void Gradients(Tensor x, Tensor gradient, Tensor mean, Span<double> sum, Span<double> product, NativeBuffer scratch)
    {
        var (columns, rows) = (sum.Length, x.Length / sum.Length);
        var blocks = Blocks(rows, columns);
        var partial = scratch.Reserve(2L * blocks * columns);
        Workers.For(blocks, (x, gradient, mean, rows, columns, partial: (nint)partial), static (it, block) =>
        {
            var (start, count) = Range(block, it.rows, it.columns);
            var skipped = (nint)start * it.columns;
            fixed (float* x = &it.x.Start, dy = &it.gradient.Start, mean = &it.mean.Start)
                GradientsOfBlock(x + skipped, dy + skipped, mean, count, it.columns, (float*)it.partial + 2L * block * it.columns);
        });

        sum.Clear();
        product.Clear();
        for (var block = 0; block < blocks; block++)
        {
            var sums = partial + 2L * block * columns;
            for (var c = 0; c < columns; c++)
            {
                sum[c] += sums[c];
                product[c] += sums[columns + c];
            }
        }
    }

    /// <summary>The same by the definitions.</summary>
    public static void GradientsNaive(Tensor x, Tensor gradient, Tensor mean, Span<double> sum, Span<double> product)
    {
        var columns = sum.Length;
        sum.Clear();
        product.Clear();
        for (var i = 0; i < x.Length; i++)
        {
            sum[i % columns] += gradient.Values[i];
            product[i % columns] += (double)gradient.Values[i] * (x.Values[i] - mean.Values[i % columns]);
        }
    }

    /// <summary>The rows of one block. It depends on the shape alone.</summary>
    public static int RowsOfBlock(int columns) => Math.Max(8, BlockLength / columns);

    /// <summary>The number of blocks.</summary>
    public static int Blocks(int rows, int columns) => (int)(((long)rows + RowsOfBlock(columns) - 1) / RowsOfBlock(columns));

    /// <summary>Where a block starts, and how many rows it has.</summary>
    public static (int Start, int Count) Range(int block, int rows, int columns)
    {
        var start = block * RowsOfBlock(columns);
        return (start, Math.Min(RowsOfBlock(columns), rows - start));
    }

    static void MomentsOfBlock(float* from, int rows, nint columns, float* sums)
    {
        var width = Vector<float>.Count;
        nint c = 0;
        for (; c + width <= columns; c += width)
        {
            var sum = Vector<float>.Zero;
            for (var row = 0; row < rows; row++)
                sum += Vector.Load(from + row * columns + c);
            var mean = sum / new Vector<float>(rows);
            Vector<float> rest = default, square = default;
            for (var row = 0; row < rows; row++)
            {
                var difference = Vector.Load(from + row * columns + c) - mean;
                rest += difference;
                square += difference * difference;
            }
            mean.Store(sums + c);
            rest.Store(sums + columns + c);
            square.Store(sums + 2 * columns + c);
        }
        for (; c < columns; c++)
        {
            var sum = 0f;
            for (var row = 0; row < rows; row++)
                sum += from[row * columns + c];
            var mean = sum / rows;
            float rest = 0, square = 0;
            for (var row = 0; row < rows; row++)
            {
                var difference = from[row * columns + c] - mean;
                rest += difference;
                square += difference * difference;
            }
            (sums[c], sums[columns + c], sums[2 * columns + c]) = (mean, rest, square);
        }
    }

    static void GradientsOfBlock(float* x, float* gradient, float* mean, int rows, nint columns, float* sums)
    {
        var width = Vector<float>.Count;
        var products = sums + columns;
        nint c = 0;
        for (; c + width <= columns; c += width)
        {
            var m = Vector.Load(mean + c);
            Vector<float> sum = default, product = default;
            for (var row = 0; row < rows; row++)
            {
                var dy = Vector.Load(gradient + row * columns + c);
                sum += dy;
                product += dy * (Vector.Load(x + row * columns + c) - m);
            }
            sum.Store(sums + c);
            product.Store(products + c);
        }
        for (; c < columns; c++)
        {
            float sum = 0, product = 0;
            for (var row = 0; row < rows; row++)
            {
                var dy = gradient[row * columns + c];
                sum += dy;
                product += dy * (x[row * columns + c] - mean[c]);
            }
            sums[c] = sum;
            products[c] = product;
        }
    }
}
