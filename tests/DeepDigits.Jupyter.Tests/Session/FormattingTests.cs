using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter.Tests;

public sealed class FormattingTests
{
    static MimeBundle Format(object? value) => ValueFormatter.Format(value);

    static string? Plain(object? value) => Format(value).Text("text/plain");

    record Person(string Name, int Age);

    sealed class Node
    {
        public int Value { get; init; }
        public Node? Next { get; set; }
    }

    sealed class Throws
    {
        public int Good => 1;
        public int Bad => throw new InvalidOperationException("oops");
    }

    sealed class OwnHtml
    {
        public string ToHtml() => "<i>own</i>";
        public override string ToString() => "own text";
    }

    [Fact]
    public void ScalarsAreTheirTextInEveryCulture()
    {
        Assert.Equal("3.14", Plain(3.14));
        Assert.Equal("true", Plain(true));
        Assert.Equal("text", Plain("text"));
        Assert.Equal("<null>", Plain(null));
        Assert.Equal("List<Dictionary<string, int?>>", Plain(typeof(List<Dictionary<string, int?>>)));
        Assert.False(Format(1).Data.ContainsKey("text/html"));
    }

    [Fact]
    public void SequencesOfRecordsAreTables()
    {
        MimeBundle bundle = Format(new[] { new Person("Ada <3", 36), new Person("Bob", 7) });
        Assert.Equal("Name    Age\n------  ---\nAda <3   36\nBob       7", bundle.Text("text/plain"));
        string html = bundle.Text("text/html")!;
        Assert.Contains(">Name</th>", html);
        Assert.Contains("Ada &lt;3", html);
        Assert.DoesNotContain("Ada <3", html);
        // No colour of its own: readable in light and dark themes.
        Assert.DoesNotMatch("#[0-9a-fA-F]{3}|rgb|white|black", html);
    }

    [Fact]
    public void LongAndEndlessSequencesAreCut()
    {
        static IEnumerable<int> Endless()
        {
            for (int i = 0; ; i++)
                yield return i;
        }

        Assert.EndsWith("98, 99, …]", Plain(Endless()));
        Assert.EndsWith("98, 99, … 400 more]", Plain(new List<int>(Enumerable.Range(0, 500))));
        string html = Format(Enumerable.Range(0, 500).Select(i => new Person("x", i)).ToList()).Text("text/html")!;
        Assert.Equal(101, html.Split("<tr>").Length - 1 + 0);
        Assert.Contains("… 400 more", html);
    }

    [Fact]
    public void DictionariesAnonymousObjectsTuplesAndMatricesAreShown()
    {
        Assert.Equal("{ a: 1, b: 2 }", Plain(new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }));
        Assert.Contains("<b>a</b>", Format(new Dictionary<string, int> { ["a"] = 1 }).Text("text/html"));
        Assert.Equal("{ A = 1, B = { C = 2 } }", Plain(new { A = 1, B = new { C = 2 } }));
        Assert.Equal("(1, a)", Plain((1, "a")));
        Assert.Contains("Item2", Plain(new[] { (1, "a") }));
        Assert.Equal("float[2,2] [1, 2, 3, 4]", Plain(new float[,] { { 1, 2 }, { 3, 4 } })!.Replace("float[2, 2]", "float[2,2]"));
        Assert.Contains("</tr><tr>", Format(new[] { new[] { 1, 2 }, new[] { 3, 4 } }).Text("text/html"));
        Assert.Equal("[]", Plain(new List<Person>()));
    }

    [Fact]
    public void CyclesDepthAndThrowingPropertiesAreSurvived()
    {
        Node first = new() { Value = 1 };
        first.Next = new Node { Value = 2, Next = first };
        Assert.Equal("Node { Value = 1, Next = Node { Value = 2, Next = (itself) } }", Plain(first));
        Assert.NotNull(Format(first).Text("text/html"));
        Node deep = new();
        for (int i = 0; i < 100; i++)
            deep = new Node { Value = i, Next = deep };
        Assert.InRange(Plain(deep)!.Length, 1, 500);
        Assert.Contains("Bad = (InvalidOperationException: oops)", Plain(new Throws()));
    }

    [Fact]
    public void ImagesAndDrawingsAreDrawn()
    {
        byte[] png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];
        Assert.Equal(Convert.ToBase64String(png), Format(png).Text("image/png"));
        Assert.True(Format(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0 }).Data.ContainsKey("image/jpeg"));
        Assert.Equal("[1, 2]", Plain(new byte[] { 1, 2 }));
        Assert.Equal("<svg></svg>", Format("<svg></svg>").Text("image/svg+xml"));
        Assert.Equal("<i>own</i>", Format(new OwnHtml()).Text("text/html"));
        Assert.Equal("own text", Format(new OwnHtml()).Text("text/plain"));
    }

    [Fact]
    public void OneMimeTypeCanBeAskedFor()
    {
        MimeBundle json = ValueFormatter.Format(new { a = 1 }, "application/json");
        Assert.Equal("""{"a":1}""", json.Data["application/json"].ToJsonString());
        Assert.Equal(["text/plain"], ValueFormatter.Format(new[] { new Person("x", 1) }, "text/plain").Data.Keys);
        Assert.IsType<JsonObject>(ValueFormatter.OfType("application/vnd.plotly.v1+json", "{\"data\":[]}").Data["application/vnd.plotly.v1+json"]);
    }

    [Fact]
    public async Task TheFormatterConventionOfDotNetInteractiveIsHonoured()
    {
        await using SessionFixture notebook = new();
        CellResult result = await notebook.Run(
            """
            [AttributeUsage(AttributeTargets.Class)]
            class TypeFormatterSourceAttribute : Attribute
            {
                public TypeFormatterSourceAttribute(Type type) => FormatterSourceType = type;
                public Type FormatterSourceType { get; }
                public string[] PreferredMimeTypes { get; set; }
            }
            public class Source { public IEnumerable<object> CreateTypeFormatters() { yield return new Formatter("text/html", "<b>"); yield return new Formatter("image/svg+xml", "<svg>"); } }
            public class Formatter
            {
                string start;
                public Formatter(string type, string start) { MimeType = type; this.start = start; }
                public string MimeType { get; }
                public bool Format(object value, System.IO.TextWriter writer) { writer.Write(start + ((Thing)value).Name); return true; }
            }
            [TypeFormatterSource(typeof(Source))]
            public class Thing { public string Name = "thing"; }
            new Thing()
            """);
        Assert.True(result.Value is not null, string.Join('\n', result.Error?.Traceback ?? []));
        Assert.Equal("<b>thing", result.Value.Text("text/html"));
        Assert.Equal("<svg>thing", result.Value.Text("image/svg+xml"));
        Assert.NotNull(result.Value.Text("text/plain"));
    }
}
