# Progress, cancellation, logs, and what callbacks throw.

struct Mine <: Exception
    place::Int
end

x, y = two_classes()
data = Dataset(x, y)
make() = Model(data; layers=[:dense => 4, :tanh], seed=1)
"Every long call, given what watches it."
const CALLS = let (world, facts) = world_model(), (linear, rows, _, _) = own_linear()
    ["fit!" => (; watch...) -> fit!(make(), data; epochs=6, watch...),
     "minimize" => (; watch...) -> fit!(Model(data; l2=0.01), data; method=:minimize, watch...),
     "run!" => (; watch...) -> run!(Trainer(make(), data; epochs=6); watch...),
     "step!" => (; watch...) -> step!(Trainer(make(), data; epochs=6), 9; watch...),
     "rollback" => (; watch...) -> explain(Rollback(world), facts[1]; scope=:all, watch...),
     "influence" => (; watch...) -> Influence(linear; watch...),
     "explain" => (; watch...) -> explain(Influence(linear), rows[1]; watch...),
     "self" => (; watch...) -> selfinfluence(Influence(linear); watch...),
     "corrected" => (; watch...) -> corrected(Influence(linear), rows[1], [1, 2]; watch...),
     "whatif" => (; watch...) -> whatif(Influence(linear), rows[1]; remove=1, until=:retrained, watch...),
     "hvp" => (; watch...) -> hvp(Influence(linear), ones(dimension(linear)); watch...),
     "inversehvp" => (; watch...) -> inversehvp(Influence(linear), ones(dimension(linear)); watch...),
     "verify" => (; watch...) -> verify(world, facts[1]; examples=[1, 2], watch...)]
end

"The events of a call."
function events(call)
    seen = []
    call(progress=event -> (push!(seen, event); nothing))
    return seen
end

for (name, call) in CALLS
    @testset "$name" begin
        seen = events(call)
        @test all(event -> event.phase isa String && !isempty(event.phase) && event.done >= 0, seen)
        @test all(event -> event.total == 0 || event.done <= event.total, seen)
        isempty(seen) && name in ("fit!", "minimize", "run!", "whatif", "verify") && @test !isempty(seen)
        # At every index: stop, throw, and ask by the flag.
        for index in unique([1:min(length(seen), 12); length(seen)])
            index == 0 && continue
            count = Ref(0)
            stopped = thrown(() -> call(progress=event -> (count[] += 1) < index))
            @test iscanceled(stopped) && count[] == index
            mine = Mine(index)
            count[] = 0
            @test thrown(() -> call(progress=event -> (count[] += 1) == index ? throw(mine) : true)) === mine
            @test count[] == index
            flag = Cancel()
            count[] = 0
            @test let result = thrown(() -> call(cancel=flag, progress=event -> ((count[] += 1) == index && cancel!(flag); true)))
                # Asked for at the very end it may come too late.
                iscanceled(result) || result === nothing && index == length(seen)
            end
            @test iscanceled(flag)
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

@testset "after canceling" begin
    # A model whose training was canceled can be trained, and the same comes out.
    expected = parameter(fit!(make(), data; epochs=3), 1)
    model = make()
    start = parameter(model, 1)
    @test iscanceled(thrown(() -> fit!(model, data; epochs=3, progress=event -> false)))
    if parameter(model, 1) == start
        @test parameter(fit!(model, data; epochs=3), 1) == expected
    end
    # Errors of another kind are not cancellations.
    @test !iscanceled(Mine(1)) && !iscanceled(AscribeError(CAPI.ASCRIBE_SHAPE, ""))
    closed = Cancel()
    close(closed)
    @test_throws ArgumentError fit!(model, data; cancel=closed)
end

@testset "calls within calls" begin
    # A callback may itself call the library, and yield.
    seen = Ref(0)
    world, facts = world_model(; epochs=2)
    fit!(make(), data; epochs=3, progress=function (event)
        yield()
        seen[] += length(explain(world, facts[1]; k=2))
        true
    end)
    @test seen[] >= 2
end

@testset "collecting in callbacks" begin
    @test thrown(() -> fit!(make(), data; epochs=3, progress=event -> (GC.gc(); true))) === nothing
end

@testset "logs" begin
    seen = []
    Context(log=(level, target, message) -> push!(seen, (level, target, message)), log_level=:debug) do context
        @test occursin("log", repr(context))
        world, facts = world_model(; epochs=2, context=context)
        linear = fit!(Model(Dataset(numbers()...); context=context), Dataset(numbers()...))
        Influence(linear)
    end
    @test all(entry -> entry[1] in (:error, :warning, :info, :debug) && entry[2] isa String && !isempty(entry[3]), seen)
    if isempty(seen)
        println("the library has nothing to log here")
    else
        for index in 1:min(length(seen), 3)
            count = Ref(0)
            mine = Mine(index)
            @test thrown() do
                noisy = Context(log=(level, target, message) -> (count[] += 1) == index && throw(mine), log_level=:debug)
                world, facts = world_model(; epochs=2, context=noisy)
                linear = fit!(Model(Dataset(numbers()...); context=noisy), Dataset(numbers()...))
                Influence(linear)
            end === mine
        end
    end
    # Models outlive their context, and its log.
    model, facts = let context = Context(log=(arguments...) -> nothing, log_level=:debug)
        made = world_model(; epochs=2, context=context)
        close(context)
        made
    end
    GC.gc()
    @test_throws ArgumentError explain(model, facts[1])
    @test length(explain(model, facts[1]; context=nothing)) == 10
end
