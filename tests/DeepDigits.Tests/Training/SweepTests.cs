namespace DeepDigits.Tests.Training;

public sealed class SweepTests
{
    [Fact]
    public void ResultsComeInTheOrderOfTheTrials()
    {
        using var limit = Workers.Limit(3);
        Assert.Equal([0, 1, 4, 9, 16, 25, 36, 49], Sweep.Run<int, int>([0, 1, 2, 3, 4, 5, 6, 7], (trial, _) =>
        {
            Thread.Sleep(8 - trial);
            return trial * trial;
        }));
        Assert.Empty(Sweep.Run<int, int>([], (trial, _) => trial));
    }

    [Theory]
    [InlineData(4, 8, 4, 1)]
    [InlineData(4, 2, 2, 2)]
    [InlineData(4, 1, 1, 4)]
    [InlineData(1, 5, 1, 1)]
    public void TrialsShareTheThreads(int threads, int trials, int mostAtOnce, int threadsOfTrial)
    {
        using var limit = Workers.Limit(threads);
        var (now, most) = (0, 0);
        var counts = Sweep.Run<int, int>([.. Enumerable.Range(0, trials)], (_, _) =>
        {
            var running = Interlocked.Increment(ref now);
            lock (limit)
                most = Math.Max(most, running);
            Thread.Sleep(15);
            Interlocked.Decrement(ref now);
            return Workers.Count;
        });
        Assert.All(counts, count => Assert.Equal(threadsOfTrial, count));
        Assert.InRange(most, 1, mostAtOnce);
    }

    [Fact]
    public void AFailureOrAStopEndsTheSweep()
    {
        using var limit = Workers.Limit(2);
        var started = 0;
        var error = Assert.Throws<InvalidOperationException>(() => Sweep.Run<int, int>([.. Enumerable.Range(0, 1000)], (trial, _) =>
        {
            if (Interlocked.Increment(ref started) == 3)
                throw new InvalidOperationException("the third");
            // The other thread goes on until it hears of the failure; the first exception of a process takes its time.
            Thread.Sleep(20);
            return trial;
        }));
        Assert.Equal("the third", error.Message);
        Assert.InRange(started, 3, 999);

        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Sweep.Run<int, int>([1, 2, 3, 4], (trial, _) => trial, (_, _) => stop.Cancel(), stop.Token));
    }

    [Fact]
    public void ATrainingInASweepHasTheBitsOfATrainingAlone()
    {
        var alone = SmallTraining.Network();
        alone.Fit(SmallTraining.Data, SmallTraining.Options);
        using var limit = Workers.Limit(2);
        var bits = Sweep.Run<int, string>([5, 5, 6], (seed, _) =>
        {
            var network = SmallTraining.Network(seed);
            network.Fit(SmallTraining.Data, SmallTraining.Options);
            return SmallTraining.Bits(network);
        });
        Assert.Equal(SmallTraining.Bits(alone), bits[0]);
        Assert.Equal(bits[0], bits[1]);
        Assert.NotEqual(bits[0], bits[2]);
    }

    [Fact]
    public void CrossValidationTrainsOneNetworkForEachFold()
    {
        var results = CrossValidation.Run(SmallTraining.Data, 3, () => new Sequential(new Flatten(), new Dense(10)), SmallTraining.Options);
        Assert.Equal([1, 2, 3], results.Select(result => result.Fold));
        Assert.All(results, result =>
        {
            Assert.Equal(3, result.History.Epochs.Count);
            Assert.InRange(result.ValidationAccuracy, 0.6, 1);
            Assert.Equal(result.History.Epochs[^1].ValidationAccuracy!.Value, result.ValidationAccuracy, 1e-12);
        });
    }
}
