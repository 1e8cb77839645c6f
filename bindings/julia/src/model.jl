"The name of a parameter and its size."
const Parameter = NamedTuple{(:name, :size),Tuple{String,Tuple{Vararg{Int}}}}

"""
    Model(data::Dataset; context=nothing, options...)

A model that is not trained yet, of the rows or the facts of `data`, which tells sizes and is not kept.

*Rows*: `loss` (`:auto`, the default: by the targets, numbers `:squared`, two classes `:logistic`, more `:softmax`;
`:hinge`), `smoothing=0.1` of the hinge, `l2=0.01`, `intercept=true`, `layers` before the last, dense one (none: a
generalized linear model), `precision` (`Float64` or `Float32`), `seed`. Layers are activations (`:tanh`, `:relu`,
`:gelu`, `:softplus`, `:sigmoid`) and pairs: `:dense => outputs`, `:convolution => (channels, side)`, `:maxpool =>
side`, `:averagepool => side`.

*Facts*: `kind="distmult"` (`"complex"`, `"transe"` ...), `dimension=10`, `initial=0.5` (half width of initial
values), `loss` (`:sampled_softmax`, `:binary_cross_entropy`, `:full_softmax`), `sides` compared in training
(`:tails`, `:heads`, `:both`), `candidates` drawn `:each_epoch` or `:once`, `negatives=13` drawn for each fact,
`precision`, `seed`.

    Model(loss::Node; penalty=nothing, outputs=nothing, initial=0.1, precision=Float64, seed=nothing, context=nothing)

A model of the [`Graph`](@ref) that `loss` is an expression of: one number for each example. `penalty` is shared and
added to the loss of every example; `outputs` is what the loss is convex in, without which there is no Gauss-Newton
matrix. `initial` is half the width of initial values.

    Model(X, y; options..., training options..., progress, cancel, context)

Makes a model of the rows of `X` and trains it, see [`fit!`](@ref).

`Model(...) do model ... end` closes the model at the end. `copy(model)` is another model with the same values.
[`fit!`](@ref) and what changes values need exclusive access to the model; everything else may be called from several
threads at the same time.
"""
mutable struct Model <: AnyModel
    handle::Ptr{ascribe_model}
    context::MaybeContext
    explainers::Dict{Any,Handle}    # made by `explain` and the like, for the values the model has
    lock::ReentrantLock             # of `explainers`
    parameters::Vector{Parameter}   # once they were asked for; names and sizes never change
    Model(handle::Ptr{ascribe_model}, context::MaybeContext) =
        finalizer(release!, new(handle, context, Dict{Any,Handle}(), ReentrantLock(), Parameter[]))
end

Model(f::Function, arguments...; options...) = with(f, Model(arguments...; options...))

function Model(data::Dataset; context::MaybeContext=nothing, given...)
    rows = features(data) > 0
    settings = rows ? options(ascribe_row_options; given...) : options(ascribe_triple_options; given...)
    handle = created_in(ascribe_model, context) do out, error
        rows ? ascribe_model_rows(passed(context), data, settings, out, error) :
               ascribe_model_triples(passed(context), data, settings, out, error)
    end
    return Model(handle, context)
end

function Model(loss::Node; penalty::Union{Nothing,Node}=nothing, outputs::Union{Nothing,Node}=nothing,
               context::MaybeContext=nothing, given...)
    graph = same_graph(filter(!isnothing, [loss, penalty, outputs])...)
    settings = options(ascribe_graph_options; given...)
    number(node) = node === nothing ? ASCRIBE_NO_NODE : node.number
    handle = created_in(ascribe_model, context) do out, error
        ascribe_model_graph(passed(context), graph, loss.number, number(penalty), number(outputs), settings, out, error)
    end
    return Model(handle, context)
end

function Model(x::AbstractVecOrMat{<:Real}, y::AbstractVector{<:Real}; context::MaybeContext=nothing,
               progress=nothing, cancel::Union{Nothing,Cancel}=nothing, classes=nothing, given...)
    of_model = option_names(ascribe_row_options)
    data = Dataset(x, y; classes=classes)
    model = Model(data; context=context, (name => value for (name, value) in given if name in of_model)...)
    return fit!(model, data; progress=progress, cancel=cancel,
                (name => value for (name, value) in given if !(name in of_model))...)
end

# Explainers are freed with the values they are of; not in the finalizer, which must not lock: they have their own.
function Base.close(model::Model)
    forget!(model)
    return release!(model)
end

"Closes what was made for values that the model has no longer, which needs exclusive access to it."
function forget!(model::Model)
    lock(model.lock) do
        foreach(close, values(model.explainers))
        empty!(model.explainers)
    end
    return nothing
end

