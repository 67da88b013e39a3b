"""What front ends do to a kernel, done with Jupyter's own client library: interrupt, restart, input, queues, large output."""

import os
import signal
import time
import unittest

from jupyter_client.manager import KernelManager

TIMEOUT = 30


class ProtocolTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manager = KernelManager(kernel_name=".net-csharp")
        cls.manager.start_kernel()
        cls.client = cls.manager.client()
        cls.client.start_channels()
        cls.client.wait_for_ready(timeout=TIMEOUT)

    @classmethod
    def tearDownClass(cls):
        cls.client.stop_channels()
        cls.manager.shutdown_kernel()

    def execute(self, code, **options):
        """Runs a cell and returns (reply content, text of stdout, all messages)."""
        messages = []
        reply = self.client.execute_interactive(code, timeout=TIMEOUT, output_hook=messages.append, **options)
        text = "".join(m["content"]["text"] for m in messages if m["msg_type"] == "stream")
        return reply["content"], text, messages

    def wait_for(self, msg_id, kind):
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") == msg_id and message["msg_type"] == kind:
                return message

    def reply_to(self, msg_id):
        while True:
            reply = self.client.get_shell_msg(timeout=TIMEOUT)
            if reply["parent_header"].get("msg_id") == msg_id:
                return reply["content"]

    def check_interrupt(self, code, interrupt):
        self.execute("var kept = 42;")
        msg_id = self.client.execute('Console.WriteLine("running"); ' + code)
        self.wait_for(msg_id, "stream")
        started = time.monotonic()
        interrupt()
        reply = self.reply_to(msg_id)
        self.assertLess(time.monotonic() - started, 2)
        self.assertEqual(reply["status"], "error")
        self.assertEqual(self.execute("Console.Write(kept)")[1], "42")

    def test_interrupt_a_loop(self):
        self.check_interrupt("while (true) { }", self.manager.interrupt_kernel)

    def test_interrupt_a_sleep(self):
        self.check_interrupt("System.Threading.Thread.Sleep(60000);", self.manager.interrupt_kernel)

    def test_interrupt_an_awaited_delay(self):
        self.check_interrupt("await Task.Delay(60000);", self.manager.interrupt_kernel)

    @unittest.skipIf(os.name == "nt", "Windows has no such signal")
    def test_interrupt_by_signal(self):
        """Front ends that heed no interrupt_mode, and Ctrl+C in a terminal, send SIGINT."""
        self.check_interrupt("while (true) { }", lambda: os.kill(self.pid(), signal.SIGINT))

    def pid(self):
        return self.manager.provisioner.process.pid

    def test_input(self):
        msg_id = self.client.execute('var name = Console.ReadLine(); Console.Write($"Hello, {name}!");', allow_stdin=True)
        request = self.client.get_stdin_msg(timeout=TIMEOUT)
        self.assertEqual(request["msg_type"], "input_request")
        self.client.input("Grüße 👋")
        self.assertEqual(self.reply_to(msg_id)["status"], "ok")
        self.assertEqual(self.wait_for(msg_id, "stream")["content"]["text"], "Hello, Grüße 👋!")

    def test_input_where_nobody_can_be_asked(self):
        reply = self.execute("Console.ReadLine()", allow_stdin=False)[0]
        self.assertEqual(reply["status"], "error")

    def test_interrupt_while_waiting_for_input(self):
        msg_id = self.client.execute("Console.ReadLine();", allow_stdin=True)
        self.client.get_stdin_msg(timeout=TIMEOUT)
        self.manager.interrupt_kernel()
        self.assertEqual(self.reply_to(msg_id)["status"], "error")
        self.assertEqual(self.execute("Console.Write(1)")[1], "1")

    def test_an_error_aborts_what_is_queued(self):
        first = self.client.execute('System.Threading.Thread.Sleep(500); throw new Exception("stop");')
        rest = [self.client.execute(f"Console.Write({i})") for i in range(3)]
        self.assertEqual(self.reply_to(first)["status"], "error")
        self.assertEqual([self.reply_to(m)["status"] for m in rest], ["aborted"] * 3)
        self.assertEqual(self.execute("Console.Write(9)")[1], "9")

    def test_user_expressions(self):
        reply = self.execute("var n = 6;", user_expressions={"product": "n * 7", "wrong": "nothing"})[0]
        self.assertEqual(reply["user_expressions"]["product"]["data"]["text/plain"], "42")
        self.assertEqual(reply["user_expressions"]["wrong"]["status"], "error")

    def test_large_output_arrives_whole_and_in_order(self):
        reply, text, _ = self.execute(
            'for (int i = 0; i < 500_000; i++) { Console.WriteLine($"{i:D8} " + new string(\'x\', 90)); }'
        )
        self.assertEqual(reply["status"], "ok")
        lines = text.split("\n")
        self.assertEqual(len(text), 500_000 * 100)
        self.assertEqual([line[:8] for line in lines[:-1]], [f"{i:08d}" for i in range(500_000)])

    def test_output_is_streamed_while_the_cell_runs(self):
        msg_id = self.client.execute('Console.WriteLine("early"); System.Threading.Thread.Sleep(2000);')
        self.wait_for(msg_id, "execute_input")
        started = time.monotonic()
        self.wait_for(msg_id, "stream")
        self.assertLess(time.monotonic() - started, 1)
        self.reply_to(msg_id)

    def test_update_display_data_matches_its_display(self):
        _, _, messages = self.execute('var shown = "one".Display(); shown.Update("two");')
        display, update = [m["content"] for m in messages if m["msg_type"] in ("display_data", "update_display_data")]
        self.assertEqual(display["transient"]["display_id"], update["transient"]["display_id"])
        self.assertEqual(update["data"]["text/plain"], "two")

    def test_comms_and_debugging_are_refused_politely(self):
        message = self.client.session.msg("comm_open", {"comm_id": "c1", "target_name": "jupyter.widget", "data": {}})
        self.client.shell_channel.send(message)
        self.assertEqual(self.wait_for(message["header"]["msg_id"], "comm_close")["content"]["comm_id"], "c1")
        message = self.client.session.msg("debug_request", {"type": "request", "seq": 1, "command": "initialize", "arguments": {}})
        self.client.control_channel.send(message)
        self.assertFalse(self.client.get_control_msg(timeout=TIMEOUT)["content"]["success"])

    def test_heartbeat(self):
        self.client.hb_channel.unpause()
        time.sleep(1.5)
        self.assertTrue(self.client.hb_channel.is_beating())

    def test_restart_gives_a_fresh_kernel_on_the_same_ports(self):
        self.execute("var before = 1;")
        ports = self.manager.ports
        old = self.pid()
        msg_id = self.client.execute('Console.WriteLine("running"); while (true) { }')
        self.wait_for(msg_id, "stream")
        started = time.monotonic()
        self.manager.restart_kernel(now=False)
        self.assertLess(time.monotonic() - started, 5)
        self.assertEqual((self.manager.ports, self.pid() != old), (ports, True))
        self.client.wait_for_ready(timeout=TIMEOUT)
        self.assertEqual(self.execute("before")[0]["status"], "error")
        self.assertEqual(self.execute("Console.Write(1)")[1], "1")


