using System.Numerics;
using System.Runtime.CompilerServices;

namespace DeepDigits;

/// <summary>
/// Varies the images of batches, as an <see cref="Augmentation"/> says: for every pixel of the new image it is worked out where in the old image it comes from, and the four pixels
/// around that point are mixed.
/// </summary>
/// <remarks>
/// The arithmetic is that of single numbers, in vectors of whatever width: no sum runs across a vector. Random numbers are words of Philox with the seed in the key, and the epoch, the
/// example and the number of the block in the counter. In steady state nothing is allocated.
/// </remarks>
sealed unsafe class Augmenter
{
    const int ImagesOfRange = 4;

    /// <summary>Rows of scratch memory are multiples of this, so that vectors of any width need no special end.</summary>
    const int RowUnit = 16;

    const uint Purpose = 0xA67E; // keeps the numbers apart from those of dropout and of SeededRandom of the same seed

    [ThreadStatic]
    static NativeBuffer? scratch;

    readonly Augmentation settings;
    readonly int height, width, channels, stride, radius;
    readonly float[] weights; // of the Gaussian, from -radius to radius, times what makes a displacement in pixels of a random byte

    /// <summary>For images of one shape.</summary>
    /// <exception cref="ShapeException">The examples are no images.</exception>
    /// <exception cref="ArgumentException">Elastic distortion has a strength but no smoothness.</exception>
    public Augmenter(Augmentation settings, ReadOnlySpan<int> imageShape)
    {
        if (imageShape is not [var rows, var columns, var depth])
            throw new ShapeException($"Only images of shape [height, width, channels] can be augmented, not {Tensor.Format(imageShape)}.");
        if (settings is { ElasticStrength: > 0, ElasticSmoothness: 0 })
            throw new ArgumentException("Elastic distortion has a strength but no smoothness: set ElasticSmoothness too, for example 4.", nameof(settings));
        this.settings = settings;
        (height, width, channels) = (rows, columns, depth);
        stride = (width + RowUnit - 1) / RowUnit * RowUnit;
        (weights, radius) = HasElastic ? Gaussian(settings.ElasticSmoothness) : ([], 0);
    }

    bool HasElastic => settings.ElasticStrength > 0;

    bool IsIdentity => settings is { Shift: 0, Rotation: 0, Scale: 0, Shear: 0, ElasticStrength: 0 };

    /// <summary>The zeros around a padded image: one before, and two after, as a point between the last pixel and the edge is mixed from a pixel beyond.</summary>
    int PaddedStride => width + 3;

    int PaddedLength => (height + 3) * PaddedStride;