"The explainer of a model for a key, made at the first time."
function remembered(make, model::Model, key)
    pointer_of(model)
    return lock(model.lock) do
        get!(make, model.explainers, key)
    end
end

Base.copy(model::Model) =
    Model(created((out, error) -> ascribe_model_clone(model, out, error), ascribe_model), model.context)

# ---- parameters

"    dimension(model)\n\nHow many numbers all parameters have together."
dimension(model::Model) = Int(ascribe_model_dimension(model))

"    outputs(model)\n\nHow many numbers a model of rows predicts for a row; 0 for other models."
outputs(model::Model) = Int(ascribe_model_outputs(model))

"    parameters(model)\n\nThe parameters as named tuples `(name, size)`."
parameters(model::Model) = copy(known_parameters(model))

# The library writes the model's graph anew to tell a name, so they are kept. Threads that ask at once find the same.
function known_parameters(model)
    count = Int(ascribe_model_parameters(model))
    known = model.parameters
    length(known) == count && return known
    return model.parameters =
        Parameter[(name=parameter_name(model, place), size=asked_size(model, place)) for place in 1:count]
end

function parameter_size(model, place)
    known = known_parameters(model)
    place <= length(known) || throw(ArgumentError("parameter $place of a model with $(length(known))"))
    return known[place].size
end

parameter_name(model, place) = text((buffer, capacity, length, error) ->
    ascribe_model_parameter_name(model, place - 1, buffer, capacity, length, error))

function asked_size(model, place)
    rank, number = Ref{Csize_t}(0), place - 1
    check(error -> ascribe_model_parameter_shape(model, number, Ptr{Int64}(C_NULL), 0, rank, error))
    sizes = Vector{Int64}(undef, rank[])
    rank[] == 0 || check(error -> ascribe_model_parameter_shape(model, number, sizes, rank[], rank, error))
    return Tuple(Int.(sizes))
end

function place_of(model, name::AbstractString)
    known = known_parameters(model)
    for (place, parameter) in enumerate(known)
        parameter.name == name && return place
    end
    throw(ArgumentError("no parameter $(repr(name)); there are $(join((repr(p.name) for p in known), ", "))"))
end
place_of(model, place::Integer) = Int(zero_based(place, "parameter")) + 1

"""
    parameter(model, name)

The values of a parameter, given by name or by its place from 1, as an array of its size.
"""
function parameter(model::Model, name::Union{AbstractString,Integer})
    place = place_of(model, name)
    sizes = parameter_size(model, place)
    values = Vector{Float64}(undef, prod(sizes))
    check(error -> ascribe_model_parameter(model, place - 1, values, length(values), error))
    return from_rows(values, sizes)
end

# The library's arrays have the last axis first to change, Julia's the first.
from_rows(values, sizes) = length(sizes) < 2 ? reshape(values, sizes) :
    permutedims(reshape(values, reverse(sizes)), length(sizes):-1:1)
to_rows(values::AbstractArray) = ndims(values) < 2 ? vec(Array{Float64}(values)) :
    vec(Array{Float64}(permutedims(values, ndims(values):-1:1)))
to_rows(value::Real) = [Float64(value)]

"""
    setparameter!(model, name, values)

Gives a parameter values: an array of its size, or a number for one without axes. Drops the ledger of training, for it
belongs to the values before. Needs exclusive access to the model.
"""
function setparameter!(model::Model, name::Union{AbstractString,Integer}, values::Union{Real,AbstractArray{<:Real}})
    place = place_of(model, name)
    size(values) == parameter_size(model, place) || throw(DimensionMismatch(
        "parameter $name is of size $(parameter_size(model, place)) and the values of size $(size(values))"))
    flat = to_rows(values)
    forget!(model)
    check(error -> ascribe_model_set_parameter(model, place - 1, flat, length(flat), error))
    return model
end

# ---- predictions

"""
    predict(model, X; context)

What a model of rows predicts for the rows of `X`: a matrix of rows × [`outputs`](@ref). `X` is read where it is.
"""
function predict(model::Model, x::AbstractVecOrMat{<:Real}; context::MaybeContext=model.context)
    matrix = lent(x)
    # The library writes row after row, which is column after column here.
    found = Matrix{Float64}(undef, outputs(model), size(x, 1))
    predict!(found, model, matrix, context)
    return permutedims(found)
end
predict!(found, model, x::LentF64, context) = check_in(error ->
    ascribe_model_predict(model, passed(context), x, found, length(found), error), context)
predict!(found, model, x::Lent{ascribe_matrix_f32}, context) = check_in(error ->
    ascribe_model_predict_f32(model, passed(context), x, found, length(found), error), context)

