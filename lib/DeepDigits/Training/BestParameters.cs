namespace DeepDigits;

/// <summary>A copy of all parameters as they were after the best epoch so far.</summary>
sealed record BestParameters(int Epoch, Tensor[] Values)
{
    /// <summary>Copies the network's parameters; the memory of an older copy is used again.</summary>
    public static BestParameters Copy(Sequential network, int epoch, BestParameters? older)
    {
        var values = older?.Values ?? [.. network.Parameters.Select(parameter => new Tensor(parameter.Value.Shape))];
        for (var i = 0; i < values.Length; i++)
            values[i].CopyFrom(network.Parameters[i].Value);
        return new BestParameters(epoch, values);
    }

    /// <summary>Gives the network the parameters of that epoch.</summary>
    public void Restore(Sequential network)
    {
        for (var i = 0; i < Values.Length; i++)
            network.Parameters[i].Value.CopyFrom(Values[i]);
    }
}
