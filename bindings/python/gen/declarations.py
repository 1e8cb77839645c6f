"""Generates src/ascribe/_declarations.py, everything that include/ascribe.h declares, for ctypes:

    python3 bindings/python/gen/declarations.py

What is not understood is an error, never left out.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Tuple

PACKAGE = Path(__file__).resolve().parents[1]
HEADER = PACKAGE.parents[1] / "include" / "ascribe.h"
OUTPUT = PACKAGE / "src" / "ascribe" / "_declarations.py"
COMMAND = "python3 bindings/python/gen/declarations.py"

# For each type of C that of ctypes, and what Python reads in a field of it.
SCALARS = {
    "float": ("c_float", "float"), "double": ("c_double", "float"), "size_t": ("c_size_t", "int"),
    "int32_t": ("c_int32", "int"), "int64_t": ("c_int64", "int"), "uint32_t": ("c_uint32", "int"),
    "uint64_t": ("c_uint64", "int"), "char": ("c_char", "bytes"),
}  # fmt: skip


class NotUnderstood(ValueError):
    """A declaration that this generator has no translation for."""


def split_outside(text: str, separator: str) -> List[str]:
    """Splits at a character that stands in no parentheses and no braces, and leaves out what is empty."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "({") - (character in ")}")
        if character == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def declarations(header: str) -> List[str]:
    """The declarations of a header, in its order, without comments; constants are `DEFINE name value`."""
    text = re.sub(r"/\*.*?\*/", " ", header, flags=re.S)
    text = re.sub(r"//[^\n]*", "", text)
    text = re.sub(r"^#ifdef __cplusplus\s*$.*?^#endif[^\n]*$", "", text, flags=re.S | re.M)
    text = re.sub(r"^#define (\w+)[ \t]+(\S.*?)[ \t]*$", r";DEFINE \1 \2;", text, flags=re.M)
    text = re.sub(r"^#(?:include|ifndef|endif|define \w+[ \t]*$).*$", "", text, flags=re.M)
    found = split_outside(re.sub(r"\s+", " ", text), ";")
    for declaration in found:
        if "#" in declaration:
            raise NotUnderstood(f"this line of the preprocessor is not understood: {declaration}")
    return found


def constant(value: str) -> str:
    """A constant of C that is an `int`, or the largest of a type."""
    if value == "UINT32_MAX":
        return "0xFFFFFFFF"
    number = value[1:-1] if value.startswith("(") and value.endswith(")") else value
    if not re.fullmatch(r"-?\d+", number) or abs(int(number)) >= 2**31:
        raise NotUnderstood(f"this constant is not understood: {value}")
    return number


class Types:
    """The types of C that are declared so far, in ctypes."""

    def __init__(self) -> None:
        self.known: Dict[str, Tuple[str, str]] = dict(SCALARS)

    def of(self, c: str) -> Tuple[str, str]:
        """A type of C: in ctypes, and what Python reads in a field of it."""
        if re.fullmatch(r"\s*const char ?\*\s*", c):
            return "c_char_p", "Optional[bytes]"
        name = " ".join(re.sub(r"\bconst\b|\bstruct\b|\*", " ", c).split())
        stars = c.count("*")
        if name == "void":
            return {0: ("None", "None"), 1: ("c_void_p", "Optional[int]")}.get(stars) or self.refuse(c)
        if name not in self.known:
            raise NotUnderstood(f"the type `{name}` in `{c.strip()}` is not declared")
        if stars and re.match(r"\s*const char ?\*", c):
            return "POINTER(" * (stars - 1) + "c_char_p" + ")" * (stars - 1), "Any"
        found, read = self.known[name]
        return "POINTER(" * stars + found + ")" * stars, "Any" if stars else read

    def refuse(self, c: str) -> Tuple[str, str]:
        raise NotUnderstood(f"the type `{c.strip()}` is not understood")

    def declared(self, text: str, separator: str) -> List[Tuple[str, Tuple[str, str]]]:
        """Name and type of each of the parameters or fields in a text."""
        found = []
        for one in split_outside(text, separator):
            match = re.fullmatch(r"([\w\s*]*[\s*])(\w+)", one)
            if match is None:
                raise NotUnderstood(f"this parameter or field is not understood: {one}")
            found.append((match[2], self.of(match[1])))
        return found

    def parameters(self, text: str) -> List[str]:
        return [] if text.strip() == "void" else [ctype for _, (ctype, _) in self.declared(text, ",")]


