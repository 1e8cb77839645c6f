# Generated from include/ascribe.h; do not edit. To generate it again:
#     julia bindings/julia/gen/declarations.jl

const ASCRIBE_ABI_VERSION = Int32(0)
const ASCRIBE_VERSION_MAJOR = Int32(0)
const ASCRIBE_VERSION_MINOR = Int32(1)
const ASCRIBE_VERSION_PATCH = Int32(0)
const ASCRIBE_LOG_ERROR = Int32(1)
const ASCRIBE_LOG_WARNING = Int32(2)
const ASCRIBE_LOG_INFO = Int32(3)
const ASCRIBE_LOG_DEBUG = Int32(4)
const ASCRIBE_TARGETS_AUTO = Int32(0)
const ASCRIBE_TARGETS_CLASSES = Int32(1)
const ASCRIBE_TARGETS_NUMBERS = Int32(2)
const ASCRIBE_PART_TRAIN = Int32(0)
const ASCRIBE_PART_VALID = Int32(1)
const ASCRIBE_PART_TEST = Int32(2)
const ASCRIBE_F64 = Int32(0)
const ASCRIBE_F32 = Int32(1)
const ASCRIBE_LOSS_SAMPLED_SOFTMAX = Int32(0)
const ASCRIBE_LOSS_BINARY_CROSS_ENTROPY = Int32(1)
const ASCRIBE_LOSS_FULL_SOFTMAX = Int32(2)
const ASCRIBE_SIDES_TAILS = Int32(0)
const ASCRIBE_SIDES_HEADS = Int32(1)
const ASCRIBE_SIDES_BOTH = Int32(2)
const ASCRIBE_CANDIDATES_EACH_EPOCH = Int32(0)
const ASCRIBE_CANDIDATES_ONCE = Int32(1)
const ASCRIBE_LOSS_SQUARED = Int32(0)
const ASCRIBE_LOSS_LOGISTIC = Int32(1)
const ASCRIBE_LOSS_HINGE = Int32(2)
const ASCRIBE_LOSS_SOFTMAX = Int32(3)
const ASCRIBE_LOSS_BY_TARGETS = Int32(-1)
const ASCRIBE_LAYER_DENSE = Int32(0)
const ASCRIBE_LAYER_CONVOLUTION = Int32(1)
const ASCRIBE_LAYER_ACTIVATION = Int32(2)
const ASCRIBE_LAYER_MAX_POOL = Int32(3)
const ASCRIBE_LAYER_AVERAGE_POOL = Int32(4)
const ASCRIBE_ACTIVATION_TANH = Int32(0)
const ASCRIBE_ACTIVATION_RELU = Int32(1)
const ASCRIBE_ACTIVATION_GELU = Int32(2)
const ASCRIBE_ACTIVATION_SOFTPLUS = Int32(3)
const ASCRIBE_ACTIVATION_SIGMOID = Int32(4)
const ASCRIBE_ORDER_LARGEST = Int32(0)
const ASCRIBE_ORDER_POSITIVE = Int32(1)
const ASCRIBE_ORDER_NEGATIVE = Int32(2)
const ASCRIBE_CURVATURE_AUTO = Int32(0)
const ASCRIBE_CURVATURE_HESSIAN = Int32(1)
const ASCRIBE_CURVATURE_GAUSS_NEWTON = Int32(2)
const ASCRIBE_CURVATURE_FISHER = Int32(3)
const ASCRIBE_SOLVER_AUTO = Int32(0)
const ASCRIBE_SOLVER_DIRECT = Int32(1)
const ASCRIBE_SOLVER_CG = Int32(2)
const ASCRIBE_SOLVER_BLOCK_CG = Int32(3)
const ASCRIBE_SOLVER_MINRES = Int32(4)
const ASCRIBE_SOLVER_LISSA = Int32(5)
const ASCRIBE_SOLVER_LANCZOS = Int32(6)
const ASCRIBE_SOLVER_NYSTROM = Int32(7)
const ASCRIBE_CHANGE_REMOVE = Int32(0)
const ASCRIBE_CHANGE_REWEIGHT = Int32(1)
const ASCRIBE_CHANGE_REPLACE = Int32(2)
const ASCRIBE_CHANGE_ADD = Int32(3)
const ASCRIBE_LEVEL_FIRST_ORDER = Int32(0)
const ASCRIBE_LEVEL_SECOND_ORDER = Int32(1)
const ASCRIBE_LEVEL_LEVERAGE = Int32(2)
const ASCRIBE_LEVEL_NEWTON = Int32(3)
const ASCRIBE_LEVEL_RETRAINED = Int32(4)
const ASCRIBE_METHOD_AUTO = Int32(0)
const ASCRIBE_METHOD_SGD = Int32(1)
const ASCRIBE_METHOD_ADAGRAD = Int32(2)
const ASCRIBE_METHOD_ADAM = Int32(3)
const ASCRIBE_METHOD_ADAM_DENSE = Int32(4)
const ASCRIBE_METHOD_MINIMIZE = Int32(5)
const ASCRIBE_SCHEDULE_CONSTANT = Int32(0)
const ASCRIBE_SCHEDULE_LINEAR = Int32(1)
const ASCRIBE_SCHEDULE_EXPONENTIAL = Int32(2)
const ASCRIBE_SCHEDULE_INVERSE_TIME = Int32(3)
const ASCRIBE_ATTRIBUTION_MOMENTUM = Int32(0)
const ASCRIBE_ATTRIBUTION_STEP = Int32(1)
const ASCRIBE_SCOPE_ALL_READ = Int32(0)
const ASCRIBE_SCOPE_ENTITIES = Int32(1)
const ASCRIBE_SCOPE_ALL = Int32(2)
const ASCRIBE_EFFORT_AUTO = Int32(0)
const ASCRIBE_EFFORT_EXACT = Int32(1)
const ASCRIBE_EFFORT_LINEAR = Int32(2)
const ASCRIBE_EFFORT_HYBRID = Int32(3)

