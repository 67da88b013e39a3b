using System.Diagnostics;

namespace DeepDigits.Jupyter.Tests;

public sealed class PackageTests
{
    const string Answer1 = "namespace Answers; public static class Answer { /* first */ public static int Value => 1; }";
    const string Answer2 = "namespace Answers; public static class Answer { public static int Value => 2; }";

    [Fact]
    public async Task APackageComesThroughTheNotebooksOwnConfigurationAndIsNeverStale()
    {
        await using SessionFixture notebook = new();
        string feed = Path.Combine(notebook.Folder, "feed");
        LocalPackage.Configure(notebook.Folder, "feed");
        LocalPackage.Write(feed, "DeepDigits.Test.Answers", "1.0.0", Answer1);
        Stopwatch restoring = Stopwatch.StartNew();
        Assert.Equal("1", await notebook.Value("#r \"nuget: DeepDigits.Test.Answers, 1.0.0\"\nusing Answers;\nAnswer.Value"));
        restoring.Stop();
        Assert.True(Directory.Exists(Path.Combine(notebook.Folder, "unpacked", "deepdigits.test.answers", "1.0.0")));

        // The same request again, in another session: answered from what is known, without starting anything.
        await using (CSharpSession second = NewSession(notebook.Folder))
        {
            await second.ExecuteAsync(new Cell("1"), new RecordedOutput());
            Stopwatch watch = Stopwatch.StartNew();
            CellResult result = await second.ExecuteAsync(new Cell("#r \"nuget: DeepDigits.Test.Answers, 1.0.0\"\nAnswers.Answer.Value"), new RecordedOutput());
            Assert.Equal("1", result.Value?.Text("text/plain"));
            Assert.True(watch.Elapsed < restoring.Elapsed, $"{watch.Elapsed}, {restoring.Elapsed} with a restore");
        }

        // Built anew under the same version.
        LocalPackage.Write(feed, "DeepDigits.Test.Answers", "1.0.0", Answer2);
        CellResult refused = await notebook.Run("#r \"nuget: DeepDigits.Test.Answers, 1.0.0\"");
        Assert.Equal(CellStatus.Error, refused.Status);
        Assert.Contains("Restart the kernel", refused.Error!.Message);
        await using CSharpSession third = NewSession(notebook.Folder);
        CellResult rebuilt = await third.ExecuteAsync(new Cell("#r \"nuget: DeepDigits.Test.Answers, 1.0.0\"\nAnswers.Answer.Value"), new RecordedOutput());
        Assert.Equal("2", rebuilt.Value?.Text("text/plain"));
    }

    [Fact]
    public async Task AnotherSourceCanBeAddedAndTheNewestVersionIsNamed()
    {
        await using SessionFixture notebook = new();
        LocalPackage.Configure(notebook.Folder, "feed");
        Directory.CreateDirectory(Path.Combine(notebook.Folder, "feed"));
        LocalPackage.Write(Path.Combine(notebook.Folder, "other"), "DeepDigits.Test.Newest", "1.0.0", Answer1);
        LocalPackage.Write(Path.Combine(notebook.Folder, "other"), "DeepDigits.Test.Newest", "1.1.0", Answer2);
        CellResult missing = await notebook.Run("#r \"nuget: DeepDigits.Test.Newest\"");
        Assert.Equal("ReferenceError", missing.Error!.Name);
        Assert.Contains(missing.Error.Traceback, line => line.Contains("DeepDigits.Test.Newest"));
        (CellResult result, RecordedOutput output) = await notebook.Record(
            "#i \"nuget: other\"\n#r \"nuget: DeepDigits.Test.Newest\"\nAnswers.Answer.Value");
        Assert.Equal("2", result.Value?.Text("text/plain"));
        Assert.Contains("Display: DeepDigits.Test.Newest 1.1.0", output.Events);
    }

    [Fact]
    public async Task NativeFilesOfThisMachineAreFound()
    {
        // A native library that is surely here: one of the framework's own, under another name.
        (string name, string prefix, string suffix, string entry, string arguments) = OperatingSystem.IsWindows()
            ? ("System.IO.Compression.Native", "", ".dll", "CompressionNative_Crc32", "uint crc, nint buffer, int length")
            : ("libSystem.Native", "lib", OperatingSystem.IsMacOS() ? ".dylib" : ".so", "SystemNative_GetPid", "");
        string library = Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name + suffix);
        await using SessionFixture notebook = new();
        LocalPackage.Configure(notebook.Folder, "feed");
        LocalPackage.Write(
            Path.Combine(notebook.Folder, "feed"),
            "DeepDigits.Test.Native",
            "1.0.0",
            "using System.Runtime.InteropServices; public static class Native { "
                + $"[DllImport(\"deepdigitstest\", EntryPoint = \"{entry}\")] public static extern int Call({arguments}); }}",
            ($"runtimes/{DotnetHost.RuntimeIdentifier}/native/{prefix}deepdigitstest{suffix}", library));
        string expected = OperatingSystem.IsWindows() ? "0" : $"{Environment.ProcessId}";
        string call = OperatingSystem.IsWindows() ? "Native.Call(0, 0, 0)" : "Native.Call()";
        Assert.Equal(expected, await notebook.Value($"#r \"nuget: DeepDigits.Test.Native, 1.0.0\"\n{call}"));
    }

    [Fact]
    public async Task AnAssemblyIsFoundRelativeToTheNotebookAndStaysWritable()
    {
        await using SessionFixture notebook = new();
        string path = Path.Combine(notebook.Folder, "bin", "Answers.dll");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, LocalPackage.Compile("Answers", Answer1));
        Assert.Equal("1", await notebook.Value("#r \"bin/Answers.dll\"\nAnswers.Answer.Value"));
        Assert.Equal("1", await notebook.Value("#r \"bin\\Answers.dll\"\nAnswers.Answer.Value"));
        File.WriteAllBytes(path, LocalPackage.Compile("Answers", Answer2));
        CellResult other = await notebook.Run("#r \"bin/Answers.dll\"");
        Assert.Contains("Restart the kernel", other.Error!.Message);
        CellResult missing = await notebook.Run("#r \"bin/Nothing.dll\"");
        Assert.Contains(Path.Combine("bin", "Nothing.dll"), missing.Error!.Message);
        Assert.Equal("3", await notebook.Value("1 + 2"));
    }

    [Fact]
    public async Task LoadRunsAFileWithDirectivesOfItsOwn()
    {
        await using SessionFixture notebook = new();
        Directory.CreateDirectory(Path.Combine(notebook.Folder, "more"));
        File.WriteAllBytes(Path.Combine(notebook.Folder, "more", "Answers.dll"), LocalPackage.Compile("Answers", Answer1));
        File.WriteAllText(Path.Combine(notebook.Folder, "more", "helper.csx"), "#r \"Answers.dll\"\n#load \"deeper.csx\"\nint Helped() => Answers.Answer.Value + deep;");
        File.WriteAllText(Path.Combine(notebook.Folder, "more", "deeper.csx"), "int deep = 10;");
        Assert.Equal("11", await notebook.Value("#load \"more/helper.csx\"\nHelped()"));
        Assert.Equal("11", await notebook.Value("Helped()"));
        CellResult missing = await notebook.Run("#load \"nothing.csx\"");
        Assert.Equal("CompilationError", missing.Error!.Name);
        Assert.Contains("nothing.csx", missing.Error.Message);
    }

    static CSharpSession NewSession(string folder) =>
        new(new SessionOptions { WorkingDirectory = folder, PackageCacheDirectory = Path.Combine(folder, "cache") });
}
