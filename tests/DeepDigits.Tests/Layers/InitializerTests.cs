namespace DeepDigits.Tests;

public sealed class InitializerTests
{
    const int FanIn = 400, FanOut = 100;

    public static TheoryData<string, double, double> Spreads => new()
    {
        // The variance, and the largest number that can occur.
        { "he normal", 2.0 / FanIn, double.PositiveInfinity },
        { "he uniform", 2.0 / FanIn, Math.Sqrt(6.0 / FanIn) },
        { "glorot normal", 2.0 / (FanIn + FanOut), double.PositiveInfinity },
        { "glorot uniform", 2.0 / (FanIn + FanOut), Math.Sqrt(6.0 / (FanIn + FanOut)) },
        { "normal 0.25", 0.0625, double.PositiveInfinity },
    };

    [Theory]
    [MemberData(nameof(Spreads))]
    public void Mean_and_variance_are_as_published(string name, double variance, double limit)
    {
        var weights = new Tensor(FanIn, FanOut);
        Initializer.Named(name).Fill(weights, FanIn, FanOut, new SeededRandom(1));
        double sum = 0, squares = 0, largest = 0;
        foreach (var weight in weights.Values)
            (sum, squares, largest) = (sum + weight, squares + (double)weight * weight, Math.Max(largest, Math.Abs(weight)));
        // 40,000 draws: standard errors are 0.5 % of the standard deviation for the mean and 0.7 % for the variance.
        Assert.Equal(0, sum / weights.Length, 0.02 * Math.Sqrt(variance));
        Assert.InRange(squares / weights.Length / variance, 0.97, 1.03);
        Assert.InRange(largest, 0, limit * 1.000001);
        if (double.IsFinite(limit))
            Assert.InRange(largest, 0.99 * limit, limit * 1.000001);
        else
            Assert.InRange(largest, 3.5 * Math.Sqrt(variance), 6 * Math.Sqrt(variance)); // not truncated
    }

    [Fact]
    public void Names_lead_back()
    {
        foreach (var initializer in new[]
        {
            Initializer.HeNormal, Initializer.HeUniform, Initializer.GlorotNormal, Initializer.GlorotUniform, Initializer.Normal(1.5e-7f),
        })
        {
            Assert.Equal(initializer.Name, Initializer.Named(initializer.Name).Name);
        }
    }

    [Fact]
    public void The_same_stream_draws_the_same_weights()
    {
        var (a, b) = (new Tensor(50), new Tensor(50));
        Initializer.HeNormal.Fill(a, 50, 1, new SeededRandom(9));
        Initializer.HeNormal.Fill(b, 50, 1, new SeededRandom(9));
        Assert.Equal(a.Values.ToArray(), b.Values.ToArray());
    }

    [Fact]
    public void Unknown_names_and_spreads_are_refused()
    {
        foreach (var name in new[] { "", "he", "normal", "normal x", "normal -1", "normal NaN" })
            Assert.Contains("he normal", Assert.Throws<ArgumentException>(() => Initializer.Named(name)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Normal(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Normal(float.NaN));
    }
}
