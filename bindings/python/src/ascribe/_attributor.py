"""A trained model with a method of attribution."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Callable, Dict, NamedTuple, Optional, Tuple

import numpy as np
from numpy.typing import NDArray

from . import capi
from ._arrays import places_of
from ._context import Cancel, Context, Monitor, OnProgress, context_handle
from ._dataset import Dataset
from ._handles import Handle, counted, made, result, text, word
from ._options import Options
from ._questions import Questions

if TYPE_CHECKING:
    from ._model import Model

__all__ = ["Attributor", "Diagnostics"]


class Diagnostics(NamedTuple):
    """What influence functions found at the model, and how solves went since."""

    examples: int
    """The number of examples."""
    parameters: int
    """p: how many numbers all parameters have together."""
    damping: float
    """What is added to the curvature's diagonal."""
    value: float
    """The objective, with its penalty: of losses their mean, or where the option `objective` says so their sum."""
    gradient_norm: float
    """The relative gradient."""
    gradient_length: float
    """The Euclidean length of its gradient."""
    lowest: float
    """About the lowest eigenvalue of the curvature, without damping."""
    highest: float
    """About the highest."""
    products: int
    """Products with the curvature that were spent to prepare."""
    worst_residual: float
    """The worst relative residual of any solve since."""
    at_minimum: bool
    """Whether the model is at a minimum."""
    converged: bool
    """Whether every solve since reached its tolerance."""
    factored: bool
    """Whether the curvature was factored, so that every further solve is cheap and exact but for rounding."""


class Attributor(Questions, Handle):
    """Says what predictions of a trained model are due to; `len(attributor)` is the number of examples that are scored.

    A :class:`Model` answers the same questions and makes an attributor by itself; make your own to hold on to the values that the model
    has now. It may be used from several threads at the same time; "influence", "graddot" and "gradcos" take one call after the other.

    Args:
        model: a trained model.
        method: "influence", what a change of the training data would do, by the curvature of the objective where training ended;
            "rollback", what the ledger of the training says that each example changed; "replay", the exact derivative of the whole
            training by each example's weight; "dvemb", data value embeddings; "tracin", by how much the functional fell in the steps of
            each example; "tracincp" and "gas", inner products or cosines of gradients at checkpoints of the training; "graddot" and
            "gradcos", the same where training ended. Without one it is left to the library: rollback where there is a ledger, otherwise
            influence. "replay", "dvemb", "tracin", "tracincp" and "gas" do the training again, which must have been by steps of an
            optimizer alone.
        data: other examples than those the model was trained on, for some methods.
        options: those of `ascribe.options(method)`.

    Raises:
        NotStationaryError, CurvatureError, UnsupportedError: where the method has no answer for this model, with what to do about it.
    """

    _type, _free = capi.ascribe_attributor, capi.ascribe_attributor_free

    def __init__(
        self, model: "Model", method: Optional[str] = None, *, data: Optional[Dataset] = None, context: Optional[Context] = None,
        progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None, **options: Any,
    ) -> None:  # fmt: skip
        where = context_handle(context or model.context)
        with Options(options) as given, Monitor(progress, cancel) as monitor:
            examples = None if data is None else data.handle
            arguments = (where, model.handle, word(method, "method"), examples, given.handle, monitor.handle)
            self._own(made(Attributor, capi.ascribe_attributor_new, *arguments, monitor=monitor))
        self._model: Callable[[], Optional["Model"]] = lambda: model

    @property
    def model(self) -> "Model":
        """The model that is asked about."""
        model = self._model()
        if model is None:
            raise ValueError("the model of this Attributor is gone")
        return model

    def _asked(self, options: Dict[str, Any], progress: Optional[OnProgress], cancel: Optional[Cancel]) -> "Attributor":
        if options:
            raise TypeError(f"options ({', '.join(options)}) are given when an Attributor is made, and not with a question")
        self.handle
        return self

    def _options_of(self, table: str, given: Dict[str, Any]) -> Tuple[Dict[str, Any], Dict[str, Any]]:
        return given, {}

    def __len__(self) -> int:
        return int(capi.ascribe_attributor_examples(self.handle))

    def _examples(self, examples: Any) -> "NDArray[np.uint64]":
        """Training examples by their places."""
        count = len(self)
        if isinstance(examples, slice):
            examples = np.arange(count)[examples]
        return places_of([examples] if np.ndim(examples) == 0 else examples, "examples", count)

    def describe(self) -> Dict[str, Any]:
        """The method, its unit, the options in force, and what is known of it for the model."""
        found: Dict[str, Any] = json.loads(text(capi.ascribe_attributor_describe, self.handle))
        return found

    @property
    def diagnostics(self) -> Diagnostics:
        """What "influence" found at the model, which decides what scores are worth, and how solves went since."""
        return result(Diagnostics, capi.ascribe_diagnostics, capi.ascribe_attributor_diagnostics, self.handle)

    def _in_words(self) -> str:
        return f"{self.describe()['method']} of {counted(len(self), 'example')}"
