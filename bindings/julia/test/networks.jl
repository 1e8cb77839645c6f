# Models of rows, against closed forms of ridge regression and against retraining.

const PENALTY = 0.1

"Weights and intercept that minimize the mean of ½ (w·x + b − y)² + λ/2 |w|², some examples weighted."
function ridge(x, y, weights=ones(length(y)))
    a = [x ones(length(y))]
    share = weights / sum(weights)
    return (a' * (share .* a) + PENALTY * Diagonal([1.0, 1.0, 1.0, 0.0])) \ (a' * (share .* y))
end

"The weights of a fitted model in the order of `ridge`: three weights, then the intercept."
fitted(model) = vcat((vec(parameter(model, place)) for place in eachindex(parameters(model)))...)

x, y = numbers()
data = Dataset(x, y)
model = fit!(Model(:linear, data; l2=PENALTY), data; optimizer=:minimize, gradient_tolerance=1e-11)
question = (x[1, :], y[1])
loss(theta, i) = 0.5 * (dot(theta[1:3], x[i, :]) + theta[4] - y[i])^2
weighted(pairs...) = (weights = ones(40); foreach(((i, weight),) -> weights[i] = weight, pairs); weights)
others(i...) = weighted((i .=> 0)...)
"What the penalized loss of a set adds; a penalty is inside each example's loss, so removal keeps its size."
truly(i...) = loss(ridge(x, y, others(i...)), 1) - loss(ridge(x, y), 1)
const A, THETA = [x ones(40)], ridge(x, y)
const H = A'A / 40 + PENALTY * Diagonal([1.0, 1.0, 1.0, 0.0])

@testset "fit" begin
    @test fitted(model) ≈ THETA rtol = 1e-8
    @test vec(predict(model, x)) ≈ A * THETA rtol = 1e-8
    @test evaluate(model, (x, y); functional="loss") ≈ loss.((THETA,), 1:40) rtol = 1e-6
    how = training(model)
    @test how.converged && how.gradient_norm <= 1e-10 && isnan(how.loss)
    @test (outputs(model), dimension(model), length(Dataset(model))) == (1, 4, 40)
    @test fitted(Model(:linear, x, y; l2=PENALTY, optimizer=:minimize, gradient_tolerance=1e-11, seed=nothing)) == fitted(model)
    @test fitted(fit!(Model(:linear, data; l2=PENALTY, intercept=false), data)) ≈ (x'x / 40 + PENALTY * I) \ (x'y / 40) rtol = 1e-6
    single = Model(:linear, data; l2=PENALTY, precision=Float32)
    @test fitted(fit!(single, data; gradient_tolerance=1e-4)) ≈ THETA rtol = 1e-3
end

@testset "curvature" begin
    @test products(model, Matrix(1.0I, 4, 4)) ≈ H rtol = 1e-8
    @test products(model, [1.0, 0, 0, 0]) ≈ H[:, 1] rtol = 1e-8
    @test inverse_products(model, Matrix(1.0I, 4, 4)) ≈ inv(H) rtol = 1e-6
    influence = Attributor(model, :influence; damping=0.5, solver=:direct)
    @test inverse_products(influence, [1.0, 0, 0, 0]) ≈ inv(H + 0.5I)[:, 1] rtol = 1e-6
    known = diagnostics(influence)
    @test (known.examples, known.parameters, known.at_minimum, known.damping) == (40, 4, true, 0.5) && length(influence) == 40
    @test describe(influence)["curvature"] in ("hessian", "gauss-newton") && describe(influence)["solver"] isa String
    @test occursin("influence of 40 examples", repr(influence))
end

