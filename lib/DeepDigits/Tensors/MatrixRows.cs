namespace DeepDigits;

/// <summary>Rows of adjacent floats in memory.</summary>
/// <param name="first">The first row.</param>
/// <param name="stride">From one row to the next, in floats; 0 where all rows are the same, such as a bias.</param>
readonly unsafe struct MatrixRows(float* first, nint stride)
{
    public readonly float* First = first;
    public readonly nint Stride = stride;
}
