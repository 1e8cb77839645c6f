"""
    Dataset(X, y=nothing; classes=maximum(y))

Examples that are the rows of `X`, n × features; a vector is one feature. `y` has a number or a class for each row: `AbstractFloat`s are
numbers, integers are classes counted from 1, `Bool`s are two classes, `false` first.

    Dataset(triples; entities, relations)

Triples: a vector of tuples `(head, relation, tail)` of ids counted from 1, with the numbers of entities and relations.

    Dataset("user" => ids, "rating" => numbers, ...)

Examples of a model of a graph: what each of its inputs is fed, see [`setinput!`](@ref). All have the same number of examples.

A dataset is also what queries are: examples to ask about rather than to train on. See too [`load`](@ref). The library keeps a copy of
what it is given.

`length(data)` is the number of examples (of triples: those of the training part), `data[3]`, `data[2:5]` and `data[ids]` are datasets
of some of them.
"""
mutable struct Dataset <: Handle
    handle::Ptr{ascribe_dataset}
    Dataset(handle::Ptr{ascribe_dataset}) = finalizer(release!, new(handle))
end

"The dataset that `call(out, error)` writes."
dataset(call) = Dataset(created(call, ascribe_dataset))

function Dataset(x::AbstractVecOrMat{<:Real}, y::Union{Nothing,AbstractVector{<:Real}}=nothing; classes::Union{Nothing,Integer}=nothing)
    y === nothing || length(y) == size(x, 1) || throw(DimensionMismatch("X has $(size(x, 1)) rows and y has $(length(y)) values"))
    if y isa AbstractVector{<:Integer}
        data, marks = from_matrix(lent(x), Float64[]), y isa AbstractVector{Bool}
        return setlabels!(data, marks ? y .+ 1 : y; classes=something(classes, marks ? 2 : isempty(y) ? 1 : maximum(y)))
    end
    classes === nothing || throw(ArgumentError("classes = $classes: only integers in y are classes"))
    return from_matrix(lent(x), y === nothing ? Float64[] : Vector{Float64}(y))
end

from_matrix(x, y) = dataset() do out, error
    by_type(x, ascribe_dataset_from_matrix, ascribe_dataset_from_matrix_f32)(x, isempty(y) ? C_NULL : y, length(y), out, error)
end

function Dataset(triples::AbstractVector{<:Tuple{Integer,Integer,Integer}}; entities::Integer, relations::Integer)
    flat = UInt32[zero_based(triple[place], ("head", "relation", "tail")[place]) for place in 1:3, triple in triples]
    return dataset((out, error) -> ascribe_dataset_from_triples(flat, length(triples), entities, relations, out, error))
end

function Dataset(inputs::Pair{<:AbstractString,<:AbstractArray{<:Real}}...)
    isempty(inputs) && throw(ArgumentError("a dataset needs inputs, or a matrix, or triples"))
    count = size(first(inputs).second, 1)
    for (name, values) in inputs
        size(values, 1) == count ||
            throw(DimensionMismatch("input $name has $(size(values, 1)) examples and input $(first(inputs).first) has $count"))
    end
    data = dataset((out, error) -> ascribe_dataset_new(count, out, error))
    foreach(((name, values),) -> setinput!(data, name, values), inputs)
    return data
end

"""
    setinput!(data, name, values)

Feeds the input `name` of a model's graph. The first axis of `values` is that of the examples and the others are the input's own: a
vector for numbers without axes, n × width for vectors. Integers are ids counted from 1, everything else is numbers. Numbers are read
where they are for up to two axes; more are copied once. Needs exclusive access to `data`.
"""
function setinput!(data::Dataset, name::AbstractString, values::AbstractArray{<:Real})
    x = lent(by_example(values))
    check(error -> by_type(x, ascribe_dataset_set_numbers, ascribe_dataset_set_numbers_f32)(data, name, x, error))
    return data
end
function setinput!(data::Dataset, name::AbstractString, values::AbstractArray{<:Integer})
    ids = UInt32[zero_based(id, "an id of input $name is") for id in permutedims(by_example(values))]
    check(error -> ascribe_dataset_set_ids(data, name, ids, size(ids, 2), size(ids, 1), error))
    return data
end

# An example's values in the library's order, the last axis first to change.
by_example(values::AbstractVector) = reshape(values, length(values), 1)
by_example(values::AbstractMatrix) = values
by_example(values::AbstractArray) = reshape(permutedims(values, (1, ndims(values):-1:2...)), size(values, 1), :)

