namespace DeepDigits;

/// <summary>A copy of all parameters and statistics as they were after the best epoch so far.</summary>
sealed record BestParameters(int Epoch, Tensor[] Values)
{
    /// <summary>Copies a network's state, or what was averaged of it; the memory of an older copy is used again.</summary>
    /// <param name="state">The values in the order of <see cref="Sequential.State"/>.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="older">A copy that is not needed any more.</param>
    public static BestParameters Copy(IEnumerable<Tensor> state, int epoch, BestParameters? older)
    {
        var values = older?.Values ?? [.. state.Select(value => new Tensor(value.Shape))];
        foreach (var (copy, value) in values.Zip(state))
            copy.CopyFrom(value);
        return new BestParameters(epoch, values);
    }

    /// <summary>Gives the network the state of that epoch.</summary>
    public void Restore(Sequential network)
    {
        for (var i = 0; i < Values.Length; i++)
            network.State[i].Value.CopyFrom(Values[i]);
    }
}
