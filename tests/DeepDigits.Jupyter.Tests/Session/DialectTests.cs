namespace DeepDigits.Jupyter.Tests;

public sealed class DialectTests
{
    [Fact]
    public async Task OtherLanguagesAreShown()
    {
        await using SessionFixture notebook = new();
        (CellResult result, RecordedOutput output) = await notebook.Record(
            "var a = 1;\n#!html\n<b>bold</b>\n#!markdown\n# Title\n#!javascript\nalert(1)\n#!mermaid\ngraph TD\n#!csharp\na + 1");
        Assert.Equal("2", result.Value?.Text("text/plain"));
        Assert.Equal("<b>bold</b>", output.Displays[0].Bundle.Text("text/html"));
        Assert.Equal("# Title", output.Displays[1].Bundle.Text("text/markdown"));
        Assert.Contains("alert(1)", output.Displays[2].Bundle.Text("text/html"));
        Assert.Equal("graph TD", output.Displays[3].Bundle.Text("text/vnd.mermaid"));
    }

    [Fact]
    public async Task WhatStandsInAStringOrACommentIsNoCommand()
    {
        await using SessionFixture notebook = new();
        Assert.Equal("\n#!html\n#r \"nuget: Nothing\"\n", await notebook.Value("var text = @\"\n#!html\n#r \"\"nuget: Nothing\"\"\n\";\n/*\n#!nothing\n*/\ntext.Replace(\"\\r\", \"\")"));
    }

    [Fact]
    public async Task TimeMeasuresAndTheCellKeepsItsValueAndLines()
    {
        await using SessionFixture notebook = new();
        (CellResult result, RecordedOutput output) = await notebook.Record("#!time\n40 + 2");
        Assert.Equal("42", result.Value?.Text("text/plain"));
        Assert.Matches("^Wall time: [0-9.]+ ms$", output.Displays.Single().Bundle.Text("text/plain"));
        CellResult failed = await notebook.Run("#!time\nvar x = 1;\nthrow new Exception(\"here\");");
        Assert.Equal(3, failed.Error!.Line);
    }

    [Fact]
    public async Task VariablesCommandsAndVersionsAreListed()
    {
        await using SessionFixture notebook = new();
        await notebook.Value("var zebra = 1;\nvar apple = new List<int> { 1, 2 };\nint Method() => 1;");
        await notebook.Value("var zebra = \"again\";");
        Assert.Equal("apple  zebra", (await notebook.Record("#!who")).Output.Displays.Single().Bundle.Text("text/plain"));
        string? table = (await notebook.Record("#!whos")).Output.Displays.Single().Bundle.Text("text/plain");
        Assert.Contains("List<int>", table);
        Assert.Contains("[1, 2]", table);
        Assert.Contains("again", table);
        Assert.Contains("#!whos", (await notebook.Record("#!lsmagic")).Output.Displays.Single().Bundle.Text("text/plain"));
        Assert.Contains(".NET", (await notebook.Record("#!about")).Output.Displays.Single().Bundle.Text("text/plain"));
    }

    [Fact]
    public async Task ImportRunsNotebooksAndSources()
    {
        await using SessionFixture notebook = new();
        File.WriteAllText(Path.Combine(notebook.Folder, "other.ipynb"), """
            {"cells": [
              {"cell_type": "markdown", "source": ["# no code"]},
              {"cell_type": "code", "metadata": {}, "source": ["var a = 1;\n", "var b = 2;"]},
              {"cell_type": "code", "metadata": {"dotnet_interactive": {"language": "fsharp"}}, "source": "let c = 3"},
              {"cell_type": "code", "metadata": {"polyglot_notebook": {"kernelName": "csharp"}}, "source": "Console.WriteLine(a + b);"}
            ]}
            """);
        File.WriteAllText(Path.Combine(notebook.Folder, "code.cs"), "int FromCode() => a;");
        (CellResult result, RecordedOutput output) = await notebook.Record("#!import other.ipynb\n#!import code.cs\nFromCode() + b");
        Assert.Equal("3", result.Value?.Text("text/plain"));
        Assert.Equal("3\n", output.Stdout);
        CellResult missing = await notebook.Run("1 + 1\n#!import nothing.ipynb");
        Assert.Equal(2, missing.Error!.Line);
        Assert.Contains("nothing.ipynb", missing.Error.Message);
    }

    [Theory]
    [InlineData("#!fsharp\nlet x = 1", 1)]
    [InlineData("1 + 1;\n#r nuget: Missing.Quotes", 2)]
    [InlineData("#r \"nuget: not a package id, 1.0\"", 1)]
    [InlineData("#r \"nuget: Some.Package, one;two\"", 1)]
    public async Task WhatCannotBeUnderstoodIsSaidWithItsLine(string code, int line)
    {
        await using SessionFixture notebook = new();
        CellResult result = await notebook.Run(code, "Cell 9");
        Assert.Equal(CellStatus.Error, result.Status);
        Assert.Equal("DirectiveError", result.Error!.Name);
        Assert.Equal(line, result.Error.Line);
        Assert.Contains("Cell 9", result.Error.Traceback[0]);
    }
}
