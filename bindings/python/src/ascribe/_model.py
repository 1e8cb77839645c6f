"""Models: made, trained, asked, saved."""

from __future__ import annotations

import json
import math
import threading
import weakref
from ctypes import c_size_t
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import capi
from ._arrays import lent, numbers_of, places_of, shape_error
from ._attributor import Attributor
from ._context import Cancel, Context, Monitor, OnProgress, context_handle, whole
from ._dataset import Dataset, Path
from ._errors import check
from ._graph import Node
from ._handles import Handle, counted, encoded, filled, made, number, pointer, result, sizes_of, text, word
from ._options import Options, divided, written
from ._queries import Query, asking, in_order
from ._questions import Questions
from ._training import Ledger, LedgerBuilder, Training

__all__ = ["Model", "Parameter", "Ranking", "inspect"]


class Parameter(NamedTuple):
    """A parameter: an array, or a table of rows."""

    name: str
    shape: Tuple[int, ...]


class Ranking(NamedTuple):
    """How a model ranks true triples among all candidates."""

    mean_reciprocal_rank: float
    """The mean of one over the rank."""
    hits_at_1: float
    """The share of queries whose rank is 1."""
    hits_at_3: float
    """The share of queries whose rank is at most 3."""
    hits_at_10: float
    """The share of queries whose rank is at most 10."""
    queries: int
    """The number of queries: two for each triple."""


