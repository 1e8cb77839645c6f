"""Arrays lent to the library, without a copy wherever its views of memory can describe them.

What is taken: anything that NumPy makes an array of, by the buffer protocol, `__array__` or as nested lists. Arrays of `float64` and
`float32` with up to two axes are read where they lie, whatever their strides are, as long as these are not negative. Everything else
that holds real numbers is converted to `float64` by one copy.
"""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_float
from typing import Any, NamedTuple, Optional, Tuple

import numpy as np
from numpy.typing import NDArray

from . import capi

__all__ = ["Lent", "classes_of", "columns_of", "ids_of", "lent", "numbers_of", "places_of", "vector_of"]


class Lent(NamedTuple):
    """A matrix as the library sees it, and the array that its memory belongs to, which must be kept during the call."""

    struct: Any
    single: bool
    owner: "NDArray[Any]"

    @property
    def handle(self) -> Any:
        return byref(self.struct)

    def of(self, wide: Any, single: Any) -> Any:
        """One of two functions of the library, by what was lent."""
        return single if self.single else wide


def refused_column(frame: Any, name: str) -> Optional[str]:
    """Why a table cannot be taken as numbers, if it has columns with types of their own, as those of pandas have."""
    types = getattr(frame, "dtypes", None)
    if types is None or not hasattr(frame, "columns"):
        return None
    for column, dtype in zip(frame.columns, types):
        if getattr(dtype, "kind", "f") not in "fiub":
            return (
                f"column {column!r} of {name} has dtype {dtype}, expected numbers: encode it, for example by pandas.get_dummies; "
                "Dataset.load('table', path) makes indicators of text by itself"
            )
    return None


def refuse_masked(values: Any, name: str) -> None:
    """What is masked would come back as the number beneath."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise TypeError(f"{name} has masked values, expected all of them: {name}.filled(...) says what stands in their place")


def numbers_of(values: Any, name: str) -> "NDArray[Any]":
    """An array of `float64` or `float32` in this machine's byte order, copied only where it was neither."""
    if hasattr(values, "toarray"):
        raise TypeError(f"{name} is a sparse {type(values).__name__}, expected a dense array: {name}.toarray() makes one")
    refused = refused_column(values, name)
    if refused is not None:
        raise TypeError(refused)
    refuse_masked(values, name)
    array = np.asarray(values)
    if array.dtype == object and hasattr(values, "to_numpy"):
        # Columns of pandas that are numbers and bools, or may lack values, have only `object` in common.
        try:
            array = values.to_numpy(dtype=np.float64, na_value=np.nan)
        except (TypeError, ValueError):
            pass
    if array.dtype.kind not in "fiub":
        hint = ""
        if array.dtype.kind in "OUS":
            classes = "; np.unique(..., return_inverse=True) gives names and numbers of classes"
            hint = classes if array.ndim == 1 else "; missing values are NaN"
        raise TypeError(f"{name} has dtype {array.dtype}, expected real numbers{hint}")
    if array.dtype in (np.float64, np.float32):
        return array
    return array.astype(np.float64)


def shape_error(name: str, array: "NDArray[Any]", expected: str) -> ValueError:
    return ValueError(f"{name} has shape {array.shape}, expected {expected}")


def lent(values: Any, name: str, wide: bool = False) -> Lent:
    """Lends a matrix whose rows are examples; a vector is a column. With `wide` as `float64` only, for functions that take nothing
    else.
    """
    array = numbers_of(values, name)
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2:
        raise shape_error(name, array, "(rows, columns)")
    if wide:
        array = np.asarray(array, dtype=np.float64)
    strides = tuple(stride // array.itemsize for stride in array.strides)
    misfit = any(stride % array.itemsize for stride in array.strides) or not array.flags.aligned
    # The library walks forwards only, and repeats nothing.
    if misfit or any(stride <= 0 and size > 1 for stride, size in zip(strides, array.shape)):
        array = np.array(array, order="C")
        strides = tuple(stride // array.itemsize for stride in array.strides)
    strides = tuple(stride if size > 1 else 1 for stride, size in zip(strides, array.shape))
    single = array.dtype == np.float32
    struct, number = (capi.ascribe_matrix_f32, c_float) if single else (capi.ascribe_matrix, c_double)
    data = array.ctypes.data_as(POINTER(number))
    return Lent(struct(data, array.shape[0], array.shape[1], *strides), single, array)


def vector_of(values: Any, name: str, count: Optional[int] = None) -> "NDArray[np.float64]":
    """A contiguous vector of `float64`, copied only where it was something else; a column counts as one."""
    array = numbers_of(values, name)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1 or count is not None and len(array) != count:
        raise shape_error(name, array, "one axis" if count is None else f"({count},)")
    return np.ascontiguousarray(array, dtype=np.float64)


def integers(values: Any, name: str, dtype: Any) -> "NDArray[Any]":
    """An array of whole numbers that fit an unsigned type of the library."""
    refuse_masked(values, name)
    array = np.asarray(values)
    if array.size == 0 and array.dtype.kind == "f":
        array = array.astype(np.int64)
    if array.dtype.kind not in "iub":
        raise TypeError(f"{name} has dtype {array.dtype}, expected whole numbers")
    last = np.iinfo(dtype).max
    if array.size:
        least, most = int(array.min()), int(array.max())
        if least < 0 or most > last:
            raise ValueError(f"{name} has {least if least < 0 else most}, expected numbers from 0 to {last}")
    return np.ascontiguousarray(array, dtype=dtype)


def ids_of(values: Any, name: str) -> "NDArray[np.uint32]":
    return integers(values, name, np.uint32)


def classes_of(values: Any, name: str) -> "NDArray[np.uint32]":
    """A class for each row, counted from 0."""
    array = integers(values, name, np.uint32)
    if array.ndim != 1:
        raise shape_error(name, array, "one axis")
    return array


def places_of(examples: Any, name: str, count: int) -> "NDArray[np.uint64]":
    """Examples by their places, as an index of NumPy has them: counted from 0, or from the end where negative, or a mask."""
    array = np.asarray(examples)
    if array.dtype == np.bool_:
        if array.shape != (count,):
            raise IndexError(f"{name} is a mask of shape {array.shape} for {count} examples")
        array = np.flatnonzero(array)
    if array.size == 0:
        array = array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} has dtype {array.dtype}, expected examples, which are whole numbers")
    if array.ndim != 1:
        raise shape_error(name, array, "one axis")
    if array.size and (int(array.max()) >= count or int(array.min()) < -count):
        wrong = array.max() if int(array.max()) >= count else array.min()
        raise IndexError(f"{name} has example {wrong} of {count}, which count from 0")
    if array.dtype.kind == "i":
        array = np.where(array < 0, array + count, array)
    return np.ascontiguousarray(array, dtype=np.uint64)


def columns_of(values: Any) -> Optional[Tuple[str, ...]]:
    """The names of the columns of a table, where it has names; of a pandas DataFrame, but not of a Series."""
    columns = getattr(values, "columns", None)
    if columns is None or not hasattr(values, "__getitem__"):
        return None
    return tuple(str(column) for column in columns)
