"""A notebook run by nbclient and by 'jupyter nbconvert --execute' has the same outputs as one run by 'deepdigits run'."""

import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import nbclient
import nbformat

CLI = os.environ["DEEPDIGITS_CLI"]  # DeepDigits.Cli.dll

CELLS = [
    'Console.WriteLine("text, Grüße 👋");\nConsole.Error.WriteLine("to stderr");\nConsole.Write("no line end");',
    "record Digit(int Label, double Share);",
    "new[] { new Digit(0, 0.5), new Digit(1, 0.25) }",
    'new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }',
    '"<svg xmlns=\\"http://www.w3.org/2000/svg\\" width=\\"10\\" height=\\"10\\"><rect width=\\"9\\" height=\\"9\\"/></svg>".DisplayAs("image/svg+xml");',
    'HTML("<b>bold & \\"quoted\\"</b>")',
    'var progress = "epoch 0".Display();\nfor (int i = 1; i <= 3; i++) { progress.Update($"epoch {i}"); }',
    'progress.Update("epoch 4, from another cell");',
    "",
    "int fail(int x) => 1 / x;\nint zero = 0;\nfail(zero)",
    "undefined + 1",
    'Console.WriteLine("before"); ClearOutput(wait: true); Console.WriteLine("after");',
    'Console.ReadLine()',
    "await Task.Delay(1); 42",
    "1.5f",
    "(string?)null",
]


def make_notebook():
    notebook = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"name": ".net-csharp", "display_name": ".NET (C#)", "language": "C#"},
            "language_info": {"name": "C#"},
        }
    )
    notebook.cells = [nbformat.v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(CELLS)]
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("# Everything", id="title"))
    return notebook


def canonical(notebook):
    """Outputs, with neighbouring pieces of one stream put together: how many pieces there are is a matter of time."""
    cells = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        outputs = []
        for output in copy.deepcopy(cell.outputs):
            if output.output_type == "stream" and outputs and outputs[-1].get("name") == output.name:
                outputs[-1]["text"] += output.text
            else:
                outputs.append(output)
        cells.append({"count": cell.execution_count, "outputs": json.loads(json.dumps(outputs))})
    return cells


