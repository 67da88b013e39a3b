"""The notebooks of this project under Jupyter's own programs.

'jupyter nbconvert --execute' runs all of them with quick parameters, and every figure that is committed is drawn. Jupyter Notebook
shows the committed files in headless Chromium, trusted and without network: every figure is to be seen, as SVG.
Set DEEPDIGITS_SCREENSHOTS to a folder to keep the pictures.
"""

import asyncio
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import nbformat
from nbformat.sign import NotebookNotary

from browser import Jupyter

ROOT = pathlib.Path(__file__).resolve().parents[3]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIGURE = re.compile(r'<svg\b[^>]*\brole="img"')
QUICK = re.compile(r"\bvar quick = false;")


def figures(cell):
    """How many figures a cell has put out."""
    return sum(len(FIGURE.findall(output.get("data", {}).get("text/html", ""))) for output in cell.get("outputs", []))


def read(path):
    return nbformat.read(path, as_version=4)


class NotebooksTests(unittest.TestCase):
    def test_all_are_here(self):
        self.assertGreaterEqual(len(NOTEBOOKS), 6, NOTEBOOKS)
        self.assertTrue(all(sum(map(figures, read(path).cells)) >= 5 for path in NOTEBOOKS))

    def test_nbconvert_runs_them_and_draws_every_figure(self):
        # Within the clone, so that the stored results are found, and with what lies beside the notebooks: the package source and the handwriting.
        folder = ROOT / "artifacts" / "nbconvert"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(ROOT / "notebooks", folder, ignore=shutil.ignore_patterns("*.ipynb", "solutions", "exports", "pictures"))
        for path in NOTEBOOKS:
            notebook = read(path)
            changed = 0
            for cell in notebook.cells:
                if "parameters" in cell.metadata.get("tags", []):
                    cell.source, count = QUICK.subn("var quick = true;", cell.source)
                    changed += count
                if cell.cell_type == "code":
                    cell.outputs, cell.execution_count = [], None
            self.assertEqual(changed, 1, f"{path.name}: one cell tagged 'parameters' says 'var quick = false;'")
            nbformat.write(notebook, folder / path.name)
        run = subprocess.run(
            [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output-dir", "executed", *(path.name for path in NOTEBOOKS)],
            cwd=folder, capture_output=True, text=True,
        )
        self.assertEqual(run.returncode, 0, run.stderr[-4000:])
        for path in NOTEBOOKS:
            before, after = read(path).cells, read(folder / "executed" / path.name).cells
            self.assertEqual([cell.id for cell in before], [cell.id for cell in after])
            for old, new in zip(before, after):
                if new.cell_type != "code":
                    continue
                place = f"{path.name}, cell {new.id}"
                self.assertFalse([output for output in new.outputs if output.output_type == "error" or output.get("name") == "stderr"], place)
                self.assertIsNotNone(new.execution_count, f"{place}: it was not run")
                self.assertEqual(figures(new), figures(old), f"{place}: as many figures as in the committed notebook")

    def test_the_committed_files_open_in_jupyter_notebook(self):
        asyncio.run(self.open_all())

    async def open_all(self):
        jupyter = Jupyter()
        try:
            notary = NotebookNotary()
            for path in NOTEBOOKS:
                shutil.copy(path, jupyter.folder)
                notary.sign(read(path))  # as 'jupyter trust' does
            notary.store.close()
            await jupyter.start()
            for path in NOTEBOOKS:
                await self.open(jupyter, path)
        finally:
            jupyter.stop()

    async def open(self, jupyter, path):
        expected = sum(map(figures, read(path).cells))
        await jupyter.open(path.name)
        self.assertTrue(await jupyter.page.evaluate("Jupyter.notebook.trusted"), path.name)
        shown = json.loads(await jupyter.page.evaluate("""JSON.stringify([...document.querySelectorAll('.output_area svg[role="img"]')].map(drawing => {
            const box = drawing.getBoundingClientRect(), room = drawing.closest('.output_subarea').getBoundingClientRect();
            return { name: drawing.querySelector('title').textContent, width: box.width, height: box.height, overhang: box.right - room.right,
                isVisible: drawing.checkVisibility(), ink: getComputedStyle(drawing).fill, texts: drawing.querySelectorAll('text').length };
        }))"""))
        self.assertEqual(len(shown), expected, f"{path.name}: {[figure['name'] for figure in shown]}")
        for figure in shown:
            place = f"{path.name}: {figure}"
            self.assertTrue(figure["isVisible"], place)
            self.assertGreater(figure["width"], 100, place)
            self.assertGreater(figure["height"], 50, place)
            self.assertLess(figure["overhang"], 1, place)
            self.assertGreater(figure["texts"], 0, place)
        await jupyter.page.evaluate("document.querySelector('.output_area svg[role=img]').scrollIntoView()")
        await jupyter.page.save_picture(path.stem + ".png")


if __name__ == "__main__":
    unittest.main(verbosity=2)
