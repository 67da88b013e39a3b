using System.Buffers.Binary;
using System.IO.Compression;

namespace DeepDigits;

/// <summary>
/// A data file opened for reading. A gzipped one (recognized by its first two bytes, 1f 8b, not by its name) is unpacked on the way.
/// </summary>
sealed class InputFile : IDisposable
{
    /// <summary>Deflate packs at most 258 bytes into 2 bits.</summary>
    const long LargestCompressionRatio = 1032;

    readonly Stream source;
    readonly Stream unpacked;
    readonly uint expectedChecksum;
    uint checksum;

    /// <exception cref="DataMissingException">There is no such file.</exception>
    /// <exception cref="DataFormatException">It is not a file but, for example, a pipe.</exception>
    public InputFile(string path)
        : this(Open(path), path)
    {
    }

    /// <summary>Reads from a stream that can seek, which is disposed with this object.</summary>
    public InputFile(Stream source, string name)
    {
        Name = name;
        this.source = source;
        try
        {
            if (!source.CanSeek)
                throw Error("a regular file", "a pipe or a device", "Save its content to a file first.");
            IsGzipped = source.Length >= 2 && source.ReadByte() == 0x1f && source.ReadByte() == 0x8b;
            (expectedChecksum, Length) = IsGzipped ? ReadTrailer() : (0, source.Length);
            source.Position = 0;
            unpacked = IsGzipped ? new GZipStream(source, CompressionMode.Decompress, leaveOpen: true) : source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>What the file is called in messages.</summary>
    public string Name { get; }

    /// <summary>Whether the file is unpacked while it is read.</summary>
    public bool IsGzipped { get; }

    /// <summary>
    /// The number of unpacked bytes that the file must turn out to hold. It is exact for a plain file. For a gzipped one it is what its
    /// last four bytes say, which <see cref="RequireEnd"/> holds against the bytes that arrived; but it is never more than can be packed
    /// into the file. So memory may be taken for as many bytes before they have arrived.
    /// </summary>
    public long Length { get; }

    /// <summary>The number of unpacked bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>Reads unpacked bytes until the buffer is full or the file ends.</summary>
    /// <returns>The number of bytes read.</returns>
    /// <exception cref="DataFormatException">The file is gzipped and damaged.</exception>
    public int Read(Span<byte> buffer)
    {
        try
        {
            var count = unpacked.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            Position += count;
            if (IsGzipped)
                checksum = Crc32.Append(checksum, buffer[..count]);
            return count;
        }
        catch (InvalidDataException e)
        {
            throw Error("intact gzip data", "damaged data", "Get it again.", e);
        }
    }

    /// <summary>Checks that the file ends here, and that it is intact if it is gzipped.</summary>
    /// <remarks>
    /// GZipStream takes a file that is cut off, or followed by other bytes, for a complete one, without looking at a checksum. So the
    /// length and the checksum in the last eight bytes are compared here. (Several gzip members one after another are refused for that
    /// reason.)
    /// </remarks>
    /// <exception cref="DataFormatException">There are more bytes, or the file was cut off before, or it is damaged.</exception>
    public void RequireEnd()
    {
        var expected = $"the end of the file after {Length} bytes";
        Span<byte> next = stackalloc byte[1];
        if (Position < Length)
            throw Error(expected, "the end", "It is cut off: get it again.");
        if (Read(next) > 0)
            throw Error(expected, "more bytes", "Get it again; if it is gzipped in several parts, unpack it and pack it as one.");
        if (checksum != expectedChecksum)
            throw Error($"bytes with the checksum {expectedChecksum:x8}", $"{checksum:x8}", "The file is damaged: get it again.");
    }

    /// <summary>An error at the present position.</summary>
    public DataFormatException Error(string expected, string found, string advice, Exception? cause = null) =>
        new(Name, $"byte {Position}{(IsGzipped ? " (unpacked)" : "")}", expected, found, advice, cause);

    /// <inheritdoc/>
    public void Dispose()
    {
        unpacked.Dispose();
        source.Dispose();
    }

    /// <summary>The checksum and the number of the unpacked bytes, which stand in the last eight bytes of a gzipped file.</summary>
    (uint Checksum, long Length) ReadTrailer()
    {
        const int headerAndTrailer = 18;
        Span<byte> trailer = stackalloc byte[8];
        if (source.Length >= headerAndTrailer)
        {
            source.Position = source.Length - trailer.Length;
            source.ReadExactly(trailer);
        }
        long length = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        if (source.Length < headerAndTrailer || length > source.Length * LargestCompressionRatio)
        {
            throw Error("complete gzip data, with the unpacked length in its last four bytes", "other bytes there",
                "It is cut off: get it again.");
        }
        return (BinaryPrimitives.ReadUInt32LittleEndian(trailer), length);
    }

    /// <exception cref="DataMissingException">There is no such file.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0,
                FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataMissingException($"There is no file {Path.GetFullPath(path)}.");
        }
    }
}
