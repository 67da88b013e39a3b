using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter.Tests;

/// <summary>A Jupyter client for tests: signs, sends and receives messages without the library's own code.</summary>
sealed class JupyterTestClient : IAsyncDisposable
{
    readonly byte[] key;
    readonly string session = Guid.NewGuid().ToString();

    JupyterTestClient(string key) => this.key = Encoding.UTF8.GetBytes(key);

    public required ZmtpClient Shell { get; init; }
    public required ZmtpClient Control { get; init; }
    public required ZmtpClient Stdin { get; init; }
    public required ZmtpClient Iopub { get; init; }
    public required ZmtpClient Heartbeat { get; init; }

    public static async Task<JupyterTestClient> ConnectAsync(ConnectionFile to, string identity = "client")
    {
        var client = new JupyterTestClient(to.Key)
        {
            Shell = await ZmtpClient.ConnectAsync(to.ShellPort, "DEALER", identity),
            Control = await ZmtpClient.ConnectAsync(to.ControlPort, "DEALER", identity),
            Stdin = await ZmtpClient.ConnectAsync(to.StdinPort, "DEALER", identity),
            Iopub = await ZmtpClient.ConnectAsync(to.IopubPort, "SUB"),
            Heartbeat = await ZmtpClient.ConnectAsync(to.HeartbeatPort, "REQ"),
        };
        await client.Iopub.SubscribeAsync("");
        // The subscription is in force once something is heard.
        while (true)
        {
            await client.AskAsync("kernel_info_request", []);
            Task<Received> first = client.ReceiveAsync(client.Iopub);
            if (await Task.WhenAny(first, Task.Delay(500)) == first)
            {
                while ((await first).State != "idle")
                {
                    first = client.ReceiveAsync(client.Iopub);
                }
                return client;
            }
        }
    }

    public byte[][] Frames(string type, JsonObject content, string? id = null)
    {
        byte[][] parts =
        [
            Encoding.UTF8.GetBytes(new JsonObject
            {
                ["msg_id"] = id ?? Guid.NewGuid().ToString(),
                ["msg_type"] = type,
                ["session"] = session,
                ["username"] = "tester",
                ["date"] = "2026-01-01T00:00:00Z",
                ["version"] = "5.4",
            }.ToJsonString()),
            "{}"u8.ToArray(),
            "{}"u8.ToArray(),
            Encoding.UTF8.GetBytes(content.ToJsonString()),
        ];
        return ["<IDS|MSG>"u8.ToArray(), Sign(parts), .. parts];
    }

    public byte[] Sign(params byte[][] parts) =>
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(HMACSHA256.HashData(key, parts.SelectMany(part => part).ToArray())));

    public Task SendAsync(ZmtpClient socket, string type, JsonObject content, string? id = null) => socket.SendAsync(Frames(type, content, id));

    public async Task<Received> ReceiveAsync(ZmtpClient socket)
    {
        List<byte[]> frames = await socket.ReceiveAsync();
        int at = frames.FindIndex(frame => frame.AsSpan().SequenceEqual("<IDS|MSG>"u8));
        Assert.Equal(Encoding.ASCII.GetString(Sign(frames[at + 2], frames[at + 3], frames[at + 4], frames[at + 5])), Encoding.ASCII.GetString(frames[at + 1]));
        return new Received(
            JsonNode.Parse(frames[at + 2])!.AsObject(), JsonNode.Parse(frames[at + 3])!.AsObject(), JsonNode.Parse(frames[at + 5])!.AsObject());
    }

    /// <summary>Sends a request on the shell and waits for its reply.</summary>
    public async Task<JsonObject> AskAsync(string type, JsonObject content)
    {
        string id = Guid.NewGuid().ToString();
        await SendAsync(Shell, type, content, id);
        Received reply = await ReceiveAsync(Shell);
        Assert.Equal(id, (string?)reply.Parent["msg_id"]);
        Assert.Equal(type.Replace("request", "reply"), reply.Type);
        return reply.Content;
    }

    /// <summary>What is published from here to the next idle state.</summary>
    public async Task<List<Received>> UntilIdleAsync()
    {
        var messages = new List<Received>();
        do
        {
            messages.Add(await ReceiveAsync(Iopub));
        }
        while (messages[^1].State != "idle");
        return messages;
    }

    public static JsonObject Execute(string code, bool input = false, bool stopOnError = true, bool silent = false, bool store = true) => new()
    {
        ["code"] = code,
        ["silent"] = silent,
        ["store_history"] = store,
        ["allow_stdin"] = input,
        ["stop_on_error"] = stopOnError,
        ["user_expressions"] = new JsonObject(),
    };

    public async ValueTask DisposeAsync()
    {
        foreach (ZmtpClient socket in new[] { Shell, Control, Stdin, Iopub, Heartbeat })
        {
            await socket.DisposeAsync();
        }
    }
}

sealed record Received(JsonObject Header, JsonObject Parent, JsonObject Content)
{
    public string Type => (string)Header["msg_type"]!;
    public string? State => Type == "status" ? (string?)Content["execution_state"] : null;
    public override string ToString() => $"{Type} {Content.ToJsonString()}";
}
