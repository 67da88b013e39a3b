using DeepDigits.Cli;

namespace DeepDigits.Tests.Experiments_;

public sealed class TrialResultTests
{
    /// <summary>With 19,800 images held out, two standard errors of the difference of 0.9893 and 0.9871 are 0.00218.</summary>
    [Theory]
    [InlineData(0.9893, 0.9893, "agrees")]
    [InlineData(0.9893, 0.9872, "agrees")]
    [InlineData(0.9893, 0.9868, "lower")]
    [InlineData(0.9660, 0.9850, "higher")]
    [InlineData(0.0998, 0.1124, "both at chance")]
    [InlineData(0.1088, 0.1124, "agrees")]
    [InlineData(0.0998, 0.9700, "higher")]
    public void TheVerdictComparesTwoRunsOnSoManyImages(double reported, double ours, string verdict) => Assert.Equal(verdict, Result(reported, ours, null).Verdict);

    [Fact]
    public void TheMarginIsItsFormula()
    {
        Assert.Equal(2 * Math.Sqrt((0.9 * 0.1 + 0.8 * 0.2) / 19_800), Result(0.9, 0.8, null).ValidationMargin!.Value, 1e-12);
        Assert.Equal("lower", Result(0.985, 0.981, null).Verdict);
        Assert.Equal("agrees", Result(0.985, 0.981, readingError: 0.005).Verdict);
        Assert.Null(new TrialResult("x", 0.9, 0.9, 0.9, 1).Verdict);
    }

    [Fact]
    public void AGridBecomesATableOfRowsAndColumns()
    {
        var table = StudyTable.Of(Study(
            Result(0.9893, 0.9890, null) with { Row = "0.001", Column = "64" }, Result(0.9836, 0.9890, null) with { Row = "0.001", Column = "256" },
            Result(0.0998, 0.1124, null) with { Row = "0.03", Column = "64" }, Result(0.1088, 0.1124, null) with { Row = "0.03", Column = "256" }) with
        { Rows = "learning rate", Columns = "batch" });
        Assert.Equal(["learning rate", "batch 64", "batch 256"], table.Columns);
        Assert.Equal([["0.001", "98.93 %, 98.90 %: agrees", "98.36 %, 98.90 %: higher"], ["0.03", "9.98 %, 11.24 %: both at chance", "10.88 %, 11.24 %: agrees"]], table.Rows);
        Assert.Contains("19,800 images", table.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void RunsFromSeveralSeedsBecomeARowWithItsMean()
    {
        var table = StudyTable.Of(Study(
            Result(null, 0.99, null) with { Row = "a", Column = "1" }, Result(null, 0.98, null) with { Row = "b", Column = "1" },
            Result(null, 0.992, null) with { Row = "a", Column = "2" }, Result(null, 0.984, null) with { Row = "b", Column = "2" }) with
        { Rows = "setting", Columns = "seed" });
        Assert.Equal(["setting", "seed 1", "seed 2", "mean"], table.Columns);
        Assert.Equal([["a", "99.00 %", "99.20 %", "99.10 %"], ["b", "98.00 %", "98.40 %", "98.20 %"]], table.Rows);
    }

    [Fact]
    public void OtherStudiesBecomeLists()
    {
        var table = StudyTable.Of(Study(Result(0.985, 0.984, 0.001)));
        Assert.Equal(["x", "98.50 %", "98.40 %", "agrees", "-", "-", "-", "99.00 %"], table.Rows[0]);
        table = StudyTable.Of(Study(Result(null, 0.98, null), Result(null, 0.99, null)) with { Folds = 2 });
        Assert.Equal(["x", "98.00 %", "99.00 %"], table.Rows[0]);
        Assert.StartsWith("Mean of the validation 98.50 %, spread 0.71 %", table.Note, StringComparison.Ordinal);
        table = StudyTable.Of(Study(new TrialResult("x", 0.9, 0.8, null, 1)));
        Assert.Equal(["x", "90.00 %", "80.00 %"], table.Rows[0]);
    }

    static TrialResult Result(double? reported, double ours, double? readingError) => new("x", null, 0.99, ours, 1)
    {
        ReportedValidationAccuracy = reported,
        ValidationCount = 19_800,
        ChanceAccuracy = 0.1124,
        ReadingError = readingError,
    };

    static StudyResult Study(params TrialResult[] trials) => new() { Name = "x", Title = "X", Protocol = "", Varied = "x", Seed = 1, Trials = trials };
}
