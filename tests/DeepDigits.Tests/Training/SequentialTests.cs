namespace DeepDigits.Tests.Training;

public sealed class SequentialTests
{
    [Fact]
    public void TheSummaryListsLayersShapesAndParameters() =>
        Assert.Equal("""
            layer      output shape    parameters
            -------------------------------------
            input      [n, 28, 28, 1]            
            flatten_1  [n, 784]                 0
            dense_1    [n, 128]           100,480
            relu_1     [n, 128]                 0
            dense_2    [n, 256]            33,024
            relu_2     [n, 256]                 0
            dense_3    [n, 512]           131,584
            relu_3     [n, 512]                 0
            dense_4    [n, 10]              5,130
            -------------------------------------
            total                         270,218

            """.ReplaceLineEndings(), Experiments.Mlp.Build(RealDigits.Test, seed: 1).Summary());

    [Fact]
    public void ParametersAreNamedAfterTheirLayers() =>
        Assert.Equal(["dense_1.weight", "dense_1.bias", "dense_2.weight", "dense_2.bias", "dense_3.weight", "dense_3.bias"],
            SmallTraining.Network().Parameters.Select(parameter => parameter.Name));

    [Fact]
    public void ALayerThatCannotWorkOnItsInputIsNamed()
    {
        var error = Assert.Throws<ShapeException>(() => new Sequential(new Dense(10)).Build([28, 28, 1], seed: 1));
        Assert.Contains("dense_1", error.Message);
        Assert.Contains("Flatten", error.Message);
    }

    [Fact]
    public void ABatchOfAnotherShapeIsRefusedByName()
    {
        var network = SmallTraining.Network();
        var error = Assert.Throws<ShapeException>(() => network.Forward(new Tensor(5, 14, 14, 1), Pass.Inference));
        Assert.Contains("flatten_1", error.Message);
        Assert.Contains("[n, 28, 28, 1]", error.Message);
        Assert.Contains("[5, 14, 14, 1]", error.Message);
    }

    [Fact]
    public void ANetworkMustBeBuiltFirst()
    {
        var network = new Sequential(new Flatten(), new Dense(10));
        Assert.Contains("Build", Assert.Throws<InvalidOperationException>(() => network.Predict(new Tensor(1, 28, 28, 1))).Message);
        Assert.Throws<InvalidOperationException>(() => network.Summary());
    }

    [Fact]
    public void ANetworkNeedsDifferentLayers()
    {
        Assert.Throws<ArgumentException>(() => new Sequential());
        var relu = new Relu();
        Assert.Throws<ArgumentException>(() => new Sequential(new Dense(3), relu, new Dense(3), relu));
    }

    [Fact]
    public void ProbabilitiesAddUpToOneAndAgreeWithTheClasses()
    {
        var network = SmallTraining.Network();
        var predictions = network.Predict(SmallTraining.Data.Take(700).Images);
        Assert.Equal([700, 10], predictions.Probabilities.Shape.ToArray());
        for (var i = 0; i < 700; i++)
        {
            var row = predictions.Probabilities.Row(i).ToArray();
            Assert.Equal(1, row.Sum(), 1e-5);
            Assert.Equal(row.Max(), row[predictions.Classes[i]]);
        }
    }

    [Fact]
    public void ASingleOutputGivesTheProbabilitiesOfNoAndYes()
    {
        var network = new Sequential(new Dense(1));
        network.Build([2], seed: 1);
        network.Parameters[0].Value.Values.Fill(1);
        var predictions = network.Predict(Tensor.From([0.5f, 0.5f, -2, -1, 40, 60, -40, -60], 4, 2));
        Assert.Equal([1, 0, 1, 0], predictions.Classes.ToArray().Select(c => (int)c));
        Assert.Equal(0.7310586f, predictions.Probabilities[0, 1], 1e-6);
        Assert.Equal(0.2689414f, predictions.Probabilities[0, 0], 1e-6);
        Assert.Equal(0.9525741f, predictions.Probabilities[1, 0], 1e-6);
        Assert.Equal(0f, predictions.Probabilities[2, 0], 1e-6);
    }

    [Fact]
    public void PredictionsDoNotDependOnTheBatch()
    {
        var network = SmallTraining.Network();
        var all = network.Predict(SmallTraining.Data);
        var one = network.Predict(SmallTraining.Data.Subset([777]));
        Assert.Equal(all.Probabilities.Row(777).ToArray(), one.Probabilities.Row(0).ToArray());
    }

    [Fact]
    public void TheWayBackEndsAtTheFirstLayerThatLearns()
    {
        // Dropout before the first dense layer has no gradient to pass on.
        var network = new Sequential(new Flatten(), new Dropout(0.2f), new Dense(10));
        network.Build([28, 28, 1], seed: 1);
        network.Fit(SmallTraining.Data, SmallTraining.Options with { Epochs = 1 });
        Assert.True(network.Evaluate(SmallTraining.Data).Accuracy > 0.5);
    }

    [Fact]
    public void AReadersOwnLayerCanBeTrained()
    {
        var network = new Sequential(new Flatten(), new Dense(20), new Twice(), new Dense(10));
        network.Build([28, 28, 1], seed: 1);
        network.Fit(SmallTraining.Data, SmallTraining.Options);
        Assert.True(network.Evaluate(SmallTraining.Data).Accuracy > 0.5);
        Assert.Contains("twice_1", Assert.Throws<NotSupportedException>(() => network.Describe()).Message);
    }

    sealed class Twice : Layer
    {
        public override Tensor Forward(Tensor input, Pass pass) => Doubled(input);

        public override Tensor Backward(Tensor outputGradient) => Doubled(outputGradient);

        protected override int[] Prepare(int[] shape, SeededRandom random) => shape;

        static Tensor Doubled(Tensor tensor)
        {
            var result = tensor.Clone();
            foreach (ref var value in result.Values)
                value *= 2;
            return result;
        }
    }
}
