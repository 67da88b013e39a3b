namespace DeepDigits.Tests.Training;

public sealed class EvaluationTests
{
    static readonly ConfusionMatrix matrix = new([0, 0, 0, 1, 1, 2, 2, 2, 2, 2], [0, 0, 1, 1, 0, 2, 2, 2, 2, 1], ["cat", "dog", "owl", "none"]);

    [Fact]
    public void TheMatrixCountsTrueAgainstPredicted()
    {
        Assert.Equal(10, matrix.Count);
        Assert.Equal((2, 1, 1, 1, 4, 1, 0), (matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1], matrix[2, 2], matrix[2, 1], matrix[0, 2]));
        Assert.Equal(0.7, matrix.Accuracy, 1e-12);
    }

    [Fact]
    public void PrecisionRecallAndF1AreTheirDefinitions()
    {
        Assert.Equal(2 / 3.0, matrix.Precision(0), 1e-12);
        Assert.Equal(2 / 3.0, matrix.Recall(0), 1e-12);
        Assert.Equal(1 / 3.0, matrix.Precision(1), 1e-12);
        Assert.Equal(1 / 2.0, matrix.Recall(1), 1e-12);
        Assert.Equal(0.4, matrix.F1(1), 1e-12);
        Assert.True(double.IsNaN(matrix.Precision(3)) && double.IsNaN(matrix.Recall(3)));
    }

    [Fact]
    public void TheMatrixPrintsAsATable() =>
        Assert.Equal("""
            true \ predicted    cat   dog   owl  none
            cat                   2     1     0     0
            dog                   1     1     0     0
            owl                   0     1     4     0
            none                  0     0     0     0
            """.ReplaceLineEndings(), matrix.ToString());

    [Fact]
    public void PredictionsWithoutLabelsAreRefused()
    {
        Assert.Throws<ArgumentException>(() => new ConfusionMatrix([0, 1], [0], ["a", "b"]));
        Assert.Throws<ArgumentException>(() => new ConfusionMatrix([0, 2], [0, 0], ["a", "b"]));
    }

    [Fact]
    public void TheSurestMistakesComeFirst()
    {
        var network = SmallTraining.Network();
        network.Fit(SmallTraining.Data, SmallTraining.Options with { Epochs = 1 });
        var evaluation = network.Evaluate(SmallTraining.Data);
        var mistakes = evaluation.Misclassified();
        Assert.Equal(Math.Round((1 - evaluation.Accuracy) * evaluation.Count), mistakes.Count);
        Assert.NotEmpty(mistakes);
        Assert.Equal(mistakes.Select(mistake => mistake.Probability).OrderDescending(), mistakes.Select(mistake => mistake.Probability));
        Assert.All(mistakes, mistake =>
        {
            Assert.NotEqual(mistake.Label, mistake.Predicted);
            Assert.Equal(SmallTraining.Data.Labels[mistake.Example], mistake.Label);
            Assert.Equal(evaluation.Predictions.Classes[mistake.Example], mistake.Predicted);
        });
    }

    [Fact]
    public void OtherClassesThanTheNetworksAreRefused()
    {
        var small = new Sequential(new Flatten(), new Dense(5));
        small.Build([28, 28, 1], seed: 1);
        Assert.Throws<LabelException>(() => small.Evaluate(SmallTraining.Data));
    }
}
