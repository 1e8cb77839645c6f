"""
    Graph()

Where the expressions of a model are built: from [`parameter`](@ref)s, [`input`](@ref)s, [`indices`](@ref) and [`constant`](@ref)s, by
operators, to a scalar loss of which [`Model`](@ref) is made.

    g = Graph()
    users, items = parameter(g, "users", 30, 4), parameter(g, "items", 20, 4)
    user, item, rating = indices(g, "user"), indices(g, "item"), input(g, "rating")
    loss = 0.5 * (sum(users[user, :] .* items[item, :]) - rating)^2

An expression is *shared* (parameters, constants, and what is made of them) or has a value for *each example* (inputs, ids, and what is
made of them); the axis of the examples is never written. Sizes, broadcasting, `reshape`, `sum(x; dims)` and the like mean what they
mean for Julia's arrays; axes count from 1. Needs exclusive access while expressions are added.
"""
mutable struct Graph <: Handle
    handle::Ptr{ascribe_graph}
    Graph() = finalizer(release!, new(created(ascribe_graph_new, ascribe_graph)))
end

"An expression of a [`Graph`](@ref), which it keeps alive. `size`, `ndims` and `length` are those of one example's value."
struct Node
    graph::Graph
    number::ascribe_node
end

"The expression that the function `c` of the library adds: `c(graph, arguments..., node, error)`, where expressions are numbers."
function added(c, graph::Graph, arguments...)
    number = Ref{ascribe_node}(0)
    check(error -> c(graph, map(numbered, arguments)..., number, error))
    return Node(graph, number[])
end
added(c, x::Node, arguments...) = added(c, same_graph(x, arguments...), x, arguments...)
added(c, text::AbstractString, x::Node, arguments...) = added(c, same_graph(x, arguments...), text, x, arguments...)

numbered(x::Node) = x.number
numbered(x) = x

"The graph of expressions, which are all of one."
same_graph(x::Node, others...) = same_graph(x.graph, others...)
same_graph(graph::Graph, others...) = all(other -> !(other isa Node) || other.graph === graph, others) ? graph :
    throw(ArgumentError("these expressions are of different graphs"))

checked_sizes(sizes) = Int64[size for size in sizes]

for (name, what) in (
        (:parameter, "a parameter, which training changes: without sizes a number, with two a table of rows"),
        (:input, "numbers that every example has its own of"),
        (:indices, "ids that every example has its own of, from 1 in the data: of rows ([`gatherrows`](@ref)) or classes"))
    @eval @doc $("    $name(graph, name, sizes...)\n\nAdds $what.") $name(graph::Graph, name::AbstractString, sizes::Integer...) =
        added(ascribe_graph_leaf, graph, $(string(name)), name, checked_sizes(sizes), length(sizes))
end

"    constant(graph, value, sizes...)\n\nAdds a shared value that is the same number everywhere."
constant(graph::Graph, value::Real, sizes::Integer...) = added(ascribe_graph_fill, graph, value, checked_sizes(sizes), length(sizes))

Base.size(x::Node) = shape((sizes...) -> ascribe_graph_shape(x.graph, x.number, sizes...))
Base.size(x::Node, axis::Integer) = axis > ndims(x) ? 1 : size(x)[axis]
Base.ndims(x::Node) = length(size(x))
Base.length(x::Node) = prod(size(x))
Base.axes(x::Node) = map(Base.OneTo, size(x))
Base.axes(x::Node, axis::Integer) = Base.OneTo(size(x, axis))
Base.lastindex(x::Node) = length(x)
Base.lastindex(x::Node, axis::Integer) = size(x, axis)

"An axis of `x` as the library counts."
checked_axis(x::Node, axis::Integer, last::Integer=ndims(x)) = 1 <= axis <= last ? axis - 1 :
    throw(DimensionMismatch("axis $axis of an expression of size $(size(x))"))

"""
    own!(parameter, ids)

Says that an example owns the row of `parameter` that `ids` (one id for each example) names: what the example's own steps of training
change in it is written in the ledger, which explanation by rollback needs.
"""
function own!(parameter::Node, ids::Node)
    check(error -> ascribe_graph_own(same_graph(parameter, ids), parameter.number, ids.number, error))
    return parameter
end

