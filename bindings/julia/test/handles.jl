# Lifetimes: closing, collecting, showing.

"One object of every type."
function every_type()
    model, data = world_model(; epochs=2)
    linear, rows, _, _ = own_linear()
    answer = what_if(linear, rows[1]; remove=1, until=:first_order)
    return [Context(), Cancel(), data, Graph(), model, Trainer(model, data; optimizer=:sgd), Ledger(model),
            LedgerBuilder(model, data), Attributor(model),
            attribution(model, data[1]), answer, Ascribe.Options()]
end

@testset "close" begin
    for object in every_type()
        @test isopen(object)
        open = repr(object)
        @test startswith(open, string(nameof(typeof(object)), "(")) && !occursin('\n', open) && length(open) < 150
        @test close(object) === nothing && !isopen(object) && close(object) === nothing
        @test repr(object) == "$(nameof(typeof(object)))(closed)"
    end
    # Subtypes of Handle and the list above are the same.
    @test Set(typeof.(every_type())) == Set(filter(isconcretetype, [getfield(Ascribe, name) for name in names(Ascribe; all=true)
        if isdefined(Ascribe, name) && getfield(Ascribe, name) isa Type && getfield(Ascribe, name) <: Ascribe.Handle]))
end

@testset "use after close" begin
    model, data = world_model(; epochs=2)
    kept = Ledger(model)
    close(model)
    for use in (() -> training(model), () -> dimension(model), () -> explain(model, (1, 1, 2)))
        @test thrown(use) isa ArgumentError
    end
    @test length(kept) == length(data)
    close(data)
    @test occursin("Dataset is closed", said(thrown(() -> length(data))))
    g = Graph()
    x = input(g, "x", 2)
    close(g)
    @test thrown(() -> exp.(x)) isa ArgumentError && repr(x) == "Node %$(x.number)"
end

@testset "do blocks" begin
    x, y = numbers()
    seen = Ref{Any}(nothing)
    @test Model(:linear, Dataset(x, y)) do model
        seen[] = model
        42
    end == 42
    @test !isopen(seen[])
    @test_throws ErrorException Dataset(x, y) do data
        seen[] = data
        error("mine")
    end
    @test !isopen(seen[])
    model, data = world_model(; epochs=2)
    linear, rows, _, _ = own_linear()
    for (type, make) in (Context => f -> Context(f; threads=2), Cancel => Cancel, Graph => Graph, Dataset => f -> Dataset(f, x),
                         Trainer => f -> Trainer(f, model, data; optimizer=:sgd), Ledger => f -> Ledger(f, model),
                         Attributor => f -> Attributor(f, model), Attributor => f -> Attributor(f, linear, :influence),
                         Attribution => f -> Attribution(f, model, data[1]), Dataset => f -> load(f, :triples, NATIONS[1]),
                         WhatIf => f -> WhatIf(f, linear, rows[1]; remove=1, until=:first_order))
        make(object -> seen[] = object)
        @test seen[] isa type && !isopen(seen[])
    end
end

@testset "any order, and collecting" begin
    for seed in 1:5
        objects = shuffle(MersenneTwister(seed), every_type())
        foreach(close, objects)
        @test !any(isopen, objects)
    end
    # Results do not depend on when the rest is collected.
    lonely() = ((model, data) = world_model(; epochs=2); attribution(Attributor(model), data[1]))
    expected = scores(lonely())
    for _ in 1:20
        found = lonely()
        GC.gc()
        @test scores(found) == expected
    end
    # What is collected and what is closed, in all mixtures, while others are made.
    for round in 1:30
        foreach(object -> rand(Bool) && close(object), every_type())
        round % 5 == 0 && GC.gc()
    end
    # A finalizer that runs twice, or after a close, does nothing.
    model, _ = world_model(; epochs=1)
    foreach(_ -> Ascribe.release!(model), 1:2)
    close(model)
    finalize(model)
    @test !isopen(model)
end
