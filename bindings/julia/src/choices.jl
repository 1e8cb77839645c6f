# Options: structs the library fills with defaults, of which keywords change fields, and names for its numbers.

const Choices = Vector{Pair{Symbol,Int32}}

const LOSSES_OF_TRIPLES = [:sampled_softmax => ASCRIBE_LOSS_SAMPLED_SOFTMAX,
                           :binary_cross_entropy => ASCRIBE_LOSS_BINARY_CROSS_ENTROPY,
                           :full_softmax => ASCRIBE_LOSS_FULL_SOFTMAX]
const SIDES = [:tails => ASCRIBE_SIDES_TAILS, :heads => ASCRIBE_SIDES_HEADS, :both => ASCRIBE_SIDES_BOTH]
const CANDIDATES = [:each_epoch => ASCRIBE_CANDIDATES_EACH_EPOCH, :once => ASCRIBE_CANDIDATES_ONCE]
const LOSSES_OF_ROWS = [:auto => ASCRIBE_LOSS_BY_TARGETS, :squared => ASCRIBE_LOSS_SQUARED, :logistic => ASCRIBE_LOSS_LOGISTIC,
                        :hinge => ASCRIBE_LOSS_HINGE, :softmax => ASCRIBE_LOSS_SOFTMAX]
const LAYERS = [:dense => ASCRIBE_LAYER_DENSE, :convolution => ASCRIBE_LAYER_CONVOLUTION,
                :maxpool => ASCRIBE_LAYER_MAX_POOL, :averagepool => ASCRIBE_LAYER_AVERAGE_POOL]
const ACTIVATIONS = [:tanh => ASCRIBE_ACTIVATION_TANH, :relu => ASCRIBE_ACTIVATION_RELU,
                     :gelu => ASCRIBE_ACTIVATION_GELU, :softplus => ASCRIBE_ACTIVATION_SOFTPLUS,
                     :sigmoid => ASCRIBE_ACTIVATION_SIGMOID]
const METHODS = [:auto => ASCRIBE_METHOD_AUTO, :sgd => ASCRIBE_METHOD_SGD, :adagrad => ASCRIBE_METHOD_ADAGRAD,
                 :adam => ASCRIBE_METHOD_ADAM, :adam_dense => ASCRIBE_METHOD_ADAM_DENSE,
                 :minimize => ASCRIBE_METHOD_MINIMIZE]
const SCHEDULES = [:constant => ASCRIBE_SCHEDULE_CONSTANT, :linear => ASCRIBE_SCHEDULE_LINEAR,
                   :exponential => ASCRIBE_SCHEDULE_EXPONENTIAL, :inverse_time => ASCRIBE_SCHEDULE_INVERSE_TIME]
const ATTRIBUTIONS = [:momentum => ASCRIBE_ATTRIBUTION_MOMENTUM, :step => ASCRIBE_ATTRIBUTION_STEP]
const PARTS = [:train => ASCRIBE_PART_TRAIN, :valid => ASCRIBE_PART_VALID, :test => ASCRIBE_PART_TEST]
const TARGETS = [:auto => ASCRIBE_TARGETS_AUTO, :classes => ASCRIBE_TARGETS_CLASSES,
                 :numbers => ASCRIBE_TARGETS_NUMBERS]
const SCOPES = [:all_read => ASCRIBE_SCOPE_ALL_READ, :entities => ASCRIBE_SCOPE_ENTITIES, :all => ASCRIBE_SCOPE_ALL]
const EFFORTS = [:auto => ASCRIBE_EFFORT_AUTO, :exact => ASCRIBE_EFFORT_EXACT, :linear => ASCRIBE_EFFORT_LINEAR,
                 :hybrid => ASCRIBE_EFFORT_HYBRID]
const CURVATURES = [:auto => ASCRIBE_CURVATURE_AUTO, :hessian => ASCRIBE_CURVATURE_HESSIAN,
                    :gauss_newton => ASCRIBE_CURVATURE_GAUSS_NEWTON, :fisher => ASCRIBE_CURVATURE_FISHER]
const SOLVERS = [:auto => ASCRIBE_SOLVER_AUTO, :direct => ASCRIBE_SOLVER_DIRECT, :cg => ASCRIBE_SOLVER_CG,
                 :block_cg => ASCRIBE_SOLVER_BLOCK_CG, :minres => ASCRIBE_SOLVER_MINRES, :lissa => ASCRIBE_SOLVER_LISSA,
                 :lanczos => ASCRIBE_SOLVER_LANCZOS, :nystrom => ASCRIBE_SOLVER_NYSTROM]
const LEVELS = [:first_order => ASCRIBE_LEVEL_FIRST_ORDER, :second_order => ASCRIBE_LEVEL_SECOND_ORDER,
                :leverage => ASCRIBE_LEVEL_LEVERAGE, :newton => ASCRIBE_LEVEL_NEWTON,
                :retrained => ASCRIBE_LEVEL_RETRAINED]
const ORDERS = [:largest => ASCRIBE_ORDER_LARGEST, :positive => ASCRIBE_ORDER_POSITIVE,
                :negative => ASCRIBE_ORDER_NEGATIVE]
