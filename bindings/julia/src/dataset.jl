"""
    Dataset(X, y=nothing; classes=maximum(y))

Examples that are the rows of `X`, n × features; a vector is one feature. `y` has a number or a class for each row:
`AbstractFloat`s are numbers, integers are classes counted from 1, `Bool`s are two classes, `false` first.

    Dataset(triples; entities, relations)

Facts: a vector of tuples `(head, relation, tail)` of ids counted from 1, with the numbers of entities and relations.

    Dataset("user" => ids, "rating" => numbers, ...)

Examples of a model of a graph: what each of its inputs is fed, see [`setinput!`](@ref). All have the same number of
examples.

A dataset is also what queries are: examples to ask about rather than to train on. See too [`loadtriples`](@ref),
[`loadtable`](@ref), [`loadimages`](@ref), [`loadmessages`](@ref). The library keeps a copy of what it is given.

`length(data)` is the number of examples (of facts: those of the training part), `data[3]`, `data[2:5]` and `data[ids]`
are datasets of some of them.
"""
mutable struct Dataset <: AnyDataset
    handle::Ptr{ascribe_dataset}
    Dataset(handle::Ptr{ascribe_dataset}) = finalizer(release!, new(handle))
end

Dataset(f::Function, arguments...; options...) = with(f, Dataset(arguments...; options...))

const Label = Union{Integer,AbstractVector{<:Integer}}

function Dataset(x::AbstractVecOrMat{<:Real}, y::Union{Nothing,AbstractVector{<:Real}}=nothing;
                 classes::Union{Nothing,Integer}=nothing)
    y === nothing || length(y) == size(x, 1) ||
        throw(DimensionMismatch("X has $(size(x, 1)) rows and y has $(length(y)) values"))
    if y isa AbstractVector{<:Integer}
        data = from_matrix(lent(x), nothing)
        y isa AbstractVector{Bool} && return setlabels!(data, y .+ 1; classes=something(classes, 2))
        return setlabels!(data, y; classes=something(classes, isempty(y) ? 1 : maximum(y)))
    end
    classes === nothing || throw(ArgumentError("classes = $classes: only integers in y are classes"))
    return from_matrix(lent(x), y)
end

from_matrix(x::Lent, ::Nothing) = from_matrix(x, Float64[], Ptr{Float64}(C_NULL))
function from_matrix(x::Lent, y::AbstractVector)
    numbers = Vector{Float64}(y)
    return from_matrix(x, numbers, numbers)
end
from_matrix(x::LentF64, numbers, passed) = Dataset(created(ascribe_dataset) do out, error
    ascribe_dataset_from_matrix(x, passed, length(numbers), out, error)
end)
from_matrix(x::Lent{ascribe_matrix_f32}, numbers, passed) = Dataset(created(ascribe_dataset) do out, error
    ascribe_dataset_from_matrix_f32(x, passed, length(numbers), out, error)
end)

function Dataset(triples::AbstractVector{<:Tuple{Integer,Integer,Integer}}; entities::Integer, relations::Integer)
    flat = Matrix{UInt32}(undef, 3, length(triples))
    for (place, (head, relation, tail)) in enumerate(triples)
        flat[1, place] = zero_based(head, "head")
        flat[2, place] = zero_based(relation, "relation")
        flat[3, place] = zero_based(tail, "tail")
    end
    return Dataset(created(ascribe_dataset) do out, error
        ascribe_dataset_from_triples(flat, length(triples), UInt32(entities), UInt32(relations), out, error)
    end)
end

function Dataset(inputs::Pair{<:AbstractString,<:AbstractArray{<:Real}}...)
    isempty(inputs) && throw(ArgumentError("a dataset needs inputs, or a matrix, or triples"))
    count = size(first(inputs).second, 1)
    for (name, values) in inputs
        size(values, 1) == count || throw(DimensionMismatch(
            "input $name has $(size(values, 1)) examples and input $(first(inputs).first) has $count"))
    end
    data = Dataset(created((out, error) -> ascribe_dataset_new(count, out, error), ascribe_dataset))
    for (name, values) in inputs
        setinput!(data, name, values)
    end
    return data