mutable struct ascribe_attribution end
mutable struct ascribe_cancel end
mutable struct ascribe_context end
mutable struct ascribe_dataset end
mutable struct ascribe_error end
mutable struct ascribe_graph end
mutable struct ascribe_influence end
mutable struct ascribe_ledger end
mutable struct ascribe_model end
mutable struct ascribe_rollback end
mutable struct ascribe_trainer end
mutable struct ascribe_what_if end

const ascribe_status = Int32
const ascribe_log_fn = Ptr{Cvoid} # (level::Int32, target::Cstring, message::Cstring, user_data::Ptr{Cvoid})::Cvoid
const ascribe_log_free_fn = Ptr{Cvoid} # (user_data::Ptr{Cvoid})::Cvoid

@growing ascribe_context_options begin
    threads::Int64
    seed::UInt64
    log::ascribe_log_fn
    log_data::Ptr{Cvoid}
    log_level::Int32
    log_free::ascribe_log_free_fn
end

struct ascribe_progress
    struct_size::Csize_t
    phase::Cstring
    done::UInt64
    total::UInt64
    value::Cdouble
    quality::Cdouble
end

const ascribe_progress_fn = Ptr{Cvoid} # (event::Ptr{ascribe_progress}, user_data::Ptr{Cvoid})::Int32

@growing ascribe_watch begin
    progress::ascribe_progress_fn
    progress_data::Ptr{Cvoid}
    cancel::Ptr{ascribe_cancel}
end

const ascribe_node = UInt32

struct ascribe_matrix
    data::Ptr{Cdouble}
    rows::Int64
    cols::Int64
    row_stride::Int64
    col_stride::Int64
end

struct ascribe_matrix_f32
    data::Ptr{Cfloat}
    rows::Int64
    cols::Int64
    row_stride::Int64
    col_stride::Int64
end

@growing ascribe_table_options begin
    target::Cstring
    targets::Int32
    standardize::Int32
end

