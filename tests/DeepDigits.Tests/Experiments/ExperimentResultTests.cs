namespace DeepDigits.Tests.Experiments_;

public sealed class ExperimentResultTests
{
    /// <summary>Two-sided 95 % quantiles from tables.</summary>
    [Theory]
    [InlineData(1, 12.7062)]
    [InlineData(2, 4.3027)]
    [InlineData(4, 2.7764)]
    [InlineData(5, 2.5706)]
    [InlineData(9, 2.2622)]
    [InlineData(30, 2.0423)]
    [InlineData(120, 1.9799)]
    public void StudentsQuantilesAgreeWithTheTables(int degrees, double quantile) => Assert.Equal(quantile, StudentT.TwoSided95(degrees), 4e-4);

    [Fact]
    public void MeanSpreadAndMarginAreTheirFormulas()
    {
        var result = Result(0.98, 0.980, 0.982, 0.984, 0.978, 0.981);
        Assert.Equal(0.981, result.Mean, 1e-12);
        Assert.Equal(0.0022360680, result.StandardDeviation!.Value, 1e-9);
        Assert.Equal(0.978, result.Minimum);
        Assert.Equal(2.776445 * 0.0022360680 * Math.Sqrt(1.2), result.Margin, 1e-8);
    }

    [Theory]
    [InlineData(0.9805, "reproduced")] // below the mean
    [InlineData(0.9870, "reproduced")] // within the interval: 0.981 + 0.0068
    [InlineData(0.9880, "not reproduced")]
    public void TheVerdictOfSeveralRunsUsesThePredictionInterval(double reported, string verdict) =>
        Assert.Equal(verdict, Result(reported, 0.980, 0.982, 0.984, 0.978, 0.981).Verdict);

    [Theory]
    [InlineData(0.97, "reproduced (single run)")]
    [InlineData(0.9825, "reproduced (single run)")] // 0.98 + 2 * 0.0014
    [InlineData(0.9829, "not reproduced (single run)")]
    public void TheVerdictOfASingleRunUsesBinomialErrorsAndSaysSo(double reported, string verdict) => Assert.Equal(verdict, Result(reported, 0.98).Verdict);

    [Fact]
    public void WithoutAReportedFigureThereIsNothingToReproduce() => Assert.Equal("ours", Result(null, 0.9, 0.91).Verdict);

    static ExperimentResult Result(double? reported, params double[] accuracies) =>
        new("mlp", reported, [.. accuracies.Select((accuracy, i) => new RunResult(i + 1, 1, accuracy, 1, 10_000))]);
}