"    functional!(name, x)\n\nNames an expression with one number for each example, for models of this graph to explain. `\"loss\"` is always there."
function functional!(name::AbstractString, x::Node)
    check(error -> ascribe_graph_functional(x.graph, name, x.number, error))
    return x
end

"""
    gradient(of, by)

The derivatives of a shared scalar (for example `batchsum(loss)`) by a shared expression, or by each of a vector of them, as new
expressions: derivatives of derivatives are made the same way.
"""
gradient(of::Node, by::Node) = only(gradient(of, [by]))
function gradient(of::Node, by::AbstractVector{Node})
    graph = same_graph(of, by...)
    numbers, found = ascribe_node[node.number for node in by], Vector{ascribe_node}(undef, length(by))
    check(error -> ascribe_graph_gradient(graph, of.number, numbers, length(by), found, error))
    return [Node(graph, number) for number in found]
end

# ---- rows, labels, contractions

"    gatherrows(table, ids)\n\nThe rows of `table` that `ids` name, of size `(size(ids)..., size(table)[2:end]...)`; also written `table[ids, :]`."
gatherrows(table::Node, ids::Node) = added(ascribe_graph_gather, "rows", table, ids)

"""
    scatterrows(values, ids, rows; batch=false)

The transpose of [`gatherrows`](@ref): a table of `rows` rows, zero but for `values` added at `ids`; one for each example, or with `batch`
one in all.
"""
scatterrows(values::Node, ids::Node, rows::Integer; batch::Bool=false) =
    added(ascribe_graph_scatter, batch ? "rows_over_batch" : "rows", values, ids, rows)

"    gather(x, ids)\n\nOne element of the last axis of `x` by its label: the size of `ids` is that of `x` without its last axis."
gather(x::Node, ids::Node) = added(ascribe_graph_gather, "elements", x, ids)

"    scatter(x, ids, size)\n\nThe transpose of [`gather`](@ref): a last axis of `size` places, zero but for each element at its label."
scatter(x::Node, ids::Node, size::Integer) = added(ascribe_graph_scatter, "elements", x, ids, size)

"""
    einsum(spec, a, b; batch=false)

A sum of products over the axes that do not occur in the result, as in `"ij,j->i"` for a matrix times a vector. With `batch` it is summed
over the examples too.
"""
einsum(spec::AbstractString, a::Node, b::Node; batch::Bool=false) =
    added(ascribe_graph_einsum, spec, a, b, batch)

"    batchsum(x)\n\nThe sum over the examples, which is shared."
batchsum(x::Node) = unary("batch_sum", x)

"    broadcastbatch(x)\n\nA shared value as one that every example has, the transpose of [`batchsum`](@ref)."
broadcastbatch(x::Node) = unary("broadcast_batch", x)

# ---- images, of size (height, width, channels)

pair(size::Integer) = (size, size)
pair(sizes::Tuple{Integer,Integer}) = sizes
windows(operation, x::Node, sizes...) = added(ascribe_graph_windows, operation, x, sizes...)

"""
    unfold(image, window; stride=1)

The windows of an image `(height, width, channels)`: `(rows, columns, window height, window width, channels)`. Windows and strides are a
side or `(height, width)`.
"""
unfold(image::Node, window; stride=1) = windows("unfold", image, pair(window)..., pair(stride)...)

"    fold(patches, size; stride=1)\n\nThe image of `size` that overlapping windows sum to, the transpose of [`unfold`](@ref)."
fold(patches::Node, size; stride=1) = windows("fold", patches, pair(size)..., pair(stride)...)

"""
    convolve(image, weights; stride=1, padding=0)

Convolution of an image `(height, width, channels)` with `weights` `(filters, window height, window width, channels)`, which are not
turned round: `(rows, columns, filters)`.
"""
convolve(image::Node, weights::Node; stride=1, padding=0) =
    added(ascribe_graph_convolve2d, image, weights, pair(stride)..., pair(padding)...)

"    maxpool(image, window; stride=window)\n\nThe largest element of each window and channel."
maxpool(image::Node, window; stride=window) = windows("max_pool2d", image, pair(window)..., pair(stride)...)

"    averagepool(image, window; stride=window)\n\nThe mean of each window and channel."
averagepool(image::Node, window; stride=window) = windows("average_pool2d", image, pair(window)..., pair(stride)...)
