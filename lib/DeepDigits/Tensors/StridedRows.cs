namespace DeepDigits;

/// <summary>Where the values that a tile multiplies with stand in memory; all distances in floats.</summary>
/// <param name="first">Row 0, k = 0.</param>
/// <param name="row">From one row to the next.</param>
/// <param name="step">From one step of k to the next.</param>
/// <param name="segment">From the beginning of one stretch of k to the next.</param>
readonly unsafe struct StridedRows(float* first, nint row, nint step, nint segment = 0)
{
    public readonly float* First = first;
    public readonly nint Row = row, Step = step, Segment = segment;
}
