using System.Runtime.InteropServices;

namespace DeepDigits;

public sealed partial class Dataset
{
    /// <summary>
    /// Splits the examples at random into two parts, with the same share of each class in both: the larger part to train on, the smaller
    /// one to choose between models (so that the test set is never used to choose anything).
    /// </summary>
    /// <remarks>
    /// The validation part has exactly round(fraction * Count) examples. Each class gives fraction * (its number of examples) of them,
    /// rounded down, and the classes with the largest remainders one more (Hamilton's method). Both parts keep the order of this data set.
    /// </remarks>
    /// <param name="fraction">The share of the validation part, between 0 and 1, for example 0.1.</param>
    /// <param name="seed">The same seed gives the same split.</param>
    /// <exception cref="LabelException">There are no labels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The fraction leaves one of the parts empty.</exception>
    public (Dataset Train, Dataset Validation) StratifiedHoldOut(double fraction, int seed)
    {
        RequireLabels("A stratified hold-out");
        var held = fraction is > 0 and < 1 ? (int)Math.Round(fraction * Count, MidpointRounding.AwayFromZero) : 0;
        if (held <= 0 || held >= Count)
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction,
                $"The fraction must be between 0 and 1 and leave at least one of the {Count} examples in each part.");
        }
        var examples = ExamplesByClass();
        var quotas = Quotas(examples, fraction, held);
        var random = new SeededRandom(seed).Stream(RandomStreams.HoldOut);
        var isHeld = new bool[Count];
        for (var c = 0; c < ClassCount; c++)
        {
            random.Shuffle(CollectionsMarshal.AsSpan(examples[c]));
            foreach (var example in examples[c].Take(quotas[c]))
                isHeld[example] = true;
        }
        return Split(isHeld);
    }

    /// <summary>How many examples each class gives, so that they add up to the total.</summary>
    static int[] Quotas(List<int>[] examples, double fraction, int total)
    {
        var quotas = examples.Select(e => (int)(fraction * e.Count)).ToArray();
        var missing = total - quotas.Sum();
        var byRemainder = Enumerable.Range(0, examples.Length).OrderByDescending(c => fraction * examples[c].Count - quotas[c]).ThenBy(c => c);
        foreach (var c in byRemainder.Take(missing))
            quotas[c]++;
        return quotas;
    }

    (Dataset Train, Dataset Validation) Split(ReadOnlySpan<bool> isValidation)
    {
        List<int> train = [], validation = [];
        for (var i = 0; i < isValidation.Length; i++)
            (isValidation[i] ? validation : train).Add(i);
        return (Subset(CollectionsMarshal.AsSpan(train)), Subset(CollectionsMarshal.AsSpan(validation)));
    }
}
