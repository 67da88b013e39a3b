namespace DeepDigits.Jupyter.Tests;

/// <summary>A session in a temporary folder of its own.</summary>
sealed class SessionFixture : IAsyncDisposable
{
    public SessionFixture(Func<SessionOptions, SessionOptions>? adjust = null)
    {
        Folder = Directory.CreateTempSubdirectory("deepdigits-session-").FullName;
        SessionOptions options = new() { WorkingDirectory = Folder, PackageCacheDirectory = Path.Combine(Folder, "cache") };
        Session = new CSharpSession(adjust?.Invoke(options) ?? options);
    }

    public string Folder { get; }

    public CSharpSession Session { get; }

    /// <summary>Runs a cell whose output does not matter.</summary>
    public Task<CellResult> Run(string code, string? name = null) => Session.ExecuteAsync(new Cell(code, name), new RecordedOutput());

    /// <summary>Runs a cell and returns it with its output.</summary>
    public async Task<(CellResult Result, RecordedOutput Output)> Record(string code, string? name = null)
    {
        RecordedOutput output = new();
        return (await Session.ExecuteAsync(new Cell(code, name), output), output);
    }

    /// <summary>Runs a cell that must succeed, and returns its value as plain text.</summary>
    public async Task<string?> Value(string code)
    {
        CellResult result = await Run(code);
        Assert.True(result.Status == CellStatus.Ok, string.Join('\n', result.Error?.Traceback ?? []));
        return result.Value?.Text("text/plain");
    }

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // On Windows a native library stays locked until the process ends; the system cleans its temporary folder.
        }
    }
}
