# The rest of the package calls every function of the C layer, or there is a reason why not; and everything exported is documented.

const REASONS = Dict(
    :ascribe_version => "told by the tests' first line; nothing else depends on it",
    :ascribe_abi_version => "called by its address before the other functions are known",
    :ascribe_error_code => "the status that was returned is the same number")

folder = normpath(joinpath(@__DIR__, "..", "src"))
source = join((read(joinpath(folder, file), String) for file in readdir(folder) if endswith(file, ".jl")), "\n")
functions = [declared.name for declared in CAPI.FUNCTIONS]
for name in functions
    # What is freed is made of names.
    freed = endswith(string(name), "_free") && hasmethod(Ascribe.free, Tuple{Ptr{getfield(CAPI, Symbol(chop(string(name); tail=5)))}})
    @test (name, freed || occursin(Regex("\\b$name\\b"), source) || haskey(REASONS, name)) == (name, true)
end
@test issubset(keys(REASONS), functions)

for name in names(Ascribe)
    @test isdefined(Ascribe, name)
    @test (name, haskey(Base.Docs.meta(Ascribe), Base.Docs.Binding(Ascribe, name))) == (name, true)
end
