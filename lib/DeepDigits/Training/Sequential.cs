using System.Globalization;
using System.Text;

namespace DeepDigits;

/// <summary>A network whose layers stand in a row: the output of each is the input of the next.</summary>
/// <example>
/// <code>
/// var network = new Sequential(new Flatten(), new Dense(128), new Relu(), new Dense(10));
/// network.Build(inputShape: [28, 28, 1], seed: 1);
/// </code>
/// </example>
public sealed class Sequential
{
    /// <summary>How many examples pass at a time when nothing is learned. The results do not depend on it.</summary>
    const int InferenceBatch = 500;

    readonly Layer[] layers;
    readonly List<Parameter> parameters = [];
    readonly List<(string Name, Tensor Value)> state = [];
    int[] inputShape = [];
    Layer[] steps = []; // the layers that a pass goes through
    int firstLearning;

    /// <summary>A network of these layers. It needs <see cref="Build"/> before it can compute.</summary>
    /// <exception cref="ArgumentException">There is no layer, or one of them stands twice in the row.</exception>
    public Sequential(params Layer[] layers)
    {
        if (layers.Length == 0)
            throw new ArgumentException("A network needs at least one layer.", nameof(layers));
        if (layers.Distinct(ReferenceEqualityComparer.Instance).Count() < layers.Length)
            throw new ArgumentException("One layer object stands in the row more than once. Make a new object for each place: a layer remembers its last input.", nameof(layers));
        this.layers = layers;
    }

    /// <summary>The layers, in order.</summary>
    public IReadOnlyList<Layer> Layers => layers;

    /// <summary>All that the network learns, with names such as "dense_1.weight".</summary>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>All that makes the network what it is, under names such as "dense_1.weight" or "batchnorm_1.mean": the parameters and the statistics of all layers, in
    /// order. Model files and checkpoints hold it.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> State => state;

    /// <summary>How many numbers the network learns.</summary>
    public int ParameterCount => parameters.Sum(parameter => parameter.Value.Length);

    /// <summary>The shape of one example at the input; empty before <see cref="Build"/>.</summary>
    public ReadOnlySpan<int> InputShape => inputShape;

    /// <summary>The shape of one example at the output; empty before <see cref="Build"/>.</summary>
    public ReadOnlySpan<int> OutputShape => layers[^1].OutputShape;

    /// <summary>Fixes the shapes from the input to the output, and draws the first weights.</summary>
    /// <param name="inputShape">The shape of one example, for example [28, 28, 1].</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <exception cref="ShapeException">A layer cannot work on what the layer before it puts out; the message names the layer.</exception>
    public void Build(ReadOnlySpan<int> inputShape, int seed) => BuildWithin(long.MaxValue, inputShape, seed);

    /// <summary>The same with a limit for the number of parameters: see <see cref="Layer.ParameterBudget"/>.</summary>
    internal void BuildWithin(long parameterBudget, ReadOnlySpan<int> inputShape, int seed)
    {
        this.inputShape = inputShape.ToArray();
        parameters.Clear();
        state.Clear();
        var random = new SeededRandom(seed);
        var numbers = new Dictionary<string, int>();
        var shape = inputShape;
        for (var i = 0; i < layers.Length; i++)
        {
            var layer = layers[i];
            var kind = layer.GetType().Name.ToLowerInvariant();
            numbers[kind] = numbers.GetValueOrDefault(kind) + 1;
            layer.Name = $"{kind}_{numbers[kind]}";
            if (layer is Dropout dropout)
                dropout.Position = i;
            layer.ParameterBudget = parameterBudget;
            layer.Build(shape, random.Stream(RandomStreams.Initialization, i));
            // The first layer that learns ends the way back: nothing before it needs to know how the loss depends on its output.
            layer.NeedsInputGradient = parameters.Count > 0;
            foreach (var parameter in layer.Parameters)
            {
                parameter.Name = $"{layer.Name}.{parameter.Name}";
                parameters.Add(parameter);
                state.Add((parameter.Name, parameter.Value));
            }
            foreach (var (name, value) in layer.Statistics)
                state.Add(($"{layer.Name}.{name}", value));
            parameterBudget = layer.ParameterBudget;
            shape = layer.OutputShape;
        }
        steps = Steps();
        firstLearning = Array.FindIndex(steps, layer => layer.Parameters.Count > 0);
        if (firstLearning < 0)
            firstLearning = steps.Length;
    }

