# Every object in one line, closed ones and those the library will not speak of too.

counted(number, one, many=one * "s") = number == 1 ? "1 $one" : "$number $many"

function Base.show(io::IO, object::Handle)
    print(io, nameof(typeof(object)), "(")
    try
        print(io, isopen(object) ? in_words(object) : "closed")
    catch error
        error isa Union{AscribeError,ArgumentError} || rethrow()
    end
    print(io, ")")
end

in_words(::Handle) = "open"
in_words(context::Context) = counted(Threads.nthreads(context), "thread") * (context.log === nothing ? "" : ", with a log")
in_words(flag::Cancel) = iscanceled(flag) ? "requested" : "not requested"
function in_words(data::Dataset)
    features(data) == 0 && return counted(length(data), "example")
    rows = counted(length(data), "row") * " of " * counted(features(data), "feature")
    return classes(data) == 0 ? rows : rows * ", " * counted(classes(data), "class", "classes")
end
in_words(model::Model) = counted(length(parameters(model)), "parameter") * " of " * counted(dimension(model), "number")
function in_words(trainer::Trainer)
    now = training(trainer)
    return counted(now.steps, "step") * ", " * counted(now.epochs, "epoch") * (now.finished ? ", finished" : "")
end
in_words(ledger::Ledger) = counted(length(ledger), "example")
in_words(attributor::Attributor) = "$(attributor.method) of $(counted(length(attributor), "example"))"
in_words(attribution::Attribution) = counted(length(attribution), "query", "queries")
in_words(answer::WhatIf) = counted(length(answer), "query", "queries") * ", up to $(last(levels(answer)).level)"

function Base.show(io::IO, x::Node)
    print(io, "Node %", x.number)
    isopen(x.graph) && print(io, " of size ", size(x))
    return nothing
end
