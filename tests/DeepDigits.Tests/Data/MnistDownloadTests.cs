using System.Security.Cryptography;

namespace DeepDigits.Tests.Data;

public sealed class MnistDownloadTests : IDisposable
{
    const string First = "first-idx1-ubyte", Second = "second-idx1-ubyte";
    static readonly byte[] first = Examples.LabelFile(Examples.Bytes(300_000, 1)), second = Examples.LabelFile(1, 2, 3);
    static readonly byte[] firstPacked = Examples.Gzip(first), secondPacked = Examples.Gzip(second);

    readonly TemporaryFolder folder = new();
    readonly List<DownloadProgress> progress = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_files_arrive_under_their_names()
    {
        using var mirror = new LocalMirror(Good);
        await Download(mirror);
        AssertComplete();
        Assert.Equal([First + ".gz", Second + ".gz"], mirror.Requests);
        Assert.Equal(new DownloadProgress(Second + ".gz", new Uri(mirror.Address, Second + ".gz"), secondPacked.Length, secondPacked.Length), progress[^1]);
        Assert.Contains(new DownloadProgress(First + ".gz", new Uri(mirror.Address, First + ".gz"), firstPacked.Length, firstPacked.Length), progress);
    }

    [Fact]
    public async Task What_is_there_already_is_not_fetched_again()
    {
        folder.Write(First, first); // unpacked, which is as good
        using var mirror = new LocalMirror(Good);
        await Download(mirror);
        Assert.Equal([Second + ".gz"], mirror.Requests);
        await Download(mirror);
        Assert.Single(mirror.Requests);
    }

    [Fact]
    public async Task A_file_of_the_same_name_with_another_content_is_left_alone()
    {
        var path = folder.Write(First + ".gz", secondPacked);
        using var mirror = new LocalMirror(Good);
        var error = await Assert.ThrowsAsync<DownloadException>(() => Download(mirror));
        Assert.Contains("was left as it is. Delete it or choose another folder", error.Message);
        Assert.Equal(secondPacked, File.ReadAllBytes(path));
        Assert.Empty(mirror.Requests);
    }

    [Fact]
    public async Task When_a_mirror_is_down_the_next_one_is_asked()
    {
        var gone = new LocalMirror(Good);
        var address = gone.Address;
        gone.Dispose(); // nobody listens there any more
        using var unavailable = new LocalMirror((_, _) => new Reply(503, "try later"u8.ToArray()));
        using var mirror = new LocalMirror(Good);
        await Download([address, unavailable.Address, mirror.Address]);
        AssertComplete();
        Assert.Equal([First + ".gz", Second + ".gz"], unavailable.Requests);
    }

    [Fact]
    public async Task A_broken_connection_is_resumed()
    {
        var asked = 0;
        using var mirror = new LocalMirror((name, from) =>
        {
            var whole = Good(name, from);
            return name == First + ".gz" && asked++ < 2 ? whole with { Body = whole.Body[..100_000], Length = whole.Body.Length } : whole;
        });
        await Download(mirror);
        AssertComplete();
        Assert.Equal([First + ".gz", First + ".gz from 100000", First + ".gz from 200000", Second + ".gz"], mirror.Requests);
        Assert.All(progress.Where(p => p.File == First + ".gz"), p => Assert.Equal(firstPacked.Length, p.TotalBytes));
    }

    [Fact]
    public async Task A_broken_connection_can_be_resumed_at_another_mirror_and_in_another_run()
    {
        using var breaking = new LocalMirror((name, from) => name == First + ".gz" && from is null
            ? new Reply(200, firstPacked[..70_000], Length: firstPacked.Length)
            : new Reply(500, []));
        var error = await Assert.ThrowsAsync<DownloadException>(() => Download(breaking));
        Assert.Contains("could not be downloaded. Check the connection and try again (what has arrived is kept)", error.Message);
        Assert.Contains("it answered 500", error.Message);
        Assert.Equal([First + ".gz.partial"], folder.Files);

        using var mirror = new LocalMirror(Good);
        await Download([breaking.Address, mirror.Address]);
        AssertComplete();
        Assert.Equal([First + ".gz from 70000", Second + ".gz"], mirror.Requests);
    }

    [Fact]
    public async Task A_server_without_ranges_sends_the_whole_file()
    {
        folder.Write(First + ".gz.partial", firstPacked[..5000]);
        using var mirror = new LocalMirror((name, _) => Good(name, null));
        await Download(mirror);
        AssertComplete();
    }

