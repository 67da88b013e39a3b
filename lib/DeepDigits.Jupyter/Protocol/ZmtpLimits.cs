namespace DeepDigits.Jupyter;

/// <summary>How much one peer of a socket may ask for before the connection is closed. Nobody has proved who they are at this level.</summary>
sealed record ZmtpLimits
{
    /// <summary>Most bytes of one message, all its frames together.</summary>
    public long MessageBytes { get; init; } = 64L << 20;

    /// <summary>Most frames of one message.</summary>
    public int Frames { get; init; } = 1024;

    /// <summary>Most connections at a time.</summary>
    public int Connections { get; init; } = 256;

    /// <summary>Time within which a new peer must have introduced itself.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes that may wait to be sent to one peer while senders still need not wait for it.</summary>
    public long QueuedBytes { get; init; } = 32L << 20;

    /// <summary>Bytes that may wait to be sent to one peer at all. A peer that lets more pile up is dropped.</summary>
    public long QueuedBytesAtMost { get; init; } = 512L << 20;

    /// <summary>Time that senders wait for a peer that takes nothing at all, before it is dropped.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(10);
}
