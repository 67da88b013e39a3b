namespace DeepDigits.Tests;

public sealed class DropoutTests
{
    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    public void Drops_the_share_that_was_asked_for_and_keeps_the_mean(float probability)
    {
        const int count = 200_000;
        var output = Apply(Layer(probability, count), Pass.Training(seed: 3, step: 5), count);
        var dropped = output.Count(value => value == 0) / (double)count;
        Assert.InRange(dropped, probability - 0.005, probability + 0.005); // at least 4 standard errors of a binomial share
        Assert.InRange(output.Average(), 0.98, 1.02);
    }

    [Fact]
    public void Does_nothing_in_use()
    {
        var layer = Layer(0.5f, 100);
        Assert.All(Apply(layer, Pass.Inference, 100), value => Assert.Equal(1, value));
        Assert.All(layer.Backward(Ones(100)).Values.ToArray(), value => Assert.Equal(1, value));
    }

    [Fact]
    public void The_mask_depends_on_the_seed_the_step_and_the_position_only()
    {
        const int count = 1003; // not a multiple of four: the random words come in fours
        var first = Apply(Layer(0.5f, count), Pass.Training(1, 7), count);
        Assert.Equal(first, Apply(Layer(0.5f, count), Pass.Training(1, 7), count));
        Assert.NotEqual(first, Apply(Layer(0.5f, count), Pass.Training(2, 7), count));
        Assert.NotEqual(first, Apply(Layer(0.5f, count), Pass.Training(1, 8), count));
        var other = Layer(0.5f, count);
        other.Position = 1;
        Assert.NotEqual(first, Apply(other, Pass.Training(1, 7), count));
    }

    [Fact]
    public void Masks_of_different_steps_agree_no_more_often_than_chance()
    {
        const int count = 100_000;
        var layer = Layer(0.5f, count);
        var first = Apply(layer, Pass.Training(1, 0), count);
        for (var step = 1; step < 5; step++)
        {
            var other = Apply(layer, Pass.Training(1, step), count);
            Assert.InRange(first.Zip(other).Count(pair => pair.First == pair.Second) / (double)count, 0.49, 0.51);
        }
    }

    [Fact]
    public void The_gradient_falls_through_the_same_mask()
    {
        const int count = 9001; // more than one thread's share
        var layer = Layer(0.3f, count);
        var forward = Apply(layer, Pass.Training(1, 2), count);
        Assert.Equal(forward, layer.Backward(Ones(count)).Values.ToArray());
    }

    [Fact]
    public void Other_probabilities_are_refused()
    {
        foreach (var probability in new[] { -0.1f, 1f, float.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(probability));
    }

    static Dropout Layer(float probability, int count)
    {
        var layer = new Dropout(probability);
        layer.Build([count], new SeededRandom(1));
        return layer;
    }

    static float[] Apply(Dropout layer, Pass pass, int count) => layer.Forward(Ones(count), pass).Values.ToArray();

    static Tensor Ones(int count)
    {
        var ones = new Tensor(1, count);
        ones.Values.Fill(1);
        return ones;
    }
}