    /// <summary>The layers without each relu whose work the max pooling after it does too.</summary>
    Layer[] Steps()
    {
        List<Layer> chosen = [];
        for (var i = 0; i < layers.Length; i++)
        {
            if (layers[i] is MaxPool2D pooling)
                pooling.Rectifies = i > 0 && layers[i - 1] is Relu;
            if (!(layers[i] is Relu && i + 1 < layers.Length && layers[i + 1] is MaxPool2D))
                chosen.Add(layers[i]);
        }
        return [.. chosen];
    }

    /// <summary>A table of the layers: name, output shape, number of parameters.</summary>
    public string Summary()
    {
        CheckBuilt();
        List<(string Layer, string Shape, string Parameters)> rows = [("layer", "output shape", "parameters"), ("input", Batch(inputShape), "")];
        foreach (var layer in layers)
            rows.Add((layer.Name, Batch(layer.OutputShape), Number(layer.Parameters.Sum(parameter => parameter.Value.Length))));
        rows.Add(("total", "", Number(ParameterCount)));
        var (first, second, third) = (rows.Max(row => row.Layer.Length), rows.Max(row => row.Shape.Length), rows.Max(row => row.Parameters.Length));
        var text = new StringBuilder();
        for (var i = 0; i < rows.Count; i++)
        {
            if (i == 1 || i == rows.Count - 1)
                text.AppendLine(new string('-', first + second + third + 4));
            text.Append(rows[i].Layer.PadRight(first + 2)).Append(rows[i].Shape.PadRight(second + 2)).AppendLine(rows[i].Parameters.PadLeft(third));
        }
        return text.ToString();

        static string Batch(ReadOnlySpan<int> shape) => shape.Length == 0 ? "[n]" : $"[n, {Tensor.Format(shape)[1..]}";
        static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
    }

    /// <summary>The logits for a batch.</summary>
    /// <param name="input">[n, input shape ...].</param>
    /// <param name="pass">Training or inference.</param>
    /// <returns>[n, output shape ...]; valid until the next call.</returns>
    public Tensor Forward(Tensor input, Pass pass)
    {
        CheckBuilt();
        var output = input;
        foreach (var layer in steps)
            output = layer.Forward(output, pass);
        return output;
    }

    /// <summary>The gradients of all parameters for the batch of the last <see cref="Forward"/>: each layer hands dLoss/dInput to the layer
    /// before it.</summary>
    /// <param name="lossGradient">dLoss/dLogits: [n, output shape ...].</param>
    public void Backward(Tensor lossGradient)
    {
        CheckBuilt();
        var gradient = lossGradient;
        for (var i = steps.Length - 1; i >= firstLearning; i--)
            gradient = steps[i].Backward(gradient);
    }

