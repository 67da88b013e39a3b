namespace DeepDigits.Jupyter.Tests;

public sealed class LanguageTests
{
    /// <summary>The position of <c>|</c> is the cursor.</summary>
    static (string Code, int Cursor) At(string marked) => (marked.Replace("|", ""), marked.IndexOf('|'));

    static async Task<Completions> Complete(SessionFixture notebook, string marked)
    {
        (string code, int cursor) = At(marked);
        return await notebook.Session.CompleteAsync(code, cursor);
    }

    [Fact]
    public async Task MembersLocalsUsingsAndDirectivesAreProposed()
    {
        await using SessionFixture notebook = new();
        await notebook.Value("var variable = new List<int>();\nint MyMethod(string text) => 1;\nstatic int Extended(this string s) => 1;");
        Completions members = await Complete(notebook, "1 + variable.Ad|");
        Assert.Equal(["Add", "AddRange"], members.Matches.Select(match => match.Text).Where(text => !text.Contains("As")));
        Assert.Equal((13, 15), (members.Start, members.End));
        Assert.Equal("method", members.Matches[0].Kind);
        Assert.Contains(await Texts("vari|"), text => text == "variable");
        Assert.Contains(await Texts("int lokal = 1; lok|"), text => text == "lokal");
        Assert.Contains(await Texts("MyM|"), text => text == "MyMethod");
        Assert.Contains(await Texts("Console.WriteL|"), text => text == "WriteLine");
        Assert.Contains(await Texts("\"a\".Ext|"), text => text == "Extended");
        Assert.Contains(await Texts("variable.Wh|"), text => text == "Where");
        Assert.Contains(await Texts("variable?.Cou|"), text => text == "Count");
        Assert.Contains(await Texts("variable.\n    Cou|"), text => text == "Count");
        Assert.Contains(await Texts("using System.Thr|"), text => text == "Threading");
        Assert.Contains(await Texts("System.|"), text => text == "Console");
        Assert.Contains(await Texts("variable.|"), text => text == "Count");
        Assert.Contains(await Texts("whi|"), text => text == "while");
        Assert.Contains(await Texts("#!ti|"), text => text == "#!time");
        Assert.Contains(await Texts("#|"), text => text == "#r \"nuget: ");
        Assert.Contains(await Texts("disp|"), text => text == "display");
        Assert.DoesNotContain(await Texts("Console.|"), text => text == "ToString");
        Assert.DoesNotContain(await Texts("Int|"), text => text == "Interruption");
        Assert.Empty((await Complete(notebook, "// comment.|")).Matches);
        Assert.Empty((await Complete(notebook, "#!html\n<b>vari|")).Matches);

        async Task<IEnumerable<string>> Texts(string marked) => (await Complete(notebook, marked)).Matches.Select(match => match.Text);
    }

    [Fact]
    public async Task InspectionGivesSignatureAndDocumentation()
    {
        await using SessionFixture notebook = new();
        await notebook.Value("/// <summary>Adds <paramref name=\"a\"/> and one.</summary>\nint PlusOne(int a) => a + 1;\nvar number = 1;");
        Assert.Contains("int number", await Text("numb|er + 1"));
        string own = await Text("PlusO|ne(2)");
        Assert.Contains("PlusOne(int a)", own);
        Assert.Contains("Adds a and one.", own);
        Assert.Contains("Math.Max(", await Text("Math.Max|(1, 2)"));
        Assert.Contains("WriteLine(", await Text("Console.WriteLine(|"));
        Assert.False((await notebook.Session.InspectAsync("   ", 1, 0)).Found);
        Assert.False((await notebook.Session.InspectAsync("nothingKnown", 3, 0)).Found);

        async Task<string> Text(string marked)
        {
            (string code, int cursor) = At(marked);
            Inspection inspection = await notebook.Session.InspectAsync(code, cursor, 1);
            Assert.True(inspection.Found, marked);
            return inspection.Value!.Text("text/plain")!;
        }
    }

    [Fact]
    public async Task TheFrameworksDocumentationIsShownWhereTheSdkHasIt()
    {
        await using SessionFixture notebook = new();
        (string code, int cursor) = At("Math.Sq|rt(2)");
        string text = (await notebook.Session.InspectAsync(code, cursor, 0)).Value!.Text("text/plain")!;
        Assert.Contains("Math.Sqrt(double d)", text);
        Assert.Contains("square root", text);
    }

    [Theory]
    [InlineData("1 + 1", CompletenessStatus.Complete, "")]
    [InlineData("", CompletenessStatus.Complete, "")]
    [InlineData("for (int i = 0; i < 3; i++)\n{", CompletenessStatus.Incomplete, "    ")]
    [InlineData("void F()\n{\n    if (true)\n    {", CompletenessStatus.Incomplete, "        ")]
    [InlineData("var x = new[] { 1,", CompletenessStatus.Incomplete, "    ")]
    [InlineData("/* open", CompletenessStatus.Incomplete, "")]
    [InlineData("}", CompletenessStatus.Invalid, "")]
    [InlineData("int 1x = 3;", CompletenessStatus.Invalid, "")]
    [InlineData("#!html\n<b>", CompletenessStatus.Complete, "")]
    [InlineData("#r \"nuget: A, 1.0\"", CompletenessStatus.Complete, "")]
    public async Task CompletenessIsTold(string code, CompletenessStatus status, string indent)
    {
        await using SessionFixture notebook = new();
        Assert.Equal(new Completeness(status, indent), notebook.Session.IsComplete(code));
    }
}