const PRECISIONS = [Float64 => ASCRIBE_F64, Float32 => ASCRIBE_F32]
const LOG_LEVELS = [:error => ASCRIBE_LOG_ERROR, :warning => ASCRIBE_LOG_WARNING, :info => ASCRIBE_LOG_INFO,
                    :debug => ASCRIBE_LOG_DEBUG]

"The number of a name among `choices`."
function chosen(choices, name, what)
    for (known, number) in choices
        known === name && return number
    end
    throw(ArgumentError("$what = $(repr(name)): it is one of $(join((repr(known) for (known, _) in choices), ", "))"))
end

"The name of a number among `choices`."
function name_of(choices, number)
    for (known, value) in choices
        value == number && return known
    end
    return Symbol(number)
end

"Options of the library and whatever they point to, which lives as long as they do."
struct Options{T}
    value::T
    kept::Vector{Any}
end

Base.unsafe_convert(::Type{Ptr{T}}, options::Options{T}) where {T} = Ptr{T}(pointer_from_objref(options.value))

# Results are passed the same way, without anything to keep.
result_struct(::Type{T}) where {T} = Options{T}(T(), Any[])

# For each struct of options: what fills it, what it is of, and which of its fields have names for numbers.
for (type, what, choices) in (
        (:triple_options, "a model of triples", (loss=:LOSSES_OF_TRIPLES, sides=:SIDES, candidates=:CANDIDATES,
                                                 precision=:PRECISIONS)),
        (:row_options, "a model of rows", (loss=:LOSSES_OF_ROWS, precision=:PRECISIONS)),
        (:graph_options, "a model of a graph", (precision=:PRECISIONS,)),
        (:training_options, "training", (method=:METHODS, schedule=:SCHEDULES, attribution=:ATTRIBUTIONS)),
        (:table_options, "a table", (targets=:TARGETS,)),
        (:rollback_options, "rollback", (scope=:SCOPES, effort=:EFFORTS)),
        (:influence_options, "influence", (curvature=:CURVATURES, solver=:SOLVERS)),
        (:what_if_options, "a what-if", (until=:LEVELS,)),
        (:context_options, "a context", (log_level=:LOG_LEVELS,)),
        (:watch, "a watch", NamedTuple()))
    type = Symbol(:ascribe_, type)
    @eval filled!(options::Options{$type}) = $(Symbol(type, :_init))(options, sizeof($type))
    @eval subject(::Type{$type}) = $what
    @eval choices_of(::Type{$type}) = NamedTuple{$(keys(choices))}(($(values(choices)...),))
end

option_names(::Type{T}) where {T} = filter(name -> !(name in (:struct_size, :layer_count)), collect(fieldnames(T)))

"The library's defaults, changed by keywords; `nothing` leaves a default as it is."
function options(::Type{T}; given...) where {T}
    made = Options{T}(T(), Any[])
    filled!(made)
    for (name, value) in given
        name in option_names(T) ||
            throw(ArgumentError("$(subject(T)) has no option `$name`; there are $(join(option_names(T), ", "))"))
        value === nothing || set_option!(made, name, value)
    end
    return made
end

function set_option!(options::Options{T}, name::Symbol, value) where {T}
    known = choices_of(T)
    field = fieldtype(T, name)
    if haskey(known, name)
        setfield!(options.value, name, chosen(known[name], value, name))
    elseif field === Cstring
        value isa Union{AbstractString,Symbol} || throw(ArgumentError("$name = $(repr(value)): a text is expected"))
        kept = String(value)
        push!(options.kept, kept)
        setfield!(options.value, name, Base.unsafe_convert(Cstring, kept))
    elseif name === :layers
        kept = ascribe_layer[layer(described) for described in value]
        push!(options.kept, kept)
        options.value.layers = pointer(kept)
        options.value.layer_count = length(kept)
    else
        value isa Real || throw(ArgumentError("$name = $(repr(value)): a number is expected"))
        setfield!(options.value, name, number(field, value, name))
    end
    return options
end

function number(::Type{T}, value::Real, name) where {T<:Integer}
    isinteger(value) && typemin(T) <= value <= typemax(T) ||
        throw(ArgumentError("$name = $value: a whole number from $(typemin(T)) to $(typemax(T)) is expected"))
    return T(value)
end
number(::Type{T}, value::Real, name) where {T<:AbstractFloat} = T(value)

# :dense => 16, :tanh, :convolution => (8, 5), :maxpool => 2
layer(described::Symbol) = ascribe_layer(ASCRIBE_LAYER_ACTIVATION, chosen(ACTIVATIONS, described, "an activation"), 0)
function layer(described::Pair{Symbol})
    kind, sizes = described
    sizes = Int64.(Tuple(sizes))
    length(sizes) == (kind === :convolution ? 2 : 1) || throw(ArgumentError("layer $described: " *
        (kind === :convolution ? "channels and the side of the window are expected" : "one size is expected")))
    return ascribe_layer(chosen(LAYERS, kind, "a layer"), sizes[1], length(sizes) > 1 ? sizes[2] : 0)
end
layer(described) = throw(ArgumentError("layer $(repr(described)): a layer is an activation like :tanh or a pair like " *
                                       ":dense => 16"))
