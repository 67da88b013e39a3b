namespace DeepDigits;

/// <summary>
/// The order in which a training passes through its examples, cut into mini-batches of equal size; the last one holds what is left.
/// </summary>
/// <remarks>
/// <para>Examples, not batches, are shuffled: each epoch sees other batches.</para>
/// <para>The order of an epoch is a function of the random stream alone, not of the epochs before, so a resumed training
/// continues as the uninterrupted one would have. Use <c>random.Stream(..., epoch)</c>.</para>
/// </remarks>
public sealed class Batches
{
    readonly int[] order;

    /// <summary>Batches in the order of the data set, until <see cref="Shuffle"/> changes it.</summary>
    /// <param name="exampleCount">The number of examples.</param>
    /// <param name="batchSize">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of examples is negative, or the batch size is less than 1.</exception>
    public Batches(int exampleCount, int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(exampleCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        order = new int[exampleCount];
        BatchSize = batchSize;
        Sort();
    }

    /// <summary>The number of examples in every batch but perhaps the last.</summary>
    public int BatchSize { get; }

    /// <summary>The number of batches: examples / batch size, rounded up.</summary>
    public int Count => (int)(((long)order.Length + BatchSize - 1) / BatchSize);

    /// <summary>The examples of one batch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such batch.</exception>
    public ReadOnlyMemory<int> this[int batch]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(batch);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(batch, Count);
            var start = batch * BatchSize;
            return order.AsMemory(start, Math.Min(BatchSize, order.Length - start));
        }
    }

    /// <summary>Puts all examples in a random order that depends on the given stream only.</summary>
    public void Shuffle(SeededRandom random)
    {
        Sort();
        random.Shuffle<int>(order);
    }

    /// <summary>Puts all examples in the order of the data set.</summary>
    public void Sort()
    {
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
    }
}
