"""Objects of the library and their lifetime, the same for every type, and how they are asked for numbers and texts."""

from __future__ import annotations

import functools
import os
import weakref
from ctypes import POINTER, byref, c_double, c_int64, c_size_t, c_uint32, c_uint64, create_string_buffer, sizeof
from typing import Any, ClassVar, NoReturn, Optional, Tuple, Type, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

from . import capi
from ._errors import Failing, check

Self = TypeVar("Self", bound="Handle")
Result = TypeVar("Result", bound=tuple)  # type: ignore[type-arg]


def release(free: Any, pointer: Any, process: int) -> None:
    """The finalizer. What a child of `fork` collects it leaves as it is: another thread of its parent may have been using it."""
    if os.getpid() == process:
        free(pointer)


class Handle:
    """What holds an object of the library.

    It frees what the library keeps for it when it is collected, at :meth:`close`, or at the end of a `with` block, and may be closed
    on any thread and in any order: every object keeps what it needs of others.
    """

    _type: ClassVar[Any]
    _free: ClassVar[Any]

    def _own(self, pointer: Any) -> None:
        self._pointer: Optional[Any] = pointer
        self._finalizer = weakref.finalize(self, release, type(self)._free, pointer, os.getpid())
        # At the end of the process the system takes everything back at once, also where another thread is still at work.
        self._finalizer.atexit = False

    @classmethod
    def _adopt(cls: Type[Self], pointer: Any) -> Self:
        made = cls.__new__(cls)
        made._own(pointer)
        return made

    @property
    def handle(self) -> Any:
        """The pointer for functions of `ascribe.capi`, during whose calls the object must be kept; a ValueError once it is closed."""
        pointer = getattr(self, "_pointer", None)
        if pointer is None:
            raise ValueError(f"this {type(self).__name__} is closed")
        return pointer

    @property
    def closed(self) -> bool:
        """Whether the object was closed; using it then is a ValueError."""
        return getattr(self, "_pointer", None) is None

    def close(self) -> None:
        """Frees what the library keeps for the object, at once. Closing again does nothing. Needs exclusive access: no other thread may
        be using the object, nor one of the parent of this process, if this is a child of `fork`.
        """
        if not self.closed:
            pointer, self._pointer = self._pointer, None
            if self._finalizer.detach() is not None:
                type(self)._free(pointer)

    def __enter__(self: Self) -> Self:
        self.handle
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        # A copy of the pointer would be freed twice.
        raise TypeError(f"an {type(self).__name__} lives in the library's memory and cannot be copied or pickled")

    def _in_words(self) -> str:
        return "open"

    def __repr__(self) -> str:
        try:
            words = "closed" if self.closed else self._in_words()
        except Exception:  # What is shown while something fails must not fail itself.
            words = ""
        return f"{type(self).__name__}({words})"


def counted(number: int, one: str, many: str = "") -> str:
    return f"1 {one}" if number == 1 else f"{number} {many or one + 's'}"


def made(handle: Type[Handle], function: Any, *arguments: Any, monitor: Optional[Failing] = None) -> Any:
    """The pointer that `function(arguments..., out, error)` puts; freed if a callback raised although the call succeeded."""
    out = POINTER(handle._type)()
    try:
        check(function, *arguments, byref(out), monitor=monitor)
    except BaseException:
        if out:
            handle._free(out)
        raise
    return out


# ---- texts


def encoded(text: Any, name: str) -> bytes:
    """A text, or a path, for the library."""
    text = os.fspath(text) if isinstance(text, os.PathLike) else text
    if not isinstance(text, str):
        raise TypeError(f"{name} is of type {type(text).__name__}, expected a str")
    if "\0" in text:
        raise ValueError(f"{name} is {text!r}, expected a text without zeros")
    return text.encode()


def word(text: Optional[str], name: str) -> Optional[bytes]:
    """A word of the library; None for what the library has first."""
    return None if text is None else encoded(text, name)


def text(function: Any, *arguments: Any, monitor: Optional[Failing] = None) -> str:
    """Asks twice, for the length and for the bytes: `function(arguments..., buffer, capacity, length, error)`."""
    length = c_size_t()
    check(function, *arguments, None, 0, byref(length), monitor=monitor)
    buffer = create_string_buffer(length.value + 1)
    check(function, *arguments, buffer, len(buffer), byref(length), monitor=monitor)
    return buffer.raw[: length.value].decode()


# ---- numbers

POINTERS: Any = {
    np.dtype(np.float64): POINTER(c_double), np.dtype(np.uint64): POINTER(c_uint64), np.dtype(np.uint32): POINTER(c_uint32),
    np.dtype(np.int64): POINTER(c_int64),
}  # fmt: skip


def pointer(values: "NDArray[Any]") -> Any:
    """Where the numbers of a contiguous array are, for a call during which the caller keeps the array."""
    return values.ctypes.data_as(POINTERS[values.dtype])


def filled(
    shape: Tuple[int, ...], function: Any, *arguments: Any, dtype: Any = np.float64, monitor: Optional[Failing] = None
) -> "NDArray[Any]":
    """The numbers that `function(arguments..., values, capacity, error)` puts, row-major."""
    values = np.empty(shape, dtype=dtype)
    check(function, *arguments, pointer(values), values.size, monitor=monitor)
    return values


def sizes_of(function: Any, *arguments: Any) -> Tuple[int, ...]:
    """A shape, asked for twice: `function(arguments..., sizes, capacity, rank, error)`."""
    rank = c_size_t()
    check(function, *arguments, None, 0, byref(rank))
    sizes = (c_int64 * rank.value)()
    if rank.value:
        check(function, *arguments, sizes, rank.value, byref(rank))
    return tuple(sizes)


def number(function: Any, *arguments: Any, monitor: Optional[Failing] = None) -> float:
    """The number that `function(arguments..., value, error)` puts."""
    value = c_double()
    check(function, *arguments, byref(value), monitor=monitor)
    return value.value


fields_of = functools.lru_cache(maxsize=None)(get_type_hints)


def result(record: Type[Result], struct: Any, function: Any, *arguments: Any) -> Result:
    """The struct that `function(arguments..., struct, error)` fills, as a named tuple with fields of these names; truth values, which
    are numbers in C, are those that the tuple says are `bool`.
    """
    found = struct(struct_size=sizeof(struct))
    check(function, *arguments, byref(found))
    return record(*(kind(getattr(found, name)) for name, kind in fields_of(record).items()))
