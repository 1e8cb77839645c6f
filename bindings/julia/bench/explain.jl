# What one explanation costs through Julia, and how much of that is Julia's.
#
#     ASCRIBE_LIB=... julia --project=bindings/julia bindings/julia/bench/explain.jl [data folder]
#
# The query of all languages (benches/calling.rs has Rust's and C's): Nations, DistMult of 10 dimensions, SGD of 20 epochs with seed 7,
# the probability of the first triple of the test part, rollback with its defaults, the ten largest.
using Ascribe, Printf, Random, Statistics
using Ascribe.CAPI

const K = 10

"""
Nanoseconds per call of several ways to do the same: of each the median and the fastest of many short rounds. The ways take turns, so that
whatever else the machine does falls on all of them alike.
"""
function timed(ways; rounds=2001)
    foreach(call -> call(), ways)
    calls = map(call -> clamp(round(Int, 5e-4 / @elapsed call()), 1, 100_000), ways)
    found = [Float64[] for _ in ways]
    for _ in 1:rounds, way in shuffle(eachindex(ways))
        push!(found[way], repeated(ways[way], calls[way]))
    end
    return [(median(times), minimum(times)) for times in found]
end

function repeated(call, calls)
    start = time_ns()
    foreach(_ -> call(), 1:calls)
    return (time_ns() - start) / calls
end

"The same through the C layer alone, with nothing made anew that could be kept."
function direct(attributor, question, functional, examples, scores)
    answer, error, found = Ref{Ptr{ascribe_attribution}}(C_NULL), Ref{Ptr{ascribe_error}}(C_NULL), Ref{Csize_t}(0)
    ascribe_attributor_explain(attributor, question, functional, C_NULL, answer, error) == 0 || Base.error("not explained")
    ascribe_attribution_top(answer[], 0, C_NULL, examples, scores, K, found, error) == 0 || Base.error("no scores")
    ascribe_attribution_free(answer[])
    return [(example=Int(e) + 1, score=s) for (e, s) in zip(examples[1:found[]], scores)]
end

function compared(title, model, question, triple, functional)
    attributor, examples, scores = Attributor(model, :rollback), zeros(UInt64, K), zeros(K)
    ways = ["C layer" => () -> direct(attributor, question, functional, examples, scores),
            "explain(attributor, dataset)" => () -> explain(attributor, question; functional=functional, k=K),
            "explain(model, dataset)" => () -> explain(model, question; functional=functional, k=K),
            "explain(model, ids)" => () -> explain(model, triple; functional=functional, k=K)]
    @assert all(way -> way.second() == ways[1].second(), ways)
    times = timed(last.(ways))
    println(title, ": ns per call (median, fastest), beyond the C layer, allocated by Julia")
    for ((name, call), (middle, fastest)) in zip(ways, times)
        @printf("  %-28s %9.0f %9.0f  %+9.0f %+9.0f  %d bytes\n", name, middle, fastest, middle - times[1][1], fastest - times[1][2],
                @allocated call())
    end
end

function main(folder)
    data = load(:triples, joinpath(folder, "nations"))
    model = Model(:distmult, data; dimension=10, initial=0.5, negatives=13, seed=7)
    fit!(model, data; optimizer=:sgd, learning_rate=0.03, batch=1, epochs=20)
    question = part(data, :test)[1]
    compared("Nations", model, question, Tuple(only(triples(question))), "probability")
    # What Julia adds is small beside the noise of the above, so here it is beside the least there is to explain.
    pair = Dataset([(1, 1, 2)]; entities=2, relations=1)
    tiny = fit!(Model(:distmult, pair; dimension=1, negatives=1, seed=1), pair; optimizer=:sgd, epochs=1)
    compared("one triple", tiny, pair, (1, 1, 2), "score")
end

main(isempty(ARGS) ? "data" : ARGS[1])
