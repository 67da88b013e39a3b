using DeepDigits.Cli;

namespace DeepDigits.Tests.Cli;

public class DataCommandTests
{
    [Fact]
    public void TheBuiltInFilesAreThePublishedOnes()
    {
        var outcome = Shell.Run("data", "verify").Expect(ExitCode.Success);
        Assert.Equal(4, outcome.Output.Split("ok  ").Length - 1);
        Assert.Empty(outcome.Error);
    }

    [Fact]
    public void VerifyNamesADamagedFile()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(Mnist.Folder, "*.gz"))
            File.Copy(file, folder[Path.GetFileName(file)]);
        var labels = folder["t10k-labels-idx1-ubyte.gz"];
        File.WriteAllBytes(labels, File.ReadAllBytes(labels)[..^100]);

        var outcome = Shell.Run("data", "verify", "--data", folder.Path).Expect(ExitCode.Failure);
        Assert.Contains($"damaged  {labels}", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(3, outcome.Output.Split("ok  ").Length - 1);

        var json = Shell.Run("data", "verify", "--data", folder.Path, "--json").Expect(ExitCode.Failure).Json.AsArray();
        Assert.Equal([true, true, true, false], json.Select(file => file!["is_published"]!.GetValue<bool>()));
    }

    [Fact]
    public void NothingIsDownloadedThatIsThere()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(Mnist.Folder, "*.gz"))
            File.Copy(file, folder[Path.GetFileName(file)]);
        Assert.Contains("the published ones", Shell.Run("data", "download", "--to", folder.Path).Expect(ExitCode.Success).Output, StringComparison.Ordinal);

        File.WriteAllText(folder["t10k-labels-idx1-ubyte.gz"], "mine");
        Assert.Contains("t10k-labels-idx1-ubyte.gz", Shell.Run("data", "download", "--to", folder.Path).Expect(ExitCode.Failure).Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(folder["t10k-labels-idx1-ubyte.gz"]));
    }

    [Fact]
    public void CsvHasTheSamePixelsAndIsNotOverwrittenUnasked()
    {
        using var folder = new TemporaryFolder();
        var data = TinyDigits.Write(folder);
        string[] convert = ["data", "to-csv", "--data", data, "--to", folder["csv"]];
        Shell.Run(convert).Expect(ExitCode.Success);
        var (train, test) = Mnist.Load(data);
        foreach (var (name, expected) in ((string, Dataset)[])[("mnist_train.csv", train), ("mnist_test.csv", test)])
        {
            var read = KaggleCsv.Read(Path.Combine(folder["csv"], name));
            Assert.True(expected.Images.Values.SequenceEqual(read.Images.Values));
            Assert.True(expected.Labels.SequenceEqual(read.Labels));
        }
        Assert.Contains("--overwrite", Shell.Run(convert).Expect(ExitCode.WrongUsage).Error, StringComparison.Ordinal);
        Shell.Run([.. convert, "--overwrite", "--no-header"]).Expect(ExitCode.Success);
        Assert.True(char.IsDigit((char)File.ReadAllBytes(Path.Combine(folder["csv"], "mnist_test.csv"))[0]));
    }
}
