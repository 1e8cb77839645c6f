# The C layer and the header are the same, function by function, constant by constant, field by field.

"The header without comments and preprocessor lines, and its constants."
function read_header()
    text = read(HEADER, String)
    text = replace(text, r"/\*.*?\*/"s => " ")
    text = replace(text, r"//[^\n]*" => " ")
    constants = Dict{Symbol,String}()
    for found in eachmatch(r"^[ \t]*#define[ \t]+(ASCRIBE_\w+)[ \t]+(\S.*?)[ \t]*$"m, text)
        constants[Symbol(found[1])] = found[2]
    end
    text = replace(text, r"^[ \t]*#.*$"m => "")
    return replace(text, r"\s+" => " "), constants
end

const C_TYPES = Dict("void" => Cvoid, "double" => Cdouble, "float" => Cfloat, "char" => UInt8, "int32_t" => Int32,
                     "uint32_t" => UInt32, "int64_t" => Int64, "uint64_t" => UInt64, "size_t" => Csize_t,
                     "ascribe_progress_fn" => Ptr{Cvoid}, "ascribe_log_fn" => Ptr{Cvoid},
                     "ascribe_log_free_fn" => Ptr{Cvoid})

"What a type of C is in the C layer: strings that are read are `Cstring`, everything else is what it says."
function julia_type(c)
    c = strip(replace(c, r"\bstruct\b" => " "))
    is_text = occursin(r"^const\s+char\s*\*$", c)
    is_text && return Cstring
    stars = count(isequal('*'), c)
    name = strip(replace(replace(c, "*" => " "), r"\bconst\b" => " "))
    type = haskey(C_TYPES, name) ? C_TYPES[name] : getfield(CAPI, Symbol(name))
    for _ in 1:stars
        type = Ptr{type}
    end
    return type
end

"Type and name of an argument or a field."
function declared_pair(text)
    found = match(r"^(.*?)(\w+)$", strip(text))
    return julia_type(found[1]), Symbol(found[2])
end

# A function pointer within a struct or an argument.
is_callback(text) = occursin(r"\(\s*\*", text)
callback_name(text) = Symbol(match(r"\(\s*\*\s*(\w+)\s*\)", text)[1])

text, constants = read_header()

@testset "functions" begin
    declared = Dict(f.name => f for f in CAPI.FUNCTIONS)
    @test length(declared) == length(CAPI.FUNCTIONS)
    names = Symbol[]
    for found in eachmatch(r"([\w\s\*]+?)\b(ascribe_\w+)\s*\(([^()]*)\)\s*;", text)
        result, name, arguments = found[1], Symbol(found[2]), strip(found[3])
        push!(names, name)
        @test haskey(declared, name)
        haskey(declared, name) || continue
        types = arguments == "void" || isempty(arguments) ? Type[] : Type[declared_pair(a)[1] for a in split(arguments, ',')]
        @test (name, declared[name].arguments) == (name, types)
        @test (name, declared[name].result) == (name, julia_type(result))
    end
    @test length(names) > 150
    @test isempty(setdiff(keys(declared), names))
end

@testset "constants" begin
    ours = filter(name -> startswith(string(name), "ASCRIBE_"), names(CAPI; all=true))
    version = (:ASCRIBE_VERSION_MAJOR, :ASCRIBE_VERSION_MINOR, :ASCRIBE_VERSION_PATCH)
    for (name, value) in constants
        name in version && continue
        @test name in ours
        name in ours || continue
        number = value == "UINT32_MAX" ? typemax(UInt32) : parse(Int, replace(strip(value, ['(', ')']), r"[uUlL]+$" => ""))
        @test (name, getfield(CAPI, name)) == (name, number)
    end
    @test isempty(setdiff(ours, keys(constants)))
    @test join((constants[name] for name in version), ".") == unsafe_string(CAPI.ascribe_version())
end

@testset "structs" begin
    found = Symbol[]
    fields_in_c = Pair{Symbol,Vector{Symbol}}[]
    for match in eachmatch(r"typedef struct (?:\w+ )?\{([^{}]*)\} (ascribe_\w+) ?;|struct (ascribe_\w+) \{([^{}]*)\} ?;", text)
        body, name = match[1] === nothing ? (match[4], Symbol(match[3])) : (match[1], Symbol(match[2]))
        push!(found, name)
        type = getfield(CAPI, name)
        names, types = Symbol[], Type[]
        for field in split(body, ';')
            field = strip(field)
            isempty(field) && continue
            if is_callback(field)
                push!(names, callback_name(field)), push!(types, Ptr{Cvoid})
            else
                # `double a, b` has a type for several.
                first_type, first_name = declared_pair(split(field, ',')[1])
                push!(names, first_name), push!(types, first_type)
                for more in split(field, ',')[2:end]
                    push!(names, Symbol(strip(more))), push!(types, first_type)
                end
            end
        end
        @test (name, collect(fieldnames(type))) == (name, names)
        @test (name, collect(Type, type.types)) == (name, types)
        push!(fields_in_c, name => names)
    end
    @test length(found) >= 20
    ours = filter(name -> startswith(string(name), "ascribe_") && getfield(CAPI, name) isa DataType &&
                          fieldcount(getfield(CAPI, name)) > 0, names(CAPI; all=true))
    @test isempty(setdiff(ours, found))

    # What a C compiler makes of them.
    if Sys.which("cc") === nothing
        println("no C compiler: sizes of structs are compared with nothing")
    else
        mktempdir() do folder
            open(joinpath(folder, "sizes.c"), "w") do file
                println(file, "#include <stdio.h>\n#include <stddef.h>\n#include \"", HEADER, "\"\nint main(void) {")
                for (name, fields) in fields_in_c
                    println(file, "printf(\"%zu\", sizeof(struct $name));")
                    foreach(field -> println(file, "printf(\" %zu\", offsetof(struct $name, $field));"), fields)
                    println(file, "printf(\"\\n\");")
                end
                println(file, "return 0; }")
            end
            program = joinpath(folder, "sizes")
            run(`cc -o $program $(joinpath(folder, "sizes.c"))`)
            for ((name, _), line) in zip(fields_in_c, eachline(`$program`))
                type = getfield(CAPI, name)
                @test (name, [sizeof(type); fieldoffset.(type, 1:fieldcount(type))]) == (name, parse.(Int, split(line)))
            end
        end
    end
end
