using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DeepDigits.Jupyter.Tests;

public sealed class WovenChecksTests
{
    [Theory]
    [InlineData("int n = 0; while (n < 3) n++; n", "3")]
    [InlineData("int n = 0; while (n < 3) { n++; } n", "3")]
    [InlineData("int n = 0; do n++; while (n < 3); n", "3")]
    [InlineData("int n = 0; for (int i = 0; i < 2; i++) for (int j = 0; j < 2; j++) n += i * j; n", "1")]
    [InlineData("int n = 0; for (; ; ) if (n < 5) n++; else break; n", "5")]
    [InlineData("int n = 0; foreach (int i in new[] { 1, 2 }) foreach (var (a, b) in new[] { (1, 2) }) n += i * a * b; n", "6")]
    [InlineData("int n = 0; again: n++; if (n < 3) goto again; else n += 10; n", "13")]
    [InlineData("int n = 0; while (true) switch (n++) { case 2: goto done; case 1: goto case 0; case 0: continue; } done: n += 0; n", "3")]
    [InlineData("int F(int x) => x + 1;\nF(1)", "2")]
    [InlineData("void F(ref int x) => x++; int n = 1; F(ref n); n", "2")]
    [InlineData("ref int F(int[] x) => ref x[0]; int[] a = { 1 }; F(a) = 7; a[0]", "7")]
    [InlineData("int F() => throw new Exception(\"x\"); try { F(); } catch (Exception e) { Console.Write(\"\"); } 1", "1")]
    [InlineData("async Task F() => await Task.Yield(); await F(); 1", "1")]
    [InlineData("async Task<int> F() => await Task.FromResult(4); await F()", "4")]
    [InlineData("async ValueTask<int> F() { await Task.Yield(); return 5; } await F()", "5")]
    [InlineData("Task F() => Task.CompletedTask; await F(); 1", "1")]
    [InlineData("IEnumerable<int> F() { for (int i = 0; i < 3; i++) yield return i; } F().Sum()", "3")]
    [InlineData("class A { int v; public A(int x) => v = x; public int V { get => v; set => v = value; } public int W => V + 1; public static A operator +(A a, A b) => new A(a.v + b.v); public int this[int i] => i; }\n(new A(1) + new A(2)).W + new A(0)[5]", "9")]
    [InlineData("class B { public int P { get; init; } = 3; public int Q { get { return P; } } }\nnew B().Q", "3")]
    [InlineData("Func<int, int> f = x => { for (int i = 0; i < 2; i++) x++; return x; }; f(1)", "3")]
    [InlineData("System.Linq.Expressions.Expression<Func<int, int>> f = x => x + 1; f.Compile()(1)", "2")]
    [InlineData("int Fib(int n) => n < 2 ? n : Fib(n - 1) + Fib(n - 2);\nFib(20)", "6765")]
    public async Task CodeMeansTheSameWithTheChecksWovenIn(string code, string expected)
    {
        string woven = WovenChecks.Weave(code, CancellationToken.None);
        Assert.Equal(code.Count(character => character == '\n'), woven.Count(character => character == '\n'));
        if (!code.Contains("Expression<", StringComparison.Ordinal))
            Assert.NotEqual(code, woven);
        Assert.DoesNotContain(
            CSharpSyntaxTree.ParseText(woven, CellParser.Options).GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        await using SessionFixture notebook = new();
        // The session would fall back to the code itself: here the woven text must do.
        Assert.Equal(expected, await notebook.Value(woven));
        Assert.Equal(expected, await notebook.Value(code));
    }

    [Theory]
    [InlineData("int Down(int n) => 1 + Down(n + 1);\nDown(0)")]
    [InlineData("int Ping(int n) { return Pong(n); }\nint Pong(int n) => Ping(n);\nPing(0)")]
    [InlineData("class A { public int Age { get => Age; } }\nnew A().Age")]
    [InlineData("class A { public int Age => Age + 1; }\nnew A().Age")]
    [InlineData("class A { public A() { new A(); } }\nnew A()")]
    public async Task ARecursionWithoutEndIsAnErrorNotTheEnd(string code)
    {
        await using SessionFixture notebook = new();
        CellResult result = await notebook.Run(code);
        Assert.Equal("System.InsufficientExecutionStackException", result.Error!.Name);
        Assert.InRange(result.Error.Traceback.Count, 2, 30);
        Assert.Equal("2", await notebook.Value("1 + 1"));
    }

    [Fact]
    public void CodeThatDoesNotParseIsLeftAsItIs()
    {
        const string broken = "while (true) { ";
        Assert.Same(broken, WovenChecks.Weave(broken, CancellationToken.None));
    }
}
