"""
    Attributor(model, method=nothing; data=nothing, progress=nothing, cancel=nothing, context, options...)

Says what predictions of a trained model are due to. `method` is one of

- `:influence`: what a change of the training data would do, by the curvature of the objective where training ended;
- `:rollback`: what the ledger of the training says that each example changed;
- `:replay`: the exact derivative of the whole training by each example's weight, whose [`growth`](@ref) says how far it can be trusted;
- `:dvemb`: data value embeddings, replay of a training by sgd with Fisher matrices for Hessians;
- `:tracin`: by how much the functional fell in the steps of each example;
- `:tracincp`, `:gas`: the inner products or cosines of the gradients of the query and of the example, at checkpoints of the training;
- `:graddot`, `:gradcos`: the same where training ended;

`nothing` leaves it to the library: rollback where there is a ledger, otherwise influence. Options are those of [`options`](@ref)`(method)`.
`data` is what the model was trained on unless given. `:replay`, `:dvemb`, `:tracin`, `:tracincp` and `:gas` do the training again, which must have been
by steps of an optimizer alone. What `:rollback` predicts of triples is measured by true removals at the first explanation, see
[`calibrate!`](@ref).

[`explain`](@ref) and all that take a model as well make an attributor by themselves and keep it; make your own to hold on to the values
that the model has now. May be used from several threads at the same time; influence takes one call after the other.
"""
mutable struct Attributor <: Handle
    handle::Ptr{ascribe_attributor}
    model::Model
    context::MaybeContext
    method::String
    turn::ReentrantLock
    Attributor(handle::Ptr{ascribe_attributor}, model::Model, context::MaybeContext) =
        finalizer(release!, new(handle, model, context, "", ReentrantLock()))
end

Attributor(model::Model, method::Union{Nothing,Word}=nothing; data::Union{Nothing,Dataset}=nothing, progress=nothing, cancel=nothing,
           context::MaybeContext=model.context, given...) = with_options(given) do options
    handle = created(ascribe_attributor, context, (progress=progress, cancel=cancel)) do out, monitor, error
        ascribe_attributor_new(something(context, C_NULL), model, word(method), something(data, C_NULL), options, monitor, out, error)
    end
    attributor = Attributor(handle, model, context)
    attributor.method = describe(attributor)["method"]
    attributor
end

# Influence takes one call after the other. The library would make a call wait as well, but a thread that waits there keeps the garbage
# collector waiting, and with it the callback of the call that is waited for.
in_turn(f, attributor::Attributor) = attributor.method == "influence" ? lock(f, attributor.turn) : f()
in_turn(call, attributor::Attributor, monitor) = in_turn(() -> monitored(call, attributor.context; monitor...), attributor)
in_turn(call, attributor::Attributor, monitor, ::Type{P}) where {P} =
    in_turn(() -> created(call, P, attributor.context, monitor), attributor)

# `f(model, ...; method, options...)` and `f(attributor, ...)` are the same question: who answers it, and what monitors the call.
function attributor_of(attributor::Attributor; progress=nothing, cancel=nothing, given...)
    isempty(given) || throw(ArgumentError("options ($(join(keys(given), ", "))) are given when an Attributor is made"))
    return attributor, (progress=progress, cancel=cancel)
end
function attributor_of(model::Model; method=nothing, context::MaybeContext=model.context, progress=nothing, cancel=nothing, given...)
    pointer_of(model)
    monitor = (progress=progress, cancel=cancel)
    key = (word(method), context, sort!(collect(given); by=first))
    attributor = lock(model.lock) do
        get!(() -> Attributor(model, method; context=context, monitor..., given...), model.attributors, key)
    end
    return attributor::Attributor, monitor
end

"    length(attributor)\n\nThe number of examples that are scored."
Base.length(attributor::Attributor) = Int(ascribe_attributor_examples(attributor))

describe(attributor::Attributor) =
    in_turn(() -> json((buffer...) -> ascribe_attributor_describe(attributor, buffer...)), attributor)

"""
    diagnostics(attributor)

What influence is known of the model where it starts, in numbers: `(examples, parameters, at_minimum, damping, value, gradient_norm,
gradient_length, lowest, highest, products, worst_residual, converged, factored)`: whether it is at a minimum, the ends of the
curvature's spectrum, and what solving took.
"""
diagnostics(attributor::Attributor) = in_turn(attributor) do
    result(ascribe_diagnostics; truths=(:at_minimum, :converged, :factored)) do found, error
        ascribe_attributor_diagnostics(attributor, found, error)
    end
end

