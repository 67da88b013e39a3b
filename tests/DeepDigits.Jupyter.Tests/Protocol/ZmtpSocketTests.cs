using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace DeepDigits.Jupyter.Tests;

public class ZmtpSocketTests
{
    static readonly IPEndPoint anyPort = new(IPAddress.Loopback, 0);
    readonly ConcurrentQueue<string> refusals = [];

    RouterSocket Router(Action<byte[], IReadOnlyList<byte[]>> received, ZmtpLimits? limits = null)
    {
        var router = new RouterSocket(anyPort, limits ?? new ZmtpLimits(), received, refusals.Enqueue);
        router.Start();
        return router;
    }

    [Theory]
    [InlineData("client-7")]
    [InlineData("")]
    public async Task A_router_names_the_sender_and_answers_it(string identity)
    {
        RouterSocket? router = null;
        await using RouterSocket socket = router = Router((sender, frames) => router!.Send(sender, [.. frames, sender]));
        await using ZmtpClient first = await ZmtpClient.ConnectAsync(socket.Port, "DEALER", identity);
        await using ZmtpClient second = await ZmtpClient.ConnectAsync(socket.Port, "DEALER");
        byte[] large = new byte[300_000];
        Random(large);
        await second.SendAsync("from the second"u8.ToArray());
        await first.SendAsync("hello"u8.ToArray(), [], large);

        List<byte[]> answer = await first.ReceiveAsync();
        Assert.Equal(["hello"u8.ToArray(), [], large], answer.Take(3));
        Assert.Equal(identity.Length > 0 ? Encoding.ASCII.GetBytes(identity) : [0], identity.Length > 0 ? answer[3] : answer[3][..1]);
        Assert.Equal("from the second"u8.ToArray(), (await second.ReceiveAsync())[0]);
        Assert.False(socket.Send("nobody"u8.ToArray(), [[1]]));
    }

