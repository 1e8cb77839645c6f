"""Scores of training examples."""

from __future__ import annotations

import math
from ctypes import byref, c_size_t
from typing import Iterator, NamedTuple, Optional, Sequence, Union, overload

import numpy as np
from numpy.typing import NDArray

from . import capi
from ._errors import check
from ._handles import Handle, counted, number, pointer, result, text, word

__all__ = ["Attribution", "Certificate", "Score", "Scores"]


class Score(NamedTuple):
    """An example, counted from 0, and its score."""

    example: int
    score: float


class Scores(Sequence[Score]):
    """Examples with their scores: a sequence of pairs `(example, score)` over two arrays, which it has as well. A pandas DataFrame is
    made of it as it is.
    """

    __slots__ = ("examples", "values")

    def __init__(self, examples: "NDArray[np.integer]", values: "NDArray[np.float64]") -> None:
        self.examples: "NDArray[np.int64]" = examples.astype(np.int64)
        """The examples, counted from 0."""
        self.values = values
        """The score of each."""

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, index: int) -> Score: ...
    @overload
    def __getitem__(self, index: slice) -> "Scores": ...
    def __getitem__(self, index: Union[int, slice]) -> "Union[Score, Scores]":
        if isinstance(index, slice):
            return Scores(self.examples[index], self.values[index])
        return Score(int(self.examples[index]), float(self.values[index]))

    def __iter__(self) -> Iterator[Score]:
        return map(Score, self.examples.tolist(), self.values.tolist())

    def __repr__(self) -> str:
        shown = ", ".join(f"({example}, {score:+.6g})" for example, score in self[:3])
        return f"Scores([{shown}{', ...' if len(self) > 3 else ''}], {counted(len(self), 'example')})"


class Certificate(NamedTuple):
    """How the solve for a query went."""

    residual: float
    """The length of what the solve left of the query's gradient."""
    relative_residual: float
    """The same as a share of the gradient's length."""
    tolerance: float
    """The share at which the solver was to stop."""
    converged: bool
    """Whether it was reached."""
    iterations: int
    """Steps of the solver, for all queries together."""
    products: int
    """Products with the curvature, for all queries together."""


class Attribution(Handle):
    """The scores of examples for one or several queries, whose number is `len(a)`. Queries and examples count from 0. All methods but
    :meth:`close` may be called from several threads at the same time.
    """

    _type, _free = capi.ascribe_attribution, capi.ascribe_attribution_free

    def __len__(self) -> int:
        return int(capi.ascribe_attribution_queries(self.handle))

    def _query(self, query: int) -> int:
        count = len(self)
        if not -count <= query < count:
            raise IndexError(f"query is {query} and there are {count}, which count from 0")
        return query % count

    @property
    def unit(self) -> str:
        """What scores are: "removal" is the predicted change of the functional if the example were removed and the model trained
        again; of methods that predict no change, what they are instead.
        """
        return text(capi.ascribe_attribution_unit, self.handle)

    def value(self, query: int = 0) -> float:
        """The functional at a query, with all examples there."""
        return number(capi.ascribe_attribution_value, self.handle, self._query(query))

    def scores(self, query: int = 0) -> Scores:
        """The scores of all examples that have one, in the order of the examples. Some of them by size: :meth:`top`."""
        place = self._query(query)
        count = capi.ascribe_attribution_len(self.handle, place)
        examples, values = np.empty(count, dtype=np.uint64), np.empty(count)
        check(capi.ascribe_attribution_copy, self.handle, place, pointer(examples), pointer(values), count)
        return Scores(examples, values)

    def top(self, query: int = 0, *, k: int = 10, order: Optional[str] = None) -> Scores:
        """The first `k` examples of a query: by size ("largest", which is what it is without an order), or those whose removal would
        raise the functional most ("positive") or lower it most ("negative"). Equal scores are in the order of the examples.
        """
        if k < 0:
            raise ValueError(f"k is {k}, expected a number of examples")
        place = self._query(query)
        capacity = min(k, capi.ascribe_attribution_len(self.handle, place))
        examples, values, found = np.empty(capacity, dtype=np.uint64), np.empty(capacity), c_size_t()
        arguments = (pointer(examples), pointer(values), capacity, byref(found))
        check(capi.ascribe_attribution_top, self.handle, place, word(order, "order"), *arguments)
        return Scores(examples[: found.value], values[: found.value])

    def growth(self, query: int = 0) -> Optional[float]:
        """By how many times the derivative of a query's functional grew, at its longest, on its way back through the training; None for
        methods that do not walk through it. It says what scores are worth: up to about 2 they predict removal; to 5 they rank examples,
        and their sizes may be off; to 50 they may be far off, so compare with :meth:`Model.retraining_changes`; above that the training
        is chaotic, and no derivative predicts removal.
        """
        found = number(capi.ascribe_attribution_growth, self.handle, self._query(query))
        return None if math.isnan(found) else found

    def upper_tail(self, query: int = 0, *, count: int = 10) -> Optional[float]:
        """How heavy the upper tail of a query's scores is: the `count`-th largest less the median, over the robust spread Qₙ; None where
        scores have no spread. With scores of "gas" the target of an attack on the training set may stand out by it.
        """
        if count < 0:
            raise ValueError(f"count is {count}, expected the place of a score, counted from 1")
        found = number(capi.ascribe_attribution_upper_tail, self.handle, self._query(query), count)
        return None if math.isnan(found) else found

    def certificate(self, query: int = 0) -> Certificate:
        """How a query's linear system was solved; of scores by "influence"."""
        function = capi.ascribe_attribution_certificate
        return result(Certificate, capi.ascribe_certificate, function, self.handle, self._query(query))

    def _in_words(self) -> str:
        return counted(len(self), "query", "queries")