"    plan(model; data=nothing, context, options...)\n\nWhat each solver of influence would cost, and which is taken: a `Dict`. Solves nothing."
plan(model::Model; data::Union{Nothing,Dataset}=nothing, context::MaybeContext=model.context, given...) =
    with_options(given) do options
        json() do buffer...
            ascribe_attributor_plan(something(context, C_NULL), model, something(data, C_NULL), options, C_NULL, buffer...)
        end
    end

"""
    explain(model, query; method=nothing, k=10, functional=nothing, order=:largest, progress, cancel, options...)
    explain(attributor, query; ...)

Which training examples a prediction is due to: the first `k` as `(example, score)`, examples counted from 1. A score is the predicted
change of the functional if the example were removed from training, so triples that support a probability have negative scores
(`order=:negative` lists those that lower it most); other methods have other units, see [`unit`](@ref). With `k=nothing` all examples in
their order.

`query` is one example: a [`Dataset`](@ref) of one, for triples `(head, relation, tail)` by names or ids, for rows `x` or `(x, y)`.
Several at once: [`attribution`](@ref). Method and options are those of [`Attributor`](@ref), functionals those of [`evaluate`](@ref).

What is prepared once for a model is kept until its values change or it is closed. May be called from several threads at the same time.
"""
explain(asked_of, query; k::Union{Nothing,Integer}=10, order=nothing, options...) = with(attribution(asked_of, query; options...)) do answer
    length(answer) == 1 || throw(ArgumentError("explain takes one query and was given $(length(answer)): use attribution for several"))
    k === nothing ? scores(answer) : top(answer; k=k, order=order)
end

"""
    attribution(model or attributor, queries; functional=nothing, progress, cancel, method, options...)

As [`explain`](@ref), for any number of queries (a [`Dataset`](@ref), `X` or `(X, y)`) at once: an [`Attribution`](@ref).
"""
function attribution(asked_of, queries; functional=nothing, options...)
    attributor, monitor = attributor_of(asked_of; options...)
    return asking(attributor.model, queries) do data
        Attribution(in_turn(attributor, monitor, ascribe_attribution) do out, monitor, error
            ascribe_attributor_explain(attributor, data, word(functional), monitor, out, error)
        end)
    end
end

"""
    self_scores(model or attributor; examples=nothing, k=nothing, progress, cancel, method, options...)

How each example's own loss would change if it were removed, `(example, score)`: large values are of examples that the others do not
support, such as wrong labels. All examples in their order unless some are given; with `k` those of the largest scores, largest first.
"""
function self_scores(asked_of; examples::Union{Nothing,AbstractVector{<:Integer}}=nothing, k::Union{Nothing,Integer}=nothing, options...)
    attributor, monitor = attributor_of(asked_of; options...)
    places = examples === nothing ? UInt64.(0:length(attributor)-1) : zero_based(examples, "example")
    values = Vector{Float64}(undef, length(places))
    in_turn(attributor, monitor) do monitor, error
        some = examples === nothing ? C_NULL : places
        ascribe_attributor_self(attributor, some, length(places), monitor, values, length(values), error)
    end
    found = paired(places, values)
    return k === nothing ? found : sort!(found; by=score -> score.score, rev=true, alg=MergeSort)[1:min(end, k)]
end

"Fills a matrix of examples × queries by `call(attributor, data, functional, places, count, monitor, values, error)`."
function of_examples(call, asked_of, queries, examples::AbstractVector{<:Integer}; functional=nothing, options...)
    attributor, monitor = attributor_of(asked_of; options...)
    places = zero_based(examples, "example")
    return asking(attributor.model, queries) do data
        values = Matrix{Float64}(undef, length(places), length(data))
        in_turn(attributor, monitor) do monitor, error
            call(attributor, data, word(functional), places, length(places), monitor, values, error)
        end
        values
    end
end

"""
    leave_one_out(model or attributor, queries, examples; functional=nothing, progress, cancel, method, options...)

Scores of some examples with the curvature that each of them contributes itself left out as well: `(scores, leverages)`, a matrix of
examples × queries and a vector. A leverage near 0 says that this changes little.
"""
function leave_one_out(asked_of, queries, examples; options...)
    leverages = Vector{Float64}(undef, length(examples))
    scores = of_examples(asked_of, queries, examples; options...) do attributor, data, functional, places, count, monitor, values, error
        ascribe_attributor_leave_one_out(attributor, data, functional, places, count, monitor, values, length(values), leverages, count, error)
    end
    return (scores=scores, leverages=leverages)
end

