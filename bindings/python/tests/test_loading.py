"""Where the library is looked for, and what is refused."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import ascribe
from ascribe import _library, capi
from fixtures import CI

SOURCE = Path(ascribe.__file__).parents[1]


def loading(library, **more):
    """What importing the package in a process of its own says: its output, or the last lines of its error."""
    environment = {**os.environ, **more, "PYTHONPATH": str(SOURCE)}
    environment.pop("ASCRIBE_LIBRARY", None)
    if library is not None:
        environment["ASCRIBE_LIBRARY"] = str(library)
    program = "import ascribe; print(ascribe.capi.LIBRARY, end='')"
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    return ended.returncode == 0, ended.stdout if ended.returncode == 0 else ended.stderr


class Loading(unittest.TestCase):
    def test_versions(self):
        ours = capi.ASCRIBE_ABI_VERSION
        self.assertIsNone(_library.check_abi(ours, "x"))
        with self.assertRaises(ImportError) as newer:
            _library.check_abi(ours + 1, "/some/libascribe.so")
        for part in "/some/libascribe.so", "update the package ascribe", f"version {ours + 1}", f"version {ours}":
            self.assertIn(part, str(newer.exception))
        with self.assertRaisesRegex(ImportError, "update the library"):
            _library.check_abi(ours - 1, "x")

    def test_the_package_has_the_version_of_the_library(self):
        self.assertEqual(ascribe.__version__, capi.ascribe_version().decode())

    def test_what_is_named(self):
        if not os.path.isfile(capi.LIBRARY):
            self.skipTest("the library is the system's")
        self.assertEqual(loading(capi.LIBRARY), (True, capi.LIBRARY))
        worked, message = loading("/nowhere/libascribe.so")
        self.assertFalse(worked)
        for part in "ASCRIBE_LIBRARY", "/nowhere/libascribe.so":
            self.assertIn(part, message)

    def test_where_the_system_looks(self):
        if not os.path.isfile(capi.LIBRARY) or os.path.isfile(_library.bundled_library()):
            self.skipTest("the library is the system's, or the package has one")
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(capi.LIBRARY, Path(folder, _library.system_library()))
            self.assertEqual(loading(None, LD_LIBRARY_PATH=folder), (True, _library.system_library()))
        worked, message = loading(None, LD_LIBRARY_PATH="")
        if not worked:
            for part in "not set", _library.bundled_library(), _library.system_library(), "make wheel":
                self.assertIn(part, message)

    def test_other_libraries_are_refused(self):
        if shutil.which("cc") is None:
            self.assertFalse(CI, "no C compiler, and CI leaves nothing out")
            self.skipTest("no C compiler: no other library is made to be refused")
        for source, parts in (
            ("unsigned ascribe_abi_version(void) { return 4711; }", ("4711", "update the package ascribe")),
            ("unsigned ascribe_abi_version(void) { return 0; }", ("lacks ascribe_", "Update the library")),
            ("int something_else(void) { return 0; }", ("is not the Ascribe library",)),
        ):
            with tempfile.TemporaryDirectory() as folder:
                other, library = Path(folder, "other.c"), Path(folder, "libascribe.so")
                other.write_text(source)
                subprocess.run(["cc", "-shared", "-fPIC", "-o", library, other], check=True)
                worked, message = loading(library)
                self.assertFalse(worked)
                for part in parts:
                    self.assertIn(part, message)

    def test_loading_needs_numpy_and_nothing_else(self):
        program = (
            "import sys; import ascribe; "
            "found = {name.split('.')[0] for name in sys.modules} - set(sys.stdlib_module_names); "
            "print(sorted(name for name in found if not name.startswith('_') and name not in ('ascribe', 'numpy', 'sitecustomize')))"
        )
        if not hasattr(sys, "stdlib_module_names"):
            self.skipTest("this Python does not list its own modules")
        environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
        before = subprocess.run([sys.executable, "-c", program.replace("import ascribe", "import numpy")], env=environment, capture_output=True, text=True)
        after = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
        self.assertEqual(after.stdout, before.stdout)


if __name__ == "__main__":
    unittest.main()
