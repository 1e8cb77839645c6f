# Where the library is looked for, and what is refused.

@testset "versions" begin
    ours = Int(CAPI.ASCRIBE_ABI_VERSION)
    @test CAPI.check_abi(ours, "x") === nothing
    newer = said(thrown(() -> CAPI.check_abi(ours + 1, "/some/libascribe.so")))
    @test all(part -> occursin(part, newer), ("/some/libascribe.so", "update the package Ascribe", "version $(ours + 1)", "version $ours"))
    project = read(joinpath(@__DIR__, "..", "Project.toml"), String)
    @test match(r"^version = \"(.*)\"$"m, project)[1] == unsafe_string(CAPI.ascribe_version())
end

"What loading the package in a process of its own says, and whether it worked."
function loading(library; more...)
    environment = merge(Dict{String,String}(ENV), Dict(string(name) => value for (name, value) in more))
    library === nothing ? delete!(environment, "ASCRIBE_LIB") : (environment["ASCRIBE_LIB"] = library)
    program = "using Ascribe; print(Ascribe.CAPI.LIBRARY[])"
    command = `$(Base.julia_cmd()) --startup-file=no --project=$(Base.active_project()) -e $program`
    out, err = IOBuffer(), IOBuffer()
    worked = success(pipeline(setenv(command, environment); stdout=out, stderr=err))
    return worked, String(take!(out)), String(take!(err))
end

if isfile(CAPI.LIBRARY[])
    @test loading(CAPI.LIBRARY[])[1:2] == (true, CAPI.LIBRARY[])
    # Where the system looks, when nothing is named.
    mktempdir() do folder
        cp(CAPI.LIBRARY[], joinpath(folder, CAPI.system_library()))
        @test loading(nothing; LD_LIBRARY_PATH=folder)[1:2] == (true, CAPI.system_library())
    end
    worked, _, message = loading(nothing)
    @test worked || isfile(CAPI.bundled_library()) ||
          all(part -> occursin(part, message), ("not set", CAPI.bundled_library(), CAPI.system_library()))
else
    println("the library is the system's: other ways to find it are not tried")
end
worked, _, message = loading("/nowhere/libascribe.so")
@test !worked && occursin("ASCRIBE_LIB", message) && occursin("/nowhere/libascribe.so", message)

if Sys.which("cc") === nothing
    println("no C compiler: no other library is made to be refused")
else
    for (source, parts) in ("unsigned ascribe_abi_version(void) { return 4711; }" => ("4711", "update the package Ascribe"),
                            "unsigned ascribe_abi_version(void) { return 0; }" => ("lacks ascribe_", "Update the library"),
                            "int something_else(void) { return 0; }" => ("is not the Ascribe library",))
        mktempdir() do folder
            write(joinpath(folder, "other.c"), source)
            path = joinpath(folder, "libascribe.so")
            run(`cc -shared -fPIC -o $path $(joinpath(folder, "other.c"))`)
            worked, _, message = loading(path)
            @test !worked && all(part -> occursin(part, message), parts)
        end
    end
end
