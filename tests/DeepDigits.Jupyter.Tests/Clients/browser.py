"""Cells run by hand in Jupyter Notebook, in headless Chromium: a chart is drawn, progress is updated in place, the interrupt button works.

Set DEEPDIGITS_SCREENSHOTS to a folder to keep the pictures.
"""

import asyncio
import base64
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

import nbformat
from tornado.websocket import websocket_connect

TIMEOUT = 30

CHART = """var points = new[] { (0, 25), (40, 55), (80, 75), (120, 85), (160, 90), (200, 92) };
var line = string.Join(" ", points.Select(p => $"{p.Item1 + 20},{110 - p.Item2}"));
$\"\"\"
<svg id="chart" xmlns="http://www.w3.org/2000/svg" width="260" height="120" viewBox="0 0 260 120">
  <rect width="260" height="120" fill="#f4f2fb"/>
  <polyline points="{line}" fill="none" stroke="#512bd4" stroke-width="3"/>
  <text x="130" y="20" text-anchor="middle" font-size="13">accuracy by epoch</text>
</svg>
\"\"\".DisplayAs("text/html");"""

PROGRESS = """var bar = HTML("<div class='progress-probe'>epoch 0 of 5</div>").Display();
for (int epoch = 1; epoch <= 5; epoch++)
{
    await Task.Delay(400);
    bar.Update(HTML($"<div class='progress-probe'>epoch {epoch} of 5</div>"));
}"""

ENDLESS = """Console.WriteLine("running");
while (true) { }"""


class Page:
    """A page of a browser, by the Chrome DevTools protocol."""

    def __init__(self, connection):
        self.connection = connection
        self.last = 0

    async def call(self, method, **parameters):
        self.last += 1
        await self.connection.write_message(json.dumps({"id": self.last, "method": method, "params": parameters}))
        while True:
            answer = json.loads(await asyncio.wait_for(asyncio.ensure_future(self.connection.read_message()), TIMEOUT))
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise RuntimeError(answer["error"])
                return answer["result"]

    async def evaluate(self, expression):
        result = await self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return result["result"].get("value")

    async def until(self, expression):
        for _ in range(TIMEOUT * 10):
            value = await self.evaluate(expression)
            if value:
                return value
            await asyncio.sleep(0.1)
        await self.save_picture("notebook-failed.png")
        raise TimeoutError(expression)

    async def press_shift_enter(self):
        for kind in ("rawKeyDown", "keyUp"):
            await self.call("Input.dispatchKeyEvent", type=kind, modifiers=8, key="Enter", code="Enter", windowsVirtualKeyCode=13)

    async def click(self, selector):
        box = await self.evaluate(
            f"(() => {{ const r = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            " return [r.left + r.width / 2, r.top + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    async def save_picture(self, name):
        folder = os.environ.get("DEEPDIGITS_SCREENSHOTS")
        if folder:
            picture = await self.call("Page.captureScreenshot", format="png")
            pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
            (pathlib.Path(folder) / name).write_bytes(base64.b64decode(picture["data"]))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Jupyter:
    """Jupyter Notebook on a temporary folder, and a page of headless Chromium that shows it. The page has no network."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.server = self.browser = None

    def stop(self):
        for process in (self.browser, self.server):
            if process:
                process.terminate()
                process.wait(timeout=TIMEOUT)
                if process.stderr:
                    process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def start(self):
        self.port = free_port()
        self.server = subprocess.Popen(
            [sys.executable, "-m", "notebook", "--no-browser", "--allow-root", f"--port={self.port}", "--ip=127.0.0.1",
             "--NotebookApp.token=probe", f"--notebook-dir={self.folder}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.browser = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0",
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1100,1300",
             f"--user-data-dir={self.folder / 'profile'}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for line in self.browser.stderr:
            if found := re.search(r"ws://127\.0\.0\.1:(\d+)/", line):
                debug_port = int(found.group(1))
                break
        threading.Thread(target=self.browser.stderr.read, daemon=True).start()
        for _ in range(TIMEOUT * 5):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/tree?token=probe", timeout=5).close()
                break
            except OSError:
                await asyncio.sleep(0.2)
        with urllib.request.urlopen(f"http://127.0.0.1:{debug_port}/json/list") as answer:
            target = next(t for t in json.load(answer) if t["type"] == "page")
        self.page = Page(await websocket_connect(target["webSocketDebuggerUrl"], max_message_size=1 << 28))
        await self.page.call("Page.enable")

    async def open(self, name):
        await self.page.call("Page.navigate", url=f"http://127.0.0.1:{self.port}/notebooks/{name}?token=probe")
        await self.page.until(f"!!(window.Jupyter && Jupyter.notebook && Jupyter.notebook.notebook_name === {json.dumps(name)} && Jupyter.notebook._fully_loaded)")


class BrowserTests(unittest.TestCase):
    def test_by_hand(self):
        asyncio.run(self.start_and_run())

    async def start_and_run(self):
        jupyter = Jupyter()
        try:
            notebook = nbformat.v4.new_notebook(
                metadata={"kernelspec": {"name": ".net-csharp", "display_name": ".NET (C#)", "language": "C#"}},
                cells=[nbformat.v4.new_code_cell(source) for source in (CHART, PROGRESS, ENDLESS, "points.Length")],
            )
            nbformat.write(notebook, jupyter.folder / "by-hand.ipynb")
            await jupyter.start()
            self.page = jupyter.page
            await jupyter.open("by-hand.ipynb")
            await self.page.until("!!(Jupyter.notebook.kernel && Jupyter.notebook.kernel.is_connected())")
            await self.by_hand()
        finally:
            jupyter.stop()

    def output(self, cell):
        return f"document.querySelectorAll('.code_cell')[{cell}].querySelector('.output')"

    async def run_cell(self, number):
        await self.page.evaluate(f"Jupyter.notebook.select({number}); Jupyter.notebook.get_cell({number}).focus_cell(); Jupyter.notebook.command_mode();")
        await self.page.press_shift_enter()

    async def by_hand(self):
        page = self.page
        await self.run_cell(0)
        await page.until(f"!!{self.output(0)}.querySelector('svg#chart polyline')")
        width = await page.evaluate(f"{self.output(0)}.querySelector('svg#chart').getBoundingClientRect().width")
        self.assertGreater(width, 100)

        await self.run_cell(1)
        seen = []
        deadline = time.monotonic() + TIMEOUT
        while not seen or seen[-1] != "epoch 5 of 5":
            if time.monotonic() > deadline:
                await page.save_picture("notebook-failed.png")
                self.fail(f"Seen so far: {seen}")
            texts = await page.evaluate(f"[...{self.output(1)}.querySelectorAll('.progress-probe')].map(e => e.textContent)")
            self.assertLessEqual(len(texts), 1, "An update must replace what was shown, not stand below it.")
            if texts and texts[0] not in seen:
                seen.append(texts[0])
            await asyncio.sleep(0.05)
        self.assertGreaterEqual(len(seen), 4, seen)

        await self.run_cell(2)
        await page.until(f"{self.output(2)}.textContent.includes('running')")
        await page.save_picture("notebook-running.png")
        await page.click("button[data-jupyter-action='jupyter-notebook:interrupt-kernel']")
        await page.until(f"{self.output(2)}.textContent.includes('nterrupted')")

        await self.run_cell(3)
        await page.until(f"{self.output(3)}.textContent.includes('6')")
        await page.until("!Jupyter.notebook.kernel_busy")
        await page.save_picture("notebook-done.png")


if __name__ == "__main__":
    unittest.main(verbosity=2)
