# Objects of the library and their lifetime, the same for every type.

"""
What holds an object of the library. Its field `handle` is null once closed. Passing the object itself to the C layer,
not its pointer, keeps it alive during the call.
"""
abstract type Handle end

Base.isopen(object::Handle) = object.handle != C_NULL

function pointer_of(object::Handle)
    isopen(object) || throw(ArgumentError("this $(nameof(typeof(object))) is closed"))
    return object.handle
end

"""
    close(object)

Frees what the library keeps for `object`, at once rather than when it is collected. Closing again does nothing; using a
closed object is an `ArgumentError`. Nothing else that is open stops working. Needs the object to itself: no other
thread may be using it.
"""
Base.close(object::Handle) = release!(object)

"The finalizer: idempotent and silent, it neither throws, locks nor yields."
function release!(object::Handle)
    handle = object.handle
    object.handle = C_NULL
    handle == C_NULL || free(handle)
    return nothing
end

"Calls `f(object)` and closes the object whatever happens."
function with(f, object::Handle)
    try
        return f(object)
    finally
        close(object)
    end
end

# For every type: how it is passed, how it is freed, and `Type(arguments...) do object ... end`.
for (type, struct_name) in (:Context => :context, :Cancel => :cancel, :Dataset => :dataset, :Graph => :graph,
                            :Model => :model, :Trainer => :trainer, :Ledger => :ledger, :Rollback => :rollback,
                            :Influence => :influence, :Attribution => :attribution, :WhatIf => :what_if)
    pointee = Symbol(:ascribe_, struct_name)
    @eval free(handle::Ptr{$pointee}) = $(Symbol(pointee, :_free))(handle)
    @eval abstract type $(Symbol(:Any, type)) <: Handle end
    @eval Base.unsafe_convert(::Type{Ptr{$pointee}}, object::$(Symbol(:Any, type))) = pointer_of(object)::Ptr{$pointee}
end

"The pointer that `call(out, error)` writes."
function created(call, ::Type{P}) where {P}
    out = Ref{Ptr{P}}(C_NULL)
    check(error -> call(out, error))
    return out[]
end
