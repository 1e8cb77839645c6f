# The same model from several threads at once.

Threads.nthreads() == 1 && println("one thread of Julia: set JULIA_NUM_THREADS to test with more")

@testset "explaining" begin
    model, data = world_model()
    linear, rows, x, _ = own_linear()
    expected, expected_linear = [explain(model, data[i]) for i in 1:24], [explain(linear, rows[i]) for i in 1:10]
    expected_values = evaluate(model, data)
    # Nothing prepared yet: all ask for it at once.
    model, linear = copy(model), copy(linear)
    for _ in 1:5
        tasks = [Threads.@spawn(explain(model, data[i])) for i in 1:24]
        more = [Threads.@spawn(explain(linear, rows[i])) for i in 1:10]
        rest = [Threads.@spawn(evaluate(model, data)) for i in 1:10]
        @test fetch.(tasks) == expected && fetch.(more) == expected_linear
        @test all(fetch(task) == expected_values for task in rest)
    end
    @test length(model.attributors) == length(linear.attributors) == 1
end

@testset "each its own" begin
    expected = parameter(world_model()[1], 1)
    train() = ((model, _) = world_model(); found = parameter(model, 1); rand(Bool) && close(model); GC.gc(false); found)
    @test all(fetch(task) == expected for task in [Threads.@spawn(train()) for _ in 1:16])
end

@testset "canceled from another" begin
    Threads.nthreads() == 1 || begin
        x, y = two_classes()
        flag, started = Cancel(), Threads.Atomic{Bool}(false)
        task = Threads.@spawn thrown(() -> fit!(hidden_model(Dataset(x, y)), Dataset(x, y); epochs=10^7, cancel=flag,
                                                progress=event -> (started[] = true)))
        while !started[]
            yield()
        end
        cancel!(flag)
        @test iscanceled(fetch(task))
    end
end
