"""What may be asked of a trained model, which is the same for a model and for an attributor made of it."""

from __future__ import annotations

from ctypes import POINTER, byref, c_size_t
from typing import TYPE_CHECKING, Any, Dict, NamedTuple, Optional, Tuple, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import capi
from ._arrays import lent, places_of, shape_error
from ._attribution import Attribution, Scores
from ._context import Cancel, Monitor, OnProgress
from ._dataset import Dataset
from ._errors import check
from ._handles import made, pointer, word
from ._options import Options, divided
from ._queries import Query, asking
from ._what_if import Additions, Changes, Replacements, Weights, WhatIf

if TYPE_CHECKING:
    from ._attributor import Attributor

__all__ = ["Attack", "LeaveOneOut", "Questions"]

Examples = Union[int, slice, ArrayLike]


class LeaveOneOut(NamedTuple):
    """Scores with each example's own curvature taken out."""

    scores: "NDArray[np.float64]"
    """queries × examples."""
    leverages: "NDArray[np.float64]"
    """One for each example. Near 0 they say that this changes little."""


class Attack(NamedTuple):
    """What changing the inputs of training examples can do."""

    values: "NDArray[np.float64]"
    """The functional, summed over the queries, before the first round and after each."""
    perturbed: Dataset
    """The changed examples, in the order given."""