class Model(Questions, Handle):
    """A model, which says what its predictions are due to once it is trained.

        model = Model("logistic", X, y, l2=0.01)              # rows of X; trains at once
        model.explain((x, label), k=5)                        # the examples that its loss for x is due to

    :meth:`fit` and what changes values need exclusive access to the model; everything else may be called from several threads at the
    same time. All questions are described at :class:`Questions`.

    Args:
        kind: "distmult", "complex" or "transe" for triples; "linear", "logistic", "softmax", "hinge", "squared-hinge", "mlp" or "cnn" for rows.
            A graph becomes a model by :meth:`custom`.
        data: a :class:`Dataset`, which says sizes and is not kept; the model is not trained yet. Or the rows of a matrix or DataFrame:
            then the model is trained at once on them and `y`, as in :class:`Dataset`.
        classes: how many classes there are, where `y` does not have all.
        context: where this model is trained and asked, unless another is given.
        progress, cancel: of the training, see :class:`Questions`.
        options: those of `ascribe.options("triples")` or `ascribe.options("network")`; where it trains, also those of
            `ascribe.options("training")`. Layers are a list like `[("conv", 8, 5), "tanh", ("max", 2), ("dense", 32)]`.
    """

    _type, _free = capi.ascribe_model, capi.ascribe_model_free

    def __init__(
        self, kind: str, data: Union[Dataset, ArrayLike], y: Union[ArrayLike, str, None] = None, *, classes: Optional[int] = None,
        context: Optional[Context] = None, progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None, **options: Any,
    ) -> None:  # fmt: skip
        if isinstance(data, Dataset):
            if y is not None or classes is not None or progress is not None or cancel is not None:
                raise TypeError("y, classes, progress and cancel are of a model that is made of arrays, and data is a Dataset: see fit")
            self._of_data(kind, data, context, options)
            return
        if y is None:
            raise TypeError("y is missing: a model that is made of arrays is trained at once")
        of_training, others = divided(options, "training", but="network")
        with Dataset(data, y, classes=classes) as examples:
            self._of_data(kind, examples, context, others)
            try:
                self.fit(examples, progress=progress, cancel=cancel, **of_training)
            except BaseException:
                self.close()
                raise

    def _of_data(self, kind: str, data: Dataset, context: Optional[Context], options: Dict[str, Any]) -> None:
        with Options(options) as given:
            where = context_handle(context)
            handle = made(Model, capi.ascribe_model_new, where, encoded(kind, "kind"), data.handle, given.handle)
        self._began(handle, context, data.columns)

    def _began(self, handle: Any, context: Optional[Context], columns: Optional[Tuple[str, ...]]) -> None:
        self._own(handle)
        self.context = context
        """Where the model is trained and asked, unless another context is given."""
        self._columns = columns
        self._attributors: Dict[Any, Attributor] = {}
        self._lock = threading.RLock()
        self._parameters: Optional[List[Parameter]] = None

    @classmethod
    def _made(cls, handle: Any, context: Optional[Context] = None, columns: Optional[Tuple[str, ...]] = None) -> "Model":
        model = cls.__new__(cls)
        model._began(handle, context, columns)
        return model

    @classmethod
    def custom(
        cls, loss: Node, *, penalty: Optional[Node] = None, outputs: Optional[Node] = None, context: Optional[Context] = None,
        **options: Any,
    ) -> "Model":  # fmt: skip
        """Makes a model of a graph, which is kept as it is now: training minimizes the mean of the loss over the examples, plus the
        penalty.

        Args:
            loss: one number for each example.
            penalty: a shared number that is added to the loss of every example.
            outputs: what the loss depends on the parameters through, for Gauss-Newton curvature and leverage.
            options: those of `ascribe.options("custom")`.
        """
        numbers = (capi.ASCRIBE_NO_NODE if node is None else loss._number_of(node) for node in (loss, penalty, outputs))
        with Options(options) as given:
            where = context_handle(context)
            return cls._made(made(cls, capi.ascribe_model_custom, where, loss.graph.handle, *numbers, given.handle), context)

    def close(self) -> None:
        self._forget()
        super().close()

    def _forget(self) -> None:
        """Closes what was made for values that the model has no longer, which needs exclusive access to it."""
        if not self.closed:
            with self._lock:
                for attributor in self._attributors.values():
                    attributor.close()
                self._attributors.clear()

    def copy(self) -> "Model":
        """Another model with the same values, data and ledger; they are shared until one of the two changes."""
        return self._made(made(Model, capi.ascribe_model_clone, self.handle), self.context, self._columns)

    __copy__ = copy

    def __deepcopy__(self, memo: Any) -> "Model":
        return self.copy()

    def describe(self) -> Dict[str, Any]:
        """What the model is, its options, how it was trained, and its data."""
        found: Dict[str, Any] = json.loads(text(capi.ascribe_model_describe, self.handle))
        return found

    # ---- training

    def fit(
        self, data: Dataset, *, progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None, context: Optional[Context] = None,
        **options: Any,
    ) -> "Model":  # fmt: skip
        """Trains the model, from the values it has, and returns it. Afterwards it has the data and, unless `ledger=False` and where there
        can be one, a ledger. A training that fails or is canceled leaves the model as it was; to stop early and keep the values use a
        :class:`Trainer`. Needs exclusive access to the model.

        Args:
            options: those of `ascribe.options("training")`.

        Raises:
            NotConvergedError, NotFiniteError: where the training diverges, with the learning rate.
        """
        with Options(options) as given, Monitor(progress, cancel) as monitor:
            self._forget()
            where = context_handle(context or self.context)
            arguments = (where, data.handle, given.handle, monitor.handle)
            check(capi.ascribe_model_fit, self.handle, *arguments, monitor=monitor)
        self._columns = data.columns
        return self

    def set_data(
        self, data: Dataset, *, progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None, context: Optional[Context] = None,
        **options: Any,
    ) -> "Model":  # fmt: skip
        """Says that the values are those that a training elsewhere ended at, on `data`, and returns the model. It is then explained,
        saved and changed as one that was trained here, as far as that needs no step of the training. Nothing is moved;
        :attr:`training` says whether the values are a minimum, where there is one to be. Set the values first, with
        :meth:`set_parameter`; a ledger is dropped. Needs exclusive access to the model.

        Args:
            options: of `ascribe.options("training")` only `optimizer` and `gradient_tolerance`.
        """
        with Options(options) as given, Monitor(progress, cancel) as monitor:
            self._forget()
            where = context_handle(context or self.context)
            arguments = (where, data.handle, given.handle, monitor.handle)
            check(capi.ascribe_model_set_data, self.handle, *arguments, monitor=monitor)
        self._columns = data.columns
        return self

    def set_ledger(self, builder: LedgerBuilder) -> "Model":
        """Gives the model the ledger that was recorded while its values were trained elsewhere, with the data it was begun for, and
        returns the model. Set the values first: other values drop it. Needs exclusive access to the model.
        """
        self._forget()
        check(capi.ascribe_model_set_ledger, self.handle, builder.handle)
        self._columns = builder._columns
        return self

    @property
    def training(self) -> Training:
        """How the last training went."""
        return result(Training, capi.ascribe_training, capi.ascribe_model_training, self.handle)

    @property
    def data(self) -> Dataset:
        """The data that the model was trained on; a new dataset each time."""
        data = Dataset._adopt(made(Dataset, capi.ascribe_model_data, self.handle))
        data._columns = self._columns
        return data

    @property
    def ledger(self) -> Ledger:
        """The ledger of a model that was trained with one; a new object each time."""
        return Ledger(self)

    def smoothness(
        self, *, progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None, context: Optional[Context] = None
    ) -> float:
        """How smooth the model's training is in the weights of its examples, from -1 to 1, by training three times more: 1 says that
        parameters move steadily with the weights, so that derivatives can predict removal; near 0 the training is chaotic, and no
        attribution predicts it. Of models that were trained by steps of an optimizer alone.
        """
        with Monitor(progress, cancel) as monitor:
            where = context_handle(context or self.context)
            return number(capi.ascribe_model_smoothness, self.handle, where, monitor.handle, monitor=monitor)

    def calibrate(
        self, removals: int, *, progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None, context: Optional[Context] = None
    ) -> "Model":
        """Measures what "rollback" predicts of triples by removing so many examples, each by a training without it, and returns the
        model, which keeps the result until it is trained again: :meth:`Attributor.describe` has it as "calibration", with a "verdict",
        after the first explanation. Needs exclusive access to the model.
        """
        with Monitor(progress, cancel) as monitor:
            count = whole(removals, "removals", 0, 2**63)
            self._forget()
            where = context_handle(context or self.context)
            check(capi.ascribe_model_calibrate, self.handle, where, count, monitor.handle, monitor=monitor)
        return self

    # ---- parameters

    @property
    def dimension(self) -> int:
        """p: how many numbers all parameters have together."""
        return int(capi.ascribe_model_dimension(self.handle))

    @property
    def outputs(self) -> int:
        """How many numbers a model of rows predicts for a row; 0 for other models."""
        return int(capi.ascribe_model_outputs(self.handle))

    @property
    def parameters(self) -> List[Parameter]:
        """Names and shapes of the parameters."""
        handle = self.handle
        if self._parameters is None:
            # They never change, and the library writes the model's graph anew to say a name.
            name, shape = capi.ascribe_model_parameter_name, capi.ascribe_model_parameter_shape
            places = range(capi.ascribe_model_parameters(handle))
            self._parameters = [Parameter(text(name, handle, place), sizes_of(shape, handle, place)) for place in places]
        return list(self._parameters)

    def _place(self, parameter: Union[str, int]) -> int:
        known = self.parameters
        if isinstance(parameter, str):
            for place, one in enumerate(known):
                if one.name == parameter:
                    return place
            raise KeyError(f"no parameter {parameter!r}; there are {', '.join(repr(one.name) for one in known)}")
        if not -len(known) <= parameter < len(known):
            raise IndexError(f"parameter is {parameter} and the model has {len(known)}, which count from 0")
        return parameter % len(known)

    @property
    def _of_triples(self) -> Optional[Tuple[int, int]]:
        """How many entities and relations a model of triples has."""
        shapes = {parameter.name: parameter.shape for parameter in self.parameters}
        if self.outputs == 0 and "entities" in shapes and "relations" in shapes:
            return shapes["entities"][0], shapes["relations"][0]
        return None

    def parameter(self, parameter: Union[str, int]) -> "NDArray[np.float64]":
        """The values of a parameter, given by its name or place, as an array of its shape."""
        place = self._place(parameter)
        shape = self.parameters[place].shape
        return filled((math.prod(shape),), capi.ascribe_model_parameter, self.handle, place).reshape(shape)

    def set_parameter(self, parameter: Union[str, int], values: ArrayLike) -> None:
        """Gives a parameter values, an array of its shape. Drops data and ledger of a training, which belong to the values before. Needs
        exclusive access to the model.
        """
        place, array = self._place(parameter), numbers_of(values, "values")
        shape = self.parameters[place].shape
        if array.shape != shape:
            raise shape_error("values", array, f"{shape}, that of parameter {self.parameters[place].name!r}")
        flat = np.ascontiguousarray(array, dtype=np.float64).reshape(-1)
        self._forget()
        check(capi.ascribe_model_set_parameter, self.handle, place, pointer(flat), flat.size)

    # ---- predictions

    def _in_order(self, x: Any) -> Any:
        return in_order(x, self._columns)

    def predict(self, X: ArrayLike, *, context: Optional[Context] = None) -> "NDArray[np.float64]":
        """What a model of rows predicts for the rows of X: rows × :attr:`outputs`. Arrays of `float64` and `float32` are read where they
        lie. Of a DataFrame the columns are taken by their names where the model was made of one.
        """
        rows = lent(self._in_order(X), "X")
        function = rows.of(capi.ascribe_model_predict, capi.ascribe_model_predict_f32)
        where = context_handle(context or self.context)
        return filled((rows.struct.rows, self.outputs), function, self.handle, where, rows.handle)

    def evaluate(self, queries: Query, *, functional: Optional[str] = None, context: Optional[Context] = None) -> "NDArray[np.float64]":
        """The functional at every query."""
        where, name = context_handle(context or self.context), word(functional, "functional")
        with asking(self, queries) as data:
            return filled((len(data),), capi.ascribe_model_evaluate, self.handle, where, data.handle, name)

    def ranking(self, known: Dataset, queries: Dataset, *, context: Optional[Context] = None) -> Ranking:
        """How well triples are predicted: each is ranked among all tails and all heads, passing over those that make another true
        triple, of any part of `known`.
        """
        arguments = (self.handle, context_handle(context or self.context), known.handle, queries.handle)
        return result(Ranking, capi.ascribe_ranking, capi.ascribe_model_ranking, *arguments)

    def retraining_changes(
        self, queries: Query, examples: Any, *, functional: Optional[str] = None, progress: Optional[OnProgress] = None,
        cancel: Optional[Cancel] = None, context: Optional[Context] = None,
    ) -> "NDArray[np.float64]":  # fmt: skip
        """The true change of the functional at every query when examples are removed and the model is trained again, with everything else
        as it was: removals × queries. NaN where there is no minimum without the examples, or it was not reached.

        Args:
            examples: an example, several of them, each removed alone, or a list of lists, whose examples are removed together. As many
                trainings as there are removals.
        """
        with self.data as trained:
            count = len(trained)
        if isinstance(examples, slice):
            examples = np.arange(count)[examples]
        sets = list(examples) if isinstance(examples, Iterable) else [examples]
        places = [places_of(np.atleast_1d(np.asarray(one)), "examples", count) for one in sets]
        flat = np.concatenate([np.empty(0, dtype=np.uint64), *places])
        offsets = (c_size_t * (len(sets) + 1))(0, *np.cumsum([len(one) for one in places]).tolist())
        where, name = context_handle(context or self.context), word(functional, "functional")
        with asking(self, queries) as data, Monitor(progress, cancel) as monitor:
            given = (where, self.handle, data.handle, name, pointer(flat), offsets, len(sets), monitor.handle)
            return filled((len(sets), len(data)), capi.ascribe_retraining_changes, *given, monitor=monitor)

    # ---- attribution

    def _asked(self, options: Dict[str, Any], progress: Optional[OnProgress], cancel: Optional[Cancel]) -> Attributor:
        self.handle
        options = dict(options)
        method, context, data = options.pop("method", None), options.pop("context", None) or self.context, options.pop("data", None)
        if data is not None:
            # Other examples may change from question to question.
            return Attributor(self, method, data=data, context=context, progress=progress, cancel=cancel, **options)
        given = sorted((name, written(value, name)) for name, value in options.items() if value is not None)
        # With the context itself, so that no other takes its place.
        key = (method, context, tuple(given))
        with self._lock:
            if key not in self._attributors:
                attributor = Attributor(self, method, context=context, progress=progress, cancel=cancel, **options)
                # It lives no longer than the model, which is to be collected as soon as nobody has it.
                attributor._model = weakref.ref(self)
                self._attributors[key] = attributor
            return self._attributors[key]

    def plan(
        self, *, data: Optional[Dataset] = None, progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None,
        context: Optional[Context] = None, **options: Any,
    ) -> Dict[str, Any]:  # fmt: skip
        """Which solver of "influence" would be chosen and why, and what each would cost. Solves nothing. Options are those of
        `ascribe.options("influence")`.
        """
        where = context_handle(context or self.context)
        with Options(options) as given, Monitor(progress, cancel) as monitor:
            arguments = (where, self.handle, None if data is None else data.handle, given.handle, monitor.handle)
            found: Dict[str, Any] = json.loads(text(capi.ascribe_attributor_plan, *arguments, monitor=monitor))
            return found

    # ---- files

    def save(self, folder: Path) -> None:
        """Writes the model, with its data and ledger, to a folder, which is replaced as a whole or not at all."""
        check(capi.ascribe_model_save, self.handle, encoded(folder, "folder"))

    @classmethod
    def load(cls, folder: Path, *, context: Optional[Context] = None) -> "Model":
        """Reads a model that :meth:`save` or the command line wrote, unless it is of a graph: see :meth:`restore`. Every byte is
        checked.
        """
        return cls._made(made(cls, capi.ascribe_model_load, encoded(folder, "folder")), context)

    def restore(self, folder: Path) -> "Model":
        """Reads what :meth:`save` wrote into a model made of the same graph, and returns it. Needs exclusive access to the model."""
        self._forget()
        check(capi.ascribe_model_restore, self.handle, encoded(folder, "folder"))
        return self

    def _in_words(self) -> str:
        return f"{counted(len(self.parameters), 'parameter')} of {counted(self.dimension, 'number')}"


def inspect(folder: Path) -> Dict[str, Any]:
    """What a model that :meth:`Model.save` wrote is, as :meth:`Model.describe` says, without reading its arrays."""
    found: Dict[str, Any] = json.loads(text(capi.ascribe_model_inspect, encoded(folder, "folder")))
    return found
