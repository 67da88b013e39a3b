namespace DeepDigits;

/// <summary>
/// The innermost loop of a matrix multiplication, written for one vector width. A static interface, so that the compiler makes one copy of
/// <see cref="Gemm"/>'s loops for each kernel, without a call through a table.
/// </summary>
unsafe interface IGemmKernel
{
    /// <summary>The rows of a tile of C: so many values of A stand side by side in a packed panel.</summary>
    static abstract int Rows { get; }

    /// <summary>The columns of a tile of C: so many values of B stand side by side in a packed panel.</summary>
    static abstract int Columns { get; }

    /// <summary>
    /// One tile: c[i, j] = fma(a[depth-1, i], b[depth-1, j], ... fma(a[1, i], b[1, j], fma(a[0, i], b[0, j], start[i, j]))).
    /// </summary>
    /// <param name="depth">The number of steps over k.</param>
    /// <param name="a">A packed panel of A: [depth, Rows].</param>
    /// <param name="b">A packed panel of B: [depth, Columns], aligned to 64 bytes.</param>
    /// <param name="start">What the sums begin with: [Rows, Columns]. It may be c itself.</param>
    /// <param name="startStride">The distance between two rows of start; 0 where all rows begin with the same values, such as a
    /// bias.</param>
    /// <param name="c">The tile of C: [Rows, Columns].</param>
    /// <param name="stride">The distance between two rows of c.</param>
    static abstract void Tile(int depth, float* a, float* b, float* start, nint startStride, float* c, nint stride);
}
