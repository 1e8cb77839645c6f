# Options are the library's: what it says of them is what it does, and keywords reach it by name.

@testset "tables" begin
    @test issubset(["triples", "network", "custom", "training", "influence", "rollback", "what-if", "attack", "table"], options())
    for table in options(), option in options(table)
        @test option.type in ("number", "integer", "flag", "text", "word") && !isempty(option.about)
        @test (option.type == "word") == (option.words !== nothing) && (option.words === nothing || option.default in option.words)
    end
    @test occursin("triples", refused(() -> options(:tripels)))
    defaults(table, names...) = [only(option.default for option in options(table) if option.name === name) for name in names]
    @test defaults(:triples, :dimension, :initial, :negatives, :precision, :seed) == ["10", "0.5", "13", "f64", "auto"]
    @test defaults(:network, :loss, :l2, :smoothing, :intercept, :layers) == ["auto", "0.01", "0.1", "true", "auto"]
    @test defaults(:training, :optimizer, :learning_rate, :epochs, :ledger, :max_iterations) == ["auto", "0.003", "auto", "true", "1000"]
    @test defaults(:influence, :tolerance, :solver_iterations, :gradient_tolerance, :memory, :queries) == ["auto", "2000", "1e-4", "2G", "1"]
    @test [defaults(:rollback, :scope, :effort); defaults("what-if", :until); defaults(:custom, :initial)] ==
          ["entities+relation", "auto", "auto", "0.1"]
    # Given as they are written, and as numbers and flags, they are what there is without them.
    typed(option) = something(option.type == "flag" ? option.default == "true" : tryparse(Float64, option.default), option.default)
    all_of(write, tables...) = [option.name => write(option) for table in tables for option in options(table)]
    data, (linear, rows, _, _) = small_data(), own_linear()
    for write in (option -> option.default, typed)
        made = fit!(Model(:distmult, data; all_of(write, :triples)...), data; all_of(write, :training)...)
        @test parameter(made, 1) == parameter(fit!(Model(:distmult, data), data), 1)
        @test explain(made, data[1]; all_of(write, :rollback)...) == explain(made, data[1])
        influence = Attributor(linear, :influence; all_of(write, :influence)...)
        @test explain(influence, rows[1]) == explain(linear, rows[1])
        changes(answer) = [step.changes for step in levels(answer)]
        @test changes(what_if(influence, rows[1]; remove=2, all_of(write, "what-if")...)) == changes(what_if(linear, rows[1]; remove=2))
    end
    # What is said of the context when nothing is.
    @test Threads.nthreads(Context()) == 1
    @test parameter(Model(:distmult, data; context=Context(seed=42)), 1) == parameter(Model(:distmult, data), 1)
end

@testset "keywords" begin
    written = Ascribe.written
    @test written([:conv => (8, 5), :tanh, :max => 2, :dense => 32]) == "conv:8x5,tanh,max:2,dense:32" && written((64, 32)) == "64,32"
    @test written.((:gauss_newton, "a_b", Float32, :exponential => 0.5)) == ("gauss-newton", "a_b", "f32", "exponential:0.5")
    @test_throws ArgumentError Model(:distmult, small_data(); dimension=nothing => nothing)
    # Nothing leaves a default; the type of a number does not matter, nor whether it is written as a text.
    data = small_data()
    made(; given...) = parameter(Model(:distmult, data; seed=1, given...), 1)
    @test made(dimension=nothing) == made(dimension=10) == made(dimension=10.0) == made(dimension="10") == made() != made(dimension=9)
    @test made(seed=2^62) == made(seed=string(2^62)) && parameter(Model("distmult", data; seed=big(1)), 1) == made()
    @test made(initial=1 // 4) == made(initial=0.25) == made(initial="0.25")
    message = refused(() -> fit!(Model(:distmult, data), data; epoch=2))
    @test occursin("\"epoch\"", message) && occursin("epochs", message)
    # An option of another table, and one that does not go with the rest.
    @test occursin("training", refused(() -> Model(:distmult, data; epochs=3)))
    @test occursin("softmax", refused(() -> Model(:distmult, data; loss=:full_softmax, negatives=3)))
    @test_throws AscribeError fit!(Model(:distmult, data), data; epochs=2.5)
end

@testset "effects" begin
    data = small_data()
    made(; given...) = parameter(Model(:distmult, data; given...), 1)
    @test made(seed=1) == made(seed=1) != made(seed=2)
    @test size(made(dimension=7)) == (12, 7)
    @test maximum(abs, made(initial=0.01)) <= 0.01 < maximum(abs, made(initial=0.5)) <= 0.5
    @test made(seed=1, precision=Float32) == Float32.(made(seed=1, precision=:f32))
    @test all(kind -> isfinite(sum(parameter(Model(kind, data), 1))), (:distmult, :complex, "transe"))
    @test_throws AscribeError Model("no such kind", data)
    @test_throws AscribeError Model(:distmult, data; dimension=0)
    with_seed(seed) = parameter(Model(:distmult, data; context=Context(seed=seed)), 1)
    @test with_seed(5) == with_seed(5) != with_seed(6)
    trained(; context=nothing, given...) =
        parameter(fit!(Model(:distmult, data; seed=1, context=context), data; epochs=2, learning_rate=0.05, given...), 1)
    different = [trained(), trained(optimizer=:sgd), trained(optimizer=:adagrad), trained(optimizer=:adam_dense), trained(epochs=3),
                 trained(learning_rate=0.1), trained(batch=4), trained(schedule=:linear), trained(schedule=:exponential => 0.5), trained(seed=9)]
    @test length(unique(different)) == length(different)
    # Threads change nothing.
    for threads in (1, 2, 8)
        context = Context(threads=threads)
        @test Threads.nthreads(context) == threads && trained(context=context) == trained()
    end
    @test_throws AscribeError Context(threads=0)
    @test_throws AscribeError Context(log_level=:loud)
end

@testset "descriptions" begin
    model, data = world_model()
    described = describe(model)
    @test (described["family"], described["kind"]) == ("triples", "distmult") && described["model"]["dimension"] == 4
    @test described["training"]["optimizer"] == "sgd" && described["training"]["epochs"] == 8
    mktempdir() do folder
        save(model, joinpath(folder, "model"))
        inspected = inspect(joinpath(folder, "model"))
        @test all(inspected[name] == described[name] for name in ("family", "kind", "model", "training", "precision"))
        @test_throws AscribeError inspect(joinpath(folder, "nothing"))
    end
    @test describe(Attributor(model))["method"] == "rollback" && describe(Attributor(model))["unit"] == "removal"
    linear, _, _, _ = own_linear()
    known = describe(Attributor(linear; damping=0.5, solver=:direct))
    @test known["method"] == "influence" && known["damping"] == 0.5 && known["solver"] isa String
    planned = plan(linear)
    @test planned["reason"] isa String && !isempty(planned["candidates"])
end
