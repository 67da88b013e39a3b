using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace DeepDigits.Jupyter;

/// <summary>
/// A ROUTER: each message that arrives is handed on with the identity of its sender, and one that is sent goes to the peer whose
/// identity its first frame names (rfc.zeromq.org/spec/28).
/// </summary>
/// <param name="endpoint">Where to listen.</param>
/// <param name="limits">What a peer may ask for.</param>
/// <param name="received">Is given the sender's identity and the frames. Called from several connections at a time.</param>
/// <param name="refused">Is told why a connection was closed.</param>
sealed class RouterSocket(IPEndPoint endpoint, ZmtpLimits limits, Action<byte[], IReadOnlyList<byte[]>> received, Action<string> refused)
    : ZmtpListener(endpoint, "ROUTER", ["DEALER", "REQ", "ROUTER"], limits, refused)
{
    readonly ConcurrentDictionary<string, ZmtpConnection> routes = new();
    int lastIdentity;

    /// <summary>Sends frames to one peer. False if there is none of this identity, or it has left.</summary>
    public bool Send(byte[] identity, IReadOnlyList<byte[]> frames) =>
        routes.TryGetValue(Key(identity), out ZmtpConnection? connection) && connection.Enqueue(ZmtpConnection.Encode(frames));

    protected override async Task ServeAsync(ZmtpConnection connection, CancellationToken cancellation)
    {
        byte[] identity = connection.PeerIdentity;
        if (identity.Length == 0)
        {
            // Identities that start with a zero byte are the router's own to give.
            byte[] number = BitConverter.GetBytes(Interlocked.Increment(ref lastIdentity));
            identity = [0, .. number];
        }
        else if (identity[0] == 0)
        {
            throw new ZmtpException("An identity that starts with a zero byte is not a peer's to choose.");
        }
        // A client that connects again may come before its old connection is seen to be dead: the newer one takes over.
        string key = Key(identity);
        routes[key] = connection;
        try
        {
            while (await connection.ReceiveAsync(cancellation) is { } incoming)
            {
                if (incoming.Command is null)
                {
                    received(identity, incoming.Frames);
                }
            }
        }
        finally
        {
            routes.TryRemove(KeyValuePair.Create(key, connection));
        }
    }

    static string Key(byte[] identity) => Encoding.Latin1.GetString(identity);
}
