# Options are the library's: keywords are handed on by name, and it knows what they are, what they may be, and what they are without.

"A bag of options for one call."
mutable struct Options <: Handle
    handle::Ptr{ascribe_options}
    Options() = finalizer(release!, new(created(ascribe_options_new, ascribe_options)))
end

"Calls `call(options)` with what keywords say; `nothing` leaves what the library takes without."
function with_options(call, given)
    return with(Options()) do bag
        foreach(((name, value),) -> value === nothing || set!(bag, String(name), value), given)
        call(bag)
    end
end

set!(bag, name, value::Bool) = check(error -> ascribe_options_set_flag(bag, name, value, error))
set!(bag, name, value::Real) = check(error -> ascribe_options_set_number(bag, name, value, error))
set!(bag, name, value::Integer) = typemin(Int64) <= value <= typemax(Int64) ?
    check(error -> ascribe_options_set_integer(bag, name, value, error)) : set!(bag, name, string(value))
set!(bag, name, value) = (said = written(value); check(error -> ascribe_options_set_text(bag, name, said, error)))

"A value as a person types it: words, numbers, lists `a,b`, words with sizes `:conv => (8, 5)` (`conv:8x5`), `Float32` (`f32`)."
written(value::Union{Symbol,AbstractString}) = word(value)
written(value::Real) = string(value)
written(values::Union{AbstractVector,Tuple}) = join(map(written, values), ',')
written((name, sizes)::Pair) = string(written(name), ':', sizes isa Tuple ? join(map(written, sizes), 'x') : written(sizes))
written(::Type{T}) where {T<:AbstractFloat} = "f$(8sizeof(T))"
written(value) = throw(ArgumentError("an option is a number, a word or a list of them, not a $(typeof(value))"))

"""
    options()
    options(table)

The names of the library's tables of options, and the options in one of them, each `(name, type, default, range, words, about)`. Keywords
of [`Model`](@ref) are those of the tables `"triples"`, `"network"` and `"custom"`, those of [`fit!`](@ref) of `"training"`, of
[`Attributor`](@ref) the table of its method, of [`what_if`](@ref), [`attack`](@ref) and [`load`](@ref) those of their names.
"""
options() = String.(described_options(nothing))
options(table::Union{Symbol,AbstractString}) = map(described_options(word(table))["options"]) do option
    (name=Symbol(option["name"]), type=option["type"], default=option["default"], range=option["range"],
     words=option["words"], about=option["about"])
end
described_options(table) = json((buffer...) -> ascribe_options_describe(something(table, C_NULL), buffer...))

"Keywords that are options of a table (`but` not of another too), and the rest."
function divided(given, table; but=nothing)
    names(table) = table === nothing ? Symbol[] : [option.name for option in options(table)]
    own = setdiff(names(table), names(but))
    return [one for one in given if first(one) in own], [one for one in given if !(first(one) in own)]
end

# ---- descriptions in JSON, which Julia's standard library does not read

"What `call(buffer, capacity, length, error)` describes: objects as `Dict`s, lists as vectors, `null` as `nothing`."
json(call) = json_value!(reverse!([found.match for found in eachmatch(r"[][{}:,]|\"(?:[^\"\\]|\\.)*\"|[-+.\w]+", text(call))]))

"The first value of tokens, the last of which comes first."
function json_value!(tokens)
    token = pop!(tokens)
    token == "{" && return Dict{String,Any}(json_items!(tokens, "}") do
        name = json_value!(tokens)
        pop!(tokens)
        name => json_value!(tokens)
    end)
    token == "[" && return json_items!(() -> json_value!(tokens), tokens, "]")
    startswith(token, '"') && return unescape_string(chop(token; head=1, tail=1))
    token == "null" && return nothing
    token in ("true", "false") && return token == "true"
    return something(tryparse(Int, token), tryparse(Float64, token))
end

function json_items!(item, tokens, last_one)
    found = Any[]
    while last(tokens) != last_one
        last(tokens) == "," && pop!(tokens)
        push!(found, item())
    end
    pop!(tokens)
    return found
end