end


"""
    setinput!(data, name, values)

Feeds the input `name` of a model's graph. The first axis of `values` is that of the examples and the others are the
input's own: a vector for numbers without axes, n × width for vectors. Integers are ids counted from 1, everything
else is numbers. Numbers are read where they are for up to two axes; more are copied once. Needs exclusive access to
`data`.
"""
function setinput!(data::Dataset, name::AbstractString, values::AbstractArray{<:Real})
    set_numbers(data, name, lent(by_example(values)))
    return data
end

function setinput!(data::Dataset, name::AbstractString, values::AbstractArray{<:Integer})
    rows = by_example(values)
    ids = Matrix{UInt32}(undef, size(rows, 2), size(rows, 1))
    for example in axes(rows, 1), place in axes(rows, 2)
        ids[place, example] = zero_based(rows[example, place], "an id of input $name is")
    end
    check(error -> ascribe_dataset_set_ids(data, name, ids, size(ids, 2), size(ids, 1), error))
    return data
end

set_numbers(data, name, x::LentF64) = check(error -> ascribe_dataset_set_numbers(data, name, x, error))
set_numbers(data, name, x::Lent{ascribe_matrix_f32}) =
    check(error -> ascribe_dataset_set_numbers_f32(data, name, x, error))

# An example's values in the library's order, the last axis first to change.
by_example(values::AbstractVector) = reshape(values, length(values), 1)
by_example(values::AbstractMatrix) = values
by_example(values::AbstractArray) =
    reshape(permutedims(values, (1, ndims(values):-1:2...)), size(values, 1), :)

"""
    loadtriples(train; valid=nothing, test=nothing)

Reads facts from files of three columns, head, relation and tail, between tabs. See [`part`](@ref) for the parts.
"""
loadtriples(train::AbstractString; valid::Union{Nothing,AbstractString}=nothing,
            test::Union{Nothing,AbstractString}=nothing) = Dataset(created(ascribe_dataset) do out, error
    ascribe_dataset_load_triples(train, something(valid, C_NULL), something(test, C_NULL), out, error)
end)

"""
    loadtable(path; target=nothing, targets=:auto, standardize=false)

Reads a table in CSV whose first line has the columns' names. `target` names the column to predict, without it the
last, which holds `:classes` or `:numbers` (`:auto`: by what is there); `standardize` gives every other column mean 0
and variance 1.
"""
function loadtable(path::AbstractString; given...)
    settings = options(ascribe_table_options; given...)
    return Dataset(created((out, error) -> ascribe_dataset_load_table(path, settings, out, error), ascribe_dataset))
end

"    loadimages(images; labels=nothing)\n\nReads images, and their labels, from files in the format of MNIST (idx)."
loadimages(images::AbstractString; labels::Union{Nothing,AbstractString}=nothing) =
    Dataset(created(ascribe_dataset) do out, error
        ascribe_dataset_load_images(images, something(labels, C_NULL), out, error)
    end)

"    loadmessages(path)\n\nReads lines of a label, a tab and a text as rows of words."
loadmessages(path::AbstractString) =
    Dataset(created((out, error) -> ascribe_dataset_load_messages(path, out, error), ascribe_dataset))

"""
    loadlike(data, paths...)

Reads files (one table; images and labels; messages) as those of `data` were read: the same columns, scaling and
classes. For data to test on.
"""
function loadlike(data::Dataset, paths::AbstractString...)
    kept = String[path for path in paths]
    pointers = Cstring[Base.unsafe_convert(Cstring, path) for path in kept]
    return Dataset(created(ascribe_dataset) do out, error
        GC.@preserve kept pointers begin
            ascribe_dataset_load_like(data, Ptr{Ptr{UInt8}}(pointer(pointers)), length(kept), out, error)
        end
    end)
