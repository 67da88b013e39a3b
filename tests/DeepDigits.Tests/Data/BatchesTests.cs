using FsCheck.Fluent;

namespace DeepDigits.Tests.Data;

public sealed class BatchesTests
{
    [Fact]
    public void Every_example_is_in_one_batch_and_only_the_last_batch_is_smaller()
    {
        var cases = from count in Gen.Choose(0, 300) from size in Gen.Choose(1, 350) from seed in Gen.Choose(0, 1000) select (count, size, seed);
        Properties.Hold(cases, c =>
        {
            var batches = new Batches(c.count, c.size);
            Assert.Equal(Enumerable.Range(0, c.count), All(batches));
            batches.Shuffle(new SeededRandom(c.seed));
            Assert.Equal(Enumerable.Range(0, c.count), All(batches).Order());
            for (var i = 0; i < batches.Count; i++)
                Assert.Equal(i < batches.Count - 1 ? c.size : c.count - (batches.Count - 1) * c.size, batches[i].Length);
        });
    }

    [Fact]
    public void The_order_of_an_epoch_does_not_depend_on_the_epochs_before()
    {
        var random = new SeededRandom(3);
        var resumed = new Batches(1000, 32);
        var uninterrupted = new Batches(1000, 32);
        for (var epoch = 0; epoch < 5; epoch++)
            uninterrupted.Shuffle(random.Stream(epoch));
        resumed.Shuffle(random.Stream(4));
        Assert.Equal(All(uninterrupted), All(resumed));
        resumed.Shuffle(random.Stream(5));
        Assert.NotEqual(All(uninterrupted), All(resumed));
        resumed.Sort();
        Assert.Equal(Enumerable.Range(0, 1000), All(resumed));
    }

    [Fact]
    public void What_is_out_of_range_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Batches(10, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Batches(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Batches(10, 4)[3].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Batches(10, 4)[-1].Length);
        Assert.Equal(1, new Batches(10, int.MaxValue).Count);
    }

    static int[] All(Batches batches) => [.. Enumerable.Range(0, batches.Count).SelectMany(i => batches[i].ToArray())];
}
