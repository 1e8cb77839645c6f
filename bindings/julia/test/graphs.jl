# Expressions mean what the same Julia code means for arrays: each formula is run on both.

"The parameters of the formulas, with values away from where functions have kinks."
function arrays()
    random = MersenneTwister(6)
    return (s=rand(random) + 0.5, v=rand(random, 4) .+ 0.2, w=randn(random, 4), m=randn(random, 3, 4), n=randn(random, 3, 4),
            r=randn(random, 4, 5), c=rand(random, 2, 3, 4) .+ 0.1, u=randn(random, 3))
end

# Functions of expressions that Julia lacks for arrays, or has under another roof.
Ascribe.logsumexp(x::AbstractArray; dims=:) = dims === Colon() ? log(sum(exp.(x))) : log.(sum(exp.(x); dims=dims))
Ascribe.softmax(x::AbstractArray; dims=1) = exp.(x) ./ sum(exp.(x); dims=dims)
Ascribe.argmaxmask(x::AbstractArray; dims=1) = Float64.(x .== maximum(x; dims=dims))
Ascribe.sigmoid(x::Real) = 1 / (1 + exp(-x))
Ascribe.softplus(x::Real) = log1p(exp(x))
Ascribe.relu(x::Real) = max(x, 0.0)
Ascribe.erf(x::Real) = 2 / sqrt(pi) * sum(t -> exp(-(x * (t - 0.5) / 20000)^2), 1:20000) * x / 20000
Ascribe.gelu(x::Real) = x / 2 * (1 + erf(x / sqrt(2)))
Ascribe.gelu_tanh(x::Real) = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715x^3)))
Ascribe.expand(x::AbstractArray, axis, size) =
    repeat(reshape(x, Base.size(x)[1:axis-1]..., 1, Base.size(x)[axis:end]...); outer=ntuple(k -> k == axis ? size : 1, ndims(x) + 1))
function Ascribe.pad(x::AbstractArray, axis, start, size)
    padded = zeros(ntuple(k -> k == axis ? size : Base.size(x, k), ndims(x)))
    padded[ntuple(k -> k == axis ? (start:start+Base.size(x, k)-1) : (:), ndims(x))...] = x
    return padded
end
Ascribe.einsum(spec::AbstractString, a::AbstractArray, b::AbstractArray) =
    spec == "ij,kj->ik" ? a * b' : spec == "i,j->ij" ? a * b' : error("not needed")
heaviside(x) = x > 0 ? 1.0 : 0.0