    /// <summary>Learns from examples.</summary>
    /// <param name="train">The examples.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told after every step. It is called on the training's thread, so it should be quick.</param>
    /// <param name="cancellation">Stops the training after the current step. What a checkpoint holds stays.</param>
    /// <returns>What was measured, epoch by epoch.</returns>
    /// <exception cref="ShapeException">The examples have another shape than the network was built for.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="CheckpointException">The checkpoint belongs to another training.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public History Fit(Dataset train, TrainingOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        CheckBuilt();
        return new Trainer(this, train, options).Run(progress, cancellation);
    }

    /// <summary>How well the network does on examples with labels.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="loss">What <see cref="Evaluation.Loss"/> measures; by default softmax cross-entropy, or sigmoid cross-entropy for a
    /// network with one output.</param>
    /// <exception cref="LabelException">The examples have no labels, or other classes than the network.</exception>
    public Evaluation Evaluate(Dataset data, Loss? loss = null)
    {
        data.RequireLabels("Evaluation");
        loss ??= OutputCount() == 1 ? new SigmoidCrossEntropy() : new SoftmaxCrossEntropy();
        var total = 0.0;
        Tensor? gradient = null;
        var predictions = Predict(data, (logits, labels) =>
            total += loss.Compute(logits, labels, Tensor.Reuse(ref gradient, logits.Rows, OutputShape)) * labels.Length);
        return new Evaluation(data, predictions, total / data.Count);
    }

    /// <summary>What the network says about images.</summary>
    /// <param name="images">[n, input shape ...].</param>
    public Predictions Predict(Tensor images) => Predict(new Dataset(images), null);

    /// <summary>What the network says about the images of a data set; labels are not looked at.</summary>
    public Predictions Predict(Dataset data) => Predict(data, null);

    /// <summary>The architecture as data: what it takes to make the network again, without what it learned.</summary>
    public Architecture Describe()
    {
        CheckBuilt();
        return new Architecture(inputShape, [.. layers.Select(layer => layer.Describe())]);
    }

    /// <summary>Writes the network to a file: see <see cref="ModelFile"/>.</summary>
    /// <param name="path">The file; one that is there is replaced once the new one is complete.</param>
    /// <param name="notes">What else the file should say, for example the accuracy; keys that begin with "deepdigits." are the library's
    /// own.</param>
    public void Save(string path, IReadOnlyDictionary<string, string>? notes = null) => ModelFile.Write(path, this, notes);

    /// <summary>Reads a network that <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelFormatException">The file is damaged, or no DeepDigits model.</exception>
    public static Sequential Load(string path) => ModelFile.Read(path).Network;

    /// <summary>Mean loss and number of correct predictions, without keeping any prediction: what the validation after an epoch
    /// needs.</summary>
    internal (double Loss, double Accuracy) Measure(Dataset data, Loss loss)
    {
        var (total, correct) = (0.0, 0);
        Tensor? gradient = null;
        ForEachBatch(data, (logits, labels, _) =>
        {
            total += loss.Compute(logits, labels, Tensor.Reuse(ref gradient, logits.Rows, OutputShape)) * labels.Length;
            correct += Classification.CountCorrect(logits, labels);
        });
        return (total / data.Count, (double)correct / data.Count);
    }

    Predictions Predict(Dataset data, LabelledLogits? also)
    {
        var classes = Classification.Classes(OutputCount());
        var probabilities = Tensor.Uninitialized(data.Count, classes);
        var predicted = new byte[data.Count];
        ForEachBatch(data, (logits, labels, start) =>
        {
            also?.Invoke(logits, labels);
            for (var i = 0; i < logits.Rows; i++)
                predicted[start + i] = (byte)Classification.Predict(logits.Row(i));
            Classification.Probabilities(logits, probabilities, start);
        });
        return new Predictions(probabilities, predicted);
    }

    delegate void LabelledLogits(Tensor logits, ReadOnlySpan<byte> labels);

    delegate void LogitsOfBatch(Tensor logits, ReadOnlySpan<byte> labels, int start);

    /// <summary>Passes all examples through the network, in order.</summary>
    void ForEachBatch(Dataset data, LogitsOfBatch use)
    {
        CheckBuilt();
        var batches = new Batches(data.Count, InferenceBatch);
        Tensor? images = null;
        var labels = new byte[data.HasLabels ? InferenceBatch : 0];
        for (var i = 0; i < batches.Count; i++)
        {
            var examples = batches[i];
            var batchLabels = labels.AsMemory(0, Math.Min(labels.Length, examples.Length));
            data.Gather(examples, Tensor.Reuse(ref images, examples.Length, data.ImageShape), batchLabels);
            use(Forward(images, Pass.Inference), batchLabels.Span, i * InferenceBatch);
        }
    }

    int OutputCount()
    {
        CheckBuilt();
        return OutputShape.Length == 1
            ? OutputShape[0]
            : throw new ShapeException($"The network puts out {Tensor.Format(OutputShape)} for each example. To name classes it must end in one row of numbers: add Flatten and Dense layers.");
    }

    void CheckBuilt()
    {
        if (inputShape.Length == 0)
            throw new InvalidOperationException("The network has no shapes and no weights yet. Call Build first, for example Build(inputShape: [28, 28, 1], seed: 1).");
    }
}
