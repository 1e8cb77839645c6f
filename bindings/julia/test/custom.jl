# Models of graphs: both kinds of question.

model, data, x, y = own_linear()

@testset "minimum" begin
    n = length(y)
    a = [x ones(n)]
    # ½ (prediction − y)² + 0.05 |w|²: the penalty's second derivative is 0.1.
    h = a'a / n + Diagonal([0.1, 0.1, 0.1, 0.0])
    theta = h \ (a'y / n)
    order = [p.name for p in parameters(model)]
    flat = vcat((vec(collect(parameter(model, name))) for name in order)...)
    places = order == ["weights", "bias"] ? [1, 2, 3, 4] : [4, 1, 2, 3]
    @test flat ≈ theta[places] rtol = 1e-7
    @test products(model, Matrix(1.0I, 4, 4)) ≈ h[places, places] rtol = 1e-8
    @test evaluate(model, data; functional="prediction") ≈ a * theta rtol = 1e-7
    found = explain(model, data[1]; method=:influence, functional="prediction", k=nothing)
    slope(i) = (dot(a[i, :], theta) - y[i]) * a[i, :] + 0.1 * [theta[1:3]; 0]
    @test in_scores(found) ≈ [a[1, :]' * (h \ slope(i)) / n for i in 1:n] rtol = 1e-6
    dots, cosines = (in_scores(explain(model, data[1]; method=method, functional="prediction", k=nothing)) for method in (:graddot, :gradcos))
    @test dots ≈ [dot(a[1, :], slope(i)) for i in 1:n] rtol = 1e-6
    @test cosines ≈ [dot(a[1, :], slope(i)) / norm(a[1, :]) / norm(slope(i)) for i in 1:n] rtol = 1e-6
    answer = what_if(model, data[1]; functional="prediction", remove=4, until=:retrained)
    keep = setdiff(1:n, 4)
    without_4 = (a[keep, :]'a[keep, :] / (n - 1) + Diagonal([0.1, 0.1, 0.1, 0.0])) \ (a[keep, :]'y[keep] / (n - 1))
    @test only(last(levels(answer)).changes) ≈ dot(a[1, :], without_4 - theta) rtol = 1e-5
    # By the inputs of an example: the slope of its loss by its parameters, moved.
    effects = input_effects(model, data[1:2], [4, 9, 2]; functional="prediction", input="x")
    @test size(effects) == (3, 3, 2)
    moved(i, j) = (dot(a[i, :], theta) - y[i]) * (1:4 .== j) + theta[j] * a[i, :]
    @test effects[:, :, 1] ≈ [-a[1, :]' * (h \ moved(i, j)) / n for i in (4, 9, 2), j in 1:3] rtol = 1e-6
    @test effects[:, :, 2] ≈ input_effects(model, data[2], [4, 9, 2]; functional="prediction", input="x")[:, :, 1] rtol = 1e-6
    attacked = attack(model, data[1], [4, 9]; functional="prediction", input="x", rounds=3, step=0.05, low=-9, high=9)
    @test length(attacked.values) == 4 && issorted(attacked.values) && length(attacked.perturbed) == 2
    @test_throws AscribeError input_effects(model, data[1], [4]; input="no such")
    @test_throws AscribeError evaluate(model, data; functional="no such")
    @test_throws ArgumentError explain(model, data)
end

@testset "owned rows" begin
    random = MersenneTwister(11)
    users, items = rand(random, 1:5, 40), rand(random, 1:4, 40)
    ratings = randn(random, 40)
    g = Graph()
    u, i, rating = indices(g, "user"), indices(g, "item"), input(g, "rating")
    p, q = parameter(g, "p", 5, 2), parameter(g, "q", 4, 2)
    guess = sum(p[u, :] .* q[i, :])
    own!(p, u)
    own!(q, i)
    functional!("guess", guess)
    rated = Dataset("user" => users, "item" => items, "rating" => ratings)
    model = Model(g, (guess - rating)^2; seed=5)
    start = [parameter(model, k) for k in 1:2]
    fit!(model, rated; optimizer=:sgd, learning_rate=0.05, epochs=5)
    @test_throws AscribeError Ledger(fit!(copy(model), rated; ledger=false, epochs=1))
    kept = Ledger(model)
    moved = [remainder(kept, k) for k in 1:2]
    for example in 1:40, (place, slot) in enumerate(slots(kept, example))
        moved[slot.parameter][slot.row, :] += change(kept, example, place)
    end
    @test all(start[k] + moved[k] ≈ parameter(model, k) for k in 1:2)
    @test Set((s.parameter, s.row) for s in slots(kept, 1)) == Set([(1, users[1]), (2, items[1])])
    # What a training here wrote down, recorded as if it came from elsewhere.
    own = Model(g, (guess - rating)^2; seed=6)
    builder = LedgerBuilder(own, rated; rule=:step)
    for example in 1:40, (place, slot) in enumerate(slots(kept, example))
        record!(builder, example, slot.parameter, slot.row, change(kept, example, place))
    end
    @test_throws AscribeError setledger!(own, builder)
    endepoch!(endstep!(builder, 0.05))
    foreach(k -> setparameter!(own, k, parameter(model, k)), 1:2)
    @test setledger!(own, builder) === own && training(own).given && training(own).steps == 1 && training(own).epochs == 1
    @test explain(own, rated[1]; method=:rollback, functional="guess", k=3) ==
          explain(model, rated[1]; method=:rollback, functional="guess", k=3)
    @test_throws AscribeError retraining_changes(own, rated[1], [[1]]; functional="guess")
    @test_throws AscribeError record!(LedgerBuilder(own, rated; rule=:refill), 1, 1, 1, [0.0, 0.0])
    @test_throws DimensionMismatch record!(LedgerBuilder(own, rated; rule=:refill), 1, 1, 1, [0.0, 0.0], [0.0])
    @test_throws AscribeError setdata!(own, rated; epochs=3)
    @test training(setdata!(own, rated)).given && !training(model).given
    found = explain(model, rated[1]; method=:rollback, functional="guess", k=3)
    @test length(found) == 3
    example, score = found[1]
    answer = what_if(model, rated[1]; remove=[example], functional="guess")
    @test only(only(levels(answer)).changes) ≈ score && before(answer) ≈ evaluate(model, rated[1]; functional="guess")
    @test explain(model, rated[1]; functional="guess", k=3) == found
    mktempdir() do folder
        save(model, joinpath(folder, "model"))
        again = Model(g, (guess - rating)^2; seed=6)
        restore!(again, joinpath(folder, "model"))
        @test parameter(again, 1) == parameter(model, 1)
        @test explain(again, rated[1]; functional="guess", k=3) == found
    end
end
