namespace DeepDigits.Tests;

/// <summary>Whole trainings take PyTorch's course: the loss of each of the first 20 steps.</summary>
public sealed class TrainingReferenceTests
{
    public static TheoryData<string, string> SmallTrainings
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var optimizer in OptimizerReferenceTests.Recipes.Keys)
            {
                foreach (var loss in new[] { "softmax", "sigmoid", "sigmoid-over-softmax" })
                    cases.Add(optimizer, loss);
            }
            return cases;
        }
    }

    /// <summary>6-11-9-7-3 with a different activation after each layer, from stored weights, step by step.</summary>
    [Theory]
    [MemberData(nameof(SmallTrainings))]
    public void A_small_network_with_every_activation(string optimizerName, string lossName)
    {
        var network = new Sequential(new Dense(11), new Relu(), new Dense(9), new Sigmoid(), new Dense(7), new Tanh(), new Dense(3));
        network.Build([6], seed: 1);
        for (var i = 0; i < 4; i++)
        {
            network.Parameters[2 * i].Value.CopyFrom(PyTorchReference.Tensor($"small/weight{i}"));
            network.Parameters[2 * i + 1].Value.CopyFrom(PyTorchReference.Tensor($"small/bias{i}"));
        }
        Loss loss = lossName switch
        {
            "softmax" => new SoftmaxCrossEntropy(),
            "sigmoid" => new SigmoidCrossEntropy(),
            _ => new SigmoidCrossEntropyOverSoftmax(),
        };
        var optimizer = new OptimizerState(OptimizerReferenceTests.Recipes[optimizerName], network.Parameters);
        var (images, labels) = (PyTorchReference.Tensor("small/images"), PyTorchReference.Labels("small/labels"));
        var gradient = new Tensor(8, 3);

        var losses = new List<double>();
        for (var step = 0; step < 20; step++)
        {
            var batch = Tensor.From(images.Values.Slice(step * 8 * 6, 8 * 6), 8, 6);
            losses.Add(loss.Compute(network.Forward(batch, Pass.Training(1, step)), labels.AsSpan(step * 8, 8), gradient));
            network.Backward(gradient);
            optimizer.Step();
        }

        PyTorchReference.AssertLosses($"small/{optimizerName}/{lossName}", losses, 2e-6);
    }

    /// <summary>
    /// 784-128-256-512-10 on real digits: first weights, shuffling, batches, learning, all from a seed and all through <see
    /// cref="Sequential.Fit"/>.
    /// </summary>
    [Theory]
    [InlineData("he_normal", "gradient-descent")]
    [InlineData("he_normal", "momentum")]
    [InlineData("he_normal", "adam")]
    [InlineData("he_uniform", "gradient-descent")]
    [InlineData("he_uniform", "momentum")]
    [InlineData("he_uniform", "adam")]
    public void The_multilayer_perceptron_on_digits(string initializerName, string optimizerName)
    {
        var initializer = initializerName == "he_normal" ? Initializer.HeNormal : Initializer.HeUniform;
        var network = new Sequential(new Flatten(), new Dense(128, initializer), new Relu(), new Dense(256, initializer), new Relu(),
            new Dense(512, initializer), new Relu(), new Dense(10, initializer));
        network.Build([28, 28, 1], seed: 108);
        var losses = new StepLosses();
        network.Fit(Mnist.Load().Train.Take(1000), new TrainingOptions
        {
            Loss = new SoftmaxCrossEntropy(),
            Optimizer = optimizerName switch
            {
                "gradient-descent" => new GradientDescent(1f / 16),
                "momentum" => new Momentum(1f / 64, 0.875f),
                _ => new Adam(1f / 1024),
            },
            BatchSize = 50,
            Epochs = 1,
            Seed = 108,
        }, losses);

        PyTorchReference.AssertLosses($"mlp/{initializerName}/{optimizerName}", losses.Steps, 2e-6);
    }

    /// <summary>The convolutional networks of the experiments, the same way.</summary>
    [Theory]
    [InlineData("lenet")]
    [InlineData("cnn")]
    public void The_convolutional_networks_on_digits(string name)
    {
        var experiment = Experiments.Named(name);
        var train = Mnist.Load().Train.Take(500);
        var network = experiment.Build(train, seed: 108);
        var losses = new StepLosses();
        network.Fit(train, experiment.Training with { Optimizer = new Adam(1f / 1024), BatchSize = 25, Epochs = 1, Seed = 108 }, losses);

        PyTorchReference.AssertLosses($"{name}/adam", losses.Steps, 1e-4);
    }

    /// <summary>
    /// The training reports the mean loss of the epoch so far: from it follows the loss of each step, as all batches are of one size.
    /// </summary>
    sealed class StepLosses : IProgress<TrainingProgress>
    {
        double sum;

        public List<double> Steps { get; } = [];

        public void Report(TrainingProgress value)
        {
            var total = value.Loss * value.Step;
            Steps.Add(total - sum);
            sum = total;
        }
    }
}
