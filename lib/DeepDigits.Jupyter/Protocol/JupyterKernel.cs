using System.Collections.Concurrent;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace DeepDigits.Jupyter;

/// <summary>What a kernel needs to know besides its connection.</summary>
public sealed record JupyterKernelOptions
{
    /// <summary>The session that cells run in.</summary>
    public SessionOptions Session { get; init; } = new();

    /// <summary>Is given a line for the log now and then; nothing is logged when null.</summary>
    public Action<string>? Log { get; init; }
}

/// <summary>
/// A Jupyter kernel: answers the requests of protocol 5.4 (jupyter-client.readthedocs.io, "Messaging in Jupyter") on five sockets,
/// and runs C# cells in a <see cref="CSharpSession"/>.
/// </summary>
/// <remarks>
/// Requests on the shell are answered one after the other. Those on the control socket are answered at once, beside a running cell. The
/// heartbeat is always echoed. A message whose signature is wrong, or that was received before, is ignored: nothing of it is executed.
/// </remarks>
public sealed class JupyterKernel : IAsyncDisposable
{
    /// <summary>The version of the messaging protocol that is spoken.</summary>
    public const string ProtocolVersion = "5.4";

    static readonly TimeSpan flushPatience = TimeSpan.FromSeconds(1);

    readonly ConnectionFile requested;
    readonly MessageCodec codec;
    readonly Action<string>? log;
    readonly Task<ICodeSession> session;
    readonly RouterSocket shell;
    readonly RouterSocket control;
    readonly RouterSocket stdin;
    readonly PublishSocket iopub;
    readonly HeartbeatSocket heartbeat;
    readonly Channel<JupyterMessage> shellQueue = Channel.CreateUnbounded<JupyterMessage>(new() { SingleReader = true });
    readonly Channel<JupyterMessage> controlQueue = Channel.CreateUnbounded<JupyterMessage>(new() { SingleReader = true });
    readonly BlockingCollection<JupyterMessage> inputReplies = [];
    readonly ExecutionHistory history = new();
    readonly TaskCompletionSource<bool> shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly string topicPrefix;
    CancellationTokenSource? runningCell;
    long lastSequence;
    long abortUpTo;
    long refusals;
    int executionCount;

    /// <summary>Binds the five ports and begins to load the session. Nothing is answered before <see cref="RunAsync"/>.</summary>
    /// <param name="connection">Where to listen.</param>
    /// <param name="options">The rest.</param>
    /// <exception cref="ConnectionFileException">The address is not one to listen on.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">A port is taken.</exception>
    public JupyterKernel(ConnectionFile connection, JupyterKernelOptions options)
        : this(connection, options, () => new CSharpSession(options.Session), new ZmtpLimits())
    {
    }

    internal JupyterKernel(ConnectionFile connection, JupyterKernelOptions options, Func<ICodeSession> newSession, ZmtpLimits limits)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(options);
        requested = connection;
        log = options.Log;
        codec = new MessageCodec(connection.Key);
        topicPrefix = $"kernel.{codec.Session}.";
        IPAddress address = connection.Address();
        session = Task.Run(newSession);
        try
        {
            shell = Router(connection.ShellPort, "shell", message => shellQueue.Writer.TryWrite(message));
            control = Router(connection.ControlPort, "control", message => controlQueue.Writer.TryWrite(message));
            stdin = Router(connection.StdinPort, "stdin", ReceiveInput);
            iopub = new PublishSocket(new IPEndPoint(address, connection.IopubPort), limits, reason => Refuse("iopub", reason));
            heartbeat = new HeartbeatSocket(new IPEndPoint(address, connection.HeartbeatPort), limits, reason => Refuse("heartbeat", reason));
        }
        catch
        {
            Task.WhenAll(Sockets().Select(socket => socket.DisposeAsync().AsTask())).Wait();
            throw;
        }

