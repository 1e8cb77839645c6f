# What expressions can do that numbers and arrays of Julia can, with the same meaning.

# ---- functions of one number, written `f.(x)`, or `f(x)` where x is one

unary(operation, x::Node) = added(ascribe_graph_unary, operation, x)
with_constant(operation, x::Node, c::Real) = added(ascribe_graph_with_constant, operation, x, c)
along_axis(operation, x::Node, axis) = added(ascribe_graph_along_axis, operation, x, axis)

for name in (:exp, :log, :tanh, :sin, :cos, :abs, :sign, :step)
    @eval Base.$name(x::Node) = elementwise($name, scalar(x, $(string(name))))
    @eval elementwise(::typeof($name), x::Node) = unary($(string(name)), x)
end
for (name, meaning) in pairs((sigmoid="1 / (1 + exp(-x))", softplus="log(1 + exp(x))", relu="the larger of x and 0", erf="the error function",
                              gelu="x times the normal distribution's probability below x", gelu_tanh="`gelu` approximated by `tanh`"))
    @eval @doc $("    $name.(x)\n\nFor expressions: $meaning, for each element.") $name(x::Node) = elementwise($name, scalar(x, $(string(name))))
    @eval elementwise(::typeof($name), x::Node) = unary($(string(name)), x)
end

scalar(x::Node, name) = ndims(x) == 0 ? x :
    throw(DimensionMismatch("$name of an expression of size $(size(x)): write $name.(x) for each element"))

negated(x::Node) = unary("neg", x)
scaled(x::Node, by::Real) = with_constant("scale", x, by)
shifted(x::Node, by::Real) = with_constant("shift", x, by)
raised(x::Node, by::Real) = with_constant("power", x, by)

elementwise(::Union{typeof(identity),typeof(+)}, x::Node) = x
elementwise(::typeof(-), x::Node) = negated(x)
elementwise(::typeof(sqrt), x::Node) = raised(x, 0.5)
elementwise(::typeof(inv), x::Node) = raised(x, -1)
elementwise(::typeof(abs2), x::Node) = elementwise(*, x, x)
elementwise(::typeof(+), x::Node, c::Real) = shifted(x, c)
elementwise(::typeof(-), x::Node, c::Real) = shifted(x, -c)
elementwise(::typeof(-), c::Real, x::Node) = shifted(negated(x), c)
elementwise(::typeof(*), x::Node, c::Real) = scaled(x, c)
elementwise(f::Union{typeof(+),typeof(*)}, c::Real, x::Node) = elementwise(f, x, c)
elementwise(::typeof(/), x::Node, c::Real) = scaled(x, 1 / c)
elementwise(::typeof(/), c::Real, x::Node) = scaled(raised(x, -1), c)
elementwise(::typeof(^), x::Node, c::Real) = raised(x, c)
elementwise(::typeof(^), c::Real, x::Node) = elementwise(exp, scaled(x, log(c)))
elementwise(::typeof(^), x::Node, y::Node) = elementwise(exp, elementwise(*, elementwise(log, x), y))
elementwise(::typeof(Base.literal_pow), ::Any, x::Node, ::Union{Val{n},Ref{Val{n}}}) where {n} =
    n == 2 ? elementwise(*, x, x) : raised(x, n)

for (operator, word) in (:+ => "add", :- => "sub", :* => "mul", :/ => "div")
    @eval elementwise(::typeof($operator), a::Node, b::Node) = (same_graph(a, b); added(ascribe_graph_binary, $word, level(a, b)...))
end

elementwise(f::Union{typeof(+),typeof(*)}, a, b, c, more...) = elementwise(f, elementwise(f, a, b), c, more...)
elementwise(f, arguments...) = throw(ArgumentError(
    "no function `$f` of " * join((a isa Node ? "an expression" : "a $(typeof(a))" for a in arguments), ", ", " and ") *
    (any(a -> a isa AbstractArray, arguments) ? ": arrays come into a graph as inputs or parameters" : "")))

# Julia lines up the first axes of what it broadcasts and the library the last: the shorter gets axes of one at its end.
function level(a::Node, b::Node)
    m, n = size(a), size(b)
    (isempty(m) || isempty(n)) && return a, b
    return with_axis(a, length(n)), with_axis(b, length(m))
end
with_axis(x::Node, axis) = ndims(x) >= axis ? x : resized(x, (size(x)..., ntuple(_ -> 1, axis - ndims(x))...))

