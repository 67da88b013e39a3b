using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace DeepDigits.Jupyter;

/// <summary>
/// One TCP connection that speaks ZMTP 3.1 with the NULL mechanism (rfc.zeromq.org/spec/37): the greeting, the READY handshake, then
/// messages of frames and, in between, commands. ZMTP 3.0 peers are served as well.
/// </summary>
/// <remarks>
/// A frame is one byte of flags (1 = more frames follow, 2 = the size has eight bytes, 4 = this is a command), its size in one byte or in
/// eight, and its body. Messages are written by one loop, so that senders never wait for the network; <see cref="WaitForRoom"/>
/// lets those wait that produce much.
/// </remarks>
sealed class ZmtpConnection : IAsyncDisposable
{
    const int GreetingLength = 64;
    const byte More = 1, Long = 2, Command = 4;
    const int MaxCommandBytes = 64 << 10;
    const int WriteSlice = 256 << 10;

    readonly Socket socket;
    readonly NetworkStream stream;
    readonly PipeReader reader;
    readonly ZmtpLimits limits;
    readonly Channel<ReadOnlyMemory<byte>> outgoing = Channel.CreateUnbounded<ReadOnlyMemory<byte>>(new() { SingleReader = true });
    readonly object roomChanged = new();
    readonly CancellationTokenSource closed = new();
    Task writing = Task.CompletedTask;
    long queuedBytes;
    long lastProgress = Environment.TickCount64;

    public ZmtpConnection(Socket socket, ZmtpLimits limits)
    {
        this.socket = socket;
        this.limits = limits;
        socket.NoDelay = true;
        stream = new NetworkStream(socket, ownsSocket: true);
        reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
    }

    /// <summary>The name that the peer wants replies to be routed by; empty if it leaves the choice to us.</summary>
    public byte[] PeerIdentity { get; private set; } = [];

    /// <summary>The peer's kind of socket, for instance DEALER.</summary>
    public string PeerSocketType { get; private set; } = "";

    /// <summary>Exchanges greetings and READY commands.</summary>
    /// <param name="socketType">Our kind of socket, for instance ROUTER.</param>
    /// <param name="acceptedPeers">The kinds of socket that may talk to ours.</param>
    /// <param name="cancellation">Ends the wait for the peer.</param>
    /// <exception cref="ZmtpException">The peer does not speak ZMTP 3, wants another mechanism, or is of the wrong kind.</exception>
    public async Task HandshakeAsync(string socketType, IReadOnlyCollection<string> acceptedPeers, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(limits.Handshake);
        try
        {
            writing = WriteLoopAsync();
            Enqueue(Greeting());
            CheckGreeting(await ReadAsync(GreetingLength, timeout.Token)
                ?? throw new ZmtpException("The peer left before its greeting was complete."));
            Enqueue(Ready(socketType));
            ReadReady(await ReadFrameAsync(MaxCommandBytes, timeout.Token) ?? throw new ZmtpException("The peer left before it was ready."));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ZmtpException($"The peer did not complete the handshake within {limits.Handshake.TotalSeconds:0} s.");
        }
        if (!acceptedPeers.Contains(PeerSocketType))
        {
            throw new ZmtpException($"A {socketType} socket talks to {string.Join(" and ", acceptedPeers)}, not to '{PeerSocketType}'.");
        }
    }

    /// <summary>Waits for the next message or command that is not about the connection itself. Null when the peer has left.</summary>
    /// <exception cref="ZmtpException">The peer broke a rule or a limit.</exception>
    public async ValueTask<ZmtpIncoming?> ReceiveAsync(CancellationToken cancellation)
    {
        var frames = new List<byte[]>(8);
        long room = limits.MessageBytes;
        while (true)
        {
            if (await ReadFrameAsync(room, cancellation) is not var (flags, body))
            {
                return frames.Count == 0 ? null : throw new ZmtpException("The peer left in the middle of a message.");
            }
            if ((flags & Command) != 0)
            {
                if (frames.Count > 0)
                {
                    throw new ZmtpException("A command stands between the frames of a message.");
                }
                (string name, byte[] data) = SplitCommand(body);
                switch (name)
                {
                    case "PING":
                        // Two bytes of time-to-live, then a context of at most 16 bytes that the answer repeats.
                        Enqueue(EncodeCommand("PONG", data.Length > 2 ? data.AsSpan(2, Math.Min(16, data.Length - 2)) : default));
                        break;
                    case "SUBSCRIBE" or "CANCEL":
                        return new ZmtpIncoming(name, [data]);
                    case "ERROR":
                        throw new ZmtpException("The peer reports an error: " + Encoding.ASCII.GetString(data));
                }
                continue;
            }
            room -= body.Length;
            frames.Add(body);
            if (frames.Count > limits.Frames)
            {
                throw new ZmtpException($"A message has more than {limits.Frames} frames.");
            }
            if ((flags & More) == 0)
            {
                return new ZmtpIncoming(null, frames);
            }
        }
    }

