using System.Text;

namespace DeepDigits.Jupyter.Tests;

/// <summary>Keeps what a cell puts out, as text and as a list of events in order.</summary>
sealed class RecordedOutput : ICellOutput
{
    readonly StringBuilder stdout = new();
    readonly StringBuilder stderr = new();

    public List<string> Events { get; } = [];
    public List<(MimeBundle Bundle, string? DisplayId)> Displays { get; } = [];
    public List<(MimeBundle Bundle, string DisplayId)> Updates { get; } = [];
    public Queue<string?> Input { get; } = new();
    public Action<OutputStream, string>? Written { get; init; }

    /// <summary>When set, <see cref="ReadLine"/> waits for its cancellation.</summary>
    public bool WaitsForInput { get; init; }

    public string Stdout
    {
        get
        {
            lock (stdout)
                return stdout.ToString();
        }
    }

    public string Stderr
    {
        get
        {
            lock (stdout)
                return stderr.ToString();
        }
    }

    public void Write(OutputStream stream, string text)
    {
        lock (stdout)
        {
            (stream == OutputStream.Stdout ? stdout : stderr).Append(text);
            Events.Add($"{stream}: {text}");
        }

        Written?.Invoke(stream, text);
    }

    public void Display(MimeBundle bundle, string? displayId)
    {
        lock (stdout)
        {
            Displays.Add((bundle, displayId));
            Events.Add($"Display: {bundle.Text("text/plain") ?? bundle.Data.Keys.First()}");
        }
    }

    public void Update(MimeBundle bundle, string displayId)
    {
        lock (stdout)
        {
            Updates.Add((bundle, displayId));
            Events.Add($"Update: {bundle.Text("text/plain")}");
        }
    }

    public void Clear(bool wait)
    {
        lock (stdout)
            Events.Add($"Clear: {wait}");
    }

    public string? ReadLine(string prompt, bool password, CancellationToken cancellation)
    {
        lock (stdout)
            Events.Add($"ReadLine: {prompt}{(password ? " (password)" : "")}");
        if (WaitsForInput)
        {
            cancellation.WaitHandle.WaitOne();
            cancellation.ThrowIfCancellationRequested();
        }

        return Input.Count > 0 ? Input.Dequeue() : throw new InvalidOperationException("Nobody is there to answer.");
    }
}