"""
    load(format, paths...; options...)

Reads a dataset from files: `:triples` (a folder, or up to three files of head, relation and tail between tabs: train, valid, test),
`:table` (CSV whose first line has the columns' names), `:images` (images, and their labels, in the format of MNIST), `:npy` (features,
and labels, in `.npy` files of NumPy, or one `.npz` archive of both), `:messages` (lines of a label, a tab and a text). What of them and
how: [`options`](@ref)`(:table)` (`label="column"` ...), `options(:images)`, `options(:npy)`, `options(:messages)` and
`options(:select)`, whose `rows` count from 0 as the library does.

    load(data, paths...)

Reads files as those of `data` were read: the same columns, scaling and classes. For data to test on.

    load(Model, folder; context=nothing)

Reads a model that [`save`](@ref) wrote, unless it is of a graph: see [`restore!`](@ref).
"""
load(format::Union{Symbol,AbstractString}, paths::AbstractString...; given...) = with_options(given) do options
    dataset((out, error) -> with_texts((list, count) -> ascribe_dataset_load(word(format), list, count, options, out, error), paths))
end
load(data::Dataset, paths::AbstractString...) =
    dataset((out, error) -> with_texts((list, count) -> ascribe_dataset_load_like(data, list, count, out, error), paths))
load(f::Function, arguments...; options...) = with(f, load(arguments...; options...))

"Calls `call(list, count)` with a list of texts."
function with_texts(call, texts)
    kept = String[text for text in texts]
    pointers = Ptr{UInt8}[Base.unsafe_convert(Cstring, text) for text in kept]
    return GC.@preserve kept call(pointers, length(pointers))
end

Base.length(data::Dataset) = Int(ascribe_dataset_len(data))
Base.lastindex(data::Dataset) = length(data)

"    part(data, which)\n\nA part of a dataset of triples: `:train`, `:valid` or `:test`."
part(data::Dataset, which::Union{Symbol,AbstractString}) =
    dataset((out, error) -> ascribe_dataset_part(data, word(which), out, error))

function Base.getindex(data::Dataset, examples::AbstractVector{<:Integer})
    places = zero_based(examples isa AbstractVector{Bool} ? mask(data, examples) : examples, "example")
    return dataset((out, error) -> ascribe_dataset_select(data, places, length(places), out, error))
end
Base.getindex(data::Dataset, example::Integer) = data[[example]]

mask(data, marks) = length(marks) == length(data) ? findall(marks) :
    throw(DimensionMismatch("$(length(marks)) marks for $(length(data)) examples"))

"    query(data, head, relation, tail)\n\nA dataset of one triple given by names, to ask about. It need not be among those of `data`."
query(data::Dataset, head::AbstractString, relation::AbstractString, tail::AbstractString) =
    dataset((out, error) -> ascribe_dataset_query(data, head, relation, tail, out, error))

"""
    describe(data, example)

An example in words: "burma treaties usa", "row 17: target 3".

    describe(model)
    describe(attributor)

What a model is and how it was trained; a method, its unit, and what is known of it for the model: a `Dict`.
"""
describe(data::Dataset, example::Integer) =
    text((buffer...) -> ascribe_dataset_describe(data, zero_based(example, "example"), buffer...))

"    triples(data)\n\nThe triples as named tuples `(head, relation, tail)` of ids counted from 1."
function triples(data::Dataset)
    flat = filled((ids...) -> ascribe_dataset_triples(data, ids...), UInt32, 3, length(data))
    return [NamedTuple{(:head, :relation, :tail)}(Int.(Tuple(triple)) .+ 1) for triple in eachcol(flat)]
end

"    features(data)\n\nHow many numbers a row has; 0 where examples are not rows."
features(data::Dataset) = Int(ascribe_dataset_features(data))

"    classes(data)\n\nHow many classes there are; 0 where targets are numbers or absent."
classes(data::Dataset) = Int(ascribe_dataset_classes(data))

"    classname(data, class)\n\nThe name of a class, which counts from 1."
classname(data::Dataset, class::Integer) =
    text((buffer...) -> ascribe_dataset_class_name(data, zero_based(class, "class"), buffer...))

"    labels(data)\n\nThe class of every row, from 1."
labels(data::Dataset) = Int.(filled((found...) -> ascribe_dataset_labels(data, found...), UInt32, length(data))) .+ 1

"""
    setlabels!(data, labels; classes=max(classes(data), maximum(labels)))

Gives every row a class, from 1. Classes that have names keep them; targets that were numbers become classes named by numbers from
\"0\". Needs exclusive access to `data`.
"""
function setlabels!(data::Dataset, labels::AbstractVector{<:Integer}; classes::Integer=max(Ascribe.classes(data), maximum(labels)))
    places = UInt32.(zero_based(labels, "label"))
    check(error -> ascribe_dataset_set_labels(data, places, length(places), classes, error))
    return data
end

"    targets(data)\n\nThe number of every row that is to be predicted."
targets(data::Dataset) = filled((found...) -> ascribe_dataset_targets(data, found...), length(data))
