# Lifetimes: closing, collecting, showing.

"One object of every type."
function every_type()
    model, data = world_model(; epochs=2)
    linear, rows, _, _ = own_linear()
    answer = whatif(linear, rows[1]; remove=1, until=:first_order)
    return [Context(), Cancel(), data, Graph(), model, Trainer(model, data; method=:sgd), Ledger(model), Rollback(model),
            Influence(linear), attribution(model, data[1]), answer]
end

@testset "close" begin
    for object in every_type()
        @test isopen(object)
        open = repr(object)
        @test startswith(open, string(nameof(typeof(object)), "(")) && !occursin('\n', open) && length(open) < 150
        @test close(object) === nothing
        @test !isopen(object)
        @test close(object) === nothing
        @test repr(object) == "$(nameof(typeof(object)))(closed)"
    end
    # Subtypes of Handle and the list above are the same.
    @test Set(typeof.(every_type())) == Set([Context, Cancel, Dataset, Graph, Model, Trainer, Ledger, Rollback, Influence,
                                             Attribution, WhatIf])
end

@testset "use after close" begin
    model, data = world_model(; epochs=2)
    kept = Ledger(model)
    close(model)
    @test_throws ArgumentError training(model)
    @test_throws ArgumentError dimension(model)
    @test_throws ArgumentError explain(model, (1, 1, 2))
    @test length(kept) == length(data)
    close(data)
    @test_throws ArgumentError length(data)
    @test occursin("Dataset is closed", said(thrown(() -> length(data))))
    g = Graph()
    x = input(g, "x", 2)
    close(g)
    @test_throws ArgumentError exp.(x)
    @test repr(x) == "Node %$(x.number)"
end

@testset "do blocks" begin
    x, y = numbers()
    seen = Ref{Any}(nothing)
    @test Model(Dataset(x, y)) do model
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
    for make in (f -> Context(f; threads=2), Cancel, Graph, f -> Dataset(f, x), f -> Trainer(f, model, data; method=:sgd),
                 f -> Ledger(f, model), f -> Rollback(f, model), f -> Attribution(f, model, data[1]))
        make(object -> seen[] = object)
        @test !isopen(seen[])
    end
    linear, rows, _, _ = own_linear()
    Influence(object -> seen[] = object, linear)
    @test seen[] isa Influence && !isopen(seen[])
    WhatIf(object -> seen[] = object, linear, rows[1]; remove=1, until=:first_order)
    @test seen[] isa WhatIf && !isopen(seen[])
end

@testset "any order" begin
    for seed in 1:5
        objects = shuffle(MersenneTwister(seed), every_type())
        foreach(close, objects)
        @test !any(isopen, objects)
    end
end

@testset "collecting" begin
    # Results do not depend on when the rest is collected.
    function lonely()
        model, data = world_model(; epochs=2)
        return attribution(Rollback(model), data[1])
    end
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
    GC.gc()
    @test true
end

@testset "finalizers" begin
    # A finalizer that runs twice, or after a close, does nothing.
    model, _ = world_model(; epochs=1)
    Ascribe.release!(model)
    Ascribe.release!(model)
    close(model)
    finalize(model)
    @test !isopen(model)
end
