using System.Net;

namespace DeepDigits.Jupyter;

/// <summary>
/// A PUB: each message goes to every peer that has subscribed to a prefix of its first frame, the topic (rfc.zeromq.org/spec/29).
/// Nothing is dropped on the way to a peer that keeps reading.
/// </summary>
/// <remarks>
/// Protocol 5.4 has no word of welcome for a new subscriber (<c>iopub_welcome</c> belongs to 5.5), so none is sent.
/// </remarks>
/// <param name="endpoint">Where to listen.</param>
/// <param name="limits">What a peer may ask for.</param>
/// <param name="refused">Is told why a connection was closed.</param>
sealed class PublishSocket(IPEndPoint endpoint, ZmtpLimits limits, Action<string> refused)
    : ZmtpListener(endpoint, "PUB", ["SUB", "XSUB"], limits with { MessageBytes = 4096, Frames = 1 }, refused)
{
    const int MaxSubscriptions = 1000;

    readonly Lock gate = new();
    readonly Dictionary<ZmtpConnection, List<byte[]>> subscribers = [];

    /// <summary>Sends the frames to all who have subscribed to the topic in the first of them. All peers see messages in the same order.</summary>
    /// <param name="frames">The topic and what follows it.</param>
    /// <param name="waitForRoom">Whether to wait for peers that have much left to read. Not to be set by who must stay responsive.</param>
    public void Publish(IReadOnlyList<byte[]> frames, bool waitForRoom)
    {
        List<ZmtpConnection>? slow = null;
        lock (gate)
        {
            byte[]? wire = null;
            foreach ((ZmtpConnection connection, List<byte[]> topics) in subscribers)
            {
                if (topics.Exists(topic => frames[0].AsSpan().StartsWith(topic)))
                {
                    connection.Enqueue(wire ??= ZmtpConnection.Encode(frames));
                    (slow ??= []).Add(connection);
                }
            }
        }
        if (waitForRoom && slow is not null)
        {
            foreach (ZmtpConnection connection in slow)
            {
                connection.WaitForRoom();
            }
        }
    }

    /// <summary>How many peers have subscribed to something.</summary>
    public int SubscriberCount
    {
        get
        {
            lock (gate)
            {
                return subscribers.Count(entry => entry.Value.Count > 0);
            }
        }
    }

    protected override async Task ServeAsync(ZmtpConnection connection, CancellationToken cancellation)
    {
        var topics = new List<byte[]>();
        lock (gate)
        {
            subscribers.Add(connection, topics);
        }
        try
        {
            while (await connection.ReceiveAsync(cancellation) is var (command, frames))
            {
                // ZMTP 3.1 subscribes by command; 3.0 by a message whose first byte is 1 (subscribe) or 0 (cancel).
                switch (command, frames[0])
                {
                    case ("SUBSCRIBE", var topic):
                        Subscribe(topics, topic);
                        break;
                    case ("CANCEL", var topic):
                        Cancel(topics, topic);
                        break;
                    case (null, [1, .. var topic]):
                        Subscribe(topics, topic);
                        break;
                    case (null, [0, .. var topic]):
                        Cancel(topics, topic);
                        break;
                    default:
                        throw new ZmtpException("A subscriber sent something else than a subscription.");
                }
            }
        }
        finally
        {
            lock (gate)
            {
                subscribers.Remove(connection);
            }
        }
    }

    void Subscribe(List<byte[]> topics, byte[] topic)
    {
        lock (gate)
        {
            if (topics.Count == MaxSubscriptions)
            {
                throw new ZmtpException($"A subscriber asks for more than {MaxSubscriptions} topics.");
            }
            topics.Add(topic);
        }
    }

    void Cancel(List<byte[]> topics, byte[] topic)
    {
        lock (gate)
        {
            int at = topics.FindIndex(existing => existing.AsSpan().SequenceEqual(topic));
            if (at >= 0)
            {
                topics.RemoveAt(at);
            }
        }
    }
}
