# Progress, cancellation, logs, and what callbacks throw.

struct Mine <: Exception
    place::Int
end

x, y = two_classes()
data = Dataset(x, y)
"Every long call, given what monitors it."
const CALLS = let (world, facts) = world_model(), (linear, rows, _, _) = own_linear()
    influence() = Attributor(linear, :influence)
    ["fit!" => (; on...) -> fit!(hidden_model(data), data; epochs=6, on...),
     "minimize" => (; on...) -> fit!(Model(:logistic, data; l2=0.01), data; optimizer=:minimize, on...),
     "run!" => (; on...) -> run!(Trainer(hidden_model(data), data; epochs=6); on...),
     "step!" => (; on...) -> step!(Trainer(hidden_model(data), data; epochs=6), 9; on...),
     "rollback" => (; on...) -> explain(Attributor(world; scope=:all), facts[1]; on...),
     "replay" => (; on...) -> explain(Attributor(world, :replay), facts[1]; on...),
     "smoothness" => (; on...) -> smoothness(world; on...),
     "calibrate!" => (; on...) -> calibrate!(copy(world), 2; on...),
     "influence" => (; on...) -> Attributor(linear, :influence; on...),
     "explain" => (; on...) -> explain(influence(), rows[1]; on...),
     "gradients" => (; on...) -> explain(Attributor(linear, :graddot), rows[1]; on...),
     "self" => (; on...) -> self_scores(influence(); on...),
     "leave one out" => (; on...) -> leave_one_out(influence(), rows[1], [1, 2]; on...),
     "bounds" => (; on...) -> error_bounds(influence(), rows[1], [1, 2]; on...),
     "inputs" => (; on...) -> input_effects(influence(), rows[1], [1, 2]; input="x", on...),
     "attack" => (; on...) -> attack(influence(), rows[1], [1, 2]; input="x", rounds=2, on...),
     "what if" => (; on...) -> what_if(influence(), rows[1]; remove=1, until=:retrained, on...),
     "products" => (; on...) -> products(influence(), ones(dimension(linear)); on...),
     "inverse" => (; on...) -> inverse_products(influence(), ones(dimension(linear)); on...),
     "retraining" => (; on...) -> retraining_changes(world, facts[1], [1, 2]; on...)]
end

for (name, call) in CALLS
    @testset "$name" begin
        seen = []
        call(progress=event -> (push!(seen, event); nothing))
        @test all(event -> event.phase isa String && !isempty(event.phase) && event.done >= 0, seen)
        @test all(event -> event.total == 0 || event.done <= event.total, seen)
        name in ("fit!", "minimize", "run!", "what if", "retraining") && @test !isempty(seen)
        # At every index: stop, throw, and ask by the flag.
        for index in filter(>(0), unique([1:min(length(seen), 12); length(seen)]))
            count, mine, flag = Ref(0), Mine(index), Cancel()
            reached_it(count) = (count[] += 1) == index
            @test iscanceled(thrown(() -> call(progress=event -> !reached_it(count)))) && count[] == index
            count[] = 0
            @test thrown(() -> call(progress=event -> reached_it(count) ? throw(mine) : true)) === mine && count[] == index
            count[] = 0
            asked_for = thrown(() -> call(cancel=flag, progress=event -> (reached_it(count) && cancel!(flag); true)))
            # Asked for at the very end it may come too late.
            @test iscanceled(flag) && (iscanceled(asked_for) || asked_for === nothing && index == length(seen))
        end
        # A flag that was asked for beforehand, and one that was taken back.
        flag = Cancel()
        cancel!(flag)
        early = thrown(() -> call(cancel=flag))
        @test iscanceled(early) || early === nothing && isempty(seen)
        reset!(flag)
        @test thrown(() -> call(cancel=flag)) === nothing
        # Any answer but `false` goes on.
        @test thrown(() -> call(progress=event -> 0)) === nothing
    end
end

@testset "after canceling, and within calls" begin
    # A model whose training was canceled is as it was, and the same comes out.
    expected, model = parameter(fit!(hidden_model(data), data; epochs=3), 1), hidden_model(data)
    start = parameter(model, 1)
    @test iscanceled(thrown(() -> fit!(model, data; epochs=3, progress=event -> false))) && parameter(model, 1) == start
    @test parameter(fit!(model, data; epochs=3), 1) == expected
    # Errors of another kind are not cancellations.
    @test !iscanceled(Mine(1)) && !iscanceled(AscribeError(CAPI.ASCRIBE_SHAPE, ""))
    closed = Cancel()
    close(closed)
    @test_throws ArgumentError fit!(model, data; cancel=closed)
    # A callback may itself call the library, yield, and collect.
    seen, (world, facts) = Ref(0), world_model(; epochs=2)
    fit!(hidden_model(data), data; epochs=3, progress=event -> (yield(); GC.gc(); seen[] += length(explain(world, facts[1]; k=2)); true))
    @test seen[] >= 2
end

@testset "logs" begin
    function work(context)
        world_model(; epochs=2, context=context)
        rows = Dataset(numbers()...)
        Attributor(fit!(Model(:linear, rows; context=context), rows))
    end
    seen = []
    Context(log=(level, target, message) -> push!(seen, (level, target, message)), log_level=:debug) do context
        @test occursin("log", repr(context))
        work(context)
    end
    @test all(((level, target, message),) -> level in ("error", "warning", "info", "debug") && target isa String && !isempty(message), seen)
    isempty(seen) && println("the library has nothing to log here")
    for index in 1:min(length(seen), 3)
        count, mine = Ref(0), Mine(index)
        @test thrown(() -> work(Context(log=(message...) -> (count[] += 1) == index && throw(mine), log_level=:debug))) === mine
    end
    # Models outlive their context, and its log.
    model, facts = Context(context -> world_model(; epochs=2, context=context); log=(arguments...) -> nothing, log_level=:debug)
    GC.gc()
    @test_throws ArgumentError explain(model, facts[1])
    @test length(explain(model, facts[1]; context=nothing)) == 10
end