# A functional is a name, or nothing for the first. Names have hyphens, which symbols can have only with effort.
named(::Nothing) = C_NULL
named(functional::AbstractString) = functional
named(functional::Symbol) = replace(String(functional), '_' => '-')

"""
    evaluate(model, queries; functional=nothing, context)

The functional at every query, a vector. `queries` is a [`Dataset`](@ref) or what [`explain`](@ref) takes. Functionals
of facts: `"probability"` of the tail among all (the default), `"log-probability"`, `"score"`, and of the head
`"head-probability"`, `"head-log-probability"`, `"head-score"`; of rows: `"loss"` (the default), `"probability"`,
`"log-probability"`, `"margin"`, `"output"`; of graphs: `"loss"` and those named by [`functional!`](@ref). A symbol
stands for the name with hyphens: `:log_probability`.
"""
function evaluate(model::Model, queries; functional=nothing, context::MaybeContext=model.context)
    return asking(model, queries) do data
        values = Vector{Float64}(undef, length(data))
        check_in(context) do error
            ascribe_model_evaluate(model, passed(context), data, named(functional), values, length(values), error)
        end
        values
    end
end

"""
    ranking(model, known, queries; context)

How well facts are predicted: `(mean_reciprocal_rank, hits_at_1, hits_at_3, hits_at_10, queries)`, where every fact of
any part of `known` but the one asked for is left out of the ranking.
"""
function ranking(model::Model, known::Dataset, queries::Dataset; context::MaybeContext=model.context)
    found = result_struct(ascribe_ranking)
    check_in(error -> ascribe_model_ranking(model, passed(context), known, queries, found, error), context)
    return as_named_tuple(found.value)
end

"The fields of a result, counts and marks as Julia writes them."
function as_named_tuple(result::T; truths=()) where {T}
    names = fieldnames(T)[2:end]
    read(name) = name in truths ? getfield(result, name) != 0 :
        getfield(result, name) isa Integer ? Int(getfield(result, name)) : getfield(result, name)
    return NamedTuple{names}(map(read, names))
end

# ---- files

"""
    save(model, folder)

Writes a model, with its data and ledger, to a folder, which is replaced as a whole or not at all.
"""
function save(model::Model, folder::AbstractString)
    check(error -> ascribe_model_save(model, folder, error))
    return nothing
end

"    load(Model, folder; context=nothing)\n\nReads a model of facts or rows that [`save`](@ref) wrote."
load(::Type{Model}, folder::AbstractString; context::MaybeContext=nothing) =
    Model(created((out, error) -> ascribe_model_load(folder, out, error), ascribe_model), context)
load(f::Function, ::Type{Model}, folder::AbstractString; options...) = with(f, load(Model, folder; options...))

"""
    restore!(model, folder)

Reads what [`save`](@ref) wrote into a model made of the same graph. Needs exclusive access to the model.
"""
function restore!(model::Model, folder::AbstractString)
    forget!(model)
    check(error -> ascribe_model_restore(model, folder, error))
    return model
end

"    Dataset(model)\n\nThe data that a model was trained on."
Dataset(model::Model) = Dataset(created((out, error) -> ascribe_model_data(model, out, error), ascribe_dataset))

# ---- queries

"""
Calls `f(dataset)` with the examples to ask about: a dataset as it is; for facts `(head, relation, tail)` by names or
by ids; for rows `x`, `(x, y)`, `X` or `(X, y)`, where an integer `y` is a class.
"""
asking(f, model::Model, queries::Dataset) = f(queries)
asking(f, model::Model, queries) = with(f, asked(model, queries))

asked(model, (head, relation, tail)::NTuple{3,AbstractString}) =
    with(data -> query(data, head, relation, tail), Dataset(model))
function asked(model, fact::NTuple{3,Integer})
    rows(name) = parameter_size(model, place_of(model, name))[1]
    return Dataset([fact]; entities=rows("entities"), relations=rows("relations"))
end
asked(model, x::AbstractMatrix{<:Real}) = Dataset(x)
asked(model, x::AbstractVector{<:Real}) = Dataset(one_row(x))
asked(model, (x, y)::Tuple{AbstractMatrix{<:Real},AbstractVector{<:AbstractFloat}}) = Dataset(x, y)
asked(model, (x, y)::Tuple{AbstractMatrix{<:Real},AbstractVector{<:Integer}}) =
    Dataset(x, y; classes=class_count(model))
asked(model, (x, y)::Tuple{AbstractVector{<:Real},Real}) = asked(model, (one_row(x), [y]))
asked(model, other) =
    throw(ArgumentError("a query is a Dataset, (head, relation, tail), x or (x, y), not a $(typeof(other))"))

one_row(x::AbstractVector) = reshape(x, 1, length(x))
class_count(model) = max(outputs(model), 2)
