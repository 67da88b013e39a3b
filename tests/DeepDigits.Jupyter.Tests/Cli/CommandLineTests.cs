using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using static DeepDigits.Jupyter.Tests.JupyterTestClient;

namespace DeepDigits.Jupyter.Tests;

/// <summary>The commands as a user or a front end starts them: as processes of their own, with the real C# session.</summary>
public sealed class CommandLineTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "DeepDigits.Cli.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder.Path,
        };
        start.Environment["JUPYTER_DATA_DIR"] = folder.File("jupyter");
        return Process.Start(start)!;
    }

    async Task<(int ExitCode, string Text)> Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await process.WaitForExitAsync(timeout.Token);
        return (process.ExitCode, await output + await errors);
    }

    string Save(string name, params string[] cells)
    {
        Notebook notebook = Notebook.Create();
        foreach (string code in cells)
        {
            notebook.Cells.Add(NotebookCell.Code(code));
        }
        notebook.Save(folder.File(name));
        return folder.File(name);
    }

    [Fact]
    public async Task A_notebook_is_run_in_place_and_stripped_again()
    {
        Directory.CreateDirectory(folder.File("sub"));
        string path = Save("sub/a.ipynb", "var x = 20;\nConsole.WriteLine(System.IO.File.Exists(\"a.ipynb\"));", "x + 1");
        byte[] before = File.ReadAllBytes(path);
        (int exitCode, string text) = await Run("run", "sub/a.ipynb");
        Assert.True(exitCode == 0, text);
        Assert.Contains("[1/2]", text);
        Assert.Equal(["True\n", "21"], Notebook.Load(path).Cells.Select(cell => cell.OutputText.ReplaceLineEndings("\n")));
        Assert.Equal(1, (await Run("strip", "--check", "sub/a.ipynb")).ExitCode);
        Assert.Equal(0, (await Run("strip", "sub/a.ipynb")).ExitCode);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task A_failing_cell_is_told_with_its_line_and_a_wrong_file_with_its_name()
    {
        string path = Save("b.ipynb", "Console.WriteLine(\"kept\");", "int zero = 0;\nint y = 1 / zero;", "1");
        (int exitCode, string text) = await Run("run", "b.ipynb", "missing.ipynb");
        Assert.Equal(1, exitCode);
        Assert.Contains("cell 2", text);
        Assert.Contains("int y = 1 / zero;", text);
        Assert.Contains("missing.ipynb", text);
        Assert.Equal("kept", Notebook.Load(path).Cells[0].OutputText.Trim());
        Assert.Empty(Notebook.Load(path).Cells[2].Outputs);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run", "a.ipynb", "--in-place", "--output-dir", "x")]
    [InlineData("run", "a.ipynb", "--timeout", "-1")]
    [InlineData("run", "a.ipynb", "-p", "epochs")]
    [InlineData("run", "a.ipynb", "-p", "epochs", "1", "-p", "epochs", "2")]
    [InlineData("kernel", "install", "--name", "../x")]
    [InlineData("kernel", "run", "missing.json")]
    public async Task Wrong_commands_are_refused(params string[] arguments)
    {
        Assert.NotEqual(0, (await Run(arguments)).ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task The_kernel_is_installed_listed_started_and_removed()
    {
        (int exitCode, string text) = await Run("kernel", "install");
        Assert.True(exitCode == 0, text);
        KernelSpec spec = Assert.Single(KernelSpec.List(new JupyterPaths
        {
            UserKernels = "",
            AllKernels = [Path.Combine(folder.Path, "jupyter", "kernels")],
        }));
        Assert.Contains(".net-csharp", (await Run("kernel", "list")).Text);

        // As a front end starts it: the command of the kernelspec with the name of a connection file that names free ports.
        ConnectionFile connection = WithFreePorts(ConnectionFile.Create());
        string file = folder.File("connection.json");
        connection.Save(file);
        string[] command = [.. spec.Arguments.Select(word => word.Replace("{connection_file}", file))];
        using Process kernel = Process.Start(new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = folder.Path })!;
        await using (JupyterTestClient client = await ConnectWhenReady(connection))
        {
            Assert.Equal("ok", (string?)(await client.AskAsync("execute_request", Execute("var x = 20;")))["status"]);
            await client.UntilIdleAsync();
            await client.AskAsync("execute_request", Execute("x + 1"));
            Received result = Assert.Single(await client.UntilIdleAsync(), message => message.Type == "execute_result");
            Assert.Equal("21", (string?)result.Content["data"]!["text/plain"]);
            await client.SendAsync(client.Control, "shutdown_request", new() { ["restart"] = false });
            Assert.Equal("shutdown_reply", (await client.ReceiveAsync(client.Control)).Type);
        }
        Assert.True(kernel.WaitForExit(10_000));
        Assert.Equal(0, kernel.ExitCode);

        Assert.Equal(0, (await Run("kernel", "uninstall")).ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(folder.Path, "jupyter", "kernels")));
    }

    static async Task<JupyterTestClient> ConnectWhenReady(ConnectionFile connection)
    {
        long deadline = Environment.TickCount64 + 30_000;
        while (true)
        {
            try
            {
                return await ConnectAsync(connection);
            }
            catch (SocketException) when (Environment.TickCount64 < deadline)
            {
                await Task.Delay(100);
            }
        }
    }

    static ConnectionFile WithFreePorts(ConnectionFile connection)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, 5).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        int[] ports = [.. listeners.Select(listener =>
        {
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        })];
        foreach (TcpListener listener in listeners)
        {
            listener.Dispose();
        }
        return connection with { ShellPort = ports[0], IopubPort = ports[1], StdinPort = ports[2], ControlPort = ports[3], HeartbeatPort = ports[4] };
    }
}