    [Fact]
    public async Task A_complete_partial_file_is_recognized()
    {
        folder.Write(First + ".gz.partial", firstPacked);
        using var mirror = new LocalMirror(Good);
        await Download(mirror);
        AssertComplete();
        Assert.Equal([$"{First}.gz from {firstPacked.Length}", Second + ".gz"], mirror.Requests);
    }

    [Fact]
    public async Task After_a_wrong_partial_file_the_whole_file_is_fetched()
    {
        folder.Write(First + ".gz.partial", new byte[1000]);
        using var mirror = new LocalMirror(Good);
        await Download(mirror);
        AssertComplete();
        Assert.Equal([First + ".gz from 1000", First + ".gz", Second + ".gz"], mirror.Requests);
    }

    [Fact]
    public async Task Wrong_bytes_are_thrown_away_and_the_next_mirror_is_asked()
    {
        using var wrong = new LocalMirror((_, from) => Reply.File(Examples.Gzip("<html>Welcome to our hotel's network</html>"u8), from));
        using var mirror = new LocalMirror(Good);
        await Download([wrong.Address, mirror.Address]);
        AssertComplete();
        Assert.Equal([First + ".gz", Second + ".gz"], mirror.Requests);
    }

    [Fact]
    public async Task When_all_mirrors_send_wrong_bytes_nothing_is_left()
    {
        using var wrong = new LocalMirror((_, from) => Reply.File(secondPacked, from));
        using var cut = new LocalMirror((_, _) => Reply.File(firstPacked[..^10], null));
        var error = await Assert.ThrowsAsync<DownloadException>(() => Download([wrong.Address, cut.Address]));
        Assert.Contains(wrong.Address.AbsoluteUri, error.Message);
        Assert.Contains(cut.Address.AbsoluteUri, error.Message);
        Assert.Empty(folder.Files);
    }

    [Fact]
    public async Task A_silent_mirror_is_given_up()
    {
        using var silent = new LocalMirror((_, _) => new Reply(200, firstPacked[..1000], Length: firstPacked.Length, ThenSilent: true));
        using var mirror = new LocalMirror(Good);
        await Download([silent.Address, mirror.Address], patience: TimeSpan.FromSeconds(0.3));
        AssertComplete();
        Assert.Contains(mirror.Requests, r => r == First + ".gz from 1000");
    }

    [Fact]
    public async Task A_stopped_download_keeps_what_has_arrived()
    {
        using var mirror = new LocalMirror((_, _) => new Reply(200, firstPacked[..1000], Length: firstPacked.Length, ThenSilent: true));
        using var cancellation = new CancellationTokenSource();
        var download = new MnistDownload(mirrors: [mirror.Address]) { Files = Files }
            .RunAsync(folder.Path, new Listener(_ => cancellation.Cancel()), cancellation.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => download);
        Assert.Equal([First + ".gz.partial"], folder.Files);
        Assert.Equal(1000, new FileInfo(folder[First + ".gz.partial"]).Length);
    }

    [Fact]
    public void The_public_mirrors_are_folders() =>
        Assert.All(MnistDownload.PublicMirrors, m => Assert.EndsWith("/", m.AbsoluteUri, StringComparison.Ordinal));

    static (string, string)[] Files => [(First, Hash(first)), (Second, Hash(second))];

    static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    static Reply Good(string name, long? from) => Reply.File(name == First + ".gz" ? firstPacked : secondPacked, from);

    Task Download(LocalMirror mirror) => Download([mirror.Address]);

    Task Download(Uri[] mirrors, TimeSpan? patience = null) =>
        new MnistDownload(mirrors: mirrors) { Files = Files, Pause = TimeSpan.Zero, Patience = patience ?? TimeSpan.FromSeconds(30) }
            .RunAsync(folder.Path, new Listener(progress.Add), CancellationToken.None);

    void AssertComplete()
    {
        Assert.Equal([First + ".gz", Second + ".gz"], folder.Files);
        Assert.Equal(first[8..], IdxFile.ReadLabels(folder[First + ".gz"]));
        Assert.Equal(second[8..], IdxFile.ReadLabels(folder[Second + ".gz"]));
    }

    /// <summary>Hears the progress at once, in order.</summary>
    sealed class Listener(Action<DownloadProgress> heard) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => heard(value);
    }
}
