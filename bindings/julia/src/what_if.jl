"""
    what_if(model or attributor, queries; remove, reweight, replace, add, functional=nothing, progress, cancel, options...)

What the functional would be at every query after changes of the training data, all of them together:

- `remove`: an example, or a vector of them;
- `reweight`: `example => weight`, or a vector of pairs; weights are 1 before;
- `replace`: `example => dataset` of one, or a vector of pairs;
- `add`: a dataset, whose examples have weight 1, or `dataset => weight`, or a vector of these.

The answer, a [`WhatIf`](@ref), climbs levels, each more exact and more costly, up to `until` (`:first_order` ... `:retrained`) or until the
estimated error is below `target_error`: [`options`](@ref)`(Symbol("what-if"))`. Rollback knows removals and one level.
"""
function what_if(asked_of, queries; remove=(), reweight=(), replace=(), add=(), functional=nothing, given...)
    attributor, monitor, own = with_own(asked_of, "what-if", given)
    kept = Any[]
    changes = described_changes(kept, remove, reweight, replace, add)
    return GC.@preserve kept asking(attributor.model, queries) do data
        with_options(own) do options
            WhatIf(in_turn(attributor, monitor, ascribe_what_if) do out, monitor, error
                ascribe_attributor_what_if(attributor, data, word(functional), changes, length(changes), options, monitor, out, error)
            end, dimension(attributor.model))
        end
    end
end

"The changes as the library reads them; `kept` receives what they point to."
function described_changes(kept, remove, reweight, replace, add)
    function change(kind, place, data, row, weight)
        push!(kept, kind, data)
        place_of_data = data === nothing ? Ptr{ascribe_dataset}(C_NULL) : pointer_of(data)
        return ascribe_change(sizeof(ascribe_change), Base.unsafe_convert(Cstring, kind), place, place_of_data, row, weight)
    end
    whole(data) = length(data) == 1 ? data : throw(ArgumentError("one example is expected and $(length(data)) were given"))
    weighted(added) = added isa Pair ? added : added => 1.0
    return ascribe_change[
        (change("remove", zero_based(example, "example"), nothing, 0, 0) for example in several(remove))...,
        (change("reweight", zero_based(example, "example"), nothing, 0, weight) for (example, weight) in several(reweight))...,
        (change("replace", zero_based(example, "example"), whole(data), 0, 0) for (example, data) in several(replace))...,
        (change("add", 0, data, row, weight) for (data, weight) in map(weighted, several(add)) for row in 0:length(data)-1)...]
end

several(one::Union{Integer,Pair,Dataset}) = (one,)
several(many) = many

"""
The answer of [`what_if`](@ref): [`before`](@ref) changes, the predicted [`levels`](@ref) of change, whether a target was
[`reached`](@ref), and `parameters(answer, place)` after a level that has them. `length(answer)` is the number of queries.
"""
mutable struct WhatIf <: Handle
    handle::Ptr{ascribe_what_if}
    dimension::Int
    WhatIf(handle::Ptr{ascribe_what_if}, dimension::Integer) = finalizer(release!, new(handle, dimension))
end

WhatIf(f::Function, arguments...; options...) = with(f, what_if(arguments...; options...))

Base.length(answer::WhatIf) = Int(ascribe_what_if_queries(answer))

"    reached(answer)\n\nWhether the target for the error was met; `true` where none was asked for."
reached(answer::WhatIf) = ascribe_what_if_reached(answer) != 0

"    before(answer)\n\nThe functional at every query before the changes."
before(answer::WhatIf) = filled((values...) -> ascribe_what_if_before(answer, values...), length(answer))

"""
    levels(answer)

The levels that were climbed, the most exact last: `(level, changes, errors, gradient_norm, at_minimum)`, its name (`"first-order"` ...),
the predicted change of the functional at every query and the estimated error of it, the relative gradient of the changed objective
there (NaN where it is not known), and whether that counts as a minimum.
"""
levels(answer::WhatIf) = map(0:Int(ascribe_what_if_levels(answer))-1) do level
    changes, errors = Vector{Float64}(undef, length(answer)), Vector{Float64}(undef, length(answer))
    gradient_norm, at_minimum = Ref(NaN), Ref{Int32}(0)
    check(error -> ascribe_what_if_changes(answer, level, changes, errors, length(answer), gradient_norm, at_minimum, error))
    (level=text((buffer...) -> ascribe_what_if_level_name(answer, level, buffer...)), changes=changes, errors=errors,
     gradient_norm=gradient_norm[], at_minimum=at_minimum[] != 0)
end

"    parameters(answer, place)\n\nThe parameters after the changes by the level at `place` (from 1): a vector as in [`products`](@ref)."
parameters(answer::WhatIf, place::Integer) = filled(answer.dimension) do values...
    ascribe_what_if_parameters(answer, zero_based(place, "level"), values...)
end

# ---- the truth

"""
    retraining_changes(model, queries, examples; functional=nothing, progress, cancel, context)

The true change of the functional at every query when examples are removed and the model is trained again: a matrix of removals × queries.
`examples` is an example, a vector of them, each removed alone, or a vector of vectors, which are removed together. As many trainings as
there are removals. `NaN` where there is no minimum without the examples, or it was not reached.
"""
function retraining_changes(model::Model, queries, examples; functional=nothing, context::MaybeContext=model.context, monitor...)
    sets = [several(set) for set in several(examples)]
    flat = UInt64[zero_based(example, "example") for set in sets for example in set]
    offsets = Csize_t[0; cumsum(Csize_t[length(set) for set in sets])]
    return asking(model, queries) do data
        changes = Matrix{Float64}(undef, length(data), length(sets))
        monitored(context; monitor...) do monitor, error
            ascribe_retraining_changes(something(context, C_NULL), model, data, word(functional), flat, offsets, length(sets), monitor,
                                       changes, length(changes), error)
        end
        permutedims(changes)
    end
end

"    fidelity(predicted, truth)\n\nHow they agree, pairs without a true change, which is `NaN`, left out: `(pearson, spearman, slope, maximum_error, count)`, correlations NaN where they are not defined."
function fidelity(predicted::AbstractVector{<:Real}, truth::AbstractVector{<:Real})
    length(predicted) == length(truth) ||
        throw(DimensionMismatch("$(length(predicted)) predicted values and $(length(truth)) true ones"))
    p, t = Vector{Float64}(predicted), Vector{Float64}(truth)
    return result((found, error) -> ascribe_retraining_fidelity(p, t, length(p), found, error), ascribe_fidelity)
end
