using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;

namespace DeepDigits.Tests.Fuzz;

/// <summary>
/// Damages a valid file in many ways and checks that a loader either refuses it with one of its typed errors or loads it correctly; that it
/// does so in bounded time, and without taking much memory for a small file.
/// </summary>
/// <remarks>
/// Case number n of a seed is always the same file, so a failure, whose message names both, can be repeated by itself: see
/// <see cref="Mutate(int, int, out string)"/>. The environment variable DEEPDIGITS_FUZZ sets the number of cases.
/// </remarks>
/// <param name="valid">A valid file, small enough to be loaded ten thousand times.</param>
/// <param name="load">Loads a file, on the calling thread, and checks the result as far as it can; what it throws must be a typed
/// error.</param>
/// <param name="isTypedError">Whether an exception is one that the loader may throw for a damaged file.</param>
sealed class MutationFuzzer(byte[] valid, Action<byte[]> load, Predicate<Exception> isTypedError)
{
    /// <summary>The numbers that parsers trip over.</summary>
    static readonly long[] interesting =
    [
        0, 1, -1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000,
        Array.MaxLength, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, long.MaxValue, long.MinValue,
    ];

    static readonly byte[] interestingBytes = [0, 1, 0x7f, 0x80, 0xff, .. "\n\r,\"-+. 09{}[]:eE"u8];

    /// <summary>The most that loading one file may take.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The most that loading one file may allocate.</summary>
    public long AllocationLimit { get; init; } = 8 << 20;

    /// <summary>How many cases a test tries: 10,000, unless the environment variable says otherwise.</summary>
    public static int DefaultCases { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("DEEPDIGITS_FUZZ"), CultureInfo.InvariantCulture, out var cases) ? cases : 10_000;

    /// <summary>Tries many files.</summary>
    /// <exception cref="InvalidOperationException">The loader failed on one of them. The message says which and how.</exception>
    public FuzzReport Run(int cases, int seed)
    {
        var report = new FuzzReport();
        Exception? failure = null;
        var current = -1;
        var thread = new Thread(() =>
        {
            try
            {
                load(valid);
                for (var number = 0; number < cases; number++)
                {
                    Volatile.Write(ref current, number);
                    Try(number, seed, report);
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        })
        { IsBackground = true };
        thread.Start();
        // A loader that never returns must fail the test, not hang it.
        for (var seen = -1; !thread.Join(TimeLimit * 5); seen = Volatile.Read(ref current))
        {
            if (seen == Volatile.Read(ref current))
                throw new InvalidOperationException($"Case {seen} of seed {seed} hangs.");
        }
        if (failure is not null)
            throw new InvalidOperationException(failure.Message, failure);
        return report;
    }

    void Try(int number, int seed, FuzzReport report)
    {
        var file = Mutate(number, seed, out var mutations);
        var name = $"Case {number} of seed {seed} ({mutations}; "
            + $"{Convert.ToHexString(file.AsSpan(0, Math.Min(32, file.Length)))}..., {file.Length} bytes)";
        var clock = Stopwatch.StartNew();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            load(file);
            report.Loaded++;
        }
        catch (Exception e) when (isTypedError(e))
        {
            report.Refused++;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{name}: {e.GetType().Name} is not a typed error. {e.Message}", e);
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (allocated > AllocationLimit)
            throw new InvalidOperationException($"{name}: allocated {allocated} bytes.");
        if (clock.Elapsed > TimeLimit)
            throw new InvalidOperationException($"{name}: took {clock.Elapsed.TotalSeconds:0.0} s.");
        report.Add(allocated, clock.Elapsed);
    }

    /// <summary>
    /// The damaged file of one case: one to three mutations, of which half are near the beginning, where the headers are.
    /// </summary>
    public byte[] Mutate(int number, int seed, out string mutations)
    {
        var random = new SeededRandom(seed).Stream(number);
        var file = valid;
        mutations = "";
        for (var count = 1 + random.NextInt(3); count > 0; count--)
        {
            (file, var mutation) = Mutate(file, random);
            mutations += (mutations.Length == 0 ? "" : ", ") + mutation;
        }
        return file;
    }

    static (byte[] File, string Mutation) Mutate(byte[] file, SeededRandom random)
    {
        if (file.Length == 0)
            return ([interestingBytes[random.NextInt(interestingBytes.Length)]], "one byte");
        var at = random.NextInt(random.NextInt(2) == 0 ? Math.Min(64, file.Length) : file.Length);
        var length = Math.Min(1 + random.NextInt(1 << random.NextInt(10)), file.Length - at);
        var copy = file.ToArray();
        switch (random.NextInt(9))
        {
            case 0:
                var bit = random.NextInt(8);
                copy[at] ^= (byte)(1 << bit);
                return (copy, $"bit {bit} of byte {at} flipped");
            case 1:
                copy[at] = interestingBytes[random.NextInt(interestingBytes.Length)];
                return (copy, $"byte {at} set to {copy[at]:x2}");
            case 2:
                foreach (ref var b in copy.AsSpan(at, length))
                    b = (byte)random.NextUInt32();
                return (copy, $"{length} bytes at {at} made random");
            case 3:
                var number = interesting[random.NextInt(interesting.Length)];
                WriteNumber(copy.AsSpan(at), number, width: 1 << random.NextInt(4), bigEndian: random.NextInt(2) == 0);
                return (copy, $"number {number} at {at}");
            case 4:
                // A length that is a little wrong, or becomes wrong by a factor.
                var width = 1 << random.NextInt(4);
                var bigEndian = random.NextInt(2) == 0;
                var old = ReadNumber(copy.AsSpan(at), width, bigEndian);
                var changed = random.NextInt(4) switch { 0 => old + 1, 1 => old - 1, 2 => old * 2, _ => old + random.NextInt(1000) - 500 };
                WriteNumber(copy.AsSpan(at), changed, width, bigEndian);
                return (copy, $"number {old} at {at} changed to {changed}");
            case 5:
                return (file[..at], $"cut off at {at}");
            case 6:
                return ([.. file[..at], .. file[(at + length)..]], $"{length} bytes at {at} removed");
            case 7:
                var times = 1 + random.NextInt(3);
                return ([.. file[..at], .. Enumerable.Repeat(file[at..(at + length)], times).SelectMany(b => b), .. file[at..]],
                    $"{length} bytes at {at} repeated {times} times");
            default:
                var from = random.NextInt(file.Length);
                length = Math.Min(length, file.Length - from);
                file.AsSpan(from, length).CopyTo(copy.AsSpan(at));
                return (copy, $"{length} bytes copied from {from} to {at}");
        }
    }

    /// <summary>Writes as much of a number as there is room for.</summary>
    static void WriteNumber(Span<byte> target, long number, int width, bool bigEndian)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (bigEndian)
            BinaryPrimitives.WriteInt64BigEndian(bytes, number << (64 - 8 * width));
        else
            BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        bytes[..Math.Min(width, target.Length)].CopyTo(target);
    }

    static long ReadNumber(ReadOnlySpan<byte> source, int width, bool bigEndian)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        source[..Math.Min(width, source.Length)].CopyTo(bytes);
        return bigEndian ? BinaryPrimitives.ReadInt64BigEndian(bytes) >> (64 - 8 * width) : BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }
}
