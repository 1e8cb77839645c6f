"""
    AscribeError(code, message)

What the library says went wrong. `code` is one of the statuses of the C interface (`Ascribe.CAPI.ASCRIBE_CANCELED` and so on; they
never change their meaning), `message` names the argument, what was found and what was expected.
"""
struct AscribeError <: Exception
    code::Int32
    message::String
end

Base.showerror(io::IO, error::AscribeError) = print(io, "AscribeError: ", error.message, " (", status_name(error.code), ")")

status_name(code::Integer) = unsafe_string(ascribe_status_name(code))

"""
Calls `call(error)` and throws what it reports, or before that what its progress callback or the log of its context threw. The place for
the error is the last argument, as in the C interface.
"""
@inline function check(call, context=nothing, progress=nothing)
    error = Ref{Ptr{ascribe_error}}(C_NULL)
    code = call(error)::Int32
    problem = code == ASCRIBE_OK ? nothing : taken(code, error[])
    rethrow_failure(progress)
    rethrow_failure(context)
    problem === nothing || throw(problem)
    return nothing
end

"Turns an error object of the library into one of Julia and frees it."
function taken(code::Int32, error::Ptr{ascribe_error})
    message = error == C_NULL ? status_name(code) : unsafe_string(ascribe_error_message(error))
    ascribe_error_free(error)
    return AscribeError(code, message)
end

"Asks twice, for the length and for the bytes: `call(buffer, capacity, length, error)`."
function text(call)
    length = Ref{Csize_t}(0)
    check(error -> call(Ptr{UInt8}(C_NULL), 0, length, error))
    buffer = Vector{UInt8}(undef, length[] + 1)
    check(error -> call(buffer, sizeof(buffer), length, error))
    return String(resize!(buffer, length[]))
end

"Sizes, asked for twice as well: `call(sizes, capacity, rank, error)`."
function shape(call)
    rank = Ref{Csize_t}(0)
    check(error -> call(Ptr{Int64}(C_NULL), 0, rank, error))
    sizes = Vector{Int64}(undef, rank[])
    rank[] == 0 || check(error -> call(sizes, rank[], rank, error))
    return Tuple(Int.(sizes))
end

"The numbers that `call(values, capacity, error)` writes."
function filled(call, ::Type{T}, sizes::Integer...; context=nothing) where {T}
    values = Array{T}(undef, sizes...)
    check(error -> call(values, length(values), error), context)
    return values
end
filled(call, sizes::Integer...; context=nothing) = filled(call, Float64, sizes...; context=context)

"The fields of the struct that `call(result, error)` fills, counts and marks (`truths`) as Julia writes them."
function result(call, ::Type{T}; truths=(), context=nothing) where {T}
    made = T()
    check(error -> call(made, error), context)
    read(name, value) = name in truths ? value != 0 : value isa Integer ? Int(value) : value
    names = fieldnames(T)[2:end]
    return NamedTuple{names}(map(name -> read(name, getfield(made, name)), names))
end

"An index from 1, as the library counts."
function zero_based(index::Integer, what::AbstractString="index")
    index >= 1 || throw(ArgumentError("$what $index: they count from 1"))
    return UInt64(index - 1)
end
zero_based(indices::AbstractVector{<:Integer}, what::AbstractString="index") = UInt64[zero_based(index, what) for index in indices]

# Words of the library: a text is the word itself, a symbol stands for it with hyphens, and nothing for what the library has first.
const Word = Union{Symbol,AbstractString}
word(::Nothing) = C_NULL
word(text::AbstractString) = String(text)
word(symbol::Symbol) = replace(String(symbol), '_' => '-')
