# The declarations are those of the header: generated again they are the same bytes, and a C compiler agrees with them.

include(joinpath(@__DIR__, "..", "gen", "declarations.jl"))

@testset "the committed declarations are the generated ones" begin
    generated, committed = split(Declarations.generate(read(HEADER, String)), '\n'), split(read(Declarations.OUTPUT, String), '\n')
    same = generated == committed
    same || println("src/capi/declarations.jl and include/ascribe.h differ; generate it again by: ", Declarations.COMMAND, "\ncommitted: ",
                    setdiff(committed, generated), "\ngenerated: ", setdiff(generated, committed))
    @test same
end

@testset "what a header may have" begin
    translated(c) = split(Declarations.generate(c), '\n'; keepempty=false)[3:end]
    @test translated("""
        #ifndef X_H
        #define X_H
        #include <stdint.h>
        #ifdef __cplusplus
        extern "C" {
        #endif
        /** A comment; with `struct x {`. */
        #define X_ZERO 0
        #define X_MINUS (-1) // and another
        #define X_NONE UINT32_MAX
        """) == ["const X_ZERO = Int32(0)", "const X_MINUS = Int32(-1)", "const X_NONE = typemax(UInt32)"]
    # A struct that is filled, one that is read, one used before it is there; handles with a typedef and without.
    @test translated("""
        typedef int32_t ascribe_status;
        struct ascribe_error;
        typedef struct late late;
        typedef struct handle handle;
        typedef int32_t (*call_fn)(const late *event, const char *text, void *user_data);
        typedef struct read { size_t struct_size; const char *name; char *const *texts; late *next; call_fn call; } read;
        struct late { size_t struct_size; double value; };
        ascribe_status fill(const handle *object, struct late *result, struct ascribe_error **error);
        void look(const struct read *options, handle *object);
        ascribe_status code(const struct ascribe_error *error);
        const char *version(void);
        """) == ["const ascribe_status = Int32", "@handles ascribe_error handle",
                 "const call_fn = Ptr{Cvoid} # (event::Ptr{Cvoid}, text::Cstring, user_data::Ptr{Cvoid})::Int32",
                 "@plain read(struct_size::Csize_t, name::Cstring, texts::Ptr{Ptr{UInt8}}, next::Ptr{Cvoid}, call::call_fn)",
                 "@growing late(value::Cdouble)",
                 "@fallible fill(object::Ptr{handle}, result::Ptr{late})", "@direct look(options::Ptr{read}, object::Ptr{handle})::Cvoid",
                 "@direct code(error::Ptr{ascribe_error})::ascribe_status", "@direct version()::Cstring"]
    # Nothing is left out in silence.
    for strange in ("union u { int32_t a; };", "unknown f(void);", "void f(int32_t a[3]);", "struct s { double end[2]; };", "#pragma once",
                    "#define X_Y sizeof(int)", "#define X_Y 3000000000", "#define X_Y 0.5", "struct s { int32_t (*call)(double); };",
                    "enum e { A, B };", "void f(struct missing *x);", "extern int32_t variable;", "void f(int32_t x, ...);")
        @test_throws ErrorException Declarations.generate(strange * "\n")
    end
end

@testset "what a C compiler makes of it" begin
    counted(pattern) = count(line -> occursin(pattern, line), eachline(HEADER))
    @test length(unique(declared.name for declared in CAPI.FUNCTIONS)) == length(CAPI.FUNCTIONS) ==
          counted(r"^(?!typedef)[a-z].*[ *]ascribe_[a-z0-9_]+\(")
    version = (CAPI.ASCRIBE_VERSION_MAJOR, CAPI.ASCRIBE_VERSION_MINOR, CAPI.ASCRIBE_VERSION_PATCH)
    @test join(version, ".") == unsafe_string(CAPI.ascribe_version())
    ours = [name for name in names(CAPI; all=true) if startswith(lowercase(string(name)), "ascribe_")]
    constants = filter(name -> getfield(CAPI, name) isa Number, ours)
    structs = filter(name -> getfield(CAPI, name) isa DataType && fieldcount(getfield(CAPI, name)) > 0, ours)
    @test (length(structs), length(constants)) == (counted(r"^(typedef )?struct \w+ \{"), counted(r"^#define \w+ \S"))
    Sys.which("cc") === nothing ? println("no C compiler: sizes of structs are compared with nothing") : mktempdir() do folder
        sizes = ["printf(\"%zu\", sizeof(struct $name));" * join("printf(\" %zu\", offsetof(struct $name, $field));"
                 for field in fieldnames(getfield(CAPI, name))) * "printf(\"\\n\");" for name in structs]
        values = ["printf(\"%lld\\n\", (long long)$name);" for name in constants]
        source, program = joinpath(folder, "sizes.c"), joinpath(folder, "sizes")
        write(source, "#include <stdio.h>\n#include <stddef.h>\n#include \"$HEADER\"\nint main(void) {\n", join([sizes; values], "\n"), "}\n")
        run(`cc -o $program $source`)
        lines = readlines(`$program`)
        for (name, line) in zip(structs, lines)
            type = getfield(CAPI, name)
            @test (name, [sizeof(type); fieldoffset.(type, 1:fieldcount(type))]) == (name, parse.(Int, split(line)))
        end
        for (name, line) in zip(constants, lines[length(structs)+1:end])
            @test (name, getfield(CAPI, name)) == (name, parse(Int, line))
        end
    end
end
