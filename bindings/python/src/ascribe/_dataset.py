"""Examples to train on, and queries."""

from __future__ import annotations

import os
from ctypes import c_char_p
from typing import Any, Iterator, List, Mapping, Optional, Tuple, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import capi
from ._arrays import classes_of, columns_of, ids_of, lent, numbers_of, places_of, shape_error, vector_of
from ._context import whole
from ._errors import check
from ._handles import Handle, counted, encoded, filled, made, pointer, text
from ._options import Options

__all__ = ["Dataset"]

Path = Union[str, "os.PathLike[str]"]


class Dataset(Handle):
    """Examples to train on, or queries to ask about: rows with or without targets, triples, or the inputs of a graph.

        Dataset(X, y)
        Dataset(frame, "price")
        Dataset({"user": ids, "rating": numbers})
        Dataset.load("table", "iris.csv", task="classes")
        Dataset.from_triples(ids, entities=14, relations=55)

    The library keeps a copy of what it is given. `len(data)` is the number of examples; `data[3]`, `data[-1]`, `data[2:5]`,
    `data[[4, 7]]` and `data[mask]` are datasets of some of them. All methods but :meth:`set_input`, :meth:`set_labels` and
    :meth:`close` may be called from several threads at the same time.

    Args:
        X: examples as rows, n × features: an array, a nested list, a pandas DataFrame with columns of numbers. A vector is one feature.
            Arrays of `float64` and `float32` are read where they lie, other numbers are converted by one copy. Or a mapping of the
            inputs of a graph, by name, see :meth:`set_input`.
        y: what is to be predicted, for each row: **floating-point numbers are numbers, integers are classes counted from 0, bools are
            two classes**. Or the name of the column of `X` that has it.
        classes: how many classes there are, where the integers in `y` do not have all of them.

    Raises:
        TypeError, ValueError: for arrays of another kind or shape, naming the argument.
    """

    _type, _free = capi.ascribe_dataset, capi.ascribe_dataset_free
    _columns: Optional[Tuple[str, ...]] = None

    def __init__(
        self, X: Union[ArrayLike, Mapping[str, ArrayLike]], y: Union[ArrayLike, str, None] = None, *, classes: Optional[int] = None
    ) -> None:
        if isinstance(X, Mapping):
            if y is not None or classes is not None:
                raise TypeError("y and classes are of rows, and X is a mapping of inputs of a graph")
            self._of_inputs(X)
        else:
            self._of_rows(X, y, classes)

    def _of_rows(self, X: Any, y: Any, classes: Optional[int]) -> None:
        if isinstance(y, str):
            if columns_of(X) is None or y not in X.columns:
                raise ValueError(f"y is {y!r}, expected numbers, classes or the name of a column of X")
            X, y = X[[column for column in X.columns if column != y]], X[y]
        rows = lent(X, "X")
        labels = None
        targets: "Optional[NDArray[np.float64]]" = None
        if y is not None:
            found = np.asarray(y)
            kind = getattr(getattr(y, "dtype", None), "kind", "O")
            if found.dtype == object and kind in "iub" and hasattr(y, "to_numpy"):
                # Whole numbers and bools of pandas that may lack values are classes as others are, where none is lacking.
                if y.isna().any():
                    raise ValueError("y has missing values, expected a class for each row of X")
                found = y.to_numpy(dtype=np.bool_ if kind == "b" else np.int64)
            if found.ndim == 2 and found.shape[1] == 1:
                found = found[:, 0]
            if len(found.shape) != 1 or len(found) != rows.struct.rows:
                raise shape_error("y", found, f"({rows.struct.rows},), a value for each row of X")
            if found.dtype.kind in "iub":
                labels = classes_of(found, "y")
            else:
                targets = vector_of(y, "y")
        if classes is not None and labels is None:
            raise ValueError(f"classes is {classes} and y has none: only whole numbers (and bools) are classes")
        function = rows.of(capi.ascribe_dataset_from_matrix, capi.ascribe_dataset_from_matrix_f32)
        given = (None, 0) if targets is None else (pointer(targets), len(targets))
        self._own(made(Dataset, function, rows.handle, *given))
        self._columns = columns_of(X)
        if labels is not None:
            try:
                self.set_labels(labels, classes=2 if classes is None and found.dtype.kind == "b" else classes)
            except BaseException:
                self.close()
                raise

    def _of_inputs(self, inputs: Mapping[str, Any]) -> None:
        if not inputs:
            raise ValueError("X is an empty mapping, expected the inputs of a graph by name")
        arrays = {name: np.asarray(values) for name, values in inputs.items()}
        counts = {name: array.shape[0] if array.ndim else 0 for name, array in arrays.items()}
        first = next(iter(counts))
        for name, count in counts.items():
            if count != counts[first]:
                raise ValueError(f"input {name!r} has {count} examples and input {first!r} has {counts[first]}, expected as many")
        self._own(made(Dataset, capi.ascribe_dataset_new, counts[first]))
        try:
            for name in arrays:
                self.set_input(name, inputs[name])
        except BaseException:
            self.close()
            raise

    @classmethod
    def load(cls, format: str, *paths: Path, **options: Any) -> "Dataset":
        """Reads a dataset from files; one whose name ends in `.gz` is compressed.

        Args:
            format: "triples" (a folder, or up to three files of head, relation and tail between tabs: train, valid, test), "table"
                (CSV whose first line has the columns' names; columns of text become indicators), "images" (images, and their labels,
                in the format of MNIST), "npy" (features, and labels, or one `.npz` of both), "messages" (lines of class, tab, text).
            options: those of `ascribe.options(format)` and, but for triples, of `ascribe.options("select")`.
        """
        with Options(options) as given:
            return cls._adopt(made(cls, capi.ascribe_dataset_load, encoded(format, "format"), *listed(paths), given.handle))

    def load_like(self, *paths: Path) -> "Dataset":
        """Reads files as those of this dataset were read: the same columns, scaling and classes. For data to test on."""
        return self._adopt(made(Dataset, capi.ascribe_dataset_load_like, self.handle, *listed(paths)))

    @classmethod
    def from_triples(cls, triples: ArrayLike, *, entities: int, relations: int) -> "Dataset":
        """Makes a dataset of triples by ids, n × 3 whole numbers: head, relation and tail, which count from 0."""
        ids = ids_of(triples, "triples")
        ids = ids.reshape(0, 3) if ids.size == 0 else ids
        if ids.ndim != 2 or ids.shape[1] != 3:
            raise shape_error("triples", ids, "(triples, 3): head, relation and tail of each")
        sizes = whole(entities, "entities", 0, 2**32), whole(relations, "relations", 0, 2**32)
        return cls._adopt(made(cls, capi.ascribe_dataset_from_triples, pointer(ids), len(ids), *sizes))

    def set_input(self, name: str, values: ArrayLike) -> None:
        """Feeds an input of a model's graph. Needs exclusive access to the dataset.

        Args:
            name: the input's name in the graph.
            values: the first axis is that of the examples, the others are the input's own. Whole numbers are ids or labels, which count
                from 0; everything else is numbers, which are read where they lie for up to two axes.
        """
        key, array = encoded(name, "name"), np.asarray(values)
        if array.ndim == 0:
            raise shape_error(f"input {name!r}", array, "a first axis with the examples")
        if array.dtype.kind in "iu":
            ids = ids_of(array.reshape(len(array), -1), f"input {name!r}")
            check(capi.ascribe_dataset_set_ids, self.handle, key, pointer(ids), *ids.shape)
            return
        numbers = numbers_of(values, f"input {name!r}")
        x = lent(numbers.reshape(len(numbers), -1) if numbers.ndim > 2 else numbers, f"input {name!r}")
        check(x.of(capi.ascribe_dataset_set_numbers, capi.ascribe_dataset_set_numbers_f32), self.handle, key, x.handle)

    def set_labels(self, labels: ArrayLike, *, classes: Optional[int] = None) -> None:
        """Gives every row a class, counted from 0. Classes that have names keep them where there are as many. Needs exclusive access to
        the dataset.

        Args:
            labels: a whole number for each row.
            classes: how many classes there are; as many as now, or as `labels` name, without.
        """
        found = classes_of(labels, "labels")
        if classes is None:
            classes = max(self.classes, int(found.max()) + 1 if len(found) else 0)
        classes = whole(classes, "classes", 0, 2**32)
        check(capi.ascribe_dataset_set_labels, self.handle, pointer(found), len(found), classes)

    def __len__(self) -> int:
        return int(capi.ascribe_dataset_len(self.handle))

    def __getitem__(self, examples: Union[int, slice, ArrayLike]) -> "Dataset":
        count = len(self)
        if isinstance(examples, slice):
            examples = np.arange(count)[examples]
        places = places_of(np.atleast_1d(np.asarray(examples)), "the index", count)
        return self._like(made(Dataset, capi.ascribe_dataset_select, self.handle, pointer(places), len(places)))

    def __iter__(self) -> Iterator["Dataset"]:
        return (self[example] for example in range(len(self)))

    def _like(self, handle: Any) -> "Dataset":
        found = self._adopt(handle)
        found._columns = self._columns
        return found

    def part(self, which: str) -> "Dataset":
        """Another part of triples that were read together: "train", "valid" or "test"."""
        return self._like(made(Dataset, capi.ascribe_dataset_part, self.handle, encoded(which, "which")))

    def query(self, head: str, relation: str, tail: str) -> "Dataset":
        """A dataset of one triple given by names, to ask about. It need not be among those of this dataset.

        Raises:
            NotFoundError: a LookupError, for a name that is not known, with the nearest ones.
        """
        names = encoded(head, "head"), encoded(relation, "relation"), encoded(tail, "tail")
        return self._adopt(made(Dataset, capi.ascribe_dataset_query, self.handle, *names))

    def describe(self, example: int) -> str:
        """An example in words: "burma treaties usa", "row 17: target 3"."""
        place = places_of([example], "example", len(self))
        return text(capi.ascribe_dataset_describe, self.handle, int(place[0]))

    @property
    def triples(self) -> "NDArray[np.int64]":
        """The ids of all triples, n × 3: head, relation and tail."""
        return filled((len(self), 3), capi.ascribe_dataset_triples, self.handle, dtype=np.uint32).astype(np.int64)

    @property
    def features(self) -> int:
        """How many numbers a row has; 0 for examples that are no rows."""
        return int(capi.ascribe_dataset_features(self.handle))

    @property
    def columns(self) -> Optional[Tuple[str, ...]]:
        """The names of the features, where the dataset was made of a table that has them; None elsewhere, also once it was saved with a
        model and loaded again.
        """
        return self._columns

    @property
    def classes(self) -> int:
        """How many classes there are; 0 where targets are numbers or absent."""
        return int(capi.ascribe_dataset_classes(self.handle))

    @property
    def class_names(self) -> List[str]:
        """The names of the classes, in their order."""
        return [text(capi.ascribe_dataset_class_name, self.handle, label) for label in range(self.classes)]

    @property
    def labels(self) -> "NDArray[np.int64]":
        """The class of every row, counted from 0."""
        return filled((len(self),), capi.ascribe_dataset_labels, self.handle, dtype=np.uint32).astype(np.int64)

    @property
    def targets(self) -> "NDArray[np.float64]":
        """The number of every row that is to be predicted."""
        return filled((len(self),), capi.ascribe_dataset_targets, self.handle)

    def _in_words(self) -> str:
        if self.features == 0:
            return counted(len(self), "example")
        rows = f"{counted(len(self), 'row')} of {counted(self.features, 'feature')}"
        return rows + (f", {counted(self.classes, 'class', 'classes')}" if self.classes else "")


def listed(paths: Tuple[Path, ...]) -> Tuple[Any, int]:
    """A list of paths for the library, and how many there are."""
    return (c_char_p * len(paths))(*(encoded(path, "a path") for path in paths)), len(paths)
