using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DeepDigits;

/// <summary>
/// Examples to learn from or to be tested on: images and, for each, the class that it belongs to (its label).
/// </summary>
/// <remarks>
/// A subset (<see cref="Subset"/>, <see cref="Take"/>, <see cref="StratifiedHoldOut"/>, <see cref="StratifiedFolds"/>) and a data set with
/// other labels (<see cref="MapLabels"/>) are views: they share the images in memory and own only row numbers and labels, 5 bytes an
/// example. A data set never changes.
/// </remarks>
public sealed partial class Dataset
{
    readonly Tensor images;
    readonly int pixels;
    readonly int[]? rows; // which rows of the images are the examples, in order; null: all of them
    readonly byte[] labels;
    readonly string[] classNames;

    /// <summary>Images with labels. The class names are the numbers 0 ... classCount - 1.</summary>
    /// <param name="images">Shape [count, height, width, channels], or any other with one example per row. It is kept, not copied.</param>
    /// <param name="labels">The class of each image, from 0 to classCount - 1. They are copied.</param>
    /// <param name="classCount">From 1 to 256.</param>
    /// <exception cref="ShapeException">The images are not [count, ...], or there is not one label for each image.</exception>
    /// <exception cref="LabelException">A label is not below the number of classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of classes is not 1 to 256.</exception>
    public Dataset(Tensor images, ReadOnlySpan<byte> labels, int classCount)
        : this(images, null, labels.ToArray(), NumberedClasses(classCount))
    {
        if (labels.Length != images.Rows)
        {
            throw new ShapeException($"{images.Rows} images, {labels.Length} labels: a data set needs one label for each image. "
                + "For images without labels use the constructor that takes images only.");
        }
        LabelException.ThrowIfOutside(labels, classCount);
    }

    /// <summary>Images without labels, such as Kaggle's <c>test.csv</c>.</summary>
    /// <param name="images">Shape [count, height, width, channels], or any other with one example per row. It is kept, not copied.</param>
    /// <exception cref="ShapeException">The images are not [count, ...].</exception>
    public Dataset(Tensor images)
        : this(images, null, [], [])
    {
    }

    Dataset(Tensor images, int[]? rows, byte[] labels, string[] classNames)
    {
        if (images.Rank < 2)
        {
            throw new ShapeException($"The images of a data set need the shape [count, height, width, channels], not {Tensor.Format(images.Shape)}. "
                + "Reshape a single image to [1, height, width, channels].");
        }
        this.images = images;
        this.rows = rows;
        this.labels = labels;
        this.classNames = classNames;
        pixels = images.RowLength;
    }

    /// <summary>The number of examples.</summary>
    public int Count => rows?.Length ?? images.Rows;

    /// <summary>The shape of one image: [height, width, channels].</summary>
    public ReadOnlySpan<int> ImageShape => images.Shape[1..];

    /// <summary>Whether the examples have labels.</summary>
    public bool HasLabels => classNames.Length > 0;

    /// <summary>The class of each example, in order. Empty when there are no labels.</summary>
    public ReadOnlySpan<byte> Labels => labels;

    /// <summary>The number of classes; 0 when there are no labels.</summary>
    public int ClassCount => classNames.Length;

    /// <summary>What the classes are called: "0" ... "9" for digits. Empty when there are no labels.</summary>
    public IReadOnlyList<string> ClassNames => classNames;

    /// <summary>
    /// All images: [count, height, width, channels]. Of a whole data set it is the shared tensor itself, so do not write to it; of a subset
    /// it is a new copy at every call, in the subset's order.
    /// </summary>
    public Tensor Images
    {
        get
        {
            if (rows is null)
                return images;
            var copy = Tensor.Uninitialized([rows.Length, .. ImageShape]);
            for (var i = 0; i < rows.Length; i++)
                Image(i).CopyTo(copy.Values.Slice(i * pixels, pixels));
            return copy;
        }
    }

    /// <summary>The pixels of one image in row-major order. Nothing is copied.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example.</exception>
    public ReadOnlySpan<float> Image(int example)
    {
        CheckExample(example);
        return images.Values.Slice((rows is null ? example : rows[example]) * pixels, pixels);
    }

    /// <summary>The chosen examples, in the order given; one may be chosen more than once. The images are shared, not copied.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such example.</exception>
    public Dataset Subset(ReadOnlySpan<int> examples)
    {
        var chosenRows = new int[examples.Length];
        var chosenLabels = new byte[HasLabels ? examples.Length : 0];
        for (var i = 0; i < examples.Length; i++)
        {
            CheckExample(examples[i]);
            chosenRows[i] = rows is null ? examples[i] : rows[examples[i]];
            if (HasLabels)
                chosenLabels[i] = labels[examples[i]];
        }
        return new Dataset(images, chosenRows, chosenLabels, classNames);
    }

