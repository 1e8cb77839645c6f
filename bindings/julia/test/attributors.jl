# Who answers: made for a model when it is first asked, kept, and thrown away with the values it is of.

@testset "kept" begin
    model, data = world_model()
    @test isempty(model.attributors)
    first_answer = explain(model, data[1])
    kept = copy(model.attributors)
    @test describe(only(values(kept)))["method"] == "rollback"
    @test explain(model, data[1]) == explain(model, data[1]; method=nothing) == first_answer
    explain(model, data[1]; functional="score")
    @test model.attributors == kept
    explain(model, data[1]; scope=:all)
    @test length(model.attributors) == 2
    # One's own holds on to the values there were.
    mine = Attributor(model)
    fit!(model, data; optimizer=:sgd, learning_rate=0.1, epochs=1)
    @test isempty(model.attributors) && !any(isopen, values(kept))
    @test explain(mine, data[1]) == first_answer != explain(model, data[1])
    setparameter!(model, 1, zeros(12, 4))
    @test isempty(model.attributors)
    close(model)
    @test explain(mine, data[1]) == first_answer
end

@testset "influence" begin
    model, data, _, _ = own_linear()
    by_default = explain(model, data[1]; method=:influence)
    explain(model, data[2]; method="influence", functional="prediction")
    self_scores(model; method=:influence)
    @test length(model.attributors) == 1
    damped = explain(model, data[1]; method=:influence, damping=1.0)
    @test damped != by_default && length(model.attributors) == 2
    @test_throws ArgumentError explain(Attributor(model), data[1]; damping=1.0)
    @test explain(Attributor(model, :influence; damping=1.0), data[1]) == damped
    # Other examples than those of the training.
    other = Attributor(model, :influence; data=data[1:7])
    @test length(other) == 7 && length(explain(other, data[1]; k=nothing)) == 7
    # A failure keeps nothing.
    other = copy(model)
    @test iscanceled(thrown(() -> explain(other, data[1]; method=:influence, progress=event -> false)))
    @test explain(other, data[1]; method=:influence) == by_default
end

@testset "methods" begin
    model, data = world_model()
    @test explain(model, data[1]) == explain(model, data[1]; method=:rollback) == explain(Attributor(model, :rollback), data[1])
    @test_throws AscribeError Attributor(model, :guess)
    @test_throws AscribeError explain(model, data[1]; damping=0.1)
    @test_throws AscribeError diagnostics(Attributor(model, :rollback))
    @test_throws AscribeError products(model, ones(dimension(model)); method=:rollback)
    # What scores are.
    linear, rows, _, _ = own_linear()
    units = map(method -> unit(attribution(linear, rows[1]; method=method)), (:influence, :graddot, :gradcos))
    @test units[1] == "removal" && length(unique(units)) == 3
    setparameter!(model, 1, parameter(model, 1))
    @test_throws AscribeError explain(model, data[1]; method=:rollback)
end

@testset "asked again" begin
    # A question that is a dataset costs Julia a few small objects, however large the model.
    model, data = world_model()
    question, mine = data[1], Attributor(model)
    for asked_of in (model, mine)
        ask() = explain(asked_of, question)
        ask()
        @test (@allocated ask()) < 10_000
    end
end