@testset "influence" begin
    slope(i) = (dot(A[i, :], THETA) - y[i]) * A[i, :]
    penalized(i) = slope(i) + PENALTY * [THETA[1:3]; 0]
    found = explain(model, question; method=:influence, k=nothing)
    @test [s.example for s in found] == 1:40
    @test in_scores(found) ≈ [slope(1)' * (H \ penalized(i)) / 40 for i in 1:40] rtol = 1e-6
    @test in_scores(found) ≈ truly.(1:40) rtol = 0.5
    best(k, order) = explain(model, question; method=:influence, k=k, order=order)
    @test best(3, nothing) == best(3, "largest") == sort(found; by=s -> -abs(s.score))[1:3]
    @test eltype(best(3, nothing)) == NamedTuple{(:example, :score),Tuple{Int,Float64}}
    @test best(40, :positive) == sort(filter(s -> s.score > 0, found); by=s -> -s.score)
    @test best(40, :negative) == sort(filter(s -> s.score < 0, found); by=s -> s.score)
    # The examples' own: the same with each as its own question.
    own = self_scores(model)
    @test in_scores(own) ≈ [penalized(i)' * (H \ penalized(i)) / 40 for i in 1:40] rtol = 1e-6
    @test self_scores(model; examples=[7, 2]) == own[[7, 2]] && self_scores(model; k=5) == sort(own; by=s -> -s.score)[1:5]
    # What the model predicts is linear in its parameters, so the curvature of the examples is all that the first order lacks.
    better, leverages = leave_one_out(model, question, 1:40; functional="output")
    moved(i) = dot(A[1, :], ridge(x, y, others(i)) - THETA)
    first_order = explain(model, question; method=:influence, functional="output", k=nothing)
    @test in_scores(first_order) ≈ [A[1, :]' * (H \ penalized(i)) / 40 for i in 1:40] rtol = 1e-6
    off(scores) = maximum(abs.(scores .- moved.(1:40)))
    @test size(better) == (40, 1) && off(better[:, 1]) < off(in_scores(first_order)) / 5
    @test leverages ≈ [A[i, :]' * (H \ A[i, :]) / 40 for i in 1:40] rtol = 1e-6
    two = leave_one_out(model, (x[1:2, :], y[1:2]), [9, 1]; functional="output")
    @test two.scores[:, 1] ≈ better[[9, 1], 1] && size(two.scores) == (2, 2) && two.leverages ≈ leverages[[9, 1]]
    # Scores of a solve that ended early are off by no more than their bounds.
    early = Attributor(model, :influence; solver=:cg, tolerance=0.3)
    bounds, rough = error_bounds(early, question, 1:40), in_scores(explain(early, question; k=nothing))
    @test size(bounds) == (40, 1) && any(rough .!= in_scores(found))
    @test all(isnan(bounds[i]) || abs(rough[i] - found[i].score) <= bounds[i] * (1 + 1e-9) for i in 1:40)
    # What a feature of an example does, against training again with it changed a little.
    effects = input_effects(model, question, [4, 9])
    changed(i, j, by) = (other = copy(x); other[i, j] += by; loss(ridge(other, y), 1))
    @test size(effects) == (2, 3, 1)
    @test effects[:, :, 1] ≈ [(changed(i, j, 1e-5) - changed(i, j, -1e-5)) / 2e-5 for i in (4, 9), j in 1:3] rtol = 1e-4
    attacked = attack(model, question, [4, 9]; rounds=3, step=0.05, low=-9, high=9)
    @test length(attacked.values) == 4 && issorted(attacked.values) && isapprox(attacked.values[1], loss(THETA, 1); rtol=1e-6)
    @test length(attacked.perturbed) == 2 && length(attack(model, question, [4]; low=-9, high=9).values) == 11
    answers = attribution(model, (x[1:2, :], y[1:2]); method=:influence)
    @test length(answers) == 2 && all(a.example == b.example && isapprox(a.score, b.score; rtol=1e-6) for (a, b) in zip(scores(answers), found))
    @test value(answers, 2) ≈ loss(THETA, 2) rtol = 1e-6
    @test certificate(answers).converged && certificate(answers, 2).relative_residual < 1e-6
end

@testset "what if" begin
    answer = what_if(model, question; remove=[3, 8], until=:retrained)
    @test before(answer) ≈ [loss(THETA, 1)] rtol = 1e-6
    @test (first(levels(answer)).level, last(levels(answer)).level) == ("first-order", "retrained")
    @test only(last(levels(answer)).changes) ≈ truly(3, 8) rtol = 1e-5
    @test last(levels(answer)).at_minimum && last(levels(answer)).gradient_norm < 1e-5
    @test parameters(answer, length(levels(answer))) ≈ ridge(x, y, others(3, 8)) rtol = 1e-6
    @test reached(answer) && length(answer) == 1 && occursin("retrained", repr(answer))

    newton(; changes...) = only(last(levels(what_if(model, question; until=:newton, changes...))).changes)
    after(w, xs=x, ys=y) = loss(ridge(xs, ys, w), 1) - loss(THETA, 1)
    # The objective is quadratic, so Newton's step is retraining.
    @test newton(remove=3) ≈ after(others(3)) rtol = 1e-5
    @test newton(reweight=3 => 2.5) ≈ after(weighted(3 => 2.5)) rtol = 1e-5
    @test newton(reweight=[3 => 2.5, 4 => 0.5]) ≈ after(weighted(3 => 2.5, 4 => 0.5)) rtol = 1e-5
    new_x, new_y = [0.3 -1.0 2.0; 1.0 1.0 1.0], [1.5, -0.5]
    new = Dataset(new_x, new_y)
    @test newton(add=new) ≈ after(ones(42), [x; new_x], [y; new_y]) rtol = 1e-5
    @test newton(add=new[1] => 3.0) ≈ after([ones(40); 3.0], [x; new_x[1:1, :]], [y; new_y[1]]) rtol = 1e-5
    @test newton(replace=5 => new[2]) ≈ after([others(5); 1.0], [x; new_x[2:2, :]], [y; new_y[2]]) rtol = 1e-5
    @test newton(remove=[1], replace=[5 => new[2]], add=[new[1]]) ≈
          after([others(1, 5); 1.0; 1.0], [x; new_x[2:2, :]; new_x[1:1, :]], [y; new_y[2]; new_y[1]]) rtol = 1e-5
    @test reached(what_if(model, question; remove=3, target_error=10.0)) && length(levels(what_if(model, question; remove=3, damping=0.1))) > 1
    for wrong in ((), (remove=[1, 1],), (reweight=1 => -1,), (remove=1, until=:sometime), (remove=41,))
        @test thrown(() -> what_if(model, question; wrong...)) isa AscribeError
    end
    @test_throws AscribeError what_if(Attributor(model), question; remove=1, damping=0.1)
    @test_throws ArgumentError what_if(model, question; remove=0)
    @test_throws ArgumentError what_if(model, question; replace=5 => new)
end

@testset "truth" begin
    @test size(retraining_changes(model, question, 3)) == (1, 1)
    @test retraining_changes(model, question, [3, 8])[:, 1] ≈ truly.([3, 8]) rtol = 1e-4
    together = retraining_changes(model, (x[1:2, :], y[1:2]), [[3], [8], [3, 8]])
    @test size(together) == (3, 2)
    @test together[:, 1] ≈ [truly(3), truly(8), truly(3, 8)] rtol = 1e-4
    agreement = fidelity([1.0, 2, 3], [2.0, 4, 6])
    @test agreement.pearson ≈ 1 && agreement.spearman ≈ 1 && agreement.count == 3 && agreement.maximum_error ≈ 3
end

@testset "classes and layers" begin
    x, y = two_classes()
    rows = Dataset(x, y)
    chance = evaluate(Model(:logistic, x, y; l2=0.05), (x, Int.(y) .+ 1); functional="probability")
    @test all(0 .< chance .< 1) && sum(chance) > 36
    three = Model(:softmax, x, [mod1(i, 3) for i in 1:60]; l2=0.05)
    @test outputs(three) in (2, 3) && size(predict(three, x)) == (60, outputs(three))
    found = explain(three, (x[1, :], 2); k=4, functional="log-probability")
    @test length(found) == 4 && explain(three, (x[1, :], 2); k=4, functional=:log_probability) == found
    model = Model(:mlp, rows; layers=[:dense => 5, :tanh], l2=0.01, seed=1)
    fit!(model, rows; epochs=20, learning_rate=0.01)
    @test length(self_scores(model; method=:influence, curvature=:gauss_newton, damping=0.01)) == 60
    @test dimension.((model, Model(:mlp, rows; hidden=(7, 5)), Model(:logistic, rows))) == (3 * 5 + 5 + 5 + 1, 3 * 7 + 7 + 7 * 5 + 5 + 5 + 1, 4)
end

@testset "files and values" begin
    mktempdir() do folder
        path = joinpath(folder, "model")
        save(model, path)
        again = load(Model, path)
        @test fitted(again) == fitted(model)
        @test explain(again, question; method=:influence) == explain(model, question; method=:influence)
        load(m -> @test(fitted(m) == fitted(model)), Model, path)
        @test thrown(() -> load(Model, joinpath(folder, "nothing"))) isa AscribeError
    end
    other, name = copy(model), parameters(model)[1].name
    setparameter!(other, name, 2parameter(model, name))
    @test parameter(other, 1) == 2parameter(model, name) && parameter(model, 1) == parameter(model, name)
end

@testset "along the training" begin
    before = hidden_model(data)
    @test occursin("not trained", refused(() -> smoothness(before), CAPI.ASCRIBE_UNSUPPORTED))
    @test occursin("not trained", refused(() -> Attributor(before, :replay), CAPI.ASCRIBE_UNSUPPORTED))
    network = fit!(Model(:mlp, data; layers=[:dense => 4, :tanh], seed=1), data; learning_rate=0.01, epochs=3, batch=8)
    start, stop = evaluate(Model(:mlp, data; layers=[:dense => 4, :tanh], seed=1), data[1:2]), evaluate(network, data[1:2])
    found = Dict(method => attribution(network, data[1:2]; method=method) for method in (:replay, :tracin, :tracincp, :gas, :graddot))
    @test unit(found[:replay]) == "removal" && length(unique(unit.(values(found)))) == 5
    @test all(length(scores(a, 2)) == 40 && value(a, 2) ≈ stop[2] for a in values(found))
    @test sum(in_scores(scores(found[:tracin], 2))) ≈ start[2] - stop[2]
    # Of others than replay there is no growth.
    @test growth(found[:replay]) >= 1 && growth(found[:replay], 2) >= 1
    @test all(growth(found[method], 1) === nothing for method in (:tracin, :tracincp, :gas, :graddot))
    @test_throws ArgumentError growth(found[:replay], 3)
    @test upper_tail(found[:gas]; count=1) > 0 && upper_tail(found[:gas], 2; count=1) >= upper_tail(found[:gas], 2; count=2)
    @test_throws ArgumentError upper_tail(found[:gas], 3)
    @test_throws ArgumentError growth(found[:replay], 0)
    changed = only(levels(what_if(network, data[1:2]; method=:replay, remove=[4, 9], reweight=12 => 3.0)))
    of_second = in_scores(scores(found[:replay], 2))
    @test changed.level == "replay" && changed.changes[2] ≈ of_second[4] + of_second[9] - 2 * of_second[12]
    truth = vec(retraining_changes(network, data[1:1], collect(1:40)))
    @test fidelity(in_scores(scores(found[:replay], 1)), truth).pearson > 0.9
    @test -1 <= smoothness(network) <= 1
    @test smoothness(network) == Context(context -> smoothness(network; context=context); threads=2)
    @test occursin("minimized", refused(() -> smoothness(model), CAPI.ASCRIBE_UNSUPPORTED))
    @test occursin("ledger", refused(() -> calibrate!(model, 1), CAPI.ASCRIBE_UNSUPPORTED))
end

@testset "a network of numbers" begin
    trained(size) = Model(:mlp, x, size .* (40 .+ y); hidden=[4], l2=0.001, seed=2, epochs=60, batch=8, learning_rate=0.02)
    one = trained(1.0)
    found = evaluate(one, (x, 40 .+ y); functional="prediction")
    @test found ≈ vec(predict(one, x))
    @test sum(abs2, found .- 40 .- y) < 0.8 * sum(abs2, y .- sum(y) / 40)
    @test evaluate(trained(1.0e6), (x, 1.0e6 .* (40 .+ y)); functional="prediction") ≈ 1.0e6 .* found rtol = 1e-6
    @test_throws AscribeError evaluate(one, (x, y); functional="margin")
    @test_throws AscribeError Model(:mlp, x, y; optimizer=:sgd, learning_rate=1.0e3, epochs=2, batch=40)
end
