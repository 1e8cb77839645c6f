"""The ways to write what is asked about."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Iterator, Tuple, Union

import numpy as np
from numpy.typing import ArrayLike

from ._arrays import columns_of
from ._dataset import Dataset

if TYPE_CHECKING:
    from ._model import Model

__all__ = ["Query", "asking"]

Query = Union[Dataset, ArrayLike, Tuple[str, str, str], Tuple[ArrayLike, ArrayLike]]


@contextmanager
def asking(model: "Model", queries: Query) -> Iterator[Dataset]:
    """The examples to ask about: a dataset as it is, and otherwise one that is made for the question and closed after it."""
    if isinstance(queries, Dataset):
        yield queries
        return
    with asked(model, queries) as data:
        yield data


def asked(model: "Model", queries: Any) -> Dataset:
    if isinstance(queries, str):
        raise TypeError(f"a query is {queries!r}, expected a Dataset, (head, relation, tail), x or (x, y)")
    if isinstance(queries, tuple) and len(queries) == 3 and all(isinstance(name, str) for name in queries):
        with model.data as data:
            return data.query(*queries)
    of_triples = model._of_triples
    if of_triples is not None:
        entities, relations = of_triples
        return Dataset.from_triples(np.atleast_2d(np.asarray(queries)), entities=entities, relations=relations)
    if isinstance(queries, tuple) and len(queries) == 2 and np.ndim(queries[0]) in (1, 2):
        x, y = queries
        if np.ndim(x) == 1:
            x, y = one_row(x), np.atleast_1d(np.asarray(y))
        classes = max(model.outputs, 2) if np.asarray(y).dtype.kind in "iu" else None
        return Dataset(model._in_order(x), y, classes=classes)
    if np.ndim(queries) in (1, 2):
        return Dataset(model._in_order(one_row(queries) if np.ndim(queries) == 1 else queries))
    raise TypeError(f"a query is of type {type(queries).__name__}, expected a Dataset, (head, relation, tail), x or (x, y)")


def one_row(x: Any) -> Any:
    """A vector as a matrix of one row; a row of a DataFrame keeps the names of its columns."""
    names = getattr(x, "index", None)
    if hasattr(x, "to_frame") and names is not None:
        return x.to_frame().T
    return np.asarray(x)[np.newaxis]


def in_order(x: Any, columns: Any) -> Any:
    """A table with the columns that a model was made with, in their order; arrays without names are taken as they are."""
    names = columns_of(x)
    if columns is None or names is None or names == columns:
        return x
    missing = [name for name in columns if name not in names]
    if missing:
        raise ValueError(f"X lacks the columns {missing}, which the model was made with")
    return x[[x.columns[names.index(name)] for name in columns]]