        RouterSocket Router(int port, string name, Action<JupyterMessage> received) =>
            new(new IPEndPoint(address, port), limits, (sender, frames) => Receive(name, sender, frames, received), reason => Refuse(name, reason));
    }

    /// <summary>The connection with the ports that are bound in truth.</summary>
    public ConnectionFile Connection => requested with
    {
        ShellPort = shell.Port,
        ControlPort = control.Port,
        StdinPort = stdin.Port,
        IopubPort = iopub.Port,
        HeartbeatPort = heartbeat.Port,
    };

    /// <summary>How many messages and connections were refused so far.</summary>
    public long Refusals => Interlocked.Read(ref refusals);

    /// <summary>Serves clients until one of them asks for a shutdown, or until it is cancelled.</summary>
    /// <returns>Whether the kernel is to be started again by who started it.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellation = default)
    {
        foreach (ZmtpListener socket in Sockets())
        {
            socket.Start();
        }
        Publish("status", null, new JsonObject { ["execution_state"] = "starting" });
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task serving = Task.WhenAll(
            ServeAsync(shellQueue.Reader, shell, stopping.Token), ServeAsync(controlQueue.Reader, control, stopping.Token));
        await Task.WhenAny(shutdown.Task, serving, Task.Delay(Timeout.Infinite, stopping.Token));
        await stopping.CancelAsync();
        Interrupt();
        await Task.WhenAll(Sockets().Select(socket => socket.StopAsync(flushPatience)));
        return shutdown.Task.IsCompletedSuccessfully && shutdown.Task.Result;
    }

    /// <summary>Stops the running cell, as an <c>interrupt_request</c> does. Safe to be called from a signal handler's thread.</summary>
    public void Interrupt()
    {
        CancellationTokenSource? cell = Volatile.Read(ref runningCell);
        try
        {
            cell?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The cell ended by itself at this very moment.
        }
    }

    /// <summary>Closes all sockets and ends the session.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (ZmtpListener socket in Sockets())
        {
            await socket.DisposeAsync();
        }
        if (session.IsCompletedSuccessfully)
        {
            await session.Result.DisposeAsync();
        }
        inputReplies.Dispose();
    }

    /// <summary>Publishes to all clients.</summary>
    /// <param name="type">The message's type.</param>
    /// <param name="request">The request in whose name this is said; null if there is none.</param>
    /// <param name="content">What is said.</param>
    /// <param name="waitForRoom">Whether to wait for clients that are behind with reading.</param>
    internal void Publish(string type, JupyterMessage? request, JsonObject content, bool waitForRoom = false) =>
        iopub.Publish(codec.Encode([Encoding.ASCII.GetBytes(topicPrefix + type)], type, request?.Header, content), waitForRoom);

    /// <summary>Asks the client that sent a request for a line of input, and waits for it.</summary>
    /// <returns>The line; null at the end of input.</returns>
    /// <exception cref="InvalidOperationException">The client is not connected to the stdin socket.</exception>
    internal string? AskForInput(JupyterMessage request, string prompt, bool password, CancellationToken cancellation)
    {
        while (inputReplies.TryTake(out _))
        {
            // What was typed too late for an earlier question is no answer to this one.
        }
        byte[][] frames = codec.Encode(
            [.. request.Identities.Skip(1)], "input_request", request.Header, new JsonObject { ["prompt"] = prompt, ["password"] = password });
        // A client connects its sockets one by one, and may be a moment late with this one.
        for (int attempt = 0; !stdin.Send(request.Identities[0], frames); attempt++)
        {
            if (attempt == 20)
            {
                throw new InvalidOperationException("The cell asks for input, but the front end that runs it is not connected to be asked.");
            }
            cancellation.WaitHandle.WaitOne(100);
            cancellation.ThrowIfCancellationRequested();
        }
        string value = inputReplies.Take(cancellation).Text("value") ?? "";
        return value == "\u0004" ? null : value;
    }

    IEnumerable<ZmtpListener> Sockets() => new ZmtpListener?[] { shell, control, stdin, iopub, heartbeat }.OfType<ZmtpListener>();

    void Receive(string socket, byte[] sender, IReadOnlyList<byte[]> frames, Action<JupyterMessage> received)
    {
        try
        {
            JupyterMessage message = codec.Decode(sender, frames);
            message.Sequence = Interlocked.Increment(ref lastSequence);
            received(message);
        }
        catch (MessageException e)
        {
            Refuse(socket, e.Message);
        }
    }

    void ReceiveInput(JupyterMessage message)
    {
        if (message.Type == "input_reply")
        {
            inputReplies.Add(message);
        }
    }

    void Refuse(string socket, string reason)
    {
        long count = Interlocked.Increment(ref refusals);
        // Powers of two only: who sends garbage must not fill the log with it.
        if ((count & (count - 1)) == 0)
        {
            log?.Invoke($"Refused on {socket} (no. {count}): {reason}");
        }
    }

    async Task ServeAsync(ChannelReader<JupyterMessage> queue, RouterSocket socket, CancellationToken cancellation)
    {
        await foreach (JupyterMessage request in queue.ReadAllAsync(cancellation))
        {
            if (!IsRequest(request.Type))
            {
                // "Both sides should allow unexpected message types."
                continue;
            }
            Publish("status", request, new JsonObject { ["execution_state"] = "busy" });
            try
            {
                if (await AnswerAsync(request, cancellation) is { } reply)
                {
                    Reply(socket, request, reply);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                log?.Invoke($"{request.Type}: {e}");
                Reply(socket, request, Failure(e.GetType().Name, e.Message, []));
            }
            Publish("status", request, new JsonObject { ["execution_state"] = "idle" });
            if (request.Type == "shutdown_request")
            {
                shutdown.TrySetResult(request.Flag("restart", false));
            }
        }
    }

    static bool IsRequest(string type) => type is "execute_request" or "complete_request" or "inspect_request" or "is_complete_request"
        or "history_request" or "kernel_info_request" or "comm_info_request" or "comm_open" or "comm_msg" or "comm_close"
        or "connect_request" or "shutdown_request" or "interrupt_request" or "debug_request";

    void Reply(RouterSocket socket, JupyterMessage request, JsonObject content)
    {
        string type = request.Type.EndsWith("_request", StringComparison.Ordinal)
            ? string.Concat(request.Type.AsSpan(0, request.Type.Length - "request".Length), "reply")
            : request.Type;
        if (type == request.Type)
        {
            return;
        }
        byte[][] frames = codec.Encode([.. request.Identities.Skip(1)], type, request.Header, content);
        socket.Send(request.Identities[0], frames);
        if (type == "shutdown_reply")
        {
            Publish(type, request, (JsonObject)content.DeepClone());
        }
    }

    async ValueTask<JsonObject?> AnswerAsync(JupyterMessage request, CancellationToken cancellation)
    {
        switch (request.Type)
        {
            case "kernel_info_request":
                return KernelInfo();
            case "execute_request":
                return await ExecuteAsync(request, cancellation);
            case "complete_request":
                return await CompleteAsync(request, cancellation);
            case "inspect_request":
                return await InspectAsync(request, cancellation);
            case "is_complete_request":
                return await IsCompleteAsync(request);
            case "history_request":
                return Ok(new JsonObject { ["history"] = history.Answer(request) });
            case "comm_info_request":
                return Ok(new JsonObject { ["comms"] = new JsonObject() });
            case "comm_open":
                // There is nothing here that a comm could talk to, and the protocol wants that said at once.
                Publish("comm_close", request, new JsonObject { ["comm_id"] = request.RequiredText("comm_id"), ["data"] = new JsonObject() });
                return null;
            case "connect_request":
                return Ok(new JsonObject
                {
                    ["shell_port"] = shell.Port,
                    ["iopub_port"] = iopub.Port,
                    ["stdin_port"] = stdin.Port,
                    ["control_port"] = control.Port,
                    ["hb_port"] = heartbeat.Port,
                });
            case "interrupt_request":
                Interrupt();
                return Ok([]);
            case "shutdown_request":
                return Ok(new JsonObject { ["restart"] = request.Flag("restart", false) });
            case "debug_request":
                return RefuseDebugging(request);
            default:
                return null;
        }
    }

    static JsonObject Ok(JsonObject content)
    {
        content["status"] = "ok";
        return content;
    }

    static JsonObject Failure(string name, string message, IEnumerable<string> traceback) => new()
    {
        ["status"] = "error",
        ["ename"] = name,
        ["evalue"] = message,
        ["traceback"] = new JsonArray([.. traceback.Select(line => JsonValue.Create(line))]),
    };

    static JsonObject KernelInfo()
    {
        string version = typeof(JupyterKernel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?
            .InformationalVersion.Split('+')[0] ?? "0.0.0";
        return Ok(new JsonObject
        {
            ["protocol_version"] = ProtocolVersion,
            ["implementation"] = "deepdigits",
            ["implementation_version"] = version,
            ["language_info"] = new JsonObject
            {
                ["name"] = "C#",
                ["version"] = "14.0",
                ["mimetype"] = "text/x-csharp",
                ["file_extension"] = ".cs",
                ["pygments_lexer"] = "csharp",
                ["codemirror_mode"] = "text/x-csharp",
            },
            ["banner"] = $"DeepDigits C# kernel {version} on .NET {Environment.Version}",
            ["debugger"] = false,
            ["help_links"] = new JsonArray(new JsonObject
            {
                ["text"] = "C# language reference",
                ["url"] = "https://learn.microsoft.com/dotnet/csharp/language-reference/",
            }),
        });
    }

    async Task<JsonObject> ExecuteAsync(JupyterMessage request, CancellationToken cancellation)
    {
        if (request.Sequence <= Interlocked.Read(ref abortUpTo))
        {
            return new JsonObject { ["status"] = "aborted", ["execution_count"] = executionCount };
        }
        string code = request.RequiredText("code");
        bool silent = request.Flag("silent", false);
        bool store = !silent && request.Flag("store_history", true);
        if (store)
        {
            executionCount++;
        }
        int count = executionCount;
        if (!silent)
        {
            Publish("execute_input", request, new JsonObject { ["code"] = code, ["execution_count"] = count });
        }
        var output = new KernelCellOutput(this, request, request.Flag("allow_stdin", false));
        ICodeSession runner = await session;
        CellResult result = await RunCellAsync(runner, new Cell(code, store ? $"Cell {count}" : null), output, cancellation);
        if (result.Status == CellStatus.Ok && result.Value is { } value && !silent)
        {
            JsonObject content = KernelCellOutput.Content(value);
            content.Remove("transient");
            content["execution_count"] = count;
            Publish("execute_result", request, content, waitForRoom: true);
        }
        if (store)
        {
            history.Add(count, code, result.Value?.Text("text/plain"));
        }
        if (result.Status != CellStatus.Ok)
        {
            CellError error = result.Error ?? new CellError("Interrupted", "The cell was interrupted.", [], null, null);
            JsonObject failure = Failure(error.Name, error.Message, error.Traceback);
            var published = (JsonObject)failure.DeepClone();
            published.Remove("status");
            Publish("error", request, published, waitForRoom: true);
            if (request.Flag("stop_on_error", true))
            {
                // What was sent before the client could know of the error must not run on top of it.
                Interlocked.Exchange(ref abortUpTo, Interlocked.Read(ref lastSequence));
            }
            failure["execution_count"] = count;
            return failure;
        }
        return Ok(new JsonObject
        {
            ["execution_count"] = count,
            ["payload"] = new JsonArray(),
            ["user_expressions"] = await EvaluateAsync(request, runner, output, cancellation),
        });
    }

    async Task<CellResult> RunCellAsync(ICodeSession runner, Cell cell, ICellOutput output, CancellationToken cancellation)
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Volatile.Write(ref runningCell, interrupt);
        try
        {
            return await runner.ExecuteAsync(cell, output, interrupt.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Interrupted before it began.
            return new CellResult(CellStatus.Aborted, null, new CellError("Interrupted", "The cell was interrupted.", [], null, null));
        }
        finally
        {
            Volatile.Write(ref runningCell, null);
        }
    }

    async Task<JsonObject> EvaluateAsync(JupyterMessage request, ICodeSession runner, ICellOutput output, CancellationToken cancellation)
    {
        var results = new JsonObject();
        if (request.Content["user_expressions"] is not JsonObject expressions)
        {
            return results;
        }
        foreach ((string name, JsonNode? node) in expressions)
        {
            if (node is not JsonValue value || !value.TryGetValue(out string? expression))
            {
                results[name] = Failure("ArgumentException", "An expression must be a string.", []);
                continue;
            }
            CellResult result = await RunCellAsync(runner, new Cell(expression), output, cancellation);
            if (result.Status == CellStatus.Ok)
            {
                JsonObject content = result.Value is { } shown ? KernelCellOutput.Content(shown) : new JsonObject
                {
                    ["data"] = new JsonObject(),
                    ["metadata"] = new JsonObject(),
                };
                content.Remove("transient");
                results[name] = Ok(content);
            }
            else
            {
                results[name] = Failure(result.Error?.Name ?? "Interrupted", result.Error?.Message ?? "", result.Error?.Traceback ?? []);
            }
        }
        return results;
    }

    async Task<JsonObject> CompleteAsync(JupyterMessage request, CancellationToken cancellation)
    {
        string code = request.RequiredText("code");
        int cursor = CodePoints.ToUtf16(code, request.Number("cursor_pos") ?? int.MaxValue);
        Completions found = await (await session).CompleteAsync(code, cursor, cancellation);
        int start = CodePoints.FromUtf16(code, found.Start), end = CodePoints.FromUtf16(code, found.End);
        return Ok(new JsonObject
        {
            ["matches"] = new JsonArray([.. found.Matches.Select(match => JsonValue.Create(match.Text))]),
            ["cursor_start"] = start,
            ["cursor_end"] = end,
            ["metadata"] = new JsonObject
            {
                // Not in the protocol, but JupyterLab and VS Code show it, and ipykernel sends it under this name.
                ["_jupyter_types_experimental"] = new JsonArray([.. found.Matches.Select(match => new JsonObject
                {
                    ["text"] = match.Text,
                    ["type"] = match.Kind,
                    ["signature"] = match.Signature ?? "",
                    ["start"] = start,
                    ["end"] = end,
                })]),
            },
        });
    }

    async Task<JsonObject> InspectAsync(JupyterMessage request, CancellationToken cancellation)
    {
        string code = request.RequiredText("code");
        int cursor = CodePoints.ToUtf16(code, request.Number("cursor_pos") ?? int.MaxValue);
        Inspection found = await (await session).InspectAsync(code, cursor, request.Number("detail_level") ?? 0, cancellation);
        return Ok(new JsonObject
        {
            ["found"] = found.Found,
            ["data"] = found.Value is { } value ? KernelCellOutput.ToJson(value.Data) : new JsonObject(),
            ["metadata"] = found.Value is { } about ? KernelCellOutput.ToJson(about.Metadata) : new JsonObject(),
        });
    }

    async Task<JsonObject> IsCompleteAsync(JupyterMessage request)
    {
        Completeness completeness = (await session).IsComplete(request.RequiredText("code"));
        var reply = new JsonObject { ["status"] = completeness.Status.ToString().ToLowerInvariant() };
        if (completeness.Status == CompletenessStatus.Incomplete)
        {
            reply["indent"] = completeness.Indent;
        }
        return reply;
    }

    static JsonObject RefuseDebugging(JupyterMessage request) => new()
    {
        ["type"] = "response",
        ["seq"] = 0,
        ["request_seq"] = request.Content["seq"] is JsonValue value && value.TryGetValue(out int sequence) ? sequence : 0,
        ["command"] = request.Content["command"] is JsonValue name && name.TryGetValue(out string? command) ? command : "",
        ["success"] = false,
        ["message"] = "This kernel has no debugger.",
    };
}
