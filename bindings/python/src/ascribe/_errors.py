"""What the library says went wrong, as exceptions."""

from __future__ import annotations

import enum
import threading
from typing import Any, Dict, Optional, Protocol, Type

from ctypes import POINTER, byref

from . import capi

__all__ = [
    "CanceledError", "CurvatureError", "Error", "FormatError", "InternalError", "InvalidArgumentError", "InvalidHandleError", "IoError",
    "NotConvergedError", "NotFiniteError", "NotFoundError", "NotStationaryError", "OutOfResourcesError", "ShapeError", "Status",
    "UnsupportedError", "WrongVersionError", "check",
]  # fmt: skip

Status = enum.IntEnum(  # type: ignore[misc]
    "Status",
    {name[len("ASCRIBE_") :]: value for name, value in vars(capi).items()
     if name.startswith("ASCRIBE_") and not name.startswith(("ASCRIBE_VERSION_", "ASCRIBE_ABI_", "ASCRIBE_NO_"))},
)  # fmt: skip
Status.__doc__ = "The statuses of the C interface, whose numbers never change their meaning."


class Error(Exception):
    """What the library says went wrong. `status` is one of :class:`Status` (a plain number, where the library is newer than this
    package); `message`, which is also the text of the exception, names the argument, what was found and what was expected.

    Every status has a class of its own, which is also the built-in exception that it is a case of, where there is one.
    """

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.message, self.status = message, status

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> Any:
        return type(self), (self.message, self.status)


class InvalidArgumentError(Error, ValueError):
    """An argument or option has a value that cannot be used, or an object is in use by another call."""


class ShapeError(Error, ValueError):
    """The shapes of values of a graph do not fit."""


class CanceledError(Error):
    """A progress callback answered `False`, or a :class:`Cancel` was requested."""


class IoError(Error, OSError):
    """The operating system refused to read or write."""


class FormatError(Error, ValueError):
    """A file's content is not what its format asks for."""


class WrongVersionError(Error, ValueError):
    """A file was written in a version of its format that this library does not read."""


class NotConvergedError(Error, ArithmeticError):
    """An iteration or a training diverged."""


class NotFiniteError(Error, ArithmeticError):
    """A number is or became NaN or infinite."""


class UnsupportedError(Error, NotImplementedError):
    """The mathematics or the library does not cover this case."""


class OutOfResourcesError(Error, MemoryError):
    """The system has not enough memory or threads."""


class InvalidHandleError(Error, ValueError):
    """A handle was freed, is of another type, or is none at all. Seen only by users of `ascribe.capi`."""


class InternalError(Error, RuntimeError):
    """The library has a fault. What the call was changing refuses to be used from then on; everything else goes on."""


class NotFoundError(Error, LookupError):
    """A name or id is not known."""


class NotStationaryError(Error, ArithmeticError):
    """The model is not at a minimum, which the method supposes."""


class CurvatureError(Error, ArithmeticError):
    """The curvature is indefinite or singular, or a changed training set leaves no minimum."""


CLASSES: Dict[int, Type[Error]] = {
    capi.ASCRIBE_INVALID_ARGUMENT: InvalidArgumentError,
    capi.ASCRIBE_SHAPE: ShapeError,
    capi.ASCRIBE_CANCELED: CanceledError,
    capi.ASCRIBE_IO: IoError,
    capi.ASCRIBE_FORMAT: FormatError,
    capi.ASCRIBE_WRONG_VERSION: WrongVersionError,
    capi.ASCRIBE_NOT_CONVERGED: NotConvergedError,
    capi.ASCRIBE_NOT_FINITE: NotFiniteError,
    capi.ASCRIBE_UNSUPPORTED: UnsupportedError,
    capi.ASCRIBE_OUT_OF_RESOURCES: OutOfResourcesError,
    capi.ASCRIBE_INVALID_HANDLE: InvalidHandleError,
    capi.ASCRIBE_INTERNAL: InternalError,
    capi.ASCRIBE_NOT_FOUND: NotFoundError,
    capi.ASCRIBE_NOT_STATIONARY: NotStationaryError,
    capi.ASCRIBE_CURVATURE: CurvatureError,
}

ERROR = POINTER(capi.ascribe_error)


class Failing(Protocol):
    """What keeps the exception of a callback until the call that made it has ended."""

    failure: Optional[BaseException]


# What the log of a context raised in a call on this thread; the library logs on the thread that makes the call.
logging = threading.local()


def check(function: Any, *arguments: Any, monitor: Optional[Failing] = None) -> None:
    """Calls a function whose last parameter, which is not given here, is a place for an error, and raises what it reports; or before
    that what the call's progress callback or the log of its context raised, unchanged.
    """
    error = ERROR()
    status = function(*arguments, byref(error))
    problem = taken(status, error) if status != capi.ASCRIBE_OK else None
    failure = getattr(logging, "failure", None)
    if monitor is not None and monitor.failure is not None:
        failure, monitor.failure = monitor.failure, None
    logging.failure = None
    try:
        if failure is not None:
            raise failure
        if problem is not None:
            raise problem
    finally:
        # An exception knows this frame by its traceback; it must not know itself by it as well.
        del failure, problem


def taken(status: int, error: Any) -> Error:
    """Turns an error of the library into an exception and frees it."""
    text = capi.ascribe_error_message(error) if error else capi.ascribe_status_name(status)
    capi.ascribe_error_free(error)
    if status in CLASSES:
        return CLASSES[status](text.decode(), Status(status))
    return Error(text.decode(), status)
