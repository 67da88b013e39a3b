using System.Runtime.Intrinsics;

namespace DeepDigits;

/// <summary>
/// General matrix multiplication, C = op(A) op(B), where op transposes or not: three of the four combinations carry a dense layer's
/// forward pass (X W), its weight gradient (Xᵀ dY) and its input gradient (dY Wᵀ).
/// </summary>
/// <remarks>
/// <para>Every element of C is one chain of fused multiply-adds over k, in order: c = fma(a[k], b[k], c), k = 0, 1, 2 ... However the work
/// is cut into tiles and handed to threads, and whatever the vector width, that chain is the same: so are the bits.</para>
/// <para>The fast path follows K. Goto, R. van de Geijn: Anatomy of High-Performance Matrix Multiplication (ACM TOMS 34, 2008): B is copied
/// into panels as wide as a tile, all threads at it; then each thread takes a block of rows of A, copies it into panels too, and multiplies
/// panel by panel. A panel of B stays in the first-level cache while the block of A, in the second level, streams past it.</para>
/// </remarks>
public static unsafe class Gemm
{
    /// <summary>The steps of k after which the accumulators return to memory: few returns, and a panel of B that deep still stays close to the processor.</summary>
    const int DepthOfBlock = 512;

    /// <summary>The most panels of A in one block: 192 rows of 512 floats take some two fifths of a usual second-level cache.</summary>
    const int MaxPanelsOfBlock = 16;

    /// <summary>The steps of k that a thread packs of B at a time.</summary>
    const int DepthOfPacking = 32;

    /// <summary>The floats that the packed panels of B may take (8 MB); a larger B is packed and multiplied in slabs of k.</summary>
    const int MaxPackedFloats = 1 << 21;

    /// <summary>With so few panels of B, A is read where it lies.</summary>
    const int MaxPanelsWithoutPacking = 2;

    /// <summary>With at most so many panels of rows all of A stays near the processor; then a large B need not be packed as a whole.</summary>
    const int MaxPanelsOfSmallA = 16;

    /// <summary>The most panels of B that a thread packs for itself: 128 columns of 512 floats take a quarter of a megabyte.</summary>
    const int MaxPanelsOfStream = 4;

    /// <summary>The floats of B (1 MB) from which on it is worth not to write it to memory once more.</summary>
    const long WorthStreaming = 1 << 18;

    /// <summary>Below so many multiply-adds the threads would cost more than they bring.</summary>
    const long WorthThreads = 1 << 16;

    /// <summary>What a thread packs for itself, and what the thread that started the multiplication has packed for all.</summary>
    [ThreadStatic]
    static NativeBuffer? ownPanels, sharedPanels;

    /// <summary>C = op(A) op(B), or C += op(A) op(B).</summary>
    /// <param name="a">op(A) is [M, K]: A is [M, K], or [K, M] when transposed.</param>
    /// <param name="b">op(B) is [K, N]: B is [K, N], or [N, K] when transposed.</param>
    /// <param name="c">The result, [M, N]. It must not share memory with A or B.</param>
    /// <param name="transposeA">Whether op(A) is the transpose of A.</param>
    /// <param name="transposeB">Whether op(B) is the transpose of B.</param>
    /// <param name="accumulate">Whether the products are added to what C holds.</param>
    /// <exception cref="ShapeException">A tensor is not a matrix, or the sizes do not match.</exception>
    public static void Multiply(Tensor a, Tensor b, Tensor c, bool transposeA = false, bool transposeB = false, bool accumulate = false) =>
        Multiply(a, b, c, transposeA, transposeB, accumulate, VectorWidths.Best);

    /// <summary>The same with vectors of a chosen width; a width that the machine lacks works too, slowly.</summary>
    internal static void Multiply(Tensor a, Tensor b, Tensor c, bool transposeA, bool transposeB, bool accumulate, VectorWidth width)
    {
        var (m, n, k) = Sizes(a, b, c, transposeA, transposeB);
        fixed (float* from = &a.Start, with = &b.Start, to = &c.Start)
            Multiply(m, n, k, from, transposeA, with, transposeB, to, start: accumulate ? to : null, startStride: n, width);
    }

