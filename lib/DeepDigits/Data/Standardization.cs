namespace DeepDigits;

/// <summary>
/// Shifts and scales pixels to mean 0 and standard deviation 1: y = (x - mean) / standard deviation. One mean and one deviation for all
/// pixels, measured on the training set and applied to every set, so that nothing about the test images leaks into training.
/// </summary>
/// <param name="Mean">The mean of all pixels.</param>
/// <param name="StandardDeviation">The root of their mean squared distance from the mean (divided by n, not n - 1).</param>
public sealed record Standardization(float Mean, float StandardDeviation)
{
    /// <summary>
    /// Measures a data set. The sums are double precision, in the order of the pixels, so every machine finds the same bits.
    /// </summary>
    /// <exception cref="ArgumentException">There are no images, or all pixels are equal.</exception>
    public static Standardization Of(Dataset training)
    {
        double sum = 0, squares = 0;
        for (var i = 0; i < training.Count; i++)
        {
            foreach (var pixel in training.Image(i))
                sum += pixel;
        }
        var count = (double)training.Count * Tensor.LengthOf(training.ImageShape);
        var mean = sum / count;
        for (var i = 0; i < training.Count; i++)
        {
            foreach (var pixel in training.Image(i))
                squares += (pixel - mean) * (pixel - mean);
        }
        var deviation = (float)Math.Sqrt(squares / count);
        if (!(deviation > 0))
        {
            throw new ArgumentException($"Standardization needs images whose pixels are not all equal; this data set ({training}) has none.",
                nameof(training));
        }
        return new Standardization((float)mean, deviation);
    }

    /// <summary>A data set with standardized images (a copy) and the same labels.</summary>
    public Dataset Apply(Dataset dataset)
    {
        var images = Tensor.Uninitialized([dataset.Count, .. dataset.ImageShape]);
        var values = images.Values;
        var position = 0;
        for (var i = 0; i < dataset.Count; i++)
        {
            foreach (var pixel in dataset.Image(i))
                values[position++] = (pixel - Mean) / StandardDeviation;
        }
        return dataset.WithImages(images);
    }
}
