"""
Which training examples a prediction is due to, and what would change without them.

    using Ascribe
    model = Model(X, y; l2=0.01)                       # rows of X, numbers or classes y; trains at once
    for (example, score) in explain(model, (x, label); k=10)
        println(example, "  ", score)                  # 1-based; predicted change if the example were removed
    end
    close(model)                                       # or leave it to the garbage collector

[`Model`](@ref) makes and trains models of triples, of rows and of graphs written with operators;
[`explain`](@ref), [`whatif`](@ref), [`selfinfluence`](@ref), [`hvp`](@ref) and [`verify`](@ref) ask about them.

**Units.** A score is the predicted change of a functional (a probability, a loss ...) if the training example were
removed and the model trained again: positive says that removal raises the functional. **Indices** count from 1:
examples, rows, entities, relations, classes, axes. **Arrays**: examples are the rows of a matrix. Any strided matrix
of `Float64` or `Float32`, its views, transposes and adjoints are read where they are; what runs backwards or is something
else is copied once.
**Ownership**: every object frees itself when collected, or at `close`; all of them may be closed in any order, for
each keeps what it needs. **Threads**: what does not end in `!` or train may be called from several threads at once on
the same object; `fit!`, `setparameter!`, `restore!`, `step!`, `run!` and `close` need it to themselves. Long calls
let the garbage collector run only when they report progress. **Errors**: what Julia can see beforehand is an
`ArgumentError` or a `DimensionMismatch`, what the library says is an [`AscribeError`](@ref).
"""
module Ascribe

include("capi.jl")
using .CAPI

include("errors.jl")
include("handles.jl")
include("choices.jl")
include("matrices.jl")
include("context.jl")
include("calls.jl")
include("dataset.jl")
include("graph.jl")
include("operators.jl")
include("model.jl")
include("training.jl")
include("attribution.jl")
include("rollback.jl")
include("influence.jl")
include("explain.jl")
include("whatif.jl")
include("verify.jl")
include("show.jl")

export AscribeError, Context, Cancel, Dataset, Graph, Node, Model, Trainer, Ledger, Rollback, Influence, Attribution
export WhatIf
export cancel!, iscanceled, reset!
export loadtriples, loadtable, loadimages, loadmessages, loadlike, describe, features, classes, classname, labels
export setlabels!, targets, triples, query, part, setinput!
export parameter, input, indices, constant, own!, functional!, gradient, sigmoid, softplus, relu, erf, gelu, gelu_tanh
export logsumexp, softmax, argmaxmask, expand, pad, einsum, batchsum, broadcastbatch, gatherrows, scatterrows, gather, scatter
export unfold, fold, convolve, maxpool, averagepool
export fit!, training, predict, evaluate, ranking, save, load, restore!, outputs, dimension, parameters, setparameter!
export step!, run!, ledger, slots, change, remainder
export explain, attribution, value, scores, top, certificate, without, standing, solver, corrected, selfinfluence, hvp
export inversehvp, whatif, levels, reached, before, verify, removals, fidelity

function __init__()
    # Before any function that calls the library is compiled, and with the flags that `open_library` explains.
    Base.invokelatest(CAPI.open_library)
    PROGRESS_POINTER[] = @cfunction(on_progress, Int32, (Ptr{ascribe_progress}, Ptr{Cvoid}))
    LOG_POINTER[] = @cfunction(on_log, Cvoid, (Int32, Cstring, Cstring, Ptr{Cvoid}))
    return nothing
end

end
