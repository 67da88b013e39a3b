"""100,000 bad messages on each port of a running kernel: it answers the next good one, and has executed none of them."""

import random
import select
import socket
import struct
import time
import unittest

from jupyter_client.manager import start_new_kernel

COUNT = 100_000
TIMEOUT = 60
GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)


def frame(flags, body):
    if len(body) < 256:
        return bytes([flags, len(body)]) + body
    return bytes([flags | 2]) + struct.pack(">Q", len(body)) + body


def message(parts):
    return b"".join(frame(1 if i < len(parts) - 1 else 0, part) for i, part in enumerate(parts))


def ready(kind):
    return frame(4, b"\x05READY" + b"\x0bSocket-Type" + struct.pack(">I", len(kind)) + kind)


class Peer:
    """A raw TCP connection that can push bytes while it throws away what comes back."""

    def __init__(self, port, kind=None):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.open = True
        if kind:
            self.push(GREETING + ready(kind))

    def push(self, data):
        view = memoryview(data)
        while self.open and len(view):
            readable, writable, _ = select.select([self.socket], [self.socket], [], TIMEOUT)
            try:
                if readable and not self.socket.recv(1 << 16):
                    self.open = False
                if writable:
                    view = view[self.socket.send(view):]
            except BlockingIOError:
                pass
            except OSError:
                self.open = False
        return self.open

    def close(self):
        """Lets the other side read to the end before the connection goes."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
            self.socket.settimeout(TIMEOUT)
            while self.socket.recv(1 << 16):
                pass
        except OSError:
            pass
        self.socket.close()


class GarbageTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manager, cls.client = start_new_kernel(kernel_name=".net-csharp")
        cls.random = random.Random(7)

    @classmethod
    def tearDownClass(cls):
        cls.client.stop_channels()
        cls.manager.shutdown_kernel()

    def run_cell(self, code):
        texts = []
        reply = self.client.execute_interactive(code, timeout=TIMEOUT, output_hook=lambda m: texts.append(m["content"].get("text", "")))
        self.assertEqual(reply["content"]["status"], "ok")
        return "".join(texts)

    def execute_frames(self, code, signed=True):
        session = self.client.session
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": False}
        parts = session.serialize(session.msg("execute_request", content))
        if not signed:
            parts[1] = bytes(64)
        return parts

    def check_alive(self):
        self.assertEqual(self.run_cell("Console.Write(executed);"), "0")
        self.client.hb_channel.unpause()
        deadline = time.monotonic() + TIMEOUT
        while not self.client.hb_channel.is_beating():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def bad_message(self):
        """One of many kinds, each as bytes of a connection that is in order otherwise."""
        r = self.random
        kind = r.randrange(6)
        if kind == 0:
            return message(self.execute_frames("executed++;", signed=False)) if r.random() < 0.05 else message([b"<IDS|MSG>", bytes(64), b"{}", b"{}", b"{}", b"{}"])
        if kind == 1:
            return message([r.randbytes(r.randrange(60)) for _ in range(r.randrange(1, 12))])
        if kind == 2:
            return message([b"<IDS|MSG>"] + [r.randbytes(8) for _ in range(r.randrange(8))])
        if kind == 3:
            return message([b""])
        if kind == 4:
            return frame(4, bytes([7]) + b"UNKNOWN" + r.randbytes(r.randrange(20)))
        return message([b"id", b"<IDS|MSG>", b"0" * 64, b"[" * r.randrange(100), b"\xff", b"{", b"}"])

    def test_bad_messages_on_every_port(self):
        self.run_cell("var executed = 0;")
        for name, kind in (("shell", b"DEALER"), ("control", b"DEALER"), ("stdin", b"DEALER"), ("hb", b"REQ"), ("iopub", b"SUB")):
            with self.subTest(port=name):
                port = getattr(self.manager, name + "_port")
                started = time.monotonic()
                sent = 0
                peer = Peer(port, kind)
                while sent < COUNT:
                    batch = [self.bad_message() for _ in range(200)]
                    if name == "iopub":
                        # This port hangs up at the first word that is no subscription: every message needs its own connection.
                        for bad in batch[:2]:
                            single = Peer(port, kind)
                            single.push(bad)
                            single.socket.close()
                        # And subscriptions without end, from one that is let in.
                        peer.push(b"".join(message([bytes([i % 2]) + b"topic"]) for i in range(len(batch))))
                    elif not peer.push(b"".join(batch)):
                        peer = Peer(port, kind)
                        continue
                    sent += len(batch)
                peer.close()
                print(f"\n  {name}: {sent} messages in {time.monotonic() - started:.1f} s", end="", flush=True)
                self.check_alive()

    def test_garbage_bytes_on_every_port(self):
        self.run_cell("var executed = 0;")
        for name in ("shell", "control", "stdin", "hb", "iopub"):
            with self.subTest(port=name):
                port = getattr(self.manager, name + "_port")
                for i in range(1000):
                    peer = Peer(port)
                    data = self.random.randbytes(self.random.randrange(300))
                    peer.push(GREETING[: self.random.randrange(65)] + data if i % 2 else data)
                    peer.socket.close()
                self.check_alive()

    def test_truncated_and_oversized_frames(self):
        self.run_cell("var executed = 0;")
        good = message(self.execute_frames("executed++;"))
        for name in ("shell", "control", "stdin"):
            with self.subTest(port=name):
                port = getattr(self.manager, name + "_port")
                for cut in range(0, len(good) - 1, 7):
                    peer = Peer(port, b"DEALER")
                    peer.push(good[:cut])
                    peer.close()
                for size in (1 << 63, (1 << 63) - 1, 1 << 40, (64 << 20) + 1):
                    peer = Peer(port, b"DEALER")
                    peer.push(b"\x02" + struct.pack(">Q", size) + bytes(100_000))
                    peer.close()
                self.check_alive()

    def test_replays_are_executed_once(self):
        self.run_cell("var executed = 0; var genuine = 0;")
        parts = message(self.execute_frames("genuine++;"))
        for name in ("shell", "control"):
            peer = Peer(getattr(self.manager, name + "_port"), b"DEALER")
            peer.push(parts * 1000)
            peer.close()
        self.assertEqual(self.run_cell("Console.Write(genuine);"), "1")

    def test_unknown_types_are_ignored(self):
        self.run_cell("var executed = 0;")
        session = self.client.session
        for name in ("shell", "control", "stdin"):
            peer = Peer(getattr(self.manager, name + "_port"), b"DEALER")
            for i in range(1000):
                peer.push(message(session.serialize(session.msg(f"unknown_{i}_request", {"code": "executed++;"}))))
            peer.close()
        self.check_alive()


if __name__ == "__main__":
    unittest.main(verbosity=2)
