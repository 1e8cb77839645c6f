"""
    whatif(model or influence, queries; remove, reweight, replace, add, until=:newton, functional=nothing,
           progress, cancel, options...)

What the functional would be at every query after changes of the training data, all of them together:

- `remove`: an example, or a vector of them;
- `reweight`: `example => weight`, or a vector of pairs; weights are 1 before;
- `replace`: `example => dataset` of one, or a vector of pairs;
- `add`: a dataset, whose examples have weight 1, or `dataset => weight`, or a vector of these.

The answer, a [`WhatIf`](@ref), climbs levels, each more exact and more costly, up to `until`: `:first_order`,
`:second_order`, `:leverage`, `:newton`, `:retrained`; or until the estimated error is below `tolerance` (0: none).
Retraining goes on to `gradient=1e-10` or `iterations=200`. With a model, options of [`Influence`](@ref) may be given
too (`tolerance`, `gradient` and `iterations` are the what-if's; for the solver's make an [`Influence`](@ref)).
"""
function whatif(asked_of, queries; remove=(), reweight=(), replace=(), add=(), functional=nothing, progress=nothing,
                cancel=nothing, given...)
    of_what_if = option_names(ascribe_what_if_options)
    settings = options(ascribe_what_if_options; (name => value for (name, value) in given if name in of_what_if)...)
    kept = Dataset[]
    changes = described_changes(kept, remove, reweight, replace, add)
    influence = influence_of(asked_of; (name => value for (name, value) in given if !(name in of_what_if))...)
    handle = asking(influence.model, queries) do data
        GC.@preserve kept begin
            in_turn(influence) do
                created_watched(ascribe_what_if, influence.context; progress=progress, cancel=cancel) do out, watch, error
                    ascribe_influence_what_if(influence, data, named(functional), changes, length(changes), settings,
                                              watch, out, error)
                end
            end
        end
    end
    return WhatIf(handle, influence.dimension)
end

"The changes as the library reads them; `kept` receives the datasets they point to."
function described_changes(kept, remove, reweight, replace, add)
    none = Ptr{ascribe_dataset}(C_NULL)
    changes = ascribe_change[]
    for example in several(remove)
        push!(changes, ascribe_change(ASCRIBE_CHANGE_REMOVE, zero_based(example, "example"), 0.0, none, 0))
    end
    for (example, weight) in several(reweight)
        push!(changes, ascribe_change(ASCRIBE_CHANGE_REWEIGHT, zero_based(example, "example"), weight, none, 0))
    end
    for (example, with) in several(replace)
        one_query(with)
        push!(kept, with)
        push!(changes, ascribe_change(ASCRIBE_CHANGE_REPLACE, zero_based(example, "example"), 0.0, pointer_of(with), 0))
    end
    for added in several(add)
        with, weight = added isa Pair ? added : added => 1.0
        push!(kept, with)
        for row in 0:length(with)-1
            push!(changes, ascribe_change(ASCRIBE_CHANGE_ADD, 0, weight, pointer_of(with), row))
        end
    end
    return changes
end

several(one::Union{Integer,Pair,Dataset}) = (one,)
several(many) = many

"""
The answer of [`whatif`](@ref): [`before`](@ref) changes, the predicted [`levels`](@ref) of change, whether a
tolerance was [`reached`](@ref), and `parameters(answer, place)` after a level that has them.
"""
mutable struct WhatIf <: AnyWhatIf
    handle::Ptr{ascribe_what_if}
    dimension::Int
    WhatIf(handle::Ptr{ascribe_what_if}, dimension::Integer) = finalizer(release!, new(handle, dimension))
end

WhatIf(f::Function, arguments...; options...) = with(f, whatif(arguments...; options...))

"    length(answer)\n\nThe number of queries."
Base.length(answer::WhatIf) = Int(ascribe_what_if_queries(answer))

"    reached(answer)\n\nWhether the tolerance was met; `true` where none was asked for."
reached(answer::WhatIf) = ascribe_what_if_reached(answer) != 0

"    before(answer)\n\nThe functional at every query before the changes."
function before(answer::WhatIf)
    values = Vector{Float64}(undef, length(answer))
    check(error -> ascribe_what_if_before(answer, values, length(values), error))
    return values
end

"""
    levels(answer)

The levels that were climbed, the most exact last: `(level, changes, errors)`, the predicted change of the functional
at every query and the estimated error of it.
"""
function levels(answer::WhatIf)
    return map(0:Int(ascribe_what_if_levels(answer))-1) do place
        level = Ref{Int32}(0)
        changes, errors = Vector{Float64}(undef, length(answer)), Vector{Float64}(undef, length(answer))
        check(error -> ascribe_what_if_level(answer, place, level, changes, errors, length(changes), error))
        (level=name_of(LEVELS, level[]), changes=changes, errors=errors)
    end
end

"""
    parameters(answer, place)

The model's parameters after the changes, as the level at `place` (from 1) predicts them: a vector as in
[`hvp`](@ref).
"""
function parameters(answer::WhatIf, place::Integer)
    values = Vector{Float64}(undef, answer.dimension)
    number = Csize_t(zero_based(place, "level"))
    check(error -> ascribe_what_if_parameters(answer, number, values, length(values), error))
    return values
end