struct NodeStyle <: Base.Broadcast.BroadcastStyle end
Base.Broadcast.BroadcastStyle(::Type{Node}) = NodeStyle()
Base.Broadcast.BroadcastStyle(style::NodeStyle, ::Base.Broadcast.BroadcastStyle) = style
Base.Broadcast.broadcastable(x::Node) = x
# At once rather than lazily: an expression is a few bytes.
Base.Broadcast.broadcasted(::NodeStyle, f, arguments...) = elementwise(f, map(ready, arguments)...)
ready(x) = x
ready(x::Base.RefValue) = x[]
ready(x::Base.Broadcast.Broadcasted) = Base.materialize(x)

# ---- operators without a dot

alike(operator, a::Node, b::Node) = size(a) == size(b) ? elementwise(operator, a, b) : throw(DimensionMismatch(
    "`$operator` of expressions of sizes $(size(a)) and $(size(b)): write `.$operator` to broadcast"))

for name in (:+, :-)
    @eval Base.$name(x::Node) = elementwise($name, x)
    @eval Base.$name(a::Node, b::Node) = alike($name, a, b)
    @eval Base.$name(x::Node, c::Real) = elementwise($name, scalar(x, "x $($name) $c"), c)
    @eval Base.$name(c::Real, x::Node) = elementwise($name, c, scalar(x, "$c $($name) x"))
end
Base.:*(x::Node, c::Real) = scaled(x, c)
Base.:*(c::Real, x::Node) = scaled(x, c)
Base.:/(x::Node, c::Real) = scaled(x, 1 / c)
Base.:/(c::Real, x::Node) = elementwise(/, c, scalar(x, "$c / x"))
Base.:^(x::Node, c::Real) = raised(scalar(x, "x^$c"), c)
Base.:^(x::Node, c::Integer) = c == 2 ? elementwise(*, scalar(x, "x^2"), x) : raised(scalar(x, "x^$c"), c)
Base.:^(x::Node, y::Node) = elementwise(^, scalar(x, "x^y"), scalar(y, "x^y"))
for name in (:sqrt, :inv, :abs2)
    @eval Base.$name(x::Node) = elementwise($name, scalar(x, $(string(name))))
end

"Products of matrices and vectors, and of anything by one number."
function Base.:*(a::Node, b::Node)
    m, n = ndims(a), ndims(b)
    (m == 0 || n == 0) && return elementwise(*, a, b)
    (m, n) == (2, 1) && return einsum("ij,j->i", a, b)
    (m, n) == (2, 2) && return einsum("ij,jk->ik", a, b)
    throw(DimensionMismatch("`*` of expressions of sizes $(size(a)) and $(size(b)): write `.*`, or `einsum`"))
end

Base.:/(a::Node, b::Node) = ndims(b) == 0 ? elementwise(/, a, b) :
    throw(DimensionMismatch("`/` by an expression of size $(size(b)): write `./`"))

# ---- along axes

"Applies what removes an axis to each of `dims`, and keeps them with size one as Julia does; all axes give a scalar."
reduced(operation, x::Node, ::Colon) = ndims(x) == 0 ? x : along_axis(operation, resized(x, (length(x),)), 0)
function reduced(operation, x::Node, dims)
    all(axis -> axis isa Integer, dims) || throw(ArgumentError("dims = $dims: axes are expected"))
    axes, sizes = sort!(unique(collect(dims))), size(x)
    foreach(axis -> checked_axis(x, axis), axes)
    # One axis of all that are reduced, for what cannot be done one after the other.
    others = setdiff(1:length(sizes), axes)
    length(axes) > 1 && (x = resized(permutedims(x, (others..., axes...)), (sizes[others]..., prod(sizes[axes]))))
    x = along_axis(operation, x, length(axes) > 1 ? length(others) : only(axes) - 1)
    return resized(x, ntuple(axis -> axis in axes ? 1 : sizes[axis], length(sizes)))
end

"    sum(x; dims=:)\n    sum(f, x; dims=:)\n\nThe sum of all elements of an expression, or along axes, which stay with size one."
Base.sum(x::Node; dims=:) = dims === Colon() ? unary("sum_all", x) : reduced("sum", x, dims)
Base.sum(f, x::Node; dims=:) = sum(elementwise(f, x); dims=dims)

"    maximum(x; dims=:)\n\nThe largest element of an expression; of equal ones the first has all of the derivative."
Base.maximum(x::Node; dims=:) = reduced("max", x, dims)

"    logsumexp(x; dims=:)\n\n`log(sum(exp.(x)))` without overflow."
logsumexp(x::Node; dims=:) = reduced("log_sum_exp", x, dims)

"    softmax(x; dims)\n\n`exp.(x) ./ sum(exp.(x); dims)` without overflow; a vector needs no `dims`."
softmax(x::Node; dims::Integer=only_axis(x)) = along_axis("softmax", x, checked_axis(x, dims))