class Questions:
    """Questions to a :class:`Model` or an :class:`Attributor`; they may be asked from several threads at the same time.

    Arguments that several of them have:

    - `query`, `queries`: a :class:`Dataset`; for triples `(head, relation, tail)` by names, or by ids, or an n × 3 array of ids; for rows
      `x`, `(x, y)`, `X` or `(X, y)`, where whole numbers in y are classes, as in a :class:`Dataset`.
    - `functional`: the number of a query that is explained, by its name. Triples: "probability" of the tail among all, "log-probability",
      "score", and "head-probability" and so on; rows: "loss", "prediction", "probability", "log-probability", "margin", "output";
      graphs: "loss" and those named by :meth:`Node.functional`. The first there is, without.
    - `examples`: training examples, counted from 0: one, several, a slice or a mask.
    - `progress(event)` is called now and then with a :class:`Progress`. If it answers `False`, or `cancel` is requested, the call ends
      with a :class:`CanceledError`; what it raises is raised unchanged; Ctrl-C ends the call when it next reports.
    - Of a model: `method` and options of :class:`Attributor`, and `context`. The attributor that answers is kept with the model until its
      values change or it is closed. An attributor has all this already and takes none of it.
    """

    def _asked(self, options: Dict[str, Any], progress: Optional[OnProgress], cancel: Optional[Cancel]) -> "Attributor":
        """Who answers a question with these options."""
        raise NotImplementedError

    def _options_of(self, table: str, given: Dict[str, Any]) -> Tuple[Dict[str, Any], Dict[str, Any]]:
        """The options of a question itself, and those of who answers."""
        return divided(given, table)

    def explain(
        self, query: Query, *, k: Optional[int] = 10, functional: Optional[str] = None, order: Optional[str] = None,
        progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None, **options: Any,
    ) -> Scores:  # fmt: skip
        """Which training examples a prediction is due to: the first `k`, as a sequence of `(example, score)`.

        A score is the predicted change of the functional if the example were removed and the model trained again, so triples that
        support a probability have negative scores; other methods have other units, see :attr:`Attribution.unit`.

        Args:
            query: one example. Several at once: :meth:`attribution`.
            k: how many; None for all examples, in their order.
            order: "largest" by size, which is what it is without; "positive", the highest first; or "negative", the lowest first.

        Raises:
            ValueError: for several queries.
            NotFoundError, UnsupportedError, NotStationaryError, CurvatureError: with what to do about it.
        """
        with self.attribution(query, functional=functional, progress=progress, cancel=cancel, **options) as answer:
            if len(answer) != 1:
                raise ValueError(f"query has {len(answer)} examples, expected one: attribution takes several")
            return answer.scores() if k is None else answer.top(k=k, order=order)

    def attribution(
        self, queries: Query, *, functional: Optional[str] = None, progress: Optional[OnProgress] = None,
        cancel: Optional[Cancel] = None, **options: Any,
    ) -> Attribution:  # fmt: skip
        """As :meth:`explain`, for any number of queries at once: an :class:`Attribution`."""
        attributor = self._asked(options, progress, cancel)
        with asking(attributor.model, queries) as data, Monitor(progress, cancel) as monitor:
            arguments = (attributor.handle, data.handle, word(functional, "functional"), monitor.handle)
            return Attribution._adopt(made(Attribution, capi.ascribe_attributor_explain, *arguments, monitor=monitor))

    def self_scores(
        self, examples: Optional[Examples] = None, *, k: Optional[int] = None, progress: Optional[OnProgress] = None,
        cancel: Optional[Cancel] = None, **options: Any,
    ) -> Scores:  # fmt: skip
        """How each example's own loss would change if it were removed: large scores are of examples that the others do not support,
        such as wrong labels. All examples in their order, unless some are given; with `k` those of the largest scores, largest first.
        """
        attributor = self._asked(options, progress, cancel)
        places = attributor._examples(slice(None) if examples is None else examples)
        values = np.empty(len(places))
        some = None if examples is None else pointer(places)
        with Monitor(progress, cancel) as monitor:
            arguments = (some, len(places), monitor.handle, pointer(values), len(values))
            check(capi.ascribe_attributor_self, attributor.handle, *arguments, monitor=monitor)
        if k is None:
            return Scores(places, values)
        first = np.argsort(-values, kind="stable")[:k]
        return Scores(places[first], values[first])

    def leave_one_out(
        self, queries: Query, examples: Examples, *, functional: Optional[str] = None, progress: Optional[OnProgress] = None,
        cancel: Optional[Cancel] = None, **options: Any,
    ) -> LeaveOneOut:  # fmt: skip
        """Scores of some examples with the curvature that each of them contributes itself left out as well."""
        attributor = self._asked(options, progress, cancel)
        places = attributor._examples(examples)
        leverages = np.empty(len(places))
        last = (pointer(leverages), len(leverages))
        scores = self._of_examples(
            capi.ascribe_attributor_leave_one_out, attributor, queries, functional, places, Monitor(progress, cancel), *last
        )
        return LeaveOneOut(scores, leverages)

    def error_bounds(
        self, queries: Query, examples: Examples, *, functional: Optional[str] = None, progress: Optional[OnProgress] = None,
        cancel: Optional[Cancel] = None, **options: Any,
    ) -> "NDArray[np.float64]":  # fmt: skip
        """By how much at most the scores of some examples differ from those at the minimum of the objective, because solves are not
        exact, training ended before the minimum, and numbers are rounded; with damping, with another curvature than the Hessian and of a
        model that is not at a minimum, because solves are not exact. queries × examples; NaN where that is not known.
        """
        attributor = self._asked(options, progress, cancel)
        places = attributor._examples(examples)
        return self._of_examples(
            capi.ascribe_attributor_error_bounds, attributor, queries, functional, places, Monitor(progress, cancel)
        )

    def _of_examples(
        self, function: Any, attributor: "Attributor", queries: Query, functional: Optional[str], places: "NDArray[np.uint64]",
        watching: Monitor, *last: Any,
    ) -> "NDArray[np.float64]":  # fmt: skip
        """Numbers for each query and example, which `function(attributor, queries, functional, examples, count, monitor, values,
        capacity, last..., error)` puts."""
        with asking(attributor.model, queries) as data, watching as monitor:
            values = np.empty((len(data), len(places)))
            given = (attributor.handle, data.handle, word(functional, "functional"), pointer(places), len(places), monitor.handle)
            check(function, *given, pointer(values), values.size, *last, monitor=monitor)
            return values

    def input_effects(
        self, queries: Query, examples: Examples, *, functional: Optional[str] = None, input: Optional[str] = None,
        progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None, **options: Any,
    ) -> "NDArray[np.float64]":  # fmt: skip
        """How the functional would change for each unit that a feature of a training example is raised by: queries × examples ×
        features. `input` names one of a graph's inputs, whose numbers are row-major then; without it, the features.
        """
        attributor = self._asked(options, progress, cancel)
        places, width = attributor._examples(examples), c_size_t()
        with asking(attributor.model, queries) as data, Monitor(progress, cancel) as monitor:
            names = word(functional, "functional"), word(input, "input")
            given = (attributor.handle, data.handle, *names, pointer(places), len(places), monitor.handle)
            check(capi.ascribe_attributor_input_effects, *given, None, 0, byref(width), monitor=monitor)
            effects = np.empty((len(data), len(places), width.value))
            last = (pointer(effects), effects.size, byref(width))
            check(capi.ascribe_attributor_input_effects, *given, *last, monitor=monitor)
            return effects

    def products(
        self, directions: ArrayLike, *, progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None, **options: Any
    ) -> "NDArray[np.float64]":
        """The curvature matrix times a vector of :attr:`Model.dimension` numbers, or times each row of a matrix of them: all parameters
        concatenated, each row-major. The matrix is that of the objective, without damping; which one,
        :meth:`Attributor.describe` says. `float64` is read where it lies.
        """
        return self._multiplied(b"curvature", directions, progress, cancel, options)

    def inverse_products(
        self, directions: ArrayLike, *, progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None, **options: Any
    ) -> "NDArray[np.float64]":
        """The inverse of curvature and damping, times vectors as in :meth:`products`."""
        return self._multiplied(b"inverse", directions, progress, cancel, options)

    def _multiplied(
        self, by: bytes, directions: Any, progress: Optional[OnProgress], cancel: Optional[Cancel], options: Dict[str, Any]
    ) -> "NDArray[np.float64]":
        attributor = self._asked(options, progress, cancel)
        array, dimension = np.asarray(directions), attributor.model.dimension
        if array.ndim not in (1, 2) or array.shape[-1] != dimension:
            raise shape_error("directions", array, f"({dimension},) or (directions, {dimension})")
        rows = lent(array[np.newaxis] if array.ndim == 1 else array, "directions", wide=True)
        found = np.empty(array.shape)
        with Monitor(progress, cancel) as monitor:
            given = (by, rows.handle, monitor.handle, pointer(found), found.size)
            check(capi.ascribe_attributor_products, attributor.handle, *given, monitor=monitor)
        return found

    def what_if(
        self, queries: Query, *, remove: Examples = (), reweight: Weights = (), replace: Replacements = (), add: Additions = (),
        functional: Optional[str] = None, progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None, **options: Any,
    ) -> WhatIf:  # fmt: skip
        """What the functional would be at every query after changes of the training data, all of them together.

        The answer climbs levels, each more exact and more costly, up to the option `until` or until the estimated error is below
        `target_error`: `ascribe.options("what-if")`. Rollback knows removals and one level, replay also weights.

        Args:
            remove: an example, or several.
            reweight: the new weight of examples, as a mapping or pairs; weights are 1 before.
            replace: a dataset of one in place of an example, as a mapping or pairs.
            add: a dataset, whose examples have weight 1, or a pair of one and its weight, or several of these.
        """
        own, others = self._options_of("what-if", options)
        attributor = self._asked(others, progress, cancel)
        changes = Changes(len(attributor))
        changes.remove(attributor._examples(remove))
        changes.reweight(reweight)
        changes.replace(replace)
        changes.add(add)
        with asking(attributor.model, queries) as data, Options(own) as bag, Monitor(progress, cancel) as monitor:
            given = (attributor.handle, data.handle, word(functional, "functional"), *changes.array(), bag.handle, monitor.handle)
            answer = WhatIf._adopt(made(WhatIf, capi.ascribe_attributor_what_if, *given, monitor=monitor))
        answer._dimension = attributor.model.dimension
        return answer

    def attack(
        self, queries: Query, examples: Examples, *, functional: Optional[str] = None, input: Optional[str] = None,
        progress: Optional[OnProgress] = None, cancel: Optional[Cancel] = None, **options: Any,
    ) -> Attack:  # fmt: skip
        """Changes the features (or another `input`) of some training examples, step by step, so that the functional rises as far as it
        can after training again. Options are those of `ascribe.options("attack")`.
        """
        own, others = self._options_of("attack", options)
        attributor = self._asked(others, progress, cancel)
        places, count = attributor._examples(examples), c_size_t()
        with asking(attributor.model, queries) as data, Options(own) as bag, Monitor(progress, cancel) as monitor:
            names = word(functional, "functional"), word(input, "input")
            given = (attributor.handle, data.handle, *names, pointer(places), len(places), bag.handle, monitor.handle)
            nothing = POINTER(capi.ascribe_dataset)()
            check(capi.ascribe_attributor_attack, *given, None, 0, byref(count), byref(nothing), monitor=monitor)
            values = np.empty(count.value)
            last = (pointer(values), len(values), byref(count))
            perturbed = made(Dataset, capi.ascribe_attributor_attack, *given, *last, monitor=monitor)
        return Attack(values, Dataset._adopt(perturbed))