class LifetimeTests(unittest.TestCase):
    def start(self):
        manager = KernelManager(kernel_name=".net-csharp")
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=TIMEOUT)
        return manager, client

    def test_shutdown_ends_the_process_even_with_threads_left_running(self):
        manager, client = self.start()
        client.execute_interactive("new System.Threading.Thread(() => { while (true) { } }).Start();", timeout=TIMEOUT)
        process = manager.provisioner.process
        started = time.monotonic()
        client.shutdown()
        self.assertEqual(process.wait(timeout=5), 0)
        self.assertLess(time.monotonic() - started, 3)
        client.stop_channels()
        manager.cleanup_resources()

    def test_a_kernel_does_not_outlive_its_front_end(self):
        import subprocess
        import sys

        code = (
            "from jupyter_client.manager import start_new_kernel; m, c = start_new_kernel(kernel_name='.net-csharp');"
            "print(m.provisioner.process.pid, flush=True); import os; os._exit(1)"
        )
        pid = int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                os.kill(pid, 0)
                with open(f"/proc/{pid}/stat") as stat:
                    if stat.read().split()[2] == "Z":
                        return
            except (ProcessLookupError, FileNotFoundError):
                return
            time.sleep(0.2)
        os.kill(pid, signal.SIGKILL)
        self.fail("The kernel still ran 15 s after its front end had gone.")

    def test_only_the_loopback_address_is_bound(self):
        manager, client = self.start()
        try:
            with open(f"/proc/{manager.provisioner.process.pid}/net/tcp") as table:
                listening = {}
                for line in list(table)[1:]:
                    fields = line.split()
                    if fields[3] == "0A":
                        address, port = fields[1].split(":")
                        listening[int(port, 16)] = address
            for port in manager.ports:
                self.assertEqual(listening[port], "0100007F")
        finally:
            client.stop_channels()
            manager.shutdown_kernel()


if __name__ == "__main__":
    unittest.main(verbosity=2)