end

Base.length(data::Dataset) = Int(ascribe_dataset_len(data))
Base.lastindex(data::Dataset) = length(data)

"    part(data, which)\n\nA part of a dataset of facts: `:train`, `:valid` or `:test`."
part(data::Dataset, which::Symbol) = Dataset(created(ascribe_dataset) do out, error
    ascribe_dataset_part(data, chosen(PARTS, which, "a part"), out, error)
end)

function Base.getindex(data::Dataset, examples::AbstractVector{<:Integer})
    places = zero_based(examples isa AbstractVector{Bool} ? mask(data, examples) : examples, "example")
    return Dataset(created(ascribe_dataset) do out, error
        ascribe_dataset_select(data, places, length(places), out, error)
    end)
end
Base.getindex(data::Dataset, example::Integer) = data[[example]]

function mask(data, examples)
    length(examples) == length(data) ||
        throw(DimensionMismatch("$(length(examples)) marks for $(length(data)) examples"))
    return findall(examples)
end

"""
    query(data, head, relation, tail)

A dataset of one fact given by names, to ask about. It need not be among the facts of `data`.
"""
query(data::Dataset, head::AbstractString, relation::AbstractString, tail::AbstractString) =
    Dataset(created(ascribe_dataset) do out, error
        ascribe_dataset_query(data, head, relation, tail, out, error)
    end)

"    describe(data, example)\n\nAn example in words: \"burma treaties usa\", \"row 17: target 3\"."
function describe(data::Dataset, example::Integer)
    place = zero_based(example, "example")
    return text((buffer, capacity, length, error) ->
        ascribe_dataset_describe(data, place, buffer, capacity, length, error))
end

"    triples(data)\n\nThe facts as named tuples `(head, relation, tail)` of ids counted from 1."
function triples(data::Dataset)
    flat = Matrix{UInt32}(undef, 3, length(data))
    check(error -> ascribe_dataset_triples(data, flat, length(flat), error))
    return [(head=Int(flat[1, i]) + 1, relation=Int(flat[2, i]) + 1, tail=Int(flat[3, i]) + 1) for i in axes(flat, 2)]
end

"    features(data)\n\nHow many numbers a row has; 0 where examples are not rows."
features(data::Dataset) = Int(ascribe_dataset_features(data))

"    classes(data)\n\nHow many classes there are; 0 where targets are numbers or absent."
classes(data::Dataset) = Int(ascribe_dataset_classes(data))

"    classname(data, class)\n\nThe name of a class, which counts from 1."
function classname(data::Dataset, class::Integer)
    label = UInt32(zero_based(class, "class"))
    return text((buffer, capacity, length, error) ->
        ascribe_dataset_class_name(data, label, buffer, capacity, length, error))
end

"    labels(data)\n\nThe class of every row, from 1."
function labels(data::Dataset)
    found = Vector{UInt32}(undef, length(data))
    check(error -> ascribe_dataset_labels(data, found, length(found), error))
    return Int.(found) .+ 1
end

"""
    setlabels!(data, labels; classes=max(classes(data), maximum(labels)))

Gives every row a class, from 1. Classes that have names keep them; targets that were numbers become classes named by
numbers from \"0\". Needs exclusive access to `data`.
"""
function setlabels!(data::Dataset, labels::AbstractVector{<:Integer};
                    classes::Integer=max(Ascribe.classes(data), maximum(labels)))
    places = UInt32.(zero_based(labels, "label"))
    check(error -> ascribe_dataset_set_labels(data, places, length(places), UInt32(classes), error))
    return data
end

"    targets(data)\n\nThe number of every row that is to be predicted."
function targets(data::Dataset)
    found = Vector{Float64}(undef, length(data))
    check(error -> ascribe_dataset_targets(data, found, length(found), error))
    return found
end
