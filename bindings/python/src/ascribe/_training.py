"""Training step by step, how a training went, and what it wrote down."""

from __future__ import annotations

import math
from ctypes import byref, c_size_t, c_uint64
from typing import TYPE_CHECKING, Any, List, NamedTuple, Optional

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import capi
from ._arrays import vector_of
from ._context import Cancel, Context, Monitor, OnProgress, context_handle, whole
from ._dataset import Dataset
from ._errors import check
from ._handles import Handle, counted, encoded, filled, made, pointer, result
from ._options import Options

if TYPE_CHECKING:
    from ._model import Model

__all__ = ["Ledger", "LedgerBuilder", "Slot", "Trainer", "Training"]


class Training(NamedTuple):
    """How far a training has come, or how it went."""

    steps: int
    """Steps taken: batches, or steps of minimizing."""
    epochs: int
    """Epochs that were completed."""
    loss: float
    """The mean loss of the last completed epoch; NaN where there is none."""
    objective: float
    """The objective where minimizing ended, with its penalty; NaN where there was none."""
    gradient_norm: float
    """The relative gradient there; NaN where there was none."""
    converged: bool
    """Whether minimizing reached its tolerance."""
    finished: bool
    """Whether nothing is left to do."""
    best_epoch: int
    """The epoch, counted from 1, whose weights early stopping kept; -1 where there was none."""
    clamped: float
    """With a ledger by refill: the share of shrinking factors that had to be clamped above zero; NaN without such a ledger."""
    given: bool
    """Whether the training happened elsewhere: the values were given, see :meth:`Model.set_data`."""


class Trainer(Handle):
    """Training step by step, of a copy of a model, with the options of :meth:`Model.fit`. Values do not depend on how it is cut up.

    After a :class:`CanceledError` it can go on. :meth:`step`, :meth:`run` and :meth:`close` need exclusive access; the rest may be used
    from several threads at the same time.
    """

    _type, _free = capi.ascribe_trainer, capi.ascribe_trainer_free

    def __init__(self, model: "Model", data: Dataset, *, context: Optional[Context] = None, **options: Any) -> None:
        self._context = context or model.context
        self._columns = data.columns
        with Options(options) as given:
            where = context_handle(self._context)
            self._own(made(Trainer, capi.ascribe_trainer_new, where, model.handle, data.handle, given.handle))

    def step(self, steps: int = 1, *, progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None) -> bool:
        """Trains so many steps; returns whether there is more to do."""
        with Monitor(progress, cancel) as monitor:
            count = whole(steps, "steps", 0, 2**64)
            check(capi.ascribe_trainer_step, self.handle, count, monitor.handle, monitor=monitor)
        return not self.training.finished

    def run(self, *, progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None) -> "Trainer":
        """Trains to the end; returns the trainer."""
        self.step(2**64 - 1, progress=progress, cancel=cancel)
        return self

    @property
    def training(self) -> Training:
        """How far the training has come."""
        return result(Training, capi.ascribe_training, capi.ascribe_trainer_training, self.handle)

    @property
    def model(self) -> "Model":
        """The model as it is now, with data and, where there is one, ledger; a new one each time. The training can go on."""
        from ._model import Model

        return Model._made(made(Model, capi.ascribe_trainer_model, self.handle), self._context, self._columns)

    def _in_words(self) -> str:
        now = self.training
        return f"{counted(now.steps, 'step')}, {counted(now.epochs, 'epoch')}" + (", finished" if now.finished else "")


class Slot(NamedTuple):
    """A row that an example owns; everything counts from 0."""

    parameter: int
    row: int
    width: int
    """How many numbers the row has."""


