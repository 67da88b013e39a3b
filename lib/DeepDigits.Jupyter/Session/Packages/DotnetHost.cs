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
