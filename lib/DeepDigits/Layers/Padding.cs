namespace DeepDigits;

/// <summary>What a window that slides over an image does at its edges.</summary>
public enum Padding
{
    /// <summary>The window stays inside: an image of size i gives floor((i - kernel) / stride) + 1 positions.</summary>
    Valid,

    /// <summary>Zeros are put around the image so that ceil(i / stride) positions come out: with stride 1, as many as the image has. Where their number is odd, the
    /// additional one stands at the end, as in TensorFlow.</summary>
    Same,
}
