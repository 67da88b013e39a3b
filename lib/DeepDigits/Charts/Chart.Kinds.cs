namespace DeepDigits;

/// <content>The kinds of charts.</content>
public abstract partial class Chart
{
    /// <summary>Lines; add them with <see cref="LineChart.Add{T}(string, IEnumerable{T})"/>.</summary>
    public static LineChart Line(string title, string xTitle, string yTitle) => new(title, xTitle, yTitle);

    /// <summary>Loss and accuracy of a training, by epoch.</summary>
    public static TrainingCurves Curves(History history) => Curves("Loss and accuracy", [("", history)]);

    /// <summary>Loss and accuracy of several trainings, by epoch: a colour for each, dotted for the training set where there is a validation set.</summary>
    public static TrainingCurves Curves(string title, IReadOnlyList<(string Name, History History)> runs) => new(title, runs);

    /// <summary>Bars over labels; add them with <see cref="BarChart.Add{T}(string, IEnumerable{T})"/>.</summary>
    public static BarChart Bars(string title, string xTitle, string yTitle, IReadOnlyList<string> labels) => new(title, xTitle, yTitle, labels);

    /// <summary>How often numbers fall into each of some intervals; add them with <see cref="HistogramChart.Add{T}(string, IEnumerable{T})"/>.</summary>
    /// <param name="title">What stands above.</param>
    /// <param name="xTitle">What the numbers are.</param>
    /// <param name="bins">The number of intervals, from 1 to 200.</param>
    /// <exception cref="ChartException">The number of intervals is out of range.</exception>
    public static HistogramChart Histogram(string title, string xTitle, int bins) => new(title, xTitle, bins);

    /// <summary>Points; add them with <see cref="ScatterChart.Add{TX, TY}(string, IEnumerable{TX}, IEnumerable{TY})"/>.</summary>
    public static ScatterChart Scatter(string title, string xTitle, string yTitle) => new(title, xTitle, yTitle);

    /// <summary>A table of numbers as coloured cells.</summary>
    /// <param name="title">What stands above.</param>
    /// <param name="values">[rows, columns]; NaN for what is not known: a grey cell with a dash.</param>
    /// <param name="rows">The label of each row, from top to bottom.</param>
    /// <param name="columns">The label of each column.</param>
    /// <param name="rowTitle">What the rows are.</param>
    /// <param name="columnTitle">What the columns are.</param>
    /// <exception cref="ChartException">There are more or fewer labels than rows or columns, no cells at all, or more than 10,000.</exception>
    public static HeatMapChart HeatMap(string title, double[,] values, IReadOnlyList<string> rows, IReadOnlyList<string> columns, string rowTitle = "", string columnTitle = "") =>
        new(title, values, rows, columns, rowTitle, columnTitle);

    /// <summary>Which classes were taken for which, with counts and with shares of the true class.</summary>
    /// <exception cref="ChartException">There are more than 40 classes.</exception>
    public static ConfusionChart Confusion(ConfusionMatrix matrix) => new("Confusion matrix", matrix);

    /// <summary>Images with captions.</summary>
    /// <param name="title">What stands above.</param>
    /// <param name="images">[count, height, width] or [count, height, width, 1], at most 200.</param>
    /// <param name="captions">What stands under each, in one or more lines; null: nothing.</param>
    /// <param name="columns">How many stand in a row.</param>
    /// <param name="colours">How numbers become colours.</param>
    /// <exception cref="ShapeException">The images have another shape.</exception>
    /// <exception cref="ChartException">There are none or too many images, or not one caption for each.</exception>
    public static ImageGrid Images(string title, Tensor images, IReadOnlyList<string>? captions = null, int columns = 10, ImageColours colours = ImageColours.Grey) =>
        new(title, images, captions ?? [], columns, colours, []);

    /// <summary>The images of a data set, each with the name of its class if it has one.</summary>
    /// <exception cref="ShapeException">The examples are not [height, width, 1].</exception>
    /// <exception cref="ChartException">There are no examples or more than 200.</exception>
    public static ImageGrid Digits(string title, Dataset data, int columns = 10) =>
        new(title, Some(title, data), data.HasLabels ? [.. data.Labels.ToArray().Select(label => data.ClassNames[label])] : [], columns, ImageColours.Grey, []);

    /// <summary>The images of a data set with what a network took them for; mistakes are marked, and name the true class.</summary>
    /// <exception cref="ShapeException">The examples are not [height, width, 1].</exception>
    /// <exception cref="ChartException">There are no examples or more than 200, or not one prediction for each.</exception>
    public static ImageGrid Predictions(string title, Dataset data, Predictions predictions, int columns = 10)
    {
        var images = Some(title, data);
        Series.CheckCount(title, "predictions", "images", data.Count, "predictions", predictions.Classes.Length);
        var (captions, marked) = (new string[data.Count], new bool[data.Count]);
        for (var i = 0; i < data.Count; i++)
        {
            var predicted = predictions.Classes[i];
            marked[i] = data.HasLabels && data.Labels[i] != predicted;
            var name = data.HasLabels ? data.ClassNames[predicted] : $"{predicted}";
            captions[i] = marked[i] ? $"{name}, not {data.ClassNames[data.Labels[i]]}" : name;
        }
        return new(title, images, captions, columns, ImageColours.Grey, marked);
    }

