"""
    Context(; threads, seed, log, log_level)

What work is done with: a pool of threads, the seed that models and trainings start from, and where messages go. Results do not depend
on the number of threads. Every function that takes `context` does without one: one thread, the library's seed, no log.

`log(level, target, message)` is called with three `String`s, on the thread that made the call, for messages up to `log_level` (`:error`,
`:warning`, `:info` or `:debug`). What it throws is thrown again after the call.

May be shared by any number of models and threads. Objects made with a context keep what they need of it.
"""
mutable struct Context <: Handle
    handle::Ptr{ascribe_context}
    log::Any
end

"A function of the caller's that the library calls, and what it threw. The library knows its address, so who may be called keeps it."
mutable struct Callback
    call::Any
    failure::Union{Nothing,Some}
end

rethrow_failure(::Nothing) = nothing
rethrow_failure(context::Context) = rethrow_failure(context.log)
function rethrow_failure(callback::Callback)
    failure = callback.failure
    callback.failure = nothing
    failure === nothing || throw(something(failure))
    return nothing
end

const LOG_POINTER = Ref{Ptr{Cvoid}}(C_NULL)

function on_log(level::Cstring, target::Cstring, message::Cstring, data::Ptr{Cvoid})::Cvoid
    callback = unsafe_pointer_to_objref(data)::Callback
    callback.failure === nothing || return nothing
    try
        callback.call(unsafe_string(level), unsafe_string(target), unsafe_string(message))
    catch failure
        callback.failure = Some(failure)
    end
    return nothing
end

function Context(; threads::Union{Nothing,Integer}=nothing, seed::Union{Nothing,Integer}=nothing, log=nothing, log_level=nothing)
    settings, callback, level = ascribe_context_options(), log === nothing ? nothing : Callback(log, nothing), word(log_level)
    ascribe_context_options_init(settings, sizeof(settings))
    threads === nothing || (settings.threads = threads)
    seed === nothing || (settings.seed = seed)
    log_level === nothing || (settings.log_level = Base.unsafe_convert(Cstring, level))
    if callback !== nothing
        settings.log = LOG_POINTER[]
        settings.log_data = pointer_from_objref(callback)
    end
    handle = GC.@preserve callback level created((out, error) -> ascribe_context_new(settings, out, error), ascribe_context)
    context = finalizer(release!, Context(handle, callback))
    rethrow_failure(context)
    return context
end

"The number of threads of a context."
Base.Threads.nthreads(context::Context) = Int(ascribe_context_threads(context))

const MaybeContext = Union{Nothing,Context}

# ---- long calls: progress, cancellation, and what callbacks throw

"""
A flag that ends long calls that were given it (`cancel=...`), with an [`AscribeError`](@ref) of code `ASCRIBE_CANCELED`.
[`cancel!`](@ref) may be called from any thread, [`iscanceled`](@ref) too; [`reset!`](@ref) makes it usable again.
"""
mutable struct Cancel <: Handle
    handle::Ptr{ascribe_cancel}
    Cancel() = finalizer(release!, new(created(ascribe_cancel_new, ascribe_cancel)))
end

"    cancel!(flag)\n\nAsks the calls that were given `flag` to stop. May be called from any thread at the same time."
cancel!(flag::Cancel) = ascribe_cancel_request(flag)

"    iscanceled(flag)\n    iscanceled(error)\n\nWhether `flag` was asked for; whether a call was canceled, by a flag or by its progress callback."
iscanceled(flag::Cancel) = ascribe_cancel_requested(flag) != 0
iscanceled(error) = error isa AscribeError && error.code == ASCRIBE_CANCELED

"    reset!(flag)\n\nTakes the request of [`cancel!`](@ref) back."
reset!(flag::Cancel) = ascribe_cancel_reset(flag)

const PROGRESS_POINTER = Ref{Ptr{Cvoid}}(C_NULL)

"Reads an event of a library whose struct may end earlier than ours."
function read_event(event::Ptr{ascribe_progress})
    whole = Ref(ascribe_progress(0, C_NULL, 0, 0, NaN, NaN))
    size = min(unsafe_load(Ptr{Csize_t}(event)), sizeof(ascribe_progress))
    GC.@preserve whole unsafe_copyto!(Ptr{UInt8}(pointer_from_objref(whole)), Ptr{UInt8}(event), size)
    read = whole[]
    return (phase=unsafe_string(read.phase), done=Int(read.done), total=Int(read.total), value=read.value, quality=read.quality)
end

function on_progress(event::Ptr{ascribe_progress}, data::Ptr{Cvoid})::Int32
    callback = unsafe_pointer_to_objref(data)::Callback
    try
        # Here the garbage collector may run for the other threads, and an interrupt arrives.
        GC.safepoint()
        callback.call === nothing && return Int32(0)
        return Int32(callback.call(read_event(event)) === false)
    catch failure
        callback.failure = Some(failure)
        return Int32(1)
    end
end

"Calls `call(monitor, error)` with what reports progress and cancels. What a callback throws is thrown once the library has cleaned up."
function monitored(call, context::MaybeContext; progress=nothing, cancel::Union{Nothing,Cancel}=nothing)
    callback, monitor, task = Callback(progress, nothing), ascribe_monitor(), current_task()
    ascribe_monitor_init(monitor, sizeof(monitor))
    monitor.progress = PROGRESS_POINTER[]
    sticky = task.sticky
    # A callback that yields must come back to the thread whose stack the library is on.
    task.sticky = true
    try
        GC.@preserve callback cancel begin
            monitor.progress_data = pointer_from_objref(callback)
            cancel === nothing || (monitor.cancel = pointer_of(cancel))
            check(error -> call(monitor, error), context, callback)
        end
    finally
        task.sticky = sticky
    end
    return nothing
end
