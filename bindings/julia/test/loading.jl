# Where the library is looked for, and what is refused.

@testset "versions" begin
    ours = Int(CAPI.ASCRIBE_ABI_VERSION)
    @test CAPI.check_abi(ours, "x") === nothing
    newer = said(thrown(() -> CAPI.check_abi(ours + 1, "/some/libascribe.so")))
    @test occursin("/some/libascribe.so", newer) && occursin("update the package Ascribe", newer)
    @test occursin("version $(ours + 1)", newer) && occursin("version $ours", newer)
    project = read(joinpath(@__DIR__, "..", "Project.toml"), String)
    @test match(r"^version = \"(.*)\"$"m, project)[1] == unsafe_string(CAPI.ascribe_version())
end

"What loading the package in a process of its own says, and whether it worked."
function loading(library; more...)
    environment = Dict{String,String}(ENV)
    library === nothing ? delete!(environment, "ASCRIBE_LIB") : (environment["ASCRIBE_LIB"] = library)
    for (name, value) in more
        environment[string(name)] = value
    end
    program = "using Ascribe; print(Ascribe.CAPI.LIBRARY[])"
    command = `$(Base.julia_cmd()) --startup-file=no --project=$(Base.active_project()) -e $program`
    out, err = IOBuffer(), IOBuffer()
    worked = success(pipeline(setenv(command, environment); stdout=out, stderr=err))
    return worked, String(take!(out)), String(take!(err))
end

@testset "an own path" begin
    if isfile(CAPI.LIBRARY[])
        worked, library, _ = loading(CAPI.LIBRARY[])
        @test worked && library == CAPI.LIBRARY[]
        # Where the system looks, when nothing is named.
        mktempdir() do folder
            cp(CAPI.LIBRARY[], joinpath(folder, CAPI.system_library()))
            worked, library, _ = loading(nothing; LD_LIBRARY_PATH=folder)
            @test worked && library == CAPI.system_library()
        end
    else
        println("the library is the system's: other ways to find it are not tried")
    end
end

@testset "nothing there" begin
    worked, _, message = loading("/nowhere/libascribe.so")
    @test !worked && occursin("ASCRIBE_LIB", message) && occursin("/nowhere/libascribe.so", message)
    if isfile(CAPI.LIBRARY[]) && !isfile(CAPI.bundled_library())
        worked, _, message = loading(nothing)
        @test worked || occursin("not set", message) && occursin(CAPI.bundled_library(), message) &&
                        occursin(CAPI.system_library(), message)
    end
end

@testset "other libraries" begin
    if Sys.which("cc") === nothing
        println("no C compiler: no other library is made to be refused")
    else
        mktempdir() do folder
            "A library with this source."
            function library(source)
                write(joinpath(folder, "other.c"), source)
                path = joinpath(folder, "libascribe.so")
                run(`cc -shared -fPIC -o $path $(joinpath(folder, "other.c"))`)
                return path
            end
            worked, _, message = loading(library("unsigned ascribe_abi_version(void) { return 4711; }"))
            @test !worked && occursin("4711", message) && occursin("update the package Ascribe", message)
            worked, _, message = loading(library("unsigned ascribe_abi_version(void) { return $(Int(CAPI.ASCRIBE_ABI_VERSION)); }"))
            @test !worked && occursin("lacks ascribe_", message) && occursin("Update the library", message)
            worked, _, message = loading(library("int something_else(void) { return 0; }"))
            @test !worked && occursin("is not the Ascribe library", message)
        end
    end
end
