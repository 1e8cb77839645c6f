"""What the generated declarations are made of: functions of the library, which is opened later."""

from __future__ import annotations

import ctypes
from typing import Any, ClassVar, List

__all__ = ["Function"]


class Function:
    """A function of the library by its name, with ctypes' types of its result and parameters; callable once it is bound."""

    declared: ClassVar[List["Function"]] = []

    def __init__(self, name: str, result: Any, *arguments: Any) -> None:
        self.name, self.result, self.arguments = name, result, arguments
        self._call: Any = None
        self.declared.append(self)

    def bind(self, library: ctypes.CDLL) -> None:
        """Looks the function up; an AttributeError where the library has none of this name."""
        found = getattr(library, self.name)
        found.restype, found.argtypes = self.result, self.arguments
        self._call = found

    def __call__(self, *arguments: Any) -> Any:
        return self._call(*arguments)

    def __repr__(self) -> str:
        return f"<function {self.name} of the Ascribe library>"
