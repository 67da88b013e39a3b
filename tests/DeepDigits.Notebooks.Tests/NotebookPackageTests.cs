using System.IO.Compression;
using DeepDigits.Cli;
using DeepDigits.Jupyter;

namespace DeepDigits.Notebooks.Tests;

public sealed class NotebookPackageTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("deepdigits-clone-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_notebook_loads_the_library_and_the_data_from_the_clones_own_feed()
    {
        await NotebookPackage.UpdateAsync(Clone.Root, () => { }, CancellationToken.None);
        using (ZipArchive package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(Path.Combine(Clone.Root, "notebooks", "packages"), "*.nupkg"))))
            Assert.Equal(4, package.Entries.Count(entry => entry.FullName.StartsWith("data/mnist/", StringComparison.Ordinal) && entry.Name.EndsWith(".gz")));
        Notebook notebook = Notebook.Create();
        notebook.Cells.Add(NotebookCell.Code("#r \"nuget: DeepDigits, 1.0.0\""));
        notebook.Cells.Add(NotebookCell.Code("using DeepDigits;\nvar (train, test) = Mnist.Load();\n$\"{train.Count} {test.Count}\""));
        var options = new NotebookRunOptions { Session = new SessionOptions { WorkingDirectory = Path.Combine(Clone.Root, "notebooks") } };
        NotebookRun run = await NotebookRunner.RunAsync(notebook, options);
        Assert.True(run.Succeeded, run.Failures.FirstOrDefault()?.Error?.Message);
        Assert.Equal("60000 10000", notebook.Cells[1].OutputText);
    }

    [Fact]
    public async Task It_is_built_when_its_sources_have_changed_or_it_was_replaced_and_once_however_many_ask()
    {
        string clone = folder.FullName;
        foreach (string file in Directory.EnumerateFiles(Clone.Root, "Directory.*").Append(Path.Combine(Clone.Root, "global.json")))
            File.Copy(file, Path.Combine(clone, Path.GetFileName(file)));
        Write("notebooks/nuget.config", "<configuration />");
        Write("data/mnist/README.md", "none");
        Write("lib/DeepDigits/DeepDigits.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        Write("lib/DeepDigits/Answer.cs", "/// <summary>1.</summary>\npublic static class Answer;");
        Assert.Equal(clone, NotebookPackage.FindClone(Path.Combine(clone, "notebooks", "solutions")));
        int builds = 0;
        bool[] built = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(Update)));
        Assert.Equal([false, false, true], built.Order());
        Assert.Equal(1, builds);
        Assert.False(await Update());

        Write("lib/DeepDigits/Answer.cs", "/// <summary>2.</summary>\npublic static class Answer;");
        Assert.True(await Update());
        string package = Assert.Single(Directory.GetFiles(Path.Combine(clone, "notebooks", "packages"), "*.nupkg"));
        await File.AppendAllTextAsync(package, "by hand");
        Assert.True(await Update());

        Write("lib/DeepDigits/Answer.cs", "public static class Answer { this is not C# }");
        NotebookPackageException error = await Assert.ThrowsAsync<NotebookPackageException>(Update);
        Assert.Contains("Answer.cs", error.Message);
        Assert.True(File.Exists(package));

        Task<bool> Update() => NotebookPackage.UpdateAsync(clone, () => Interlocked.Increment(ref builds), CancellationToken.None);
    }

    void Write(string file, string text)
    {
        string path = Path.Combine(folder.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
