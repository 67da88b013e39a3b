using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace DeepDigits.Jupyter.Tests;

public class NotebookTests
{
    // Odd on purpose: numbers, escapes and spaces that no writer would choose, fields that nobody knows, keys in no order.
    const string Odd = """
        {
          "cells" : [
            {"cell_type": "markdown", "id":"intro", "metadata": { "x-vendor": {"z": 1.50, "a": 1e3} }, "source": "# Titl\u0065\n\/ Grüße 👋", "attachments": {"a.png": {"image/png": "iVBO"}}},
            {
              "outputs": [ {"output_type":"stream", "name":"stdout", "text":["one\n",
                 "two"]},
                {"output_type":"display_data","metadata":{},"data":{"application/json":{"b":[1,2.0]},"image/svg+xml":["<svg>\n","</svg>"]}, "x-extra": 1} ],
              "source": ["var x = 1;\n", "x"], "metadata": {"tags": ["parameters"]}, "execution_count": 3, "cell_type": "code", "id": "c0de", "x-unknown": [ ]
            },
            {"cell_type":"graph","id":"later","payload":{"a":[]}}
          ],
          "nbformat_minor": 5, "nbformat": 4,
          "metadata": {"kernelspec": {"name": ".net-csharp", "display_name": ".NET (C#)", "language": "C#"}}, "x-root": "\ud83d\udc4b"
        }

        """;

    static Notebook Parse(string text) => Notebook.Parse(Encoding.UTF8.GetBytes(text), "test.ipynb");

    static string Text(Notebook notebook) => Encoding.UTF8.GetString(notebook.ToBytes());

    [Theory]
    [InlineData("\n", false)]
    [InlineData("\r\n", false)]
    [InlineData("\n", true)]
    public void An_unchanged_notebook_is_written_back_byte_by_byte(string newline, bool byteOrderMark)
    {
        byte[] bytes = [.. byteOrderMark ? new byte[] { 0xEF, 0xBB, 0xBF } : [], .. Encoding.UTF8.GetBytes(Odd.ReplaceLineEndings(newline))];
        Notebook notebook = Notebook.Parse(bytes, "test.ipynb");
        Assert.False(notebook.IsChanged);
        Assert.Equal(bytes, notebook.ToBytes());
        // What is put in place but means the same is no change.
        notebook.Cells[1].Source = "var x = 1;\nx";
        notebook.Cells[1].ExecutionCount = 3;
        notebook.Cells[1].SetOutputs(
        [
            new() { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = "one\ntwo" },
            JsonNode.Parse("""{"data":{"image/svg+xml":"<svg>\n</svg>","application/json":{"b":[1,2]}},"metadata":{},"output_type":"display_data","x-extra":1}""")!.AsObject(),
        ]);
        Assert.Equal(bytes, notebook.ToBytes());
    }

    [Fact]
    public void The_model_reads_what_is_there()
    {
        Notebook notebook = Parse(Odd);
        Assert.Equal([CellKind.Markdown, CellKind.Code, CellKind.Other], notebook.Cells.Select(cell => cell.Kind));
        Assert.Equal("# Title\n/ Grüße 👋", notebook.Cells[0].Source);
        Assert.Equal(("c0de", "var x = 1;\nx", 3), (notebook.Cells[1].Id, notebook.Cells[1].Source, notebook.Cells[1].ExecutionCount));
        Assert.Equal(["parameters"], notebook.Cells[1].Tags);
        Assert.Equal("one\ntwo", notebook.Cells[1].OutputText);
        Assert.Equal("C#", notebook.Language);
    }

