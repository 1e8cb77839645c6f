# Generates src/capi/declarations.jl, everything that include/ascribe.h declares, in Julia:
#
#     julia bindings/julia/gen/declarations.jl
#
# The header says it all but for one thing: a struct that begins with `struct_size` and that some function fills is `@growing`, mutable and
# made with its size set; all others are `@plain`. One line each. What is not understood is an error, never left out.
module Declarations

const HEADER = normpath(joinpath(@__DIR__, "..", "..", "..", "include", "ascribe.h"))
const OUTPUT = normpath(joinpath(@__DIR__, "..", "src", "capi", "declarations.jl"))
const COMMAND = "julia bindings/julia/gen/declarations.jl"

const SCALARS = Dict("void" => "Cvoid", "char" => "UInt8", "float" => "Cfloat", "double" => "Cdouble", "size_t" => "Csize_t",
                     "int32_t" => "Int32", "int64_t" => "Int64", "uint32_t" => "UInt32", "uint64_t" => "UInt64")

"Splits at a character that stands in no parentheses and no braces, and leaves out what is empty."
function split_outside(text, separator::Char)
    parts, depth, start = String[], 0, firstindex(text)
    for (place, character) in pairs(text)
        depth += (character in "({") - (character in ")}")
        if character == separator && depth == 0
            push!(parts, text[start:prevind(text, place)])
            start = nextind(text, place)
        end
    end
    push!(parts, text[start:end])
    return filter(!isempty, strip.(parts))
end

"The declarations of a header, one after the other, without comments; constants are `DEFINE name value`."
function declarations(header)
    text = replace(replace(header, r"/\*.*?\*/"s => " "), r"//[^\n]*" => "")
    text = replace(text, r"^#ifdef __cplusplus$.*?^#endif[^\n]*$"ms => "")
    text = replace(text, r"^#define (\w+)[ \t]+(\S.*?)[ \t]*$"m => s";DEFINE \1 \2;")
    text = replace(text, r"^#(?:include|ifndef|endif|define \w+[ \t]*$).*$"m => "")
    found = split_outside(replace(text, r"\s+" => " "), ';')
    for declaration in found
        occursin('#', declaration) && error("this line of the preprocessor is not understood: $declaration")
    end
    return found
end

"A constant of C that is an `int`, or the largest of a type."
function constant(value)
    value == "UINT32_MAX" && return "typemax(UInt32)"
    number = tryparse(Int32, strip(value, ['(', ')']))
    number === nothing && error("this constant is not understood: $value")
    return "Int32($number)"
end

"A type of C. Text that is read is a `Cstring`."
function type_of(types, c)
    occursin(r"^\s*const char ?\*\s*$", c) && return "Cstring"
    name = strip(replace(c, r"\bconst\b|\bstruct\b|\*" => " "))
    haskey(types, name) || error("the type `$name` in `$c` is not declared")
    stars = count(isequal('*'), c)
    return "Ptr{"^stars * types[name] * "}"^stars
end

"`name::Type` of each of the parameters or fields in a text."
function declared(types, text, separator)
    return map(split_outside(text, separator)) do one
        found = match(r"^([\w\s*]*[\s*])(\w+)$", one)
        found === nothing && error("this parameter or field is not understood: $one")
        "$(found[2])::$(type_of(types, found[1]))"
    end
end
parameters(types, text) = strip(text) == "void" ? String[] : declared(types, text, ',')

const FUNCTION = r"^([\w\s*]+?)(\w+) ?\((.*)\)$"

"Structs that some function fills: it takes a pointer to one that is not `const`."
function filled(found)
    functions = filter(!isnothing, [match(FUNCTION, one) for one in found if !startswith(one, "typedef")])
    all_parameters = (split_outside(one[3], ',') for one in functions)
    pointers = [match(r"^(?:struct )?(\w+) ?\* ?\w+$", one) for one in Iterators.flatten(all_parameters)]
    return Set(pointer[1] for pointer in pointers if pointer !== nothing)
end

const STRUCT = r"^(?:typedef )?struct (\w*) ?\{(.*)\} ?(\w*)$"

"What one declaration is in Julia; its kind; and what the types of C are from there on, in `types`."
function translate!(types, text, whole)
    found = match(r"^DEFINE (\w+) (.*)$", text)
    found === nothing || return :constant, "const $(found[1]) = $(constant(found[2]))"
    found = match(r"^(?:typedef )?struct (\w+)(?: \w+)?$", text)
    if found !== nothing
        found[1] in whole.defined && return :nothing, ""
        types[found[1]] = found[1]
        return :handle, found[1]
    end
    found = match(STRUCT, text)
    if found !== nothing
        name = isempty(found[3]) ? found[1] : found[3]
        types[name] = name
        fields = declared(types, found[2], ';')
        growing = fields[1] == "struct_size::Csize_t" && name in whole.filled
        return :struct, "$(growing ? "@growing" : "@plain") $name($(join(fields[1 + growing:end], ", ")))"
    end
    found = match(r"^typedef (.*?)\( ?\* ?(\w+) ?\) ?\((.*)\)$", text)
    if found !== nothing
        types[found[2]] = found[2]
        signature = "($(join(parameters(types, found[3]), ", ")))::$(type_of(types, found[1]))"
        return :type, "const $(found[2]) = Ptr{Cvoid} # $signature"
    end
    found = match(r"^typedef ([\w\s]*\w)\s+(\w+)$", text)
    if found !== nothing
        type = type_of(types, found[1])
        types[found[2]] = found[2]
        return :type, "const $(found[2]) = $type"
    end
    found = match(FUNCTION, text)
    found === nothing && error("this declaration is not understood: $text")
    result, arguments = type_of(types, found[1]), parameters(types, found[3])
    fallible = result == "ascribe_status" && !isempty(arguments) && last(arguments) == "error::Ptr{Ptr{ascribe_error}}"
    fallible && return :function, "@fallible $(found[2])($(join(arguments[1:end - 1], ", ")))"
    return :function, "@direct $(found[2])($(join(arguments, ", ")))::$result"
end

"The declarations in Julia of a header, in its order."
function generate(header::AbstractString)
    found = declarations(header)
    structs = filter(!isnothing, [match(STRUCT, one) for one in found])
    whole = (defined=Set(one[1] for one in structs), filled=filled(found))
    # Julia has no type before it is defined; a pointer to one leads anywhere.
    types = merge(SCALARS, Dict(name => "Cvoid" for name in whole.defined))
    lines, before = ["# Generated from include/ascribe.h; do not edit. To generate it again:", "#     $COMMAND"], :head
    for (kind, text) in (translate!(types, one, whole) for one in found)
        kind === :nothing && continue
        kind === before || append!(lines, kind === :handle ? ["", "@handles"] : [""])
        kind === :handle ? (lines[end] *= " " * text) : push!(lines, text)
        before = kind
    end
    return join(lines, "\n") * "\n"
end

end

if abspath(PROGRAM_FILE) == @__FILE__
    write(Declarations.OUTPUT, Declarations.generate(read(Declarations.HEADER, String)))
end