    /// <summary>The definition, one multiply-add after the other: what the fast path is tested against, and what to read first.</summary>
    /// <inheritdoc cref="Multiply(Tensor, Tensor, Tensor, bool, bool, bool)"/>
    public static void Naive(Tensor a, Tensor b, Tensor c, bool transposeA = false, bool transposeB = false, bool accumulate = false)
    {
        var (m, n, k) = Sizes(a, b, c, transposeA, transposeB);
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
            {
                var sum = accumulate ? c[i, j] : 0;
                for (var p = 0; p < k; p++)
                    sum = MathF.FusedMultiplyAdd(transposeA ? a[p, i] : a[i, p], transposeB ? b[j, p] : b[p, j], sum);
                c[i, j] = sum;
            }
    }

    /// <summary>
    /// The multiplication on plain memory. All matrices are dense and row-major; <paramref name="start"/> is what the sums begin with
    /// (rows <paramref name="startStride"/> apart, 0 for the same row everywhere), or null for zeros.
    /// </summary>
    internal static void Multiply(int m, int n, int k, float* a, bool transposeA, float* b, bool transposeB, float* c, float* start, int startStride, VectorWidth width)
    {
        switch (transposeA, transposeB)
        {
            case (false, false):
                Multiply(m, n, k, new DepthContiguous(a, k), new LanesContiguous(b, n), c, start, startStride, width);
                break;
            case (false, true):
                Multiply(m, n, k, new DepthContiguous(a, k), new DepthContiguous(b, k), c, start, startStride, width);
                break;
            case (true, false):
                Multiply(m, n, k, new LanesContiguous(a, m), new LanesContiguous(b, n), c, start, startStride, width);
                break;
            case (true, true):
                Multiply(m, n, k, new LanesContiguous(a, m), new DepthContiguous(b, k), c, start, startStride, width);
                break;
        }
    }

    /// <summary>The multiplication of two matrices that are known only by how their panels are packed.</summary>
    internal static void Multiply<TA, TB>(int m, int n, int k, in TA a, in TB b, float* c, float* start, int startStride, VectorWidth width)
        where TA : struct, IPanelSource
        where TB : struct, IPanelSource
    {
        switch (width)
        {
            case VectorWidth.Bits512:
                Blocked<VectorOperations512, Vector512<float>, TA, TB>(m, n, k, a, b, c, start, startStride);
                break;
            case VectorWidth.Bits256:
                Blocked<VectorOperations256, Vector256<float>, TA, TB>(m, n, k, a, b, c, start, startStride);
                break;
            default:
                Blocked<VectorOperations128, Vector128<float>, TA, TB>(m, n, k, a, b, c, start, startStride);
                break;
        }
    }

