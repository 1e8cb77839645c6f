"""
Which training examples a prediction is due to, and what would change without them.

    using Ascribe
    model = Model(:linear, X, y; l2=0.01)              # rows of X, numbers y; trains at once
    for (example, score) in explain(model, (x, label); k=10)
        println(example, "  ", score)                  # 1-based; predicted change if the example were removed
    end
    close(model)                                       # or leave it to the garbage collector

[`Model`](@ref) makes and trains models of triples, of rows and of graphs written with operators; [`explain`](@ref), [`what_if`](@ref),
[`self_scores`](@ref) and all that take an [`Attributor`](@ref) ask about them; [`retraining_changes`](@ref) is the truth.

**Options** are keywords, named as the library names them and handed on to it; [`options`](@ref) says what there is. **Units.** A score of
influence, rollback and replay is the predicted change of a functional (a probability, a loss ...) if the training example were removed
and the model trained again: positive says that removal raises the functional. **Indices** count from 1: examples, rows, entities, relations,
classes, axes. **Arrays**: examples are the rows of a matrix. Any strided matrix of `Float64` or `Float32`, its views, transposes and
adjoints are read where they are; what runs backwards or is something else is copied once. **Ownership**: every object frees itself when
collected, or at `close`; all of them may be closed in any order, for each keeps what it needs. **Threads**: what does not end in `!` or
train may be called from several threads at once on the same object; `fit!`, `calibrate!`, `setparameter!`, `restore!`, `step!`, `run!` and `close` need
it to themselves. Long calls let the garbage collector run only when they report progress. **Errors**: what Julia can see beforehand is an
`ArgumentError` or a `DimensionMismatch`, what the library says is an [`AscribeError`](@ref).
"""
module Ascribe

include("capi.jl")
using .CAPI

for file in ("errors", "handles", "context", "options", "matrices", "dataset", "graph", "operators", "model", "training", "attribution",
             "attributor", "what_if", "show")
    include(file * ".jl")
end

export AscribeError, Context, Cancel, Dataset, Graph, Node, Model, Trainer, Ledger, LedgerBuilder, Attributor, Attribution, WhatIf
export cancel!, iscanceled, reset!, options
export load, describe, features, classes, classname, labels, setlabels!, targets, triples, query, part, setinput!
export parameter, input, indices, constant, own!, functional!, gradient, sigmoid, softplus, relu, erf, gelu, gelu_tanh
export logsumexp, softmax, argmaxmask, expand, pad, einsum, batchsum, broadcastbatch, gatherrows, scatterrows, gather, scatter
export unfold, fold, convolve, maxpool, averagepool
export fit!, training, smoothness, calibrate!, predict, evaluate, ranking, save, inspect, restore!, outputs, dimension, parameters
export setparameter!, setdata!, setledger!, step!, run!, slots, change, remainder, record!, endstep!, endepoch!
export explain, attribution, value, unit, scores, top, growth, upper_tail, certificate, self_scores, leave_one_out, error_bounds, input_effects, products
export inverse_products, diagnostics, plan, what_if, levels, reached, before, attack, retraining_changes, fidelity

function __init__()
    # Before any function that calls the library is compiled, and with the flags that `open_library` explains.
    Base.invokelatest(CAPI.open_library)
    PROGRESS_POINTER[] = @cfunction(on_progress, Int32, (Ptr{ascribe_progress}, Ptr{Cvoid}))
    LOG_POINTER[] = @cfunction(on_log, Cvoid, (Cstring, Cstring, Cstring, Ptr{Cvoid}))
    return nothing
end

end
