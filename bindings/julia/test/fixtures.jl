# What several topics need: small data, and what is asked of errors.

const ROOT = normpath(joinpath(@__DIR__, "..", "..", ".."))
const DATA = get(ENV, "ASCRIBE_DATA", joinpath(ROOT, "data"))
const HEADER = get(ENV, "ASCRIBE_HEADER", joinpath(ROOT, "include", "ascribe.h"))
const NATIONS = [joinpath(DATA, "nations", part * ".tsv") for part in ("train", "valid", "test")]

"The exception that `f` throws, or nothing."
thrown(f) = try
    f()
    nothing
catch exception
    exception
end

"The message of the `AscribeError` of one status that `f` throws."
function refused(f, code=CAPI.ASCRIBE_INVALID_ARGUMENT)
    exception = thrown(f)
    exception isa AscribeError && exception.code == code && return exception.message
    error("expected an AscribeError of status $code and got $(repr(exception))")
end

said(exception) = sprint(showerror, exception)
in_scores(scores) = [one.score for one in scores]

"Rows with numbers to predict: n × 3, and what a linear rule with noise says of them."
function numbers(; n=40, seed=1)
    random = MersenneTwister(seed)
    x = randn(random, n, 3)
    return x, x * [1.0, -2.0, 0.5] .+ 0.3 .+ 0.1 .* randn(random, n)
end

"Rows of two classes that overlap."
function two_classes(; n=60, seed=2)
    random = MersenneTwister(seed)
    x = randn(random, n, 3)
    return x, [x[i, 1] + 0.5x[i, 2] + randn(random) > 0 for i in 1:n]
end

"Triples of a small world: entities in a ring, who is next and who is two further."
small_world() = [(h, r, mod1(h + r, 12)) for h in 1:12 for r in 1:2]
small_data() = Dataset(small_world(); entities=12, relations=2)

"A model of the small world with a ledger."
function world_model(; epochs=8, options...)
    data = small_data()
    model = Model(:distmult, data; dimension=4, negatives=5, seed=3, options...)
    return fit!(model, data; optimizer=:sgd, learning_rate=0.1, epochs=epochs), data
end

"A linear model of numbers as a graph: (model, data, x, y), at its minimum."
function own_linear(; n=30)
    x, y = numbers(; n=n)
    g = Graph()
    features, target = input(g, "x", 3), input(g, "y")
    weights, bias = parameter(g, "weights", 3), parameter(g, "bias")
    prediction = sum(weights .* features) + bias
    functional!("prediction", prediction)
    model = Model(g, 0.5 * (prediction - target)^2; penalty=0.05 * sum(abs2, weights), outputs=prediction, seed=1)
    data = Dataset("x" => x, "y" => y)
    return fit!(model, data; optimizer=:minimize, gradient_tolerance=1e-10), data, x, y
end

"A model of two classes with a hidden layer, not trained."
hidden_model(data; seed=1) = Model(:mlp, data; layers=[:dense => 4, :tanh], seed=seed)