@growing ascribe_triple_options begin
    kind::Cstring
    dimension::Int64
    initial::Cdouble
    loss::Int32
    sides::Int32
    candidates::Int32
    negatives::Int64
    precision::Int32
    seed::Int64
end

struct ascribe_layer
    kind::Int32
    a::Int64
    b::Int64
end

@growing ascribe_row_options begin
    loss::Int32
    smoothing::Cdouble
    l2::Cdouble
    intercept::Int32
    layers::Ptr{ascribe_layer}
    layer_count::Csize_t
    precision::Int32
    seed::Int64
end

@growing ascribe_graph_options begin
    initial::Cdouble
    precision::Int32
    seed::Int64
end

@growing ascribe_ranking begin
    mean_reciprocal_rank::Cdouble
    hits_at_1::Cdouble
    hits_at_3::Cdouble
    hits_at_10::Cdouble
    queries::UInt64
end

@growing ascribe_certificate begin
    residual::Cdouble
    relative_residual::Cdouble
    tolerance::Cdouble
    converged::Int32
    iterations::UInt64
    products::UInt64
end

@growing ascribe_influence_options begin
    curvature::Int32
    solver::Int32
    damping::Cdouble
    tolerance::Cdouble
    iterations::Int64
    stationary::Cdouble
    rank::Int64
    memory::UInt64
    queries::Int64
    seed::Int64
end

@growing ascribe_standing begin
    examples::UInt64
    parameters::UInt64
    curvature::Int32
    stationary::Int32
    damping::Cdouble
    value::Cdouble
    gradient::Cdouble
    gradient_length::Cdouble
    lowest::Cdouble
    highest::Cdouble
    products::UInt64
    worst_residual::Cdouble
    converged::Int32
    factored::Int32
end

@growing ascribe_what_if_options begin
    until::Int32
    tolerance::Cdouble
    gradient::Cdouble
    iterations::Int64
end

struct ascribe_change
    kind::Int32
    example::UInt64
    weight::Cdouble
    with::Ptr{ascribe_dataset}
    row::UInt64
end

@growing ascribe_training_options begin
    method::Int32
    schedule::Int32
    attribution::Int32
    learning_rate::Cdouble
    schedule_value::Cdouble
    epochs::Int64
    batch::Int64
    track::Int32
    stop_every::Int64
    patience::Int64
    gradient::Cdouble
    iterations::Int64
    polish::Int32
    seed::Int64
end

@growing ascribe_training begin
    steps::UInt64
    epochs::UInt64
    loss::Cdouble
    objective::Cdouble
    gradient::Cdouble
    converged::Int32
    finished::Int32
    best_epoch::Int64
end

@growing ascribe_fidelity begin
    pearson::Cdouble
    spearman::Cdouble
    slope::Cdouble
    maximum_error::Cdouble
    count::UInt64
end

@growing ascribe_rollback_options begin
    scope::Int32
    effort::Int32
    rerank::Int64
end

const ASCRIBE_OK = Int32(0)
const ASCRIBE_INVALID_ARGUMENT = Int32(1)
const ASCRIBE_SHAPE = Int32(2)
const ASCRIBE_CANCELED = Int32(3)
const ASCRIBE_IO = Int32(4)
const ASCRIBE_FORMAT = Int32(5)
const ASCRIBE_WRONG_VERSION = Int32(6)
const ASCRIBE_NOT_CONVERGED = Int32(7)
const ASCRIBE_NOT_FINITE = Int32(8)
const ASCRIBE_UNSUPPORTED = Int32(9)
const ASCRIBE_OUT_OF_RESOURCES = Int32(10)
const ASCRIBE_INVALID_HANDLE = Int32(11)
const ASCRIBE_INTERNAL = Int32(12)
const ASCRIBE_NOT_FOUND = Int32(13)
const ASCRIBE_NOT_STATIONARY = Int32(14)
const ASCRIBE_CURVATURE = Int32(15)
const ASCRIBE_NO_NODE = typemax(UInt32)