    [Fact]
    public async Task A_client_that_connects_again_takes_its_identity_over()
    {
        await using RouterSocket router = Router((_, _) => { });
        await using ZmtpClient before = await ZmtpClient.ConnectAsync(router.Port, "DEALER", "me");
        await using ZmtpClient after = await ZmtpClient.ConnectAsync(router.Port, "DEALER", "me");
        await WaitUntil(() => router.Send("me"u8.ToArray(), ["ping"u8.ToArray()]));
        Task<List<byte[]>> received = after.ReceiveAsync();
        while (!received.IsCompleted)
        {
            // The router may learn of the second connection a moment after the client has.
            router.Send("me"u8.ToArray(), ["again"u8.ToArray()]);
            await Task.WhenAny(received, Task.Delay(10));
        }
        Assert.NotEmpty(await received);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_publisher_sends_each_subscriber_its_topics_in_order(byte minorVersion)
    {
        await using var publisher = new PublishSocket(anyPort, new ZmtpLimits(), refusals.Enqueue);
        publisher.Start();
        await using ZmtpClient all = await ZmtpClient.ConnectAsync(publisher.Port, "SUB", minorVersion: minorVersion);
        await using ZmtpClient some = await ZmtpClient.ConnectAsync(publisher.Port, "SUB", minorVersion: minorVersion);
        if (minorVersion == 0)
        {
            await all.SubscribeAsync("");
            await some.SubscribeAsync("b");
        }
        else
        {
            await all.Stream.WriteAsync(ZmtpClient.CommandFrame("SUBSCRIBE", []));
            await some.Stream.WriteAsync(ZmtpClient.CommandFrame("SUBSCRIBE", "b"u8.ToArray()));
        }
        await WaitUntil(() => publisher.SubscriberCount == 2);
        foreach (string topic in new[] { "a", "b1", "b2" })
        {
            publisher.Publish([Encoding.ASCII.GetBytes(topic), "text"u8.ToArray()], waitForRoom: true);
        }
        Assert.Equal(["a", "b1", "b2"], await Topics(all, 3));
        Assert.Equal(["b1", "b2"], await Topics(some, 2));

        await some.Stream.WriteAsync(minorVersion == 0
            ? ZmtpClient.Message((byte[])[0, (byte)'b'])
            : ZmtpClient.CommandFrame("CANCEL", "b"u8.ToArray()));
        await WaitUntil(() => publisher.SubscriberCount == 1);

        static async Task<List<string>> Topics(ZmtpClient client, int count)
        {
            var topics = new List<string>();
            for (int i = 0; i < count; i++)
            {
                topics.Add(Encoding.ASCII.GetString((await client.ReceiveAsync())[0]));
            }
            return topics;
        }
    }

    [Fact]
    public async Task Nothing_is_lost_on_the_way_to_a_subscriber_that_reads_slowly()
    {
        await using var publisher = new PublishSocket(anyPort, new ZmtpLimits { QueuedBytes = 1 << 20 }, refusals.Enqueue);
        publisher.Start();
        await using ZmtpClient client = await ZmtpClient.ConnectAsync(publisher.Port, "SUB");
        await client.SubscribeAsync("");
        await WaitUntil(() => publisher.SubscriberCount == 1);
        const int Count = 300;
        Task sending = Task.Run(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                publisher.Publish([BitConverter.GetBytes(i), new byte[100_000]], waitForRoom: true);
            }
        });
        for (int i = 0; i < Count; i++)
        {
            if (i % 50 == 0)
            {
                await Task.Delay(20);
            }
            Assert.Equal(i, BitConverter.ToInt32((await client.ReceiveAsync())[0]));
        }
        await sending;
    }

    [Fact]
    public async Task A_subscriber_that_reads_nothing_is_dropped_and_holds_up_nobody()
    {
        var limits = new ZmtpLimits { QueuedBytes = 1 << 20, Stall = TimeSpan.FromMilliseconds(300) };
        await using var publisher = new PublishSocket(anyPort, limits, refusals.Enqueue);
        publisher.Start();
        await using ZmtpClient dead = await ZmtpClient.ConnectAsync(publisher.Port, "SUB");
        await dead.SubscribeAsync("");
        await WaitUntil(() => publisher.SubscriberCount == 1);
        await Task.Run(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                publisher.Publish([[1], new byte[100_000]], waitForRoom: true);
            }
        }).WaitAsync(TimeSpan.FromSeconds(30));
        await WaitUntil(() => publisher.SubscriberCount == 0);
    }

    [Fact]
    public async Task The_heartbeat_echoes_and_a_ping_is_answered()
    {
        await using var heartbeat = new HeartbeatSocket(anyPort, new ZmtpLimits(), refusals.Enqueue);
        heartbeat.Start();
        await using ZmtpClient client = await ZmtpClient.ConnectAsync(heartbeat.Port, "REQ");
        await client.SendAsync([], "ping"u8.ToArray());
        Assert.Equal([[], "ping"u8.ToArray()], await client.ReceiveAsync());

        await client.Stream.WriteAsync(ZmtpClient.CommandFrame("PING", [0, 10, (byte)'x', (byte)'y']));
        (byte flags, byte[] body) = await client.ReadFrameAsync();
        Assert.Equal(4, flags);
        Assert.Equal([4, .. "PONGxy"u8], body);
    }

    public static TheoryData<string, byte[]> Misbehaviour()
    {
        byte[] greeting = ZmtpClient.Greeting();
        byte[] ready = ZmtpClient.CommandFrame("READY", ZmtpClient.Property("Socket-Type", "DEALER"));
        byte[] huge = new byte[9];
        huge[0] = 2;
        BinaryPrimitives.WriteInt64BigEndian(huge.AsSpan(1), long.MaxValue);
        byte[] beyond = new byte[9];
        beyond[0] = 2;
        BinaryPrimitives.WriteInt64BigEndian(beyond.AsSpan(1), 5000);
        byte[] oldVersion = [.. greeting];
        oldVersion[10] = 2;
        byte[] curve = [.. greeting];
        Encoding.ASCII.GetBytes("CURVE", curve.AsSpan(12));
        return new()
        {
            { "HTTP", [.. "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nUser-Agent: somebody with a long name\r\n\r\n"u8] },
            { "zero bytes", new byte[64] },
            { "ZMTP 2", oldVersion },
            { "another mechanism", curve },
            { "a message instead of READY", [.. greeting, .. ZmtpClient.Message("hello"u8.ToArray())] },
            { "another command than READY", [.. greeting, .. ZmtpClient.CommandFrame("HELLO", [])] },
            { "a subscriber", [.. greeting, .. ZmtpClient.CommandFrame("READY", ZmtpClient.Property("Socket-Type", "SUB"))] },
            { "no socket type", [.. greeting, .. ZmtpClient.CommandFrame("READY", [])] },
            { "a property cut short", [.. greeting, .. ZmtpClient.CommandFrame("READY", [11, .. "Socket-Type"u8, 0, 0, 0, 99, 1])] },
            { "an identity that is the router's to give",
                [.. greeting, .. ZmtpClient.CommandFrame("READY", [.. ZmtpClient.Property("Socket-Type", "DEALER"), .. ZmtpClient.Property("Identity", "\0abc")])] },
            { "a frame of 2^63 - 1 bytes", [.. greeting, .. ready, .. huge] },
            { "a frame beyond the limit", [.. greeting, .. ready, .. beyond] },
            { "frames that add up beyond the limit", [.. greeting, .. ready, .. ZmtpClient.Message(new byte[3000], new byte[3000])] },
            { "too many frames", [.. greeting, .. ready, .. ZmtpClient.Message([.. Enumerable.Repeat((byte[])[1], 100)])] },
            { "reserved flags", [.. greeting, .. ready, 0x80, 0] },
            { "a command with more to come", [.. greeting, .. ready, 5, 1, 0] },
            { "a malformed command", [.. greeting, .. ready, 4, 2, 200, 1] },
            { "an empty command", [.. greeting, .. ready, 4, 0] },
            { "a command inside a message", [.. greeting, .. ready, 1, 1, 65, .. ZmtpClient.CommandFrame("PING", [0, 0])] },
        };
    }

    [Theory]
    [MemberData(nameof(Misbehaviour))]
    public async Task Who_breaks_the_rules_is_disconnected_and_others_are_served(string what, byte[] bytes)
    {
        var limits = new ZmtpLimits { MessageBytes = 4096, Frames = 64, Handshake = TimeSpan.FromSeconds(5) };
        RouterSocket? router = null;
        await using RouterSocket socket = router = Router((sender, frames) => router!.Send(sender, frames), limits);
        await using ZmtpClient good = await ZmtpClient.ConnectAsync(socket.Port, "DEALER");
        await using ZmtpClient bad = await ZmtpClient.ConnectRawAsync(socket.Port);
        await bad.Stream.WriteAsync(bytes);
        Assert.True(await bad.IsClosedByPeerAsync(), what);
        Assert.NotEmpty(refusals);
        await good.SendAsync("still here?"u8.ToArray());
        Assert.Equal(["still here?"u8.ToArray()], await good.ReceiveAsync());
    }

    [Fact]
    public async Task Who_says_nothing_is_disconnected_in_time_and_connections_are_counted()
    {
        var limits = new ZmtpLimits { Handshake = TimeSpan.FromMilliseconds(300), Connections = 3 };
        await using RouterSocket router = Router((_, _) => { }, limits);
        await using ZmtpClient silent = await ZmtpClient.ConnectRawAsync(router.Port);
        Assert.True(await silent.IsClosedByPeerAsync());
        List<ZmtpClient> clients = [];
        for (int i = 0; i < 3; i++)
        {
            clients.Add(await ZmtpClient.ConnectAsync(router.Port, "DEALER"));
        }
        Assert.False(await IsServedAsync());
        foreach (ZmtpClient client in clients)
        {
            await client.DisposeAsync();
        }
        long deadline = Environment.TickCount64 + 20_000;
        while (!await IsServedAsync())
        {
            Assert.True(Environment.TickCount64 < deadline, "Connections that have ended still count.");
        }

        async Task<bool> IsServedAsync()
        {
            try
            {
                await using ZmtpClient client = await ZmtpClient.ConnectAsync(router.Port, "DEALER");
                return true;
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Only_the_address_asked_for_is_bound()
    {
        await using RouterSocket router = Router((_, _) => { });
        // Another loopback address of this machine is another address.
        using var other = new System.Net.Sockets.TcpClient();
        if (!OperatingSystem.IsMacOS())
        {
            await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(async () => await other.ConnectAsync(IPAddress.Parse("127.0.0.2"), router.Port));
        }
        using var listener = new System.Net.Sockets.TcpClient();
        await listener.ConnectAsync(IPAddress.Loopback, router.Port);
    }

    static void Random(byte[] bytes)
    {
        uint state = 1;
        for (int i = 0; i < bytes.Length; i++)
        {
            state = state * 1664525 + 1013904223;
            bytes[i] = (byte)(state >> 24);
        }
    }

    static async Task WaitUntil(Func<bool> condition)
    {
        long deadline = Environment.TickCount64 + 20_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "What was waited for did not happen.");
            await Task.Delay(5);
        }
    }
}
