"""Options are the library's: keywords are handed on by name, and it knows what they are, what they may be, and what they are without."""

from __future__ import annotations

import functools
import json
import numbers
import os
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple, Union, overload

import numpy as np

from . import capi
from ._errors import check
from ._handles import Handle, encoded, made, text, word

__all__ = ["Option", "options"]


class Options(Handle):
    """A set of options for one call."""

    _type, _free = capi.ascribe_options, capi.ascribe_options_free

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._own(made(Options, capi.ascribe_options_new))
        for name, value in given.items():
            if value is not None:
                self.set(name, value)

    def set(self, name: str, value: Any) -> None:
        key = encoded(name, "an option's name")
        if isinstance(value, (bool, np.bool_)):
            check(capi.ascribe_options_set_flag, self.handle, key, int(value))
        elif isinstance(value, numbers.Integral) and -(2**63) <= int(value) < 2**63:
            check(capi.ascribe_options_set_integer, self.handle, key, int(value))
        elif isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral):
            check(capi.ascribe_options_set_number, self.handle, key, float(value))
        else:
            check(capi.ascribe_options_set_text, self.handle, key, encoded(written(value, name), f"option {name}"))


def written(value: Any, name: str) -> str:
    """A value as a person types it: words, numbers, lists `a,b`, a word with sizes `("conv", 8, 5)` as `conv:8x5`, and the types of
    floating-point numbers as `f32` and `f64`.
    """
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value)).lower()
    if isinstance(value, numbers.Real):
        return str(int(value)) if isinstance(value, numbers.Integral) else repr(float(value))
    if isinstance(value, np.dtype) or isinstance(value, type) and issubclass(value, (np.floating, float)):
        return f"f{8 * np.dtype(value).itemsize}"
    if isinstance(value, tuple) and len(value) > 1 and isinstance(value[0], str) and not any(isinstance(one, str) for one in value[1:]):
        return f"{value[0]}:{'x'.join(written(size, name) for size in value[1:])}"
    if isinstance(value, (list, tuple, range, np.ndarray)):
        return ",".join(written(one, name) for one in value)
    raise TypeError(f"option {name} is of type {type(value).__name__}, expected a number, a bool, a str or a list of them")


class Option(NamedTuple):
    """An option as the library describes it."""

    name: str
    type: str
    default: str
    range: Optional[str]
    words: Optional[List[str]]
    about: str


@functools.lru_cache(maxsize=None)
def described(table: Optional[str]) -> Any:
    return json.loads(text(capi.ascribe_options_describe, word(table, "table")))


@overload
def options() -> List[str]: ...
@overload
def options(table: str) -> List[Option]: ...
def options(table: Optional[str] = None) -> Union[List[str], List[Option]]:
    """The names of the library's tables of options, or the options in one of them.

    Keywords of :class:`Model` are those of the tables "triples", "network" and "custom", those of :meth:`Model.fit` of "training", of
    :class:`Attributor` those of the table of its method, of `what_if`, `attack` and `Dataset.load` those of "what-if", "attack" and of
    the format. `None` as a value leaves the default.
    """
    if table is None:
        return list(described(None))
    return [Option(*(option[field] for field in Option._fields)) for option in described(table)["options"]]


def divided(given: Mapping[str, Any], table: str, but: Optional[str] = None) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    """Keywords that are options of a table (`but` not of another too), and the rest."""
    own = {option.name for option in options(table)}
    if but is not None:
        own -= {option.name for option in options(but)}
    return {name: value for name, value in given.items() if name in own}, {name: value for name, value in given.items() if name not in own}
