namespace DeepDigits.Notebooks.Tests;

public sealed class NotebookRulesTests
{
    const string Good = """
        {"cells": [
          {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Title\n", "[next](02-mlp-from-scratch.ipynb), [data](../data/mnist/README.md#origin), [paper](https://example.org/x)"]},
          {"cell_type": "code", "id": "b", "execution_count": 1, "metadata": {"dotnet_interactive": {"language": "csharp"}, "polyglot_notebook": {"kernelName": "csharp"}, "tags": ["parameters"]},
           "outputs": [], "source": "var quick = false; // shorter"},
          {"cell_type": "code", "id": "c", "execution_count": 2, "metadata": {"dotnet_interactive": {"language": "csharp"}, "polyglot_notebook": {"kernelName": "csharp"}},
           "outputs": [{"output_type": "execute_result", "execution_count": 2, "metadata": {}, "data": {"text/plain": "2", "text/html": ["<b>2</b>"]}},
                       {"output_type": "stream", "name": "stdout", "text": "three sevens\n"}], "source": "#!time\n#r \"nuget: DeepDigits, 1.0.0\"\n1 + 1"}],
         "metadata": {"kernelspec": {"name": ".net-csharp", "display_name": ".NET (C#)", "language": "C#"}, "language_info": {"name": "C#"}}, "nbformat": 4, "nbformat_minor": 5}
        """;

    static readonly string folder = Path.Combine(Clone.Root, "notebooks");

    /// <summary>All notebooks of the project; there may be none yet.</summary>
    [Fact]
    public void Every_notebook_keeps_the_rules()
    {
        List<string> faults = [];
        foreach (string path in new[] { folder, Path.Combine(folder, "solutions") }.Where(Directory.Exists).SelectMany(each => Directory.GetFiles(each, "*.ipynb").Order(StringComparer.Ordinal)))
            faults.AddRange(NotebookRules.Faults(path, File.ReadAllText(path)).Select(fault => $"{Path.GetRelativePath(Clone.Root, path)}: {fault}"));
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void A_good_notebook_has_no_fault() => Assert.Empty(NotebookRules.Faults(Path.Combine(folder, "x.ipynb"), Good));

    [Theory]
    [InlineData("\"nbformat_minor\": 5", "\"nbformat_minor\": 4", "nbformat 4.5")]
    [InlineData("\"id\": \"c\"", "\"id\": \"b\"", "there twice")]
    [InlineData("\"id\": \"c\"", "\"id\": \"c d\"", "malformed")]
    [InlineData("\"id\": \"a\", ", "\"id\": \"a\", \"outputs\": [], ", "knows no 'outputs'")]
    [InlineData("\"name\": \"stdout\"", "\"name\": \"stdout\", \"extra\": 1", "knows no 'extra'")]
    [InlineData("\"text/plain\": \"2\"", "\"text/plain\": 2", "text/plain is not a text")]
    [InlineData("\"name\": \".net-csharp\"", "\"name\": \"python3\"", "another kernel")]
    [InlineData("{\"kernelName\": \"csharp\"}, \"tags\"", "{}, \"tags\"", "do not say C#")]
    [InlineData("quick = false", "quick = true", "tagged 'parameters'")]
    [InlineData("\"execution_count\": 2, \"metadata\": {\"dot", "\"execution_count\": null, \"metadata\": {\"dot", "not run")]
    [InlineData("\\n1 + 1", "\\ndisplay(1)", "display(")]
    [InlineData("\\n1 + 1", "\\nHTML(\\\"x\\\")", "HTML(")]
    [InlineData("\\n1 + 1", "\\nx.Display(\\\"text/html\\\");", "no arguments")]
    [InlineData("\\n1 + 1", "\\n\\\"x\\\".DisplayAs(\\\"text/html\\\");", "no DisplayAs")]
    [InlineData("\\n1 + 1", "\\nConsole.Error.WriteLine(1);", "error stream")]
    [InlineData("\\n1 + 1", "\\nConsole.Write(\\\"\\\\r1\\\");", "overwrite themselves")]
    [InlineData("\\n1 + 1", "\\nstatic int Twice(this int x) => 2 * x;", "extension method")]
    [InlineData("\\n1 + 1", "\\n#r \\\"a.dll\\\"", "only #r")]
    [InlineData("\\n1 + 1", "\\n#load \\\"a.csx\\\"", "only #r")]
    [InlineData("\\n1 + 1", "\\n#!who", "magic commands")]
    [InlineData("three sevens", "took 1.25 s", "differs from run to run")]
    [InlineData("three sevens", "saved to /home/someone/model", "path of the machine")]
    [InlineData("three sevens", "saved to C:\\\\Users", "path of the machine")]
    [InlineData("three sevens", "(1,5): warning CS0168: unused", "a warning")]
    [InlineData("\"stdout\"", "\"stderr\"", "written to the error stream")]
    [InlineData("<b>2</b>", "<script>require.config({})</script>", "RequireJS")]
    [InlineData("README.md#origin", "NOTHING.md", "leads nowhere")]
    [InlineData("(02-mlp", "(07-mlp", "leads nowhere")]
    public void What_breaks_a_rule_is_named(string good, string bad, string fault)
    {
        Assert.Contains(good, Good);
        Assert.Contains(NotebookRules.Faults(Path.Combine(folder, "x.ipynb"), Good.Replace(good, bad)), found => found.Contains(fault));
    }

    [Fact]
    public void An_error_and_too_much_are_faults()
    {
        string error = Good.Replace("{\"output_type\": \"stream\", \"name\": \"stdout\", \"text\": \"three sevens\\n\"}", """{"output_type": "error", "ename": "E", "evalue": "v", "traceback": []}""");
        Assert.Contains(NotebookRules.Faults(Path.Combine(folder, "x.ipynb"), error), fault => fault.Contains("put out an error"));
        Assert.Contains(NotebookRules.Faults(Path.Combine(folder, "x.ipynb"), Good.Replace("<b>2</b>", new string('x', 150_001))), fault => fault.Contains("are the most"));
        Assert.Contains(NotebookRules.Faults(Path.Combine(folder, "x.ipynb"), Good.Replace("# Title", new string('x', 2_500_000))), fault => fault.Contains("more than"));
    }
}
