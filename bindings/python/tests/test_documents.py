"""What the documents show runs as it stands, and the version is written once."""

import contextlib
import io
import os
import re
import unittest
from pathlib import Path

import numpy as np

import ascribe
from fixtures import DATA, ROOT

PACKAGE = Path(__file__).resolve().parents[1]


def shown(path):
    """The Python programs in a document."""
    return re.findall(r"^```python\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


class Documents(unittest.TestCase):
    def run_all(self, path, folder=ROOT, **given):
        """Runs the programs of a document one after the other, from a folder, and gives what they print."""
        before, place, out = os.getcwd(), dict(given), io.StringIO()
        os.chdir(folder)
        try:
            with contextlib.redirect_stdout(out):
                for number, program in enumerate(shown(path)):
                    exec(compile(program, f"{path.name}, program {number + 1}", "exec"), place)
        finally:
            os.chdir(before)
        return out.getvalue()

    def test_the_guide(self):
        guide = ROOT / "docs" / "python.md"
        self.assertGreater(len(shown(guide)), 10)
        self.run_all(guide)

    def test_the_page_of_the_package(self):
        self.assertEqual(len(shown(PACKAGE / "README.md")), 2)
        said = self.run_all(PACKAGE / "README.md", DATA / "nations")
        self.assertEqual(len(re.findall(r"^[+-]\S+ row \d+$", said, re.MULTILINE)), 3)

    def test_the_first_page(self):
        self.assertEqual(len(shown(ROOT / "README.md")), 1)
        said = self.run_all(ROOT / "README.md")
        self.assertEqual(len(re.findall(r"row \d+", said)), 3)

    def test_the_page_of_all_bindings(self):
        programs = shown(ROOT / "bindings" / "README.md")
        self.assertEqual(len(programs), 1)
        self.run_all(ROOT / "bindings" / "README.md", DATA / "nations", stop_requested=False)

    def test_the_docstring_of_the_package(self):
        program = re.search(r"\n((?: {4}.*\n|\n)+)", ascribe.__doc__)[1]
        X = np.random.default_rng(0).normal(size=(50, 3))
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(re.sub(r"^ {4}", "", program, flags=re.MULTILINE), {"X": X, "y": X[:, 0] > 0, "x": X[0], "label": True})
        self.assertEqual(len(out.getvalue().splitlines()), 10)

    def test_the_version_is_the_libraries(self):
        project = (PACKAGE / "pyproject.toml").read_text(encoding="utf-8")
        self.assertEqual(re.search(r'^version = "(.*)"$', project, re.MULTILINE)[1], ascribe.__version__)


if __name__ == "__main__":
    unittest.main()
