using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DeepDigits.Jupyter;

/// <summary>A listening ZMTP socket: accepts connections, has each introduce itself, and serves it until it leaves or misbehaves.</summary>
abstract class ZmtpListener : IAsyncDisposable
{
    readonly TcpListener listener;
    readonly CancellationTokenSource stopping = new();
    readonly ConcurrentDictionary<ZmtpConnection, Task> connections = new();
    readonly string socketType;
    readonly IReadOnlyCollection<string> acceptedPeers;
    readonly Action<string> refused;
    Task accepting = Task.CompletedTask;
    int counted; // the connections that take a place under the limit
    volatile bool closing;

    /// <summary>Binds, and only to this address. Port 0 lets the system choose one.</summary>
    /// <param name="endpoint">Address and port.</param>
    /// <param name="socketType">Our kind of socket, for instance ROUTER.</param>
    /// <param name="acceptedPeers">The kinds of socket that may connect.</param>
    /// <param name="limits">What a peer may ask for.</param>
    /// <param name="refused">Is told why a connection was refused or closed.</param>
    protected ZmtpListener(
        IPEndPoint endpoint, string socketType, IReadOnlyCollection<string> acceptedPeers, ZmtpLimits limits, Action<string> refused)
    {
        this.socketType = socketType;
        this.acceptedPeers = acceptedPeers;
        this.refused = refused;
        Limits = limits;
        listener = Bind(endpoint);
    }

    /// <summary>What a peer may ask for.</summary>
    protected ZmtpLimits Limits { get; }

    /// <summary>The port that is bound.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Begins to accept connections.</summary>
    public void Start() => accepting = AcceptLoopAsync();

    /// <summary>Serves one connection after its handshake. Returns when the peer has left.</summary>
    protected abstract Task ServeAsync(ZmtpConnection connection, CancellationToken cancellation);

    /// <summary>Sends what is queued, as far as peers take it within the time given, and closes everything.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        closing = true;
        listener.Stop();
        await Task.WhenAll(connections.Keys.Select(connection => connection.CloseAfterFlushAsync(patience)));
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
        {
            return;
        }
        await stopping.CancelAsync();
        listener.Dispose();
        foreach (ZmtpConnection connection in connections.Keys)
        {
            connection.Close();
        }
        await accepting;
        await Task.WhenAll(connections.Values);
        GC.SuppressFinalize(this);
    }

    static TcpListener Bind(IPEndPoint endpoint)
    {
        // A restarted kernel takes over the ports of the process before it, which the system may not have let go of yet.
        long deadline = Environment.TickCount64 + 3000;
        while (true)
        {
            var listener = new TcpListener(endpoint);
            try
            {
                if (OperatingSystem.IsWindows())
                {
                    listener.ExclusiveAddressUse = true;
                }
                listener.Start();
                return listener;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse
                && endpoint.Port != 0 && Environment.TickCount64 < deadline)
            {
                listener.Dispose();
                Thread.Sleep(50);
            }
            catch
            {
                listener.Dispose();
                throw;
            }
        }
    }

    async Task AcceptLoopAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptSocketAsync(stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            catch (SocketException e)
            {
                if (closing || stopping.IsCancellationRequested)
                {
                    return;
                }
                // A peer that left before it was accepted, or no file handles left: neither may stop the kernel.
                refused("A connection could not be accepted: " + e.Message);
                await Task.Delay(10);
                continue;
            }
            if (Volatile.Read(ref counted) >= Limits.Connections)
            {
                refused($"There are {Limits.Connections} connections already.");
                socket.Close(0);
                continue;
            }
            Interlocked.Increment(ref counted);
            var connection = new ZmtpConnection(socket, Limits);
            var registered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            connections[connection] = RunAsync(connection, registered.Task);
            registered.SetResult();
        }
    }

    async Task RunAsync(ZmtpConnection connection, Task registered)
    {
        await registered;
        try
        {
            await connection.HandshakeAsync(socketType, acceptedPeers, stopping.Token);
            await ServeAsync(connection, stopping.Token);
        }
        catch (ZmtpException e)
        {
            refused(e.Message);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException
            or InvalidOperationException)
        {
            // The peer broke the connection, or we are stopping.
        }
        finally
        {
            // Its place is free before the peer sees the end: who comes back at once must not be counted twice.
            Interlocked.Decrement(ref counted);
            await connection.DisposeAsync();
            connections.TryRemove(connection, out _);
        }
    }
}
