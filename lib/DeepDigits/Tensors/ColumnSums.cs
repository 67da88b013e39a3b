using System.Numerics;

namespace DeepDigits;

/// <summary>
/// The sums of the columns of a matrix, each from the first row to the last: one chain of additions, whatever the vector width or the number
/// of threads.
/// </summary>
static unsafe class ColumnSums
{
    /// <summary>The columns that one thread sums at a time.</summary>
    const int ColumnsOfRange = 64;

    /// <summary>sums[j] = matrix[0, j] + matrix[1, j] + ...</summary>
    /// <param name="matrix">Shape [rows, columns].</param>
    /// <param name="sums">Receives the result: [columns].</param>
    public static void Compute(Tensor matrix, Tensor sums) =>
        Workers.ForRanges(sums.Length, ColumnsOfRange, (matrix, sums), static (it, start, end) =>
        {
            fixed (float* from = &it.matrix.Start, to = &it.sums.Start)
                Sum(from, it.matrix.Rows, it.sums.Length, to, start, end);
        });

    /// <summary>The same, one addition after the other: what the fast path is tested against.</summary>
    public static void Naive(Tensor matrix, Tensor sums)
    {
        for (var column = 0; column < sums.Length; column++)
        {
            var sum = 0f;
            for (var row = 0; row < matrix.Rows; row++)
                sum += matrix[row, column];
            sums[column] = sum;
        }
    }

    static void Sum(float* matrix, int rows, nint columns, float* sums, int start, int end)
    {
        var width = Vector<float>.Count;
        var column = start;
        for (; column + 4 * width <= end; column += 4 * width)
        {
            Vector<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            var from = matrix + column;
            for (var row = 0; row < rows; row++, from += columns)
            {
                sum0 += Vector.Load(from);
                sum1 += Vector.Load(from + width);
                sum2 += Vector.Load(from + 2 * width);
                sum3 += Vector.Load(from + 3 * width);
            }
            sum0.Store(sums + column);
            sum1.Store(sums + column + width);
            sum2.Store(sums + column + 2 * width);
            sum3.Store(sums + column + 3 * width);
        }
        for (; column < end; column++)
        {
            var sum = 0f;
            var from = matrix + column;
            for (var row = 0; row < rows; row++, from += columns)
                sum += *from;
            sums[column] = sum;
        }
    }
}
