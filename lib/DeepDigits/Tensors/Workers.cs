using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace DeepDigits;

/// <summary>
/// The threads that share the library's work: a loop's iterations are handed to whichever thread is free, and the caller takes part.
/// Every iteration computes its own outputs completely, so the results do not depend on the number of threads, to the bit.
/// </summary>
/// <remarks>
/// A training step forks and joins some dozens of times in a few milliseconds. The threads therefore keep watching for work for a short
/// while before they sleep, and starting a loop allocates nothing.
/// </remarks>
public static class Workers
{
    [ThreadStatic]
    static Team? team;

    [ThreadStatic]
    static bool isInsideLoop;

    static readonly Lazy<Team> allCores = new(() => new Team(DefaultCount()));

    /// <summary>The name of the environment variable that sets the number of threads; without it there is one for each processor.</summary>
    public const string EnvironmentVariable = "DEEPDIGITS_THREADS";

    /// <summary>The number of threads, the caller included, that a loop started on this thread may use.</summary>
    public static int Count => isInsideLoop ? 1 : (team ?? allCores.Value).Count;

    /// <summary>
    /// Limits the loops that are started on this thread until the result is disposed. Parameter sweeps use it: they run several
    /// trainings side by side, each on its share of the cores.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one thread.</exception>
    public static IDisposable Limit(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var limit = new Limitation(team);
        team = new Team(threads);
        return limit;
    }

    /// <summary>Calls body(state, i) for every i in 0 ... count - 1, on all threads of this team, and returns when all calls
    /// have.</summary>
    /// <param name="count">The number of iterations, at most 2^20 - 1.</param>
    /// <param name="state">What the iterations share; passing it keeps the delegate static, so that nothing is allocated.</param>
    /// <param name="body">One iteration. An exception in it is thrown again here.</param>
    internal static void For<TState>(int count, in TState state, Action<TState, int> body)
    {
        if (count > 1 && !isInsideLoop && (team ?? allCores.Value) is { Count: > 1 } several && several.TryRun(count, state, body))
            return;
        for (var i = 0; i < count; i++)
            body(state, i);
    }

    /// <summary>
    /// Calls body(state, start, end) for consecutive ranges that together are 0 ... length - 1, on all threads. Short loops stay on the
    /// caller.
    /// </summary>
    /// <param name="length">The number of elements.</param>
    /// <param name="rangeLength">The elements of one range; a fixed number, so that the ranges do not depend on the number of
    /// threads.</param>
    /// <param name="state">What the ranges share.</param>
    /// <param name="body">The work for elements start ... end - 1.</param>
    internal static void ForRanges<TState>(int length, int rangeLength, in TState state, Action<TState, int, int> body)
    {
        if (length <= 2 * rangeLength)
        {
            if (length > 0)
                body(state, 0, length);
            return;
        }
        For((length + rangeLength - 1) / rangeLength, (state, body, length, rangeLength), static (job, range) =>
        {
            var start = range * job.rangeLength;
            job.body(job.state, start, Math.Min(start + job.rangeLength, job.length));
        });
    }

    static int DefaultCount()
    {
        var text = Environment.GetEnvironmentVariable(EnvironmentVariable);
        if (string.IsNullOrWhiteSpace(text))
            return Environment.ProcessorCount;
        return int.TryParse(text, out var count) && count is >= 1 and <= 1024
            ? count
            : throw new InvalidOperationException($"The environment variable {EnvironmentVariable} must be a number of threads from 1 to 1024, but it is '{text}'.");
    }

    sealed class Limitation(Team? before) : IDisposable
    {
        public void Dispose()
        {
            team?.Retire();
            team = before;
        }
    }

    abstract class Loop
    {
        public ExceptionDispatchInfo? Error;

        public abstract void Iterate(int i);
    }

    sealed class Loop<TState> : Loop
    {
        [ThreadStatic]
        public static Loop<TState>? Mine;

