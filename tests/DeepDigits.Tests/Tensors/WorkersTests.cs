namespace DeepDigits.Tests.Tensors;

public sealed class WorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void EveryIterationRunsOnce(int threads)
    {
        using var limit = Workers.Limit(threads);
        foreach (var count in (ReadOnlySpan<int>)[0, 1, 2, 3, 7, 100, 5000])
        {
            var hits = new int[count];
            Workers.For(count, hits, static (hits, i) => Interlocked.Increment(ref hits[i]));
            Assert.All(hits, hit => Assert.Equal(1, hit));
        }
    }

    [Fact]
    public void ManyShortLoopsInARowLoseNothing()
    {
        using var limit = Workers.Limit(3);
        var sum = new long[1];
        for (var round = 0; round < 20_000; round++)
            Workers.For(4, sum, static (sum, i) => Interlocked.Add(ref sum[0], i));
        Assert.Equal(20_000L * 6, sum[0]);
    }

    [Fact]
    public void AThreadThatSleepsIsWokenByTheNextLoop()
    {
        using var limit = Workers.Limit(2);
        var hits = new int[8];
        for (var round = 0; round < 3; round++)
        {
            Thread.Sleep(20); // far beyond the patience of an idle worker
            Workers.For(hits.Length, hits, static (hits, i) => Interlocked.Increment(ref hits[i]));
        }
        Assert.All(hits, hit => Assert.Equal(3, hit));
    }

    [Fact]
    public void ALoopInsideALoopIsCarriedOutByItsThread()
    {
        using var limit = Workers.Limit(2);
        var hits = new int[10];
        Workers.For(10, hits, static (hits, i) =>
        {
            Assert.Equal(1, Workers.Count);
            Workers.For(3, (hits, i), static (it, _) => Interlocked.Increment(ref it.hits[it.i]));
        });
        Assert.All(hits, hit => Assert.Equal(3, hit));
    }

    [Fact]
    public void SeveralCallersAtOnceDoNotDisturbEachOther()
    {
        var failures = 0;
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var round = 0; round < 500; round++)
            {
                var hits = new int[20];
                Workers.For(hits.Length, hits, static (hits, i) => Interlocked.Increment(ref hits[i]));
                if (hits.Any(hit => hit != 1))
                    Interlocked.Increment(ref failures);
            }
        })).ToList();
        callers.ForEach(caller => caller.Start());
        callers.ForEach(caller => caller.Join());
        Assert.Equal(0, failures);
    }

    [Fact]
    public void AnExceptionReachesTheCallerAndTheTeamGoesOn()
    {
        using var limit = Workers.Limit(2);
        var error = Assert.Throws<InvalidOperationException>(() => Workers.For(50, 0, static (_, i) =>
        {
            if (i == 17)
                throw new InvalidOperationException("iteration 17");
        }));
        Assert.Equal("iteration 17", error.Message);
        var hits = new int[50];
        Workers.For(50, hits, static (hits, i) => Interlocked.Increment(ref hits[i]));
        Assert.All(hits, hit => Assert.Equal(1, hit));
    }

    [Fact]
    public void AnInterruptedCallerWaitsForTheOthersAndTheTeamGoesOn()
    {
        using var started = new ManualResetEventSlim();
        var (completed, seen) = (0, -1);
        var caller = new Thread(() =>
        {
            using var limit = Workers.Limit(2);
            try
            {
                Workers.For(40, (Action)(() =>
                {
                    started.Set();
                    for (var until = Environment.TickCount64 + 3; Environment.TickCount64 < until;)
                        Thread.SpinWait(10);
                    Interlocked.Increment(ref completed);
                }), static (work, _) => work());
                Thread.Sleep(1_000); // the interrupt may come when the loop is over
            }
            catch (ThreadInterruptedException)
            {
                seen = completed;
            }
            Workers.For(10, 0, (_, _) => Interlocked.Increment(ref completed));
        });
        caller.Start();
        started.Wait();
        caller.Interrupt();
        caller.Join();
        Assert.Equal(40, seen);
        Assert.Equal(50, completed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(1_000)]
    public void RangesCoverAllElementsOnce(int length)
    {
        using var limit = Workers.Limit(2);
        var hits = new int[length];
        Workers.ForRanges(length, 100, hits, static (hits, start, end) =>
        {
            for (var i = start; i < end; i++)
                Interlocked.Increment(ref hits[i]);
        });
        Assert.All(hits, hit => Assert.Equal(1, hit));
    }

    [Fact]
    public void ALimitEndsWhereItIsDisposed()
    {
        var before = Workers.Count;
        using (Workers.Limit(3))
        {
            Assert.Equal(3, Workers.Count);
            using (Workers.Limit(1))
                Assert.Equal(1, Workers.Count);
            Assert.Equal(3, Workers.Count);
        }
        Assert.Equal(before, Workers.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => Workers.Limit(0));
    }

    [Fact]
    public void StartingALoopAllocatesNothing()
    {
        using var limit = Workers.Limit(2);
        var hits = new int[64];
        for (var warmUp = 0; warmUp < 3; warmUp++)
            Workers.For(hits.Length, hits, Count);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
            Workers.For(hits.Length, hits, Count);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Count(int[] hits, int i) => hits[i]++;
    }
}