    /// <summary>The examples that a network misread, the surest mistakes first: what it took them for and how sure it was, and what they are.</summary>
    /// <param name="title">What stands above.</param>
    /// <param name="data">What was evaluated.</param>
    /// <param name="evaluation">What came out.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="columns">How many stand in a row.</param>
    /// <exception cref="ShapeException">The examples are not [height, width, 1].</exception>
    /// <exception cref="ChartException">Nothing was misread, or the evaluation is not one of this data.</exception>
    public static ImageGrid Misread(string title, Dataset data, Evaluation evaluation, int count, int columns = 8)
    {
        if (evaluation.Count != data.Count)
            throw new ChartException($"\"{title}\": the evaluation is one of {evaluation.Count} examples, but the data has {data.Count}. Give the data that was evaluated.");
        var mistakes = evaluation.Misclassified().Take(count).ToArray();
        if (mistakes.Length == 0)
            throw new ChartException($"\"{title}\": none of {data.Count} examples was misread, so there is nothing to show (or the count was {count}).");
        var chosen = data.Subset([.. mistakes.Select(mistake => mistake.Example)]);
        return new(title, Some(title, chosen), [.. mistakes.Select(mistake => $"{data.ClassNames[mistake.Predicted]} ({ChartText.Number(Math.Floor(mistake.Probability * 100) / 100, true)})\ntrue: {data.ClassNames[mistake.Label]}")],
            columns, ImageColours.Grey, []);
    }

    /// <summary>How images differ from others: after - before, blue where it is darker and orange where it is brighter.</summary>
    /// <param name="title">What stands above.</param>
    /// <param name="before">[count, height, width] or [count, height, width, 1].</param>
    /// <param name="after">The same shape.</param>
    /// <param name="captions">What stands under each; null: nothing.</param>
    /// <param name="columns">How many stand in a row.</param>
    /// <exception cref="ShapeException">The shapes differ, or are none of images.</exception>
    /// <exception cref="ChartException">There are none or too many images, or not one caption for each.</exception>
    public static ImageGrid Differences(string title, Tensor before, Tensor after, IReadOnlyList<string>? captions = null, int columns = 10)
    {
        if (!before.Shape.SequenceEqual(after.Shape))
            throw new ShapeException($"\"{title}\": images of shape {Tensor.Format(before.Shape)} cannot be compared with images of shape {Tensor.Format(after.Shape)}.");
        var difference = after.Clone();
        for (var i = 0; i < difference.Length; i++)
            difference.Values[i] -= before.Values[i];
        return new(title, difference, captions ?? [], columns, ImageColours.Signed, []);
    }

    /// <summary>The channels of one example, such as the feature maps that a layer puts out: darkest for the smallest number.</summary>
    /// <param name="title">What stands above.</param>
    /// <param name="example">[height, width, channels] or [1, height, width, channels], at most 200 channels.</param>
    /// <param name="columns">How many stand in a row.</param>
    /// <exception cref="ShapeException">The tensor has another shape.</exception>
    /// <exception cref="ChartException">There are none or too many channels.</exception>
    public static ImageGrid FeatureMaps(string title, Tensor example, int columns = 8)
    {
        var (height, width, channels) = example.Shape switch
        {
            [var first, var second, var third] => (first, second, third),
            [1, var first, var second, var third] => (first, second, third),
            _ => throw new ShapeException($"\"{title}\" needs one example of shape [height, width, channels] or [1, height, width, channels], not {Tensor.Format(example.Shape)}."),
        };
        return new(title, Planes(example, height, width, channels), [], columns, ImageColours.Stretched, []);
    }

    /// <summary>The weights of a layer as images, one for each input channel and output: blue below 0, orange above.</summary>
    /// <param name="title">What stands above.</param>
    /// <param name="weights">[height, width, inputs, outputs] in row-major order, under any shape: such as [784, units] of a dense layer whose
    /// inputs are the pixels of an image.</param>
    /// <param name="height">The height of one image.</param>
    /// <param name="width">The width of one image.</param>
    /// <param name="columns">How many stand in a row.</param>
    /// <exception cref="ShapeException">The weights are not a whole number of images.</exception>
    /// <exception cref="ChartException">There are none or too many images.</exception>
    public static ImageGrid Filters(string title, Tensor weights, int height, int width, int columns = 8)
    {
        if (height < 1 || width < 1 || weights.Length % ((long)height * width) != 0)
            throw new ShapeException($"\"{title}\": weights of shape {Tensor.Format(weights.Shape)} are not a whole number of images of {height} by {width}.");
        return new(title, Planes(weights, height, width, weights.Length / (height * width)), [], columns, ImageColours.Signed, []);
    }

    /// <summary>The layers of a network with their shapes and the number of weights.</summary>
    /// <exception cref="InvalidOperationException">The network is not built.</exception>
    /// <exception cref="ChartException">It has more than 200 layers.</exception>
    public static NetworkDiagram Network(Sequential network, string title = "Network") => new(title, network);

    /// <summary>[height, width, planes] as [planes, height, width].</summary>
    static Tensor Planes(Tensor values, int height, int width, int planes)
    {
        var images = Tensor.Uninitialized(planes, height, width);
        for (var i = 0; i < values.Length; i++)
            images.Values[i % planes * height * width + i / planes] = values.Values[i];
        return images;
    }

    /// <summary>The images of a data set, before more memory is taken than a chart can need.</summary>
    static Tensor Some(string title, Dataset data) => data.Count <= 200
        ? data.Images
        : throw new ChartException($"\"{title}\" shows at most 200 images, but the data set has {ChartText.Whole(data.Count)}. Take fewer, for example with Dataset.Take.");
}
