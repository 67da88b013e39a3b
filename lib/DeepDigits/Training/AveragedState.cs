using System.Numerics;

namespace DeepDigits;

/// <summary>The moving average of all that a network holds: see <see cref="WeightAveraging"/>.</summary>
sealed class AveragedState
{
    const int RangeLength = 1 << 14;

    readonly WeightAveraging rule;
    readonly Sequential network;

    /// <summary>An average of no steps.</summary>
    public AveragedState(WeightAveraging rule, Sequential network)
    {
        (this.rule, this.network) = (rule, network);
        Values = [.. network.State.Select(entry => entry.Value.Clone())];
    }

    /// <summary>The averages, in the order of <see cref="Sequential.State"/>.</summary>
    public IReadOnlyList<Tensor> Values { get; }

    /// <summary>Takes the network's values after a step in. Allocates nothing.</summary>
    /// <param name="step">The number of the step, from 1.</param>
    public void Update(int step)
    {
        var rate = (float)rule.Rate(step);
        for (var i = 0; i < Values.Count; i++)
        {
            Workers.ForRanges(Values[i].Length, RangeLength, (average: Values[i], value: network.State[i].Value, rate), static (it, start, end) =>
                MoveTowards(it.average.Values[start..end], it.value.Values[start..end], it.rate));
        }
    }

    /// <summary>Gives the network the averages, and keeps its own values in their place; a second call takes it back.</summary>
    public void Exchange()
    {
        for (var i = 0; i < Values.Count; i++)
        {
            var average = Values[i].Values;
            var value = network.State[i].Value.Values;
            for (var j = 0; j < average.Length; j++)
                (average[j], value[j]) = (value[j], average[j]);
        }
    }

    /// <summary>Gives the network the averages for good.</summary>
    public void Restore()
    {
        for (var i = 0; i < Values.Count; i++)
            network.State[i].Value.CopyFrom(Values[i]);
    }

    /// <summary>average += rate (value - average).</summary>
    static void MoveTowards(Span<float> average, ReadOnlySpan<float> value, float rate)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= average.Length; i += Vector<float>.Count)
        {
            var old = new Vector<float>(average[i..]);
            (old + (new Vector<float>(value[i..]) - old) * rate).CopyTo(average[i..]);
        }
        for (; i < average.Length; i++)
            average[i] += (value[i] - average[i]) * rate;
    }
}
