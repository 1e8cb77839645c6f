# The rest of the package calls every function of the C layer, or there is a reason why not.

const REASONS = Dict(
    :ascribe_version => "told by the tests' first line; nothing else depends on it",
    :ascribe_abi_version => "called by its address before the other functions are known",
    :ascribe_error_code => "the status that was returned is the same number")

source(folder) = join((read(joinpath(folder, file), String) for file in readdir(folder) if endswith(file, ".jl")), "\n")
folder = normpath(joinpath(@__DIR__, "..", "src"))
pleasant = source(folder)
# What is made of names: one line for each, with what they begin and end with.
made = Set{Symbol}()
for (name, _) in pairs(Ascribe.ELEMENTWISE)
    push!(made, Symbol(:ascribe_graph_, Ascribe.ELEMENTWISE[name]))
end
foreach(name -> push!(made, Symbol(:ascribe_graph_, name)), (:sigmoid, :softplus, :relu, :erf, :gelu, :gelu_tanh))
foreach(name -> push!(made, Symbol(:ascribe_graph_, name)), (:add, :sub, :mul, :div))
for object in (:context, :cancel, :dataset, :graph, :model, :trainer, :ledger, :rollback, :influence, :attribution, :what_if)
    push!(made, Symbol(:ascribe_, object, :_free))
end
for options in (:context, :triple, :row, :graph, :training, :table, :rollback, :influence, :what_if)
    push!(made, Symbol(:ascribe_, options, :_options_init))
end
push!(made, :ascribe_watch_init)

for declared in CAPI.FUNCTIONS
    called = occursin(Regex("\\b$(declared.name)\\b"), pleasant) || declared.name in made
    @test (declared.name, called || haskey(REASONS, declared.name)) == (declared.name, true)
end
@test issubset(keys(REASONS), [declared.name for declared in CAPI.FUNCTIONS])
@test issubset(made, [declared.name for declared in CAPI.FUNCTIONS])
