"""
    fit!(model, data; progress=nothing, cancel=nothing, context, options...)

Trains a model, from the values it has, and returns it. Afterwards it has its data and, unless `ledger=false`, where there can be one, a
[`Ledger`](@ref). Options are those of [`options`](@ref)`(:training)`.

`progress(event)` is called now and then with `(phase, done, total, value, quality)`: what is done, how much of it and of how much (0:
unknown), a loss or objective and the quality of an evaluation (NaN where there is none). If it answers `false`, or `cancel` is asked
for, the call ends with an [`AscribeError`](@ref) for which [`iscanceled`](@ref) holds; what it throws is thrown again unchanged. To
stop early and keep the values use a [`Trainer`](@ref).

Needs exclusive access to the model.
"""
function fit!(model::Model, data::Dataset; progress=nothing, cancel=nothing, context::MaybeContext=model.context, given...)
    with_options(given) do options
        forget!(model)
        monitored(context; progress=progress, cancel=cancel) do monitor, error
            ascribe_model_fit(model, something(context, C_NULL), data, options, monitor, error)
        end
    end
    return model
end

"""
    setdata!(model, data; progress=nothing, cancel=nothing, context, options...)

Says that the values of a model are those that a training elsewhere ended at, on `data`, and returns the model. It is then explained,
saved and changed as one that was trained here, as far as that needs no step of the training. Nothing is moved; [`training`](@ref) says
whether the values are a minimum, where there is one to be. Of the options of [`options`](@ref)`(:training)` only `optimizer` and
`gradient_tolerance` are taken. A ledger is dropped. Set the values first, with [`setparameter!`](@ref).

Needs exclusive access to the model.
"""
function setdata!(model::Model, data::Dataset; progress=nothing, cancel=nothing, context::MaybeContext=model.context, given...)
    with_options(given) do options
        forget!(model)
        monitored(context; progress=progress, cancel=cancel) do monitor, error
            ascribe_model_set_data(model, something(context, C_NULL), data, options, monitor, error)
        end
    end
    return model
end

"""
    training(model)
    training(trainer)

How the last training went: `(steps, epochs, loss, objective, gradient_norm, converged, finished, best_epoch, clamped, given)`. `loss` is the mean of the
last epoch, `objective` and the relative gradient are where minimizing ended; NaN where there is none. `best_epoch` of early
stopping, or -1; `clamped` is the share of the factors of a ledger by refill that had to be clamped above zero, NaN without one;
`given` says that the training happened elsewhere.
"""
training(model::Model) = trained((found, error) -> ascribe_model_training(model, found, error))
trained(call) = result(call, ascribe_training; truths=(:converged, :finished, :given))

"""
    smoothness(model; progress=nothing, cancel=nothing, context)

How smooth a model's training is in the weights of its examples, from -1 to 1, by training three times more with weights that differ by a
hundredth: 1 says that parameters move steadily with the weights, so that derivatives can predict removal; near 0 the training is chaotic,
and no attribution predicts it. Of models that were trained by steps of an optimizer alone.
"""
function smoothness(model::Model; context::MaybeContext=model.context, monitor...)
    found = Ref(NaN)
    monitored(context; monitor...) do monitor, error
        ascribe_model_smoothness(model, something(context, C_NULL), monitor, found, error)
    end
    return found[]
end

"""
    calibrate!(model, removals; progress=nothing, cancel=nothing, context)

Measures what `:rollback` predicts by removing so many examples, each by a training without it, and returns the model. The result is kept
with it until it is trained again; [`describe`](@ref) of an [`Attributor`](@ref) has it as `"calibration"`, with a `"verdict"`, after the
first explanation, which otherwise removes as many as the option `calibrate` says. Nothing is measured of models that are not of triples.

Needs exclusive access to the model.
"""
function calibrate!(model::Model, removals::Integer; context::MaybeContext=model.context, monitor...)
    removals >= 0 || throw(ArgumentError("removals = $removals: a number of examples is expected"))
    forget!(model)
    monitored(context; monitor...) do monitor, error
        ascribe_model_calibrate(model, something(context, C_NULL), removals, monitor, error)
    end
    return model
end

"""
    Trainer(model, data; context, options...)

Training step by step, with the options of [`fit!`](@ref), of a copy of `model`: [`step!`](@ref), [`run!`](@ref), [`training`](@ref),
and `Model(trainer)` for the model as it is. Between steps other Julia threads can collect garbage.
"""
mutable struct Trainer <: Handle
    handle::Ptr{ascribe_trainer}
    context::MaybeContext
    Trainer(handle::Ptr{ascribe_trainer}, context::MaybeContext) = finalizer(release!, new(handle, context))
end

Trainer(model::Model, data::Dataset; context::MaybeContext=model.context, given...) = with_options(given) do options
    Trainer(created(ascribe_trainer, context) do out, error
        ascribe_trainer_new(something(context, C_NULL), model, data, options, out, error)
    end, context)
end

"    step!(trainer, steps=1; progress, cancel)\n\nTrains so many steps; returns whether there is more to do. Needs exclusive access to the trainer."
function step!(trainer::Trainer, steps::Integer=1; monitor...)
    steps >= 0 || throw(ArgumentError("steps = $steps: a number of steps is expected"))
    monitored((monitor, error) -> ascribe_trainer_step(trainer, steps, monitor, error), trainer.context; monitor...)
    return !training(trainer).finished
