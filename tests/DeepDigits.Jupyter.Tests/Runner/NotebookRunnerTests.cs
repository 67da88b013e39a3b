using System.Text;
using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter.Tests;

public class NotebookRunnerTests
{
    static Notebook NotebookOf(params string[] cells)
    {
        Notebook notebook = Notebook.Create();
        foreach (string code in cells)
        {
            notebook.Cells.Add(NotebookCell.Code(code));
        }
        return notebook;
    }

    static Task<NotebookRun> Run(Notebook notebook, NotebookRunOptions? options = null, ScriptedSession? session = null, INotebookRunObserver? observer = null,
        CancellationToken cancellation = default) =>
        NotebookRunner.RunAsync(notebook, options ?? new NotebookRunOptions(), () => session ?? new ScriptedSession(), observer, cancellation);

    static string Outputs(NotebookCell cell) => string.Join('\n', cell.Outputs.Select(output => output.ToJsonString()));

    [Fact]
    public async Task Outputs_are_kept_as_a_notebook_file_wants_them()
    {
        Notebook notebook = NotebookOf("print a\nprint b\nerror c\nshow d\nprint e\nvalue f", "update g");
        NotebookRun run = await Run(notebook);
        Assert.True(run.Succeeded);
        Assert.Equal([1, 2], run.Cells.Select(cell => cell.Number));
        Assert.Equal([1, 2], notebook.Cells.Select(cell => cell.ExecutionCount));
        Assert.Equal(
            """
            {"output_type":"stream","name":"stdout","text":"a\nb\n"}
            {"output_type":"stream","name":"stderr","text":"c\n"}
            {"output_type":"display_data","data":{"text/plain":"g"},"metadata":{}}
            {"output_type":"stream","name":"stdout","text":"e\n"}
            {"output_type":"execute_result","data":{"text/html":"\u003Cb\u003Ef\u003C/b\u003E","text/plain":"f"},"metadata":{},"execution_count":1}
            """,
            Outputs(notebook.Cells[0]));
        Assert.Empty(notebook.Cells[1].Outputs);
    }

    [Fact]
    public async Task A_timing_alone_does_not_change_the_file()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("timing.ipynb");
        Notebook notebook = Notebook.Create();
        notebook.Cells.Add(NotebookCell.Code("1 + 1"));
        notebook.Cells.Add(NotebookCell.Code("Guid.NewGuid().ToString()", "timing"));
        notebook.Save(path);
        Assert.True((await NotebookRunner.RunFileAsync(path, path, new NotebookRunOptions())).Succeeded);
        byte[] first = File.ReadAllBytes(path);
        await NotebookRunner.RunFileAsync(path, path, new NotebookRunOptions());
        Assert.Equal(first, File.ReadAllBytes(path));