    static void Blocked<TOperations, TVector, TA, TB>(int m, int n, int k, in TA a, in TB b, float* c, float* start, int startStride)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
        where TA : struct, IPanelSource
        where TB : struct, IPanelSource
    {
        if (m == 0 || n == 0)
            return;
        var threads = (long)m * n * k < WorthThreads ? 1 : Workers.Count;
        var columnPanels = Ceiling(n, GemmTile<TOperations, TVector>.Columns);
        // Tiles of equal height, so that none is a low rest.
        var rowPanels = Ceiling(m, GemmTile<TOperations, TVector>.MaxRows(n <= TOperations.Lanes ? 1 : 2));
        var rowsOfTile = Ceiling(m, rowPanels);

        // The same depth for every block, so that none is a short rest.
        var blocks = Math.Max(1, Ceiling(k, DepthOfBlock));
        var depthOfBlock = Math.Max(1, Ceiling(k, blocks));
        var blocksOfSlab = (int)Math.Clamp(MaxPackedFloats / Math.Max(1, (long)columnPanels * GemmTile<TOperations, TVector>.Columns * depthOfBlock), 1, blocks);

        // Some blocks for each thread, so that a slow thread does not keep the others waiting; columns are cut only where the rows are too
        // few.
        var wanted = 6 * threads;
        var panelsOfBlock = threads == 1 ? MaxPanelsOfBlock : Math.Clamp(rowPanels / wanted, 1, MaxPanelsOfBlock);
        var rowBlocks = Ceiling(rowPanels, panelsOfBlock);
        var columnBlocks = threads == 1 ? 1 : Math.Clamp(wanted / rowBlocks, 1, columnPanels);

        var job = new Job<TA, TB>
        {
            M = m,
            N = n,
            A = a,
            B = b,
            C = c,
            Start = start,
            StartStride = startStride,
            Depth = k,
            DepthOfBlock = depthOfBlock,
            RowsOfTile = rowsOfTile,
            PanelsOfRowBlock = panelsOfBlock,
            // Copying A into panels pays only where several panels of B make use of the copy.
            PacksA = columnPanels > MaxPanelsWithoutPacking,
            ColumnBlocks = columnBlocks,
            PanelsOfColumnBlock = Ceiling(columnPanels, columnBlocks),
        };
        if (rowPanels <= MaxPanelsOfSmallA && columnPanels > MaxPanelsWithoutPacking && (long)n * k >= WorthStreaming)
        {
            Streamed<TOperations, TVector, TA, TB>(job, threads, rowPanels, columnPanels);
            return;
        }
        job.PackedB = (sharedPanels ??= new NativeBuffer()).Reserve((long)columnPanels * GemmTile<TOperations, TVector>.Columns * depthOfBlock * blocksOfSlab);
        for (var firstBlock = 0; firstBlock == 0 || firstBlock < blocks; firstBlock += blocksOfSlab)
        {
            job.FirstDepth = firstBlock * depthOfBlock;
            job.Depth = Math.Min(k - job.FirstDepth, blocksOfSlab * depthOfBlock);
            job.Start = firstBlock == 0 ? start : c;
            job.StartStride = firstBlock == 0 ? startStride : n;
            var packingParts = Ceiling(job.Depth, DepthOfPacking);
            if (threads == 1)
            {
                for (var part = 0; part < packingParts; part++)
                    PackB<TOperations, TVector, TA, TB>(job, part);
                for (var block = 0; block < rowBlocks * columnBlocks; block++)
                    MultiplyBlock<TOperations, TVector, TA, TB>(job, block);
            }
            else
            {
                Workers.For(packingParts, job, PackB<TOperations, TVector, TA, TB>);
                Workers.For(rowBlocks * columnBlocks, job, MultiplyBlock<TOperations, TVector, TA, TB>);
            }
        }
    }

    /// <summary>What all threads need to know of one multiplication.</summary>
    struct Job<TA, TB>
    {
        public int M, N;
        public TA A;
        public TB B;
        public float* C, Start, PackedA, PackedB;
        public int StartStride, FirstDepth, Depth, DepthOfBlock, RowsOfTile, PanelsOfRowBlock, PanelsOfColumnBlock, ColumnBlocks;
        public bool PacksA;

        /// <summary>The panels of A for a block of k, where all of A is packed.</summary>
        public readonly float* OfBlock(int depthBefore) => PackedA + (long)Ceiling(M, RowsOfTile) * RowsOfTile * depthBefore;
    }

    /// <summary>Packs a few steps of k of all panels of B.</summary>
    static void PackB<TOperations, TVector, TA, TB>(Job<TA, TB> job, int part)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
        where TB : struct, IPanelSource
    {
        var k = part * DepthOfPacking;
        job.B.Pack(job.PackedB + (long)k * GemmTile<TOperations, TVector>.Columns, (nint)GemmTile<TOperations, TVector>.Columns * job.Depth, GemmTile<TOperations, TVector>.Columns, 0, job.N,
            job.FirstDepth + k, Math.Min(DepthOfPacking, job.Depth - k));
    }

