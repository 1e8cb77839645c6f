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
model = fit!(Model(data; l2=PENALTY), data; method=:minimize, gradient=1e-11)
question = (x[1, :], y[1])
loss(theta, i) = 0.5 * (dot(theta[1:3], x[i, :]) + theta[4] - y[i])^2
others(i) = (weights = ones(40); weights[i] = 0; weights)
"What the penalized loss of a set adds; a penalty is inside each example's loss, so removal keeps its size."
truly(i) = loss(ridge(x, y, others(i)), 1) - loss(ridge(x, y), 1)

@testset "fit" begin
    @test fitted(model) ≈ ridge(x, y) rtol = 1e-8
    @test vec(predict(model, x)) ≈ [x ones(40)] * ridge(x, y) rtol = 1e-8
    @test evaluate(model, (x, y); functional="loss") ≈ [loss(ridge(x, y), i) for i in 1:40] rtol = 1e-6
    how = training(model)
    @test how.converged && how.gradient <= 1e-10 && isnan(how.loss)
    @test (outputs(model), dimension(model)) == (1, 4)
    @test length(Dataset(model)) == 40
    @test fitted(Model(x, y; l2=PENALTY, method=:minimize, gradient=1e-11)) == fitted(model)
    @test fitted(fit!(Model(data; l2=PENALTY, intercept=false), data)) ≈ (x'x / 40 + PENALTY * I) \ (x'y / 40) rtol = 1e-6
    single = Model(data; l2=PENALTY, precision=Float32)
    @test fitted(fit!(single, data; gradient=1e-4)) ≈ ridge(x, y) rtol = 1e-3
end

@testset "curvature" begin
    a = [x ones(40)]
    h = a'a / 40 + PENALTY * Diagonal([1.0, 1.0, 1.0, 0.0])
    @test hvp(model, Matrix(1.0I, 4, 4)) ≈ h rtol = 1e-8
    @test hvp(model, [1.0, 0, 0, 0]) ≈ h[:, 1] rtol = 1e-8
    @test inversehvp(model, Matrix(1.0I, 4, 4)) ≈ inv(h) rtol = 1e-6
    influence = Influence(model; damping=0.5, solver=:direct)
    @test inversehvp(influence, [1.0, 0, 0, 0]) ≈ inv(h + 0.5I)[:, 1] rtol = 1e-6
    known = standing(influence)
    @test (known.examples, known.parameters, known.stationary, known.damping) == (40, 4, true, 0.5)
    @test known.curvature in (:hessian, :gauss_newton, :auto)
    @test !isempty(solver(influence))
    @test occursin("40 examples", repr(influence))
end