end

"    run!(trainer; progress=nothing, cancel=nothing)\n\nTrains to the end. Needs exclusive access to the trainer."
function run!(trainer::Trainer; monitor...)
    monitored((monitor, error) -> ascribe_trainer_step(trainer, typemax(UInt64), monitor, error), trainer.context; monitor...)
    return trainer
end

training(trainer::Trainer) = trained((found, error) -> ascribe_trainer_training(trainer, found, error))

"    Model(trainer)\n\nThe model as it is now, with data and ledger."
Model(trainer::Trainer) = Model(created((out, error) -> ascribe_trainer_model(trainer, out, error), ascribe_model), trainer.context)

"""
    Ledger(model)

What each training example changed in the rows it owns, as the option `attribution` of [`fit!`](@ref) counts it: [`slots`](@ref), [`change`](@ref) and [`remainder`](@ref).
`length(ledger)` is the number of examples.
"""
mutable struct Ledger <: Handle
    handle::Ptr{ascribe_ledger}
    sizes::Vector{Any}      # of the model's parameters
    Ledger(model::Model) = finalizer(release!, new(created((out, error) -> ascribe_model_ledger(model, out, error), ascribe_ledger),
                                                   Any[parameter.size for parameter in parameters(model)]))
end

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

"    change(ledger, example, slot)\n\nHow much of the movement of one of its [`slots`](@ref), counted from 1, is credited to the example."
function change(ledger::Ledger, example::Integer, slot::Integer)
    known = slots(ledger, example)
    1 <= slot <= length(known) || throw(ArgumentError("slot $slot of example $example, which has $(length(known))"))
    return filled((values...) -> ascribe_ledger_change(ledger, example - 1, slot - 1, values...), known[slot].width)
end

"    remainder(ledger, parameter)\n\nWhat training changed in a parameter (from 1) that no example owns, as an array of its size."
function remainder(ledger::Ledger, parameter::Integer)
    1 <= parameter <= length(ledger.sizes) || throw(ArgumentError("parameter $parameter of a model with $(length(ledger.sizes))"))
    sizes = ledger.sizes[parameter]
    return from_rows(filled((values...) -> ascribe_ledger_remainder(ledger, parameter - 1, values...), prod(sizes)), sizes)
end

"""
    LedgerBuilder(model, data; rule=:step)

The ledger of a training that your own code runs: [`record!`](@ref) what each example moved, and end each step with [`endstep!`](@ref).
When the training has ended, give a model the values with [`setparameter!`](@ref) and then the ledger with [`setledger!`](@ref).

`model` is made like the one that is given the ledger; its values do not matter. By the rule `:step` changes of a row add up; by
`:refill` each comes with its curvature, and later steps of other examples answer to it.
"""
mutable struct LedgerBuilder <: Handle
    handle::Ptr{ascribe_ledger_builder}
    function LedgerBuilder(model::Model, data::Dataset; rule::Word=:step)
        made = created((out, error) -> ascribe_ledger_builder_new(model, data, String(rule), out, error), ascribe_ledger_builder)
        return finalizer(release!, new(made))
    end
end

"""
    record!(builder, example, parameter, row, change[, curvature])

Records that an example (from 1) moved a row of a parameter, both numbers from 1, in the step under way: of gradient descent by
minus the learning rate times the gradient of its loss. With the rule `:refill`, `curvature` is the diagonal of the Gauss-Newton matrix
of its loss along the row.
"""
function record!(builder::LedgerBuilder, example::Integer, parameter::Integer, row::Integer, change::AbstractVector{<:Real},
                 curvature::Union{Nothing,AbstractVector{<:Real}}=nothing)
    if curvature !== nothing && length(curvature) != length(change)
        throw(DimensionMismatch("a curvature of $(length(curvature)) numbers beside a change of $(length(change))"))
    end
    numbers(values) = values === nothing ? C_NULL : convert(Vector{Float64}, values)
    places = (zero_based(example, "example"), zero_based(parameter, "parameter"), zero_based(row, "row"))
    check(error -> ascribe_ledger_builder_record(builder, places..., numbers(change), numbers(curvature), length(change), error))
    return builder
end

"    endstep!(builder, learning_rate)\n\nEnds the step under way, which was taken with a learning rate."
function endstep!(builder::LedgerBuilder, learning_rate::Real)
    check(error -> ascribe_ledger_builder_end_step(builder, learning_rate, error))
    return builder
end

"    endepoch!(builder)\n\nCounts an epoch."
function endepoch!(builder::LedgerBuilder)
    check(error -> ascribe_ledger_builder_end_epoch(builder, error))
    return builder
end

"""
    setledger!(model, builder)

Gives a model the ledger that was recorded while its values were trained elsewhere, with the data it was begun for, and returns the
model. Set the values first: other values drop it. Needs exclusive access to the model.
"""
function setledger!(model::Model, builder::LedgerBuilder)
    forget!(model)
    check(error -> ascribe_model_set_ledger(model, builder, error))
    return model
end
