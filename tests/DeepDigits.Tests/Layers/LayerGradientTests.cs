namespace DeepDigits.Tests;

/// <summary>The gradients of every layer of the library, measured.</summary>
public sealed class LayerGradientTests
{
    /// <summary>Layers with an input shape. A new kind of layer belongs here: see the last test.</summary>
    static readonly (Func<Layer> Make, int[] Shape)[] layers =
    [
        (() => new Dense(4), [5]),
        (() => new Dense(3, Initializer.GlorotUniform), [1]),
        (() => new Relu(), [7, 2]),
        (() => new Sigmoid(), [11]),
        (() => new Tanh(), [3, 5, 1]),
        (() => new Dropout(0.4f), [13]),
        (() => new Flatten(), [3, 4, 2]),
        (() => new Conv2D(3, 3, Padding.Same), [5, 4, 2]),
        (() => new Conv2D(2, 3, Padding.Valid), [5, 4, 3]),
        (() => new Conv2D(5, 2, 3, 2, Padding.Same, Initializer.GlorotUniform), [5, 6, 1]),
        (() => new Conv2D(1, 1, 2, 3, Padding.Valid, Initializer.HeUniform), [4, 8, 2]),
        (() => new Conv2D(2, 6, Padding.Same), [6, 6, 1]), // a kernel as large as the image
        (() => new MaxPool2D(2), [4, 5, 3]),
        (() => new MaxPool2D(3, 2, Padding.Same), [5, 6, 5]),
        (() => new AveragePool2D(2), [4, 5, 3]),
        (() => new AveragePool2D(3, 2, Padding.Same), [5, 6, 5]),
        (() => new GlobalAveragePool2D(), [3, 2, 5]),
        (() => new BatchNorm(0.9), [4, 3, 5]),
        (() => new BatchNorm(0.5, 0.125), [7]),
    ];

    public static TheoryData<int, int> Cases
    {
        get
        {
            var cases = new TheoryData<int, int>();
            for (var i = 0; i < layers.Length; i++)
            {
                cases.Add(i, 1);
                cases.Add(i, 3);
            }
            return cases;
        }
    }

    /// <summary>The result is a weighted sum of all outputs, so that every output counts differently.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_are_slopes(int which, int rows)
    {
        var (make, shape) = layers[which];
        var layer = make();
        var random = new SeededRandom(which);
        layer.Build(shape, random.Stream(1));
        foreach (var parameter in layer.Parameters)
            parameter.Value.CopyFrom(FiniteDifferences.Numbers(random, parameter.Value.Shape));
        var input = layer is MaxPool2D ? FiniteDifferences.DistinctNumbers(random, [rows, .. shape]) : FiniteDifferences.Numbers(random, [rows, .. shape]);
        var pass = Pass.Training(seed: 1, step: 2); // the same mask for dropout every time
        var importance = FiniteDifferences.Numbers(random, [rows, .. layer.OutputShape]);

        layer.Forward(input, pass);
        var inputGradient = layer.Backward(importance).Clone();
        var gradients = layer.Parameters.Select(parameter => parameter.Gradient.Clone()).ToArray();

        FiniteDifferences.Check($"{layer.GetType().Name}, input", input, inputGradient, Result);
        for (var i = 0; i < gradients.Length; i++)
            FiniteDifferences.Check($"{layer.GetType().Name}, {layer.Parameters[i].Name}", layer.Parameters[i].Value, gradients[i], Result);

        double Result()
        {
            var output = layer.Forward(input, pass).Values;
            var sum = 0.0;
            for (var i = 0; i < output.Length; i++)
                sum += (double)output[i] * importance.Values[i];
            return sum;
        }
    }

    [Fact]
    public void Every_layer_of_the_library_is_measured()
    {
        var known = layers.Select(layer => layer.Make().GetType()).ToHashSet();
        var all = typeof(Layer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract);
        Assert.All(all, type => Assert.Contains(type, known));
    }

    [Fact]
    public void A_whole_network_hands_its_gradients_through()
    {
        var random = new SeededRandom(5);
        var network = new Sequential(new Flatten(), new Dense(6), new Tanh(), new Dropout(0.3f), new Dense(5), new Sigmoid(),
            new Dense(4), new Tanh(), new Dense(3));
        network.Build([2, 3, 1], seed: 5);
        var input = FiniteDifferences.Numbers(random, 4, 2, 3, 1);
        byte[] labels = [0, 2, 1, 2];
        var loss = new SoftmaxCrossEntropy();
        var pass = Pass.Training(seed: 1, step: 1);
        var gradient = new Tensor(4, 3);

        loss.Compute(network.Forward(input, pass), labels, gradient);
        network.Backward(gradient);

        foreach (var parameter in network.Parameters)
        {
            FiniteDifferences.Check(parameter.Name, parameter.Value, parameter.Gradient.Clone(),
                () => loss.Compute(network.Forward(input, pass), labels, gradient));
        }
    }
}
