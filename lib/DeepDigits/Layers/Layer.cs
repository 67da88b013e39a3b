namespace DeepDigits;

/// <summary>
/// One step of a network: a function of its input and of its parameters that can say how its output changes with both.
/// </summary>
/// <remarks>
/// <para>There is no graph that differentiates by itself. <see cref="Forward"/> computes the output; <see cref="Backward"/> is given
/// dLoss/dOutput and computes dLoss/dParameter and dLoss/dInput by the chain rule. The derivation stands at each layer's Backward.</para>
/// <para>A layer keeps its last input and its buffers, so that a training step allocates nothing: the tensors that it returns are
/// overwritten by its next pass, and one layer must not be used by two threads at once. Training more networks at once needs as many
/// networks.</para>
/// </remarks>
public abstract class Layer
{
    readonly List<Parameter> parameters = [];
    readonly List<(string Name, Tensor Value)> statistics = [];
    int[] inputShape = [], outputShape = [];

    /// <summary>What error messages and the summary call the layer, for example "dense_2". <see cref="Sequential"/> numbers the layers of a
    /// kind.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>What the layer learns. Empty before <see cref="Build"/>, and for layers that learn nothing.</summary>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>What the layer remembers of the examples that it saw in training, without learning it by gradients: the running mean and variance of
    /// <see cref="BatchNorm"/>. Empty for other layers.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Statistics => statistics;

    /// <summary>The shape of one example at the input, without the batch.</summary>
    public ReadOnlySpan<int> InputShape => inputShape;

    /// <summary>The shape of one example at the output, without the batch.</summary>
    public ReadOnlySpan<int> OutputShape => outputShape;

    /// <summary>Whether anyone asks for dLoss/dInput. Nobody does of the first layer that learns: its input is the data.</summary>
    internal bool NeedsInputGradient { get; set; } = true;

    /// <summary>
    /// How many numbers the layer may still make room for. Reading a model limits it to what the file holds, so that a damaged description
    /// cannot ask for all memory.
    /// </summary>
    internal long ParameterBudget { get; set; } = long.MaxValue;

    /// <summary>Fixes the shapes, and makes the parameters with their first values.</summary>
    /// <param name="shape">The shape of one example at the input, without the batch.</param>
    /// <param name="random">Where the first values are drawn from.</param>
    /// <exception cref="ShapeException">The layer cannot work on inputs of this shape; the message names the layer.</exception>
    public void Build(ReadOnlySpan<int> shape, SeededRandom random)
    {
        parameters.Clear();
        statistics.Clear();
        inputShape = shape.ToArray();
        outputShape = Prepare(inputShape, random);
    }

    /// <summary>The output for a batch.</summary>
    /// <param name="input">[n, input shape ...]. It must stay unchanged until <see cref="Backward"/> is done.</param>
    /// <param name="pass">Training or inference.</param>
    /// <returns>[n, output shape ...]; valid until the next call.</returns>
    /// <exception cref="ShapeException">The input has another shape than the layer was built for.</exception>
    public abstract Tensor Forward(Tensor input, Pass pass);

    /// <summary>The gradients for the batch of the last <see cref="Forward"/>.</summary>
    /// <param name="outputGradient">dLoss/dOutput: [n, output shape ...].</param>
    /// <returns>dLoss/dInput: [n, input shape ...]; valid until the next call. What the first layer that learns returns is not used, and
    /// may be its argument.</returns>
    public abstract Tensor Backward(Tensor outputGradient);

    /// <summary>What it takes to make this layer again (without the numbers that it learned), for a model file.</summary>
    /// <exception cref="NotSupportedException">The layer is not one of the library's.</exception>
    public virtual LayerDescription Describe() =>
        throw new NotSupportedException($"Layer {Name} is of type {GetType().Name}, which is not one of the library's: it cannot be written to a model file.");

    /// <summary>Checks the input shape, makes the parameters (<see cref="Add"/>) and returns the shape of one example at the
    /// output.</summary>
    protected abstract int[] Prepare(int[] shape, SeededRandom random);

    /// <summary>Declares something that is learned, with zeros for its first values.</summary>
    /// <exception cref="ShapeException">It is larger than the model file that is being read.</exception>
    protected Parameter Add(string name, params ReadOnlySpan<int> shape)
    {
        Spend(name, shape);
        var parameter = new Parameter(name, new Tensor(shape));
        parameters.Add(parameter);
        return parameter;
    }

    /// <summary>Declares something that is remembered but not learned (see <see cref="Statistics"/>), with zeros for its first values.</summary>
    /// <exception cref="ShapeException">It is larger than the model file that is being read.</exception>
    protected Tensor AddStatistic(string name, params ReadOnlySpan<int> shape)
    {
        Spend(name, shape);
        var value = new Tensor(shape);
        statistics.Add((name, value));
        return value;
    }

    void Spend(string name, ReadOnlySpan<int> shape)
    {
        ParameterBudget -= Tensor.LengthOf(shape);
        if (ParameterBudget < 0)
            throw new ShapeException($"Layer {Name} needs a {name} of shape {Tensor.Format(shape)}, which is more than the file holds.");
    }

    /// <summary>Throws when a batch does not have the shape that the layer was built for.</summary>
    protected void CheckInput(Tensor input)
    {
        if (input.Rank != inputShape.Length + 1 || !input.Shape[1..].SequenceEqual(inputShape))
        {
            throw new ShapeException($"Layer {Name} was built for batches of shape [n, {Tensor.Format(inputShape)[1..]}, "
                + $"but it was given {Tensor.Format(input.Shape)}.");
        }
    }
}
