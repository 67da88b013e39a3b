using System.Diagnostics;

namespace DeepDigits.Jupyter.Tests;

/// <summary>Tests that compare times run alone.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class AloneCollection;

[Collection("alone")]
public sealed class LongSessionTests
{
    [Fact]
    public async Task ManyCellsStayQuickAndSmall()
    {
        await using SessionFixture notebook = new();
        await notebook.Value("1");
        List<double> times = [];
        for (int i = 0; i < 500; i++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            Assert.Equal($"{i + 1}", await notebook.Value($"var x{i} = {i};\nx{i} + 1"));
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        double Median(IEnumerable<double> some) => some.Order().ElementAt(some.Count() / 2);
        // Some 10 ms on an idle machine; this one may be busy.
        Assert.True(Median(times) <= 200, $"median {Median(times):f1} ms");
        double first = Median(times.Take(100));
        double last = Median(times.TakeLast(100));
        Assert.True(last < 2 * first + 5, $"first hundred {first:f1} ms, last hundred {last:f1} ms");
        long heap = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(heap < 500L << 20, $"{heap >> 20} MB");
    }
}
