# Options reach the library: defaults are its own, names are its numbers, and what is set changes what is computed.

@testset "defaults" begin
    defaults(T) = Ascribe.options(T).value
    triple = defaults(CAPI.ascribe_triple_options)
    @test (triple.dimension, triple.initial, triple.negatives, triple.precision, triple.seed) == (10, 0.5, 13, CAPI.ASCRIBE_F64, -1)
    row = defaults(CAPI.ascribe_row_options)
    @test (row.loss, row.l2, row.smoothing, row.intercept, row.layer_count) == (-1, 0.01, 0.1, 1, 0)
    training = defaults(CAPI.ascribe_training_options)
    @test (training.method, training.learning_rate, training.epochs, training.track, training.patience, training.iterations) ==
          (CAPI.ASCRIBE_METHOD_AUTO, 0.003, 10, 1, 3, 1000)
    influence = defaults(CAPI.ascribe_influence_options)
    @test (influence.tolerance, influence.iterations, influence.stationary, influence.rank, influence.memory, influence.queries) ==
          (1e-8, 2000, 1e-4, 50, 2^31, 1)
    rollback = defaults(CAPI.ascribe_rollback_options)
    @test (rollback.scope, rollback.effort, rollback.rerank) == (CAPI.ASCRIBE_SCOPE_ALL_READ, CAPI.ASCRIBE_EFFORT_AUTO, 500)
    what_if = defaults(CAPI.ascribe_what_if_options)
    @test (what_if.until, what_if.tolerance, what_if.gradient, what_if.iterations) == (CAPI.ASCRIBE_LEVEL_NEWTON, 0.0, 1e-10, 200)
    context = defaults(CAPI.ascribe_context_options)
    @test (context.threads, context.seed, context.log_level) == (1, 42, CAPI.ASCRIBE_LOG_INFO)
    graph = defaults(CAPI.ascribe_graph_options)
    @test (graph.initial, graph.precision, graph.seed) == (0.1, CAPI.ASCRIBE_F64, -1)
    for T in (CAPI.ascribe_triple_options, CAPI.ascribe_row_options, CAPI.ascribe_graph_options, CAPI.ascribe_training_options,
              CAPI.ascribe_table_options, CAPI.ascribe_rollback_options, CAPI.ascribe_influence_options,
              CAPI.ascribe_what_if_options, CAPI.ascribe_context_options, CAPI.ascribe_watch)
        @test defaults(T).struct_size == sizeof(T)
    end
    # nothing leaves a default.
    @test Ascribe.options(CAPI.ascribe_training_options; epochs=nothing).value.epochs == 10
end

@testset "names" begin
    # Each table is the constants of the header that begin alike, by name.
    tables = [Ascribe.METHODS => "METHOD", Ascribe.SCHEDULES => "SCHEDULE", Ascribe.ATTRIBUTIONS => "ATTRIBUTION", Ascribe.PARTS => "PART",
              Ascribe.SCOPES => "SCOPE", Ascribe.EFFORTS => "EFFORT", Ascribe.CURVATURES => "CURVATURE", Ascribe.SOLVERS => "SOLVER",
              Ascribe.LEVELS => "LEVEL", Ascribe.ORDERS => "ORDER", Ascribe.SIDES => "SIDES", Ascribe.CANDIDATES => "CANDIDATES",
              Ascribe.ACTIVATIONS => "ACTIVATION", Ascribe.LOG_LEVELS => "LOG", Ascribe.TARGETS => "TARGETS"]
    for (table, begins) in tables
        constants = filter(name -> startswith(string(name), "ASCRIBE_$(begins)_"), names(CAPI; all=true))
        @test Set(Symbol("ASCRIBE_$(begins)_", uppercase(string(name))) => number for (name, number) in table) ==
              Set(name => getfield(CAPI, name) for name in constants)
    end
end

@testset "effects" begin
    data = Dataset(small_world(); entities=12, relations=2)
    values(; given...) = parameter(Model(data; given...), 1)
    @test values(seed=1) == values(seed=1) != values(seed=2)
    @test size(values(dimension=7)) == (12, 7)
    @test maximum(abs, values(initial=0.01)) <= 0.01 < maximum(abs, values(initial=0.5)) <= 0.5
    @test values(seed=1, precision=Float32) == Float32.(values(seed=1, precision=Float32))
    for kind in ("distmult", "complex", "transe")
        @test isfinite(sum(values(kind=kind)))
    end
    @test_throws AscribeError Model(data; kind="no such kind")
    @test_throws AscribeError Model(data; dimension=0)
    with_seed(seed) = parameter(Model(data; context=Context(seed=seed)), 1)
    @test with_seed(5) == with_seed(5) != with_seed(6)
    trained(; given...) = parameter(fit!(Model(data; seed=1), data; epochs=2, learning_rate=0.05, given...), 1)
    different = [trained(), trained(method=:sgd), trained(method=:adagrad), trained(method=:adam_dense), trained(epochs=3),
                 trained(learning_rate=0.1), trained(batch=4), trained(schedule=:linear), trained(seed=9)]
    @test length(unique(different)) == length(different)
    # Threads change nothing.
    for threads in (1, 2, 8)
        context = Context(threads=threads)
        @test Threads.nthreads(context) == threads
        @test parameter(fit!(Model(data; seed=1, context=context), data; epochs=2, learning_rate=0.05), 1) == trained()
    end
    @test_throws AscribeError Context(threads=0)
    @test_throws ArgumentError Context(log_level=:loud)
end