STRUCT = re.compile(r"(?:typedef )?struct (\w*) ?\{(.*)\} ?(\w*)")


def struct(types: Types, found: "re.Match[str]") -> List[str]:
    """A struct: a class that says what its fields read as, and then its fields, which may mention any type before."""
    name = found[3] or found[1]
    fields = types.declared(found[2], ";")
    lines = ["", "", f"class {name}(Structure):"] + [f"    {field}: {read}" for field, (_, read) in fields]
    lines += ["", "", f"{name}._fields_ = ["] + [f'    ("{field}", {ctype}),' for field, (ctype, _) in fields] + ["]"]
    types.known[name] = (name, "Any")
    return lines


def translated(types: Types, text: str, defined: "set[str]") -> List[str]:
    """What one declaration is in Python; the types of C from there on are in `types`."""
    found = re.fullmatch(r"DEFINE (\w+) (.*)", text)
    if found:
        return [f"{found[1]} = {constant(found[2])}"]
    found = re.fullmatch(r"(?:typedef )?struct (\w+)(?: \w+)?", text)
    if found:
        if found[1] in defined:
            raise NotUnderstood(f"the struct `{found[1]}` is mentioned before it is defined")
        types.known[found[1]] = (found[1], "Any")
        return ["", "", f"class {found[1]}(Structure):", '    """Known to the library alone."""']
    found = STRUCT.fullmatch(text)
    if found:
        return struct(types, found)
    found = re.fullmatch(r"typedef (.*?)\( ?\* ?(\w+) ?\) ?\((.*)\)", text)
    if found:
        types.known[found[2]] = (found[2], "Any")
        return [f"{found[2]} = CFUNCTYPE({', '.join([types.of(found[1])[0], *types.parameters(found[3])])})"]
    found = re.fullmatch(r"typedef ([\w\s]*\w)\s+(\w+)", text)
    if found:
        ctype, read = types.of(found[1])
        types.known[found[2]] = (found[2], read)
        return [f"{found[2]} = {ctype}"]
    found = re.fullmatch(r"([\w\s*]+?)(\w+) ?\((.*)\)", text)
    if found is None:
        raise NotUnderstood(f"this declaration is not understood: {text}")
    arguments = "".join(f", {one}" for one in types.parameters(found[3]))
    return [f'{found[2]} = Function("{found[2]}", {types.of(found[1])[0]}{arguments})']


def spaced(parts: Iterator[List[str]]) -> Iterator[str]:
    """The lines of all declarations, with the space that formatters want after a class."""
    after_class = False
    for lines in parts:
        if after_class and lines[0] and not lines[0].startswith("class "):
            yield from ("", "")
        # A struct ends with its fields, not with its class.
        after_class = lines[-1].startswith("    ")
        yield from lines


def generate(header: str) -> str:
    """The declarations in Python of a header, in its order."""
    found = declarations(header)
    defined = {match[1] or match[3] for match in map(STRUCT.fullmatch, found) if match}
    types = Types()
    body = list(spaced(translated(types, one, defined) for one in found))
    names = ["CFUNCTYPE", "POINTER", "Structure"] + sorted({ctype for ctype, _ in SCALARS.values()} | {"c_char_p", "c_void_p"})
    used = [name for name in names if any(re.search(rf"\b{name}\b", line) for line in body)]
    imports = [f"from ctypes import {', '.join(used)}"] if used else []
    typing = [name for name in ("Any", "Optional") if any(re.search(rf": {name}\b", line) for line in body)]
    imports += [f"from typing import {', '.join(typing)}"] if typing else []
    functions = ["", "from ._function import Function"] if any("Function(" in line for line in body) else []
    head = [f'"""Generated from include/ascribe.h; do not edit. To generate it again: {COMMAND}"""', ""]
    return "\n".join(head + imports + functions + [""] + body) + "\n"


if __name__ == "__main__":
    OUTPUT.write_text(generate(HEADER.read_text(encoding="utf-8")), encoding="utf-8")