    [Fact]
    public void A_change_leaves_everything_around_it_as_it_was()
    {
        Notebook notebook = Parse(Odd);
        notebook.Cells[1].SetOutputs([new() { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = "é\n" }]);
        string text = Text(notebook);
        Assert.StartsWith("""
            {
              "cells": [
                {"cell_type": "markdown", "id":"intro", "metadata": { "x-vendor": {"z": 1.50, "a": 1e3} }, "source": "# Titl\u0065\n\/ Grüße 👋", "attachments": {"a.png": {"image/png": "iVBO"}}},
                {
                  "outputs": [
                    {
                      "output_type": "stream",
                      "name": "stdout",
                      "text": [
            """.ReplaceLineEndings("\n"), text);
        Assert.Contains(""" "source": ["var x = 1;\n", "x"],""", text);
        Assert.Contains("\"execution_count\": 3,\n", text);
        Assert.Contains("\"x-unknown\": [ ]\n", text);
        Assert.Contains("""{"cell_type":"graph","id":"later","payload":{"a":[]}}""", text);
        Assert.Contains("\"x-root\": \"\\ud83d\\udc4b\"", text);
        Assert.Equal("é\n", Parse(text).Cells[1].OutputText);
    }

    [Fact]
    public void A_notebook_as_Python_writes_it_keeps_its_manner()
    {
        const string Before = """
            {
             "cells": [
              {
               "cell_type": "code",
               "execution_count": null,
               "id": "a1",
               "metadata": {},
               "outputs": [],
               "source": [
                "1 + 1"
               ]
              }
             ],
             "metadata": {},
             "nbformat": 4,
             "nbformat_minor": 5
            }

            """;
        Notebook notebook = Parse(Before.ReplaceLineEndings("\n"));
        notebook.Cells[0].ExecutionCount = 1;
        notebook.Cells[0].SetOutputs(
        [
            new()
            {
                ["output_type"] = "execute_result",
                ["execution_count"] = 1,
                ["metadata"] = new JsonObject(),
                ["data"] = new JsonObject { ["text/plain"] = "2\n\"\t\u0001\u2028\ud800", ["application/json"] = new JsonObject { ["z"] = 1, ["a"] = new JsonArray("x\ny") } },
            },
        ]);
        notebook.Cells.Add(NotebookCell.Markdown(""));
        Assert.Equal(
            """
            {
             "cells": [
              {
               "cell_type": "code",
               "execution_count": 1,
               "id": "a1",
               "metadata": {},
               "outputs": [
                {
                 "data": {
                  "application/json": {
                   "a": [
                    "x\ny"
                   ],
                   "z": 1
                  },
                  "text/plain": [
                   "2\n",
                   "\"\t\u0001LS\ud800"
                  ]
                 },
                 "execution_count": 1,
                 "metadata": {},
                 "output_type": "execute_result"
                }
               ],
               "source": [
                "1 + 1"
               ]
              },
              {
               "cell_type": "markdown",
               "id": "9a271f2a",
               "metadata": {},
               "source": []
              }
             ],
             "metadata": {},
             "nbformat": 4,
             "nbformat_minor": 5
            }

            """.ReplaceLineEndings("\n").Replace("LS", "\u2028"),
            Text(notebook));
    }

    [Theory]
    [InlineData("""{"cells":[{"cell_type":"code","metadata":{},"source":"1","outputs":[],"execution_count":null}],"metadata":{},"nbformat":4,"nbformat_minor":0}""",
        """{"cells":[{"cell_type":"code","metadata":{},"source":"1","outputs":[],"execution_count":7,"id":"2d1bd1c9"}],"metadata":{},"nbformat":4,"nbformat_minor":5}""")]
    [InlineData("""{"cells": [{"cell_type": "code", "source": "\u00e9", "outputs": []}], "nbformat": 4, "nbformat_minor": 4}""",
        """{"cells": [{"cell_type": "code", "source": "\u00e9", "outputs": [], "execution_count": 7, "id": "5ad5cc44"}], "nbformat": 4, "nbformat_minor": 5}""")]
    [InlineData("{\n\t\"cells\": [\n\t\t{\n\t\t\t\"cell_type\": \"code\",\n\t\t\t\"execution_count\": 1\n\t\t}\n\t],\n\t\"nbformat\": 4,\n\t\"nbformat_minor\": 9\n}",
        "{\n\t\"cells\": [\n\t\t{\n\t\t\t\"cell_type\": \"code\",\n\t\t\t\"execution_count\": 7,\n\t\t\t\"id\": \"2adebe52\"\n\t\t}\n\t],\n\t\"nbformat\": 4,\n\t\"nbformat_minor\": 9\n}")]
    public void Older_notebooks_are_written_as_4_5_in_their_own_manner_and_only_when_changed(string before, string after)
    {
        Notebook notebook = Parse(before);
        Assert.Equal(before, Text(notebook));
        notebook.Cells[0].ExecutionCount = 7;
        string text = Text(notebook);
        // Ids are hashes: the test states them with a pattern of their own.
        Assert.Matches("\"id\": ?\"[0-9a-f]{8}\"", text);
        Assert.Equal(WithoutIds(after), WithoutIds(text));
        Assert.Equal(text, Text(Parse(text)));

        static string WithoutIds(string json) => System.Text.RegularExpressions.Regex.Replace(json, "\"id\": ?\"[0-9a-f]{8}\"", "ID");
    }

