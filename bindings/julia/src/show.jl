# Every object in one line, closed ones and those the library will not speak of too.

counted(number, one, many=one * "s") = number == 1 ? "1 $one" : "$number $many"

for type in (:Context, :Cancel, :Dataset, :Graph, :Model, :Trainer, :Ledger, :Rollback, :Influence, :Attribution,
             :WhatIf)
    @eval function Base.show(io::IO, object::$type)
        print(io, $(string(type)), "(")
        try
            print(io, isopen(object) ? in_words(object) : "closed")
        catch error
            error isa Union{AscribeError,ArgumentError} || rethrow()
        end
        print(io, ")")
    end
end

in_words(context::Context) =
    counted(Threads.nthreads(context), "thread") * (context.sink === nothing ? "" : ", with a log")
in_words(flag::Cancel) = iscanceled(flag) ? "requested" : "not requested"
function in_words(data::Dataset)
    features(data) == 0 && return counted(length(data), "example")
    rows = counted(length(data), "row") * " of " * counted(features(data), "feature")
    return classes(data) == 0 ? rows : rows * ", " * counted(classes(data), "class", "classes")
end
in_words(graph::Graph) = "open"
in_words(model::Model) = counted(length(parameters(model)), "parameter") * " of " * counted(dimension(model), "number")
function in_words(trainer::Trainer)
    progress = training(trainer)
    return counted(progress.steps, "step") * ", " * counted(progress.epochs, "epoch") *
           (progress.finished ? ", finished" : "")
end
in_words(ledger::Ledger) = counted(length(ledger), "example")
in_words(rollback::Rollback) = "of " * repr(rollback.model)
in_words(influence::Influence) = "of $(counted(influence.examples, "example")) and " *
    "$(counted(influence.dimension, "number")), $(standing(influence).curvature), $(solver(influence))"
in_words(attribution::Attribution) = counted(length(attribution), "query", "queries")
in_words(answer::WhatIf) = counted(length(answer), "query", "queries") * ", up to $(last(levels(answer)).level)"

function Base.show(io::IO, x::Node)
    print(io, "Node %", x.number)
    isopen(x.graph) && print(io, " of size ", size(x))
    return nothing
end
