namespace DeepDigits;

/// <summary>
/// A matrix seen from the packing: "lanes" are the rows of A or the columns of B, depth is the dimension k that is summed over.
/// A panel is a strip of a few lanes in the order in which the kernel reads it: all lanes of k = 0, all lanes of k = 1, and so on.
/// </summary>
unsafe interface IPanelSource
{
    /// <summary>
    /// Writes lanes firstLane ... firstLane + lanes - 1 for k = firstDepth ... firstDepth + depth - 1 into as many panels as it takes:
    /// panels[p * panelStride + k * width + i] is lane firstLane + p * width + i. Where the last panel has lanes to spare, they become
    /// zeros.
    /// </summary>
    void Pack(float* panels, nint panelStride, int width, int firstLane, int lanes, int firstDepth, int depth);

    /// <summary>The values in place, from a lane and a depth on: for a tile that reads them without a copy.</summary>
    StridedRows At(int lane, int depth);
}
