"""Where calls run, and what watches long ones: contexts, cancellation, and the callbacks of both."""

from __future__ import annotations

import atexit
import ctypes
import itertools
import signal
import threading
import time
from ctypes import POINTER, byref, c_size_t, sizeof
from typing import Any, Callable, Dict, NamedTuple, Optional

from . import capi
from ._errors import logging
from ._handles import Handle, counted, made, word

__all__ = ["Cancel", "Context", "Progress"]

Log = Callable[[str, str, str], object]


class Context(Handle):
    """What work is done with: a pool of threads, the seed that models and trainings start from, and where messages go.

    Everything that takes a context does without one: one thread, the library's seed, no messages. Results do not depend on the number
    of threads. A context may be shared by any number of models and threads, and closed at any time: what was made with it keeps what it
    needs.

    Args:
        threads: how many threads work; with one it is the thread that calls.
        seed: the seed of whatever is given none of its own.
        log: `log(level, target, message)` is called with three texts, on the thread whose call the message belongs to. What it raises
            is raised, unchanged, when that call has ended.
        log_level: the last level that `log` receives, in the order "error", "warning", "info", "debug".
    """

    _type, _free = capi.ascribe_context, capi.ascribe_context_free

    def __init__(
        self, *, threads: Optional[int] = None, seed: Optional[int] = None, log: Optional[Log] = None, log_level: Optional[str] = None
    ) -> None:
        settings = capi.ascribe_context_options()
        capi.ascribe_context_options_init(byref(settings), sizeof(settings))
        if threads is not None:
            settings.threads = whole(threads, "threads", -(2**63), 2**63)
        if seed is not None:
            settings.seed = whole(seed, "seed", 0, 2**64)
        settings.log_level = word(log_level, "log_level")
        if log is not None:
            settings.log, settings.log_free, settings.log_data = ON_LOG, ON_LOG_FREE, kept(log)
        self._logs = log is not None
        self._own(made(Context, capi.ascribe_context_new, byref(settings)))

    @property
    def threads(self) -> int:
        """How many threads there are."""
        return int(capi.ascribe_context_threads(self.handle))

    def _in_words(self) -> str:
        return counted(self.threads, "thread") + (", with a log" if self._logs else "")


def whole(number: Any, name: str, least: int, beyond: int) -> int:
    """A whole number that fits its type in C, where it would otherwise be cut to it."""
    try:
        value = int(number.__index__())
    except AttributeError:
        raise TypeError(f"{name} is of type {type(number).__name__}, expected an int") from None
    if not least <= value < beyond:
        raise ValueError(f"{name} is {value}, expected a whole number from {least} to {beyond - 1}")
    return value


def context_handle(context: Optional[Context]) -> Any:
    return None if context is None else context.handle


class Cancel(Handle):
    """A flag that ends the calls that were given it (`cancel=...`) with a :class:`CanceledError`, within milliseconds.

    All methods may be called from any thread at the same time, also while a call has the flag.
    """

    _type, _free = capi.ascribe_cancel, capi.ascribe_cancel_free

    def __init__(self) -> None:
        self._own(made(Cancel, capi.ascribe_cancel_new))

    def request(self) -> None:
        """Asks the calls that have the flag to end, and every later one until :meth:`reset`."""
        capi.ascribe_cancel_request(self.handle)

    def reset(self) -> None:
        """Takes the request back."""
        capi.ascribe_cancel_reset(self.handle)

    @property
    def requested(self) -> bool:
        """Whether the flag is set."""
        return bool(capi.ascribe_cancel_requested(self.handle))

    def _in_words(self) -> str:
        return "requested" if self.requested else "not requested"


# ---- callbacks. The library keeps a number for each, by which it is found here when it is called.

callbacks: Dict[int, Any] = {}
numbers = itertools.count(1)


def kept(callback: Any) -> int:
    place = next(numbers)
    callbacks[place] = callback
    return place


def on_log(level: bytes, target: bytes, message: bytes, place: int) -> None:
    if getattr(logging, "failure", None) is not None:
        return
    try:
        callbacks[place](level.decode(), target.decode(), message.decode())
    except BaseException as failure:
        logging.failure = failure


