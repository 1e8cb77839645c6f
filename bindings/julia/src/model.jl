"The name of a parameter and its size."
const Parameter = NamedTuple{(:name, :size),Tuple{String,Tuple{Vararg{Int}}}}

"""
    Model(kind, data; context=nothing, options...)

A model that is not trained yet, of the examples of `data`, which says sizes and is not kept. `kind` is `:distmult`, `:complex`,
`:transe` for triples, `:linear`, `:logistic`, `:softmax`, `:hinge`,
`:squared_hinge`, `:mlp`, `:cnn` for rows. Options are those of
[`options`](@ref)`(:triples)` and `options(:network)`; layers are a list like `[:conv => (8, 5), :tanh, :max => 2, :dense => 32]`,
`precision` may be `Float64` or `Float32`.

    Model(graph, loss; penalty=nothing, outputs=nothing, context=nothing, options...)

A model of a [`Graph`](@ref): `loss` is an expression of it, one number for each example. `penalty` is shared and added to the loss of
every example; `outputs` is what the loss is convex in, without which there is no Gauss-Newton matrix. Options: `options(:custom)`.

    Model(kind, X, y; options..., training options..., progress, cancel, context)

Makes a model of the rows of `X` and trains it, see [`fit!`](@ref).

`Model(...) do model ... end` closes the model at the end. `copy(model)` is another model with the same values. [`fit!`](@ref) and what
changes values need exclusive access to the model; everything else may be called from several threads at the same time.
"""
mutable struct Model <: Handle
    handle::Ptr{ascribe_model}
    context::MaybeContext
    attributors::Dict{Any,Handle}   # made by `explain` and the like, for the values the model has
    lock::ReentrantLock             # of `attributors`
    parameters::Vector{Parameter}   # once they were asked for; names and sizes never change
    Model(handle::Ptr{ascribe_model}, context::MaybeContext) =
        finalizer(release!, new(handle, context, Dict{Any,Handle}(), ReentrantLock(), Parameter[]))
end



Model(kind::Word, data::Dataset; context::MaybeContext=nothing, given...) = with_options(given) do options
    Model(created(ascribe_model, context) do out, error
        ascribe_model_new(something(context, C_NULL), word(kind), data, options, out, error)
    end, context)
end

function Model(graph::Graph, loss::Node; penalty::Union{Nothing,Node}=nothing, outputs::Union{Nothing,Node}=nothing,
               context::MaybeContext=nothing, given...)
    same_graph(graph, filter(!isnothing, [loss, penalty, outputs])...)
    numbers = map(node -> node === nothing ? ASCRIBE_NO_NODE : node.number, (loss, penalty, outputs))
    return with_options(given) do options
        Model(created(ascribe_model, context) do out, error
            ascribe_model_custom(something(context, C_NULL), graph, numbers..., options, out, error)
        end, context)
    end
end

function Model(kind::Word, x::AbstractVecOrMat{<:Real}, y::AbstractVector{<:Real}; context::MaybeContext=nothing, progress=nothing,
               cancel::Union{Nothing,Cancel}=nothing, classes=nothing, given...)
    of_training, others = divided(given, :training; but=:network)
    return Dataset(x, y; classes=classes) do data
        fit!(Model(kind, data; context=context, others...), data; progress=progress, cancel=cancel, of_training...)
    end
end

# Attributors are freed with the values they are of; not in the finalizer, which must not lock: they have their own.
Base.close(model::Model) = (forget!(model); release!(model))

"Closes what was made for values that the model has no longer, which needs exclusive access to it."
forget!(model::Model) = lock(model.lock) do
    foreach(close, values(model.attributors))
    empty!(model.attributors)
end

Base.copy(model::Model) = Model(created((out, error) -> ascribe_model_clone(model, out, error), ascribe_model), model.context)

describe(model::Model) = json((buffer...) -> ascribe_model_describe(model, buffer...))

# ---- parameters

"    dimension(model)\n\nHow many numbers all parameters have together."
dimension(model::Model) = Int(ascribe_model_dimension(model))

"    outputs(model)\n\nHow many numbers a model of rows predicts for a row; 0 for other models."
outputs(model::Model) = Int(ascribe_model_outputs(model))

"    parameters(model)\n\nThe parameters as named tuples `(name, size)`."
parameters(model::Model) = copy(known_parameters(model))

# The library writes the model's graph anew to say a name, so they are kept. Threads that ask at once find the same.
function known_parameters(model)
    count = Int(ascribe_model_parameters(model))
    length(model.parameters) == count && return model.parameters
    return model.parameters = Parameter[
        (name=text((buffer...) -> ascribe_model_parameter_name(model, place, buffer...)),
         size=shape((sizes...) -> ascribe_model_parameter_shape(model, place, sizes...))) for place in 0:count-1]
end

"The place of a parameter given by name or by its place, both from 1, and its size."
function parameter_at(model, name::AbstractString)
    known = known_parameters(model)
    place = findfirst(parameter -> parameter.name == name, known)
    place === nothing && throw(ArgumentError("no parameter $(repr(name)); there are $(join((repr(p.name) for p in known), ", "))"))
    return place, known[place].size
end
function parameter_at(model, place::Integer)
    known = known_parameters(model)
    1 <= place <= length(known) || throw(ArgumentError("parameter $place of a model with $(length(known)), counted from 1"))
    return Int(place), known[place].size
end

"    parameter(model, name)\n\nThe values of a parameter, given by name or by its place from 1, as an array of its size."
function parameter(model::Model, name::Union{AbstractString,Integer})
    place, sizes = parameter_at(model, name)
    return from_rows(filled((values...) -> ascribe_model_parameter(model, place - 1, values...), prod(sizes)), sizes)
