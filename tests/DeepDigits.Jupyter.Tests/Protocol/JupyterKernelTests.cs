using System.Text;
using System.Text.Json.Nodes;
using static DeepDigits.Jupyter.Tests.JupyterTestClient;

namespace DeepDigits.Jupyter.Tests;

public sealed class JupyterKernelTests : IAsyncLifetime
{
    readonly ScriptedSession session = new();
    readonly JupyterKernel kernel;
    Task<bool> running = Task.FromResult(false);
    JupyterTestClient client = null!;

    public JupyterKernelTests() => kernel = new JupyterKernel(ConnectionFile.Create(), new JupyterKernelOptions(), () => session, new ZmtpLimits());

    public async Task InitializeAsync()
    {
        running = kernel.RunAsync();
        client = await JupyterTestClient.ConnectAsync(kernel.Connection);
    }

    public async Task DisposeAsync()
    {
        await client.DisposeAsync();
        await kernel.DisposeAsync();
    }

    static string Show(IEnumerable<Received> messages) => string.Join('\n', messages);

    [Fact]
    public async Task A_cell_is_run_between_busy_and_idle_and_its_output_keeps_its_order()
    {
        string id = Guid.NewGuid().ToString();
        const string Code = "print one\nerror two\nshow three\nupdate four\nclear wait\nvalue five";
        await client.SendAsync(client.Shell, "execute_request", Execute(Code), id);
        List<Received> messages = await client.UntilIdleAsync();
        Assert.All(messages, message => Assert.Equal(id, (string?)message.Parent["msg_id"]));
        Assert.Equal(
            """
            status {"execution_state":"busy"}
            execute_input {"code":"print one\nerror two\nshow three\nupdate four\nclear wait\nvalue five","execution_count":1}
            stream {"name":"stdout","text":"one\n"}
            stream {"name":"stderr","text":"two\n"}
            display_data {"data":{"text/plain":"three"},"metadata":{},"transient":{"display_id":"d1"}}
            update_display_data {"data":{"text/plain":"four"},"metadata":{},"transient":{"display_id":"d1"}}
            clear_output {"wait":true}
            execute_result {"data":{"text/html":"\u003Cb\u003Efive\u003C/b\u003E","text/plain":"five"},"metadata":{},"execution_count":1}
            status {"execution_state":"idle"}
            """,
            Show(messages));
        Received reply = await client.ReceiveAsync(client.Shell);
        Assert.Equal("""execute_reply {"execution_count":1,"payload":[],"user_expressions":{},"status":"ok"}""", reply.ToString());
    }

    [Fact]
    public async Task Silent_cells_do_not_count_and_have_no_result_but_their_output_is_heard()
    {
        JsonObject reply = await client.AskAsync("execute_request", Execute("print x\nvalue y", silent: true));
        Assert.Equal(0, (int)reply["execution_count"]!);
        Assert.Equal(["status", "stream", "status"], (await client.UntilIdleAsync()).Select(message => message.Type));
        await client.AskAsync("execute_request", Execute("value y", store: false));
        Assert.Equal(["status", "execute_input", "execute_result", "status"], (await client.UntilIdleAsync()).Select(message => message.Type));
        Assert.Empty((await client.AskAsync("history_request", new() { ["hist_access_type"] = "tail", ["n"] = 9 }))["history"]!.AsArray());
    }

    [Fact]
    public async Task User_expressions_are_evaluated_one_by_one()
    {
        JsonObject request = Execute("print x");
        request["user_expressions"] = new JsonObject { ["good"] = "value 7", ["bad"] = "fail no", ["odd"] = 5 };
        JsonNode results = (await client.AskAsync("execute_request", request))["user_expressions"]!;
        Assert.Equal("""{"data":{"text/html":"\u003Cb\u003E7\u003C/b\u003E","text/plain":"7"},"metadata":{},"status":"ok"}""", results["good"]!.ToJsonString());
        Assert.Equal("error", (string?)results["bad"]!["status"]);
        Assert.Equal("no", (string?)results["bad"]!["evalue"]);
        Assert.Equal("error", (string?)results["odd"]!["status"]);
    }

