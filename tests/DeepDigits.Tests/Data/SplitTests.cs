using FsCheck.Fluent;

namespace DeepDigits.Tests.Data;

public sealed class SplitTests
{
    [Fact]
    public void A_hold_out_is_a_partition_with_the_share_of_each_class_kept()
    {
        var cases = from data in Examples.Labels(atLeast: 2)
                    from percent in Gen.Choose(1, 99)
                    from seed in Gen.Choose(int.MinValue, int.MaxValue)
                    let fraction = percent / 100.0
                    let held = (int)Math.Round(fraction * data.Labels.Length, MidpointRounding.AwayFromZero)
                    where held > 0 && held < data.Labels.Length
                    select (data.Labels, data.ClassCount, fraction, seed, held);
        Properties.Hold(cases, c =>
        {
            var whole = Numbered(c.Labels, c.ClassCount);
            var (train, validation) = whole.StratifiedHoldOut(c.fraction, c.seed);
            Assert.Equal(c.held, validation.Count);
            AssertPartition(whole, [train, validation]);
            AssertInOrder(train);
            AssertInOrder(validation);
            for (var label = 0; label < c.ClassCount; label++)
                Assert.True(Math.Abs(validation.Labels.Count((byte)label) - c.fraction * whole.Labels.Count((byte)label)) < 1);
        });
    }

    [Fact]
    public void Folds_are_a_partition_and_equal_to_within_one()
    {
        var cases = from data in Examples.Labels(atLeast: 2)
                    from folds in Gen.Choose(2, Math.Min(12, data.Labels.Length))
                    from seed in Gen.Choose(int.MinValue, int.MaxValue)
                    select (data.Labels, data.ClassCount, folds, seed);
        Properties.Hold(cases, c =>
        {
            var whole = Numbered(c.Labels, c.ClassCount);
            var folds = whole.StratifiedFolds(c.folds, c.seed);
            Assert.Equal(c.folds, folds.Length);
            AssertPartition(whole, [.. folds.Select(f => f.Validation)]);
            foreach (var (train, validation) in folds)
            {
                AssertPartition(whole, [train, validation]);
                AssertInOrder(train);
                AssertInOrder(validation);
            }
            AssertWithinOne(folds.Select(f => f.Validation.Count));
            for (var label = 0; label < c.ClassCount; label++)
                AssertWithinOne(folds.Select(f => f.Validation.Labels.Count((byte)label)));
        });
    }

    [Fact]
    public void The_seed_decides()
    {
        var whole = Numbered([.. Enumerable.Range(0, 200).Select(i => (byte)(i % 10))], 10);
        Assert.Equal(Numbers(whole.StratifiedHoldOut(0.1, 5).Validation), Numbers(whole.StratifiedHoldOut(0.1, 5).Validation));
        Assert.NotEqual(Numbers(whole.StratifiedHoldOut(0.1, 5).Validation), Numbers(whole.StratifiedHoldOut(0.1, 6).Validation));
        Assert.Equal(Numbers(whole.StratifiedFolds(5, 5)[2].Validation), Numbers(whole.StratifiedFolds(5, 5)[2].Validation));
        Assert.NotEqual(Numbers(whole.StratifiedFolds(5, 5)[2].Validation), Numbers(whole.StratifiedFolds(5, 6)[2].Validation));
    }

    [Fact]
    public void The_split_of_a_seed_stays_what_it_is()
    {
        // Published results depend on it: this test may only change together with all of them.
        var whole = Numbered([.. Enumerable.Range(0, 40).Select(i => (byte)(i % 4))], 4);
        Assert.Equal([3, 5, 12, 14, 16, 18, 19, 21], Numbers(whole.StratifiedHoldOut(0.2, 1).Validation));
        Assert.Equal([2, 3, 8, 12, 13, 18, 25, 27], Numbers(whole.StratifiedFolds(5, 1)[0].Validation));
    }

    [Fact]
    public void A_split_of_a_view_stays_within_the_view()
    {
        var view = Numbered([.. Enumerable.Range(0, 40).Select(i => (byte)(i % 4))], 4).Subset([.. Enumerable.Range(10, 20)]);
        var (train, validation) = view.StratifiedHoldOut(0.25, 1);
        Assert.Equal(Enumerable.Range(10, 20), [.. Numbers(train).Concat(Numbers(validation)).Order()]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    [InlineData(0.01)] // of ten examples: nothing
    [InlineData(0.99)] // all
    public void A_fraction_that_leaves_a_part_empty_is_refused(double fraction) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(new byte[10], 1).StratifiedHoldOut(fraction, 1));

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    public void Too_few_or_too_many_folds_are_refused(int folds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(new byte[10], 1).StratifiedFolds(folds, 1));

    /// <summary>A data set whose image i has the one pixel i.</summary>
    static Dataset Numbered(byte[] labels, int classCount)
    {
        var images = new Tensor(labels.Length, 1, 1, 1);
        for (var i = 0; i < labels.Length; i++)
            images.Values[i] = i;
        return new Dataset(images, labels, classCount);
    }

    static int[] Numbers(Dataset dataset) => [.. dataset.Images.Values.ToArray().Select(v => (int)v)];

    static void AssertPartition(Dataset whole, Dataset[] parts)
    {
        Assert.Equal(Enumerable.Range(0, whole.Count), parts.SelectMany(Numbers).Order());
        foreach (var part in parts)
            Assert.Equal(Numbers(part).Select(n => whole.Labels[n]), part.Labels.ToArray());
    }

    static void AssertInOrder(Dataset part) => Assert.Equal(Numbers(part).Order(), Numbers(part));

    static void AssertWithinOne(IEnumerable<int> counts) => Assert.InRange(counts.Max() - counts.Min(), 0, 1);
}