    /// <summary>Multiplies one block of rows of A with some panels of B.</summary>
    static void MultiplyBlock<TOperations, TVector, TA, TB>(Job<TA, TB> job, int block)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
        where TA : struct, IPanelSource
    {
        var (rowBlock, columnBlock) = (block / job.ColumnBlocks, block % job.ColumnBlocks);
        var rowsOfBlock = job.PanelsOfRowBlock * job.RowsOfTile;
        var firstRow = rowBlock * rowsOfBlock;
        var endRow = Math.Min(job.M, firstRow + rowsOfBlock);
        var columnsOfTile = GemmTile<TOperations, TVector>.Columns;
        var firstColumn = columnBlock * job.PanelsOfColumnBlock * columnsOfTile;
        var endColumn = Math.Min(job.N, firstColumn + job.PanelsOfColumnBlock * columnsOfTile);
        if (firstColumn >= endColumn)
            return;

        var packed = job.PacksA ? (ownPanels ??= new NativeBuffer()).Reserve((long)rowsOfBlock * job.DepthOfBlock) : null;
        for (var depthBefore = 0; depthBefore == 0 || depthBefore < job.Depth; depthBefore += job.DepthOfBlock)
        {
            var depth = Math.Min(job.DepthOfBlock, job.Depth - depthBefore);
            if (job.PacksA)
                job.A.Pack(packed, (nint)job.RowsOfTile * depth, job.RowsOfTile, firstRow, endRow - firstRow, job.FirstDepth + depthBefore, depth);
            var panels = job.PackedB + (long)firstColumn * job.Depth + (long)depthBefore * columnsOfTile;
            MultiplyPanels<TOperations, TVector, TA, TB>(job, depthBefore, depth, firstRow, endRow, packed, firstColumn, endColumn, panels, (nint)columnsOfTile * job.Depth);
        }
    }

    /// <summary>Multiplies a few rows with a large B, which is packed a few columns at a time by whoever multiplies them.</summary>
    static void Streamed<TOperations, TVector, TA, TB>(Job<TA, TB> job, int threads, int rowPanels, int columnPanels)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
        where TA : struct, IPanelSource
        where TB : struct, IPanelSource
    {
        job.PackedA = (sharedPanels ??= new NativeBuffer()).Reserve((long)rowPanels * job.RowsOfTile * job.Depth);
        job.PacksA = true;
        job.PanelsOfColumnBlock = Math.Clamp(columnPanels / (4 * threads), 1, MaxPanelsOfStream);
        Workers.For(rowPanels, job, PackA);
        Workers.For(Ceiling(columnPanels, job.PanelsOfColumnBlock), job, MultiplyColumns<TOperations, TVector, TA, TB>);
    }

    /// <summary>Packs one panel of A, block of k by block of k.</summary>
    static void PackA<TA, TB>(Job<TA, TB> job, int panel)
        where TA : struct, IPanelSource
    {
        var firstRow = panel * job.RowsOfTile;
        var rows = Math.Min(job.RowsOfTile, job.M - firstRow);
        for (var depthBefore = 0; depthBefore < job.Depth; depthBefore += job.DepthOfBlock)
        {
            var depth = Math.Min(job.DepthOfBlock, job.Depth - depthBefore);
            job.A.Pack(job.OfBlock(depthBefore) + (long)firstRow * depth, 0, job.RowsOfTile, firstRow, rows, depthBefore, depth);
        }
    }

