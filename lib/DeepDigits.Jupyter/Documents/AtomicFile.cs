using System.Diagnostics;

namespace DeepDigits.Jupyter;

/// <summary>Writes files so that a reader, or the next start after a power cut, finds the old content or the new, never half of it.</summary>
static class AtomicFile
{
    /// <summary>Writes to a temporary name in the same folder, flushes to the disk, and renames.</summary>
    /// <param name="path">The file. A symbolic link stays one: the file that it points to is replaced.</param>
    /// <param name="bytes">The new content.</param>
    /// <param name="ownerOnly">Whether nobody but the owner may read the file. Otherwise an existing file keeps its permissions.</param>
    /// <exception cref="IOException">The file could not be written; what was there before is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or its folder is protected; what was there before is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, bool ownerOnly = false)
    {
        string target = Path.GetFullPath(path);
        bool exists = File.Exists(target);
        if (exists && File.ResolveLinkTarget(target, returnFinalTarget: true) is { } linked)
        {
            target = linked.FullName;
        }
        if (exists && (File.GetAttributes(target) & FileAttributes.ReadOnly) != 0)
        {
            throw new UnauthorizedAccessException($"{target} is read-only.");
        }
        string temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = ownerOnly ? UnixFileMode.UserRead | UnixFileMode.UserWrite
                    : exists ? File.GetUnixFileMode(target)
                    : null;
            }
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }
            Replace(temporary, target);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    static void Replace(string temporary, string target)
    {
        // On Windows an editor or a virus scanner may hold the old file for a moment.
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                File.Move(temporary, target, overwrite: true);
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException
                && OperatingSystem.IsWindows() && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2))
            {
                Thread.Sleep(50);
            }
        }
    }
}
