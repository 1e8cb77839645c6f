"""
    Influence(model; data=nothing, progress=nothing, cancel=nothing, context, options...)

Predicts what a change of the training data would do, from the curvature of the objective where training ended.
[`explain`](@ref) and the like make and keep one by themselves; make your own to hold on to the values that the model
has now. `data` is what the model was trained on unless given.

`curvature` (`:auto`: the Hessian at a minimum and else the Gauss-Newton matrix; `:hessian`, `:gauss_newton`,
`:fisher`), `damping=0`, `solver` (`:auto`, `:direct`, `:cg`, `:block_cg`, `:minres`, `:lissa`, `:lanczos`,
`:nystrom`) with `tolerance=1e-8`, `iterations=2000` and, for the last two, `rank=50`; `stationary=1e-4` (the largest
part of a gradient that counts as a minimum), `memory` in bytes, `queries=1` expected at once, `seed`.

May be used from several threads at the same time; the library takes one call after the other.
"""
mutable struct Influence <: AnyInfluence
    handle::Ptr{ascribe_influence}
    model::Model
    context::MaybeContext
    examples::Int
    dimension::Int
    turn::ReentrantLock
    Influence(handle::Ptr{ascribe_influence}, model::Model, context::MaybeContext, examples, dimension) =
        finalizer(release!, new(handle, model, context, examples, dimension, ReentrantLock()))
end

"""
One call after the other. The library would make a call wait as well, but a thread that waits there keeps the garbage
collector waiting, and with it the callback of the call that is waited for.
"""
in_turn(f, influence::Influence) = lock(f, influence.turn)

function Influence(model::Model; data::Union{Nothing,Dataset}=nothing, progress=nothing,
                   cancel::Union{Nothing,Cancel}=nothing, context::MaybeContext=model.context, given...)
    settings = options(ascribe_influence_options; given...)
    given_data = data === nothing ? Ptr{ascribe_dataset}(C_NULL) : data
    handle = created_watched(ascribe_influence, context; progress=progress, cancel=cancel) do out, watch, error
        ascribe_influence_new(passed(context), model, given_data, settings, watch, out, error)
    end
    influence = Influence(handle, model, context, 0, 0)
    known = standing(influence)
    influence.examples, influence.dimension = known.examples, known.parameters
    return influence
end

Influence(f::Function, model::Model; options...) = with(f, Influence(model; options...))

"The influence of a model that is kept for its next question."
kept_influence(model::Model; context::MaybeContext=model.context, watch=(), given...) =
    remembered(model, (:influence, context, sort!(collect(given); by=first))) do
        Influence(model; context=context, watch..., given...)
    end

# `f(model, ...; options)` and `f(influence, ...)` are the same question.
influence_of(influence::Influence; given...) = isempty(given) ? influence :
    throw(ArgumentError("options $(join(keys(given), ", ")) are given when an Influence is made"))
influence_of(model::Model; given...) = kept_influence(model; given...)

"""
    standing(influence)

What is known of the model where influence starts: `(examples, parameters, curvature, stationary, damping, value,
gradient, gradient_length, lowest, highest, products, worst_residual, converged, factored)`: whether it is at a
minimum, the ends of the curvature's spectrum, and what solving took.
"""
function standing(influence::Influence)
    found = result_struct(ascribe_standing)
    in_turn(() -> check(error -> ascribe_influence_standing(influence, found, error)), influence)
    known = as_named_tuple(found.value; truths=(:stationary, :converged, :factored))
    return merge(known, (curvature=name_of(CURVATURES, found.value.curvature),))
end

"    solver(influence)\n\nThe solver that is used, in words."
solver(influence::Influence) = in_turn(influence) do
    text((buffer, capacity, length, error) -> ascribe_influence_solver(influence, buffer, capacity, length, error))
end

