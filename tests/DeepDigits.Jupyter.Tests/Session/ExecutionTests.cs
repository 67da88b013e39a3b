namespace DeepDigits.Jupyter.Tests;

public sealed class ExecutionTests
{
    /// <summary>Far less than the cells would take, far more than an interrupt takes on a busy machine; the kernel's own two seconds are measured in Clients/protocol.py.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task CellsShareVariablesTypesMethodsAndUsings()
    {
        await using SessionFixture notebook = new();
        Assert.Null(await notebook.Value("using System.IO;\nvar x = 20;\nrecord Point(int X, int Y);\nint Twice(int n) => 2 * n;"));
        Assert.Equal("42", await notebook.Value("x + 22"));
        Assert.Equal("Point { X = 1, Y = 2 }", await notebook.Value("new Point(1, 2).ToString()"));
        Assert.Equal("40", await notebook.Value("Twice(x)"));
        Assert.Equal("a.txt", await notebook.Value("Path.GetFileName(\"b/a.txt\")"));
        Assert.Equal("{ A = 1, B = b }", await notebook.Value("var anonymous = new { A = 1, B = \"b\" };\nanonymous.ToString()"));
        Assert.Equal("2", await notebook.Value("anonymous.A + 1"));
        Assert.Equal("hi", await notebook.Value("string x = \"hi\";\nx"));
    }

    [Fact]
    public async Task TopLevelAwaitAndGenericCodeRun()
    {
        await using SessionFixture notebook = new();
        Assert.Equal("3", await notebook.Value("await Task.Delay(10);\nawait Task.FromResult(3)"));
        Assert.Equal("7", await notebook.Value("async Task<int> Seven() { await Task.Yield(); return 7; }\nSeven().Result"));
        Assert.Equal("6", await notebook.Value("new[] { 1, 2, 3 }.Sum()"));
        Assert.Equal("<null>", await notebook.Value("(string)null"));
        Assert.Null(await notebook.Value("Console.Write(\"\")"));
        Assert.Null(await notebook.Value("await Task.CompletedTask"));
        Assert.Null(await notebook.Value(""));
    }

    [Fact]
    public async Task ExtensionMethodsOfACellCanBeCalledInTheNext()
    {
        await using SessionFixture notebook = new();
        await notebook.Value("static int Tripled(this int n) => 3 * n;");
        Assert.Equal("12", await notebook.Value("4.Tripled()"));
    }

    [Fact]
    public async Task AnExceptionKeepsWhatTheCellDidBeforeIt()
    {
        await using SessionFixture notebook = new();
        CellResult result = await notebook.Run("var kept = 5;\nthrow new InvalidOperationException(\"no\");");
        Assert.Equal(CellStatus.Error, result.Status);
        Assert.Equal("System.InvalidOperationException", result.Error!.Name);
        Assert.Equal("no", result.Error.Message);
        Assert.Equal(2, result.Error.Line);
        Assert.Equal("5", await notebook.Value("kept"));
    }

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("Thread.Sleep(100_000);")]
    [InlineData("await Task.Delay(100_000);")]
    [InlineData("while (true) await Task.Delay(5);")]
    [InlineData("await Task.Yield(); while (true) { }")]
    [InlineData("await Task.Yield(); Thread.Sleep(100_000);")]
    [InlineData("while (true) try { Thread.Sleep(100_000); } catch (Exception) { }")]
    [InlineData("Parallel.For(0L, long.MaxValue, i => { });")]
    [InlineData("Console.ReadLine();")]
    [InlineData("while (true) Console.Write('x');")]
    [InlineData("IEnumerable<int> Forever() { while (true) yield return 1; }\nForever().Count()")]
    [InlineData("new object().Display(); lock (new object()) { new ManualResetEvent(false).WaitOne(); }")]
    public async Task AnInterruptStopsTheCellAndKeepsTheState(string code)
    {
        await using SessionFixture notebook = new();
        await notebook.Value("using System.Threading;\nint before = 1;");
        RecordedOutput output = new() { WaitsForInput = true };
        Task<CellResult> running = notebook.Session.ExecuteAsync(new Cell("before = 2;\n" + code), output);
        await Task.Delay(300);
        Assert.False(running.IsCompleted);
        notebook.Session.Interrupt();
        CellResult result = await running.WaitAsync(patience);
        Assert.Equal(CellStatus.Aborted, result.Status);
        Assert.Equal("2", await notebook.Value("before"));
    }

    [Theory]
    [InlineData("Busy.Spin();")]
    [InlineData("System.Threading.Tasks.Parallel.For(0, 4, i => Busy.Spin());")]
    [InlineData("Busy.Wait();")]
    public async Task AnInterruptStopsALibraryThatKnowsNothingOfNotebooks(string code)
    {
        await using SessionFixture notebook = new();
        File.WriteAllBytes(
            Path.Combine(notebook.Folder, "Busy.dll"),
            LocalPackage.Compile(
                "Busy",
                "public static class Busy { public static void Spin() { while (true) { } } "
                    + "public static void Wait() { var thread = new System.Threading.Thread(() => System.Threading.Thread.Sleep(100_000)) { IsBackground = true }; thread.Start(); thread.Join(); } }"));
        await notebook.Value("#r \"Busy.dll\"\nint before = 1;");
        Task<CellResult> running = notebook.Run("before = 2;\n" + code);
        await Task.Delay(300);
        notebook.Session.Interrupt();
        Assert.Equal(CellStatus.Aborted, (await running.WaitAsync(patience)).Status);
        Assert.Equal("2", await notebook.Value("before"));
    }

    [Fact]
    public async Task AnInterruptEndsAnAsynchronousLoopForGood()
    {
        await using SessionFixture notebook = new();
        await notebook.Value("int n = 0;");
        Task<CellResult> running = notebook.Run("while (true) { n++; await Task.Delay(1); }");
        await Task.Delay(300);
        notebook.Session.Interrupt();
        Assert.Equal(CellStatus.Aborted, (await running).Status);
        string? stopped = await notebook.Value("n");
        await Task.Delay(100);
        Assert.Equal(stopped, await notebook.Value("n"));
    }

    [Fact]
    public async Task TheSessionSurvivesWhatThrowsInTheBackground()
    {
        await using SessionFixture notebook = new();
        (CellResult result, RecordedOutput output) = await notebook.Record(
            """
            var thread = new System.Threading.Thread(() => throw new Exception("raw thread"));
            thread.Start();
            thread.Join();
            async void Fire() { await Task.Yield(); throw new Exception("async void"); }
            Fire();
            await Task.Delay(200);
            _ = Task.Run(() => throw new Exception("unobserved"));
            """);
        Assert.Equal(CellStatus.Ok, result.Status);
        Assert.Contains("raw thread", output.Stderr);
        Assert.Contains("async void", output.Stderr);
        Assert.Contains("line 1", output.Stderr);
        Assert.Equal("2", await notebook.Value("1 + 1"));
    }
}
