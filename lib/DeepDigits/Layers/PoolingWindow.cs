namespace DeepDigits;

/// <summary>One position of a pooling window.</summary>
/// <param name="First">Where its first pixel begins in the image, in floats.</param>
/// <param name="Rows">Its rows inside the image.</param>
/// <param name="Columns">Its columns inside the image.</param>
/// <param name="RowStride">From one row of the image to the next, in floats.</param>
/// <param name="Channels">The floats of a pixel.</param>
readonly record struct PoolingWindow(int First, int Rows, int Columns, int RowStride, int Channels);
