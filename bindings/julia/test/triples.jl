# Models of facts: training, ledger, rollback, truth.

@testset "ledger" begin
    data = small_data()
    model = Model(:distmult, data; dimension=4, negatives=5, seed=3)
    start = Dict(p.name => parameter(model, p.name) for p in parameters(model))
    @test [(p.name, p.size) for p in parameters(model)] == [("entities", (12, 4)), ("relations", (2, 4))]
    fit!(model, data; optimizer=:sgd, learning_rate=0.1, epochs=8)
    kept = Ledger(model)
    @test length(kept) == 24 && repr(kept) == "Ledger(24 examples)"
    # Slots and remainder are all that moved.
    moved = [remainder(kept, place) for place in 1:2]
    for example in 1:24, (place, slot) in enumerate(slots(kept, example))
        moved[slot.parameter][slot.row, :] += change(kept, example, place)
    end
    for (place, p) in enumerate(parameters(model))
        @test start[p.name] + moved[place] ≈ parameter(model, p.name) rtol = 1e-8
    end
    # An example owns the rows it reads.
    for (example, (head, relation, tail)) in enumerate(small_world())
        @test Set((s.parameter, s.row) for s in slots(kept, example)) == Set([(1, head), (2, relation), (1, tail)])
        @test all(s.width == 4 for s in slots(kept, example))
    end
    for wrong in (() -> change(kept, 1, 4), () -> change(kept, 1, 0), () -> remainder(kept, 3), () -> slots(kept, 0))
        @test thrown(wrong) isa ArgumentError
    end

    # Rolling an example back by hand: its changes taken from the rows, and the functional again.
    question = (1, 1, 2)
    found = explain(model, question; method=:rollback, k=nothing, effort=:exact)
    for (example, score) in found[1:5]
        other = copy(model)
        tables = [parameter(other, 1), parameter(other, 2)]
        foreach(((place, slot),) -> tables[slot.parameter][slot.row, :] -= change(kept, example, place), enumerate(slots(kept, example)))
        foreach(place -> setparameter!(other, place, tables[place]), 1:2)
        by_hand = only(evaluate(other, question)) - only(evaluate(model, question))
        @test score ≈ by_hand rtol = 1e-6 atol = 1e-10
        answer = what_if(model, question; remove=example, method=:rollback)
        @test isnan(only(levels(answer)).gradient_norm) && !only(levels(answer)).at_minimum
        @test only(levels(answer)).level == "rollback" && before(answer) ≈ evaluate(model, question)
        @test only(only(levels(answer)).changes) ≈ by_hand rtol = 1e-6 atol = 1e-10
    end
    @test_throws AscribeError Ledger(setparameter!(copy(model), 1, parameter(model, 1)))
end

@testset "questions" begin
    model, data = world_model()
    a = attribution(model, data[1:3])
    @test length(a) == 3 && value(a, 2) ≈ evaluate(model, data[1:3])[2]
    @test explain(model, small_world()[2]) == explain(model, data[2]) == top(a, 2)
    # Examples that share no row with the question are no candidates unless all are asked for.
    @test length(scores(a, 1)) < 24 == length(explain(model, data[1]; scope=:all, k=nothing))
    @test refused(() -> certificate(a), CAPI.ASCRIBE_UNSUPPORTED) != "" && unit(a) == "removal"
    @test occursin("influence", refused(() -> self_scores(model), CAPI.ASCRIBE_UNSUPPORTED))
    for place in ("", "head-"), kind in ("probability", "log-probability", "score")
        @test all(isfinite, evaluate(model, data; functional=place * kind))
    end
    @test sum(evaluate(model, Dataset([(1, 1, t) for t in 1:12]; entities=12, relations=2))) ≈ 1
    @test_throws AscribeError evaluate(model, data; functional="margin of error")
    quality = ranking(model, data, data)
    @test quality.queries in (24, 48) && 0 < quality.mean_reciprocal_rank <= 1 && quality.hits_at_1 <= quality.hits_at_3 <= quality.hits_at_10
end

@testset "measured" begin
    model, data = world_model()
    "What an attributor says of its predictions after the first."
    function measured(; options...)
        mine = Attributor(model, :rollback; options...)
        @test !haskey(describe(mine), "calibration")
        explain(mine, data[1])
        return get(describe(mine), "calibration", nothing)
    end
    @test measured()["removals"] == 1 && measured(calibrate=0) === nothing
    explain(model, data[1])
    @test calibrate!(model, 3) === model && isempty(model.attributors)
    @test measured()["removals"] == measured(calibrate=0)["removals"] == 3 && measured()["verdict"] isa String
    @test measured(calibrate=4)["removals"] == 4
    @test_throws ArgumentError calibrate!(model, -1)
    @test growth(attribution(model, data[1:2]; method=:replay), 2) >= 1
    @test growth(attribution(model, data[1])) === nothing
    @test -1 <= smoothness(model) <= 1
    fit!(model, data; optimizer=:sgd, learning_rate=0.1, epochs=1)
    @test measured(calibrate=0) === nothing
end

@testset "names" begin
    data = load(:triples, NATIONS...)
    model = Model(:distmult, data; seed=7)
    fit!(model, data; optimizer=:sgd, learning_rate=0.03, epochs=2)
    by_names = explain(model, ("china", "treaties", "usa"))
    @test length(by_names) == 10
    @test by_names == explain(model, query(data, "china", "treaties", "usa"))
    @test thrown(() -> explain(model, ("chinna", "treaties", "usa"))).code == CAPI.ASCRIBE_NOT_FOUND
    supporting = explain(model, ("china", "treaties", "usa"); order=:negative, k=3)
    @test all(s.score < 0 for s in supporting) && issorted(in_scores(supporting))
    @test isfinite(only(retraining_changes(model, ("china", "treaties", "usa"), supporting[1].example)))
    mktempdir() do folder
        save(model, joinpath(folder, "model"))
        again = load(Model, joinpath(folder, "model"))
        @test explain(again, ("china", "treaties", "usa")) == by_names
    end
end

@testset "step by step" begin
    data = small_data()
    model = Model(:distmult, data; dimension=4, negatives=5, seed=3)
    whole = fit!(copy(model), data; optimizer=:sgd, learning_rate=0.1, epochs=4)
    trainer = Trainer(model, data; optimizer=:sgd, learning_rate=0.1, epochs=4)
    @test step!(trainer, 10)
    @test training(trainer).steps == 10 && !training(trainer).finished
    halfway = Model(trainer)
    @test parameter(halfway, 1) != parameter(whole, 1)
    @test step!(trainer)
    run!(trainer)
    @test training(trainer).finished && !step!(trainer, 5)
    @test training(trainer).steps == 4 * 24 == training(whole).steps
    @test parameter(Model(trainer), 1) == parameter(whole, 1)
    @test parameter(model, 1) != parameter(whole, 1)
    @test explain(Model(trainer), data[1]) == explain(whole, data[1])
    @test_throws ArgumentError step!(trainer, -1)
    @test occursin("finished", repr(trainer))
end
