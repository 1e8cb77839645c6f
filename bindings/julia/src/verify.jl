"""
    verify(model, query; examples, functional=nothing, progress, cancel, context)

The true change of the functional at one query when examples are removed and the model is trained again: `(example,
change)` for each of a vector of examples, or `(examples, change)` for each of a vector of vectors, which are removed
together. As many trainings as there are of them.
"""
function verify(model::Model, query; examples, options...)
    sets = removal_sets(examples)
    changes = asking(model, query) do data
        one_query(data)
        vec(removals(model, data; sets=sets, options...))
    end
    return told(examples, changes)
end

told(example::Integer, changes) = told([example], changes)
told(examples::AbstractVector{<:Integer}, changes) =
    [(example=Int(example), change=change) for (example, change) in zip(examples, changes)]
told(sets, changes) = [(examples=Int.(set), change=change) for (set, change) in zip(sets, changes)]

removal_sets(example::Integer) = [[Int(example)]]
removal_sets(examples::AbstractVector{<:Integer}) = [[Int(example)] for example in examples]
removal_sets(sets) = [collect(Int, set) for set in sets]

"""
    removals(model, queries; sets, functional=nothing, progress, cancel, context)

As [`verify`](@ref) for any number of queries: a matrix of true changes, sets × queries.
"""
function removals(model::Model, queries; sets, functional=nothing, progress=nothing, cancel=nothing,
                  context::MaybeContext=model.context)
    examples = UInt64[zero_based(example, "example") for set in sets for example in set]
    offsets = Csize_t[0; cumsum(Csize_t[length(set) for set in sets])]
    return asking(model, queries) do data
        changes = Matrix{Float64}(undef, length(data), length(sets))
        watched(context; progress=progress, cancel=cancel) do watch, error
            ascribe_verify_removal(passed(context), model, data, named(functional), examples, offsets, length(sets),
                                   watch, changes, length(changes), error)
        end
        permutedims(changes)
    end
end

"""
    fidelity(predicted, truth)

How predictions agree with the truth: `(pearson, spearman, slope, maximum_error, count)`, correlations NaN where they
are not defined.
"""
function fidelity(predicted::AbstractVector{<:Real}, truth::AbstractVector{<:Real})
    length(predicted) == length(truth) ||
        throw(DimensionMismatch("$(length(predicted)) predicted values and $(length(truth)) true ones"))
    p, t = Vector{Float64}(predicted), Vector{Float64}(truth)
    found = result_struct(ascribe_fidelity)
    check(error -> ascribe_verify_fidelity(p, t, length(p), found, error))
    return as_named_tuple(found.value)
end
