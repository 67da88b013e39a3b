namespace DeepDigits.Jupyter;

/// <summary>A package that a cell asks for.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">The version as written, or null for the newest stable one.</param>
sealed record PackageRequest(string Id, string? Version)
{
    /// <summary>Whether the answer may be another one tomorrow.</summary>
    internal bool IsFloating => Version is null || Version.Contains('*', StringComparison.Ordinal);
}

/// <summary>A package on this machine, with the files that this machine needs of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">The version that was chosen.</param>
/// <param name="ContentHash">The SHA-512 of the package file that it was unpacked from, in base 64; empty if unknown.</param>
/// <param name="CompileFiles">The assemblies to compile against.</param>
/// <param name="RuntimeFiles">The assemblies to run.</param>
/// <param name="NativeFiles">The native libraries for this operating system and processor.</param>
sealed record ResolvedPackage(
    string Id,
    string Version,
    string ContentHash,
    IReadOnlyList<string> CompileFiles,
    IReadOnlyList<string> RuntimeFiles,
    IReadOnlyList<string> NativeFiles);
