namespace DeepDigits.Tests.Fuzz;

/// <summary>What a run of the fuzzer has seen.</summary>
sealed class FuzzReport
{
    /// <summary>The number of damaged files that were loaded, correctly: the damage was in a place that does not matter.</summary>
    public int Loaded { get; set; }

    /// <summary>The number of damaged files that were refused with a typed error.</summary>
    public int Refused { get; set; }

    /// <summary>The most that one file made the loader allocate.</summary>
    public long LargestAllocation { get; private set; }

    /// <summary>The longest that one file took.</summary>
    public TimeSpan LongestTime { get; private set; }

    public void Add(long allocated, TimeSpan time)
    {
        LargestAllocation = Math.Max(LargestAllocation, allocated);
        LongestTime = time > LongestTime ? time : LongestTime;
    }

    public override string ToString() =>
        $"{Loaded + Refused} files: {Loaded} loaded, {Refused} refused, at most {LargestAllocation} bytes and {LongestTime.TotalMilliseconds:0} ms for one";
}
