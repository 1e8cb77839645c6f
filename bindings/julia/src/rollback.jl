"""
    Rollback(model; functional=nothing, context)

Explains predictions of a trained model by what its ledger says each example changed. [`explain`](@ref) makes and
keeps one by itself; make your own to hold on to the values that the model has now. `functional` is one of those of
[`evaluate`](@ref).

May be used from several threads at the same time.
"""
mutable struct Rollback <: AnyRollback
    handle::Ptr{ascribe_rollback}
    model::Model
    context::MaybeContext
    Rollback(handle::Ptr{ascribe_rollback}, model::Model, context::MaybeContext) =
        finalizer(release!, new(handle, model, context))
end

function Rollback(model::Model; functional=nothing, context::MaybeContext=model.context)
    handle = created_in(ascribe_rollback, context) do out, error
        ascribe_rollback_new(passed(context), model, named(functional), out, error)
    end
    return Rollback(handle, model, context)
end

Rollback(f::Function, model::Model; options...) = with(f, Rollback(model; options...))

function attribution(rollback::Rollback, queries; progress=nothing, cancel=nothing, given...)
    settings = options(ascribe_rollback_options; given...)
    return asking(rollback.model, queries) do data
        watch = (progress=progress, cancel=cancel)
        found = created_watched(ascribe_attribution, rollback.context; watch...) do out, watch, error
            ascribe_rollback_explain(rollback, data, settings, watch, out, error)
        end
        Attribution(found)
    end
end

"""
    without(model, queries, examples; functional=nothing)
    without(rollback, queries, examples)

The functional at every query with what all these examples changed taken back together: a vector.
"""
function without(rollback::Rollback, queries, examples::AbstractVector{<:Integer})
    places = zero_based(examples, "example")
    return asking(rollback.model, queries) do data
        values = Vector{Float64}(undef, length(data))
        check_in(rollback.context) do error
            ascribe_rollback_without(rollback, data, places, length(places), values, length(values), error)
        end
        values
    end
end
without(model::Model, queries, examples::AbstractVector{<:Integer}; functional=nothing,
        context::MaybeContext=model.context) =
    without(kept_rollback(model, functional, context), queries, examples)

kept_rollback(model, functional, context) = remembered(model, (:rollback, functional, context)) do
    Rollback(model; functional=functional, context=context)
end
