using DeepDigits.Tests.Training;

namespace DeepDigits.Tests.Charts;

/// <summary>A chart of every kind, with values that are easy to get wrong.</summary>
static class ExampleCharts
{
    static readonly Lazy<(Sequential Network, History History, Evaluation Evaluation)> trained = new(Train);

    public static IReadOnlyDictionary<string, Func<Chart>> All { get; } = new Dictionary<string, Func<Chart>>
    {
        ["lines"] = () => Chart.Line("Validation accuracy by learning rate", "epoch", "accuracy").InPercent()
            .Add("0.0001", Rising(0.91, 12)).Add("0.001", Rising(0.979, 12)).Add("0.01", Rising(0.962, 12)).Add("0.1 <too large> & \"unstable\"", Rising(0.2, 12)).Mark("published, 97.71 %", 0.9771),
        ["many-lines"] = () => Enumerable.Range(1, 9).Aggregate(Chart.Line("Nine runs with long names, whose legend takes several rows", "step", "loss"),
            (chart, run) => chart.Add($"run {run} with a long name", Enumerable.Range(1, 25).Select(i => 2.3 / (1 + 0.1 * i * run)))),
        ["bands"] = () => Chart.Line("Loss of five runs from different seeds", "epoch", "loss").LogY()
            .AddRuns("dropout 0.3", Runs(0.30)).AddRuns("no dropout", Runs(0.55)),
        ["log"] = () => Chart.Line("Accuracy over the learning rate", "learning rate", "accuracy").LogX().InPercent()
            .Add("training", [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0], [0.93, 0.995, 1.0, 0.98, 0.3, 0.104])
            .Add("validation", [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0], [0.92, 0.976, 0.982, 0.96, 0.29, double.NaN]),
        ["curves"] = () => Chart.Curves(trained.Value.History),
        ["curves-of-runs"] = () => Chart.Curves("Two optimizers", [("adam", trained.Value.History), ("gradient descent", Slower(trained.Value.History))]).LogLoss(),
        ["bars"] = () => Chart.Bars("Test accuracy", "network", "accuracy", ["softmax regression", "MLP", "MLP, best", "LeNet"]).InPercent()
            .Add("reported", [0.9251, 0.9771, double.NaN, 0.9899]).Add("reproduced", [0.9262, 0.9800, 0.9882, 0.9907], [0.0005, 0.0006, 0.0003, 0.0008]),
        ["bars-slanted"] = () => Chart.Bars("Change of the loss when one thing is left out", "what is left out", "change",
            ["shuffling of the examples", "He initialization", "dropout of the pixels", "momentum", "biases", "learning-rate schedule", "standardization"])
            .Add("change", [0.031, 0.012, -0.008, 0.104, 0.001, 0.022, -0.003]),
        ["bars-of-two"] = () => Chart.Bars("Errors of three activations", "activation", "errors", ["relu", "sigmoid", "tanh"]).InPercent()
            .Add("published", [0.015, 0.02, 0.015], [0.001, 0.005, 0.001]).Add("ours", [0.0091, 0.0229, 0.0127], [0.0013, 0.0021, 0.0016]),
        ["bars-upright"] = () => Chart.Bars("Share of each digit", "digit", "share", [.. Enumerable.Range(0, 10).Select(i => $"{i}")]).InPercent()
            .Add("training set", [0.0987, 0.1124, 0.0993, 0.1022, 0.0974, 0.0904, 0.0986, 0.1044, 0.0975, 0.0992])
            .Add("test set", [0.0980, 0.1135, 0.1032, 0.1010, 0.0982, 0.0892, 0.0958, 0.1028, 0.0974, 0.1009]),
        ["bars-upright-signed"] = () => Chart.Bars("Change of the loss", "run", "change", [.. Enumerable.Range(1, 8).Select(i => $"{i}")])
            .Add("first half", [-0.1234, 0.0312, -0.0555, 0.0123, 0.0777, -0.0999, 0.0456, 0.0111])
            .Add("second half", [0.0234, -0.0312, 0.1555, -0.0123, 0.0277, 0.0999, -0.0456, -0.0111]).Add("both", [-0.1, 0, 0.1, 0, 0.105, 0, 0, 0]),
        ["sweep"] = () => Chart.HeatMap("Validation accuracy of a sweep", new[,] { { 0.951, 0.972, 0.9761 }, { 0.9786, 0.9821, 0.9833 }, { 0.9724, 0.9689, 0.9512 }, { 0.35, double.NaN, 0.0987 } },
            ["0.0001", "0.001", "0.01", "0.1"], ["32 units", "128 units", "512 units"], "learning rate", "width").InPercent(),
        ["signed-map"] = () => Chart.HeatMap("Correlations", new[,] { { 1, 0.4, -0.7 }, { 0.4, 1, 0 }, { -0.7, 0, 1 } }, ["a", "b", "c"], ["a", "b", "c"]).Signed().Format("F1"),
        ["large-map"] = () => Chart.HeatMap("A large table", Large(60, 80), [.. Enumerable.Range(0, 60).Select(i => $"{i}")], [.. Enumerable.Range(0, 80).Select(i => $"{i}")], "row", "column"),
        ["large-map-with-gaps"] = () => Chart.HeatMap("A large table with unknown cells", WithGaps(Large(40, 60)), [.. Enumerable.Range(0, 40).Select(i => $"{i}")], [.. Enumerable.Range(0, 60).Select(i => $"{i}")], "row", "column"),
        ["confusion-of-two"] = () => Chart.Confusion(TwoClasses("not a square", "square")),
        ["confusion-long-names"] = () => Chart.Confusion(TwoClasses("something with a long name", "something else with one")),
        ["confusion"] = () => Chart.Confusion(trained.Value.Evaluation.Confusion),
        ["histogram"] = () => Chart.Histogram("Weights of the first layer", "weight", bins: 40).Add("drawn", Weights(seed: 9)).Add("after three epochs", trained.Value.Network.Parameters[0].Value),
        ["histogram-large"] = () => Chart.Histogram("Grey levels of 10,000 images", "pixel / 255", bins: 32).Add("pixels", Enumerable.Range(0, 200_000).Select(i => i % 3 == 0 ? 1 : i % 100 / 100.0)),
        ["scatter"] = () => Chart.Scatter("Loss and accuracy of 60 settings", "loss", "accuracy").LogX()
            .Add("with dropout", Cloud(1).Select(p => Math.Exp(p.X)), Cloud(1).Select(p => p.Y)).Add("without", Cloud(2).Select(p => Math.Exp(p.X - 1)), Cloud(2).Select(p => p.Y - 1)),
        ["digits"] = () => Chart.Digits("The first images of the training set", RealDigits.Train.Take(30)),
        ["predictions"] = () => Chart.Predictions("What a network reads", RealDigits.Test.Take(24), trained.Value.Network.Predict(RealDigits.Test.Take(24)), columns: 12),
        ["misread"] = () => Chart.Misread("The surest mistakes", SmallTraining.Data, trained.Value.Evaluation, count: 16),
        ["filters"] = () => Chart.Filters("What the units of the first layer look for", trained.Value.Network.Parameters[0].Value, 28, 28, columns: 10),
        ["feature-maps"] = () => Chart.FeatureMaps("Two channels", Channels()),
        ["differences"] = () => Chart.Differences("Each image compared with the next", RealDigits.Train.Take(8).Images, RealDigits.Train.Subset([1, 2, 3, 4, 5, 6, 7, 8]).Images),
        ["curves-without-validation"] = () => Chart.Curves("Two optimizers", [("adam", WithoutValidation(trained.Value.History)), ("gradient descent", WithoutValidation(Slower(trained.Value.History)))]),
        ["network"] = () => Chart.Network(trained.Value.Network),
        ["small-network"] = () => Chart.Network(Built(new Flatten(), new Dense(128), new Relu(), new Dense(10))),
        ["empty"] = () => Chart.Line("Nothing yet", "epoch", "loss"),
        ["one-point"] = () => Chart.Line("A single value", "epoch", "loss").Add("training", [2.3]),
    };

