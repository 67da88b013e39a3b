using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DeepDigits.Jupyter;

/// <summary>
/// Where a kernel and its clients meet: an address, five ports and a secret key, which a front end writes to a file and passes to the kernel.
/// </summary>
public sealed record ConnectionFile
{
    /// <summary>The address to listen on: an IP address, or <c>localhost</c>.</summary>
    public string Ip { get; init; } = "127.0.0.1";

    /// <summary>Requests to run, complete, inspect ... (ROUTER). 0 lets the system choose a port.</summary>
    public int ShellPort { get; init; }

    /// <summary>All output, for everybody (PUB).</summary>
    public int IopubPort { get; init; }

    /// <summary>The kernel's requests for input (ROUTER).</summary>
    public int StdinPort { get; init; }

    /// <summary>Requests that must not wait behind a running cell: interrupt, shutdown (ROUTER).</summary>
    public int ControlPort { get; init; }

    /// <summary>Echoes whatever it is sent (REP).</summary>
    public int HeartbeatPort { get; init; }

    /// <summary>The key that every message is signed with. Who has it may run code.</summary>
    public required string Key { get; init; }

    /// <summary>The name of the kernelspec that the kernel was started by, as far as the file says.</summary>
    public string? KernelName { get; init; }

    /// <summary>A connection on the loopback address with ports that the system chooses, and a new random key of 256 bits.</summary>
    public static ConnectionFile Create() => new() { Key = RandomNumberGenerator.GetHexString(64, lowercase: true) };

    /// <summary>Reads a connection file.</summary>
    /// <exception cref="ConnectionFileException">The file cannot be read, or says something that this kernel cannot do.</exception>
    public static ConnectionFile Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        JsonObject fields;
        try
        {
            fields = JsonNode.Parse(File.ReadAllBytes(path), documentOptions: JsonText.Strict)
                as JsonObject ?? throw new ConnectionFileException($"{path}: a JSON object is expected.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ConnectionFileException($"The connection file {path} cannot be read: {e.Message}", e);
        }
        string transport = Text("transport") ?? "tcp";
        if (transport != "tcp")
        {
            throw new ConnectionFileException($"{path}: the transport is '{transport}'; only 'tcp' is spoken here.");
        }
        string scheme = Text("signature_scheme") ?? "hmac-sha256";
        if (scheme != "hmac-sha256")
        {
            throw new ConnectionFileException($"{path}: the signature scheme is '{scheme}'; only 'hmac-sha256' is spoken here.");
        }
        var connection = new ConnectionFile
        {
            Ip = Text("ip") ?? "127.0.0.1",
            ShellPort = Port("shell_port"),
            IopubPort = Port("iopub_port"),
            StdinPort = Port("stdin_port"),
            ControlPort = Port("control_port"),
            HeartbeatPort = Port("hb_port"),
            Key = Text("key") ?? throw new ConnectionFileException($"{path}: 'key' is missing."),
            KernelName = Text("kernel_name"),
        };
        IPAddress address = connection.Address();
        if (connection.Key.Length == 0 && !IPAddress.IsLoopback(address))
        {
            throw new ConnectionFileException(
                $"{path}: without a key anybody who can reach {address} could run code. Give a key, or listen on 127.0.0.1.");
        }
        return connection;

        string? Text(string name) => fields[name] switch
        {
            null => null,
            JsonValue value when value.TryGetValue(out string? text) => text,
            _ => throw new ConnectionFileException($"{path}: '{name}' must be a string."),
        };

        int Port(string name) => fields[name] is JsonValue value && value.TryGetValue(out int port) && port is >= 0 and <= 65535
            ? port
            : throw new ConnectionFileException($"{path}: '{name}' must be a port, 0 to 65535.");
    }

    /// <summary>Writes the connection file, readable by its owner only.</summary>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var fields = new JsonObject
        {
            ["transport"] = "tcp",
            ["ip"] = Ip,
            ["shell_port"] = ShellPort,
            ["iopub_port"] = IopubPort,
            ["stdin_port"] = StdinPort,
            ["control_port"] = ControlPort,
            ["hb_port"] = HeartbeatPort,
            ["key"] = Key,
            ["signature_scheme"] = "hmac-sha256",
            ["kernel_name"] = KernelName ?? "",
        };
        AtomicFile.Write(path, System.Text.Encoding.UTF8.GetBytes(fields.ToJsonString(JsonText.Indented) + "\n"), ownerOnly: true);
    }

    /// <summary>The address to bind to.</summary>
    internal IPAddress Address() =>
        Ip is "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(Ip, out IPAddress? address) ? address
        : throw new ConnectionFileException($"'{Ip}' is not an IP address to listen on.");
}

/// <summary>A connection file cannot be used. The message says why.</summary>
public sealed class ConnectionFileException(string message, Exception? inner = null) : Exception(message, inner);