    [Fact]
    public async Task After_an_error_what_was_already_sent_is_aborted_and_what_comes_later_runs()
    {
        await client.SendAsync(client.Shell, "execute_request", Execute("print before\nloop\n"), "1");
        await session.Looping.Task;
        await client.SendAsync(client.Shell, "execute_request", Execute("print no"), "2");
        await client.SendAsync(client.Shell, "is_complete_request", new() { ["code"] = "x" }, "3");
        await client.SendAsync(client.Shell, "execute_request", Execute("print no"), "4");
        // Another connection's order is not the shell's: give the queued requests time to arrive.
        await Task.Delay(100);
        await client.SendAsync(client.Control, "interrupt_request", []);
        Assert.Equal("interrupt_reply {\"status\":\"ok\"}", (await client.ReceiveAsync(client.Control)).ToString());

        Received first = await client.ReceiveAsync(client.Shell);
        Assert.Equal(("1", "error", "Interrupted"), ((string?)first.Parent["msg_id"], (string?)first.Content["status"], (string?)first.Content["ename"]));
        Assert.Equal("aborted", (string?)(await client.ReceiveAsync(client.Shell)).Content["status"]);
        Assert.Equal("complete", (string?)(await client.ReceiveAsync(client.Shell)).Content["status"]);
        Assert.Equal("aborted", (string?)(await client.ReceiveAsync(client.Shell)).Content["status"]);
        Assert.Equal("ok", (string?)(await client.AskAsync("execute_request", Execute("print yes")))["status"]);
        Assert.Equal(["print before\nloop\n", "print yes"], session.Executed);
    }

    [Fact]
    public async Task Without_stop_on_error_the_queue_goes_on()
    {
        await client.SendAsync(client.Shell, "execute_request", Execute("fail first", stopOnError: false));
        await client.SendAsync(client.Shell, "execute_request", Execute("print second"));
        Received error = await client.ReceiveAsync(client.Shell);
        Assert.Equal("""execute_reply {"status":"error","ename":"Failure","evalue":"first","traceback":["Cell 1, line 1: first"],"execution_count":1}""", error.ToString());
        Assert.Contains("""error {"ename":"Failure","evalue":"first","traceback":["Cell 1, line 1: first"]}""", Show(await client.UntilIdleAsync()));
        Assert.Equal("ok", (string?)(await client.ReceiveAsync(client.Shell)).Content["status"]);
    }

    [Fact]
    public async Task Input_is_asked_of_the_client_that_runs_the_cell()
    {
        await using JupyterTestClient other = await JupyterTestClient.ConnectAsync(kernel.Connection, "other");
        await client.SendAsync(client.Stdin, "input_reply", new() { ["value"] = "typed before it was asked" });
        await Task.Delay(50);
        await client.SendAsync(client.Shell, "execute_request", Execute("ask Name:", input: true));
        Received question = await client.ReceiveAsync(client.Stdin);
        Assert.Equal("""input_request {"prompt":"Name:","password":true}""", question.ToString());
        await client.SendAsync(client.Stdin, "input_reply", new() { ["value"] = "Grüße 👋" });
        Assert.Contains("answer: Gr", Show(await UntilStreamAsync()));
        Assert.Equal("ok", (string?)(await client.ReceiveAsync(client.Shell)).Content["status"]);

        await client.SendAsync(client.Shell, "execute_request", Execute("ask Again:", input: true));
        await client.ReceiveAsync(client.Stdin);
        await client.SendAsync(client.Stdin, "input_reply", new() { ["value"] = "\u0004" });
        Assert.Equal("ok", (string?)(await client.ReceiveAsync(client.Shell)).Content["status"]);
        Assert.Contains("answer: (end)", Show(await UntilStreamAsync()));

        await client.SendAsync(client.Shell, "execute_request", Execute("ask Never:", input: true));
        await client.ReceiveAsync(client.Stdin);
        await client.SendAsync(client.Control, "interrupt_request", []);
        Assert.Equal("Interrupted", (string?)(await client.ReceiveAsync(client.Shell)).Content["ename"]);
        JsonObject refused = await client.AskAsync("execute_request", Execute("ask Nobody:"));
        Assert.Equal(KernelCellOutput.InputNotPossible, (string?)refused["evalue"]);

        async Task<List<Received>> UntilStreamAsync()
        {
            var messages = new List<Received>();
            do
            {
                messages.Add(await client.ReceiveAsync(client.Iopub));
            }
            while (messages[^1].Type != "stream");
            return messages;
        }
    }

    [Fact]
    public async Task The_language_services_count_code_points()
    {
        const string Code = "\"👋👋\".Le";
        JsonObject completion = await client.AskAsync("complete_request", new() { ["code"] = Code, ["cursor_pos"] = 5 });
        Assert.Equal(
            """{"matches":["Length"],"cursor_start":5,"cursor_end":7,"metadata":{"_jupyter_types_experimental":[{"text":"Length","type":"property","signature":"int string.Length","start":5,"end":7}]},"status":"ok"}""",
            completion.ToJsonString());
        JsonObject inspection = await client.AskAsync("inspect_request", new() { ["code"] = Code, ["cursor_pos"] = 3, ["detail_level"] = 1 });
        Assert.Equal("""{"found":true,"data":{"text/plain":"5 1"},"metadata":{},"status":"ok"}""", inspection.ToJsonString());
        Assert.Equal("""{"status":"incomplete","indent":"    "}""", (await client.AskAsync("is_complete_request", new() { ["code"] = "if {" })).ToJsonString());
    }

