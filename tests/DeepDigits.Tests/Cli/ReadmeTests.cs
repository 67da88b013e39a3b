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
    public void ThePicturesAreThoseOfTheNotebooks()
    {
        var readme = File.ReadAllText(Path.Combine(ResultsFolder.Repository!, "README.md"));
        foreach (var (file, svg) in ReadmePictures.Draw(ResultsFolder.Repository!))
        {
            Assert.Contains($"({file.Replace('\\', '/')})", readme);
            Assert.True(File.ReadAllText(Path.Combine(ResultsFolder.Repository!, file)).ReplaceLineEndings("\n") == svg, $"{file} is not what the notebook shows. Bring it up to date with: "
                + "dotnet run -c Release --project lib/DeepDigits.Cli -- results --write-readme");
        }
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