        // Where something else has changed, the times are those of the same run.
        Notebook changed = Notebook.Load(path);
        changed.Cells[0].Source = "1 + 2";
        changed.Save(path);
        await NotebookRunner.RunFileAsync(path, path, new NotebookRunOptions());
        string second = Notebook.Load(path).Cells[1].OutputText;
        Assert.DoesNotContain(second, Encoding.UTF8.GetString(first));
    }

    [Theory]
    [InlineData("print a\nclear\nprint b", "b\n")]
    [InlineData("print a\nclear wait", "a\n")]
    [InlineData("print a\nclear wait\nprint b", "b\n")]
    [InlineData("print a\nclear", "")]
    public async Task Outputs_can_be_taken_back(string code, string left)
    {
        Notebook notebook = NotebookOf(code);
        await Run(notebook);
        Assert.Equal(left, notebook.Cells[0].OutputText);
    }

    [Fact]
    public async Task A_failing_cell_stops_the_notebook_and_is_shown_with_its_line()
    {
        Notebook notebook = NotebookOf("print a", "print b\nfail because", "print c");
        notebook.Cells.Insert(0, NotebookCell.Markdown("# Title"));
        notebook.Cells[3].SetOutputs([new() { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = "from before" }]);
        NotebookRun run = await Run(notebook);
        CellReport failure = Assert.Single(run.Failures);
        Assert.Equal((2, 3, CellStatus.Error, 2, "fail because"), (failure.Number, failure.Position, failure.Status, failure.Error!.Line, failure.ErrorSourceLine));
        Assert.Equal(
            """
            {"output_type":"stream","name":"stdout","text":"b\n"}
            {"output_type":"error","ename":"Failure","evalue":"because","traceback":["Cell 2, line 2: because"]}
            """,
            Outputs(notebook.Cells[2]));
        Assert.Equal("from before", notebook.Cells[3].OutputText);

        run = await Run(notebook, new NotebookRunOptions { KeepGoing = true });
        Assert.False(run.Succeeded);
        Assert.Equal("c\n", notebook.Cells[3].OutputText);
    }

    [Fact]
    public async Task Tags_and_empty_cells_are_heeded()
    {
        Notebook notebook = NotebookOf("fail expected", "print skipped", " \n", "print last");
        notebook.Cells[0].Metadata["tags"] = new JsonArray("raises-exception");
        notebook.Cells[1].Metadata["tags"] = new JsonArray("skip-execution");
        NotebookRun run = await Run(notebook);
        Assert.True(run.Succeeded);
        Assert.Equal([true, false], run.Cells.Select(cell => cell.IsExpected));
        Assert.Equal([1, null, null, 2], notebook.Cells.Select(cell => cell.ExecutionCount));
    }

    [Fact]
    public async Task Input_is_refused_with_the_words_that_the_kernel_uses()
    {
        Notebook notebook = NotebookOf("ask Name?");
        NotebookRun run = await Run(notebook);
        Assert.Equal(KernelCellOutput.InputNotPossible, run.Cells[0].Error!.Message);
    }

    [Fact]
    public async Task A_cell_that_takes_too_long_is_stopped_and_its_output_kept()
    {
        Notebook notebook = NotebookOf("print a\nloop", "print b");
        NotebookRun run = await Run(notebook, new NotebookRunOptions { CellTimeout = TimeSpan.FromMilliseconds(100) });
        CellError error = Assert.Single(run.Failures).Error!;
        Assert.Equal(("Timeout", "The cell was stopped: it ran for longer than 0.1 s.", 2), (error.Name, error.Message, error.Line));
        Assert.StartsWith("a\nTimeout", notebook.Cells[0].OutputText);
        Assert.Single(run.Cells);
    }

    [Fact]
    public async Task A_cancelled_run_keeps_what_it_has()
    {
        var session = new ScriptedSession();
        using var cancel = new CancellationTokenSource();
        Notebook notebook = NotebookOf("print a\nloop", "print b");
        Task<NotebookRun> running = Run(notebook, session: session, cancellation: cancel.Token);
        await session.Looping.Task;
        await cancel.CancelAsync();
        Assert.Equal("Interrupted", Assert.Single((await running).Failures).Error!.Name);
        Assert.StartsWith("a\n", notebook.Cells[0].OutputText);
    }

    [Theory]
    [InlineData("python", null)]
    [InlineData("F#", null)]
    [InlineData("C#", "1")]
    [InlineData("polyglot-notebook", "1")]
    public async Task Only_CSharp_is_run(string language, string? output)
    {
        Notebook notebook = NotebookOf("print 1");
        notebook.Metadata["kernelspec"]!["language"] = language;
        if (output is null)
        {
            Assert.Contains(language, (await Assert.ThrowsAsync<NotebookRunException>(() => Run(notebook))).Message);
            return;
        }
        Assert.True((await Run(notebook)).Succeeded);
    }

    [Fact]
    public async Task A_cell_of_another_language_is_passed_on_with_its_magic_command()
    {
        var session = new ScriptedSession();
        Notebook notebook = NotebookOf("<b>x</b>", "#!html\n<b>y</b>", "print z");
        foreach (NotebookCell cell in notebook.Cells.Take(2))
        {
            cell.Metadata["dotnet_interactive"] = new JsonObject { ["language"] = "html" };
        }
        notebook.Cells[2].Metadata["polyglot_notebook"] = new JsonObject { ["kernelName"] = "csharp" };
        await Run(notebook, session: session);
        Assert.Equal(["#!html\n<b>x</b>", "#!html\n<b>y</b>", "print z"], session.Executed);
    }

    [Fact]
    public void Parameters_are_set_again_after_the_cell_that_declares_them()
    {
        Notebook notebook = NotebookOf("print first", "int epochs = 1; float rate = 0.1f; var decay = 0.5; var size = 10L;\nvar name = \"x\"; bool fast = true; int[] layers = [1]; var other = Make(); decimal d = 1m;");
        notebook.Cells[1].Metadata["tags"] = new JsonArray("parameters");
        notebook.Cells[1].Metadata["polyglot_notebook"] = new JsonObject { ["kernelName"] = "csharp" };
        var parameters = new Dictionary<string, string>
        {
            ["epochs"] = "-3",
            ["rate"] = "1e-3",
            ["decay"] = "2",
            ["size"] = "5",
            ["name"] = "7 \"x\"\n",
            ["fast"] = "False",
            ["layers"] = "[128, 64]",
            ["other"] = "0.25",
            ["d"] = "1.5",
            ["unknown"] = "text",
        };
        IReadOnlyList<string> warnings = NotebookParameters.Inject(notebook, parameters);
        Assert.Equal("new notebook: the cell tagged 'parameters' does not set 'unknown'.", Assert.Single(warnings));
        NotebookCell injected = notebook.Cells[2];
        Assert.Equal(["injected-parameters"], injected.Tags);
        Assert.Equal("csharp", injected.Language);
        Assert.Equal(
            """
            // Parameters
            int epochs = -3;
            float rate = 0.001f;
            double decay = 2d;
            long size = 5L;
            string name = "7 \"x\"\n";
            bool fast = false;
            int[] layers = [128, 64];
            var other = 0.25d;
            decimal d = 1.5m;
            var unknown = "text";
            """.ReplaceLineEndings("\n"),
            injected.Source);
        NotebookParameters.Inject(notebook, new Dictionary<string, string> { ["epochs"] = "4" });
        Assert.Equal("// Parameters\nint epochs = 4;", injected.Source);
        Assert.Equal(3, notebook.Cells.Count);
    }

    [Theory]
    [InlineData("epochs", "many", "'epochs' is of type int; 'many' is not a value of it")]
    [InlineData("epochs", "99999999999", "is not a value of it")]
    [InlineData("layers", "[1", "is not a value of it")]
    [InlineData("not a name", "1", "is not a name that a C# variable can have")]
    [InlineData("class", "1", "is not a name that a C# variable can have")]
    public void A_parameter_that_makes_no_sense_is_refused(string name, string value, string message)
    {
        Notebook notebook = NotebookOf("int epochs = 1; int[] layers = [1];");
        notebook.Cells[0].Metadata["tags"] = new JsonArray("parameters");
        Assert.Contains(message, Assert.Throws<NotebookRunException>(() => NotebookParameters.Inject(notebook, new Dictionary<string, string> { [name] = value })).Message);
        Assert.Single(notebook.Cells);
    }

    [Fact]
    public void Without_a_cell_of_parameters_the_values_come_first()
    {
        Notebook notebook = NotebookOf("print 1");
        Assert.Contains("no cell is tagged", Assert.Single(NotebookParameters.Inject(notebook, new Dictionary<string, string> { ["n"] = "3" })));
        Assert.Equal("// Parameters\nvar n = 3;", notebook.Cells[0].Source);
    }

    [Fact]
    public void The_fingerprint_tells_every_change_that_matters()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("feed"));
        File.WriteAllText(folder.File("nuget.config"), """<configuration><packageSources><add key="local" value="feed" /><add key="web" value="https://example.org/v3/index.json" /></packageSources></configuration>""");
        File.WriteAllText(folder.File("code.csx"), "1");
        File.WriteAllText(folder.File("feed/DeepDigits.1.0.0.nupkg"), "first build");
        Notebook notebook = NotebookOf("#r \"nuget: DeepDigits, 1.0.0\"\n#load \"code.csx\"\nvalue 1");
        notebook.Cells.Add(NotebookCell.Markdown("text"));
        notebook.Cells[0].SetOutputs([new() { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = "1" }]);
        Assert.False(NotebookFingerprint.IsCurrent(notebook, folder.Path));
        Mark();
        Notebook read = Notebook.Parse(notebook.ToBytes(), "read");
        Assert.True(NotebookFingerprint.IsCurrent(read, folder.Path));
        notebook.Cells[1].Source = "other text";
        Assert.True(NotebookFingerprint.IsCurrent(notebook, folder.Path));

        Changes(() => notebook.Cells[0].Source += "\n");
        Changes(() => notebook.Cells[0].SetOutputs([]));
        Changes(() => File.WriteAllText(folder.File("code.csx"), "2"));
        Changes(() => File.WriteAllText(folder.File("feed/DeepDigits.1.0.0.nupkg"), "second build"));
        notebook.ClearOutputs();
        Assert.DoesNotContain("deepdigits", Encoding.UTF8.GetString(notebook.ToBytes()));

        void Changes(Action change)
        {
            change();
            Assert.False(NotebookFingerprint.IsCurrent(notebook, folder.Path));
            Mark();
        }

        void Mark()
        {
            NotebookFingerprint.Set(notebook, folder.Path);
            Assert.True(NotebookFingerprint.IsCurrent(notebook, folder.Path));
        }
    }
}