"""
    error_bounds(model or attributor, queries, examples; functional=nothing, progress, cancel, method, options...)

By how much at most the scores of some examples differ from those at the minimum of the objective, because solves are not
exact, training ended before the minimum, and numbers are rounded; with damping, with another curvature than the Hessian and
of a model that is not at a minimum, because solves are not exact. NaN where that is not known: a matrix of examples × queries.
"""
error_bounds(asked_of, queries, examples; options...) =
    of_examples(asked_of, queries, examples; options...) do attributor, data, functional, places, count, monitor, values, error
        ascribe_attributor_error_bounds(attributor, data, functional, places, count, monitor, values, length(values), error)
    end

"""
    input_effects(model or attributor, queries, examples; functional=nothing, input=nothing, progress, cancel, method, options...)

How the functional would change for each unit that a feature of a training example is raised by: an array of examples × features ×
queries. `input` names one of a graph's inputs (its numbers with the last axis first to change); without it, the features.
"""
function input_effects(asked_of, queries, examples::AbstractVector{<:Integer}; functional=nothing, input=nothing, options...)
    attributor, monitor = attributor_of(asked_of; options...)
    places, width = zero_based(examples, "example"), Ref{Csize_t}(0)
    return asking(attributor.model, queries) do data
        write(values, capacity) = in_turn(attributor, monitor) do monitor, error
            ascribe_attributor_input_effects(attributor, data, word(functional), something(input, C_NULL), places, length(places),
                                             monitor, values, capacity, width, error)
        end
        write(C_NULL, 0)
        effects = Array{Float64}(undef, width[], length(places), length(data))
        write(effects, length(effects))
        permutedims(effects, (2, 1, 3))
    end
end

"""
    products(model or attributor, v; progress, cancel, method, options...)

The curvature matrix times a vector, or times each column of a matrix, of [`dimension`](@ref)`(model)` numbers: the parameters one after
the other, each with its last axis first to change. The matrix is that of the objective, without damping; which one,
[`describe`](@ref) says.
"""
products(asked_of, v::AbstractVecOrMat{<:Real}; options...) = multiplied("curvature", asked_of, v; options...)

"""
    inverse_products(model or attributor, v; progress, cancel, method, options...)

The inverse of the curvature matrix plus damping, times vectors as in [`products`](@ref).
"""
inverse_products(asked_of, v::AbstractVecOrMat{<:Real}; options...) = multiplied("inverse", asked_of, v; options...)

function multiplied(by, asked_of, v; options...)
    attributor, monitor = attributor_of(asked_of; options...)
    size(v, 1) == dimension(attributor.model) ||
        throw(DimensionMismatch("a vector of $(size(v, 1)) numbers for $(dimension(attributor.model)) parameters"))
    directions, found = lent64(v; by_columns=true), Array{Float64}(undef, size(v))
    in_turn(attributor, monitor) do monitor, error
        ascribe_attributor_products(attributor, by, directions, monitor, found, length(found), error)
    end
    return found
end

"""
    attack(model or attributor, queries, examples; functional=nothing, input=nothing, progress, cancel, options...)

Changes the features of some training examples, step by step, so that the functional rises as far as it can after training again:
`(values, perturbed)`, its sum over the queries before the first round and after each, and a [`Dataset`](@ref) of these examples as they
are then. Options are those of [`options`](@ref)`(:attack)`; `input` as in [`input_effects`](@ref).
"""
function attack(asked_of, queries, examples::AbstractVector{<:Integer}; functional=nothing, input=nothing, given...)
    attributor, monitor, own = with_own(asked_of, :attack, given)
    places, count = zero_based(examples, "example"), Ref{Csize_t}(0)
    return asking(attributor.model, queries) do data
        with_options(own) do options
            write(values, capacity, out, monitor, error) =
                ascribe_attributor_attack(attributor, data, word(functional), something(input, C_NULL), places, length(places), options,
                                          monitor, values, capacity, count, out, error)
            nothing_yet = Ref{Ptr{ascribe_dataset}}(C_NULL)
            check(error -> write(C_NULL, 0, nothing_yet, C_NULL, error))
            values = Vector{Float64}(undef, count[])
            perturbed = in_turn(attributor, monitor, ascribe_dataset) do out, monitor, error
                write(values, length(values), out, monitor, error)
            end
            (values=values, perturbed=Dataset(perturbed))
        end
    end
end

# Who answers, what monitors the call, and the options of the call itself: of an attributor all there are; of a model those of a table.
function with_own(asked_of, table, given)
    of_monitor = (:progress, :cancel)
    own, others = asked_of isa Model ? divided(given, table) :
        ([one for one in given if !(first(one) in of_monitor)], [one for one in given if first(one) in of_monitor])
    return (attributor_of(asked_of; others...)..., own)
end
