namespace DeepDigits.Jupyter.Tests;

public sealed class OutputTests
{
    [Fact]
    public async Task StreamsAndDisplaysComeInTheOrderInWhichTheyWereWritten()
    {
        await using SessionFixture notebook = new();
        (_, RecordedOutput output) = await notebook.Record(
            "Console.Write(\"a\");\nConsole.WriteLine(1);\nConsole.Error.Write(\"e\");\n\"shown\".Display();\nConsole.Write('z');\nClearOutput();");
        Assert.Equal(["Stdout: a1\n", "Stderr: e", "Display: shown", "Stdout: z", "Clear: False"], output.Events);
    }

    [Fact]
    public async Task TextArrivesWhileTheCellRuns()
    {
        await using SessionFixture notebook = new();
        await notebook.Value("1");
        string seen = Path.Combine(notebook.Folder, "seen");
        RecordedOutput output = new() { Written = (_, _) => File.WriteAllText(seen, "") };
        // Goes on only once its text has been seen.
        CellResult result = await notebook.Session
            .ExecuteAsync(new Cell($"Console.Write(\"now\"); while (!System.IO.File.Exists(@\"{seen}\")) await Task.Delay(10);"), output)
            .WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(CellStatus.Ok, result.Status);
    }

    [Fact]
    public async Task FiftyMegabytesArriveWholeAndInPieces()
    {
        await using SessionFixture notebook = new();
        long length = 0;
        int pieces = 0;
        int largest = 0;
        long sum = 0;
        RecordedOutput output = new()
        {
            Written = (_, text) =>
            {
                length += text.Length;
                pieces++;
                largest = Math.Max(largest, text.Length);
                foreach (char character in text)
                    sum += character;
            },
        };
        CellResult result = await notebook.Session.ExecuteAsync(
            new Cell("for (int i = 0; i < 1_000_000; i++) Console.WriteLine(\"0123456789012345678901234567890123456789012345678\");"), output);
        Assert.Equal(CellStatus.Ok, result.Status);
        Assert.Equal(50_000_000, length);
        Assert.Equal(1_000_000L * ("0123456789012345678901234567890123456789012345678".Sum(character => character) + '\n'), sum);
        Assert.InRange(pieces, 1, 20_000);
        Assert.InRange(largest, 1, 1 << 17);
    }

    [Fact]
    public async Task ABackgroundThreadWritesToTheCellThatRuns()
    {
        await using SessionFixture notebook = new();
        (_, RecordedOutput first) = await notebook.Record(
            "using System.Threading;\nvar go = new ManualResetEventSlim();\nvar t = new Thread(() => { go.Wait(); Console.Write(\"late\"); });\nt.Start();");
        (_, RecordedOutput second) = await notebook.Record("go.Set();\nt.Join();");
        Assert.Equal("", first.Stdout);
        Assert.Equal("late", second.Stdout);
    }

    [Fact]
    public async Task AnUpdateFindsItsDisplayAlsoFromALaterCell()
    {
        await using SessionFixture notebook = new();
        (_, RecordedOutput first) = await notebook.Record("var shown = display(\"one\");\nshown.Update(\"two\");");
        (_, RecordedOutput second) = await notebook.Record("shown.Update(HTML(\"<b>three</b>\"));");
        string? id = first.Displays.Single().DisplayId;
        Assert.NotNull(id);
        Assert.Equal(id, first.Updates.Single().DisplayId);
        Assert.Equal(id, second.Updates.Single().DisplayId);
        Assert.Equal("<b>three</b>", second.Updates.Single().Bundle.Text("text/html"));
    }

    [Fact]
    public async Task ContentIsUpdatedByContentOfTheSameType()
    {
        await using SessionFixture notebook = new();
        (_, RecordedOutput output) = await notebook.Record("var bar = \"<i>1</i>\".DisplayAs(\"text/html\");\nbar.Update(\"<i>2</i>\");");
        Assert.Equal("<i>1</i>", output.Displays.Single().Bundle.Text("text/html"));
        Assert.Equal("<i>2</i>", output.Updates.Single().Bundle.Text("text/html"));
    }

    [Fact]
    public async Task TwoSessionsDoNotMixTheirOutput()
    {
        await using SessionFixture one = new();
        await using SessionFixture two = new();
        (CellResult, RecordedOutput Output)[] both = await Task.WhenAll(
            one.Record("for (int i = 0; i < 100; i++) { Console.Write('1'); await Task.Delay(1); }"),
            two.Record("for (int i = 0; i < 100; i++) { Console.Write('2'); await Task.Delay(1); }"));
        Assert.Equal(new string('1', 100), both[0].Output.Stdout);
        Assert.Equal(new string('2', 100), both[1].Output.Stdout);
    }

    [Fact]
    public async Task ReadLineAsksTheFrontEndAfterWhatWasWritten()
    {
        await using SessionFixture notebook = new();
        RecordedOutput output = new();
        output.Input.Enqueue("Ada");
        output.Input.Enqueue("secret");
        output.Input.Enqueue(null);
        CellResult result = await notebook.Session.ExecuteAsync(
            new Cell("Console.Write(\"Name? \");\nvar name = Console.ReadLine();\nvar word = ReadPassword(\"Word\");\n$\"{name} {word} {Console.ReadLine() ?? \"end\"}\""), output);
        Assert.Equal("Ada secret end", result.Value?.Text("text/plain"));
        Assert.Equal(["Stdout: Name? ", "ReadLine: ", "ReadLine: Word (password)", "ReadLine: "], output.Events);
        CellResult nobody = await notebook.Run("Console.ReadLine()");
        Assert.Equal("System.InvalidOperationException", nobody.Error!.Name);
    }

    [Fact]
    public async Task WhatTheFrontEndThrowsReachesTheHost()
    {
        await using SessionFixture notebook = new();
        RecordedOutput broken = new() { Written = (_, _) => throw new InvalidDataException("disk full") };
        IOException error = await Assert.ThrowsAsync<IOException>(() => notebook.Session.ExecuteAsync(new Cell("Console.Write(1);"), broken));
        Assert.Contains("disk full", error.Message);
        Assert.Equal("2", await notebook.Value("1 + 1"));
    }

    [Fact]
    public async Task SilentCellsHaveNoValue()
    {
        await using SessionFixture notebook = new();
        CellResult result = await notebook.Session.ExecuteAsync(new Cell("1 + 1", Silent: true), new RecordedOutput());
        Assert.Equal(CellStatus.Ok, result.Status);
        Assert.Null(result.Value);
    }
}
