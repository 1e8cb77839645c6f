# What Julia sees beforehand is an error of Julia's, what the library says an AscribeError.

@testset "of the library" begin
    data = Dataset(small_world(); entities=12, relations=2)
    untrained = Model(data)
    exception = thrown(() -> Ledger(untrained))
    @test exception isa AscribeError
    @test occursin(exception.message, said(exception)) && startswith(said(exception), "AscribeError: ")
    @test !isempty(exception.message)
    @test refused(() -> loadtable("/nowhere/table.csv"), CAPI.ASCRIBE_IO) != ""
    @test occursin("/nowhere", refused(() -> load(Model, "/nowhere/model"), thrown(() -> load(Model, "/nowhere/model")).code))
    @test thrown(() -> Dataset([1.0 NaN], [1.0]) |> data -> fit!(Model(data), data)) isa AscribeError
    @test thrown(() -> describe(data, 1000)) isa AscribeError
    @test thrown(() -> data[[1000]]) isa AscribeError
end

@testset "seen beforehand" begin
    x, y = numbers()
    @test_throws DimensionMismatch Dataset(x, y[2:end])
    @test_throws ArgumentError Dataset(x, y; classes=3)
    @test_throws ArgumentError Dataset([(0, 1, 1)]; entities=2, relations=1)
    @test_throws ArgumentError Dataset()
    @test_throws DimensionMismatch Dataset("a" => [1.0, 2.0], "b" => [1, 2, 3])
    data = Dataset(x, y)
    @test_throws ArgumentError data[0]
    @test_throws DimensionMismatch data[[true, false]]
    @test_throws ArgumentError describe(data, 0)
    @test_throws ArgumentError Model(data; loss=:absolute)
    @test_throws ArgumentError Model(data; dimension=3)
    @test_throws ArgumentError Model(data; layers=[:dense])
    @test_throws ArgumentError Model(data; layers=[:dense => (1, 2)])
    @test_throws ArgumentError Model(data; layers=[3])
    model = Model(data)
    @test_throws ArgumentError fit!(model, data; epochs=2.5)
    @test_throws ArgumentError fit!(model, data; epoch=2)
    @test_throws ArgumentError fit!(model, data; method="sgd")
    @test_throws ArgumentError parameter(model, "no such name")
    @test_throws ArgumentError parameter(model, 0)
    @test_throws DimensionMismatch setparameter!(model, 1, ones(1000))
    fit!(model, data)
    @test_throws DimensionMismatch hvp(model, ones(5))
    @test_throws ArgumentError explain(model, (x[1, :], y[1]); method=:guess)
    @test_throws ArgumentError explain(model, (x, y); method=:influence)
    @test_throws ArgumentError explain(model, (x[1, :], y[1]); order=:best)
    @test_throws ArgumentError explain(model, (x[1, :], y[1]); k=-1)
    @test_throws ArgumentError explain(model, "a question")
    @test_throws ArgumentError verify(model, (x[1, :], y[1]); examples=[0])
    @test_throws DimensionMismatch fidelity([1.0], [1.0, 2.0])
    @test_throws ArgumentError value(attribution(model, (x, y)), 1000)
    message = said(thrown(() -> fit!(model, data; epoch=2)))
    @test occursin("`epoch`", message) && occursin("epochs", message)
end

@testset "texts" begin
    @test_throws ArgumentError loadtable("a\0b")
    g = Graph()
    # Not UTF-8.
    @test thrown(() -> input(g, String(UInt8[0x66, 0xff]))) isa AscribeError
end