    /// <summary>Puts bytes that <see cref="Encode"/> made into the queue. False if the connection is closed.</summary>
    public bool Enqueue(ReadOnlyMemory<byte> bytes)
    {
        if (Interlocked.Add(ref queuedBytes, bytes.Length) > limits.QueuedBytesAtMost)
        {
            Close();
            return false;
        }
        return outgoing.Writer.TryWrite(bytes);
    }

    /// <summary>
    /// Waits until no more than <see cref="ZmtpLimits.QueuedBytes"/> wait to be sent. A peer that takes nothing for
    /// <see cref="ZmtpLimits.Stall"/> is dropped: it must not hold up everybody else.
    /// </summary>
    public void WaitForRoom()
    {
        lock (roomChanged)
        {
            while (Interlocked.Read(ref queuedBytes) > limits.QueuedBytes && !closed.IsCancellationRequested)
            {
                if (Environment.TickCount64 - Interlocked.Read(ref lastProgress) > limits.Stall.TotalMilliseconds)
                {
                    Close();
                    return;
                }
                Monitor.Wait(roomChanged, millisecondsTimeout: 100);
            }
        }
    }

    /// <summary>Ends the connection; what is still queued is lost.</summary>
    public void Close()
    {
        outgoing.Writer.TryComplete();
        try
        {
            closed.Cancel();
            socket.Close(0);
        }
        catch (ObjectDisposedException)
        {
            // Somebody else closed it at the same time.
        }
    }

