"""
    Graph()

Where the expressions of a model are built: from [`parameter`](@ref)s, [`input`](@ref)s, [`indices`](@ref) and
[`constant`](@ref)s, by operators, to a scalar loss of which [`Model`](@ref) is made.

    g = Graph()
    users, items = parameter(g, "users", 30, 4), parameter(g, "items", 20, 4)
    user, item, rating = indices(g, "user"), indices(g, "item"), input(g, "rating")
    loss = 0.5 * (sum(users[user, :] .* items[item, :]) - rating)^2

An expression is *shared* (parameters, constants, and what is made of them) or has a value for *each example* (inputs,
ids, and what is made of them); the axis of the examples is never written. Sizes, broadcasting, `reshape`, `sum(x;
dims)` and the like mean what they mean for Julia's arrays; axes count from 1. Needs exclusive access while
expressions are added.
"""
mutable struct Graph <: AnyGraph
    handle::Ptr{ascribe_graph}
    Graph() = finalizer(release!, new(created(ascribe_graph_new, ascribe_graph)))
end

Graph(f::Function) = with(f, Graph())

"""
An expression of a [`Graph`](@ref), which it keeps alive. `size`, `ndims` and `length` are those of one example's value.
"""
struct Node
    graph::Graph
    number::ascribe_node
end

"The node that `call(graph, node, error)` writes."
function added(call, graph::Graph)
    number = Ref{ascribe_node}(0)
    check(error -> call(graph, number, error))
    return Node(graph, number[])
end

checked_sizes(sizes) = Int64[size for size in sizes]

"""
    parameter(graph, name, sizes...)

Adds a parameter, which training changes: without sizes a number, with one a vector (or table of numbers), with two a
matrix (or a table of rows).
"""
parameter(graph::Graph, name::AbstractString, sizes::Integer...) = added(graph) do g, node, error
    ascribe_graph_parameter(g, name, checked_sizes(sizes), length(sizes), node, error)
end

"    input(graph, name, sizes...)\n\nAdds numbers that every example has its own of."
input(graph::Graph, name::AbstractString, sizes::Integer...) = added(graph) do g, node, error
    ascribe_graph_input(g, name, checked_sizes(sizes), length(sizes), node, error)
end

"""
    indices(graph, name, sizes...)

Adds ids that every example has its own of: of rows, see [`gatherrows`](@ref), or of classes, see [`gather`](@ref). They count
from 1 in the data.
"""
indices(graph::Graph, name::AbstractString, sizes::Integer...) = added(graph) do g, node, error
    ascribe_graph_indices(g, name, checked_sizes(sizes), length(sizes), node, error)
end

"    constant(graph, value, sizes...)\n\nAdds a shared value that is the same number everywhere."
constant(graph::Graph, value::Real, sizes::Integer...) = added(graph) do g, node, error
    ascribe_graph_fill(g, Float64(value), checked_sizes(sizes), length(sizes), node, error)
end

function Base.size(x::Node)
    rank = Ref{Csize_t}(0)
    check(error -> ascribe_graph_shape(x.graph, x.number, Ptr{Int64}(C_NULL), 0, rank, error))
    sizes = Vector{Int64}(undef, rank[])
    rank[] == 0 || check(error -> ascribe_graph_shape(x.graph, x.number, sizes, rank[], rank, error))
    return Tuple(Int.(sizes))
end
Base.size(x::Node, axis::Integer) = axis > ndims(x) ? 1 : size(x)[axis]
Base.ndims(x::Node) = length(size(x))
Base.length(x::Node) = prod(size(x))
Base.axes(x::Node) = map(Base.OneTo, size(x))
Base.axes(x::Node, axis::Integer) = Base.OneTo(size(x, axis))
Base.lastindex(x::Node) = length(x)
Base.lastindex(x::Node, axis::Integer) = size(x, axis)

"An axis of `x` as the library counts."
function checked_axis(x::Node, axis::Integer, last::Integer=ndims(x))
    1 <= axis <= last || throw(DimensionMismatch("axis $axis of an expression of size $(size(x))"))
    return Int64(axis - 1)
end

function same_graph(nodes::Node...)
    all(node -> node.graph === nodes[1].graph, nodes) ||
        throw(ArgumentError("these expressions are of different graphs"))
    return nodes[1].graph
end

"""
    own!(parameter, ids)

Says that an example owns the row of `parameter` that `ids` (one id for each example) names: what the example's own
steps of training change in it is written in the ledger, which explanation by rollback needs.
"""
function own!(parameter::Node, ids::Node)
    graph = same_graph(parameter, ids)
    check(error -> ascribe_graph_own(graph, parameter.number, ids.number, error))
    return parameter
end

"""
    functional!(name, x)

Names an expression with one number for each example, that models of this graph can predict and explain. `"loss"` is
always there.
"""
function functional!(name::AbstractString, x::Node)
    check(error -> ascribe_graph_functional(x.graph, name, x.number, error))
    return x
end

