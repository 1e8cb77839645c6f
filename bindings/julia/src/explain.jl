"""
    explain(model, query; method=:auto, k=10, functional=nothing, order=:largest, progress, cancel, options...)
    explain(rollback or influence, query; ...)

Which training examples a prediction is due to: the first `k` as `(example, score)`, examples counted from 1. A score
is the predicted change of the functional if the example were removed from training, so facts that support a
probability have negative scores (`order=:negative` lists those that lower it most). With `k=nothing` all examples in
their order.

`query` is one example: a [`Dataset`](@ref) of one, for facts `(head, relation, tail)` by names or ids, for rows `x`
or `(x, y)`. Several at once: [`attribution`](@ref). `method` is `:rollback`, which needs a ledger; `:influence`; or
`:auto`, rollback where there is a ledger. Functionals are those of [`evaluate`](@ref). Options of rollback: `scope`
(`:all_read`, examples that own a row the query reads; `:entities`, `:all`), `effort` (`:auto`, `:exact`, `:linear`,
`:hybrid`), `rerank=500`. Options of influence: those of [`Influence`](@ref).

What is prepared once for a model is kept until its values change or it is closed. May be called from several threads
at the same time.
"""
function explain(asked_of, query; k::Union{Nothing,Integer}=10, order::Symbol=:largest, options...)
    chosen(ORDERS, order, "order")
    answer = attribution(asked_of, query; options...)
    return with(answer) do answer
        length(answer) == 1 ||
            throw(ArgumentError("explain takes one query and was given $(length(answer)): use attribution for several"))
        k === nothing ? scores(answer) : top(answer; k=k, order=order)
    end
end

"""
    attribution(model, queries; method=:auto, functional=nothing, progress, cancel, options...)
    attribution(rollback or influence, queries; ...)

As [`explain`](@ref), for any number of queries (a [`Dataset`](@ref), `X` or `(X, y)`) at once: an
[`Attribution`](@ref).
"""
function attribution(model::Model, queries; method::Symbol=:auto, functional=nothing,
                     context::MaybeContext=model.context, progress=nothing, cancel=nothing, given...)
    method in (:auto, :rollback, :influence) ||
        throw(ArgumentError("method = $(repr(method)): it is one of :auto, :rollback, :influence"))
    watch = (progress=progress, cancel=cancel)
    if method === :rollback || method === :auto && has_ledger(model)
        return attribution(kept_rollback(model, functional, context), queries; watch..., given...)
    end
    influence = kept_influence(model; context=context, watch=watch, given...)
    return attribution(influence, queries; functional=functional, watch...)
end

"Whether the last training left a ledger; asked once for the values that the model has."
function has_ledger(model::Model)
    try
        remembered(() -> Ledger(model), model, :ledger)
        return true
    catch error
        error isa AscribeError && error.code == CAPI.ASCRIBE_UNSUPPORTED || rethrow()
        return false
    end
end

function one_query(data::Dataset)
    length(data) == 1 || throw(ArgumentError("one query is expected and $(length(data)) were given"))
    return nothing
end