    [Fact]
    public void New_cells_get_ids_of_their_own_and_always_the_same()
    {
        byte[] Make()
        {
            Notebook notebook = Notebook.Create();
            notebook.Cells.Add(NotebookCell.Code("1"));
            notebook.Cells.Add(NotebookCell.Code("1"));
            return notebook.ToBytes();
        }
        Notebook read = Notebook.Parse(Make(), "made");
        Assert.NotEqual(read.Cells[0].Id, read.Cells[1].Id);
        Assert.Equal(Make(), Make());
        Assert.False(read.IsChanged);
    }

    [Theory]
    [InlineData("", "test.ipynb, line 1, column 1: the file is not valid JSON")]
    [InlineData("[]", "test.ipynb: a notebook is a JSON object")]
    [InlineData("{\n\"cells\": [\n}", "test.ipynb, line 3, column 1: the file is not valid JSON")]
    [InlineData("{\n<<<<<<< HEAD\n", "marks of a merge that was not finished")]
    [InlineData("{\"cells\":[],\"cells\":[],\"nbformat\":4,\"nbformat_minor\":5}", "not valid JSON")]
    [InlineData("{}", "test.ipynb: a number 'nbformat' is expected; nothing was found")]
    [InlineData("{\"nbformat\":3,\"nbformat_minor\":0}", "the notebook is of format 3; format 4 is expected")]
    [InlineData("{\"nbformat\":4,\"nbformat_minor\":\"x\"}", "a number 'nbformat_minor' is expected; String '\"x\"' was found")]
    [InlineData("{\"nbformat\":4,\"nbformat_minor\":5}", "a list 'cells' is expected; nothing was found")]
    [InlineData("{\"nbformat\":4,\"nbformat_minor\":5,\"cells\":[{\"cell_type\":\"code\"},7]}", "cell 2 of 2 should be an object; Number '7' was found")]
    [InlineData("{\"nbformat\":4,\"nbformat_minor\":5,\"cells\":[{}]}", "cell 1 of 1: 'cell_type' should be a string; nothing was found")]
    [InlineData("{\"nbformat\":4,\"nbformat_minor\":5,\"cells\":[{\"cell_type\":\"code\",\"source\":[1]}]}", "cell 1 of 1: 'source' should be a string or a list of strings")]
    [InlineData("{\"nbformat\":4,\"nbformat_minor\":5,\"cells\":[{\"cell_type\":\"code\",\"source\":\"\\ud800\"}]}", "cell 1 of 1: a string is not valid text")]
    [InlineData("{\"nbformat\":4,\"nbformat_minor\":5,\"cells\":[{\"cell_type\":\"code\",\"outputs\":[1]}]}", "'outputs' should be a list of objects")]
    public void What_is_no_notebook_is_refused_with_its_place(string text, string message)
    {
        NotebookFormatException e = Assert.Throws<NotebookFormatException>(() => Parse(text));
        Assert.Contains(message, e.Message);
    }