    [Fact]
    public async Task History_is_kept()
    {
        foreach (string code in new[] { "value a", "print b", "value a" })
        {
            await client.AskAsync("execute_request", Execute(code));
        }
        Assert.Equal("[[1,2,\"print b\"],[1,3,\"value a\"]]", await History(new() { ["hist_access_type"] = "tail", ["n"] = 2 }));
        Assert.Equal("[[1,1,[\"value a\",\"a\"]]]", await History(new() { ["hist_access_type"] = "range", ["start"] = 1, ["stop"] = 2, ["output"] = true }));
        Assert.Equal("[[1,3,\"value a\"]]", await History(new() { ["hist_access_type"] = "search", ["pattern"] = "val?e*", ["unique"] = true }));
        Assert.Equal("error", (string?)(await client.AskAsync("history_request", new() { ["hist_access_type"] = "all" }))["status"]);

        async Task<string> History(JsonObject request) => (await client.AskAsync("history_request", request))["history"]!.ToJsonString();
    }

    [Fact]
    public async Task Kernel_info_connect_and_comms_are_answered()
    {
        JsonObject info = await client.AskAsync("kernel_info_request", []);
        Assert.Equal(("5.4", "C#", ".cs"), ((string?)info["protocol_version"], (string?)info["language_info"]!["name"], (string?)info["language_info"]!["file_extension"]));
        Assert.Equal(kernel.Connection.IopubPort, (int)(await client.AskAsync("connect_request", []))["iopub_port"]!);
        Assert.Equal("""{"comms":{},"status":"ok"}""", (await client.AskAsync("comm_info_request", [])).ToJsonString());
        for (int i = 0; i < 3; i++)
        {
            await client.UntilIdleAsync();
        }
        await client.SendAsync(client.Shell, "comm_open", new() { ["comm_id"] = "c", ["target_name"] = "t", ["data"] = new JsonObject() });
        Assert.Contains("""comm_close {"comm_id":"c","data":{}}""", Show(await client.UntilIdleAsync()));
        await client.SendAsync(client.Shell, "comm_msg", new() { ["comm_id"] = "c", ["data"] = new JsonObject() });
        Assert.Equal(["status", "status"], (await client.UntilIdleAsync()).Select(message => message.Type));

        await client.SendAsync(client.Control, "debug_request", new() { ["seq"] = 4, ["type"] = "request", ["command"] = "initialize" });
        Received debug = await client.ReceiveAsync(client.Control);
        Assert.Equal(("debug_reply", 4, false), (debug.Type, (int)debug.Content["request_seq"]!, (bool)debug.Content["success"]!));
    }

