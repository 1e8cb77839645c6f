"""
    Context(; threads=1, seed=42, log=nothing, log_level=:info)

What work is done with: a pool of threads, the seed that models and trainings start from, and where messages go.
Results do not depend on the number of threads. Every function that takes `context` does without one: one thread, seed
42, no log.

`log(level, target, message)` is called with a `Symbol` and two `String`s, on the thread that made the call, for
messages up to `log_level` (`:error`, `:warning`, `:info` or `:debug`). What it throws is thrown again after the call.

May be shared by any number of models and threads. Objects made with a context keep what they need of it.
"""
mutable struct Context <: AnyContext
    handle::Ptr{ascribe_context}
    sink::Any
end

"Where messages go, and what that threw. The library knows its address, so whatever may log keeps its context."
mutable struct Sink
    log::Any
    failure::Union{Nothing,Some}
end

const LOG_POINTER = Ref{Ptr{Cvoid}}(C_NULL)

function on_log(level::Int32, target::Cstring, message::Cstring, data::Ptr{Cvoid})::Cvoid
    sink = unsafe_pointer_to_objref(data)::Sink
    sink.failure === nothing || return nothing
    try
        sink.log(name_of(LOG_LEVELS, level), unsafe_string(target), unsafe_string(message))
    catch failure
        sink.failure = Some(failure)
    end
    return nothing
end

function Context(; threads::Integer=1, seed::Integer=42, log=nothing, log_level::Symbol=:info)
    given = options(ascribe_context_options; threads=threads, seed=seed, log_level=log_level)
    sink = log === nothing ? nothing : Sink(log, nothing)
    if sink !== nothing
        given.value.log = LOG_POINTER[]
        given.value.log_data = pointer_from_objref(sink)
    end
    handle = GC.@preserve sink created((out, error) -> ascribe_context_new(given, out, error), ascribe_context)
    context = finalizer(release!, Context(handle, sink))
    rethrow_log(context)
    return context
end

Context(f::Function; options...) = with(f, Context(; options...))

"The number of threads of a context."
Base.Threads.nthreads(context::Context) = Int(ascribe_context_threads(context))

const MaybeContext = Union{Nothing,Context}

# How a context, or none, is passed.
passed(::Nothing) = Ptr{ascribe_context}(C_NULL)
passed(context::Context) = context

rethrow_log(::Nothing) = nothing
function rethrow_log(context::Context)
    sink = context.sink
    sink === nothing && return nothing
    failure = sink.failure
    failure === nothing && return nothing
    sink.failure = nothing
    throw(something(failure))
end
