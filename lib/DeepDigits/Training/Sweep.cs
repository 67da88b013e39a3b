using System.Runtime.ExceptionServices;

namespace DeepDigits;

/// <summary>
/// Runs independent trials, such as trainings with different settings, side by side: as many at once as there are cores, each on its share
/// of the threads. One small network on one thread keeps its core busier than on several, and the results are the same bits either way.
/// </summary>
public static class Sweep
{
    /// <summary>Runs all trials and returns their results in the order of the trials.</summary>
    /// <param name="trials">What to try.</param>
    /// <param name="run">One trial. It must make its own network: trials run at the same time.</param>
    /// <param name="finished">Told of each result as it comes, one at a time; for progress, and to store what is done.</param>
    /// <param name="cancellation">Handed to the trials; no new trial starts after it.</param>
    /// <exception cref="OperationCanceledException">The sweep was stopped.</exception>
    /// <remarks>If a trial throws, the others that have started end first; then its exception is thrown here.</remarks>
    public static IReadOnlyList<TResult> Run<TTrial, TResult>(
        IReadOnlyList<TTrial> trials, Func<TTrial, CancellationToken, TResult> run, Action<TTrial, TResult>? finished = null, CancellationToken cancellation = default)
    {
        var results = new TResult[trials.Count];
        var atOnce = Math.Clamp(trials.Count, 1, Workers.Count);
        var threadsOfTrial = Math.Max(1, Workers.Count / atOnce);
        var (next, gate) = (-1, new Lock());
        ExceptionDispatchInfo? error = null;
        var threads = new Thread[atOnce];
        for (var t = 0; t < atOnce; t++)
        {
            threads[t] = new Thread(() =>
            {
                using var share = Workers.Limit(threadsOfTrial);
                for (int i; Volatile.Read(ref error) is null && !cancellation.IsCancellationRequested && (i = Interlocked.Increment(ref next)) < trials.Count;)
                {
                    try
                    {
                        results[i] = run(trials[i], cancellation);
                        lock (gate)
                            finished?.Invoke(trials[i], results[i]);
                    }
                    catch (Exception caught)
                    {
                        Interlocked.CompareExchange(ref error, ExceptionDispatchInfo.Capture(caught), null);
                    }
                }
            })
            { IsBackground = true, Name = $"DeepDigits trial {t + 1}" };
            threads[t].Start();
        }
        foreach (var thread in threads)
            thread.Join();
        error?.Throw();
        cancellation.ThrowIfCancellationRequested();
        return results;
    }
}
