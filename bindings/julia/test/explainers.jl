# What is prepared for a model is kept, and thrown away with the values it is of.

@testset "kept" begin
    model, data = world_model()
    @test isempty(model.explainers)
    first_answer = explain(model, data[1])
    kept = copy(model.explainers)
    @test any(explainer -> explainer isa Rollback, values(kept))
    @test explain(model, data[1]) == first_answer
    @test model.explainers == kept
    explain(model, data[1]; functional="score")
    @test count(explainer -> explainer isa Rollback, values(model.explainers)) == 2
    # Its own explainer holds on to the values there were.
    mine = Rollback(model)
    fit!(model, data; method=:sgd, learning_rate=0.1, epochs=1)
    @test isempty(model.explainers) && !any(isopen, values(kept))
    @test explain(mine, data[1]) == first_answer
    @test explain(model, data[1]) != first_answer
    setparameter!(model, 1, zeros(12, 4))
    @test isempty(model.explainers)
    close(model)
    @test explain(mine, data[1]) == first_answer
end

@testset "influence" begin
    model, data, _, _ = own_linear()
    by_default = explain(model, data[1]; method=:influence)
    explain(model, data[2]; method=:influence, functional="prediction")
    selfinfluence(model)
    @test count(explainer -> explainer isa Influence, values(model.explainers)) == 1
    damped = explain(model, data[1]; method=:influence, damping=1.0)
    @test damped != by_default
    @test count(explainer -> explainer isa Influence, values(model.explainers)) == 2
    @test_throws ArgumentError explain(Influence(model), data[1]; damping=1.0)
    @test explain(Influence(model; damping=1.0), data[1]) == damped
    # A failure keeps nothing.
    other = copy(model)
    @test iscanceled(thrown(() -> explain(other, data[1]; method=:influence, progress=event -> false)))
    @test explain(other, data[1]; method=:influence) == by_default
end

@testset "methods" begin
    model, data = world_model()
    @test explain(model, data[1]) == explain(model, data[1]; method=:rollback) == explain(Rollback(model), data[1])
    setparameter!(model, 1, parameter(model, 1))
    @test_throws AscribeError explain(model, data[1]; method=:rollback)
end

@testset "asked again" begin
    # A question that is a dataset costs Julia a few small objects, however large the model.
    model, data = world_model()
    question = data[1]
    ask() = explain(model, question)
    ask()
    @test (@allocated ask()) < 10_000
    mine = Rollback(model)
    ask_mine() = explain(mine, question)
    ask_mine()
    @test (@allocated ask_mine()) < 10_000
end
