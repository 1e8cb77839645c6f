# Long calls: progress, cancellation, and what callbacks throw.

"""
    Cancel()

A flag that ends long calls that were given it (`cancel=...`), with an [`AscribeError`](@ref) of code
`ASCRIBE_CANCELED`. [`cancel!`](@ref) may be called from any thread, [`iscanceled`](@ref) too; [`reset!`](@ref)
makes it usable again.
"""
mutable struct Cancel <: AnyCancel
    handle::Ptr{ascribe_cancel}
    Cancel() = finalizer(release!, new(created(ascribe_cancel_new, ascribe_cancel)))
end

Cancel(f::Function) = with(f, Cancel())

"    cancel!(flag)\n\nAsks the calls that were given `flag` to stop. May be called from any thread at the same time."
cancel!(flag::Cancel) = ascribe_cancel_request(flag)

"    iscanceled(flag)\n\nWhether `flag` was asked for."
iscanceled(flag::Cancel) = ascribe_cancel_requested(flag) != 0

"""
    iscanceled(error)

Whether an error is that a call was canceled, by a [`Cancel`](@ref) or by its progress callback.
"""
iscanceled(error) = error isa AscribeError && error.code == ASCRIBE_CANCELED

"    reset!(flag)\n\nTakes the request of [`cancel!`](@ref) back."
reset!(flag::Cancel) = ascribe_cancel_reset(flag)

"Who watches a call: the progress callback, and what it threw."
mutable struct Watcher
    progress::Any
    failure::Union{Nothing,Some}
end

const PROGRESS_POINTER = Ref{Ptr{Cvoid}}(C_NULL)

"Reads an event of a library whose struct may end earlier than ours."
function read_event(event::Ptr{ascribe_progress})
    whole = Ref(ascribe_progress(0, C_NULL, 0, 0, NaN, NaN))
    size = min(unsafe_load(Ptr{Csize_t}(event)), sizeof(ascribe_progress))
    GC.@preserve whole unsafe_copyto!(Ptr{UInt8}(pointer_from_objref(whole)), Ptr{UInt8}(event), size)
    return whole[]
end

function on_progress(event::Ptr{ascribe_progress}, data::Ptr{Cvoid})::Int32
    watcher = unsafe_pointer_to_objref(data)::Watcher
    try
        # Here the garbage collector may run for the other threads, and an interrupt arrives.
        GC.safepoint()
        watcher.progress === nothing && return Int32(0)
        read = read_event(event)
        going_on = watcher.progress((phase=unsafe_string(read.phase), done=Int(read.done), total=Int(read.total),
                                     value=read.value, quality=read.quality))
        return Int32(going_on === false)
    catch failure
        watcher.failure = Some(failure)
        return Int32(1)
    end
end

"""
Calls `call(watch, error)` with what reports progress and cancels. An exception of a callback is thrown unchanged once
the library has cleaned up.
"""
function watched(call, context::MaybeContext; progress=nothing, cancel::Union{Nothing,Cancel}=nothing)
    watcher = Watcher(progress, nothing)
    watch = options(ascribe_watch)
    watch.value.progress = PROGRESS_POINTER[]
    task = current_task()
    sticky = task.sticky
    GC.@preserve watcher cancel begin
        watch.value.progress_data = pointer_from_objref(watcher)
        cancel === nothing || (watch.value.cancel = pointer_of(cancel))
        error = Ref{Ptr{ascribe_error}}(C_NULL)
        # A callback that yields must come back to the thread whose stack the library is on.
        task.sticky = true
        code = try
            call(watch, error)::Int32
        finally
            task.sticky = sticky
        end
        problem = code == ASCRIBE_OK ? nothing : taken(code, error[])
        watcher.failure === nothing || throw(something(watcher.failure))
        rethrow_log(context)
        problem === nothing || throw(problem)
    end
    return nothing
end

"As [`check`](@ref), and then throws what the context's log threw."
function check_in(call, context::MaybeContext)
    error = Ref{Ptr{ascribe_error}}(C_NULL)
    code = call(error)::Int32
    problem = code == ASCRIBE_OK ? nothing : taken(code, error[])
    rethrow_log(context)
    problem === nothing || throw(problem)
    return nothing
end

"The pointer that `call(out, watch, error)` writes; freed if a callback threw although the call succeeded."
function created_watched(call, ::Type{P}, context::MaybeContext; watch...) where {P}
    out = Ref{Ptr{P}}(C_NULL)
    try
        watched((w, error) -> call(out, w, error), context; watch...)
    catch
        out[] == C_NULL || free(out[])
        rethrow()
    end
    return out[]
end

"The pointer that `call(out, error)` writes with a context that may log."
function created_in(call, ::Type{P}, context::MaybeContext) where {P}
    out = Ref{Ptr{P}}(C_NULL)
    try
        check_in(error -> call(out, error), context)
    catch
        out[] == C_NULL || free(out[])
        rethrow()
    end
    return out[]
end