const FORMULAS = [
    # functions of one number
    p -> exp.(p.m), p -> log.(p.c), p -> tanh.(p.m), p -> sin.(p.m), p -> cos.(p.m), p -> abs.(p.m), p -> sign.(p.m),
    p -> sigmoid.(p.m), p -> softplus.(p.m), p -> relu.(p.m), p -> erf.(p.m), p -> gelu.(p.m), p -> gelu_tanh.(p.m), p -> sqrt.(p.c),
    p -> inv.(p.m), p -> abs2.(p.m), p -> -p.m, p -> .-p.m, p -> +p.m, p -> identity.(p.m),
    # numbers
    p -> exp(p.s), p -> sqrt(p.s), p -> p.s^2, p -> p.s^3, p -> p.s^0.5, p -> p.s^-1, p -> inv(p.s), p -> 1 / p.s, p -> 1 - p.s,
    p -> p.s + 2, p -> 2 + p.s, p -> p.s - 2, p -> p.s / 2, p -> p.s * p.s, p -> p.s / p.s, p -> p.s^p.s, p -> abs2(p.s),
    p -> tanh(p.s) + sigmoid(p.s) * softplus(p.s),
    # with constants
    p -> 2p.m, p -> p.m * 2, p -> p.m / 2, p -> 2 .* p.m, p -> p.m .+ 1, p -> 1 .+ p.m, p -> p.m .- 1, p -> 1 .- p.m, p -> 1 ./ p.m,
    p -> p.m .^ 2, p -> p.m .^ 3, p -> p.c .^ 0.5, p -> 2 .^ p.m, p -> p.c .^ -1,
    # of two, with Julia's broadcasting: first axes line up
    p -> p.m + p.n, p -> p.m - p.n, p -> p.m .* p.n, p -> p.m ./ p.n, p -> p.m .+ p.u, p -> p.u .- p.m, p -> p.m .* p.s,
    p -> p.s .* p.m, p -> p.m * p.s, p -> p.m / p.s, p -> p.u .+ transpose(p.w), p -> p.m .+ sum(p.m; dims=1),
    p -> p.m ./ sum(p.m; dims=2), p -> p.c .* sum(p.c; dims=(1, 3)), p -> p.v .^ p.v, p -> p.m .+ p.n .+ p.m .* 2, p -> p.m + p.n + p.m,
    p -> @.(2p.m^2 - p.n / 3 + 1),
    # products
    p -> p.m * p.v, p -> p.m * p.r, p -> p.m' * p.u, p -> transpose(p.m) * p.n, p -> einsum("ij,kj->ik", p.m, p.n),
    p -> einsum("i,j->ij", p.u, p.v),
    # along axes
    p -> sum(p.m), p -> sum(p.s), p -> sum(abs2, p.m), p -> sum(abs2, p.m; dims=2), p -> sum(p.m; dims=1), p -> sum(p.m; dims=2),
    p -> sum(p.c; dims=(1, 3)), p -> sum(p.c; dims=2), p -> maximum(p.m), p -> maximum(p.m; dims=1), p -> maximum(p.c; dims=(1, 2)),
    p -> maximum(p.c; dims=(2, 3)), p -> logsumexp(p.m), p -> logsumexp(p.m; dims=2), p -> softmax(p.v), p -> softmax(p.m; dims=1),
    p -> softmax(p.m; dims=2), p -> argmaxmask(p.v), p -> argmaxmask(p.m; dims=2), p -> expand(p.m, 1, 2), p -> expand(p.m, 2, 2),
    p -> expand(p.m, 3, 2), p -> pad(p.m, 1, 2, 6), p -> pad(p.m, 2, 1, 5),
    # shapes
    p -> reshape(p.m, 4, 3), p -> reshape(p.m, 12), p -> vec(p.c), p -> reshape(p.c, 6, 4), p -> reshape(p.c, 4, :),
    p -> reshape(p.v, 2, 2), p -> reshape(p.m, 3, 1, 4), p -> dropdims(sum(p.m; dims=1); dims=1),
    p -> dropdims(sum(p.c; dims=(1, 3)); dims=(1, 3)), p -> permutedims(p.c, (3, 1, 2)), p -> permutedims(p.m), p -> permutedims(p.v),
    p -> p.m', p -> [p.m; p.n], p -> [p.m p.n], p -> [p.v; p.w], p -> [p.v p.w], p -> cat(p.c, p.c; dims=3),
    p -> cat(p.m, p.n, p.m; dims=1), p -> vcat(p.u, p.v, p.w), p -> [p.m; p.v'],
    # places
    p -> p.m[2, :], p -> p.m[:, 3], p -> p.m[2, 3], p -> p.m[2:3, 2:3], p -> p.m[end, :], p -> p.m[:, end], p -> p.v[2:end],
    p -> p.v[end], p -> p.c[1, :, 2:3], p -> p.c[:, 2, :]]

@testset "formulas" begin
    values, random, data = arrays(), MersenneTwister(7), Dataset("one" => [1.0])
    for (number, formula) in enumerate(FORMULAS)
        expected, g = formula(values), Graph()
        found = formula(map((name, value) -> parameter(g, name, size(value)...), NamedTuple{keys(values)}(string.(keys(values))), values))
        @test (number, found isa Node, size(found)) == (number, true, size(expected))
        # A weight for every element says the places apart.
        weights = expected isa Number ? randn(random) : randn(random, size(expected)...)
        model = Model(g, input(g, "one") * sum(found .* parameter(g, "weights", size(found)...)))
        known = merge(values, (weights=weights,))
        foreach(p -> setparameter!(model, p.name, known[Symbol(p.name)]), parameters(model))
        got, want = only(evaluate(model, data; functional="loss")), sum(expected .* weights)
        @test (number, isapprox(got, want; rtol=1e-8, atol=1e-10)) == (number, true)
    end
end

@testset "examples" begin
    # ids, labels and sums over the examples.
    random = MersenneTwister(8)
    table, vector = randn(random, 6, 3), randn(random, 6)
    ids, several, label = rand(random, 1:6, 7), rand(random, 1:6, 7, 2), rand(random, 1:3, 7)
    x = randn(random, 7, 3)
    g = Graph()
    one_id, two_ids, class, row = indices(g, "id"), indices(g, "ids", 2), indices(g, "class"), input(g, "x", 3)
    rows, list, flat, wide = parameter(g, "table", 6, 3), parameter(g, "list", 6), parameter(g, "flat", 2, 3), parameter(g, "wide", 3, 4)
    by_name = ["row" => (sum(rows[one_id, :] .* row), i -> sum(table[ids[i], :] .* x[i, :])),
               "element" => (list[one_id], i -> vector[ids[i]]),
               "rows" => (sum(rows[two_ids, :] .* flat), i -> sum(table[several[i, :], :] .* reshape(1.0:6, 2, 3))),
               "gatherrows" => (sum(gatherrows(list, two_ids)), i -> sum(vector[several[i, :]])),
               "gather" => (gather(row, class), i -> x[i, label[i]]),
               "scatter" => (sum(scatter(gather(row, class), class, 4) .* wide[1, :]),
                           i -> x[i, label[i]] * [10.0, 20, 30, 40][label[i]]),
               "scatterrows" => (sum(scatterrows(row, one_id, 6) .* rows), i -> sum(x[i, :] .* table[ids[i], :])),
               "broadcastbatch" => (sum(broadcastbatch(list)), i -> sum(vector)),
               "cross-entropy" => (logsumexp(row) - gather(row, class), i -> log(sum(exp.(x[i, :]))) - x[i, label[i]])]
    foreach(((name, (node, _)),) -> functional!(name, node), by_name)
    model = Model(g, sum(row))
    foreach(((name, values),) -> setparameter!(model, name, values),
            ("table" => table, "list" => vector, "flat" => reshape(1.0:6, 2, 3), "wide" => [10.0 20 30 40; 0 0 0 0; 0 0 0 0]))
    data = Dataset("id" => ids, "ids" => several, "class" => label, "x" => x)
    for (name, (_, truth)) in by_name
        @test (name, evaluate(model, data; functional=name) ≈ truth.(1:7)) == (name, true)
    end
    @test evaluate(model, data; functional=:cross_entropy) == evaluate(model, data; functional="cross-entropy")
    # A text is the name itself.
    @test occursin("\"cross_entropy\"", refused(() -> evaluate(model, data; functional="cross_entropy")))
    # Shared sums over the examples have shapes and no axis of examples.
    @test size.((batchsum(row), scatterrows(row, one_id, 6; batch=true), einsum("i,j->ij", row, row; batch=true))) == ((3,), (6, 3), (3, 3))
    @test_throws AscribeError batchsum(list)
end

@testset "derivatives" begin
    # The slope of the slope of x^4, as an expression.
    g = Graph()
    one, x = input(g, "one"), parameter(g, "x")
    first_slope = gradient(batchsum(one * x^4), x)
    second_slope = gradient(first_slope, x)
    @test second_slope isa Node && size(second_slope) == () && length(gradient(first_slope, [x, x])) == 2
    @test length(parameters(Model(g, one * (second_slope - 12 * x^2)^2))) == 1
end

@testset "refused" begin
    g, h = Graph(), Graph()
    a, b, m, s, ids = input(g, "a", 4), parameter(g, "b", 3), parameter(g, "m", 4, 5), input(g, "s"), indices(g, "ids")
    for wrong in (() -> a + b, () -> a + 1, () -> 1 - a, () -> a^2, () -> exp(a), () -> sigmoid(a), () -> a * a, () -> a / a, () -> m * b,
                  () -> s / a, () -> a[1, 2], () -> m[ids], () -> reshape(a, 3), () -> reshape(m, :, :), () -> sum(a; dims=2), () -> softmax(a; dims=2),
                  () -> permutedims(m, (1, 3)), () -> expand(a, 3, 2), () -> [m; a])
        @test thrown(wrong) isa Union{DimensionMismatch,AscribeError}
    end
    @test thrown(() -> a[5]) isa BoundsError && thrown(() -> a[0:2]) isa BoundsError
    for wrong in (() -> a .+ [1.0, 2, 3, 4], () -> cosh.(a), () -> softmax(m), () -> dropdims(m; dims=1), () -> a .+ input(h, "a", 4),
                  () -> Model(h, s), () -> Model(g, s; penalty=parameter(h, "p")))
        @test thrown(wrong) isa ArgumentError
    end
    for wrong in (() -> a .+ b, () -> input(g, "a", 4), () -> parameter(g, "zero", 0), () -> einsum("no specification", a, a))
        @test thrown(wrong) isa AscribeError
    end
    @test occursin("write `.+`", said(thrown(() -> a + b))) && occursin("exp.(x)", said(thrown(() -> exp(a))))
    @test repr(a) == "Node %$(a.number) of size (4,)"
end
