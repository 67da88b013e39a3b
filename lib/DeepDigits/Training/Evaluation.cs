namespace DeepDigits;

/// <summary>How well a network does on examples with labels.</summary>
public sealed class Evaluation
{
    readonly byte[] labels;

    internal Evaluation(Dataset data, Predictions predictions, double loss)
    {
        labels = data.Labels.ToArray();
        Predictions = predictions;
        Loss = loss;
        Confusion = new ConfusionMatrix(labels, predictions.Classes, data.ClassNames);
    }

    /// <summary>What the network said about each example.</summary>
    public Predictions Predictions { get; }

    /// <summary>The mean loss.</summary>
    public double Loss { get; }

    /// <summary>Which classes were taken for which.</summary>
    public ConfusionMatrix Confusion { get; }

    /// <summary>The share of the examples that were predicted correctly.</summary>
    public double Accuracy => Confusion.Accuracy;

    /// <summary>The number of examples.</summary>
    public int Count => labels.Length;

    /// <summary>The examples that were predicted wrongly, the surest mistakes first.</summary>
    public IReadOnlyList<Misclassified> Misclassified()
    {
        var mistakes = new List<Misclassified>();
        for (var i = 0; i < labels.Length; i++)
        {
            var predicted = Predictions.Classes[i];
            if (predicted != labels[i])
                mistakes.Add(new Misclassified(i, labels[i], predicted, Predictions.Probabilities[i, predicted]));
        }
        return [.. mistakes.OrderByDescending(mistake => mistake.Probability).ThenBy(mistake => mistake.Example)];
    }
}

/// <summary>An example that was predicted wrongly.</summary>
/// <param name="Example">Its number in the data set.</param>
/// <param name="Label">Its class.</param>
/// <param name="Predicted">The class that the network took it for.</param>
/// <param name="Probability">How sure the network was of that.</param>
public readonly record struct Misclassified(int Example, byte Label, byte Predicted, float Probability);