    public static Evaluation Evaluation => trained.Value.Evaluation;

    public static History History => trained.Value.History;

    public static Sequential Built(params Layer[] layers)
    {
        var network = new Sequential(layers);
        network.Build([28, 28, 1], seed: 1);
        return network;
    }

    static (Sequential, History, Evaluation) Train()
    {
        var network = SmallTraining.Network();
        var history = network.Fit(SmallTraining.Data, SmallTraining.Options with { Validation = RealDigits.Test.Take(500), Epochs = 4 });
        return (network, history, network.Evaluate(SmallTraining.Data));
    }

    static IEnumerable<double> Rising(double end, int count) => Enumerable.Range(1, count).Select(i => end - (end - 0.1) * Math.Exp(-0.6 * i) + 0.004 * Math.Sin(i * end * 9));

    static IEnumerable<IEnumerable<double>> Runs(double speed) =>
        Enumerable.Range(1, 5).Select(run => Enumerable.Range(1, 20).Select(i => 1.8 * Math.Exp(-speed * i * (0.7 + 0.06 * run)) + 0.01));

    static History Slower(History history) =>
        new([.. history.Epochs.Select(epoch => epoch with { Loss = epoch.Loss * 1.4, Accuracy = epoch.Accuracy * 0.9, ValidationLoss = epoch.ValidationLoss * 1.3, ValidationAccuracy = epoch.ValidationAccuracy * 0.92 })], history.BestEpoch);

    static History WithoutValidation(History history) =>
        new([.. history.Epochs.Select(epoch => epoch with { ValidationLoss = null, ValidationAccuracy = null })], history.BestEpoch);

    /// <summary>100 of the first class, of which 5 were misread, and 60 of the second, of which 10 were.</summary>
    static ConfusionMatrix TwoClasses(params string[] names)
    {
        var labels = Enumerable.Range(0, 160).Select(i => (byte)(i < 100 ? 0 : 1)).ToArray();
        var predicted = labels.Select((label, i) => i is < 5 or >= 150 ? (byte)(1 - label) : label).ToArray();
        return new ConfusionMatrix(labels, predicted, names);
    }

    static double[,] WithGaps(double[,] values)
    {
        for (var i = 10; i < 20; i++)
            values[i, 2 * i] = values[i, 2 * i + 1] = double.NaN;
        return values;
    }

    static double[,] Large(int rows, int columns)
    {
        var values = new double[rows, columns];
        for (var i = 0; i < values.Length; i++)
            values[i / columns, i % columns] = Math.Sin(i / columns * 0.2) * Math.Cos(i % columns * 0.15);
        return values;
    }

    static Tensor Weights(int seed)
    {
        var network = SmallTraining.Network(seed);
        return network.Parameters[0].Value;
    }

    static (double X, double Y)[] Cloud(int seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, 30).Select(_ => random.NextInt(1000) / 400.0).Select(x => (x - 3, 4 - x + random.NextInt(1000) / 900.0))];
    }

    static Tensor Channels()
    {
        var tensor = new Tensor(1, 28, 28, 2);
        for (var i = 0; i < 28 * 28; i++)
        {
            tensor.Values[2 * i] = RealDigits.Train.Image(0)[i] * 3 - 1;
            tensor.Values[2 * i + 1] = 1 - RealDigits.Train.Image(1)[i];
        }
        return tensor;
    }
}
