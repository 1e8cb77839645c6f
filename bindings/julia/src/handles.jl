# Objects of the library and their lifetime, the same for every type.

"""
What holds an object of the library. Its field `handle` is null once closed. Passing the object itself to the C layer, not its pointer,
keeps it alive during the call.
"""
abstract type Handle end

Base.isopen(object::Handle) = object.handle != C_NULL

function pointer_of(object::Handle)
    isopen(object) || throw(ArgumentError("this $(nameof(typeof(object))) is closed"))
    return object.handle
end

Base.unsafe_convert(::Type{Ptr{P}}, object::Handle) where {P} = pointer_of(object)::Ptr{P}

"""
    close(object)

Frees what the library keeps for `object`, at once rather than when it is collected. Closing again does nothing; using a closed object
is an `ArgumentError`. Nothing else that is open stops working. Needs the object to itself: no other thread may be using it.
"""
Base.close(object::Handle) = release!(object)

"The finalizer: idempotent and silent, it neither throws, locks nor yields."
function release!(object::Handle)
    handle = object.handle
    object.handle = C_NULL
    handle == C_NULL || free(handle)
    return nothing
end

for name in (:context, :cancel, :options, :dataset, :graph, :model, :trainer, :ledger, :ledger_builder, :attributor,
             :attribution, :what_if)
    @eval free(handle::Ptr{$(Symbol(:ascribe_, name))}) = $(Symbol(:ascribe_, name, :_free))(handle)
end

"Calls `f(object)` and closes the object whatever happens."
function with(f, object::Handle)
    try
        return f(object)
    finally
        close(object)
    end
end

# `Type(arguments...) do object ... end`, for every type.
(::Type{T})(f::Function, arguments...; options...) where {T<:Handle} = with(f, T(arguments...; options...))

"The pointer that `call(out, error)` writes, or `call(out, monitor, error)`; freed if a callback threw although the call succeeded."
function created(call, ::Type{P}, context=nothing, monitor=nothing) where {P}
    out = Ref{Ptr{P}}(C_NULL)
    try
        monitor === nothing ? check(error -> call(out, error), context) :
            monitored((monitor, error) -> call(out, monitor, error), context; monitor...)
    catch
        out[] == C_NULL || free(out[])
        rethrow()
    end
    return out[]
end
