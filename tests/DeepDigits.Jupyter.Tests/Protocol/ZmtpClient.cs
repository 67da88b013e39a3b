using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DeepDigits.Jupyter.Tests;

/// <summary>A plain ZMTP client, written apart from the library's own code so that the two check each other.</summary>
sealed class ZmtpClient : IAsyncDisposable
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(20);
    readonly TcpClient tcp = new() { NoDelay = true };
    NetworkStream? stream;

    public NetworkStream Stream => stream ??= tcp.GetStream();

    /// <summary>Connects without a word.</summary>
    public static async Task<ZmtpClient> ConnectRawAsync(int port)
    {
        var client = new ZmtpClient();
        await client.tcp.ConnectAsync(IPAddress.Loopback, port);
        _ = client.Stream;
        return client;
    }

    /// <summary>Connects and introduces itself as a socket of the given type.</summary>
    public static async Task<ZmtpClient> ConnectAsync(int port, string socketType, string identity = "", byte minorVersion = 1)
    {
        ZmtpClient client = await ConnectRawAsync(port);
        await client.Stream.WriteAsync(Greeting(minorVersion));
        byte[] greeting = await client.ReadAsync(64);
        Assert.Equal(0xFF, greeting[0]);
        Assert.Equal(0x7F, greeting[9]);
        Assert.Equal(3, greeting[10]);
        Assert.Equal("NULL", Encoding.ASCII.GetString(greeting, 12, 20).TrimEnd('\0'));
        await client.Stream.WriteAsync(CommandFrame("READY", [.. Property("Socket-Type", socketType), .. Property("Identity", identity)]));
        (byte flags, byte[] ready) = await client.ReadFrameAsync();
        Assert.Equal(4, flags);
        Assert.StartsWith("\u0005READY", Encoding.ASCII.GetString(ready));
        return client;
    }

    public static byte[] Greeting(byte minorVersion = 1)
    {
        byte[] greeting = new byte[64];
        greeting[0] = 0xFF;
        greeting[9] = 0x7F;
        greeting[10] = 3;
        greeting[11] = minorVersion;
        Encoding.ASCII.GetBytes("NULL", greeting.AsSpan(12));
        return greeting;
    }

    public static byte[] Property(string name, string value)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        return [(byte)name.Length, .. Encoding.Latin1.GetBytes(name), .. length, .. Encoding.Latin1.GetBytes(value)];
    }

    public static byte[] CommandFrame(string name, byte[] data) => Frame(4, [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. data]);

    public static byte[] Frame(byte flags, byte[] body)
    {
        if (body.Length < 256)
        {
            return [flags, (byte)body.Length, .. body];
        }
        byte[] size = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(size, body.Length);
        return [(byte)(flags | 2), .. size, .. body];
    }

    public static byte[] Message(params IReadOnlyList<byte[]> frames) =>
        [.. frames.SelectMany((frame, i) => Frame(i < frames.Count - 1 ? (byte)1 : (byte)0, frame))];

    public Task SendAsync(params IReadOnlyList<byte[]> frames) => Stream.WriteAsync(Message(frames)).AsTask();

    public Task SubscribeAsync(string topic) => SendAsync([1, .. Encoding.ASCII.GetBytes(topic)]);

    /// <summary>The next message; commands in between are left out.</summary>
    public async Task<List<byte[]>> ReceiveAsync()
    {
        var frames = new List<byte[]>();
        while (true)
        {
            (byte flags, byte[] body) = await ReadFrameAsync();
            if ((flags & 4) != 0)
            {
                continue;
            }
            frames.Add(body);
            if ((flags & 1) == 0)
            {
                return frames;
            }
        }
    }

    public async Task<(byte Flags, byte[] Body)> ReadFrameAsync()
    {
        byte[] head = await ReadAsync(2);
        long length = head[1];
        if ((head[0] & 2) != 0)
        {
            byte[] rest = await ReadAsync(7);
            length = BinaryPrimitives.ReadInt64BigEndian((byte[])[head[1], .. rest]);
        }
        return ((byte)(head[0] & ~2), await ReadAsync((int)length));
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        using var timeout = new CancellationTokenSource(patience);
        byte[] bytes = new byte[count];
        await Stream.ReadExactlyAsync(bytes, timeout.Token);
        return bytes;
    }

    /// <summary>Whether the other side closes the connection, whatever it says before.</summary>
    public async Task<bool> IsClosedByPeerAsync()
    {
        using var timeout = new CancellationTokenSource(patience);
        byte[] buffer = new byte[4096];
        try
        {
            while (await Stream.ReadAsync(buffer, timeout.Token) > 0)
            {
            }
            return true;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync()
    {
        tcp.Dispose();
        return ValueTask.CompletedTask;
    }
}
