"""What expressions can do that NumPy's arrays can, with the same meaning."""

from __future__ import annotations

import math
import numbers
from ctypes import c_int64
from typing import TYPE_CHECKING, Any, Optional, Sequence, Tuple, Union

from . import capi

if TYPE_CHECKING:
    from ._graph import Node

Axes = Union[int, Sequence[int], None]
Operand = Union["Node", float]


def is_number(value: object) -> bool:
    return isinstance(value, numbers.Real)


def sizes_as(sizes: Sequence[int]) -> Tuple[Any, int]:
    return (c_int64 * len(sizes))(*(size.__index__() for size in sizes)), len(sizes)


class Operators:
    """Operators, axes, shapes and indices of :class:`Node`."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def shape(self) -> Tuple[int, ...]: ...
        def _added(self, function: Any, *arguments: Any) -> "Node": ...

    # ---- one number for each element

    def _unary(self, operation: bytes) -> "Node":
        return self._added(capi.ascribe_graph_unary, operation, self)

    def _with_constant(self, operation: bytes, c: float) -> "Node":
        return self._added(capi.ascribe_graph_with_constant, operation, self, float(c))

    def _binary(self, operation: bytes, other: "Operators") -> "Node":
        return self._added(capi.ascribe_graph_binary, operation, self, other)

    def __add__(self, other: Operand) -> "Node":
        if isinstance(other, Operators):
            return self._binary(b"add", other)
        return self._with_constant(b"shift", other) if is_number(other) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other: Operand) -> "Node":
        if isinstance(other, Operators):
            return self._binary(b"sub", other)
        return self._with_constant(b"shift", -other) if is_number(other) else NotImplemented

    def __rsub__(self, other: float) -> "Node":
        return (-self)._with_constant(b"shift", other) if is_number(other) else NotImplemented

    def __mul__(self, other: Operand) -> "Node":
        if isinstance(other, Operators):
            return self._binary(b"mul", other)
        return self._with_constant(b"scale", other) if is_number(other) else NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, other: Operand) -> "Node":
        if isinstance(other, Operators):
            return self._binary(b"div", other)
        return self._with_constant(b"scale", 1 / other) if is_number(other) else NotImplemented

    def __rtruediv__(self, other: float) -> "Node":
        return (self**-1)._with_constant(b"scale", other) if is_number(other) else NotImplemented

    def __pow__(self, other: Operand) -> "Node":
        if isinstance(other, Operators):
            return (self._unary(b"log") * other)._unary(b"exp")
        if not is_number(other):
            return NotImplemented
        return self._binary(b"mul", self) if other == 2 else self._with_constant(b"power", other)

    def __rpow__(self, other: float) -> "Node":
        return (self * math.log(other))._unary(b"exp") if is_number(other) else NotImplemented

    def __neg__(self) -> "Node":
        return self._unary(b"neg")

    def __pos__(self) -> "Node":
        return self  # type: ignore[return-value]

    def __abs__(self) -> "Node":
        return self._unary(b"abs")

    def __matmul__(self, other: "Node") -> "Node":
        """Products of vectors and matrices, as of NumPy's arrays; for other axes there is `ascribe.ops.einsum`."""
        if not isinstance(other, Operators):
            return NotImplemented
        specs = {(1, 1): b"d,d->", (2, 1): b"ij,j->i", (1, 2): b"i,ij->j", (2, 2): b"ij,jk->ik"}
        spec = specs.get((self.ndim, other.ndim))
        if spec is None:
            raise ValueError(f"@ of expressions of shapes {self.shape} and {other.shape}, expected vectors or matrices: see ops.einsum")
        return self._added(capi.ascribe_graph_einsum, spec, self, other, 0)

    def __bool__(self) -> bool:
        raise TypeError("an expression has no truth value: its numbers are known when data are given")

    # ---- axes and shapes

    @property
    def ndim(self) -> int:
        """The number of axes of one example's value."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements of one example's value."""
        return math.prod(self.shape)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("an expression without axes has no length")
        return self.shape[0]

    def _axis(self, axis: int, last: Optional[int] = None) -> int:
        """An axis as the library counts; negative ones count from the end."""
        count = self.ndim if last is None else last
        if not -count <= axis < count:
            raise ValueError(f"axis is {axis} and the expression has shape {self.shape}, expected one of its axes")
        return axis % count

    def _along(self, operation: bytes, axis: int) -> "Node":
        return self._added(capi.ascribe_graph_along_axis, operation, self, self._axis(axis))

    def _reduced(self, operation: bytes, axis: Axes, keepdims: bool) -> "Node":
        """Applies what removes an axis to all given at once, as one axis: not all of it can be done one after the other."""
        shape = self.shape
        axes = range(len(shape)) if axis is None else [axis] if isinstance(axis, int) else axis
        gone = sorted({self._axis(one) for one in axes})
        rest = [one for one in range(len(shape)) if one not in gone]
        found: Any = self
        if len(gone) > 1 or not shape:
            found = found.transpose(*rest, *gone) if rest else found
            found = found.reshape(*(shape[one] for one in rest), math.prod(shape[one] for one in gone))
            gone_at = len(rest)
        else:
            gone_at = gone[0]
        found = found._along(operation, gone_at)
        if keepdims:
            found = found.reshape(*(1 if one in gone else shape[one] for one in range(len(shape))))
        return found  # type: ignore[no-any-return]

    def sum(self, axis: Axes = None, keepdims: bool = False) -> "Node":
        """The sum of all elements of each example's value, or along axes."""
        return self._unary(b"sum_all") if axis is None and not keepdims else self._reduced(b"sum", axis, keepdims)

    def mean(self, axis: Axes = None, keepdims: bool = False) -> "Node":
        """The mean of all elements of each example's value, or along axes."""
        total = self.sum(axis, keepdims)
        return total / (self.size / max(total.size, 1))

    def max(self, axis: Axes = None, keepdims: bool = False) -> "Node":
        """The largest element; of several that are equal the first has all of the derivative."""
        return self._reduced(b"max", axis, keepdims)

    def reshape(self, *sizes: int) -> "Node":
        """The same elements in another shape; one size may be -1."""
        if -1 in sizes:
            known = -math.prod(sizes)
            sizes = tuple(self.size // max(known, 1) if size == -1 else size for size in sizes)
        return self._added(capi.ascribe_graph_reshape, self, *sizes_as(sizes))

    def transpose(self, *axes: int) -> "Node":
        """The axes in another order; in the opposite one without any."""
        order = [self._axis(axis) for axis in axes] if axes else range(self.ndim)[::-1]
        return self._added(capi.ascribe_graph_permute, self, *sizes_as(list(order)))

    @property
    def T(self) -> "Node":
        """The axes in the opposite order."""
        return self.transpose()

    def __getitem__(self, index: Any) -> "Node":
        """Places along axes: a number, which removes the axis, a slice without step, `...` or `None`; or rows of a table, one for each
        of the ids of an expression: `table[ids]`.
        """
        if isinstance(index, Operators):
            return self._added(capi.ascribe_graph_gather, b"rows", self, index)
        places = list(index) if isinstance(index, tuple) else [index]
        named = sum(place is not None and place is not Ellipsis for place in places)
        if named > self.ndim or sum(place is Ellipsis for place in places) > 1:
            raise IndexError(f"{named} places in an expression of shape {self.shape}")
        if not any(place is Ellipsis for place in places):
            places.append(Ellipsis)
        at = next(i for i, place in enumerate(places) if place is Ellipsis)
        places[at : at + 1] = [slice(None)] * (self.ndim - named)
        found: Any = self
        sizes = []
        axis = 0
        for place in places:
            if place is None:
                sizes.append(1)
                continue
            count = self.shape[axis]
            if isinstance(place, slice):
                start, stop, step = place.indices(count)
                if step != 1 or stop <= start:
                    raise IndexError(f"index {place} in an expression of shape {self.shape}, expected places one after the other")
                sizes.append(stop - start)
            else:
                start = place.__index__()
                if not -count <= start < count:
                    raise IndexError(f"index {start} of axis {axis} in an expression of shape {self.shape}")
                start %= count
                stop = start + 1
            if (start, stop) != (0, count):
                found = found._added(capi.ascribe_graph_resize, b"slice", found, axis, start, stop - start)
            axis += 1
        return found if tuple(sizes) == found.shape else found.reshape(*sizes)  # type: ignore[no-any-return]

    def __iter__(self) -> Any:
        return (self[place] for place in range(len(self)))