@testset "influence" begin
    theta, a = ridge(x, y), [x ones(40)]
    h = a'a / 40 + PENALTY * Diagonal([1.0, 1.0, 1.0, 0.0])
    penalty = PENALTY * [theta[1:3]; 0]
    slope(i) = (dot(a[i, :], theta) - y[i]) * a[i, :]
    predicted(i) = slope(1)' * (h \ (slope(i) + penalty)) / 40
    found = explain(model, question; method=:influence, k=nothing)
    @test [s.example for s in found] == 1:40
    @test [s.score for s in found] ≈ predicted.(1:40) rtol = 1e-6
    @test [s.score for s in found] ≈ truly.(1:40) rtol = 0.5
    best = explain(model, question; method=:influence, k=3)
    @test best == sort(found; by=s -> -abs(s.score))[1:3]
    @test eltype(best) == NamedTuple{(:example, :score),Tuple{Int,Float64}}
    positive = explain(model, question; method=:influence, k=40, order=:positive)
    @test positive == sort(filter(s -> s.score > 0, found); by=s -> -s.score)
    negative = explain(model, question; method=:influence, k=40, order=:negative)
    @test negative == sort(filter(s -> s.score < 0, found); by=s -> s.score)
    # The examples' own: the same with each as its own question.
    own = selfinfluence(model)
    @test [s.score for s in own] ≈ [(slope(i) + penalty)' * (h \ (slope(i) + penalty)) / 40 for i in 1:40] rtol = 1e-6
    @test selfinfluence(model; examples=[7, 2]) == own[[7, 2]]
    @test selfinfluence(model; k=5) == sort(own; by=s -> -s.score)[1:5]
    # What the model predicts is linear in its parameters, so the curvature of the examples is all that the first order lacks.
    better = corrected(model, question, 1:40; functional="output")
    @test [s.example for s in better] == 1:40
    moved(i) = dot(a[1, :], ridge(x, y, others(i)) - theta)
    first_order = explain(model, question; method=:influence, functional="output", k=nothing)
    @test [s.score for s in first_order] ≈ [a[1, :]' * (h \ (slope(i) + penalty)) / 40 for i in 1:40] rtol = 1e-6
    off(scores) = maximum(abs(s.score - moved(s.example)) for s in scores)
    @test off(better) < off(first_order) / 5
    @test [s.leverage for s in better] ≈ [a[i, :]' * (h \ a[i, :]) / 40 for i in 1:40] rtol = 1e-6
    @test corrected(model, question, [9, 1]; functional="output") == better[[9, 1]]
    answers = attribution(model, (x[1:2, :], y[1:2]); method=:influence)
    @test length(answers) == 2
    @test all(a.example == b.example && isapprox(a.score, b.score; rtol=1e-6) for (a, b) in zip(scores(answers), found))
    @test value(answers, 2) ≈ loss(theta, 2) rtol = 1e-6
    @test certificate(answers).converged && certificate(answers, 2).relative_residual < 1e-6
end

@testset "what if" begin
    answer = whatif(model, question; remove=[3, 8], until=:retrained)
    theta = ridge(x, y, (w = ones(40); w[[3, 8]] .= 0; w))
    @test before(answer) ≈ [loss(ridge(x, y), 1)] rtol = 1e-6
    last_level = last(levels(answer))
    @test last_level.level == :retrained
    @test only(last_level.changes) ≈ loss(theta, 1) - loss(ridge(x, y), 1) rtol = 1e-5
    @test parameters(answer, length(levels(answer))) ≈ theta rtol = 1e-6
    @test first(levels(answer)).level == :first_order
    @test reached(answer) && length(answer) == 1
    @test occursin("retrained", repr(answer))

    newton(; changes...) = only(last(levels(whatif(model, question; until=:newton, changes...))).changes)
    after(w, xs=x, ys=y) = loss(ridge(xs, ys, w), 1) - loss(ridge(x, y), 1)
    # The objective is quadratic, so Newton's step is retraining.
    @test newton(remove=3) ≈ after(others(3)) rtol = 1e-5
    @test newton(reweight=3 => 2.5) ≈ after((w = ones(40); w[3] = 2.5; w)) rtol = 1e-5
    @test newton(reweight=[3 => 2.5, 4 => 0.5]) ≈ after((w = ones(40); w[3] = 2.5; w[4] = 0.5; w)) rtol = 1e-5
    new_x, new_y = [0.3 -1.0 2.0; 1.0 1.0 1.0], [1.5, -0.5]
    new = Dataset(new_x, new_y)
    @test newton(add=new) ≈ after(ones(42), [x; new_x], [y; new_y]) rtol = 1e-5
    @test newton(add=new[1] => 3.0) ≈ after([ones(40); 3.0], [x; new_x[1:1, :]], [y; new_y[1]]) rtol = 1e-5
    @test newton(replace=5 => new[2]) ≈ after([others(5); 1.0], [x; new_x[2:2, :]], [y; new_y[2]]) rtol = 1e-5
    @test newton(remove=[1], replace=[5 => new[2]], add=[new[1]]) ≈
          after([(w = ones(40); w[[1, 5]] .= 0; w); 1.0; 1.0], [x; new_x[2:2, :]; new_x[1:1, :]], [y; new_y[2]; new_y[1]]) rtol = 1e-5
    @test_throws AscribeError whatif(model, question)
    @test_throws AscribeError whatif(model, question; remove=[1, 1])
    @test_throws AscribeError whatif(model, question; reweight=1 => -1)
    @test_throws ArgumentError whatif(model, question; remove=0)
    @test_throws ArgumentError whatif(model, question; until=:sometime)
    @test_throws ArgumentError whatif(model, question; replace=5 => new)
end

@testset "truth" begin
    found = verify(model, question; examples=[3, 8])
    @test [f.example for f in found] == [3, 8]
    @test [f.change for f in found] ≈ truly.([3, 8]) rtol = 1e-4
    together = verify(model, question; examples=[[3, 8], [1]])
    @test together[1].examples == [3, 8]
    @test together[1].change ≈ loss(ridge(x, y, (w = ones(40); w[[3, 8]] .= 0; w)), 1) - loss(ridge(x, y), 1) rtol = 1e-4
    matrix = removals(model, (x[1:2, :], y[1:2]); sets=[[3], [8], [3, 8]])
    @test size(matrix) == (3, 2)
    @test matrix[1:2, 1] ≈ truly.([3, 8]) rtol = 1e-4
    agreement = fidelity([1.0, 2, 3], [2.0, 4, 6])
    @test agreement.pearson ≈ 1 && agreement.spearman ≈ 1 && agreement.count == 3
    @test agreement.maximum_error ≈ 3
end

@testset "classes" begin
    x, y = two_classes()
    model = Model(x, y; l2=0.05)
    chance = evaluate(model, (x, Int.(y) .+ 1); functional="probability")
    @test all(0 .< chance .< 1) && sum(chance) > 36
    three = Model(x, [mod1(i, 3) for i in 1:60]; l2=0.05)
    @test outputs(three) in (2, 3)
    @test size(predict(three, x)) == (60, outputs(three))
    found = explain(three, (x[1, :], 2); k=4, functional="log-probability")
    @test length(found) == 4
    @test explain(three, (x[1, :], 2); k=4, functional=:log_probability) == found
end

@testset "layers" begin
    x, y = two_classes()
    model = Model(Dataset(x, y); layers=[:dense => 5, :tanh], l2=0.01, seed=1)
    fit!(model, Dataset(x, y); epochs=20, learning_rate=0.01)
    @test dimension(model) == 3 * 5 + 5 + 5 + 1
    @test length(selfinfluence(model; curvature=:gauss_newton, damping=0.01)) == 60
    small = Model(Dataset(x, y); layers=Any[], l2=0.01)
    @test dimension(small) == 4
end

@testset "files" begin
    mktempdir() do folder
        path = joinpath(folder, "model")
        save(model, path)
        again = load(Model, path)
        @test fitted(again) == fitted(model)
        @test explain(again, question; method=:influence) == explain(model, question; method=:influence)
        load(m -> @test(fitted(m) == fitted(model)), Model, path)
        @test thrown(() -> load(Model, joinpath(folder, "nothing"))) isa AscribeError
    end
end

@testset "values" begin
    other = copy(model)
    name = parameters(other)[1].name
    values = parameter(other, name)
    setparameter!(other, name, 2values)
    @test parameter(other, 1) == 2values && parameter(model, 1) == values
    @test_throws BoundsError (parameters(other)[100])
end