    /// <summary>Changes all images of a batch, on all threads.</summary>
    /// <param name="images">[n, height, width, channels].</param>
    /// <param name="examples">The number of each in its training set.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    public void Apply(Tensor images, ReadOnlyMemory<int> examples, int seed, int epoch)
    {
        if (IsIdentity)
            return;
        Workers.ForRanges(images.Rows, ImagesOfRange, (augmenter: this, images, examples, seed, epoch), static (it, start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                fixed (float* pixels = it.images.Row(i))
                    it.augmenter.Vary(pixels, it.seed, it.epoch, it.examples.Span[i]);
            }
        });
    }

    /// <summary>The same by the definition, a pixel after the other: what the fast path is tested against.</summary>
    public void ApplyNaive(Tensor images, ReadOnlySpan<int> examples, int seed, int epoch)
    {
        for (var i = 0; i < images.Rows; i++)
        {
            var draw = Draw(seed, epoch, examples[i]);
            var noise = Noise(seed, epoch, examples[i]);
            var old = images.Row(i).ToArray();
            for (var y = 0; y < height; y++)
                for (var x = 0; x < width; x++)
                {
                    var (fromX, fromY) = (draw.X0 + draw.XX * x + draw.XY * y + Displacement(noise, 0, x, y), draw.Y0 + draw.YX * x + draw.YY * y + Displacement(noise, 1, x, y));
                    var (left, top) = ((int)Math.Floor(fromX), (int)Math.Floor(fromY));
                    for (var c = 0; c < channels; c++)
                    {
                        double At(int column, int row) => column < 0 || column >= width || row < 0 || row >= height ? 0 : old[(row * width + column) * channels + c];
                        var (right, below) = (fromX - left, fromY - top);
                        images.Row(i)[(y * width + x) * channels + c] = (float)((1 - below) * ((1 - right) * At(left, top) + right * At(left + 1, top))
                            + below * ((1 - right) * At(left, top + 1) + right * At(left + 1, top + 1)));
                    }
                }
        }

        float[] Noise(int seed, int epoch, int example)
        {
            var noise = new float[NoiseLength];
            fixed (float* to = noise)
                DrawNoise(to, seed, epoch, example);
            return noise;
        }

        double Displacement(float[] noise, int direction, int x, int y)
        {
            var sum = 0.0;
            for (var dy = -radius; HasElastic && dy <= radius; dy++)
                for (var dx = -radius; dx <= radius; dx++)
                {
                    if (x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height)
                        sum += (double)weights[radius + dx] * weights[radius + dy] * noise[(direction * height + y + dy) * stride + x + dx];
                }
            return sum * Unit;
        }
    }

    /// <summary>Where the point (x, y) of the new image comes from, but for elastic distortion: (X0 + XX x + XY y, Y0 + YX x + YY y).</summary>
    internal readonly record struct Origin(double X0, double XX, double XY, double Y0, double YX, double YY);

    /// <summary>Draws what becomes of an image as a whole.</summary>
    Origin Draw(int seed, int epoch, int example)
    {
        var (word0, word1, word2, word3) = Philox.Block(0, (uint)example, (uint)epoch, 0, (uint)seed, Purpose);
        var (word4, word5, _, _) = Philox.Block(1, (uint)example, (uint)epoch, 0, (uint)seed, Purpose);
        return Inverse(
            settings.Shift * Uniform(word0), settings.Shift * Uniform(word1), settings.Rotation * Uniform(word2),
            1 + settings.Scale * Uniform(word3), 1 + settings.Scale * Uniform(word4), settings.Shear * Uniform(word5));

        static double Uniform(uint word) => (word + 0.5) * (2.0 / 4294967296.0) - 1;
    }

    /// <summary>
    /// The way back: with p the place relative to the image's centre, the way there is p' = R S D p + t, with D = diag(scaleX, scaleY), S = (1, shear; 0, 1), R a rotation and t
    /// the shift. So p = D^-1 S^-1 R^-1 (p' - t).
    /// </summary>
    internal Origin Inverse(double shiftX, double shiftY, double degrees, double scaleX, double scaleY, double shear)
    {
        var angle = degrees * (Math.PI / 180);
        var (cos, sin) = (PortableMath.Cos(angle), PortableMath.Sin(angle));
        // R^-1 = (cos, sin; -sin, cos), then the first row less shear times the second one.
        var (xx, xy) = ((cos + shear * sin) / scaleX, (sin - shear * cos) / scaleX);
        var (yx, yy) = (-sin / scaleY, cos / scaleY);
        var (centreX, centreY) = ((width - 1) / 2.0, (height - 1) / 2.0);
        var (x, y) = (centreX + shiftX, centreY + shiftY);
        return new Origin(centreX - xx * x - xy * y, xx, xy, centreY - yx * x - yy * y, yx, yy);
    }

    /// <summary>Brings all images to the same place, without elastic distortion.</summary>
    internal void SampleAll(Tensor images, Origin origin)
    {
        var memory = (scratch ??= new NativeBuffer()).Reserve((long)channels * PaddedLength + 7 * stride);
        for (var i = 0; i < images.Rows; i++)
        {
            fixed (float* pixels = images.Row(i))
            {
                Pad(pixels, memory);
                Sample(memory, null, pixels, origin, memory + (long)channels * PaddedLength);
            }
        }
    }

    void Vary(float* pixels, int seed, int epoch, int example)
    {
        var memory = (scratch ??= new NativeBuffer()).Reserve((long)channels * PaddedLength + 2 * (long)height * stride + NoiseLength + 7 * stride + stride + 2 * radius + RowUnit);
        var padded = memory;
        var displacements = padded + (long)channels * PaddedLength;
        var rest = displacements + 2 * (long)height * stride;
        Pad(pixels, padded);
        if (HasElastic)
        {
            DrawNoise(rest, seed, epoch, example);
            Smooth(rest, displacements, rest + NoiseLength);
        }
        Sample(padded, HasElastic ? displacements : null, pixels, Draw(seed, epoch, example), rest + NoiseLength);
    }

    /// <summary>The image with zeros around it, channel after channel.</summary>
    void Pad(float* pixels, float* padded)
    {
        Unsafe.InitBlock(padded, 0, (uint)(channels * PaddedLength * sizeof(float)));
        for (var c = 0; c < channels; c++)
            for (var y = 0; y < height; y++)
            {
                var from = pixels + y * width * channels + c;
                var to = padded + c * PaddedLength + (y + 1) * PaddedStride + 1;
                if (channels == 1)
                {
                    Unsafe.CopyBlock(to, from, (uint)width * sizeof(float));
                    continue;
                }
                for (var x = 0; x < width; x++)
                    to[x] = from[x * channels];
            }
    }

    /// <summary>The new image.</summary>
    /// <param name="padded">The old image: see <see cref="Pad"/>.</param>
    /// <param name="displacements">What is added to the place that a pixel comes from, all x and then all y, in rows of <see cref="stride"/>; null: nothing.</param>
    /// <param name="pixels">Receives the new image.</param>
    /// <param name="origin">Where pixels come from.</param>
    /// <param name="row">Memory for 7 rows.</param>
    void Sample(float* padded, float* displacements, float* pixels, in Origin origin, float* row)
    {
        var positions = (int*)row; // of the pixel at the upper left
        float* right = row + stride, below = right + stride, corner0 = below + stride, corner1 = corner0 + stride, corner2 = corner1 + stride, corner3 = corner2 + stride;
        Unsafe.InitBlock(corner0, 0, (uint)(4 * stride * sizeof(float))); // what stands beyond the width is not used, but must not be slow to compute with
        var lanes = Vector<float>.Count;
        var (stepX, stepY) = (new Vector<float>((float)origin.XX), new Vector<float>((float)origin.YX));
        var (lastX, lastY) = (new Vector<float>(width), new Vector<float>(height));
        for (var y = 0; y < height; y++)
        {
            var (startX, startY) = (new Vector<float>((float)(origin.X0 + origin.XY * y)), new Vector<float>((float)(origin.Y0 + origin.YY * y)));
            for (var x = 0; x < stride; x += lanes)
            {
                var number = Vector.CreateSequence((float)x, 1f);
                var (fromX, fromY) = (startX + number * stepX, startY + number * stepY);
                if (displacements is not null)
                {
                    fromX += Vector.Load(displacements + y * stride + x);
                    fromY += Vector.Load(displacements + (height + y) * stride + x);
                }
                // Whatever lies further outside than a pixel is as black as the first pixel there.
                fromX = Vector.Min(Vector.Max(fromX, -Vector<float>.One), lastX);
                fromY = Vector.Min(Vector.Max(fromY, -Vector<float>.One), lastY);
                var (left, top) = (Vector.Floor(fromX), Vector.Floor(fromY));
                (fromX - left).Store(right + x);
                (fromY - top).Store(below + x);
                Vector.ConvertToInt32((top + Vector<float>.One) * new Vector<float>(PaddedStride) + (left + Vector<float>.One)).Store(positions + x);
            }
            for (var c = 0; c < channels; c++)
            {
                var image = padded + c * PaddedLength;
                for (var x = 0; x < width; x++)
                {
                    var corner = image + positions[x];
                    (corner0[x], corner1[x]) = (corner[0], corner[1]);
                    (corner2[x], corner3[x]) = (corner[PaddedStride], corner[PaddedStride + 1]);
                }
                for (var x = 0; x < stride; x += lanes)
                {
                    var (a, b) = (Vector.Load(corner0 + x), Vector.Load(corner2 + x));
                    a += Vector.Load(right + x) * (Vector.Load(corner1 + x) - a);
                    b += Vector.Load(right + x) * (Vector.Load(corner3 + x) - b);
                    (a + Vector.Load(below + x) * (b - a)).Store(corner0 + x);
                }
                var to = pixels + y * width * channels + c;
                if (channels == 1)
                {
                    Unsafe.CopyBlock(to, corner0, (uint)width * sizeof(float));
                    continue;
                }
                for (var x = 0; x < width; x++)
                    to[x * channels] = corner0[x];
            }
        }
    }

    /// <summary>Two random numbers for each pixel, from rows of <see cref="stride"/>, and what is left of the last blocks.</summary>
    int NoiseLength => 4 * NoiseWords;

    int NoiseWords => (2 * height * stride / 4 + RowUnit - 1) / RowUnit * RowUnit;

    /// <summary>A random byte, less its mean, is one of 256 numbers from -127.5 to 127.5: this brings it to -1 ... 1 and to the strength.</summary>
    double Unit => settings.ElasticStrength / 127.5;

    /// <summary>Random bytes less their mean. Each word of Philox gives four: one for each quarter of the numbers.</summary>
    void DrawNoise(float* noise, int seed, int epoch, int example)
    {
        var words = NoiseWords;
        var last = (uint*)noise + 3 * words; // the last quarter holds the words until it is overwritten itself
        for (var i = 0; i < words; i += 4)
            (last[i], last[i + 1], last[i + 2], last[i + 3]) = Philox.Block((uint)i / 4, (uint)example, (uint)epoch, 1, (uint)seed, Purpose);
        var (mask, mean) = (new Vector<uint>(0xFF), new Vector<float>(127.5f));
        for (var i = 0; i < words; i += Vector<uint>.Count)
        {
            var word = Vector.Load(last + i);
            for (var quarter = 0; quarter < 4; quarter++, word >>>= 8)
                (Vector.ConvertToSingle((word & mask).As<uint, int>()) - mean).Store(noise + quarter * words + i);
        }
    }

    /// <summary>Smooths the noise along the columns, then along the rows, and makes displacements of it. Outside the image the noise is 0.</summary>
    void Smooth(float* noise, float* displacements, float* line)
    {
        Unsafe.InitBlock(line, 0, (uint)((stride + 2 * radius + RowUnit) * sizeof(float)));
        fixed (float* taps = weights)
        {
            for (var direction = 0; direction < 2; direction++)
                for (var y = 0; y < height; y++)
                {
                    var (first, end) = (Math.Max(-radius, -y), Math.Min(radius, height - 1 - y) + 1);
                    WeightedSum(noise + (direction * height + y + first) * stride, stride, taps + radius + first, end - first, line + radius, 1);
                    for (var x = width; x < stride; x++)
                        line[radius + x] = 0;
                    WeightedSum(line, 1, taps, 2 * radius + 1, displacements + (direction * height + y) * stride, (float)Unit);
                }
        }
    }

    /// <summary>to[x] = factor * sum over k of taps[k] from[x + k * step], from the first k to the last, for a row of numbers.</summary>
    void WeightedSum(float* from, nint step, float* taps, int count, float* to, float factor)
    {
        var lanes = Vector<float>.Count;
        var x = 0;
        for (; x + 4 * lanes <= stride; x += 4 * lanes)
        {
            Vector<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            var source = from + x;
            for (var k = 0; k < count; k++, source += step)
            {
                var tap = new Vector<float>(taps[k]);
                sum0 += tap * Vector.Load(source);
                sum1 += tap * Vector.Load(source + lanes);
                sum2 += tap * Vector.Load(source + 2 * lanes);
                sum3 += tap * Vector.Load(source + 3 * lanes);
            }
            (sum0 * factor).Store(to + x);
            (sum1 * factor).Store(to + x + lanes);
            (sum2 * factor).Store(to + x + 2 * lanes);
            (sum3 * factor).Store(to + x + 3 * lanes);
        }
        for (; x < stride; x += lanes)
        {
            Vector<float> sum = default;
            var source = from + x;
            for (var k = 0; k < count; k++, source += step)
                sum += new Vector<float>(taps[k]) * Vector.Load(source);
            (sum * factor).Store(to + x);
        }
    }

    /// <summary>exp(-k^2 / (2 sigma^2)) for k = -radius ... radius, divided by their sum; beyond three sigma nothing is left.</summary>
    static (float[] Weights, int Radius) Gaussian(double sigma)
    {
        var radius = Math.Max(1, (int)Math.Ceiling(3 * sigma));
        var weights = new float[2 * radius + 1];
        for (var k = -radius; k <= radius; k++)
            weights[radius + k] = (float)(-(double)k * k / (2 * sigma * sigma));
        ElementaryFunctions.Exp(weights, weights);
        var sum = Softmax.Sum(weights);
        for (var i = 0; i < weights.Length; i++)
            weights[i] = (float)(weights[i] / sum);
        return (weights, radius);
    }
}
