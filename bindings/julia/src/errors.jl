"""
    AscribeError(code, message)

What the library says went wrong. `code` is one of the statuses of the C interface (`Ascribe.CAPI.ASCRIBE_CANCELED` and
so on; they never change their meaning), `message` names the argument, what was found and what was expected.
"""
struct AscribeError <: Exception
    code::Int32
    message::String
end

function Base.showerror(io::IO, error::AscribeError)
    print(io, "AscribeError: ", error.message, " (", status_name(error.code), ")")
end

status_name(code::Integer) = unsafe_string(ascribe_status_name(Int32(code)))

"Calls `call(error)` and throws what it reports. The place for the error is its last argument, as in the C interface."
@inline function check(call)
    error = Ref{Ptr{ascribe_error}}(C_NULL)
    code = call(error)::Int32
    code == ASCRIBE_OK || throw(taken(code, error[]))
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

"An index from 1, as the library counts."
function zero_based(index::Integer, what::AbstractString="index")
    index >= 1 || throw(ArgumentError("$what $index: they count from 1"))
    return UInt64(index - 1)
end

zero_based(indices::AbstractVector{<:Integer}, what::AbstractString="index") =
    UInt64[zero_based(index, what) for index in indices]