def on_log_free(place: int) -> None:
    callbacks.pop(place, None)


ON_LOG, ON_LOG_FREE = capi.ascribe_log_fn(on_log), capi.ascribe_log_free_fn(on_log_free)


class Progress(NamedTuple):
    """How far a long call has come, as its callback receives it."""

    phase: str
    """The phase of the work: "training", "minimizing", "solving", ..."""
    done: int
    """How much of it is done."""
    total: int
    """How much there is to do; 0 when that is not known."""
    value: float
    """The loss, objective or residual; NaN where there is none."""
    quality: float
    """The quality that an evaluation found; NaN where there was none."""


OnProgress = Callable[[Progress], object]


def read_event(event: Any) -> Progress:
    """Reads an event of a library whose struct may end earlier than ours."""
    size = min(ctypes.cast(event, POINTER(c_size_t))[0], sizeof(capi.ascribe_progress))
    read = capi.ascribe_progress(value=float("nan"), quality=float("nan"))
    ctypes.memmove(byref(read), event, size)
    return Progress((read.phase or b"").decode(), read.done, read.total, read.value, read.quality)


def on_progress(event: Any, place: int) -> int:
    monitor = callbacks[place]
    try:
        if ending and not monitor.main:
            raise SystemExit
        if monitor.failure is None and monitor.progress is not None:
            monitor.calling = True
            if monitor.progress(read_event(event)) is False:
                return 1
    except BaseException as failure:
        monitor.failure = failure
    finally:
        monitor.calling = False
    return int(monitor.failure is not None)


ON_PROGRESS = capi.ascribe_progress_fn(on_progress)


ending = False


@atexit.register
def end_calls() -> None:
    """Ends the calls that daemon threads are in, within a second, if they call back: such a thread would otherwise be unwound in the
    middle of the library when it next wants the global lock, which ends the process by a signal.
    """
    global ending
    ending = True
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline and any(isinstance(one, Monitor) and not one.main for one in list(callbacks.values())):
        time.sleep(0.001)


class Monitor:
    """Progress and cancellation of one call. In the main thread it always reports to Python, so that Ctrl-C is noticed.

    An exception of a signal's handler would be lost if it came just as a callback begins, outside of whatever could catch it there. So
    while a call of the main thread lasts its handler of SIGINT is called by one that keeps what it raises.
    """

    def __init__(self, progress: Optional[OnProgress], cancel: Optional[Cancel]) -> None:
        self.progress, self.cancel = progress, cancel
        self.failure: Optional[BaseException] = None
        self.interrupts: Any = None
        self.calling = False
        self.place = 0

    def __enter__(self) -> "Monitor":
        self.struct = capi.ascribe_monitor()
        capi.ascribe_monitor_init(byref(self.struct), sizeof(self.struct))
        if self.cancel is not None:
            self.struct.cancel = self.cancel.handle
        self.main = threading.current_thread() is threading.main_thread()
        # A log may be called back in this call as well.
        if self.main or self.progress is not None or callbacks:
            self.place = kept(self)
            if ending and not self.main:
                callbacks.pop(self.place)
                raise SystemExit
            self.struct.progress, self.struct.progress_data = ON_PROGRESS, self.place
        if self.main:
            handler = signal.getsignal(signal.SIGINT)
            if callable(handler):
                self.interrupts = handler
                signal.signal(signal.SIGINT, self.interrupted)
        return self

    def interrupted(self, number: int, frame: Any) -> None:
        try:
            self.interrupts(number, frame)
        except BaseException as failure:
            # What interrupts the callback itself is its own to raise.
            if self.calling:
                raise
            self.failure = failure

    def __exit__(self, *exception: object) -> None:
        if self.interrupts is not None:
            signal.signal(signal.SIGINT, self.interrupts)
            self.interrupts = None
        callbacks.pop(self.place, None)
        # An interrupt that came when the call was over.
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure

    @property
    def handle(self) -> Any:
        return byref(self.struct)