    /// <summary>The first examples. The images are shared, not copied.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many examples.</exception>
    public Dataset Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        var first = new int[count];
        for (var i = 0; i < count; i++)
            first[i] = i;
        return Subset(first);
    }

    /// <summary>The same images with other classes, for example "is it a square number?": see <see cref="LabelMap.Squares"/>.</summary>
    /// <exception cref="LabelException">There are no labels, or the map has no entry for one of them.</exception>
    public Dataset MapLabels(LabelMap map)
    {
        RequireLabels($"Mapping labels by \"{map.Name}\"");
        var mapped = new byte[labels.Length];
        for (var i = 0; i < labels.Length; i++)
            mapped[i] = map[labels[i]];
        return new Dataset(images, rows, mapped, [.. map.ClassNames]);
    }

    /// <summary>A copy with every image mirrored at its main diagonal: rows become columns. EMNIST stores its images that way.</summary>
    /// <exception cref="ShapeException">The images are not [height, width, channels].</exception>
    public Dataset Transpose()
    {
        if (ImageShape is not [var height, var width, var channels])
            throw new ShapeException($"Only images of shape [height, width, channels] can be transposed, not {Tensor.Format(ImageShape)}.");
        var transposed = Tensor.Uninitialized(Count, width, height, channels);
        for (var i = 0; i < Count; i++)
        {
            var source = Image(i);
            var target = transposed.Row(i);
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                    source.Slice((y * width + x) * channels, channels).CopyTo(target[((x * height + y) * channels)..]);
            }
        }
        return WithImages(transposed);
    }

    /// <summary>"60000 examples of shape [28, 28, 1] in 10 classes".</summary>
    public override string ToString() =>
        $"{Count} examples of shape {Tensor.Format(ImageShape)} {(HasLabels ? $"in {ClassCount} classes" : "without labels")}";

    /// <summary>Copies the chosen examples into a batch. Allocates nothing.</summary>
    /// <param name="examples">Which examples, in the order of the batch.</param>
    /// <param name="batchImages">Receives the images; its shape is [examples.Length, height, width, channels].</param>
    /// <param name="batchLabels">Receives the labels, one for each example; not touched when there are none.</param>
    /// <exception cref="ShapeException">The batch has another shape.</exception>
    internal void Gather(ReadOnlySpan<int> examples, Tensor batchImages, Span<byte> batchLabels)
    {
        CheckBatch(examples.Length, batchImages, batchLabels.Length);
        Copy(examples, batchImages.Values, batchLabels, 0, examples.Length);
    }

    /// <summary>The same, with all threads at the copying.</summary>
    internal void Gather(ReadOnlyMemory<int> examples, Tensor batchImages, Memory<byte> batchLabels)
    {
        const int examplesOfRange = 64;
        CheckBatch(examples.Length, batchImages, batchLabels.Length);
        Workers.ForRanges(examples.Length, examplesOfRange, (data: this, examples, batchImages, batchLabels), static (it, start, end) =>
            it.data.Copy(it.examples.Span, it.batchImages.Values, it.batchLabels.Span, start, end));
    }

    void CheckBatch(int count, Tensor batchImages, int labelCount)
    {
        if (batchImages.Rows != count || !batchImages.Shape[1..].SequenceEqual(ImageShape))
        {
            throw new ShapeException($"A batch of {count} images of shape {Tensor.Format(ImageShape)} "
                + $"does not fit a tensor of shape {Tensor.Format(batchImages.Shape)}.");
        }
        if (HasLabels && labelCount != count)
            throw new ShapeException($"A batch of {count} images needs room for as many labels, not for {labelCount}.");
    }

    void Copy(ReadOnlySpan<int> examples, Span<float> targetImages, Span<byte> targetLabels, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            Image(examples[i]).CopyTo(targetImages.Slice(i * pixels, pixels));
            if (HasLabels)
                targetLabels[i] = labels[examples[i]];
        }
    }

    /// <summary>Number, shape and classes of the examples with a hash of the labels and of some pixels: tells other data from the same
    /// data.</summary>
    internal string Fingerprint()
    {
        const int sampled = 64;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(labels);
        for (var i = 0; i < Math.Min(sampled, Count); i++)
            hash.AppendData(MemoryMarshal.AsBytes(Image((int)((long)i * Count / sampled % Count))));
        return $"{this}, {Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8))}";
    }

    /// <summary>Other images, one for each example, with the same labels.</summary>
    internal Dataset WithImages(Tensor images) => new(images, null, labels, classNames);

    /// <exception cref="LabelException">There are no labels.</exception>
    internal void RequireLabels(string purpose)
    {
        if (!HasLabels)
            throw new LabelException($"{purpose} needs labels, but this data set ({this}) has none. Only predictions can be made for it.");
    }

    /// <summary>The examples of each class, in their order.</summary>
    List<int>[] ExamplesByClass()
    {
        var examples = new List<int>[ClassCount];
        for (var c = 0; c < ClassCount; c++)
            examples[c] = [];
        for (var i = 0; i < labels.Length; i++)
            examples[labels[i]].Add(i);
        return examples;
    }

    void CheckExample(int example)
    {
        if ((uint)example >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(example), example,
                $"The examples of this data set are numbered from 0 to {Count - 1}.");
        }
    }

    static string[] NumberedClasses(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, "classCount");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 256, "classCount");
        var names = new string[count];
        for (var i = 0; i < count; i++)
            names[i] = i.ToString(CultureInfo.InvariantCulture);
        return names;
    }
}
