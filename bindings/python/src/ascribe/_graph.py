"""Models of one's own: graphs, and the expressions that they are built of."""

from __future__ import annotations

from ctypes import byref
from typing import Any, Optional, Sequence, Tuple, Union, overload

from . import capi
from ._errors import check
from ._handles import Handle, encoded, made, sizes_of
from ._operators import Operators, sizes_as

__all__ = ["Graph", "Node"]


class Graph(Handle):
    """Where the expressions of a model are built: from parameters, inputs, ids and constants, by operators, to a scalar loss of which
    :meth:`Model.custom` makes a model.

        g = Graph()
        users, items = g.parameter("users", 30, 4), g.parameter("items", 20, 4)
        user, item, rating = g.indices("user"), g.indices("item"), g.input("rating")
        loss = 0.5 * ((users[user] * items[item]).sum() - rating) ** 2

    An expression is *shared* (parameters, constants, and what is made of them) or has a value for *each example* (inputs, ids, and what
    is made of them); the axis of the examples is never written. Shapes, broadcasting, axes and indexing mean what they mean for NumPy's
    arrays. Needs exclusive access while expressions are added.
    """

    _type, _free = capi.ascribe_graph, capi.ascribe_graph_free

    def __init__(self) -> None:
        self._own(made(Graph, capi.ascribe_graph_new))

    def parameter(self, name: str, *sizes: int) -> "Node":
        """Adds a parameter, which training changes: without sizes a number, with two a table of rows."""
        return self._leaf("parameter", name, sizes)

    def input(self, name: str, *sizes: int) -> "Node":
        """Adds numbers that every example has its own of."""
        return self._leaf("input", name, sizes)

    def indices(self, name: str, *sizes: int) -> "Node":
        """Adds ids that every example has its own of, counted from 0: of rows of a table, or of classes."""
        return self._leaf("indices", name, sizes)

    def constant(self, value: float, *sizes: int) -> "Node":
        """Adds a shared value that is the same number everywhere."""
        return self._added(capi.ascribe_graph_fill, float(value), *sizes_as(sizes))

    def _leaf(self, kind: str, name: str, sizes: Tuple[int, ...]) -> "Node":
        return self._added(capi.ascribe_graph_leaf, kind.encode(), encoded(name, "name"), *sizes_as(sizes))

    def _added(self, function: Any, *arguments: Any) -> "Node":
        number = capi.ascribe_node()
        check(function, self.handle, *arguments, byref(number))
        return Node(self, number.value)


class Node(Operators):
    """An expression of a :class:`Graph`, which it keeps alive. Functions of it are operators, methods, and those of `ascribe.ops`."""

    __slots__ = ("graph", "number", "_shape")
    # NumPy leaves `array * node` to the node, which refuses it by name.
    __array_ufunc__ = None

    def __init__(self, graph: Graph, number: int) -> None:
        self.graph, self.number = graph, number
        self._shape: Optional[Tuple[int, ...]] = None

    def _added(self, function: Any, *arguments: Any) -> "Node":
        """The expression that a function of the library adds; expressions among the arguments must be of this graph."""
        return self.graph._added(function, *(self._number_of(one) if isinstance(one, Node) else one for one in arguments))

    def _number_of(self, other: "Node") -> int:
        if other.graph is not self.graph:
            raise ValueError("these expressions are of different graphs, expected those of one")
        return other.number

    @property
    def shape(self) -> Tuple[int, ...]:
        """The sizes of one example's value."""
        if self._shape is None:
            self._shape = sizes_of(capi.ascribe_graph_shape, self.graph.handle, self.number)
        return self._shape

    def own(self, ids: "Node") -> "Node":
        """Says that an example owns the row of this parameter that `ids` (one id for each example) names: what the example's own steps
        of training change in it is written in the ledger, which explanation by rollback needs. Returns the parameter.
        """
        check(capi.ascribe_graph_own, self.graph.handle, self.number, self._number_of(ids))
        return self

    def functional(self, name: str) -> "Node":
        """Names this expression, one number for each example, for models of the graph to explain; "loss" is always there. Returns it."""
        check(capi.ascribe_graph_functional, self.graph.handle, encoded(name, "name"), self.number)
        return self

    @overload
    def gradient(self, by: "Node") -> "Node": ...
    @overload
    def gradient(self, by: Sequence["Node"]) -> "list[Node]": ...
    def gradient(self, by: "Union[Node, Sequence[Node]]") -> "Union[Node, list[Node]]":
        """The derivatives of this scalar by a shared expression, or by each of several, as new expressions: derivatives of derivatives
        are made the same way. Of one number for each example it is the sum over all examples.
        """
        if isinstance(by, Node):
            return self.gradient([by])[0]
        numbers = (capi.ascribe_node * len(by))(*(self._number_of(one) for one in by))
        found = (capi.ascribe_node * len(by))()
        check(capi.ascribe_graph_gradient, self.graph.handle, self.number, numbers, len(by), found)
        return [Node(self.graph, number) for number in found]

    def __repr__(self) -> str:
        return f"Node(%{self.number})" if self.graph.closed else f"Node(%{self.number} of shape {self.shape})"
