using System.Runtime.CompilerServices;

namespace DeepDigits;

/// <summary>
/// The innermost loop of matrix multiplication and convolution: a tile of C, one or two vectors wide and up to fourteen rows high, is kept in registers
/// while k runs. It is written once; the compiler makes a copy for each vector width, height and width of the tile.
/// </summary>
/// <remarks>
/// <para>The accumulators have a name each, because only named locals are sure to stay in registers: rI_J sums row I, vector J. With 32 registers, 14
/// rows of 2 vectors leave 4 for 2 vectors of B and 1 of A; with 16 registers 6 rows do.</para>
/// <para>A is read in place, at any distance from row to row and from step to step, so that it can be a packed panel, a matrix as it lies in memory, or
/// the pixels under a kernel: k runs over segments, such as the rows of a kernel's window, which lie further apart than the steps
/// within one.</para>
/// </remarks>
static unsafe class GemmTile<TOperations, TVector>
    where TOperations : struct, IVectorOperations<TVector>
    where TVector : struct
{
    /// <summary>The columns of a tile of two vectors.</summary>
    public static int Columns => 2 * TOperations.Lanes;

    /// <summary>The most rows that a tile of so many vectors may have.</summary>
    public static int MaxRows(int vectors) => vectors == 1 ? TOperations.MaxRowsOfOneVector : TOperations.MaxRowsOfTwoVectors;

    /// <summary>
    /// c[i, j] = start[i, j] + the sum over k of a[i, k] b[k, j], as one chain of fused multiply-adds in the order of k.
    /// </summary>
    /// <param name="rows">The rows of the tile, 1 to <see cref="MaxRows"/>.</param>
    /// <param name="vectors">The vectors of a row, 1 or 2.</param>
    /// <param name="segments">How many stretches k is made of.</param>
    /// <param name="depth">The steps of k in one stretch.</param>
    /// <param name="a">A at row 0 and k = 0.</param>
    /// <param name="b">B at k = 0; the steps of all stretches follow each other.</param>
    /// <param name="start">What the sums begin with; it may be c itself.</param>
    /// <param name="c">Where the sums go.</param>
    public static void Compute(int rows, int vectors, int segments, int depth, in StridedRows a, MatrixRows b, MatrixRows start, MatrixRows c)
    {
        if (vectors == 1)
            Compute<One>(rows, segments, depth, a, b, start, c);
        else
            Compute<Two>(rows, segments, depth, a, b, start, c);
    }

    /// <summary>The same for a tile of any number of columns: one that ends within a vector is computed beside C, and the part that counts is copied.</summary>
    [SkipLocalsInit]
    public static void ComputeColumns(int rows, int columns, int segments, int depth, in StridedRows a, MatrixRows b, MatrixRows start, MatrixRows c)
    {
        var vectors = columns > TOperations.Lanes ? 2 : 1;
        if (columns == vectors * TOperations.Lanes)
        {
            Compute(rows, vectors, segments, depth, a, b, start, c);
            return;
        }
        var first = stackalloc float[14 * Columns];
        var edge = new MatrixRows(first, Columns);
        for (var i = 0; i < rows; i++)
        {
            new ReadOnlySpan<float>(start.First + i * start.Stride, columns).CopyTo(new Span<float>(first + i * Columns, columns));
            new Span<float>(first + i * Columns + columns, Columns - columns).Clear();
        }
        Compute(rows, vectors, segments, depth, a, b, edge, edge);
        for (var i = 0; i < rows; i++)
            new ReadOnlySpan<float>(first + i * Columns, columns).CopyTo(new Span<float>(c.First + i * c.Stride, columns));
    }

    static void Compute<TVectors>(int rows, int segments, int depth, in StridedRows a, MatrixRows b, MatrixRows start, MatrixRows c)
        where TVectors : struct, ICount
    {
        switch (rows)
        {
            case 1:
                Compute<One, TVectors>(segments, depth, a, b, start, c);
                break;
            case 2:
                Compute<Two, TVectors>(segments, depth, a, b, start, c);
                break;
            case 3:
                Compute<Three, TVectors>(segments, depth, a, b, start, c);
                break;
            case 4:
                Compute<Four, TVectors>(segments, depth, a, b, start, c);
                break;
            case 5:
                Compute<Five, TVectors>(segments, depth, a, b, start, c);
                break;
            case 6:
                Compute<Six, TVectors>(segments, depth, a, b, start, c);
                break;
            case 7:
                Compute<Seven, TVectors>(segments, depth, a, b, start, c);
                break;
            case 8:
                Compute<Eight, TVectors>(segments, depth, a, b, start, c);
                break;
            case 9:
                Compute<Nine, TVectors>(segments, depth, a, b, start, c);
                break;
            case 10:
                Compute<Ten, TVectors>(segments, depth, a, b, start, c);
                break;
            case 11:
                Compute<Eleven, TVectors>(segments, depth, a, b, start, c);
                break;
            case 12:
                Compute<Twelve, TVectors>(segments, depth, a, b, start, c);
                break;
            case 13:
                Compute<Thirteen, TVectors>(segments, depth, a, b, start, c);
                break;
            case 14:
                Compute<Fourteen, TVectors>(segments, depth, a, b, start, c);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(rows), rows, "A tile has 1 to 14 rows.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Compute<TRows, TVectors>(int segments, int depth, in StridedRows a, MatrixRows b, MatrixRows start, MatrixRows c)
        where TRows : struct, ICount
        where TVectors : struct, ICount
    {
        var lanes = TOperations.Lanes;
        TVector r0_0 = default, r0_1 = default;
        TVector r1_0 = default, r1_1 = default;
        TVector r2_0 = default, r2_1 = default;
        TVector r3_0 = default, r3_1 = default;
        TVector r4_0 = default, r4_1 = default;
        TVector r5_0 = default, r5_1 = default;
        TVector r6_0 = default, r6_1 = default;
        TVector r7_0 = default, r7_1 = default;
        TVector r8_0 = default, r8_1 = default;
        TVector r9_0 = default, r9_1 = default;
        TVector r10_0 = default, r10_1 = default;
        TVector r11_0 = default, r11_1 = default;
        TVector r12_0 = default, r12_1 = default;
        TVector r13_0 = default, r13_1 = default;
        var from = start.First;
        // The tile below comes next: asking for it now spares its first additions the wait.
        var next = c.First + TRows.Value * c.Stride;
        r0_0 = TOperations.Load(from);
        CacheHint.Read(next);
        if (TVectors.Value > 1)
        {
            r0_1 = TOperations.Load(from + lanes);
            CacheHint.Read(next + lanes);
        }
        from += start.Stride;
        next += c.Stride;
        if (TRows.Value > 1)
        {
            r1_0 = TOperations.Load(from);
            CacheHint.Read(next);
            if (TVectors.Value > 1)
            {
                r1_1 = TOperations.Load(from + lanes);
                CacheHint.Read(next + lanes);
            }
            from += start.Stride;
            next += c.Stride;
        }
        if (TRows.Value > 2)
        {
            r2_0 = TOperations.Load(from);
            CacheHint.Read(next);
            if (TVectors.Value > 1)
            {
                r2_1 = TOperations.Load(from + lanes);
                CacheHint.Read(next + lanes);
            }
            from += start.Stride;
            next += c.Stride;
        }
        if (TRows.Value > 3)
        {
            r3_0 = TOperations.Load(from);
            CacheHint.Read(next);
            if (TVectors.Value > 1)
            {
                r3_1 = TOperations.Load(from + lanes);
                CacheHint.Read(next + lanes);
            }
            from += start.Stride;
            next += c.Stride;
        }
        if (TRows.Value > 4)
        {
            r4_0 = TOperations.Load(from);
            CacheHint.Read(next);
            if (TVectors.Value > 1)
            {
                r4_1 = TOperations.Load(from + lanes);
                CacheHint.Read(next + lanes);
            }
            from += start.Stride;
            next += c.Stride;
        }
        if (TRows.Value > 5)
        {
            r5_0 = TOperations.Load(from);
            CacheHint.Read(next);
            if (TVectors.Value > 1)
            {
                r5_1 = TOperations.Load(from + lanes);
                CacheHint.Read(next + lanes);
            }
            from += start.Stride;
            next += c.Stride;
        }
        if (TRows.Value > 6)
        {
            r6_0 = TOperations.Load(from);
            CacheHint.Read(next);
            if (TVectors.Value > 1)
            {
                r6_1 = TOperations.Load(from + lanes);
                CacheHint.Read(next + lanes);
            }
            from += start.Stride;
            next += c.Stride;
        }
        if (TRows.Value > 7)
        {
            r7_0 = TOperations.Load(from);
            CacheHint.Read(next);
            if (TVectors.Value > 1)
            {
                r7_1 = TOperations.Load(from + lanes);
                CacheHint.Read(next + lanes);
            }
            from += start.Stride;
            next += c.Stride;
        }
        if (TRows.Value > 8)
        {
            r8_0 = TOperations.Load(from);
            CacheHint.Read(next);
            if (TVectors.Value > 1)
            {
                r8_1 = TOperations.Load(from + lanes);
                CacheHint.Read(next + lanes);
            }
            from += start.Stride;
            next += c.Stride;
        }
        if (TRows.Value > 9)
        {
            r9_0 = TOperations.Load(from);
            CacheHint.Read(next);
            if (TVectors.Value > 1)
            {
                r9_1 = TOperations.Load(from + lanes);
                CacheHint.Read(next + lanes);
            }
            from += start.Stride;
            next += c.Stride;
        }
        if (TRows.Value > 10)
        {
            r10_0 = TOperations.Load(from);
            CacheHint.Read(next);
            if (TVectors.Value > 1)
            {
                r10_1 = TOperations.Load(from + lanes);
                CacheHint.Read(next + lanes);
            }
            from += start.Stride;
            next += c.Stride;
        }
        if (TRows.Value > 11)
        {
            r11_0 = TOperations.Load(from);
            CacheHint.Read(next);
            if (TVectors.Value > 1)
            {
                r11_1 = TOperations.Load(from + lanes);
                CacheHint.Read(next + lanes);
            }
            from += start.Stride;
            next += c.Stride;
        }
        if (TRows.Value > 12)
        {
            r12_0 = TOperations.Load(from);
            CacheHint.Read(next);
            if (TVectors.Value > 1)
            {
                r12_1 = TOperations.Load(from + lanes);
                CacheHint.Read(next + lanes);
            }
            from += start.Stride;
            next += c.Stride;
        }
        if (TRows.Value > 13)
        {
            r13_0 = TOperations.Load(from);
            CacheHint.Read(next);
            if (TVectors.Value > 1)
            {
                r13_1 = TOperations.Load(from + lanes);
                CacheHint.Read(next + lanes);
            }
            from += start.Stride;
            next += c.Stride;
        }

        var values = b.First;
        var stride = b.Stride;
        var (row, step) = (a.Row, a.Step);
        for (var segment = 0; segment < segments; segment++)
        {
            // Three rows to a pointer: their addresses are p, p + row and p + 2 row, which cost nothing.
            var a0 = a.First + segment * a.Segment;
            var a3 = a0 + 3 * row;
            var a6 = a0 + 6 * row;
            var a9 = a0 + 9 * row;
            var a12 = a0 + 12 * row;
            for (var k = 0; k < depth; k++)
            {
                var b0 = TOperations.Load(values);
                var b1 = TVectors.Value > 1 ? TOperations.Load(values + lanes) : b0;
                {
                    var x = TOperations.Broadcast(a0);
                    r0_0 = TOperations.MultiplyAdd(x, b0, r0_0);
                    if (TVectors.Value > 1)
                        r0_1 = TOperations.MultiplyAdd(x, b1, r0_1);
                }
                if (TRows.Value > 1)
                {
                    var x = TOperations.Broadcast(a0 + row);
                    r1_0 = TOperations.MultiplyAdd(x, b0, r1_0);
                    if (TVectors.Value > 1)
                        r1_1 = TOperations.MultiplyAdd(x, b1, r1_1);
                }
                if (TRows.Value > 2)
                {
                    var x = TOperations.Broadcast(a0 + 2 * row);
                    r2_0 = TOperations.MultiplyAdd(x, b0, r2_0);
                    if (TVectors.Value > 1)
                        r2_1 = TOperations.MultiplyAdd(x, b1, r2_1);
                }
                if (TRows.Value > 3)
                {
                    var x = TOperations.Broadcast(a3);
                    r3_0 = TOperations.MultiplyAdd(x, b0, r3_0);
                    if (TVectors.Value > 1)
                        r3_1 = TOperations.MultiplyAdd(x, b1, r3_1);
                }
                if (TRows.Value > 4)
                {
                    var x = TOperations.Broadcast(a3 + row);
                    r4_0 = TOperations.MultiplyAdd(x, b0, r4_0);
                    if (TVectors.Value > 1)
                        r4_1 = TOperations.MultiplyAdd(x, b1, r4_1);
                }
                if (TRows.Value > 5)
                {
                    var x = TOperations.Broadcast(a3 + 2 * row);
                    r5_0 = TOperations.MultiplyAdd(x, b0, r5_0);
                    if (TVectors.Value > 1)
                        r5_1 = TOperations.MultiplyAdd(x, b1, r5_1);
                }
                if (TRows.Value > 6)
                {
                    var x = TOperations.Broadcast(a6);
                    r6_0 = TOperations.MultiplyAdd(x, b0, r6_0);
                    if (TVectors.Value > 1)
                        r6_1 = TOperations.MultiplyAdd(x, b1, r6_1);
                }
                if (TRows.Value > 7)
                {
                    var x = TOperations.Broadcast(a6 + row);
                    r7_0 = TOperations.MultiplyAdd(x, b0, r7_0);
                    if (TVectors.Value > 1)
                        r7_1 = TOperations.MultiplyAdd(x, b1, r7_1);
                }
                if (TRows.Value > 8)
                {
                    var x = TOperations.Broadcast(a6 + 2 * row);
                    r8_0 = TOperations.MultiplyAdd(x, b0, r8_0);
                    if (TVectors.Value > 1)
                        r8_1 = TOperations.MultiplyAdd(x, b1, r8_1);
                }
                if (TRows.Value > 9)
                {
                    var x = TOperations.Broadcast(a9);
                    r9_0 = TOperations.MultiplyAdd(x, b0, r9_0);
                    if (TVectors.Value > 1)
                        r9_1 = TOperations.MultiplyAdd(x, b1, r9_1);
                }
                if (TRows.Value > 10)
                {
                    var x = TOperations.Broadcast(a9 + row);
                    r10_0 = TOperations.MultiplyAdd(x, b0, r10_0);
                    if (TVectors.Value > 1)
                        r10_1 = TOperations.MultiplyAdd(x, b1, r10_1);
                }
                if (TRows.Value > 11)
                {
                    var x = TOperations.Broadcast(a9 + 2 * row);
                    r11_0 = TOperations.MultiplyAdd(x, b0, r11_0);
                    if (TVectors.Value > 1)
                        r11_1 = TOperations.MultiplyAdd(x, b1, r11_1);
                }
                if (TRows.Value > 12)
                {
                    var x = TOperations.Broadcast(a12);
                    r12_0 = TOperations.MultiplyAdd(x, b0, r12_0);
                    if (TVectors.Value > 1)
                        r12_1 = TOperations.MultiplyAdd(x, b1, r12_1);
                }
                if (TRows.Value > 13)
                {
                    var x = TOperations.Broadcast(a12 + row);
                    r13_0 = TOperations.MultiplyAdd(x, b0, r13_0);
                    if (TVectors.Value > 1)
                        r13_1 = TOperations.MultiplyAdd(x, b1, r13_1);
                }
                a0 += step;
                a3 += step;
                a6 += step;
                a9 += step;
                a12 += step;
                values += stride;
            }
        }

        var to = c.First;
        TOperations.Store(to, r0_0);
        if (TVectors.Value > 1)
            TOperations.Store(to + lanes, r0_1);
        to += c.Stride;
        if (TRows.Value > 1)
        {
            TOperations.Store(to, r1_0);
            if (TVectors.Value > 1)
                TOperations.Store(to + lanes, r1_1);
            to += c.Stride;
        }
        if (TRows.Value > 2)
        {
            TOperations.Store(to, r2_0);
            if (TVectors.Value > 1)
                TOperations.Store(to + lanes, r2_1);
            to += c.Stride;
        }
        if (TRows.Value > 3)
        {
            TOperations.Store(to, r3_0);
            if (TVectors.Value > 1)
                TOperations.Store(to + lanes, r3_1);
            to += c.Stride;
        }
        if (TRows.Value > 4)
        {
            TOperations.Store(to, r4_0);
            if (TVectors.Value > 1)
                TOperations.Store(to + lanes, r4_1);
            to += c.Stride;
        }
        if (TRows.Value > 5)
        {
            TOperations.Store(to, r5_0);
            if (TVectors.Value > 1)
                TOperations.Store(to + lanes, r5_1);
            to += c.Stride;
        }
        if (TRows.Value > 6)
        {
            TOperations.Store(to, r6_0);
            if (TVectors.Value > 1)
                TOperations.Store(to + lanes, r6_1);
            to += c.Stride;
        }
        if (TRows.Value > 7)
        {
            TOperations.Store(to, r7_0);
            if (TVectors.Value > 1)
                TOperations.Store(to + lanes, r7_1);
            to += c.Stride;
        }
        if (TRows.Value > 8)
        {
            TOperations.Store(to, r8_0);
            if (TVectors.Value > 1)
                TOperations.Store(to + lanes, r8_1);
            to += c.Stride;
        }
        if (TRows.Value > 9)
        {
            TOperations.Store(to, r9_0);
            if (TVectors.Value > 1)
                TOperations.Store(to + lanes, r9_1);
            to += c.Stride;
        }
        if (TRows.Value > 10)
        {
            TOperations.Store(to, r10_0);
            if (TVectors.Value > 1)
                TOperations.Store(to + lanes, r10_1);
            to += c.Stride;
        }
        if (TRows.Value > 11)
        {
            TOperations.Store(to, r11_0);
            if (TVectors.Value > 1)
                TOperations.Store(to + lanes, r11_1);
            to += c.Stride;
        }
        if (TRows.Value > 12)
        {
            TOperations.Store(to, r12_0);
            if (TVectors.Value > 1)
                TOperations.Store(to + lanes, r12_1);
            to += c.Stride;
        }
        if (TRows.Value > 13)
        {
            TOperations.Store(to, r13_0);
            if (TVectors.Value > 1)
                TOperations.Store(to + lanes, r13_1);
            to += c.Stride;
        }
    }

    /// <summary>A number that the compiler knows.</summary>
    interface ICount
    {
        static abstract int Value { get; }
    }

    readonly struct One : ICount
    {
        public static int Value => 1;
    }

    readonly struct Two : ICount
    {
        public static int Value => 2;
    }

    readonly struct Three : ICount
    {
        public static int Value => 3;
    }

    readonly struct Four : ICount
    {
        public static int Value => 4;
    }

    readonly struct Five : ICount
    {
        public static int Value => 5;
    }

    readonly struct Six : ICount
    {
        public static int Value => 6;
    }

    readonly struct Seven : ICount
    {
        public static int Value => 7;
    }

    readonly struct Eight : ICount
    {
        public static int Value => 8;
    }

    readonly struct Nine : ICount
    {
        public static int Value => 9;
    }

    readonly struct Ten : ICount
    {
        public static int Value => 10;
    }

    readonly struct Eleven : ICount
    {
        public static int Value => 11;
    }

    readonly struct Twelve : ICount
    {
        public static int Value => 12;
    }

    readonly struct Thirteen : ICount
    {
        public static int Value => 13;
    }

    readonly struct Fourteen : ICount
    {
        public static int Value => 14;
    }
}
