using System.CommandLine;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using DeepDigits.Jupyter;

namespace DeepDigits.Cli.Commands;

/// <summary>`kernel`: installs the C# kernel for Jupyter and VS Code, and is what they start.</summary>
static class KernelCommand
{
    public static Command Create() => new ExplainedCommand("kernel", "The C# kernel for Jupyter and VS Code: install it, remove it, list kernels, run it.",
        ("kernel install", "Once, after the first build: from then on VS Code and Jupyter offer '.NET (C#)'"),
        ("kernel uninstall", "Take it away again"))
    {
        CreateInstall(), CreateUninstall(), CreateList(), CreateRun(),
    };

    static Command CreateInstall()
    {
        Option<string> name = NameOption();
        Option<string> displayName = new("--display-name") { HelpName = "TEXT", Description = "What front ends show.", DefaultValueFactory = _ => ".NET (C#)" };
        Option<bool> force = new("--force")
        {
            Description = "Replace a kernel of the same name that another program has installed. It is kept, and comes back at uninstall.",
        };
        var command = new ExplainedCommand("install", "Tell Jupyter and VS Code of the C# kernel: for this user only, without admin rights.",
            ("kernel install", "Under the name that C# notebooks ask for"),
            ("kernel install --name csharp-deepdigits", "Beside a kernel of .NET Interactive"))
        {
            name, displayName, force,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string program = Assembly.GetExecutingAssembly().Location;
            (IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment) = KernelSpec.FindCommand(program, Environment.ProcessPath);
            (string folder, bool changed) = KernelSpec.Install(
                JupyterPaths.Default, parsed.GetRequiredValue(name), parsed.GetRequiredValue(displayName), arguments, environment, parsed.GetValue(force));
            terminal.Line(changed ? $"Installed: {folder}" : $"Already installed: {folder}");
            terminal.Line($"It starts: {string.Join(' ', arguments)} kernel run {{connection_file}}");
            if ((NotebookPackage.FindClone(Directory.GetCurrentDirectory()) ?? NotebookPackage.FindClone(AppContext.BaseDirectory)) is { } clone)
                await PreparePackageAsync(clone, terminal, cancellation);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Builds the package that the clone's notebooks load, and loads it once: then the first cell of a notebook need not wait for it.</summary>
    static async Task PreparePackageAsync(string clone, Terminal terminal, CancellationToken cancellation)
    {
        bool built = await NotebookPackage.UpdateAsync(clone, () => terminal.Line("Building the package that the notebooks load ..."), cancellation);
        Notebook trial = Notebook.Create();
        trial.Cells.Add(NotebookCell.Code($"#r \"nuget: DeepDigits, {CommandLine.Version}\""));
        var options = new NotebookRunOptions { Session = new SessionOptions { WorkingDirectory = Path.Combine(clone, "notebooks") } };
        NotebookRun run = await NotebookRunner.RunAsync(trial, options, cancellation: cancellation);
        if (run.Failures.FirstOrDefault()?.Error is { } error)
            throw new NotebookPackageException($"The kernel is installed, but the notebooks' package cannot be loaded: {error.Message}");
        terminal.Line($"Package for the notebooks: {(built ? "built" : "up to date")}, in {Path.Combine(clone, "notebooks", "packages")}");
    }

    static Command CreateUninstall()
    {
        Option<string> name = NameOption();
        var command = new ExplainedCommand("uninstall", "Remove what 'kernel install' has written, and nothing else.", ("kernel uninstall", "The C# kernel"))
        {
            name,
        };
        command.SetAction(parsed =>
        {
            string wanted = parsed.GetRequiredValue(name);
            string? folder = KernelSpec.Uninstall(JupyterPaths.Default, wanted);
            new Terminal(parsed).Line(folder is null ? $"No kernel '{wanted}' of ours is installed." : $"Removed from {folder}");
            return ExitCode.Success;
        });
        return command;
    }

    static Command CreateList()
    {
        var command = new ExplainedCommand("list", "All kernels that Jupyter and VS Code find on this machine.", ("kernel list", "Is the C# kernel among them?"));
        command.SetAction(parsed =>
        {
            var terminal = new Terminal(parsed);
            IReadOnlyList<KernelSpec> found = KernelSpec.List(JupyterPaths.Default);
            foreach (KernelSpec spec in found)
                terminal.Line($"{spec.Name,-20} {spec.Language,-10} {spec.DisplayName,-24} {spec.Folder}{(spec.IsOurs ? "  (ours)" : "")}");
            if (found.Count == 0)
                terminal.Line("No kernel is installed. 'deepdigits kernel install' installs the one for C#.");
            return ExitCode.Success;
        });
        return command;
    }

    static Command CreateRun()
    {
        Argument<string> file = new("connection-file") { Description = "The file in which the front end says where to listen and which key to use." };
        var command = new ExplainedCommand("run", "Run the kernel. Front ends do this; there is no need to do it by hand.",
            ("kernel run connection.json", "As Jupyter starts it"))
        {
            file,
        };
        command.SetAction(parsed => RunKernel(parsed.GetRequiredValue(file)));
        return command;
    }

    static int RunKernel(string file)
    {
        // The session takes Console.Out and Console.Error over; what the kernel itself has to say goes to the process's own stderr.
        var log = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardError()) { AutoFlush = true });
        try
        {
            var options = new JupyterKernelOptions { Log = WriteLog };
            var kernel = new JupyterKernel(ConnectionFile.Load(file), options);
            using var stop = new CancellationTokenSource();
            using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
            {
                signal.Cancel = true;
                kernel.Interrupt();
            });
            using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
            {
                signal.Cancel = true;
                stop.Cancel();
            });
            ParentProcess.WhenGone(stop.Cancel);
            kernel.RunAsync(stop.Token).GetAwaiter().GetResult();
            // A cell may have left threads that would keep the process alive for ever.
            Environment.Exit(ExitCode.Success);
            return ExitCode.Success;
        }
        catch (Exception e) when (e is ConnectionFileException or SocketException)
        {
            WriteLog($"The kernel cannot start: {e.Message}");
            return ExitCode.Failure;
        }

        void WriteLog(string line)
        {
            try
            {
                log.WriteLine($"[deepdigits kernel] {line}");
            }
            catch (IOException)
            {
                // Nobody reads it.
            }
        }
    }

    static Option<string> NameOption() => new("--name")
    {
        HelpName = "NAME",
        Description = "The name by which notebooks ask for the kernel.",
        DefaultValueFactory = _ => KernelSpec.DefaultName,
    };
}
