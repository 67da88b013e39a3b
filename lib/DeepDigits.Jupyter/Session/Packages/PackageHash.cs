using System.Security.Cryptography;

namespace DeepDigits.Jupyter;

/// <summary>Tells one build of a package from another of the same version.</summary>
static class PackageHash
{
    /// <summary>The SHA-512 of a file in base 64, as NuGet notes it beside an unpacked package.</summary>
    internal static string Of(string file)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Convert.ToBase64String(SHA512.HashData(stream));
    }
}
