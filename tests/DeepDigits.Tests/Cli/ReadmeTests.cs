using DeepDigits.Cli;

namespace DeepDigits.Tests.Cli;

/// <summary>What the README says is what was measured.</summary>
public class ReadmeTests
{
    [Fact]
    public void TheTablesAreThoseOfTheStoredResults()
    {
        var top = ResultsFolder.Repository;
        Assert.True(top is not null, "The tests do not run in a clone of DeepDigits.");
        var readme = File.ReadAllText(Path.Combine(top, "README.md")).ReplaceLineEndings("\n");
        var fresh = ReadmeResults.Replace(readme, ReadmeResults.Markdown(ResultsFolder.Default));
        Assert.True(readme == fresh, "README.md and data/results differ. Bring it up to date with: "
            + "dotnet run -c Release --project lib/DeepDigits.Cli -- results --write-readme");
    }

    [Fact]
    public void TablesAreReplacedBetweenTheMarkersOnly() =>
        Assert.Equal("a\n<!-- results -->\n| new |\n<!-- /results -->\nb",
            ReadmeResults.Replace("a\n<!-- results -->\n| old |\n<!-- /results -->\nb", "| new |\n"));

    [Theory]
    [InlineData("no markers")]
    [InlineData("<!-- /results --><!-- results -->")]
    [InlineData("<!-- results --><!-- results --><!-- /results -->")]
    public void AReadmeWithoutTheMarkersIsRefused(string readme) =>
        Assert.Throws<InvalidDataException>(() => ReadmeResults.Replace(readme, ""));
}
