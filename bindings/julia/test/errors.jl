# What Julia sees beforehand is an error of Julia's, what the library says an AscribeError.

@testset "of the library" begin
    data = small_data()
    exception = thrown(() -> Ledger(Model(:distmult, data)))
    @test exception isa AscribeError && !isempty(exception.message)
    @test occursin(exception.message, said(exception)) && startswith(said(exception), "AscribeError: ")
    @test refused(() -> load(:table, "/nowhere/table.csv"), CAPI.ASCRIBE_IO) != ""
    @test occursin("/nowhere", thrown(() -> load(Model, "/nowhere/model")).message)
    x, y = numbers()
    rows = Dataset(x, y)
    model = fit!(Model(:linear, rows), rows)
    for wrong in (() -> (bad = Dataset([1.0 NaN], [1.0]); fit!(Model(:linear, bad), bad)), () -> describe(data, 1000), () -> data[[1000]],
                  () -> load(:tables, "x"), () -> part(data, :dev), () -> Model(:linear, rows; loss=:absolute),
                  () -> Model(:linear, rows; dimension=3), () -> Model(:mlp, rows; layers=[:dense]),
                  () -> Model(:mlp, rows; layers=[:dense => (1, 2)]), () -> Model(:mlp, rows; layers=[3]),
                  () -> fit!(model, rows; optimizer=:newton), () -> explain(model, (x[1, :], y[1]); method=:guess),
                  () -> explain(model, (x[1, :], y[1]); order=:best))
        @test thrown(wrong) isa AscribeError
    end
end

@testset "seen beforehand" begin
    x, y = numbers()
    data = Dataset(x, y)
    model = fit!(Model(:linear, data), data)
    question = (x[1, :], y[1])
    for wrong in (() -> Dataset(x, y; classes=3), () -> Dataset([(0, 1, 1)]; entities=2, relations=1), Dataset, () -> data[0],
                  () -> describe(data, 0), () -> parameter(model, "no such name"), () -> parameter(model, 0),
                  () -> explain(model, (x, y); method=:influence), () -> explain(model, question; k=-1), () -> explain(model, "a question"),
                  () -> retraining_changes(model, question, [0]), () -> value(attribution(model, (x, y)), 1000), () -> load(:table, "a\0b"))
        @test thrown(wrong) isa ArgumentError
    end
    for wrong in (() -> Dataset(x, y[2:end]), () -> Dataset("a" => [1.0, 2.0], "b" => [1, 2, 3]), () -> data[[true, false]],
                  () -> setparameter!(model, 1, ones(1000)), () -> products(model, ones(5)), () -> fidelity([1.0], [1.0, 2.0]))
        @test thrown(wrong) isa DimensionMismatch
    end
    # Not UTF-8.
    @test thrown(() -> input(Graph(), String(UInt8[0x66, 0xff]))) isa AscribeError
end