"    argmaxmask(x; dims)\n\n1 at the first largest place along an axis and 0 elsewhere; its derivative is zero."
argmaxmask(x::Node; dims::Integer=only_axis(x)) = along_axis("argmax_mask", x, checked_axis(x, dims))

only_axis(x::Node) = ndims(x) == 1 ? 1 : throw(ArgumentError("dims is needed for an expression of size $(size(x))"))

"    expand(x, axis, size)\n\nRepeats `x` along a new axis, which stands at place `axis` of the result."
expand(x::Node, axis::Integer, size::Integer) = added(ascribe_graph_expand, x, checked_axis(x, axis, ndims(x) + 1), size)

"    pad(x, axis, start, size)\n\nZeros around `x`, so that `axis` has `size` places and `x` begins at place `start`."
pad(x::Node, axis::Integer, start::Integer, size::Integer) =
    added(ascribe_graph_resize, "pad", x, checked_axis(x, axis), start - 1, size)

# ---- shapes

"The same elements in the library's order, the last axis first to change; Julia's too where axes of one come or go."
resized(x::Node, sizes) = size(x) == sizes ? x : added(ascribe_graph_reshape, x, checked_sizes(sizes), length(sizes))

"    reshape(x, sizes...)\n\nThe same elements in another shape, the first axis first to change as in Julia's arrays; one size may be `:`."
function Base.reshape(x::Node, sizes::Tuple{Vararg{Union{Integer,Colon}}})
    known = prod(Int[size for size in sizes if size isa Integer])
    sizes = map(size -> size isa Integer ? Int(size) : length(x) ÷ max(known, 1), sizes)
    prod(sizes) == length(x) || throw(DimensionMismatch("size $(size(x)) cannot become size $sizes"))
    squeezed(sizes) = filter(!=(1), sizes)
    squeezed(size(x)) == squeezed(sizes) && return resized(x, sizes)
    return turned_round(resized(turned_round(x), reverse(sizes)))
end
Base.reshape(x::Node, sizes::Union{Integer,Colon}...) = reshape(x, sizes)
Base.vec(x::Node) = reshape(x, :)
turned_round(x::Node) = ndims(x) < 2 ? x : permutedims(x, ndims(x):-1:1)

"    dropdims(x; dims)\n\nThe expression without axes of size one."
function Base.dropdims(x::Node; dims)
    foreach(axis -> checked_axis(x, axis), dims)
    all(axis -> size(x, axis) == 1, dims) || throw(ArgumentError("dims = $dims of an expression of size $(size(x)): sizes of one are expected"))
    return resized(x, Tuple(size(x, axis) for axis in 1:ndims(x) if !(axis in dims)))
end

"    permutedims(x, order)\n\nThe axes in another order."
Base.permutedims(x::Node, order) =
    added(ascribe_graph_permute, x, Int64[checked_axis(x, axis) for axis in order], length(order))
Base.permutedims(x::Node) = ndims(x) == 1 ? resized(x, (1, length(x))) : permutedims(x, (2, 1))
Base.transpose(x::Node) = permutedims(x)
Base.adjoint(x::Node) = permutedims(x)

"    cat(a, b, ...; dims)\n\nExpressions concatenated along an axis; `[a; b]` and `[a b]` are along the first and second."
Base.cat(a::Node, others::Node...; dims::Integer) = reduce(others; init=a) do x, y
    same_graph(x, y)
    added(ascribe_graph_concatenate, level(with_axis(x, dims), with_axis(y, dims))..., dims - 1)
end
Base.vcat(a::Node, others::Node...) = cat(a, others...; dims=1)
Base.hcat(a::Node, others::Node...) = cat(a, others...; dims=2)

"""
    x[places...]
    table[ids, :]

Places along every axis: `:`, a range, or a number, which removes the axis. With ids first, rows of a table: [`gatherrows`](@ref).
"""
function Base.getindex(x::Node, places::Union{Colon,AbstractUnitRange{<:Integer},Integer}...)
    length(places) == ndims(x) || throw(DimensionMismatch("$(length(places)) places in an expression of size $(size(x))"))
    sizes = size(x)
    for (axis, place) in enumerate(places)
        place isa Colon && continue
        first(place) >= 1 && last(place) <= sizes[axis] && !isempty(place) || throw(BoundsError(x, places))
        x = added(ascribe_graph_resize, "slice", x, axis - 1, first(place) - 1, length(place))
    end
    return resized(x, Tuple(size(x, axis) for axis in eachindex(places) if !(places[axis] isa Integer)))
end
Base.getindex(table::Node, ids::Node, rest::Colon...) = length(rest) == ndims(table) - 1 ? gatherrows(table, ids) :
    throw(DimensionMismatch("$(length(rest) + 1) places in a table of size $(size(table))"))

