"An example and the predicted change of the functional if it were removed."
const Score = NamedTuple{(:example, :score),Tuple{Int,Float64}}

"""
The scores of examples for one or several queries: see [`attribution`](@ref) for how to get one, and [`value`](@ref),
[`scores`](@ref), [`top`](@ref) and [`certificate`](@ref) for what it holds. `length(a)` is the number of queries.

A score is the predicted change of the functional if the example were removed from training: positive, removal would
raise it.
"""
mutable struct Attribution <: AnyAttribution
    handle::Ptr{ascribe_attribution}
    Attribution(handle::Ptr{ascribe_attribution}) = finalizer(release!, new(handle))
end

Attribution(f::Function, arguments...; options...) = with(f, attribution(arguments...; options...))

Base.length(a::Attribution) = Int(ascribe_attribution_queries(a))

"A query's place as the library counts, when it is there."
function query_place(a::Attribution, query::Integer)
    1 <= query <= length(a) || throw(ArgumentError("query $query of $(length(a)), counted from 1"))
    return Csize_t(query - 1)
end

"    value(a, query=1)\n\nThe functional at a query, with all examples there."
function value(a::Attribution, query::Integer=1)
    found = Ref(NaN)
    check(error -> ascribe_attribution_value(a, query_place(a, query), found, error))
    return found[]
end

"""
    scores(a, query=1)

The scores of all examples that have one, `(example, score)`, ascending by example. `k` of them by size: [`top`](@ref).
"""
function scores(a::Attribution, query::Integer=1)
    place = query_place(a, query)
    count = ascribe_attribution_len(a, place)
    examples, found = Vector{UInt64}(undef, count), Vector{Float64}(undef, count)
    check(error -> ascribe_attribution_copy(a, place, examples, found, count, error))
    return paired(examples, found)
end

"""
    top(a, query=1; k=10, order=:largest)

The first `k` examples of a query, `(example, score)`: by size (`:largest`), or those whose removal would raise the
functional most (`:positive`) or lower it most (`:negative`). Equal scores are in the order of the examples.
"""
function top(a::Attribution, query::Integer=1; k::Integer=10, order::Symbol=:largest)
    k >= 0 || throw(ArgumentError("k = $k: a number of examples is expected"))
    place = query_place(a, query)
    capacity = min(Int(k), Int(ascribe_attribution_len(a, place)))
    examples, found, count = Vector{UInt64}(undef, capacity), Vector{Float64}(undef, capacity), Ref{Csize_t}(0)
    number = chosen(ORDERS, order, "order")
    check(error -> ascribe_attribution_top(a, place, number, examples, found, capacity, count, error))
    return paired(examples[1:count[]], found[1:count[]])
end

paired(examples, scores) = Score[(example=Int(example) + 1, score=score) for (example, score) in zip(examples, scores)]

"""
    certificate(a, query=1)

How well the linear system behind a query's influence was solved: `(residual, relative_residual, tolerance, converged,
iterations, products)`.
"""
function certificate(a::Attribution, query::Integer=1)
    found = result_struct(ascribe_certificate)
    check(error -> ascribe_attribution_certificate(a, query_place(a, query), found, error))
    return as_named_tuple(found.value; truths=(:converged,))
end
