using DeepDigits.Cli;

namespace DeepDigits.Tests.Cli;

/// <summary>What all commands have in common: help, exit codes, plain words.</summary>
public class CommandLineTests
{
    static readonly string[] commands = ["reproduce", "sweep", "results", "train", "evaluate", "predict", "data", "info"];

    public static TheoryData<string> EveryCommand => [.. commands, "data verify", "data download", "data to-csv"];

    [Fact]
    public void HelpListsTheCommands()
    {
        var help = Shell.Run("--help").Expect(ExitCode.Success);
        Assert.All(commands, command => Assert.Contains($"\n  {command}", help.Output, StringComparison.Ordinal));
        Assert.Equal(help.Output, Shell.Run().Expect(ExitCode.Success).Output);
    }

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public void EveryCommandHasHelpWithExamples(string command)
    {
        var help = Shell.Run([.. command.Split(' '), "--help"]).Expect(ExitCode.Success);
        Assert.Contains("Examples:", help.Output, StringComparison.Ordinal);
        Assert.Contains($"    deepdigits {command}", help.Output, StringComparison.Ordinal);
        Assert.Empty(help.Error);
    }

    [Fact]
    public void VersionIsThatOfTheLibrary() =>
        Assert.StartsWith("1.0.0", Shell.Run("--version").Expect(ExitCode.Success).Output, StringComparison.Ordinal);

    [Fact]
    public void AMistypedCommandIsWrongUsageAndGetsASuggestion()
    {
        var outcome = Shell.Run("trian").Expect(ExitCode.WrongUsage);
        Assert.Contains("train", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("deepdigits --help", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Theory]
    [InlineData("--epochs", "ten", "whole number")]
    [InlineData("--learning-rate", "fast", "a number")]
    [InlineData("--epochs", "0", "at least 1")]
    [InlineData("--loss", "hinge", "softmax")]
    public void AWrongValueIsExplainedInPlainWords(string option, string value, string explanation)
    {
        var outcome = Shell.Run("train", option, value).Expect(ExitCode.WrongUsage);
        Assert.Contains(explanation, outcome.Error, StringComparison.Ordinal);
        Assert.Contains(option, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("deepdigits train --help", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingFolderIsAFailureWithoutAStackTrace()
    {
        using var folder = new TemporaryFolder();
        var outcome = Shell.Run("data", "verify", "--data", folder["nothing"]).Expect(ExitCode.Failure);
        Assert.Contains(folder["nothing"], outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void InfoSaysWhatTheMachineOffers()
    {
        var json = Shell.Run("info", "--no-measurement", "--threads", "1", "--json").Expect(ExitCode.Success).Json;
        Assert.Equal(1, json["threads"]!.GetValue<int>());
        Assert.Equal(Environment.ProcessorCount, json["logical_processors"]!.GetValue<int>());
        Assert.Contains(json["vector_bits"]!.GetValue<int>(), (int[])[128, 256, 512]);
        Assert.Contains("vectors", Shell.Run("info", "--no-measurement").Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void InfoMeasuresTheSpeed() =>
        Assert.True(Shell.Run("info", "--json").Expect(ExitCode.Success).Json["matrix_multiplication_gflops"]!.GetValue<double>() > 0);
}
