using System.Text.Json.Nodes;

namespace DeepDigits.Tests.Experiments_;

/// <summary>The figures that experiments and studies are compared with are those of data/reported.json.</summary>
public sealed class ReportedFiguresTests
{
    static readonly JsonNode reported = JsonNode.Parse(File.ReadAllText(Path.Combine(Mnist.Folder, "..", "reported.json")))!["mnist-classification-task"]!;
    static readonly JsonNode convolutional = JsonNode.Parse(File.ReadAllText(Path.Combine(Mnist.Folder, "..", "reported.json")))!["cnn-for-mnist-classification"]!;

    [Fact]
    public void TestAccuracies()
    {
        Assert.Equal((double)reported["mlp"]!["test_accuracy"]!, Experiments.Mlp.Reported);
        Assert.Equal((double)reported["squares"]!["test_accuracy"]!, Experiments.Squares.Reported);
    }

    [Theory]
    [InlineData("mlp-learning-rate", "learning_rate", "lr")]
    [InlineData("mlp-loss", "loss", "loss")]
    [InlineData("mlp-optimizer", "optimizer", "optimizer")]
    [InlineData("mlp-epochs", "epochs_tried", "epochs")]
    public void Studies(string study, string key, string value)
    {
        var figures = reported["mlp"]!["tuning"]![key]!.AsArray().Select(trial => (trial![value]!.ToString(), (double?)trial["train_accuracy"]!));
        Assert.Equal(figures, Experiments.StudyNamed(study).Trials.Select(trial => (trial.Value, trial.Reported?.TrainAccuracy)));
    }

    [Fact]
    public void TheSweepOfTheCnn()
    {
        var cells = convolutional["sweep"]!.AsArray().Select(cell => (Rate: (float)cell!["lr"]!, Batch: (int)cell["batch"]!, Figures: new ReportedFigures(
            (double)cell["train_accuracy"]!, (double)cell["validation_accuracy"]!, (double)cell["train_loss"]!, (double)cell["validation_loss"]!)));
        var study = Experiments.StudyNamed("cnn-sweep");
        Assert.Equal(cells.OrderBy(cell => cell.Rate).ThenBy(cell => cell.Batch),
            study.Trials.Select(trial => (trial.Experiment.Training.Optimizer.LearningRate, trial.Experiment.Training.BatchSize, trial.Reported!)));
        Assert.All(study.Trials, trial => Assert.Equal(
            FormattableString.Invariant($"{trial.Experiment.Training.Optimizer.LearningRate} and {trial.Experiment.Training.BatchSize}"), $"{trial.Row} and {trial.Column}"));
        Assert.Equal((double)convolutional["split"]!["validation_fraction_of_training_set"]!, study.HoldOut);
        Assert.All(study.Trials, trial => Assert.Equal(10, trial.Experiment.Training.Epochs));
    }

    [Fact]
    public void TheActivationsOfTheCnn()
    {
        var study = Experiments.StudyNamed("cnn-activation");
        Assert.Equal(["relu", "sigmoid", "tanh"], study.Trials.Select(trial => trial.Value));
        foreach (var trial in study.Trials)
        {
            var figures = convolutional["activations"]![trial.Value]!;
            Assert.Equal(new ReportedFigures((double?)figures["final_train_accuracy"], (double?)figures["final_validation_accuracy"], (double?)figures["final_train_loss"],
                (double?)figures["final_validation_loss"], (double?)figures["best_validation_accuracy"], trial.Value == "sigmoid" ? 0.005 : 0.001), trial.Reported);
            var network = trial.Experiment.Network(10);
            Assert.Equal(3, network.Layers.Count(layer => layer.GetType().Name.Equals(trial.Value, StringComparison.OrdinalIgnoreCase)));
        }
    }

    [Fact]
    public void TheNetworksAreTheReportedOnes()
    {
        foreach (var (experiment, key) in new[] { (Experiments.Mlp, "mlp"), (Experiments.Squares, "squares") })
        {
            var settings = reported[key]!;
            var network = experiment.Build(experiment.Prepare(RealDigits.Test), seed: 1);
            Assert.Equal(settings["layers"]!.AsArray().Skip(1).Select(units => (int)units!), network.Layers.OfType<Dense>().Select(layer => layer.Units));
            Assert.Equal((int)settings["epochs"]!, experiment.Training.Epochs);
            Assert.Equal((int)settings["batch_size"]!, experiment.Training.BatchSize);
            Assert.Equal((float)settings["learning_rate"]!, experiment.Training.Optimizer.LearningRate);
            Assert.StartsWith((string)settings["optimizer"]!, experiment.Training.Optimizer.Description);
        }
    }

    /// <summary>The lesson of LeNet's published code: two slips together, and each of them alone.</summary>
    [Fact]
    public void ThePublishedLeNetHasItsTwoSlips()
    {
        Check(Experiments.LeNet, kernel: 5, activations: 4, typeof(SoftmaxCrossEntropy));
        Check(Experiments.LeNetPublished, kernel: 28, activations: 2, typeof(SoftmaxCrossEntropyOverSoftmax));
        Check(Experiments.LeNet28x28, kernel: 28, activations: 2, typeof(SoftmaxCrossEntropy));
        Check(Experiments.LeNetDoubleSoftmax, kernel: 5, activations: 4, typeof(SoftmaxCrossEntropyOverSoftmax));

        static void Check(Experiment experiment, int kernel, int activations, Type loss)
        {
            var network = experiment.Build(experiment.Prepare(RealDigits.Test), seed: 1);
            var convolutions = network.Layers.OfType<Conv2D>().ToArray();
            Assert.Equal([(8, kernel, Padding.Same), (16, 5, Padding.Valid)], convolutions.Select(layer => (layer.Filters, layer.KernelHeight, layer.Padding)));
            Assert.Equal([120, 84, 10], network.Layers.OfType<Dense>().Select(layer => layer.Units));
            Assert.Equal(activations, network.Layers.OfType<Relu>().Count());
            Assert.IsType(loss, experiment.Training.Loss);
            Assert.Equal((1000, 10, 0.001f), (experiment.Training.BatchSize, experiment.Training.Epochs, experiment.Training.Optimizer.LearningRate));
        }
    }
}