    [Fact]
    public async Task Control_is_answered_while_a_cell_runs_and_the_heartbeat_too()
    {
        await client.SendAsync(client.Shell, "execute_request", Execute("loop"));
        await session.Looping.Task;
        await client.SendAsync(client.Control, "kernel_info_request", []);
        Assert.Equal("kernel_info_reply", (await client.ReceiveAsync(client.Control)).Type);
        await client.Heartbeat.SendAsync("ping"u8.ToArray());
        Assert.Equal("ping"u8.ToArray(), (await client.Heartbeat.ReceiveAsync())[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Shutdown_is_acknowledged_even_while_a_cell_runs(bool restart)
    {
        await client.SendAsync(client.Shell, "execute_request", Execute("loop"));
        await session.Looping.Task;
        await client.SendAsync(client.Control, "shutdown_request", new() { ["restart"] = restart });
        Received reply = await client.ReceiveAsync(client.Control);
        Assert.Equal(("shutdown_reply", restart), (reply.Type, (bool)reply.Content["restart"]!));
        Assert.Equal(restart, await running.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task What_is_unsigned_unknown_malformed_or_repeated_is_never_executed()
    {
        byte[][] good = client.Frames("execute_request", Execute("print genuine"));
        await client.Shell.SendAsync(good);
        await client.ReceiveAsync(client.Shell);
        long refusals = kernel.Refusals;
        int expected = 0;

        await Refused(good);
        await Refused([good[0], .. good[2..]]);
        await Refused([good[0], new byte[64], .. good[2..]]);
        await Refused([good[0], [], .. good[2..]]);
        await Refused([good[0], [.. Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(good[1]).ToUpperInvariant())], .. good[2..]]);
        await Refused([.. good[..5], Encoding.UTF8.GetBytes(Execute("print forged").ToJsonString())]);
        await Refused(good[..3]);
        await Refused([[]]);
        await Refused(Signed("not json", "{}"));
        await Refused(Signed("[]", "{}"));
        await Refused(Signed("{}", "{}"));
        await Refused(Signed("""{"msg_id":"1"}""", "{}"));
        await Refused(Signed("""{"msg_id":5,"msg_type":"execute_request"}""", "{}"));
        await Refused(Signed("""{"msg_id":"1","msg_type":"execute_request","msg_type":"x"}""", """{"code":"print no"}"""));
        await Refused(Signed("""{"msg_id":"1","msg_type":"\ud800"}""", "{}"));
        await Refused(Signed("""{"msg_id":"1","msg_type":"execute_request"}""", new string('[', 5000)));
        byte[][] badUtf8 = Signed("{}", "{}");
        badUtf8[2] = [(byte)'{', 0xFF, (byte)'}'];
        badUtf8[1] = client.Sign(badUtf8[2], badUtf8[3], badUtf8[4], badUtf8[5]);
        await Refused(badUtf8);

        // Understood, but not possible: answered with an error.
        Assert.Equal("error", (string?)(await client.AskAsync("execute_request", []))["status"]);
        Assert.Equal("error", (string?)(await client.AskAsync("execute_request", new() { ["code"] = 5 }))["status"]);
        Assert.Equal("error", (string?)(await client.AskAsync("complete_request", new() { ["code"] = "x", ["cursor_pos"] = "y" }))["status"]);
        // Unknown types are ignored.
        await client.SendAsync(client.Shell, "make_coffee_request", []);
        Assert.Equal("ok", (string?)(await client.AskAsync("kernel_info_request", []))["status"]);
        Assert.Equal(expected, kernel.Refusals - refusals);
        Assert.Equal(["print genuine"], session.Executed);

        async Task Refused(byte[][] frames)
        {
            await client.Shell.SendAsync(frames);
            expected++;
        }

        byte[][] Signed(string header, string content)
        {
            byte[][] parts = [Encoding.UTF8.GetBytes(header), "{}"u8.ToArray(), "{}"u8.ToArray(), Encoding.UTF8.GetBytes(content)];
            return ["<IDS|MSG>"u8.ToArray(), client.Sign(parts), .. parts];
        }
    }

    [Fact]
    public async Task Garbage_on_every_port_is_survived()
    {
        // A tenth of what the script in Clients sends; see there for the figures.
        const int Messages = 10_000;
        ConnectionFile at = kernel.Connection;
        (int Port, string Type)[] ports =
            [(at.ShellPort, "DEALER"), (at.ControlPort, "DEALER"), (at.StdinPort, "DEALER"), (at.IopubPort, "SUB"), (at.HeartbeatPort, "REQ")];
        foreach ((int port, string type) in ports)
        {
            await SendGarbageAsync(port, type, Messages);
        }
        Assert.Equal("ok", (string?)(await client.AskAsync("execute_request", Execute("print genuine")))["status"]);
        await client.Heartbeat.SendAsync("ping"u8.ToArray());
        Assert.Equal("ping"u8.ToArray(), (await client.Heartbeat.ReceiveAsync())[0]);
        Assert.Equal(["print genuine"], session.Executed);
        Assert.True(kernel.Refusals >= 3 * Messages);
    }

    static async Task SendGarbageAsync(int port, string type, int count)
    {
        uint state = (uint)port;
        await using (ZmtpClient client = await ZmtpClient.ConnectAsync(port, type))
        {
            try
            {
                byte[] batch = [.. Enumerable.Range(0, count).SelectMany(_ => ZmtpClient.Message(
                    [.. Enumerable.Range(0, (int)(Next() % 8) + 1).Select(_ => RandomBytes((int)(Next() % 40)))]))];
                Task reading = client.IsClosedByPeerAsync();
                await client.Stream.WriteAsync(batch);
                client.Stream.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
                await reading;
            }
            catch (IOException)
            {
                // The publisher hangs up on who talks to it.
            }
        }
        for (int i = 0; i < count / 100; i++)
        {
            await using ZmtpClient stranger = await ZmtpClient.ConnectRawAsync(port);
            try
            {
                await stranger.Stream.WriteAsync(RandomBytes((int)(Next() % 500)));
            }
            catch (IOException)
            {
                // Refused before all was said.
            }
        }

        uint Next() => state = state * 1664525 + 1013904223;

        byte[] RandomBytes(int length)
        {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++)
            {
                bytes[i] = (byte)(Next() >> 24);
            }
            return bytes;
        }
    }
}