class ExecutionTests(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = pathlib.Path(cls.folder.name)
        nbformat.write(make_notebook(), cls.path / "everything.ipynb")
        subprocess.run(
            ["dotnet", CLI, "run", "everything.ipynb", "--output-dir", "ours", "--keep-going"],
            cwd=cls.path, stdout=subprocess.DEVNULL, check=False,
        )
        cls.ours = nbformat.read(cls.path / "ours" / "everything.ipynb", as_version=4)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_our_notebook_is_valid(self):
        nbformat.validate(self.ours)
        self.assertEqual((self.ours.nbformat, self.ours.nbformat_minor), (4, 5))

    def test_our_outputs_are_what_they_should_be(self):
        cells = canonical(self.ours)
        kinds = [[output["output_type"] for output in cell["outputs"]] for cell in cells]
        self.assertEqual(
            kinds,
            [["stream", "stream", "stream"], [], ["execute_result"], ["execute_result"], ["display_data"], ["execute_result"],
             ["display_data"], [], [], ["error"], ["error"], ["stream"], ["error"], ["execute_result"], ["execute_result"], ["execute_result"]],
        )
        self.assertEqual(cells[6]["outputs"][0]["data"]["text/plain"], "epoch 4, from another cell")
        self.assertIn("<table", cells[2]["outputs"][0]["data"]["text/html"])
        self.assertEqual(cells[11]["outputs"][0]["text"], "after\n")

    def test_nbclient_has_the_same_outputs(self):
        notebook = make_notebook()
        nbclient.NotebookClient(notebook, timeout=60, allow_errors=True, resources={"metadata": {"path": str(self.path)}}).execute()
        self.assertEqual(canonical(notebook), canonical(self.ours))

    def test_nbconvert_has_the_same_outputs(self):
        subprocess.run(
            [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--allow-errors", "everything.ipynb",
             "--output", "converted.ipynb"],
            cwd=self.path, check=True, capture_output=True,
        )
        converted = nbformat.read(self.path / "converted.ipynb", as_version=4)
        self.assertEqual(canonical(converted), canonical(self.ours))

    def test_what_nbformat_wrote_is_written_back_byte_by_byte(self):
        target = self.path / "ours" / "everything.ipynb"
        before = target.read_bytes()
        nbformat.write(nbformat.reads(before.decode(), as_version=4), target)
        by_python = target.read_bytes()
        self.assertEqual(by_python.decode(), before.decode())
        subprocess.run(["dotnet", CLI, "run", str(target), "--keep-going"], stdout=subprocess.DEVNULL, check=False)
        self.assertEqual(target.read_bytes().decode(), by_python.decode())

    def test_a_failing_cell_ends_with_code_1_and_keeps_the_outputs(self):
        path = self.path / "failing.ipynb"
        notebook = make_notebook()
        notebook.cells = [nbformat.v4.new_code_cell(c) for c in ('Console.WriteLine("kept");', "int zero = 0;\n\n1 / zero", "1")]
        nbformat.write(notebook, path)
        run = subprocess.run(["dotnet", CLI, "run", str(path)], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        shown = "".join(run.stdout.split())
        self.assertIn("cell2(number2ofallcells),line3", shown)
        self.assertIn("1/zero", shown)
        saved = nbformat.read(path, as_version=4)
        self.assertEqual(saved.cells[0].outputs[0].text, "kept\n")
        self.assertEqual(saved.cells[1].outputs[0].output_type, "error")
        self.assertEqual(saved.cells[2].outputs, [])

    def test_parameters_timeout_and_only_changed(self):
        path = self.path / "parameters.ipynb"
        notebook = make_notebook()
        notebook.cells = [
            nbformat.v4.new_code_cell("float rate = 0.1f; int epochs = 1;", metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell('Console.Write($"{rate} {epochs}");'),
        ]
        nbformat.write(notebook, path)
        self.assertEqual(subprocess.run(["dotnet", CLI, "run", "-p", "rate", "0.5", "-p", "epochs", "-3", str(path), "--output-dir", str(self.path / "p")],
                                        stdout=subprocess.DEVNULL).returncode, 0)
        saved = nbformat.read(self.path / "p" / "parameters.ipynb", as_version=4)
        self.assertEqual(saved.cells[1].metadata.tags, ["injected-parameters"])
        self.assertEqual(saved.cells[2].outputs[0].text, "0.5 -3")

        def only_changed():
            return subprocess.run(["dotnet", CLI, "run", "--only-changed", str(path)], capture_output=True, text=True, check=True).stdout

        self.assertNotIn("unchanged", only_changed())
        before = path.read_bytes()
        self.assertIn("unchanged", only_changed())
        self.assertEqual(path.read_bytes(), before)
        changed = nbformat.reads(before.decode(), as_version=4)
        changed.cells[1].source += "\n"
        nbformat.write(changed, path)
        self.assertNotIn("unchanged", only_changed())

        notebook.cells = [nbformat.v4.new_code_cell('Console.WriteLine("kept"); while (true) { }')]
        nbformat.write(notebook, path)
        run = subprocess.run(["dotnet", CLI, "run", "--timeout", "4", str(path)], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("longer than 4 s", " ".join(run.stdout.split()))
        self.assertEqual(nbformat.read(path, as_version=4).cells[0].outputs[0].text, "kept\n")

    def test_ctrl_c_and_kill_keep_what_was_put_out(self):
        import signal
        import time

        path = self.path / "stopped.ipynb"
        notebook = make_notebook()
        notebook.cells = [nbformat.v4.new_code_cell('Console.WriteLine("kept");'),
                          nbformat.v4.new_code_cell('Console.WriteLine("half"); while (true) { System.Threading.Thread.Sleep(10); }')]
        for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            nbformat.write(notebook, path)
            run = subprocess.Popen(["dotnet", CLI, "run", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            deadline = time.monotonic() + 30
            while "half" not in json.dumps(nbformat.read(path, as_version=4).cells[1].get("outputs")):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.2)
            run.send_signal(how)
            self.assertNotEqual(run.wait(timeout=15), 0)
            saved = nbformat.read(path, as_version=4)
            self.assertEqual(saved.cells[0].outputs[0].text, "kept\n")
            self.assertEqual(saved.cells[1].outputs[0].text, "half\n")
        self.assertEqual([f.name for f in self.path.iterdir() if f.suffix == ".tmp"], [])

    def test_strip(self):
        path = self.path / "strip.ipynb"
        path.write_bytes((self.path / "ours" / "everything.ipynb").read_bytes())
        self.assertEqual(subprocess.run(["dotnet", CLI, "strip", "--check", str(path)], stdout=subprocess.DEVNULL).returncode, 1)
        filtered = subprocess.run(["dotnet", CLI, "strip", "-"], input=path.read_bytes(), capture_output=True, check=True).stdout
        self.assertEqual(subprocess.run(["dotnet", CLI, "strip", str(path)], stdout=subprocess.DEVNULL).returncode, 0)
        self.assertEqual(path.read_bytes(), filtered)
        self.assertEqual(subprocess.run(["dotnet", CLI, "strip", "--check", str(path)]).returncode, 0)
        # What is left is the notebook as it was before it was run.
        self.assertEqual(path.read_bytes().decode(), (self.path / "everything.ipynb").read_bytes().decode())


if __name__ == "__main__":
    unittest.main(verbosity=2)
