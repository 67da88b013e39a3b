using System.Net;
using System.Net.Http.Headers;

namespace DeepDigits;

/// <summary>
/// Fetches the four files of MNIST. What arrives is written to a file *.partial, which the next attempt continues (HTTP range requests), be
/// it after a broken connection or in another run. Only when the SHA-256 of its unpacked bytes is the published one does it get its name.
/// </summary>
/// <param name="handler">Carries the requests, if it is not null; it is not disposed.</param>
/// <param name="mirrors">Base addresses, tried in this order; null: <see cref="PublicMirrors"/>.</param>
sealed class MnistDownload(HttpMessageHandler? handler = null, IReadOnlyList<Uri>? mirrors = null)
{
    /// <summary>The largest file has 10 MB: a mirror that sends more sends something else.</summary>
    const long LargestFile = 64 << 20;

    /// <summary>How often a mirror is asked to go on after a broken connection.</summary>
    const int Attempts = 5;

    /// <summary>The copies that PyTorch and TensorFlow use.</summary>
    public static IReadOnlyList<Uri> PublicMirrors { get; } =
        [new("https://ossci-datasets.s3.amazonaws.com/mnist/"), new("https://storage.googleapis.com/cvdf-datasets/mnist/")];

    /// <summary>The files to fetch: their names, and the SHA-256 of their unpacked bytes.</summary>
    public IReadOnlyList<(string Name, string Hash)> Files { get; init; } = Mnist.PublishedFiles;

    /// <summary>How long a mirror may be silent.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait before going on after a broken connection.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="Mnist.DownloadAsync"/>
    public async Task RunAsync(string folder, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        using var client = handler is null ? new HttpClient() : new HttpClient(handler, disposeHandler: false);
        client.Timeout = Timeout.InfiniteTimeSpan; // a slow download is not a dead one: see Patience
        foreach (var (name, hash) in Files)
        {
            if (!IsThere(folder, name, hash))
                await FetchAsync(client, Path.Combine(folder, name + ".gz"), hash, progress, cancellation);
        }
    }

    static bool IsThere(string folder, string name, string hash)
    {
        foreach (var path in (string[])[Path.Combine(folder, name), Path.Combine(folder, name + ".gz")])
        {
            if (!File.Exists(path))
                continue;
            if (Mnist.Check(path, hash) is { } error)
            {
                throw new DownloadException("A file of that name is already there, with another content, and was left as it is. "
                    + $"Delete it or choose another folder, then download again. {error.Message}", error);
            }
            return true;
        }
        return false;
    }

    async Task FetchAsync(HttpClient client, string target, string hash, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var partial = target + ".partial";
        List<string> failures = [];
        foreach (var mirror in mirrors ?? PublicMirrors)
        {
            var source = new Uri(mirror, Path.GetFileName(target));
            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                var start = File.Exists(partial) ? new FileInfo(partial).Length : 0;
                try
                {
                    await ReceiveAsync(client, source, partial, progress, cancellation);
                }
                catch (MirrorException e)
                {
                    failures.Add($"{source}: {e.Message}");
                    if (File.Exists(partial) && new FileInfo(partial).Length > start)
                    {
                        await Task.Delay(Pause, cancellation);
                        continue;
                    }
                    break;
                }
                if (Mnist.Check(partial, hash) is not { } error)
                {
                    File.Move(partial, target);
                    return;
                }
                File.Delete(partial);
                failures.Add($"{source}: {error.Message}");
                // If an earlier attempt, perhaps at another mirror, had written the beginning, this mirror is asked for the whole file.
                if (start == 0)
                    break;
            }
        }
        throw new DownloadException($"{Path.GetFileName(target)} could not be downloaded. Check the connection and try again "
            + $"(what has arrived is kept), or put the file into {Path.GetDirectoryName(Path.GetFullPath(target))} by other means."
            + $"{Environment.NewLine}{string.Join(Environment.NewLine, failures)}");
    }

    /// <summary>Continues the partial file to its end.</summary>
    /// <exception cref="MirrorException">The mirror could not deliver.</exception>
    async Task ReceiveAsync(HttpClient client, Uri source, string partial, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var file = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        file.Seek(0, SeekOrigin.End);
        using var request = new HttpRequestMessage(HttpMethod.Get, source);
        if (file.Length > 0)
            request.Headers.Range = new RangeHeaderValue(file.Length, null);
        using var response = await Ask(() => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token));
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && file.Length > 0)
            return; // nothing is missing: the hash tells whether it is right
        var range = response.Content.Headers.ContentRange;
        if (response.StatusCode == HttpStatusCode.OK)
            file.SetLength(0); // the whole file, as asked, or by a server that knows no ranges
        else if (response.StatusCode != HttpStatusCode.PartialContent || range?.From != file.Length)
            throw new MirrorException($"it answered {(int)response.StatusCode} ({response.ReasonPhrase}).");
        var total = range?.Length ?? (file.Length + response.Content.Headers.ContentLength);

        await using var content = await Ask(() => response.Content.ReadAsStreamAsync(silence.Token));
        var block = new byte[1 << 16];
        while (await Ask(() => content.ReadAsync(block, silence.Token).AsTask()) is > 0 and var count)
        {
            if (file.Position + count > LargestFile)
            {
                file.SetLength(0);
                throw new MirrorException($"it sends more than {LargestFile >> 20} MB.");
            }
            await file.WriteAsync(block.AsMemory(0, count), cancellation);
            progress?.Report(new DownloadProgress(Path.GetFileName(partial[..^".partial".Length]), source, file.Position, total));
        }
        file.Flush(flushToDisk: true);

        // What goes wrong here is the mirror's fault; an error of the disk is not, and no other mirror would help.
        async Task<T> Ask<T>(Func<Task<T>> question)
        {
            silence.CancelAfter(Patience);
            try
            {
                return await question();
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                throw new MirrorException(e.Message, e);
            }
            catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
            {
                throw new MirrorException($"it was silent for {Patience.TotalSeconds:0} seconds.", e);
            }
        }
    }

    sealed class MirrorException(string message, Exception? cause = null) : Exception(message, cause);
}
