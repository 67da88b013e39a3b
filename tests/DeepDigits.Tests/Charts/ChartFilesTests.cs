namespace DeepDigits.Tests.Charts;

/// <summary>Writes the example charts as files: for clients/run.sh, and for whoever wants pictures.</summary>
public sealed class ChartFilesTests
{
    /// <summary>The folder to write to; without it, a temporary one.</summary>
    const string Variable = "DEEPDIGITS_CHARTS";

    [Fact]
    public void EveryChartIsWrittenInEveryForm()
    {
        using var temporary = new TemporaryFolder();
        var folder = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen ? chosen : temporary.Path;
        foreach (var (name, make) in ExampleCharts.All)
        {
            var chart = make();
            var path = Path.Combine(folder, name);
            chart.SaveSvg(path + ".svg");
            chart.SaveHtml(path + ".still.html");
            File.WriteAllText(path + ".live.html", chart.ToHtml());
            File.WriteAllText(path + ".json", chart.ToJson());
            foreach (var form in (string[])[".svg", ".still.html", ".live.html", ".json"])
                Assert.InRange(new FileInfo(path + form).Length, 300, Chart.MostBytes);
        }
    }
}