class Ledger(Handle):
    """What each training example changed in the rows it owns, as the option `attribution` of :meth:`Model.fit` counts it. `len(ledger)`
    is the number of examples. All methods but :meth:`close` may be called from several threads at the same time.
    """

    _type, _free = capi.ascribe_ledger, capi.ascribe_ledger_free

    def __init__(self, model: "Model") -> None:
        self._shapes = [parameter.shape for parameter in model.parameters]
        self._own(made(Ledger, capi.ascribe_model_ledger, model.handle))

    def __len__(self) -> int:
        return int(capi.ascribe_ledger_examples(self.handle))

    def slots(self, example: int) -> List[Slot]:
        """The rows that an example owns, in the order of its slots."""
        if not 0 <= example < len(self):
            raise IndexError(f"example is {example} and the ledger has {len(self)}, which count from 0")
        found = []
        for slot in range(capi.ascribe_ledger_slots(self.handle, example)):
            parameter, row, width = c_size_t(), c_uint64(), c_size_t()
            check(capi.ascribe_ledger_slot, self.handle, example, slot, byref(parameter), byref(row), byref(width))
            found.append(Slot(parameter.value, row.value, width.value))
        return found

    def change(self, example: int, slot: int) -> "NDArray[np.float64]":
        """How much of the movement of one of its :meth:`slots` is credited to the example: a number for each of the row."""
        known = self.slots(example)
        if not 0 <= slot < len(known):
            raise IndexError(f"slot is {slot} and example {example} has {len(known)}, which count from 0")
        return filled((known[slot].width,), capi.ascribe_ledger_change, self.handle, example, slot)

    def remainder(self, parameter: int) -> "NDArray[np.float64]":
        """What training changed in a parameter that no example owns, an array of its shape: with all changes it adds up to the movement."""
        if not 0 <= parameter < len(self._shapes):
            raise IndexError(f"parameter is {parameter} and the model has {len(self._shapes)}, which count from 0")
        shape = self._shapes[parameter]
        return filled((math.prod(shape),), capi.ascribe_ledger_remainder, self.handle, parameter).reshape(shape)

    def _in_words(self) -> str:
        return counted(len(self), "example")


class LedgerBuilder(Handle):
    """The ledger of a training that your own code runs: what each example moved, recorded step by step. When the training has ended,
    give a model the values with :meth:`Model.set_parameter`, and then the ledger with :meth:`Model.set_ledger`. Everything needs
    exclusive access; everything counts from 0.

    Args:
        model: one made like that which is given the ledger; its values do not matter.
        data: the examples of the training, in the order of their numbers.
        rule: "step": changes of a row add up; "refill": each comes with its curvature, and later steps of other examples answer to it,
            which predicts far better.
    """

    _type, _free = capi.ascribe_ledger_builder, capi.ascribe_ledger_builder_free

    def __init__(self, model: "Model", data: Dataset, rule: str = "step") -> None:
        self._own(made(LedgerBuilder, capi.ascribe_ledger_builder_new, model.handle, data.handle, encoded(rule, "rule")))
        self._columns = data.columns

    def record(self, example: int, parameter: int, row: int, change: ArrayLike, curvature: Optional[ArrayLike] = None) -> None:
        """Records that an example moved a row of a parameter in the step under way. A row that it does not own is one that its loss
        reads besides, such as that of a sampled candidate.

        Args:
            change: a number for each of the row: of gradient descent, minus the learning rate times the gradient of its loss.
            curvature: by the rule "refill" as many: the diagonal of the Gauss-Newton matrix of its loss along the row, zero or more.

        Raises:
            InvalidArgumentError, NotFiniteError: for what does not fit; nothing of it is recorded, and all that was before stays.
        """
        places = (whole(example, "example", 0, 2**64), whole(parameter, "parameter", 0, 2**63), whole(row, "row", 0, 2**64))
        moved = vector_of(change, "change")
        curved = None if curvature is None else vector_of(curvature, "curvature", moved.size)
        numbers = (pointer(moved), None if curved is None else pointer(curved), moved.size)
        check(capi.ascribe_ledger_builder_record, self.handle, *places, *numbers)

    def end_step(self, learning_rate: float) -> None:
        """Ends the step under way, which was taken with a learning rate, by which curvatures count."""
        check(capi.ascribe_ledger_builder_end_step, self.handle, float(learning_rate))

    def end_epoch(self) -> None:
        """Counts an epoch. No step may be under way."""
        check(capi.ascribe_ledger_builder_end_epoch, self.handle)
