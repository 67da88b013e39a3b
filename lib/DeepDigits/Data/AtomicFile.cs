using System.Text;

namespace DeepDigits;

/// <summary>
/// A file that appears whole or not at all: written under a temporary name beside its place, flushed to the disk, and renamed by
/// <see cref="Commit"/>. Whatever stood under the name before stays until then. Disposed without a commit, it leaves nothing behind.
/// </summary>
sealed class AtomicFile : IDisposable
{
    readonly string path;
    readonly string temporaryPath;
    readonly FileStream stream;
    bool isCommitted;

    /// <summary>Starts to write a file, in a folder that is made if it is not there.</summary>
    public AtomicFile(string path)
    {
        this.path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(this.path)!);
        // Always the same name: what a killed process left behind is overwritten by the next one.
        temporaryPath = this.path + ".tmp";
        stream = new FileStream(temporaryPath, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
    }

    /// <summary>Where to write the content.</summary>
    public Stream Stream => stream;

    /// <summary>Gives the file its name.</summary>
    public void Commit()
    {
        stream.Flush(flushToDisk: true);
        stream.Dispose();
        File.Move(temporaryPath, path, overwrite: true);
        isCommitted = true;
    }

    /// <summary>Writes a whole text file in UTF-8.</summary>
    public static void WriteText(string path, string text)
    {
        using var file = new AtomicFile(path);
        file.Stream.Write(Encoding.UTF8.GetBytes(text));
        file.Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stream.Dispose();
        if (!isCommitted) // else the name may already belong to the next writer
            File.Delete(temporaryPath);
    }
}
