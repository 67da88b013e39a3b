using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DeepDigits.Tests.Data;

/// <summary>What a mirror answers.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The bytes sent.</param>
/// <param name="ContentRange">For status 206.</param>
/// <param name="Length">The length that is announced; null: that of the body. When it is more, the connection breaks before the
/// end.</param>
/// <param name="ThenSilent">Whether, instead of closing the connection, the mirror says nothing more.</param>
sealed record Reply(int Status, byte[] Body, string? ContentRange = null, long? Length = null, bool ThenSilent = false)
{
    /// <summary>A whole file, or the rest of it from where it is asked for.</summary>
    public static Reply File(byte[] content, long? from) => from is not { } start ? new Reply(200, content)
        : start >= content.Length ? new Reply(416, [])
        : new Reply(206, content[(int)start..], $"bytes {start}-{content.Length - 1}/{content.Length}");
}

/// <summary>An HTTP server on this machine that misbehaves as a test asks.</summary>
sealed class LocalMirror : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly Func<string, long?, Reply> answer;

    /// <param name="answer">From the name of the file and the position from which it is asked for, if any, to the reply.</param>
    public LocalMirror(Func<string, long?, Reply> answer)
    {
        this.answer = answer;
        listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/mnist/");

    /// <summary>The requests so far: "name" or "name from position".</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public void Dispose()
    {
        stop.Cancel();
        listener.Stop();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test has ended
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var name = (await reader.ReadLineAsync(stop.Token))!.Split(' ')[1].Split('/')[^1];
                long? from = null;
                while (await reader.ReadLineAsync(stop.Token) is { Length: > 0 } header)
                {
                    if (header.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
                        from = long.Parse(header["Range: bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
                }
                Requests.Enqueue(from is null ? name : $"{name} from {from}");
                var reply = answer(name, from);
                var head = $"HTTP/1.1 {reply.Status} Reply\r\nContent-Length: {reply.Length ?? reply.Body.Length}\r\nConnection: close\r\n"
                    + (reply.ContentRange is null ? "" : $"Content-Range: {reply.ContentRange}\r\n") + "\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head), stop.Token);
                await stream.WriteAsync(reply.Body, stop.Token);
                if (reply.ThenSilent)
                    await Task.Delay(Timeout.Infinite, stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // the test has ended, or the client has hung up
            }
        }
    }
}
