using System.Globalization;
using System.Text;

namespace DeepDigits;

/// <summary>Counts which classes were taken for which: row = true class, column = predicted class. The diagonal is what went
/// right.</summary>
public sealed class ConfusionMatrix
{
    readonly int[,] counts;

    /// <summary>Counts predictions.</summary>
    /// <param name="labels">The true class of each example.</param>
    /// <param name="predicted">The predicted class of each example.</param>
    /// <param name="classNames">What the classes are called.</param>
    /// <exception cref="ArgumentException">There are not as many predictions as labels, or a class has no name.</exception>
    public ConfusionMatrix(ReadOnlySpan<byte> labels, ReadOnlySpan<byte> predicted, IReadOnlyList<string> classNames)
    {
        if (labels.Length != predicted.Length)
            throw new ArgumentException($"{labels.Length} labels and {predicted.Length} predictions: there must be one prediction for each label.");
        ClassNames = classNames;
        counts = new int[classNames.Count, classNames.Count];
        for (var i = 0; i < labels.Length; i++)
        {
            if (Math.Max(labels[i], predicted[i]) >= classNames.Count)
                throw new ArgumentException($"Example {i} has label {labels[i]} and prediction {predicted[i]}, but there are only {classNames.Count} classes.");
            counts[labels[i], predicted[i]]++;
        }
        Count = labels.Length;
    }

    /// <summary>What the classes are called.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The number of examples.</summary>
    public int Count { get; }

    /// <summary>How many examples of one class were taken for another (or for what they are).</summary>
    public int this[int label, int predicted] => counts[label, predicted];

    /// <summary>The share of all examples that were predicted correctly; NaN when there are none.</summary>
    public double Accuracy => (double)Enumerable.Range(0, ClassNames.Count).Sum(c => counts[c, c]) / Count;

    /// <summary>Of the examples that were taken for this class, the share that is of it; NaN when there are none.</summary>
    public double Precision(int classNumber) => Share(classNumber, row => counts[row, classNumber]);

    /// <summary>Of the examples of this class, the share that was recognized; NaN when there are none.</summary>
    public double Recall(int classNumber) => Share(classNumber, column => counts[classNumber, column]);

    /// <summary>The harmonic mean of precision and recall: 2 p r / (p + r).</summary>
    public double F1(int classNumber) => 2 / (1 / Precision(classNumber) + 1 / Recall(classNumber));

    /// <summary>The matrix as a plain table.</summary>
    public override string ToString()
    {
        var width = Math.Max(6, ClassNames.Max(name => name.Length) + 1);
        var text = new StringBuilder("true \\ predicted".PadRight(17));
        foreach (var name in ClassNames)
            text.Append(name.PadLeft(width));
        for (var row = 0; row < ClassNames.Count; row++)
        {
            text.AppendLine().Append(ClassNames[row].PadRight(17));
            for (var column = 0; column < ClassNames.Count; column++)
                text.Append(counts[row, column].ToString(CultureInfo.InvariantCulture).PadLeft(width));
        }
        return text.ToString();
    }

    double Share(int classNumber, Func<int, int> count) =>
        (double)counts[classNumber, classNumber] / Enumerable.Range(0, ClassNames.Count).Sum(count);
}
