namespace DeepDigits.Jupyter;

/// <summary>The folders that Jupyter looks for kernelspecs in (docs.jupyter.org, "Common Directories and File Locations").</summary>
public sealed record JupyterPaths
{
    /// <summary>The folder of the user's own kernelspecs: no admin rights are needed to write there.</summary>
    public required string UserKernels { get; init; }

    /// <summary>All folders, those that are searched first at the front.</summary>
    public required IReadOnlyList<string> AllKernels { get; init; }

    /// <summary>The folders of this machine and this user, as the environment variables and the operating system say.</summary>
    public static JupyterPaths Default => For(
        OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux",
        Environment.GetEnvironmentVariable,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify));

    internal static JupyterPaths For(string system, Func<string, string?> environment, string home)
    {
        string? Variable(string name) => environment(name) is { Length: > 0 } value ? value : null;
        bool platformDirs = Variable("JUPYTER_PLATFORM_DIRS")?.ToLowerInvariant() is "1" or "true" or "yes" or "on";
        string data = Variable("JUPYTER_DATA_DIR") ?? (system, platformDirs) switch
        {
            ("windows", false) => Path.Combine(Variable("APPDATA") ?? Path.Combine(home, "AppData", "Roaming"), "jupyter"),
            ("windows", true) => Path.Combine(Variable("LOCALAPPDATA") ?? Path.Combine(home, "AppData", "Local"), "Jupyter"),
            ("macos", false) => Path.Combine(home, "Library", "Jupyter"),
            ("macos", true) => Path.Combine(home, "Library", "Application Support", "Jupyter"),
            _ => Path.Combine(Variable("XDG_DATA_HOME") ?? Path.Combine(home, ".local", "share"), "jupyter"),
        };
        List<string> roots = [.. (Variable("JUPYTER_PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries), data];
        foreach (string prefix in new[] { "VIRTUAL_ENV", "CONDA_PREFIX" })
        {
            if (Variable(prefix) is { } folder)
            {
                roots.Add(Path.Combine(folder, "share", "jupyter"));
            }
        }
        if (system == "windows")
        {
            roots.Add(Path.Combine(Variable("PROGRAMDATA") ?? "C:\\ProgramData", "jupyter"));
        }
        else
        {
            roots.AddRange(["/usr/local/share/jupyter", "/usr/share/jupyter"]);
        }
        return new JupyterPaths
        {
            UserKernels = Path.Combine(data, "kernels"),
            AllKernels = [.. roots.Select(root => Path.Combine(root, "kernels")).Distinct()],
        };
    }
}
