using System.Runtime.InteropServices;

namespace DeepDigits;

public sealed partial class Dataset
{
    /// <summary>
    /// Splits the examples at random for k-fold cross-validation: each example is in the validation part of exactly one fold and in the
    /// training part of all others. The folds have the same number of examples, and the same number of each class, to within one.
    /// </summary>
    /// <remarks>
    /// The examples, class after class and shuffled within each, are dealt out to the folds in turn. The parts keep the order of this data
    /// set.
    /// </remarks>
    /// <param name="folds">At least 2, at most the number of examples.</param>
    /// <param name="seed">The same seed gives the same folds.</param>
    /// <exception cref="LabelException">There are no labels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of folds is not in its range.</exception>
    public (Dataset Train, Dataset Validation)[] StratifiedFolds(int folds, int seed)
    {
        RequireLabels("Stratified cross-validation");
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(folds, Count);
        var random = new SeededRandom(seed).Stream(RandomStreams.Folds);
        var foldOf = new int[Count];
        var dealt = 0;
        foreach (var examples in ExamplesByClass())
        {
            random.Shuffle(CollectionsMarshal.AsSpan(examples));
            foreach (var example in examples)
                foldOf[example] = dealt++ % folds;
        }
        var splits = new (Dataset, Dataset)[folds];
        for (var fold = 0; fold < folds; fold++)
            splits[fold] = Split(Array.ConvertAll(foldOf, f => f == fold));
        return splits;
    }
}