    [Fact]
    public void Bytes_that_are_not_text_are_refused() =>
        Assert.Contains("not valid UTF-8", Assert.Throws<NotebookFormatException>(() => Notebook.Parse([0x7B, 0xFF, 0x7D], "x")).Message);

    [Fact]
    public void Saving_replaces_the_file_at_once_and_keeps_links_and_permissions()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.ipynb");
        File.WriteAllText(path, Odd);
        Notebook notebook = Notebook.Load(path);
        DateTime before = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, before);
        notebook.Save(path);
        Assert.Equal(before, File.GetLastWriteTimeUtc(path));

        string written = path;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            written = folder.File("link.ipynb");
            File.CreateSymbolicLink(written, path);
        }
        notebook.Cells[1].Source = "2";
        notebook.Save(written);
        Assert.Equal("2", Notebook.Load(path).Cells[1].Source);
        Assert.Equal(OperatingSystem.IsWindows() ? 1 : 2, Directory.GetFileSystemEntries(folder.Path).Length);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(path));
            Assert.NotNull(new FileInfo(written).LinkTarget);
        }

        File.SetAttributes(path, FileAttributes.ReadOnly);
        notebook.Cells[1].Source = "3";
        Assert.Throws<UnauthorizedAccessException>(() => notebook.Save(path));
        File.SetAttributes(path, FileAttributes.Normal);
        Assert.Equal("2", Notebook.Load(path).Cells[1].Source);
    }

    [Fact]
    public void Whatever_is_changed_is_read_back_and_what_is_not_keeps_its_bytes() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(200),
        Prop.ForAll(NotebookText().ToArbitrary(), ArbMap.Default.GeneratorFor<int>().ToArbitrary(), (text, seed) =>
        {
            Notebook notebook = Parse(text);
            Assert.Equal(text, Text(notebook));
            int changed = Math.Abs(seed % notebook.Cells.Count);
            string[] others = [.. notebook.Cells.Where((_, i) => i != changed).Select(cell => Encoding.UTF8.GetString(cell.Origin!.Text))];
            notebook.Cells[changed].Source = "changed\n\"\\é👋";
            notebook.Cells[changed].SetOutputs([new() { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = "a\nb" }]);
            string written = Text(notebook);
            Notebook read = Parse(written);
            Assert.False(read.IsChanged);
            Assert.Equal(("changed\n\"\\é👋", "a\nb"), (read.Cells[changed].Source, read.Cells[changed].OutputText));
            Assert.All(others, other => Assert.Contains(other, written));
            Assert.Equal(notebook.Cells.Select(cell => cell.Source), read.Cells.Select(cell => cell.Source));
        }));

    /// <summary>Notebooks of version 4.5 in the manner of different writers: indents, line ends, escapes, lists of lines or strings.</summary>
    static Gen<string> NotebookText() =>
        from cells in Gen.NonEmptyListOf(ArbMap.Default.GeneratorFor<NonNull<string>>())
        from indented in Gen.Elements(true, false)
        from newline in Gen.Elements("\n", "\r\n")
        from ascii in Gen.Elements(true, false)
        from lines in Gen.Elements(true, false)
        from end in Gen.Elements("", newline)
        select new JsonObject
        {
            ["cells"] = new JsonArray([.. cells.Select((source, i) => (JsonNode)new JsonObject
            {
                ["cell_type"] = "code",
                ["id"] = $"c{i}",
                ["source"] = lines ? new JsonArray([.. MultilineText.Split(Valid(source.Get)).Select(line => JsonValue.Create(line))]) : Valid(source.Get),
                ["outputs"] = new JsonArray(),
            })]),
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        }.ToJsonString(new System.Text.Json.JsonSerializerOptions
        {
            WriteIndented = indented,
            NewLine = newline,
            Encoder = ascii ? System.Text.Encodings.Web.JavaScriptEncoder.Default : System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }) + end;

    /// <summary>Without halves of surrogate pairs, which a notebook may not have.</summary>
    static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
