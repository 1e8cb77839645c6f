# Everything exported is there and has a docstring.

for name in names(Ascribe)
    @test isdefined(Ascribe, name)
    binding = Base.Docs.Binding(Ascribe, name)
    documented = haskey(Base.Docs.meta(Ascribe), binding)
    @test (name, documented) == (name, true)
end
