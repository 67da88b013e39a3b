namespace DeepDigits;

/// <summary>
/// The library's only source of randomness: numbers that are a pure function of a seed, a stream and a position.
/// The same three give the same bits on every machine, now and later, however many threads draw.
/// </summary>
/// <remarks>
/// <para>The words come from Philox4x32-10 (see <see cref="Philox"/>). The seed is the 64-bit key. The stream is the upper half of the
/// 128-bit counter, the position its lower half: 2^64 streams of 2^66 words each, which never overlap.</para>
/// <para>Whoever needs randomness takes a stream of its own (<see cref="Stream"/>), for example one for each epoch's shuffling. So a
/// training that is resumed in epoch 7 shuffles as the uninterrupted one did, without any generator state in the checkpoint.</para>
/// </remarks>
public sealed class SeededRandom
{
    readonly uint key0, key1;
    readonly ulong stream;
    ulong block;
    (uint Word0, uint Word1, uint Word2, uint Word3) words;
    int used = 4;

    /// <summary>The numbers of stream 0 of a seed.</summary>
    public SeededRandom(int seed)
        : this(seed, 0)
    {
    }

    SeededRandom(int seed, ulong stream)
    {
        Seed = seed;
        this.stream = stream;
        (key0, key1) = ((uint)seed, (uint)(seed >> 31)); // a negative seed fills the upper half with ones
    }

    /// <summary>The seed that all streams of this generator share.</summary>
    public int Seed { get; }

    /// <summary>
    /// An independent generator with the same seed, at the start of its stream. The numbers that name the stream are hashed into its 64
    /// bits, in order: Stream(1, 2) and Stream(2, 1) are different streams.
    /// </summary>
    public SeededRandom Stream(params ReadOnlySpan<int> names)
    {
        var hash = stream;
        foreach (var name in names)
            hash = Mix(hash + 0x9E3779B97F4A7C15 + (uint)name);
        return new SeededRandom(Seed, hash);
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        if (used == 4)
        {
            words = Philox.Block((uint)block, (uint)(block >> 32), (uint)stream, (uint)(stream >> 32), key0, key1);
            block++;
            used = 0;
        }
        return used++ switch { 0 => words.Word0, 1 => words.Word1, 2 => words.Word2, _ => words.Word3 };
    }

    /// <summary>A number drawn uniformly from [0, 1): one of the 2^24 multiples of 2^-24.</summary>
    public float NextUniform() => (NextUInt32() >> 8) * (1f / (1 << 24));

    /// <summary>A number drawn uniformly from low to high; rounding may reach high itself.</summary>
    public float NextUniform(float low, float high) => low + (high - low) * NextUniform();

    /// <summary>
    /// A number drawn from the normal distribution with mean 0 and standard deviation 1: the inverse of its distribution function
    /// (see <see cref="NormalDistribution"/>) at a uniform number, one of the 2^32 odd multiples of 2^-33.
    /// </summary>
    public float NextNormal() => (float)NormalDistribution.Quantile((NextUInt32() + 0.5) * (1.0 / (1L << 32)));

    /// <summary>A whole number drawn uniformly from 0 ... bound - 1, without bias.</summary>
    /// <remarks>D. Lemire: Fast Random Integer Generation in an Interval (ACM TOMACS 29, 2019), algorithm 5.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The bound is less than 1.</exception>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var range = (uint)bound;
        var product = (ulong)NextUInt32() * range;
        if ((uint)product < range)
        {
            var reject = (0u - range) % range;
            while ((uint)product < reject)
                product = (ulong)NextUInt32() * range;
        }
        return (int)(product >> 32);
    }

    /// <summary>Puts the items in a random order; every order is equally likely.</summary>
    /// <remarks>R. Durstenfeld: Algorithm 235 (CACM 7, 1964), the in-place form of the Fisher-Yates shuffle.</remarks>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var chosen = NextInt(last + 1);
            (items[last], items[chosen]) = (items[chosen], items[last]);
        }
    }

    /// <summary>The numbers 0 ... count - 1 in a random order.</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        Shuffle<int>(order);
        return order;
    }

    /// <summary>The finalizer of SplitMix64 (G. Steele, D. Lea, C. Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014):
    /// every input bit reaches every output bit.</summary>
    static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
