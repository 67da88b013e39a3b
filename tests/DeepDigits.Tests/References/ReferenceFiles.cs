using System.IO.Compression;

namespace DeepDigits.Tests;

/// <summary>Files made by other programs, to compare with. The scripts that made them stand beside them.</summary>
static class ReferenceFiles
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "References", name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>All files in a zip file, by name.</summary>
    public static Dictionary<string, byte[]> Unzip(string name)
    {
        using var archive = ZipFile.OpenRead(PathOf(name));
        var files = new Dictionary<string, byte[]>();
        foreach (var entry in archive.Entries)
        {
            using var stream = entry.Open();
            var bytes = new byte[entry.Length];
            stream.ReadExactly(bytes);
            files.Add(entry.FullName, bytes);
        }
        return files;
    }
}
