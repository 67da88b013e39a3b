using System.Globalization;

namespace DeepDigits;

/// <summary>
/// How training images are varied on the fly, so that the network hardly ever sees the same image twice: shifted, turned, scaled, slanted and distorted as another hand would have
/// written the digit. Each setting is the limit of a random amount; 0 leaves that variation out.
/// </summary>
/// <remarks>
/// <para>Around its centre, an image is scaled, slanted, turned, and then shifted; elastic distortion then moves every pixel a little. What an image becomes is a pure function of the seed, the epoch and
/// the number of the example, so neither threads nor a resumed training change it. Between the pixels the image is interpolated (bilinearly), outside it is 0.</para>
/// <para>Elastic distortion: P. Simard, D. Steinkraus, J. Platt: Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis (ICDAR 2003), section 2. The displacements
/// are random numbers from -1 to 1, two for each pixel, smoothed by a Gaussian and multiplied by the strength; a pixel so moves by about 0.16 * strength / smoothness pixels in each direction
/// (standard deviation). The paper's choice for MNIST is strength 34, smoothness 4.</para>
/// </remarks>
public sealed record Augmentation
{
    /// <summary>The largest shift in pixels, to each side and up and down: both are drawn from -Shift to Shift.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not a number.</exception>
    public double Shift { get; init => field = Check(value, double.MaxValue, "a number of pixels, 0 or more"); }

    /// <summary>The largest rotation in degrees, drawn from -Rotation to Rotation; positive is clockwise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 180.</exception>
    public double Rotation { get; init => field = Check(value, 180, "a number of degrees from 0 to 180"); }

    /// <summary>The largest change of size as a share: height and width are each multiplied by a number drawn from 1 - Scale to 1 + Scale.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 0.9.</exception>
    public double Scale { get; init => field = Check(value, 0.9, "a share from 0 to 0.9"); }

    /// <summary>The largest slant: pixels sideways for each pixel of height, drawn from -Shear to Shear.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 2.</exception>
    public double Shear { get; init => field = Check(value, 2, "a number from 0 to 2"); }

    /// <summary>The factor of the elastic displacements in pixels: the paper's alpha.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not a number.</exception>
    public double ElasticStrength { get; init => field = Check(value, 1e6, "a number from 0 to 1,000,000"); }

    /// <summary>The standard deviation in pixels of the Gaussian that smooths them: the paper's sigma. A small one makes noise, a large one a shift of the whole image.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 100.</exception>
    public double ElasticSmoothness { get; init => field = Check(value, 100, "a number of pixels from 0 to 100"); }

    /// <summary>The settings in words, for example "shift 2, rotation 10, scale 0.1, shear 0, elastic 34 4". Equal words mean equal images.</summary>
    public string Description => string.Create(CultureInfo.InvariantCulture,
        $"shift {Shift}, rotation {Rotation}, scale {Scale}, shear {Shear}, elastic {ElasticStrength} {ElasticSmoothness}");

    /// <summary>What the images of a batch become: to look at it.</summary>
    /// <param name="images">[n, height, width, channels]; they stay as they are.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="epoch">The epoch, from 1. The images count as the examples 0 ... n - 1 of the training set.</param>
    /// <exception cref="ShapeException">These are no images.</exception>
    /// <exception cref="ArgumentException">Elastic distortion has a strength but no smoothness.</exception>
    public Tensor Apply(Tensor images, int seed, int epoch)
    {
        var varied = images.Clone();
        new Augmenter(this, images.Shape[1..]).Apply(varied, Enumerable.Range(0, images.Rows).ToArray(), seed, epoch);
        return varied;
    }

    /// <inheritdoc/>
    public override string ToString() => Description;

    static double Check(double value, double most, string range, [System.Runtime.CompilerServices.CallerMemberName] string name = "") => value >= 0 && value <= most ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} of an augmentation must be {range}.");
}
