using System.Text;

namespace DeepDigits.Jupyter;

/// <summary>Brings what cells write to their <see cref="ICellOutput"/>, in order, from one thread of its own.</summary>
/// <remarks>
/// A cell's thread may be aborted at any instruction, so it must never hold a lock here: it publishes each piece of output with one
/// compare-and-swap onto a stack, which the queue's own thread takes as a whole, reverses and hands on. Pieces of text that follow each
/// other are joined, so that a million small writes arrive as a few large ones. A cell that writes faster than its front end reads waits.
/// </remarks>
sealed class OutputQueue : IDisposable
{
    /// <summary>The front end gets text in pieces of at most about this many characters.</summary>
    internal const int LargestPiece = 1 << 16;

    /// <summary>A writer waits while this many characters (about 20 MB with their bookkeeping) have not been taken.</summary>
    const int MostPending = 4 << 20;

    /// <summary>A small write costs more than its characters.</summary>
    const int CostOfAPiece = 32;

    /// <summary>How long small writes are gathered: half of the 100 ms that a reader may wait.</summary>
    static readonly TimeSpan gathering = TimeSpan.FromMilliseconds(40);

    readonly Thread pump;
    readonly AutoResetEvent arrived = new(initialState: false);
    readonly ManualResetEvent hurry = new(initialState: false);
    Piece? newest;
    int pending;
    ICellOutput? target;
    volatile bool ended;
    volatile Exception? failure;

    internal OutputQueue()
    {
        pump = new Thread(Pump) { IsBackground = true, Name = "notebook output" };
        pump.UnsafeStart();
    }

    /// <summary>What the front end threw since the last call, or null.</summary>
    internal Exception? TakeFailure()
    {
        Exception? taken = failure;
        failure = null;
        return taken;
    }

    /// <summary>From now on output goes to <paramref name="output"/>.</summary>
    internal void Redirect(ICellOutput output)
    {
        Drain();
        target = output;
    }

    internal void Write(OutputStream stream, ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty)
            Write(stream, text.ToString());
    }

    internal void Write(OutputStream stream, string text)
    {
        if (text.Length == 0)
            return;
        while (Volatile.Read(ref pending) > MostPending && !ended)
            Thread.Sleep(1);
        Publish(new TextPiece(stream, text), text.Length + CostOfAPiece);
    }

    internal void Display(MimeBundle bundle, string? displayId) => Publish(new DisplayPiece(bundle, displayId), CostOfAPiece);

    internal void Update(MimeBundle bundle, string displayId) => Publish(new UpdatePiece(bundle, displayId), CostOfAPiece);

    internal void Clear(bool wait) => Publish(new ClearPiece(wait), CostOfAPiece);

    /// <summary>Returns when everything published before has been handed over.</summary>
    internal void Drain()
    {
        if (Thread.CurrentThread == pump || ended)
            return;
        MarkerPiece marker = new();
        Publish(marker, 0);
        hurry.Set();
        arrived.Set();
        marker.Reached.Wait();
    }

    public void Dispose()
    {
        Drain();
        ended = true;
        hurry.Set();
        arrived.Set();
        if (Thread.CurrentThread != pump)
            pump.Join();
        arrived.Dispose();
        hurry.Dispose();
    }

    void Publish(Piece piece, int cost)
    {
        if (ended)
            return;
        Interlocked.Add(ref pending, cost);
        Piece? before;
        do
        {
            before = Volatile.Read(ref newest);
            piece.Older = before;
        }
        while (Interlocked.CompareExchange(ref newest, piece, before) != before);
        if (before is null)
            Signal();
    }

    void Signal()
    {
        try
        {
            arrived.Set();
        }
        catch (ObjectDisposedException)
        {
            // A thread that outlived its session: nobody listens any more.
        }
    }

    void Pump()
    {
        StringBuilder text = new();
        while (!ended)
        {
            arrived.WaitOne();
            // A marker asks for everything at once; what came before it has been published before it.
            hurry.WaitOne(gathering);
            hurry.Reset();
            Piece? pieces = Interlocked.Exchange(ref newest, null);
            Interlocked.Exchange(ref pending, 0);
            Deliver(InOrder(pieces), text);
        }

        for (Piece? left = Interlocked.Exchange(ref newest, null); left is not null; left = left.Older)
            (left as MarkerPiece)?.Reached.Set();
    }

    static Piece? InOrder(Piece? newestFirst)
    {
        Piece? ordered = null;
        while (newestFirst is not null)
        {
            Piece? older = newestFirst.Older;
            newestFirst.Older = ordered;
            ordered = newestFirst;
            newestFirst = older;
        }

        return ordered;
    }

    void Deliver(Piece? piece, StringBuilder text)
    {
        OutputStream stream = OutputStream.Stdout;
        for (; piece is not null; piece = piece.Older)
        {
            if (piece is TextPiece written)
            {
                if (written.Stream != stream)
                    Flush(stream, text);
                stream = written.Stream;
                text.Append(written.Text);
                if (text.Length >= LargestPiece)
                    FlushLarge(stream, text);
                continue;
            }

            Flush(stream, text);
            switch (piece)
            {
                case DisplayPiece shown:
                    HandOver(output => output.Display(shown.Bundle, shown.DisplayId));
                    break;
                case UpdatePiece updated:
                    HandOver(output => output.Update(updated.Bundle, updated.DisplayId));
                    break;
                case ClearPiece cleared:
                    HandOver(output => output.Clear(cleared.Wait));
                    break;
                case MarkerPiece marker:
                    marker.Reached.Set();
                    break;
            }
        }

        Flush(stream, text);
    }

    void FlushLarge(OutputStream stream, StringBuilder text)
    {
        string all = text.ToString();
        text.Clear();
        int start = 0;
        while (all.Length - start >= LargestPiece)
        {
            int length = LargestPiece;
            // A pair of surrogates is one character: never send half of it.
            if (char.IsHighSurrogate(all[start + length - 1]))
                length--;
            string part = all.Substring(start, length);
            HandOver(output => output.Write(stream, part));
            start += length;
        }

        text.Append(all, start, all.Length - start);
    }

    void Flush(OutputStream stream, StringBuilder text)
    {
        if (text.Length == 0)
            return;
        string all = text.ToString();
        text.Clear();
        HandOver(output => output.Write(stream, all));
    }

    void HandOver(Action<ICellOutput> action)
    {
        if (target is not { } output)
            return;
        try
        {
            action(output);
        }
        catch (Exception thrown)
        {
            // The first one is the cause; the session throws it to its caller when the cell has ended.
            failure ??= thrown;
        }
    }

    abstract class Piece
    {
        /// <summary>On the stack: the piece published before. In the pump's list: the piece to deliver next.</summary>
        internal Piece? Older;
    }

    sealed class TextPiece(OutputStream stream, string text) : Piece
    {
        internal OutputStream Stream { get; } = stream;
        internal string Text { get; } = text;
    }

    sealed class DisplayPiece(MimeBundle bundle, string? displayId) : Piece
    {
        internal MimeBundle Bundle { get; } = bundle;
        internal string? DisplayId { get; } = displayId;
    }

    sealed class UpdatePiece(MimeBundle bundle, string displayId) : Piece
    {
        internal MimeBundle Bundle { get; } = bundle;
        internal string DisplayId { get; } = displayId;
    }

    sealed class ClearPiece(bool wait) : Piece
    {
        internal bool Wait { get; } = wait;
    }

    sealed class MarkerPiece : Piece
    {
        internal ManualResetEventSlim Reached { get; } = new();
    }
}
