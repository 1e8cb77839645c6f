"""Predictions for a changed training set, and how they agree with the truth."""

from __future__ import annotations

from ctypes import byref, c_double, c_int32, sizeof
from typing import Any, Iterable, List, Mapping, NamedTuple, Tuple, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import capi
from ._arrays import vector_of
from ._dataset import Dataset
from ._errors import check
from ._handles import Handle, counted, filled, pointer, result, text

__all__ = ["Fidelity", "Level", "WhatIf", "fidelity"]


class Level(NamedTuple):
    """A level of a what-if; levels climb, each more exact and more costly."""

    level: str
    """Its name: "first-order", "second-order", "leave-one-out", "newton", "retrained", or the method's."""
    changes: "NDArray[np.float64]"
    """The predicted change of the functional at every query."""
    errors: "NDArray[np.float64]"
    """The estimated error of each; NaN where none is known."""
    gradient_norm: float
    """The relative gradient of the changed objective; NaN where it is not known."""
    at_minimum: bool
    """Whether that counts as a minimum."""


class WhatIf(Handle):
    """What the functional would be after changes of the training data. `len(answer)` is the number of queries. All methods but
    :meth:`close` may be called from several threads at the same time.
    """

    _type, _free = capi.ascribe_what_if, capi.ascribe_what_if_free
    _dimension: int

    def __len__(self) -> int:
        return int(capi.ascribe_what_if_queries(self.handle))

    @property
    def reached(self) -> bool:
        """Whether the last level is within the option `target_error`; true where none was asked for."""
        return bool(capi.ascribe_what_if_reached(self.handle))

    @property
    def before(self) -> "NDArray[np.float64]":
        """The functional at every query before the changes."""
        return filled((len(self),), capi.ascribe_what_if_before, self.handle)

    @property
    def levels(self) -> List[Level]:
        """The levels that were climbed, the most exact last."""
        found, count = [], len(self)
        for level in range(capi.ascribe_what_if_levels(self.handle)):
            changes, errors, gradient, minimum = np.empty(count), np.empty(count), c_double(), c_int32()
            outputs = (pointer(changes), pointer(errors), count, byref(gradient), byref(minimum))
            check(capi.ascribe_what_if_changes, self.handle, level, *outputs)
            name = text(capi.ascribe_what_if_level_name, self.handle, level)
            found.append(Level(name, changes, errors, gradient.value, bool(minimum.value)))
        return found

    @property
    def changes(self) -> "NDArray[np.float64]":
        """The predicted change of the functional at every query, of the most exact level."""
        return self.levels[-1].changes

    def parameters(self, level: int) -> "NDArray[np.float64]":
        """All parameters after the changes as a level predicts them, concatenated; levels count from 0."""
        count = capi.ascribe_what_if_levels(self.handle)
        if not -count <= level < count:
            raise IndexError(f"level is {level} and there are {count}, which count from 0")
        return filled((self._dimension,), capi.ascribe_what_if_parameters, self.handle, level % count)

    def _in_words(self) -> str:
        return f"{counted(len(self), 'query', 'queries')}, up to {self.levels[-1].level}"


Weights = Union[Mapping[int, float], Iterable[Tuple[int, float]]]
Replacements = Union[Mapping[int, Dataset], Iterable[Tuple[int, Dataset]]]
Additions = Union[Dataset, Tuple[Dataset, float], Iterable[Union[Dataset, Tuple[Dataset, float]]]]


class Changes:
    """Changes of the training set as the library reads them, and what they point to."""

    def __init__(self, examples: int) -> None:
        self.examples = examples
        self.changes: List[Any] = []
        self.kept: List[Any] = []

    def example(self, example: Any, name: str) -> int:
        place = int(example.__index__())
        if not -self.examples <= place < self.examples:
            raise IndexError(f"{name} names example {place} of {self.examples}, which count from 0")
        return place % self.examples

    def put(self, kind: bytes, **fields: Any) -> None:
        self.changes.append(capi.ascribe_change(struct_size=sizeof(capi.ascribe_change), kind=kind, **fields))

    def remove(self, examples: Union[int, ArrayLike]) -> None:
        for example in np.atleast_1d(np.asarray(examples)).tolist():
            self.put(b"remove", example=self.example(example, "remove"))

    def reweight(self, weights: Weights) -> None:
        for example, weight in weights.items() if isinstance(weights, Mapping) else weights:
            self.put(b"reweight", example=self.example(example, "reweight"), weight=weight)

    def replace(self, replacements: Replacements) -> None:
        for example, data in replacements.items() if isinstance(replacements, Mapping) else replacements:
            if len(data) != 1:
                raise ValueError(f"replace has {len(data)} examples in place of example {example}, expected a dataset of one")
            self.kept.append(data)
            self.put(b"replace", example=self.example(example, "replace"), data=data.handle)

    def add(self, additions: Additions) -> None:
        weighted = isinstance(additions, tuple) and len(additions) == 2 and not isinstance(additions[1], Dataset)
        one = weighted or isinstance(additions, Dataset)
        for addition in [additions] if one else additions:
            data, weight = addition if isinstance(addition, tuple) else (addition, 1.0)
            if not isinstance(data, Dataset):
                raise TypeError(f"add has a {type(data).__name__}, expected a Dataset, or pairs of one and a weight")
            self.kept.append(data)
            for row in range(len(data)):
                self.put(b"add", data=data.handle, row=row, weight=weight)

    def array(self) -> Tuple[Any, int]:
        return (capi.ascribe_change * len(self.changes))(*self.changes), len(self.changes)


class Fidelity(NamedTuple):
    """How well predicted changes agree with true ones. A correlation alone hides wrong sizes, so there is the slope too."""

    pearson: float
    """Pearson's correlation; NaN where one side does not vary."""
    spearman: float
    """Spearman's correlation of ranks; NaN where one side does not vary."""
    slope: float
    """The slope of true by predicted change; NaN where predictions do not vary."""
    maximum_error: float
    """The largest difference."""
    count: int  # type: ignore[assignment]
    """The number of pairs that were compared."""


def fidelity(predicted: ArrayLike, truth: ArrayLike) -> Fidelity:
    """How predicted changes agree with true ones; pairs without a true change, which is NaN, are left out."""
    p = vector_of(predicted, "predicted")
    t = vector_of(truth, "truth", len(p))
    return result(Fidelity, capi.ascribe_fidelity, capi.ascribe_retraining_fidelity, pointer(p), pointer(t), len(p))