function attribution(influence::Influence, queries; functional=nothing, progress=nothing, cancel=nothing, given...)
    influence_of(influence; given...)
    return asking(influence.model, queries) do data
        watch = (progress=progress, cancel=cancel)
        found = in_turn(influence) do
            created_watched(ascribe_attribution, influence.context; watch...) do out, watch, error
                ascribe_influence_explain(influence, data, named(functional), watch, out, error)
            end
        end
        Attribution(found)
    end
end

"""
    corrected(model or influence, query, examples; functional=nothing, progress, cancel)

Scores of some examples for one query, corrected for the curvature that each of them contributes itself: `(example,
score, leverage)`. A leverage near 0 says that the correction is small. With a model, options of [`Influence`](@ref)
may be given too.
"""
function corrected(asked_of, query, examples::AbstractVector{<:Integer}; functional=nothing, progress=nothing,
                   cancel=nothing, given...)
    influence = influence_of(asked_of; given...)
    places = zero_based(examples, "example")
    found, leverages = similar(places, Float64), similar(places, Float64)
    asking(influence.model, query) do data
        one_query(data)
        in_turn(influence) do
            watched(influence.context; progress=progress, cancel=cancel) do watch, error
                ascribe_influence_corrected(influence, data, named(functional), places, length(places), watch, found,
                                            leverages, error)
            end
        end
    end
    return [(example=Int(example), score=score, leverage=leverage)
            for (example, score, leverage) in zip(examples, found, leverages)]
end

"""
    selfinfluence(model or influence; examples=nothing, k=nothing, progress, cancel)

How much each example's own loss would change if it were removed, `(example, score)`: large values are of examples
that the others do not support, such as wrong labels. All examples in their order unless some are given; with `k`
those of the largest scores, largest first. With a model, options of [`Influence`](@ref) may be given too.
"""
function selfinfluence(asked_of; examples::Union{Nothing,AbstractVector{<:Integer}}=nothing,
                       k::Union{Nothing,Integer}=nothing, progress=nothing, cancel=nothing, given...)
    influence = influence_of(asked_of; given...)
    places = examples === nothing ? UInt64.(0:influence.examples-1) : zero_based(examples, "example")
    some = examples === nothing ? Ptr{UInt64}(C_NULL) : places
    values = Vector{Float64}(undef, length(places))
    in_turn(influence) do
        watched(influence.context; progress=progress, cancel=cancel) do watch, error
            ascribe_influence_self(influence, some, length(places), watch, values, length(values), error)
        end
    end
    found = paired(places, values)
    k === nothing && return found
    return first_of(sort!(found; by=score -> score.score, rev=true, alg=MergeSort), k)
end

first_of(sorted, k) = sorted[1:min(length(sorted), Int(k))]

"""
    hvp(model or influence, v; progress, cancel)

The curvature matrix times a vector, or times each column of a matrix, of [`dimension`](@ref)`(model)` numbers: the
parameters one after the other, each with its last axis first to change. The matrix is that of the mean loss over the
examples, without damping; which one, [`standing`](@ref) says. With a model, options of [`Influence`](@ref) may be
given too.
"""
hvp(asked_of, v::AbstractVecOrMat{<:Real}; options...) = multiplied(ascribe_influence_hvp, asked_of, v; options...)

"""
    inversehvp(model or influence, v; progress, cancel)

The inverse of the curvature matrix plus damping, times vectors as in [`hvp`](@ref).
"""
inversehvp(asked_of, v::AbstractVecOrMat{<:Real}; options...) =
    multiplied(ascribe_influence_inverse_hvp, asked_of, v; options...)

function multiplied(c, asked_of, v; progress=nothing, cancel=nothing, given...)
    influence = influence_of(asked_of; given...)
    size(v, 1) == influence.dimension ||
        throw(DimensionMismatch("a vector of $(size(v, 1)) numbers for $(influence.dimension) parameters"))
    directions = lent64(v; by_columns=true)
    products = Array{Float64}(undef, size(v))
    in_turn(influence) do
        watched(influence.context; progress=progress, cancel=cancel) do watch, error
            c(influence, directions, watch, products, length(products), error)
        end
    end
    return products
end
