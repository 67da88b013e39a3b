namespace DeepDigits.Jupyter.Tests;

public sealed class ErrorTests
{
    [Fact]
    public async Task ACompileErrorShowsItsPlaceAndTheLineUnderlined()
    {
        await using SessionFixture notebook = new();
        CellResult result = await notebook.Run("var a = 1;\n  var b = missing + a;", "Cell 7");
        Assert.Equal(CellStatus.Error, result.Status);
        Assert.Equal("CompilationError", result.Error!.Name);
        Assert.Equal((2, 11), (result.Error.Line, result.Error.Column));
        string[] lines = [.. result.Error.Traceback.Select(Plain)];
        Assert.Equal("Cell 7, line 2, column 11: error CS0103: The name 'missing' does not exist in the current context", lines[0]);
        Assert.Equal("    2 |   var b = missing + a;", lines[1]);
        Assert.Equal("      |           ^^^^^^^", lines[2]);
        Assert.Equal(CellStatus.Error, (await notebook.Run("a")).Status);
    }

    [Fact]
    public async Task AStackTraceNamesCellsAndLeavesTheRuntimeOut()
    {
        await using SessionFixture notebook = new();
        await notebook.Run("int Inner(int n)\n{\n    return new[] { 1 }.Select(x => x / n).First();\n}", "Cell 1");
        CellResult result = await notebook.Run("var a = 0;\nasync Task<int> Outer()\n{\n    await Task.Yield();\n    return Inner(a);\n}\nawait Outer()", "Cell 2");
        Assert.Equal("System.DivideByZeroException", result.Error!.Name);
        string[] lines = [.. result.Error.Traceback.Select(Plain)];
        Assert.Contains("   at Inner(Int32) in Cell 1, line 3", lines);
        Assert.Contains("   at Outer() in Cell 2, line 5", lines);
        Assert.Contains("   at Cell 2, line 7", lines);
        Assert.DoesNotContain(lines, line => line.Contains("System.Linq") || line.Contains("DeepDigits") || line.Contains("Initialize"));
        Assert.Contains(lines, line => line.Contains("x / n"));
    }

    [Fact]
    public async Task CausesAreShownAndWrappersTakenOff()
    {
        await using SessionFixture notebook = new();
        CellResult result = await notebook.Run(
            "Task.Run(() => { try { throw new ArgumentException(\"cause\"); } catch (Exception e) { throw new InvalidOperationException(\"outer\", e); } }).Wait();");
        Assert.Equal("System.InvalidOperationException", result.Error!.Name);
        Assert.Contains(result.Error.Traceback, line => Plain(line).StartsWith("caused by System.ArgumentException: cause", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ALoadedFileIsNamedInErrors()
    {
        await using SessionFixture notebook = new();
        File.WriteAllText(Path.Combine(notebook.Folder, "broken.csx"), "int fine = 1;\nint broken = nothing;");
        CellResult result = await notebook.Run("#load \"broken.csx\"");
        Assert.Contains("broken.csx, line 2", Plain(result.Error!.Traceback[0]));
    }

    static string Plain(string line) => System.Text.RegularExpressions.Regex.Replace(line, "\u001b\\[[0-9;]*m", "");
}
