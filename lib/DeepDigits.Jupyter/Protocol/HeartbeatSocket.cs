using System.Net;

namespace DeepDigits.Jupyter;

/// <summary>A REP that sends back whatever it is sent: a client can tell from it that the process is alive, whatever else that is doing.</summary>
/// <param name="endpoint">Where to listen.</param>
/// <param name="limits">What a peer may ask for.</param>
/// <param name="refused">Is told why a connection was closed.</param>
sealed class HeartbeatSocket(IPEndPoint endpoint, ZmtpLimits limits, Action<string> refused)
    : ZmtpListener(endpoint, "REP", ["REQ", "DEALER"], limits with { MessageBytes = 64 << 10, QueuedBytesAtMost = 4 << 20 }, refused)
{
    protected override async Task ServeAsync(ZmtpConnection connection, CancellationToken cancellation)
    {
        while (await connection.ReceiveAsync(cancellation) is { } incoming)
        {
            if (incoming.Command is null)
            {
                connection.Enqueue(ZmtpConnection.Encode(incoming.Frames));
            }
        }
    }
}
