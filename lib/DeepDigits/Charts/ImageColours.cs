namespace DeepDigits;

/// <summary>How the numbers of images become colours.</summary>
public enum ImageColours
{
    /// <summary>0 is black and 1 is white, as in the data set; what lies outside is black or white.</summary>
    Grey,

    /// <summary>The smallest number of all images is black and the largest is white, as for feature maps.</summary>
    Stretched,

    /// <summary>Below 0 is blue, 0 is white and above 0 is orange, up to the largest magnitude of all images, as for filters and
    /// differences.</summary>
    Signed,
}
