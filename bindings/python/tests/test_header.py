"""The declarations are those of the header: generated again they are the same bytes, and a C compiler agrees with them."""

import ctypes
import importlib.util
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from ascribe import Certificate, Diagnostics, Fidelity, Progress, Ranking, Status, Training, capi
from ascribe._function import Function
from fixtures import CI, HEADER

_specification = importlib.util.spec_from_file_location("declarations", Path(__file__).resolve().parents[1] / "gen" / "declarations.py")
generator = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(generator)


def translated(c):
    """What a header becomes, without the lines before the first declaration."""
    lines = generator.generate(c).splitlines()[1:]
    return [line for line in lines if line and not line.startswith(("from ", "import "))]


class TheHeader(unittest.TestCase):
    maxDiff = None

    def test_the_committed_declarations_are_the_generated_ones(self):
        generated, committed = generator.generate(HEADER.read_text(encoding="utf-8")), generator.OUTPUT.read_text(encoding="utf-8")
        advice = f"_declarations.py and include/ascribe.h differ; generate it again by: {generator.COMMAND}"
        self.assertEqual(generated.splitlines(), committed.splitlines(), advice)

    def test_constants_and_comments(self):
        found = translated(
            """
            #ifndef X_H
            #define X_H
            #include <stdint.h>
            #ifdef __cplusplus
            extern "C" {
            #endif
            /** A comment; with `struct x {`. */
            #define X_ZERO 0
            #define X_MINUS (-1) // and another
            #define X_NONE UINT32_MAX
            """.replace("            ", "")
        )
        self.assertEqual(found, ["X_ZERO = 0", "X_MINUS = -1", "X_NONE = 0xFFFFFFFF"])

    def test_types_and_functions(self):
        found = translated(
            """
            typedef int32_t ascribe_status;
            typedef struct ascribe_error ascribe_error;
            typedef struct handle handle;
            typedef struct event { size_t struct_size; const char *name; double value; } event;
            typedef int32_t (*call_fn)(const struct event *event, const char *text, void *user_data);
            typedef struct read { const handle *object; char *const *texts; call_fn call; } read;
            ascribe_status fill(const struct handle *object, const char *const *paths, double *values, struct ascribe_error **error);
            const char *version(void);
            void handle_free(struct handle *object);
            """
        )
        self.assertEqual(
            found,
            [
                "ascribe_status = c_int32",
                "class ascribe_error(Structure):", '    """Known to the library alone."""',
                "class handle(Structure):", '    """Known to the library alone."""',
                "class event(Structure):", "    struct_size: int", "    name: Optional[bytes]", "    value: float",
                "event._fields_ = [", '    ("struct_size", c_size_t),', '    ("name", c_char_p),', '    ("value", c_double),', "]",
                "call_fn = CFUNCTYPE(c_int32, POINTER(event), c_char_p, c_void_p)",
                "class read(Structure):", "    object: Any", "    texts: Any", "    call: Any",
                "read._fields_ = [", '    ("object", POINTER(handle)),', '    ("texts", POINTER(POINTER(c_char))),', '    ("call", call_fn),',
                "]",
                'fill = Function("fill", ascribe_status, POINTER(handle), POINTER(c_char_p), POINTER(c_double), '
                "POINTER(POINTER(ascribe_error)))",
                'version = Function("version", c_char_p)',
                'handle_free = Function("handle_free", None, POINTER(handle))',
            ],
        )  # fmt: skip

    def test_nothing_is_left_out_in_silence(self):
        for strange in (
            "union u { int32_t a; };", "unknown f(void);", "void f(int32_t a[3]);", "struct s { double end[2]; };", "#pragma once",
            "#define X_Y sizeof(int)", "#define X_Y 3000000000", "#define X_Y 0.5", "struct s { int32_t (*call)(double); };",
            "enum e { A, B };", "void f(struct missing *x);", "extern int32_t variable;", "void f(int32_t x, ...);", "void f(void **x);",
            "typedef struct late late; struct late { double value; };",
        ):  # fmt: skip
            with self.subTest(strange), self.assertRaises(generator.NotUnderstood):
                generator.generate(strange + "\n")

    def test_counts(self):
        lines = HEADER.read_text(encoding="utf-8").splitlines()
        functions = [line for line in lines if re.match(r"(?!typedef)[a-z].*[ *]ascribe_[a-z0-9_]+\(", line)]
        self.assertEqual(len({function.name for function in Function.declared}), len(Function.declared))
        self.assertEqual(len(Function.declared), len(functions))
        version = capi.ASCRIBE_VERSION_MAJOR, capi.ASCRIBE_VERSION_MINOR, capi.ASCRIBE_VERSION_PATCH
        self.assertEqual(".".join(map(str, version)), capi.ascribe_version().decode())
        for status in Status:
            self.assertNotEqual(capi.ascribe_status_name(status), b"unknown status", status)
        self.assertEqual(capi.ascribe_status_name(max(Status) + 1), b"unknown status")

    def test_named_tuples_have_the_fields_of_the_structs(self):
        for record in Certificate, Diagnostics, Fidelity, Progress, Ranking, Training:
            struct = getattr(capi, f"ascribe_{record.__name__.lower()}")
            with self.subTest(record.__name__):
                self.assertEqual(sorted(record._fields), sorted(name for name, _ in struct._fields_[1:]))

    def test_what_a_compiler_makes_of_it(self):
        if shutil.which("cc") is None:
            self.assertFalse(CI, "no C compiler, and CI leaves nothing out")
            self.skipTest("no C compiler: sizes of structs are compared with nothing")
        structs = {
            name: struct for name, struct in vars(capi).items() if isinstance(struct, type) and hasattr(struct, "_fields_")
        }  # fmt: skip
        constants = {name: value for name, value in vars(capi).items() if name.startswith("ASCRIBE_")}
        lines = HEADER.read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(structs), sum(re.match(r"(typedef )?struct \w+ \{", line) is not None for line in lines))
        self.assertEqual(len(constants), sum(re.match(r"#define \w+ \S", line) is not None for line in lines))
        body, expected = [], []
        for name, struct in structs.items():
            body.append(f'printf("%zu", sizeof(struct {name}));')
            body += [f'printf(" %zu", offsetof(struct {name}, {field}));' for field, _ in struct._fields_]
            body.append('printf("\\n");')
            expected.append([ctypes.sizeof(struct), *(getattr(struct, field).offset for field, _ in struct._fields_)])
        for name, value in constants.items():
            body.append(f'printf("%lld\\n", (long long){name});')
            expected.append([value])
        with tempfile.TemporaryDirectory() as folder:
            source, program = Path(folder, "sizes.c"), Path(folder, "sizes")
            includes = f'#include <stdio.h>\n#include <stddef.h>\n#include "{HEADER}"\n'
            source.write_text(includes + "int main(void) {\n" + "\n".join(body) + "}\n")
            subprocess.run(["cc", "-o", program, source], check=True)
            said = subprocess.run([program], check=True, capture_output=True, text=True).stdout
        self.assertEqual([list(map(int, line.split())) for line in said.splitlines()], expected)


if __name__ == "__main__":
    unittest.main()
