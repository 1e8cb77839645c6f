"An example and its score."
const Score = NamedTuple{(:example, :score),Tuple{Int,Float64}}

"""
The scores of examples for one or several queries: see [`attribution`](@ref) for how to get one, and [`value`](@ref), [`scores`](@ref),
[`top`](@ref), [`unit`](@ref), [`growth`](@ref) and [`certificate`](@ref) for what it holds. `length(a)` is the number of queries.
"""
mutable struct Attribution <: Handle
    handle::Ptr{ascribe_attribution}
    Attribution(handle::Ptr{ascribe_attribution}) = finalizer(release!, new(handle))
end

Attribution(f::Function, arguments...; options...) = with(f, attribution(arguments...; options...))

Base.length(a::Attribution) = Int(ascribe_attribution_queries(a))

"A query's place as the library counts, when it is there."
query_place(a::Attribution, query::Integer) = 1 <= query <= length(a) ? query - 1 :
    throw(ArgumentError("query $query of $(length(a)), counted from 1"))

"    unit(a)\n\nWhat scores are: `\"removal\"` is the predicted change of the functional if the example were removed and the model trained again."
unit(a::Attribution) = text((buffer...) -> ascribe_attribution_unit(a, buffer...))

"    value(a, query=1)\n\nThe functional at a query, with all examples there."
function value(a::Attribution, query::Integer=1)
    found = Ref(NaN)
    check(error -> ascribe_attribution_value(a, query_place(a, query), found, error))
    return found[]
end

"    scores(a, query=1)\n\nThe scores of all examples that have one, `(example, score)`, ascending by example. `k` of them by size: [`top`](@ref)."
function scores(a::Attribution, query::Integer=1)
    place = query_place(a, query)
    count = ascribe_attribution_len(a, place)
    examples, found = Vector{UInt64}(undef, count), Vector{Float64}(undef, count)
    check(error -> ascribe_attribution_copy(a, place, examples, found, count, error))
    return paired(examples, found)
end

"""
    top(a, query=1; k=10, order=:largest)

The first `k` examples of a query, `(example, score)`: by size (`:largest`), or those whose removal would raise the functional most
(`:positive`) or lower it most (`:negative`). Equal scores are in the order of the examples.
"""
function top(a::Attribution, query::Integer=1; k::Integer=10, order::Union{Nothing,Word}=nothing)
    k >= 0 || throw(ArgumentError("k = $k: a number of examples is expected"))
    place = query_place(a, query)
    capacity = min(Int(k), Int(ascribe_attribution_len(a, place)))
    examples, found, count = Vector{UInt64}(undef, capacity), Vector{Float64}(undef, capacity), Ref{Csize_t}(0)
    check(error -> ascribe_attribution_top(a, place, word(order), examples, found, capacity, count, error))
    return paired(resize!(examples, count[]), resize!(found, count[]))
end

paired(examples, scores) = Score[(example=Int(example) + 1, score=score) for (example, score) in zip(examples, scores)]

"""
    growth(a, query=1)

By how many times the derivative of a query's functional grew, at its longest, on its way back through the training; `nothing` for other
methods than `:replay`. It says what scores are worth: up to about 2 they predict removal; to 5 they rank examples, and their sizes may be
off; to 50 they may be far off, so compare with [`retraining_changes`](@ref); above that the training is chaotic, and no derivative
predicts removal.
"""
function growth(a::Attribution, query::Integer=1)
    found = Ref(NaN)
    check(error -> ascribe_attribution_growth(a, query_place(a, query), found, error))
    return isnan(found[]) ? nothing : found[]
end

"""
    upper_tail(a, query=1; count=10)

How heavy the upper tail of a query's scores is: the `count`-th largest less the median, over the robust spread Qₙ; `nothing` where scores
have no spread. With scores of `:gas` the target of a training-set attack may stand out by it.
"""
function upper_tail(a::Attribution, query::Integer=1; count::Integer=10)
    found = Ref(NaN)
    check(error -> ascribe_attribution_upper_tail(a, query_place(a, query), count, found, error))
    return isnan(found[]) ? nothing : found[]
end

"    certificate(a, query=1)\n\nHow a query's linear system was solved: `(residual, relative_residual, tolerance, converged, iterations, products)`."
certificate(a::Attribution, query::Integer=1) = result(ascribe_certificate; truths=(:converged,)) do found, error
    ascribe_attribution_certificate(a, query_place(a, query), found, error)
end