@direct ascribe_version()::Cstring
@direct ascribe_abi_version()::UInt32
@direct ascribe_status_name(status::ascribe_status)::Cstring
@direct ascribe_error_code(error::Ptr{ascribe_error})::ascribe_status
@direct ascribe_error_message(error::Ptr{ascribe_error})::Cstring
@direct ascribe_error_free(error::Ptr{ascribe_error})::Cvoid
@fallible ascribe_cancel_new(cancel::Ptr{Ptr{ascribe_cancel}})
@direct ascribe_cancel_request(cancel::Ptr{ascribe_cancel})::Cvoid
@direct ascribe_cancel_reset(cancel::Ptr{ascribe_cancel})::Cvoid
@direct ascribe_cancel_requested(cancel::Ptr{ascribe_cancel})::Int32
@direct ascribe_cancel_free(cancel::Ptr{ascribe_cancel})::Cvoid
@direct ascribe_context_options_init(options::Ptr{ascribe_context_options}, size::Csize_t)::Cvoid
@fallible ascribe_context_new(options::Ptr{ascribe_context_options}, context::Ptr{Ptr{ascribe_context}})
@direct ascribe_context_threads(context::Ptr{ascribe_context})::Int64
@direct ascribe_context_free(context::Ptr{ascribe_context})::Cvoid
@direct ascribe_watch_init(watch::Ptr{ascribe_watch}, size::Csize_t)::Cvoid
@fallible ascribe_graph_new(graph::Ptr{Ptr{ascribe_graph}})
@direct ascribe_graph_free(graph::Ptr{ascribe_graph})::Cvoid
@fallible ascribe_graph_shape(graph::Ptr{ascribe_graph}, node::ascribe_node, sizes::Ptr{Int64}, capacity::Csize_t, rank::Ptr{Csize_t})
@fallible ascribe_graph_sum(graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_log_sum_exp(graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_max(graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_softmax(graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_argmax_mask(graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_sum_all(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_expand(graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, size::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_reshape(graph::Ptr{ascribe_graph}, x::ascribe_node, sizes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_permute(graph::Ptr{ascribe_graph}, x::ascribe_node, axes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_slice(graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, start::Int64, count::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_pad(graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, start::Int64, size::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_concatenate(graph::Ptr{ascribe_graph}, a::ascribe_node, b::ascribe_node, axis::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_gradient(graph::Ptr{ascribe_graph}, of::ascribe_node, by::Ptr{ascribe_node}, count::Csize_t, nodes::Ptr{ascribe_node})
@fallible ascribe_graph_own(graph::Ptr{ascribe_graph}, parameter::ascribe_node, ids::ascribe_node)
@fallible ascribe_graph_functional(graph::Ptr{ascribe_graph}, name::Cstring, node::ascribe_node)
@fallible ascribe_graph_exp(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_log(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_tanh(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_sigmoid(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_softplus(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_relu(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_step(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_erf(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_sin(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_cos(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_abs(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_sign(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_gelu(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_gelu_tanh(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_neg(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_scale(graph::Ptr{ascribe_graph}, x::ascribe_node, c::Cdouble, node::Ptr{ascribe_node})
@fallible ascribe_graph_shift(graph::Ptr{ascribe_graph}, x::ascribe_node, c::Cdouble, node::Ptr{ascribe_node})
@fallible ascribe_graph_power(graph::Ptr{ascribe_graph}, x::ascribe_node, c::Cdouble, node::Ptr{ascribe_node})
@fallible ascribe_graph_add(graph::Ptr{ascribe_graph}, a::ascribe_node, b::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_sub(graph::Ptr{ascribe_graph}, a::ascribe_node, b::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_mul(graph::Ptr{ascribe_graph}, a::ascribe_node, b::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_div(graph::Ptr{ascribe_graph}, a::ascribe_node, b::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_unfold(graph::Ptr{ascribe_graph}, image::ascribe_node, window_height::Int64, window_width::Int64, stride_height::Int64, stride_width::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_fold(graph::Ptr{ascribe_graph}, windows::ascribe_node, height::Int64, width::Int64, stride_height::Int64, stride_width::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_convolve2d(graph::Ptr{ascribe_graph}, image::ascribe_node, weights::ascribe_node, stride_height::Int64, stride_width::Int64, padding_height::Int64, padding_width::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_max_pool2d(graph::Ptr{ascribe_graph}, image::ascribe_node, window_height::Int64, window_width::Int64, stride_height::Int64, stride_width::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_average_pool2d(graph::Ptr{ascribe_graph}, image::ascribe_node, window_height::Int64, window_width::Int64, stride_height::Int64, stride_width::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_parameter(graph::Ptr{ascribe_graph}, name::Cstring, sizes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_input(graph::Ptr{ascribe_graph}, name::Cstring, sizes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_indices(graph::Ptr{ascribe_graph}, name::Cstring, sizes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_fill(graph::Ptr{ascribe_graph}, value::Cdouble, sizes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_einsum(graph::Ptr{ascribe_graph}, spec::Cstring, a::ascribe_node, b::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_contract_over_batch(graph::Ptr{ascribe_graph}, spec::Cstring, a::ascribe_node, b::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_batch_sum(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_broadcast_batch(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_gather_rows(graph::Ptr{ascribe_graph}, table::ascribe_node, ids::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_scatter_rows(graph::Ptr{ascribe_graph}, values::ascribe_node, ids::ascribe_node, rows::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_scatter_over_batch(graph::Ptr{ascribe_graph}, values::ascribe_node, ids::ascribe_node, rows::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_gather(graph::Ptr{ascribe_graph}, x::ascribe_node, ids::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_scatter(graph::Ptr{ascribe_graph}, x::ascribe_node, ids::ascribe_node, size::Int64, node::Ptr{ascribe_node})
@fallible ascribe_dataset_from_triples(triples::Ptr{UInt32}, count::Csize_t, entities::UInt32, relations::UInt32, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_from_matrix(features::Ptr{ascribe_matrix}, targets::Ptr{Cdouble}, target_count::Csize_t, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_from_matrix_f32(features::Ptr{ascribe_matrix_f32}, targets::Ptr{Cdouble}, target_count::Csize_t, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_new(count::Csize_t, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_set_numbers(dataset::Ptr{ascribe_dataset}, input::Cstring, values::Ptr{ascribe_matrix})
@fallible ascribe_dataset_set_numbers_f32(dataset::Ptr{ascribe_dataset}, input::Cstring, values::Ptr{ascribe_matrix_f32})
@fallible ascribe_dataset_set_ids(dataset::Ptr{ascribe_dataset}, input::Cstring, ids::Ptr{UInt32}, count::Csize_t, width::Csize_t)
@fallible ascribe_dataset_set_labels(dataset::Ptr{ascribe_dataset}, labels::Ptr{UInt32}, count::Csize_t, classes::UInt32)
@direct ascribe_dataset_free(dataset::Ptr{ascribe_dataset})::Cvoid
@fallible ascribe_dataset_load_triples(train::Cstring, valid::Cstring, test::Cstring, dataset::Ptr{Ptr{ascribe_dataset}})
@direct ascribe_table_options_init(options::Ptr{ascribe_table_options}, size::Csize_t)::Cvoid
@fallible ascribe_dataset_load_table(path::Cstring, options::Ptr{ascribe_table_options}, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_load_images(images::Cstring, labels::Cstring, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_load_messages(path::Cstring, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_load_like(like::Ptr{ascribe_dataset}, paths::Ptr{Ptr{UInt8}}, count::Csize_t, dataset::Ptr{Ptr{ascribe_dataset}})
@direct ascribe_dataset_len(dataset::Ptr{ascribe_dataset})::Csize_t
@fallible ascribe_dataset_part(dataset::Ptr{ascribe_dataset}, part::Int32, result::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_select(dataset::Ptr{ascribe_dataset}, examples::Ptr{UInt64}, count::Csize_t, result::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_query(dataset::Ptr{ascribe_dataset}, head::Cstring, relation::Cstring, tail::Cstring, result::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_triples(dataset::Ptr{ascribe_dataset}, triples::Ptr{UInt32}, capacity::Csize_t)
@fallible ascribe_dataset_describe(dataset::Ptr{ascribe_dataset}, example::UInt64, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@direct ascribe_dataset_features(dataset::Ptr{ascribe_dataset})::Csize_t
@direct ascribe_dataset_classes(dataset::Ptr{ascribe_dataset})::Csize_t
@fallible ascribe_dataset_class_name(dataset::Ptr{ascribe_dataset}, label::UInt32, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@fallible ascribe_dataset_labels(dataset::Ptr{ascribe_dataset}, labels::Ptr{UInt32}, capacity::Csize_t)
@fallible ascribe_dataset_targets(dataset::Ptr{ascribe_dataset}, targets::Ptr{Cdouble}, capacity::Csize_t)
@direct ascribe_triple_options_init(options::Ptr{ascribe_triple_options}, size::Csize_t)::Cvoid
@fallible ascribe_model_triples(context::Ptr{ascribe_context}, data::Ptr{ascribe_dataset}, options::Ptr{ascribe_triple_options}, model::Ptr{Ptr{ascribe_model}})
@direct ascribe_row_options_init(options::Ptr{ascribe_row_options}, size::Csize_t)::Cvoid
@fallible ascribe_model_rows(context::Ptr{ascribe_context}, data::Ptr{ascribe_dataset}, options::Ptr{ascribe_row_options}, model::Ptr{Ptr{ascribe_model}})
@direct ascribe_graph_options_init(options::Ptr{ascribe_graph_options}, size::Csize_t)::Cvoid
@fallible ascribe_model_graph(context::Ptr{ascribe_context}, graph::Ptr{ascribe_graph}, loss::ascribe_node, penalty::ascribe_node, outputs::ascribe_node, options::Ptr{ascribe_graph_options}, model::Ptr{Ptr{ascribe_model}})
@fallible ascribe_model_clone(model::Ptr{ascribe_model}, result::Ptr{Ptr{ascribe_model}})
@direct ascribe_model_parameters(model::Ptr{ascribe_model})::Csize_t
@direct ascribe_model_dimension(model::Ptr{ascribe_model})::Csize_t
@fallible ascribe_model_parameter_name(model::Ptr{ascribe_model}, parameter::Csize_t, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@fallible ascribe_model_parameter_shape(model::Ptr{ascribe_model}, parameter::Csize_t, sizes::Ptr{Int64}, capacity::Csize_t, rank::Ptr{Csize_t})
@fallible ascribe_model_parameter(model::Ptr{ascribe_model}, parameter::Csize_t, values::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_model_set_parameter(model::Ptr{ascribe_model}, parameter::Csize_t, values::Ptr{Cdouble}, count::Csize_t)
@direct ascribe_model_outputs(model::Ptr{ascribe_model})::Csize_t
@fallible ascribe_model_predict(model::Ptr{ascribe_model}, context::Ptr{ascribe_context}, features::Ptr{ascribe_matrix}, outputs::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_model_predict_f32(model::Ptr{ascribe_model}, context::Ptr{ascribe_context}, features::Ptr{ascribe_matrix_f32}, outputs::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_model_evaluate(model::Ptr{ascribe_model}, context::Ptr{ascribe_context}, queries::Ptr{ascribe_dataset}, functional::Cstring, values::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_model_ranking(model::Ptr{ascribe_model}, context::Ptr{ascribe_context}, known::Ptr{ascribe_dataset}, queries::Ptr{ascribe_dataset}, ranking::Ptr{ascribe_ranking})
@fallible ascribe_model_data(model::Ptr{ascribe_model}, dataset::Ptr{Ptr{ascribe_dataset}})
@direct ascribe_model_free(model::Ptr{ascribe_model})::Cvoid
@direct ascribe_attribution_queries(attribution::Ptr{ascribe_attribution})::Csize_t
@direct ascribe_attribution_len(attribution::Ptr{ascribe_attribution}, query::Csize_t)::Csize_t
@fallible ascribe_attribution_value(attribution::Ptr{ascribe_attribution}, query::Csize_t, value::Ptr{Cdouble})
@fallible ascribe_attribution_copy(attribution::Ptr{ascribe_attribution}, query::Csize_t, examples::Ptr{UInt64}, scores::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_attribution_top(attribution::Ptr{ascribe_attribution}, query::Csize_t, order::Int32, examples::Ptr{UInt64}, scores::Ptr{Cdouble}, capacity::Csize_t, found::Ptr{Csize_t})
@fallible ascribe_attribution_certificate(attribution::Ptr{ascribe_attribution}, query::Csize_t, certificate::Ptr{ascribe_certificate})
@direct ascribe_attribution_free(attribution::Ptr{ascribe_attribution})::Cvoid
@fallible ascribe_model_ledger(model::Ptr{ascribe_model}, ledger::Ptr{Ptr{ascribe_ledger}})
@direct ascribe_ledger_examples(ledger::Ptr{ascribe_ledger})::Csize_t
@direct ascribe_ledger_slots(ledger::Ptr{ascribe_ledger}, example::UInt64)::Csize_t
@fallible ascribe_ledger_slot(ledger::Ptr{ascribe_ledger}, example::UInt64, slot::Csize_t, parameter::Ptr{Csize_t}, row::Ptr{UInt64}, width::Ptr{Csize_t})
@fallible ascribe_ledger_change(ledger::Ptr{ascribe_ledger}, example::UInt64, slot::Csize_t, values::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_ledger_remainder(ledger::Ptr{ascribe_ledger}, parameter::Csize_t, values::Ptr{Cdouble}, capacity::Csize_t)
@direct ascribe_ledger_free(ledger::Ptr{ascribe_ledger})::Cvoid
@direct ascribe_influence_options_init(options::Ptr{ascribe_influence_options}, size::Csize_t)::Cvoid
@fallible ascribe_influence_new(context::Ptr{ascribe_context}, model::Ptr{ascribe_model}, data::Ptr{ascribe_dataset}, options::Ptr{ascribe_influence_options}, watch::Ptr{ascribe_watch}, influence::Ptr{Ptr{ascribe_influence}})
@fallible ascribe_influence_standing(influence::Ptr{ascribe_influence}, diagnostics::Ptr{ascribe_standing})
@fallible ascribe_influence_solver(influence::Ptr{ascribe_influence}, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@direct ascribe_influence_free(influence::Ptr{ascribe_influence})::Cvoid
@fallible ascribe_influence_explain(influence::Ptr{ascribe_influence}, queries::Ptr{ascribe_dataset}, functional::Cstring, watch::Ptr{ascribe_watch}, attribution::Ptr{Ptr{ascribe_attribution}})
@fallible ascribe_influence_corrected(influence::Ptr{ascribe_influence}, queries::Ptr{ascribe_dataset}, functional::Cstring, examples::Ptr{UInt64}, count::Csize_t, watch::Ptr{ascribe_watch}, scores::Ptr{Cdouble}, leverages::Ptr{Cdouble})
@fallible ascribe_influence_self(influence::Ptr{ascribe_influence}, examples::Ptr{UInt64}, count::Csize_t, watch::Ptr{ascribe_watch}, values::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_influence_hvp(influence::Ptr{ascribe_influence}, directions::Ptr{ascribe_matrix}, watch::Ptr{ascribe_watch}, products::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_influence_inverse_hvp(influence::Ptr{ascribe_influence}, directions::Ptr{ascribe_matrix}, watch::Ptr{ascribe_watch}, products::Ptr{Cdouble}, capacity::Csize_t)
@direct ascribe_what_if_options_init(options::Ptr{ascribe_what_if_options}, size::Csize_t)::Cvoid
@fallible ascribe_influence_what_if(influence::Ptr{ascribe_influence}, queries::Ptr{ascribe_dataset}, functional::Cstring, changes::Ptr{ascribe_change}, count::Csize_t, options::Ptr{ascribe_what_if_options}, watch::Ptr{ascribe_watch}, what_if::Ptr{Ptr{ascribe_what_if}})
@direct ascribe_what_if_queries(what_if::Ptr{ascribe_what_if})::Csize_t
@direct ascribe_what_if_levels(what_if::Ptr{ascribe_what_if})::Csize_t
@direct ascribe_what_if_reached(what_if::Ptr{ascribe_what_if})::Int32
@fallible ascribe_what_if_before(what_if::Ptr{ascribe_what_if}, values::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_what_if_level(what_if::Ptr{ascribe_what_if}, place::Csize_t, level::Ptr{Int32}, changes::Ptr{Cdouble}, errors::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_what_if_parameters(what_if::Ptr{ascribe_what_if}, place::Csize_t, values::Ptr{Cdouble}, capacity::Csize_t)
@direct ascribe_what_if_free(what_if::Ptr{ascribe_what_if})::Cvoid
@direct ascribe_training_options_init(options::Ptr{ascribe_training_options}, size::Csize_t)::Cvoid
@fallible ascribe_model_fit(model::Ptr{ascribe_model}, context::Ptr{ascribe_context}, data::Ptr{ascribe_dataset}, options::Ptr{ascribe_training_options}, watch::Ptr{ascribe_watch})
@fallible ascribe_model_training(model::Ptr{ascribe_model}, training::Ptr{ascribe_training})
@fallible ascribe_trainer_new(context::Ptr{ascribe_context}, model::Ptr{ascribe_model}, data::Ptr{ascribe_dataset}, options::Ptr{ascribe_training_options}, trainer::Ptr{Ptr{ascribe_trainer}})
@fallible ascribe_trainer_step(trainer::Ptr{ascribe_trainer}, steps::UInt64, watch::Ptr{ascribe_watch})
@fallible ascribe_trainer_run(trainer::Ptr{ascribe_trainer}, watch::Ptr{ascribe_watch})
@fallible ascribe_trainer_training(trainer::Ptr{ascribe_trainer}, training::Ptr{ascribe_training})
@fallible ascribe_trainer_model(trainer::Ptr{ascribe_trainer}, model::Ptr{Ptr{ascribe_model}})
@direct ascribe_trainer_free(trainer::Ptr{ascribe_trainer})::Cvoid
@fallible ascribe_verify_removal(context::Ptr{ascribe_context}, model::Ptr{ascribe_model}, queries::Ptr{ascribe_dataset}, functional::Cstring, examples::Ptr{UInt64}, offsets::Ptr{Csize_t}, sets::Csize_t, watch::Ptr{ascribe_watch}, changes::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_verify_fidelity(predicted::Ptr{Cdouble}, truth::Ptr{Cdouble}, count::Csize_t, fidelity::Ptr{ascribe_fidelity})
@direct ascribe_rollback_options_init(options::Ptr{ascribe_rollback_options}, size::Csize_t)::Cvoid
@fallible ascribe_rollback_new(context::Ptr{ascribe_context}, model::Ptr{ascribe_model}, functional::Cstring, rollback::Ptr{Ptr{ascribe_rollback}})
@fallible ascribe_rollback_explain(rollback::Ptr{ascribe_rollback}, queries::Ptr{ascribe_dataset}, options::Ptr{ascribe_rollback_options}, watch::Ptr{ascribe_watch}, attribution::Ptr{Ptr{ascribe_attribution}})
@fallible ascribe_rollback_without(rollback::Ptr{ascribe_rollback}, queries::Ptr{ascribe_dataset}, examples::Ptr{UInt64}, count::Csize_t, values::Ptr{Cdouble}, capacity::Csize_t)
@direct ascribe_rollback_free(rollback::Ptr{ascribe_rollback})::Cvoid
@fallible ascribe_model_save(model::Ptr{ascribe_model}, folder::Cstring)
@fallible ascribe_model_load(folder::Cstring, model::Ptr{Ptr{ascribe_model}})
@fallible ascribe_model_restore(model::Ptr{ascribe_model}, folder::Cstring)