end

# The library's arrays have the last axis first to change, Julia's the first.
from_rows(values, sizes) = length(sizes) < 2 ? reshape(values, sizes) :
    permutedims(reshape(values, reverse(sizes)), length(sizes):-1:1)
to_rows(values::AbstractArray) = vec(Array{Float64}(ndims(values) < 2 ? values : permutedims(values, ndims(values):-1:1)))
to_rows(value::Real) = [Float64(value)]

"""
    setparameter!(model, name, values)

Gives a parameter values: an array of its size, or a number for one without axes. Drops the ledger of training, for it belongs to the
values before. Needs exclusive access to the model.
"""
function setparameter!(model::Model, name::Union{AbstractString,Integer}, values::Union{Real,AbstractArray{<:Real}})
    place, sizes = parameter_at(model, name)
    size(values) == sizes || throw(DimensionMismatch("parameter $name is of size $sizes and the values of size $(size(values))"))
    flat = to_rows(values)
    forget!(model)
    check(error -> ascribe_model_set_parameter(model, place - 1, flat, length(flat), error))
    return model
end

# ---- predictions

"    predict(model, X; context)\n\nWhat a model of rows predicts for the rows of `X`: a matrix of rows × [`outputs`](@ref). `X` is read where it is."
function predict(model::Model, x::AbstractVecOrMat{<:Real}; context::MaybeContext=model.context)
    rows = lent(x)
    predicted = by_type(rows, ascribe_model_predict, ascribe_model_predict_f32)
    # The library writes row after row, which is column after column here.
    return permutedims(filled(outputs(model), size(x, 1); context=context) do found...
        predicted(model, something(context, C_NULL), rows, found...)
    end)
end

"""
    evaluate(model, queries; functional=nothing, context)

The functional at every query, a vector. `queries` is a [`Dataset`](@ref) or what [`explain`](@ref) takes. Functionals of triples:
`"probability"` of the tail among all (the first, meant by `nothing`), `"log-probability"`, `"score"`, and of the head
`"head-probability"`, `"head-log-probability"`, `"head-score"`; of rows: `"loss"` (the first), `"probability"`, `"log-probability"`,
`"margin"`, `"output"`; of graphs: `"loss"` and those named by [`functional!`](@ref). A symbol stands for the name with hyphens:
`:log_probability`.
"""
evaluate(model::Model, queries; functional=nothing, context::MaybeContext=model.context) = asking(model, queries) do data
    filled(length(data); context=context) do values...
        ascribe_model_evaluate(model, something(context, C_NULL), data, word(functional), values...)
    end
end

"""
    ranking(model, known, queries; context)

How well triples are predicted: `(mean_reciprocal_rank, hits_at_1, hits_at_3, hits_at_10, queries)`, where every triple of any part of
`known` but the one asked for is left out of the ranking.
"""
ranking(model::Model, known::Dataset, queries::Dataset; context::MaybeContext=model.context) =
    result(ascribe_ranking; context=context) do found, error
        ascribe_model_ranking(model, something(context, C_NULL), known, queries, found, error)
    end

# ---- files

"    save(model, folder)\n\nWrites a model, with its data and ledger, to a folder, which is replaced as a whole or not at all."
save(model::Model, folder::AbstractString) = check(error -> ascribe_model_save(model, folder, error))

load(::Type{Model}, folder::AbstractString; context::MaybeContext=nothing) =
    Model(created((out, error) -> ascribe_model_load(folder, out, error), ascribe_model), context)

"    inspect(folder)\n\nWhat a model that [`save`](@ref) wrote is, without reading it: a `Dict` as of [`describe`](@ref)."
inspect(folder::AbstractString) = json((buffer...) -> ascribe_model_inspect(folder, buffer...))

"    restore!(model, folder)\n\nReads what [`save`](@ref) wrote into a model made of the same graph. Needs exclusive access to the model."
function restore!(model::Model, folder::AbstractString)
    forget!(model)
    check(error -> ascribe_model_restore(model, folder, error))
    return model
end

"    Dataset(model)\n\nThe data that a model was trained on."
Dataset(model::Model) = dataset((out, error) -> ascribe_model_data(model, out, error))

# ---- queries

"""
Calls `f(dataset)` with the examples to ask about: a dataset as it is; for triples `(head, relation, tail)` by names or by ids; for rows
`x`, `(x, y)`, `X` or `(X, y)`, where an integer `y` is a class.
"""
asking(f, model::Model, queries::Dataset) = f(queries)
asking(f, model::Model, queries) = with(f, asked(model, queries))

asked(model, (head, relation, tail)::NTuple{3,AbstractString}) = Dataset(data -> query(data, head, relation, tail), model)
asked(model, triple::NTuple{3,Integer}) = Dataset([triple]; entities=parameter_at(model, "entities")[2][1],
                                                  relations=parameter_at(model, "relations")[2][1])
asked(model, x::AbstractMatrix{<:Real}) = Dataset(x)
asked(model, x::AbstractVector{<:Real}) = Dataset(one_row(x))
asked(model, (x, y)::Tuple{AbstractMatrix{<:Real},AbstractVector{<:AbstractFloat}}) = Dataset(x, y)
asked(model, (x, y)::Tuple{AbstractMatrix{<:Real},AbstractVector{<:Integer}}) = Dataset(x, y; classes=max(outputs(model), 2))
asked(model, (x, y)::Tuple{AbstractVector{<:Real},Real}) = asked(model, (one_row(x), [y]))
asked(model, other) = throw(ArgumentError("a query is a Dataset, (head, relation, tail), x or (x, y), not a $(typeof(other))"))

one_row(x::AbstractVector) = reshape(x, 1, length(x))
