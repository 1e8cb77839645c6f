"""
    fit!(model, data; progress=nothing, cancel=nothing, context, options...)

Trains a model, from the values it has, and returns it. Afterwards it has its data and, where it was tracked, a ledger.

`method`: `:auto` (facts and graphs: `:adam`; rows: `:minimize` where that is convex, else epochs of `:adam`), `:sgd`,
`:adagrad`, `:adam` (only touched rows move), `:adam_dense`, `:minimize` (to a gradient tolerance).
`learning_rate=0.003`, `schedule` (`:constant`, `:linear`, `:exponential`, `:inverse_time`) with `schedule_value`,
`epochs=10`, `batch` (1 for facts and graphs, 64 for rows), `track=true` (keep a ledger;
of facts it is always kept), `attribution` of Adam's
movement (`:momentum`, `:step`), `stop_every=0` and `patience=3` for early stopping, `gradient=1e-8` and
`iterations=1000` for minimizing, `polish=false` (minimize after the epochs, rows with layers), `seed` (the model's).

`progress(event)` is called now and then with `(phase, done, total, value, quality)`: what is done, how much of it and
of how much (0: unknown), a loss or objective and the quality of an evaluation (NaN where there is none). If it
answers `false`, or `cancel` is asked for, the call ends with an [`AscribeError`](@ref) for which
[`iscanceled`](@ref) holds; what it throws is thrown again unchanged. To stop early and keep the values use a
[`Trainer`](@ref).

Needs exclusive access to the model.
"""
function fit!(model::Model, data::Dataset; progress=nothing, cancel::Union{Nothing,Cancel}=nothing,
              context::MaybeContext=model.context, given...)
    settings = options(ascribe_training_options; given...)
    forget!(model)
    watched(context; progress=progress, cancel=cancel) do watch, error
        ascribe_model_fit(model, passed(context), data, settings, watch, error)
    end
    return model
end

const TRAINING_TRUTHS = (:converged, :finished)

"""
    training(model)
    training(trainer)

How the last training went: `(steps, epochs, loss, objective, gradient, converged, finished, best_epoch)`. `loss` is
the mean of the last epoch, `objective` and the max-norm of its `gradient` are where minimizing ended; NaN where
there is none. `best_epoch` of early stopping, or -1.
"""
training(model::Model) = trained((found, error) -> ascribe_model_training(model, found, error))

function trained(call)
    found = result_struct(ascribe_training)
    check(error -> call(found, error))
    return as_named_tuple(found.value; truths=TRAINING_TRUTHS)
end

"""
    Trainer(model, data; context, options...)

Training step by step, with the options of [`fit!`](@ref), of a copy of `model`: [`step!`](@ref), [`run!`](@ref),
[`training`](@ref), and `Model(trainer)` for the model as it is. Between steps other Julia threads can collect
garbage.
"""
mutable struct Trainer <: AnyTrainer
    handle::Ptr{ascribe_trainer}
    context::MaybeContext
    Trainer(handle::Ptr{ascribe_trainer}, context::MaybeContext) = finalizer(release!, new(handle, context))
end

function Trainer(model::Model, data::Dataset; context::MaybeContext=model.context, given...)
    settings = options(ascribe_training_options; given...)
    handle = created_in(ascribe_trainer, context) do out, error
        ascribe_trainer_new(passed(context), model, data, settings, out, error)
    end
    return Trainer(handle, context)
end

Trainer(f::Function, arguments...; options...) = with(f, Trainer(arguments...; options...))

"""
    step!(trainer, steps=1; progress=nothing, cancel=nothing)

Trains at most so many steps (batches, or steps of minimizing) and returns whether there is more to do. Needs
exclusive access to the trainer.
"""
function step!(trainer::Trainer, steps::Integer=1; watch...)
    steps >= 0 || throw(ArgumentError("steps = $steps: a number of steps is expected"))
    watched(trainer.context; watch...) do watch, error
        ascribe_trainer_step(trainer, UInt64(steps), watch, error)
    end
    return !training(trainer).finished
end

"    run!(trainer; progress=nothing, cancel=nothing)\n\nTrains to the end. Needs exclusive access to the trainer."
function run!(trainer::Trainer; watch...)
    watched((watch, error) -> ascribe_trainer_run(trainer, watch, error), trainer.context; watch...)
    return trainer
end

training(trainer::Trainer) = trained((found, error) -> ascribe_trainer_training(trainer, found, error))

"    Model(trainer)\n\nThe model as it is now, with data and ledger."
Model(trainer::Trainer) =
    Model(created((out, error) -> ascribe_trainer_model(trainer, out, error), ascribe_model), trainer.context)

"""
    Ledger(model)

What each training example itself changed, in the rows it owns: [`slots`](@ref), [`change`](@ref) and
[`remainder`](@ref). `length(ledger)` is the number of examples. [`ledger`](@ref)`(model)` is the same.
"""
mutable struct Ledger <: AnyLedger
    handle::Ptr{ascribe_ledger}
    sizes::Vector{Any}      # of the model's parameters
    Ledger(model::Model) = finalizer(release!, new(
        created((out, error) -> ascribe_model_ledger(model, out, error), ascribe_ledger),
        Any[parameter.size for parameter in parameters(model)]))
end

Ledger(f::Function, model::Model) = with(f, Ledger(model))

"    ledger(model)\n\nThe [`Ledger`](@ref) of a model that was trained with `track`."
ledger(model::Model) = Ledger(model)

Base.length(ledger::Ledger) = Int(ascribe_ledger_examples(ledger))

"    slots(ledger, example)\n\nThe rows that an example owns: `(parameter, row, width)`, the first two counted from 1."
function slots(ledger::Ledger, example::Integer)
    place = zero_based(example, "example")
    return map(0:Int(ascribe_ledger_slots(ledger, place))-1) do slot
        parameter, row, width = Ref{Csize_t}(0), Ref{UInt64}(0), Ref{Csize_t}(0)
        check(error -> ascribe_ledger_slot(ledger, place, slot, parameter, row, width, error))
        (parameter=Int(parameter[]) + 1, row=Int(row[]) + 1, width=Int(width[]))
    end
end

"""
    change(ledger, example, slot)

What the example's own steps added to the row of one of its [`slots`](@ref), counted from 1.
"""
function change(ledger::Ledger, example::Integer, slot::Integer)
    known = slots(ledger, example)
    1 <= slot <= length(known) || throw(ArgumentError("slot $slot of example $example, which has $(length(known))"))
    values = Vector{Float64}(undef, known[slot].width)
    check(error -> ascribe_ledger_change(ledger, zero_based(example), slot - 1, values, length(values), error))
    return values
end

"""
    remainder(ledger, parameter)

What training changed in a parameter (from 1) that no example owns, as an array of its size.
"""
function remainder(ledger::Ledger, parameter::Integer)
    place = zero_based(parameter, "parameter")
    parameter <= length(ledger.sizes) ||
        throw(ArgumentError("parameter $parameter of a model with $(length(ledger.sizes))"))
    sizes = ledger.sizes[parameter]
    values = Vector{Float64}(undef, prod(sizes))
    check(error -> ascribe_ledger_remainder(ledger, place, values, length(values), error))
    return from_rows(values, sizes)
end
