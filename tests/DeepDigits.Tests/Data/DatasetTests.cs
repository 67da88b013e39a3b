namespace DeepDigits.Tests.Data;

public sealed class DatasetTests
{
    static readonly byte[] digits = [3, 1, 4, 1, 5, 9, 2, 6];
    static readonly Dataset whole = Examples.Labelled(digits, 10);

    [Fact]
    public void Knows_its_images_and_labels()
    {
        Assert.Equal(8, whole.Count);
        Assert.Equal([2, 2, 1], whole.ImageShape);
        Assert.Equal(digits, whole.Labels);
        Assert.True(whole.HasLabels);
        Assert.Equal(10, whole.ClassCount);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], whole.ClassNames);
        Assert.Equal("8 examples of shape [2, 2, 1] in 10 classes", whole.ToString());
        for (var i = 0; i < 8; i++)
            Assert.Equal(whole.Images.Row(i), whole.Image(i));
    }

    [Fact]
    public void A_subset_shares_the_images_and_keeps_the_order_asked_for()
    {
        var subset = whole.Subset([5, 0, 0]);
        Assert.Equal((byte[])[9, 3, 3], subset.Labels.ToArray());
        Assert.True(subset.Image(0) == whole.Image(5), "the memory is the same");
        Assert.Equal(subset.Image(1), whole.Image(0));
        Assert.Equal([3, 2, 2, 1], subset.Images.Shape);
        Assert.Equal([.. whole.Image(5), .. whole.Image(0), .. whole.Image(0)], subset.Images.Values);
    }

    [Fact]
    public void A_subset_of_a_subset_counts_from_its_own_first_example()
    {
        var subset = whole.Subset([7, 6, 5, 4]).Subset([2, 3]);
        Assert.Equal((byte[])[9, 5], subset.Labels.ToArray());
        Assert.Equal(whole.Image(5), subset.Image(0));
        Assert.Equal((byte[])[3, 1], whole.Take(2).Labels.ToArray());
        Assert.Equal(0, whole.Take(0).Count);
    }

    [Fact]
    public void A_batch_gets_the_chosen_examples()
    {
        var view = whole.Subset([7, 6, 5, 4]);
        var images = new Tensor(2, 2, 2, 1);
        var labels = new byte[2];
        view.Gather([3, 0], images, labels);
        Assert.Equal((byte[])[5, 6], labels);
        Assert.Equal([.. whole.Image(4), .. whole.Image(7)], images.Values);
    }

    [Fact]
    public void Filling_a_batch_allocates_nothing()
    {
        var images = new Tensor(3, 2, 2, 1);
        var labels = new byte[3];
        var examples = new[] { 1, 2, 3 };
        whole.Gather(examples, images, labels);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            whole.Gather(examples, images, labels);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_batch_of_the_wrong_shape_is_refused()
    {
        var error = Assert.Throws<ShapeException>(() => whole.Gather([1, 2], new Tensor(2, 4, 1), new byte[2]));
        Assert.Equal("A batch of 2 images of shape [2, 2, 1] does not fit a tensor of shape [2, 4, 1].", error.Message);
        Assert.Throws<ShapeException>(() => whole.Gather([1, 2, 3], new Tensor(2, 2, 2, 1), new byte[3]));
        Assert.Throws<ShapeException>(() => whole.Gather([1, 2], new Tensor(2, 2, 2, 1), new byte[1]));
    }

    [Fact]
    public void Squares_become_class_1()
    {
        var squares = whole.MapLabels(LabelMap.Squares);
        Assert.Equal((byte[])[0, 1, 1, 1, 0, 1, 0, 0], squares.Labels.ToArray());
        Assert.Equal(2, squares.ClassCount);
        Assert.Equal(["not a square", "square"], squares.ClassNames);
        Assert.Same(whole.Images, squares.Images);
        Assert.Equal((byte[])[1, 1], squares.Subset([5, 1]).Labels.ToArray());
    }

    [Fact]
    public void A_label_that_the_map_does_not_know_is_refused()
    {
        var letters = Examples.Labelled([0, 10], 11);
        var error = Assert.Throws<LabelException>(() => letters.MapLabels(LabelMap.Squares));
        Assert.Equal("The label map \"squares\" knows the classes 0 to 9, but not 10.", error.Message);
        Assert.Throws<LabelException>(() => new LabelMap("bad", ["one"], 0, 1));
        Assert.Throws<LabelException>(() => new LabelMap("bad", ["one"], -1));
        Assert.Throws<LabelException>(() => new LabelMap("bad", []));
    }

    [Fact]
    public void Without_labels_only_the_images_can_be_used()
    {
        var unlabelled = new Dataset(whole.Images);
        Assert.False(unlabelled.HasLabels);
        Assert.Equal(0, unlabelled.ClassCount);
        Assert.True(unlabelled.Labels.IsEmpty);
        Assert.Equal("8 examples of shape [2, 2, 1] without labels", unlabelled.ToString());
        unlabelled.Subset([1, 0]).Gather([0], new Tensor(1, 2, 2, 1), []);
        Assert.Throws<LabelException>(() => unlabelled.MapLabels(LabelMap.Squares));
        Assert.Throws<LabelException>(() => unlabelled.StratifiedHoldOut(0.5, 1));
        Assert.Throws<LabelException>(() => unlabelled.StratifiedFolds(2, 1));
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        var images = Examples.Images(2, 3);
        Assert.Equal("2 images, 3 labels: a data set needs one label for each image. For images without labels use the constructor that takes images only.",
            Assert.Throws<ShapeException>(() => new Dataset(images, [0, 1, 2], 3)).Message);
        Assert.Throws<ShapeException>(() => new Dataset(images, [], 10));
        Assert.Throws<ShapeException>(() => new Dataset(new Tensor(4), [0, 1, 2, 3], 4));
        Assert.Equal("The label of example 1 is 3, but with 3 classes it must be from 0 to 2.",
            Assert.Throws<LabelException>(() => new Dataset(images, [0, 3], 3)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dataset(images, [0, 0], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dataset(images, [0, 0], 257));
        Assert.Throws<ArgumentOutOfRangeException>(() => whole.Image(8));
        Assert.Throws<ArgumentOutOfRangeException>(() => whole.Subset([-1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => whole.Take(9));
    }

    [Fact]
    public void Transposing_exchanges_rows_and_columns()
    {
        var images = Tensor.From([1, 2, 3, 4, 5, 6], 1, 2, 3, 1);
        var transposed = new Dataset(images, [0], 1).Transpose();
        Assert.Equal([3, 2, 1], transposed.ImageShape);
        Assert.Equal([1, 4, 2, 5, 3, 6], transposed.Image(0));
        var colours = Tensor.From([1, 2, 3, 4, 5, 6, 7, 8], 1, 2, 2, 2);
        Assert.Equal([1, 2, 5, 6, 3, 4, 7, 8], new Dataset(colours).Transpose().Image(0));
        Assert.Throws<ShapeException>(() => new Dataset(new Tensor(2, 4)).Transpose());
    }

    [Fact]
    public void A_view_can_be_transposed()
    {
        var view = whole.Subset([4, 2]).Transpose();
        Assert.Equal((byte[])[5, 4], view.Labels.ToArray());
        Assert.Equal([whole.Image(2)[0], whole.Image(2)[2], whole.Image(2)[1], whole.Image(2)[3]], view.Image(1));
    }
}