    /// <summary>Multiplies all rows of A with some columns of B.</summary>
    static void MultiplyColumns<TOperations, TVector, TA, TB>(Job<TA, TB> job, int columnBlock)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
        where TA : struct, IPanelSource
        where TB : struct, IPanelSource
    {
        var columnsOfTile = GemmTile<TOperations, TVector>.Columns;
        var firstColumn = columnBlock * job.PanelsOfColumnBlock * columnsOfTile;
        var endColumn = Math.Min(job.N, firstColumn + job.PanelsOfColumnBlock * columnsOfTile);
        var packed = (ownPanels ??= new NativeBuffer()).Reserve((long)job.PanelsOfColumnBlock * columnsOfTile * job.DepthOfBlock);
        for (var depthBefore = 0; depthBefore < job.Depth; depthBefore += job.DepthOfBlock)
        {
            var depth = Math.Min(job.DepthOfBlock, job.Depth - depthBefore);
            job.B.Pack(packed, (nint)columnsOfTile * depth, columnsOfTile, firstColumn, endColumn - firstColumn, depthBefore, depth);
            MultiplyPanels<TOperations, TVector, TA, TB>(
                job, depthBefore, depth, 0, job.M, job.OfBlock(depthBefore), firstColumn, endColumn, packed, (nint)columnsOfTile * depth);
        }
    }

    /// <summary>Multiplies some rows of A (packed, or in place where they are not) with some packed columns of B for one block of k.</summary>
    static void MultiplyPanels<TOperations, TVector, TA, TB>(
        in Job<TA, TB> job, int depthBefore, int depth, int firstRow, int endRow, float* packed, int firstColumn, int endColumn, float* panels, nint panelStride)
        where TOperations : struct, IVectorOperations<TVector>
        where TVector : struct
        where TA : struct, IPanelSource
    {
        var columnsOfTile = GemmTile<TOperations, TVector>.Columns;
        var zeros = stackalloc float[columnsOfTile];
        new Span<float>(zeros, columnsOfTile).Clear();
        var start = depthBefore == 0 ? job.Start : job.C;
        var startStride = depthBefore == 0 ? job.StartStride : job.N;
        for (var column = firstColumn; column < endColumn; column += columnsOfTile, panels += panelStride)
        {
            var panelOfB = new MatrixRows(panels, columnsOfTile);
            var columns = Math.Min(columnsOfTile, endColumn - column);
            for (var row = firstRow; row < endRow; row += job.RowsOfTile)
            {
                var panelOfA = job.PacksA ? new StridedRows(packed + (long)(row - firstRow) * depth, 1, job.RowsOfTile) : job.A.At(row, job.FirstDepth + depthBefore);
                var from = start == null ? new MatrixRows(zeros, 0) : new MatrixRows(start + (long)row * startStride + column, startStride);
                var to = new MatrixRows(job.C + (long)row * job.N + column, job.N);
                GemmTile<TOperations, TVector>.ComputeColumns(Math.Min(job.RowsOfTile, endRow - row), columns, 1, depth, panelOfA, panelOfB, from, to);
            }
        }
    }

    static int Ceiling(int value, int unit) => (value + unit - 1) / unit;

    static (int M, int N, int K) Sizes(Tensor a, Tensor b, Tensor c, bool transposeA, bool transposeB)
    {
        if (a.Rank != 2 || b.Rank != 2 || c.Rank != 2)
            throw new ShapeException($"Matrix multiplication needs matrices, not tensors of shapes {Tensor.Format(a.Shape)}, {Tensor.Format(b.Shape)} and {Tensor.Format(c.Shape)}.");
        var (m, k) = transposeA ? (a.Shape[1], a.Shape[0]) : (a.Shape[0], a.Shape[1]);
        var (depth, n) = transposeB ? (b.Shape[1], b.Shape[0]) : (b.Shape[0], b.Shape[1]);
        if (k != depth || c.Shape[0] != m || c.Shape[1] != n)
            throw new ShapeException(
                $"[{m}, {k}] times [{depth}, {n}] into {Tensor.Format(c.Shape)} does not fit: the inner sizes must be equal, and the result is [{m}, {n}].");
        return (m, n, k);
    }
}
