"""Finding the library, opening it, and refusing one that does not fit."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import List, Tuple

from . import _declarations
from ._function import Function

__all__ = ["LIBRARY", "bundled_library", "check_abi", "open_library", "system_library"]


def suffix() -> str:
    return {"darwin": "dylib", "win32": "dll"}.get(sys.platform, "so")


def bundled_library() -> str:
    """The file that a wheel brings with it."""
    return str(Path(__file__).parent / f"libascribe.{suffix()}")


def system_library() -> str:
    """The name the system's loader is asked for: the number in it is the interface's."""
    number = _declarations.ASCRIBE_ABI_VERSION
    if sys.platform == "win32":
        return "ascribe.dll"
    return f"libascribe.{number}.dylib" if sys.platform == "darwin" else f"libascribe.so.{number}"


def open_library() -> Tuple[ctypes.CDLL, str]:
    """Opens the library at `ASCRIBE_LIBRARY`, or the one in this package, or where the system finds it, in this order, and looks up
    every function. What `ASCRIBE_LIBRARY` names is used or refused, never passed over.

    Raises ImportError, which says where was looked and what to do.
    """
    wanted = os.environ.get("ASCRIBE_LIBRARY", "")
    tried: List[str] = []
    for path in [wanted] if wanted else [bundled_library(), system_library()]:
        try:
            # Local by default, which is needed: the library must find the unwinder that the rest of the process has.
            library = ctypes.CDLL(path)
        except OSError as error:
            tried.append(f"  {path}: {error}")
            continue
        look_up(library, path)
        return library, path
    if wanted:
        raise ImportError(
            f"the environment variable ASCRIBE_LIBRARY names a library that cannot be opened:\n{tried[0]}\n"
            f"Set it to the path of libascribe.{suffix()}, or unset it."
        )
    raise ImportError(
        "The Ascribe library was not found. Looked for\n  ASCRIBE_LIBRARY: not set\n" + "\n".join(tried) +
        f"\nInstall the wheel that `make wheel` makes, or set ASCRIBE_LIBRARY to the path of libascribe.{suffix()}."
    )  # fmt: skip


def look_up(library: ctypes.CDLL, path: str) -> None:
    """Binds every declared function to a library, once it is known to be one of this interface."""
    try:
        _declarations.ascribe_abi_version.bind(library)
    except AttributeError:
        raise ImportError(f"{path} is not the Ascribe library: it has no ascribe_abi_version") from None
    check_abi(_declarations.ascribe_abi_version(), path)
    for function in Function.declared:
        try:
            function.bind(library)
        except AttributeError:
            raise ImportError(f"{path} lacks {function.name}: it is older than this package. Update the library.") from None


def check_abi(found: int, path: str) -> None:
    """Refuses a library of another interface and says which of the two to update."""
    expected = _declarations.ASCRIBE_ABI_VERSION
    if found != expected:
        older = "library" if found < expected else "package ascribe"
        raise ImportError(
            f"{path} has version {found} of the C interface and this package needs version {expected}: update the {older}."
        )


# Opened once, when the package is imported.
_library, LIBRARY = open_library()
