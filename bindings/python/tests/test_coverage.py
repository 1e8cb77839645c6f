"""The package calls every function of the C layer, or there is a reason why not; and everything that is exported is documented."""

import inspect
import re
import unittest
from pathlib import Path

import ascribe
from ascribe._function import Function

REASONS = {
    "ascribe_error_code": "the status that was returned is the same number",
}


class Coverage(unittest.TestCase):
    def test_every_function_is_called(self):
        folder = Path(ascribe.__file__).parent
        source = "\n".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py") if file.name != "_declarations.py")
        called = set(re.findall(r"\bascribe_\w+", source))
        # What differs by the precision of numbers is chosen by name as well.
        missing = {function.name for function in Function.declared} - called
        self.assertEqual(missing, set(REASONS))

    def test_everything_is_documented(self):
        for name in ascribe.__all__:
            found = getattr(ascribe, name)
            self.assertTrue(found.__doc__, name)
            if not isinstance(found, type):
                continue
            for member, value in vars(found).items():
                if member.startswith("_") or not (inspect.isfunction(value) or isinstance(value, (property, classmethod))):
                    continue
                documented = inspect.getdoc(getattr(found, member))
                self.assertTrue(documented, f"{name}.{member}")
        for name in ascribe.ops.__all__:
            self.assertTrue(getattr(ascribe.ops, name).__doc__, name)

    def test_every_operation_of_the_library_has_a_word_here(self):
        header = (Path(__file__).resolve().parents[3] / "include" / "ascribe.h").read_text(encoding="utf-8")
        folder = Path(ascribe.__file__).parent
        source = (folder / "ops.py").read_text(encoding="utf-8") + (folder / "_operators.py").read_text(encoding="utf-8")
        graph = header[header.index("ascribe_graph_leaf(") : header.index("ascribe_status ascribe_graph_own(")]
        words = set(re.findall(r'^ \*   "(\w+)" ', graph, re.MULTILINE))
        self.assertGreater(len(words), 30)
        for word in words:
            self.assertIn(f'b"{word}"', source)

    def test_files_are_small(self):
        for file in Path(ascribe.__file__).parent.glob("*.py"):
            lines = len(file.read_text(encoding="utf-8").splitlines())
            self.assertLessEqual(lines, 450 if file.name != "_declarations.py" else 600, f"{file}: ask what two things it is")


if __name__ == "__main__":
    unittest.main()