        public TState? State;
        public Action<TState, int>? Body;

        public override void Iterate(int i)
        {
            try
            {
                Body!(State!, i);
            }
            catch (Exception error)
            {
                Error ??= ExceptionDispatchInfo.Capture(error);
            }
        }
    }

    /// <summary>A fixed set of threads that run one loop at a time.</summary>
    sealed class Team
    {
        const int MaxIterations = (1 << 20) - 1;

        static readonly long patienceBeforeSleep = Stopwatch.Frequency / 5_000; // 200 microseconds

        readonly object bell = new();
        Loop? loop;
        long ticket; // generation << 40 | iterations << 20 | next iteration: one word, so that a claim is one compare-and-swap
        int completed, busy, sleepers;
        volatile bool retired;

        public Team(int count)
        {
            Count = count;
            for (var i = 1; i < count; i++)
                new Thread(Work) { IsBackground = true, Name = $"DeepDigits worker {i}" }.Start();
        }

        public int Count { get; }

        public bool TryRun<TState>(int count, in TState state, Action<TState, int> body)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxIterations);
            if (Interlocked.CompareExchange(ref busy, 1, 0) != 0)
                return false; // another thread's loop is running: this one is carried out by its caller alone
            var mine = Loop<TState>.Mine ??= new Loop<TState>();
            (mine.State, mine.Body, mine.Error) = (state, body, null);
            loop = mine;
            completed = 0;
            var generation = (ticket >> 40) + 1;
            Interlocked.Exchange(ref ticket, generation << 40 | (long)count << 20);
            if (Volatile.Read(ref sleepers) > 0)
                lock (bell)
                    Monitor.PulseAll(bell);

            var isInterrupted = false;
            try
            {
                Drain();
            }
            finally
            {
                // Whatever befalls this thread (a notebook's interrupt, for one), the memory that the others work on must stay until they are done.
                for (var wait = new SpinWait(); Volatile.Read(ref completed) < count;)
                {
                    try
                    {
                        wait.SpinOnce(sleep1Threshold: -1);
                    }
                    catch (ThreadInterruptedException)
                    {
                        isInterrupted = true;
                    }
                }
                (mine.State, mine.Body) = (default, null);
                Volatile.Write(ref busy, 0);
            }
            if (isInterrupted)
                throw new ThreadInterruptedException();
            mine.Error?.Throw();
            return true;
        }

        public void Retire()
        {
            retired = true;
            lock (bell)
                Monitor.PulseAll(bell);
        }

        /// <summary>Takes iterations until none is left.</summary>
        void Drain()
        {
            isInsideLoop = true;
            try
            {
                while (true)
                {
                    var seen = Volatile.Read(ref ticket);
                    var (count, next) = ((int)(seen >> 20) & MaxIterations, (int)seen & MaxIterations);
                    if (next >= count)
                        break;
                    if (Interlocked.CompareExchange(ref ticket, seen + 1, seen) != seen)
                        continue;
                    // The loop cannot be replaced before this iteration is counted as completed.
                    try
                    {
                        loop!.Iterate(next);
                    }
                    finally
                    {
                        Interlocked.Increment(ref completed);
                    }
                }
            }
            finally
            {
                isInsideLoop = false;
            }
        }

        bool HasWork()
        {
            var seen = Volatile.Read(ref ticket);
            return ((int)seen & MaxIterations) < ((int)(seen >> 20) & MaxIterations);
        }

        void Work()
        {
            while (!retired)
            {
                var start = Stopwatch.GetTimestamp();
                while (!HasWork() && Stopwatch.GetTimestamp() - start < patienceBeforeSleep)
                    Thread.SpinWait(8);
                if (!HasWork())
                    lock (bell)
                    {
                        Interlocked.Increment(ref sleepers);
                        while (!HasWork() && !retired)
                            Monitor.Wait(bell);
                        Interlocked.Decrement(ref sleepers);
                    }
                Drain();
            }
        }
    }
}
