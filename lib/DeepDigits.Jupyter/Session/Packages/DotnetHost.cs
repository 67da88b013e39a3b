using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DeepDigits.Jupyter;

/// <summary>Where .NET itself is on this machine.</summary>
public static class DotnetHost
{
    /// <summary>The installation that this process runs on: the folder above <c>shared</c>.</summary>
    internal static string RootFolder { get; } =
        Path.GetFullPath(Path.Combine(FrameworkReferences.RuntimeFolder, "..", "..", ".."));

    /// <summary>The <c>dotnet</c> command: that of the running installation before any that the search path names.</summary>
    public static string Command
    {
        get
        {
            string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
            string?[] candidates = [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH"), Path.Combine(RootFolder, name)];
            return candidates.FirstOrDefault(File.Exists) ?? name;
        }
    }

    /// <summary>A call of the command whose output is read, in English and apart from any build that this process may be part of.</summary>
    /// <param name="folder">The folder to work in.</param>
    /// <param name="arguments">The arguments, each as it is.</param>
    public static ProcessStartInfo Call(string folder, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(Command, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        // Inside a build or a test run these point the command at that run's own files.
        foreach (string variable in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(variable);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        return start;
    }

    /// <summary>The runtime identifier that packages carry native files under, for example <c>linux-x64</c>.</summary>
    /// <remarks>Not <see cref="RuntimeInformation.RuntimeIdentifier"/>: a runtime built by a distribution reports one of its own there.</remarks>
    internal static string RuntimeIdentifier
    {
        get
        {
            string system = OperatingSystem.IsWindows() ? "win"
                : OperatingSystem.IsMacOS() ? "osx"
                : RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)
                    || RuntimeInformation.RuntimeIdentifier.StartsWith("alpine", StringComparison.Ordinal) ? "linux-musl" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }
}