    /// <summary>Sends what is queued, then closes.</summary>
    public async Task CloseAfterFlushAsync(TimeSpan patience)
    {
        outgoing.Writer.TryComplete();
        await Task.WhenAny(writing, Task.Delay(patience));
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer has gone already.
        }
        Close();
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        await writing;
        await reader.CompleteAsync();
        await stream.DisposeAsync();
        closed.Dispose();
    }

    /// <summary>Encodes a message of frames as it goes over the wire.</summary>
    public static byte[] Encode(IReadOnlyList<byte[]> frames)
    {
        long total = 0;
        foreach (byte[] frame in frames)
        {
            total += frame.Length + (frame.Length > 255 ? 9 : 2);
        }
        byte[] wire = new byte[total];
        int at = 0;
        for (int i = 0; i < frames.Count; i++)
        {
            at += WriteFrame(wire.AsSpan(at), i < frames.Count - 1 ? More : (byte)0, frames[i]);
        }
        return wire;
    }

    static int WriteFrame(Span<byte> target, byte flags, ReadOnlySpan<byte> body)
    {
        int header;
        if (body.Length > 255)
        {
            target[0] = (byte)(flags | Long);
            BinaryPrimitives.WriteInt64BigEndian(target[1..], body.Length);
            header = 9;
        }
        else
        {
            target[0] = flags;
            target[1] = (byte)body.Length;
            header = 2;
        }
        body.CopyTo(target[header..]);
        return header + body.Length;
    }

    static byte[] EncodeCommand(string name, ReadOnlySpan<byte> data)
    {
        byte[] body = [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. data];
        byte[] wire = new byte[body.Length + (body.Length > 255 ? 9 : 2)];
        WriteFrame(wire, Command, body);
        return wire;
    }

    static byte[] Greeting()
    {
        byte[] greeting = new byte[GreetingLength];
        greeting[0] = 0xFF;
        greeting[9] = 0x7F;
        greeting[10] = 3;
        greeting[11] = 1;
        "NULL"u8.CopyTo(greeting.AsSpan(12));
        return greeting;
    }

    static void CheckGreeting(ReadOnlySpan<byte> greeting)
    {
        if (greeting[0] != 0xFF || (greeting[9] & 1) == 0)
        {
            throw new ZmtpException("The peer does not speak ZMTP.");
        }
        if (greeting[10] < 3)
        {
            throw new ZmtpException($"The peer speaks ZMTP {greeting[10]}; version 3 or later is needed.");
        }
        ReadOnlySpan<byte> mechanism = greeting.Slice(12, 20);
        if (!mechanism.TrimEnd((byte)0).SequenceEqual("NULL"u8))
        {
            throw new ZmtpException("The peer asks for another security mechanism than NULL.");
        }
    }

    static byte[] Ready(string socketType)
    {
        var properties = new ArrayBufferWriter<byte>();
        AddProperty("Socket-Type", Encoding.ASCII.GetBytes(socketType));
        if (socketType == "ROUTER")
        {
            AddProperty("Identity", []);
        }
        return EncodeCommand("READY", properties.WrittenSpan);

        void AddProperty(string name, ReadOnlySpan<byte> value)
        {
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
            properties.Write([(byte)name.Length]);
            properties.Write(Encoding.ASCII.GetBytes(name));
            properties.Write(length);
            properties.Write(value);
        }
    }

    void ReadReady((byte Flags, byte[] Body) frame)
    {
        if ((frame.Flags & Command) == 0)
        {
            throw new ZmtpException("The peer sent a message before it was ready.");
        }
        (string name, byte[] data) = SplitCommand(frame.Body);
        if (name != "READY")
        {
            throw new ZmtpException("The peer answered the greeting with another command than READY.");
        }
        ReadOnlySpan<byte> rest = data;
        while (rest.Length > 0)
        {
            int nameLength = rest[0];
            if (nameLength == 0 || rest.Length < 1 + nameLength + 4)
            {
                throw new ZmtpException("The properties of the READY command are malformed.");
            }
            string property = Encoding.ASCII.GetString(rest.Slice(1, nameLength));
            uint valueLength = BinaryPrimitives.ReadUInt32BigEndian(rest[(1 + nameLength)..]);
            rest = rest[(1 + nameLength + 4)..];
            if (valueLength > rest.Length)
            {
                throw new ZmtpException("The properties of the READY command are malformed.");
            }
            ReadOnlySpan<byte> value = rest[..(int)valueLength];
            rest = rest[(int)valueLength..];
            if (property.Equals("Socket-Type", StringComparison.OrdinalIgnoreCase))
            {
                PeerSocketType = Encoding.ASCII.GetString(value);
            }
            else if (property.Equals("Identity", StringComparison.OrdinalIgnoreCase))
            {
                PeerIdentity = value.Length <= 255 ? value.ToArray() : throw new ZmtpException("An identity has at most 255 bytes.");
            }
        }
    }

    static (string Name, byte[] Data) SplitCommand(byte[] body) =>
        body.Length > 0 && body.Length > body[0]
            ? (Encoding.ASCII.GetString(body, 1, body[0]), body[(1 + body[0])..])
            : throw new ZmtpException("A command is malformed.");

    async ValueTask<(byte Flags, byte[] Body)?> ReadFrameAsync(long room, CancellationToken cancellation)
    {
        if (await ReadAsync(2, cancellation) is not [byte flags, byte size])
        {
            return null;
        }
        if ((flags & ~(More | Long | Command)) != 0 || (flags & (More | Command)) == (More | Command))
        {
            throw new ZmtpException($"A frame has the flags 0x{flags:x2}, which mean nothing.");
        }
        ulong length = size;
        if ((flags & Long) != 0)
        {
            byte[] rest = await ReadAsync(7, cancellation) ?? throw new ZmtpException("The peer left in the middle of a frame.");
            foreach (byte next in rest)
            {
                length = length << 8 | next;
            }
        }
        long most = (flags & Command) != 0 ? Math.Min(room, MaxCommandBytes) : room;
        if (length > (ulong)most)
        {
            throw new ZmtpException($"A frame of {length} bytes is too long: {most} are left for this message.");
        }
        return (flags, await ReadAsync((int)length, cancellation) ?? throw new ZmtpException("The peer left in the middle of a frame."));
    }

    /// <summary>Exactly so many bytes; null if the stream ends before. Memory grows with what has arrived, not with what was announced.</summary>
    async ValueTask<byte[]?> ReadAsync(int count, CancellationToken cancellation)
    {
        if (count == 0)
        {
            return [];
        }
        ReadResult result = await reader.ReadAtLeastAsync(count, cancellation);
        if (result.Buffer.Length < count)
        {
            reader.AdvanceTo(result.Buffer.End);
            return null;
        }
        ReadOnlySequence<byte> wanted = result.Buffer.Slice(0, count);
        byte[] bytes = wanted.ToArray();
        reader.AdvanceTo(wanted.End);
        return bytes;
    }

    async Task WriteLoopAsync()
    {
        try
        {
            await foreach (ReadOnlyMemory<byte> item in outgoing.Reader.ReadAllAsync(closed.Token))
            {
                for (int at = 0; at < item.Length; at += WriteSlice)
                {
                    ReadOnlyMemory<byte> slice = item[at..Math.Min(item.Length, at + WriteSlice)];
                    await stream.WriteAsync(slice, closed.Token);
                    Interlocked.Exchange(ref lastProgress, Environment.TickCount64);
                    Interlocked.Add(ref queuedBytes, -slice.Length);
                    lock (roomChanged)
                    {
                        Monitor.PulseAll(roomChanged);
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The reading side notices the same end and tidies up.
            Close();
        }
    }
}

/// <summary>What arrived: a message of frames, or (with a name) the command SUBSCRIBE or CANCEL and its topic.</summary>
readonly record struct ZmtpIncoming(string? Command, IReadOnlyList<byte[]> Frames);
