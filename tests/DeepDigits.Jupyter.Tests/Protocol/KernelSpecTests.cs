using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter.Tests;

public sealed class KernelSpecTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly JupyterPaths paths;

    public KernelSpecTests() => paths = new JupyterPaths
    {
        UserKernels = Path.Combine(folder.Path, "user", "kernels"),
        AllKernels = [Path.Combine(folder.Path, "user", "kernels"), Path.Combine(folder.Path, "system", "kernels")],
    };

    public void Dispose() => folder.Dispose();

    string KernelFile => Path.Combine(paths.UserKernels, ".net-csharp", "kernel.json");

    (string Folder, bool Changed) Install(bool force = false, string name = KernelSpec.DefaultName, string program = "/p/DeepDigits.Cli.dll") =>
        KernelSpec.Install(paths, name, ".NET (C#)", ["dotnet", program], new Dictionary<string, string>(), force);

    [Fact]
    public void Installing_twice_changes_nothing_and_uninstalling_leaves_nothing()
    {
        Assert.True(Install().Changed);
        byte[] before = File.ReadAllBytes(KernelFile);
        Assert.False(Install().Changed);
        Assert.Equal(before, File.ReadAllBytes(KernelFile));
        JsonNode spec = JsonNode.Parse(before)!;
        Assert.Equal("""["dotnet","/p/DeepDigits.Cli.dll","kernel","run","{connection_file}"]""", spec["argv"]!.ToJsonString());
        Assert.Equal(("C#", "message"), ((string?)spec["language"], (string?)spec["interrupt_mode"]));
        KernelSpec listed = Assert.Single(KernelSpec.List(paths));
        Assert.Equal((".net-csharp", true), (listed.Name, listed.IsOurs));

        Assert.NotNull(KernelSpec.Uninstall(paths, KernelSpec.DefaultName));
        Assert.Empty(Directory.GetFileSystemEntries(paths.UserKernels));
        Assert.Null(KernelSpec.Uninstall(paths, KernelSpec.DefaultName));
    }

    [Fact]
    public void What_the_user_added_survives_a_new_version()
    {
        Install();
        JsonNode spec = JsonNode.Parse(File.ReadAllBytes(KernelFile))!;
        spec["env"] = new JsonObject { ["DOTNET_gcServer"] = "0" };
        spec["metadata"]!["mine"] = 1;
        File.WriteAllText(KernelFile, spec.ToJsonString());
        string notes = Path.Combine(Path.GetDirectoryName(KernelFile)!, "notes.txt");
        File.WriteAllText(notes, "mine");
        Assert.True(Install(program: "/q/DeepDigits.Cli.dll").Changed);
        spec = JsonNode.Parse(File.ReadAllBytes(KernelFile))!;
        Assert.Equal("/q/DeepDigits.Cli.dll", (string?)spec["argv"]![1]);
        Assert.Equal("0", (string?)spec["env"]!["DOTNET_gcServer"]);
        Assert.Equal(1, (int)spec["metadata"]!["mine"]!);
        KernelSpec.Uninstall(paths, KernelSpec.DefaultName);
        Assert.Equal("mine", File.ReadAllText(notes));
        Assert.Equal([notes], Directory.GetFileSystemEntries(Path.GetDirectoryName(notes)!));
    }

    [Theory]
    [InlineData("""{"argv":["dotnet-interactive"],"display_name":".NET (C#)","language":"C#"}""")]
    [InlineData("not json")]
    public void A_foreign_kernelspec_is_replaced_by_force_only_and_comes_back(string foreign)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(KernelFile)!);
        File.WriteAllText(KernelFile, foreign);
        Assert.Contains("--force", Assert.Throws<KernelSpecException>(() => Install()).Message);
        Assert.Throws<KernelSpecException>(() => KernelSpec.Uninstall(paths, KernelSpec.DefaultName));
        Assert.Equal(foreign, File.ReadAllText(KernelFile));
        Install(force: true);
        Install(force: true);
        Assert.True(Assert.Single(KernelSpec.List(paths)).IsOurs);
        KernelSpec.Uninstall(paths, KernelSpec.DefaultName);
        Assert.Equal(foreign, File.ReadAllText(KernelFile));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\n")]
    public void A_name_cannot_lead_out_of_the_folder(string name) => Assert.Throws<KernelSpecException>(() => Install(name: name));

    [Fact]
    public void An_installed_tool_is_called_by_its_command_and_a_clone_by_its_assembly()
    {
        var (tool, environment) = KernelSpec.FindCommand("/home/u/.dotnet/tools/.store/deepdigits/1.0.0/x/DeepDigits.Cli.dll", "/home/u/.dotnet/tools/deepdigits");
        Assert.Equal(["/home/u/.dotnet/tools/deepdigits"], tool);
        Assert.True(Directory.Exists(environment["DOTNET_ROOT"]));
        var (clone, none) = KernelSpec.FindCommand("/clone/DeepDigits.Cli.dll", "/usr/bin/dotnet");
        Assert.Equal("/clone/DeepDigits.Cli.dll", clone[^1]);
        Assert.True(clone[0] == "dotnet" || File.Exists(clone[0]));
        Assert.Empty(none);
    }

    [Theory]
    [InlineData("linux", "", "/home/u/.local/share/jupyter/kernels")]
    [InlineData("linux", "XDG_DATA_HOME=/x", "/x/jupyter/kernels")]
    [InlineData("linux", "JUPYTER_DATA_DIR=/j XDG_DATA_HOME=/x", "/j/kernels")]
    [InlineData("macos", "", "/home/u/Library/Jupyter/kernels")]
    [InlineData("macos", "JUPYTER_PLATFORM_DIRS=1", "/home/u/Library/Application Support/Jupyter/kernels")]
    [InlineData("windows", "APPDATA=/home/u/AppData/Roaming", "/home/u/AppData/Roaming/jupyter/kernels")]
    [InlineData("windows", "JUPYTER_DATA_DIR=/j", "/j/kernels")]
    public void The_users_kernels_are_where_Jupyter_looks(string system, string variables, string expected)
    {
        Dictionary<string, string> environment = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        JupyterPaths found = JupyterPaths.For(system, environment.GetValueOrDefault, "/home/u");
        Assert.Equal(expected, found.UserKernels.Replace('\\', '/'));
        Assert.Contains(found.UserKernels, found.AllKernels);
    }
}