"""
    gradient(of, by)

The derivatives of a shared scalar (for example `batchsum(loss)`) by a shared expression, or by each of a vector of
them, as new expressions: derivatives of derivatives are made the same way.
"""
gradient(of::Node, by::Node) = only(gradient(of, [by]))
function gradient(of::Node, by::AbstractVector{Node})
    graph = same_graph(of, by...)
    numbers, found = ascribe_node[node.number for node in by], Vector{ascribe_node}(undef, length(by))
    check(error -> ascribe_graph_gradient(graph, of.number, numbers, length(by), found, error))
    return [Node(graph, number) for number in found]
end

# ---- rows, labels, contractions

"""
    gatherrows(table, ids)

The rows of `table` that `ids` name, of size `(size(ids)..., size(table)[2:end]...)`; also written `table[ids, :]`.
"""
gatherrows(table::Node, ids::Node) = added(same_graph(table, ids)) do g, node, error
    ascribe_graph_gather_rows(g, table.number, ids.number, node, error)
end

"""
    scatterrows(values, ids, rows; batch=false)

The transpose of [`gatherrows`](@ref): a table of `rows` rows, zero but for `values` added at `ids`; one for each example,
or with `batch` one in all.
"""
scatterrows(values::Node, ids::Node, rows::Integer; batch::Bool=false) = added(same_graph(values, ids)) do g, node, error
    batch ? ascribe_graph_scatter_over_batch(g, values.number, ids.number, Int64(rows), node, error) :
            ascribe_graph_scatter_rows(g, values.number, ids.number, Int64(rows), node, error)
end

"""
    gather(x, ids)

One element of the last axis of `x` by its label: the size of `ids` is that of `x` without its last axis.
"""
gather(x::Node, ids::Node) = added(same_graph(x, ids)) do g, node, error
    ascribe_graph_gather(g, x.number, ids.number, node, error)
end

"""
    scatter(x, ids, size)

The transpose of [`gather`](@ref): a last axis of `size` places, zero but for each element at its label.
"""
scatter(x::Node, ids::Node, size::Integer) = added(same_graph(x, ids)) do g, node, error
    ascribe_graph_scatter(g, x.number, ids.number, Int64(size), node, error)
end

"""
    einsum(spec, a, b; batch=false)

A sum of products over the axes that do not occur in the result, as in `"ij,j->i"` for a matrix times a vector. With
`batch` it is summed over the examples too.
"""
einsum(spec::AbstractString, a::Node, b::Node; batch::Bool=false) = added(same_graph(a, b)) do g, node, error
    batch ? ascribe_graph_contract_over_batch(g, spec, a.number, b.number, node, error) :
            ascribe_graph_einsum(g, spec, a.number, b.number, node, error)
end

"    batchsum(x)\n\nThe sum over the examples, which is shared."
batchsum(x::Node) = added((g, node, error) -> ascribe_graph_batch_sum(g, x.number, node, error), x.graph)

"    broadcastbatch(x)\n\nA shared value as one that every example has, the transpose of [`batchsum`](@ref)."
broadcastbatch(x::Node) = added((g, node, error) -> ascribe_graph_broadcast_batch(g, x.number, node, error), x.graph)

# ---- images, of size (height, width, channels)

pair(size::Integer) = (Int64(size), Int64(size))
pair((height, width)::Tuple{Integer,Integer}) = (Int64(height), Int64(width))

"""
    unfold(image, window; stride=1)

The windows of an image `(height, width, channels)`: `(rows, columns, window height, window width, channels)`. Windows
and strides are a side or `(height, width)`.
"""
unfold(image::Node, window; stride=1) = added(image.graph) do g, node, error
    ascribe_graph_unfold(g, image.number, pair(window)..., pair(stride)..., node, error)
end

"""
    fold(windows, size; stride=1)

The image of `size` that overlapping windows sum to, the transpose of [`unfold`](@ref).
"""
fold(windows::Node, size; stride=1) = added(windows.graph) do g, node, error
    ascribe_graph_fold(g, windows.number, pair(size)..., pair(stride)..., node, error)
end

"""
    convolve(image, weights; stride=1, padding=0)

Convolution of an image `(height, width, channels)` with `weights` `(filters, window height, window width, channels)`,
which are not turned round: `(rows, columns, filters)`.
"""
convolve(image::Node, weights::Node; stride=1, padding=0) = added(same_graph(image, weights)) do g, node, error
    ascribe_graph_convolve2d(g, image.number, weights.number, pair(stride)..., pair(padding)..., node, error)
end

"    maxpool(image, window; stride=window)\n\nThe largest element of each window and channel."
maxpool(image::Node, window; stride=window) = added(image.graph) do g, node, error
    ascribe_graph_max_pool2d(g, image.number, pair(window)..., pair(stride)..., node, error)
end

"    averagepool(image, window; stride=window)\n\nThe mean of each window and channel."
averagepool(image::Node, window; stride=window) = added(image.graph) do g, node, error
    ascribe_graph_average_pool2d(g, image.number, pair(window)..., pair(stride)..., node, error)
end
