# Every function of the C interface, in the header's order. The library is found when the package is loaded, so its
# functions are called through pointers that `open_library` fills then: a load and an indirect call, and precompiled
# code holds no path.

"A function as it is declared here, and where it was found."
struct Declared
    name::Symbol
    pointer::Base.RefValue{Ptr{Cvoid}}
    result::Type
    arguments::Vector{Type}
end

const FUNCTIONS = Declared[]

function declared(name::Symbol, arguments::Vector, result)
    pointer = Symbol(:pointer_of_, name)
    names = Symbol[argument.args[1] for argument in arguments]
    types = Expr(:tuple, (argument.args[2] for argument in arguments)...)
    return esc(quote
        const $pointer = Ref{Ptr{Cvoid}}(C_NULL)
        push!(FUNCTIONS, Declared($(QuoteNode(name)), $pointer, $result, Type[$(types.args...)]))
        @inline $name($(names...)) = ccall($pointer[], $result, $types, $(names...))
    end)
end

"Declares a function that cannot fail: `@direct name(argument::Type, ...)::Type`."
macro direct(signature)
    call, result = signature.args
    return declared(call.args[1], call.args[2:end], result)
end

"Declares a function that returns a status and takes a place for an error last, which is not written out here."
macro fallible(call)
    return declared(call.args[1], [call.args[2:end]; :(error::Ptr{Ptr{ascribe_error}})], :ascribe_status)
end

# ---- version
@direct ascribe_version()::Cstring
@direct ascribe_abi_version()::UInt32

# ---- errors
@direct ascribe_status_name(status::ascribe_status)::Cstring
@direct ascribe_error_code(error::Ptr{ascribe_error})::ascribe_status
@direct ascribe_error_message(error::Ptr{ascribe_error})::Cstring
@direct ascribe_error_free(error::Ptr{ascribe_error})::Cvoid

# ---- options
@direct ascribe_context_options_init(options::Ptr{ascribe_context_options}, size::Csize_t)::Cvoid
@direct ascribe_watch_init(watch::Ptr{ascribe_watch}, size::Csize_t)::Cvoid
@direct ascribe_triple_options_init(options::Ptr{ascribe_triple_options}, size::Csize_t)::Cvoid
@direct ascribe_row_options_init(options::Ptr{ascribe_row_options}, size::Csize_t)::Cvoid
@direct ascribe_graph_options_init(options::Ptr{ascribe_graph_options}, size::Csize_t)::Cvoid
@direct ascribe_training_options_init(options::Ptr{ascribe_training_options}, size::Csize_t)::Cvoid
@direct ascribe_table_options_init(options::Ptr{ascribe_table_options}, size::Csize_t)::Cvoid
@direct ascribe_rollback_options_init(options::Ptr{ascribe_rollback_options}, size::Csize_t)::Cvoid
@direct ascribe_influence_options_init(options::Ptr{ascribe_influence_options}, size::Csize_t)::Cvoid
@direct ascribe_what_if_options_init(options::Ptr{ascribe_what_if_options}, size::Csize_t)::Cvoid

# ---- contexts
@fallible ascribe_context_new(options::Ptr{ascribe_context_options}, context::Ptr{Ptr{ascribe_context}})
@direct ascribe_context_threads(context::Ptr{ascribe_context})::Int64
@direct ascribe_context_free(context::Ptr{ascribe_context})::Cvoid

# ---- cancellation
@fallible ascribe_cancel_new(cancel::Ptr{Ptr{ascribe_cancel}})
@direct ascribe_cancel_request(cancel::Ptr{ascribe_cancel})::Cvoid
@direct ascribe_cancel_reset(cancel::Ptr{ascribe_cancel})::Cvoid
@direct ascribe_cancel_requested(cancel::Ptr{ascribe_cancel})::Int32
@direct ascribe_cancel_free(cancel::Ptr{ascribe_cancel})::Cvoid

# ---- graphs
@fallible ascribe_graph_new(graph::Ptr{Ptr{ascribe_graph}})
@direct ascribe_graph_free(graph::Ptr{ascribe_graph})::Cvoid
@fallible ascribe_graph_parameter(
    graph::Ptr{ascribe_graph}, name::Cstring, sizes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_input(
    graph::Ptr{ascribe_graph}, name::Cstring, sizes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_indices(
    graph::Ptr{ascribe_graph}, name::Cstring, sizes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_fill(
    graph::Ptr{ascribe_graph}, value::Cdouble, sizes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_shape(
    graph::Ptr{ascribe_graph}, node::ascribe_node, sizes::Ptr{Int64}, capacity::Csize_t, rank::Ptr{Csize_t})
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
@fallible ascribe_graph_sum(graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_log_sum_exp(graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_max(graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_softmax(graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_argmax_mask(graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_sum_all(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_expand(
    graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, size::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_reshape(
    graph::Ptr{ascribe_graph}, x::ascribe_node, sizes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_permute(
    graph::Ptr{ascribe_graph}, x::ascribe_node, axes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_slice(
    graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, start::Int64, count::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_pad(
    graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, start::Int64, size::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_concatenate(
    graph::Ptr{ascribe_graph}, a::ascribe_node, b::ascribe_node, axis::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_einsum(
    graph::Ptr{ascribe_graph}, spec::Cstring, a::ascribe_node, b::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_contract_over_batch(
    graph::Ptr{ascribe_graph}, spec::Cstring, a::ascribe_node, b::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_batch_sum(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_broadcast_batch(graph::Ptr{ascribe_graph}, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_gather_rows(
    graph::Ptr{ascribe_graph}, table::ascribe_node, ids::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_scatter_rows(
    graph::Ptr{ascribe_graph}, values::ascribe_node, ids::ascribe_node, rows::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_scatter_over_batch(
    graph::Ptr{ascribe_graph}, values::ascribe_node, ids::ascribe_node, rows::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_gather(graph::Ptr{ascribe_graph}, x::ascribe_node, ids::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_scatter(
    graph::Ptr{ascribe_graph}, x::ascribe_node, ids::ascribe_node, size::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_unfold(
    graph::Ptr{ascribe_graph}, image::ascribe_node, window_height::Int64, window_width::Int64, stride_height::Int64,
    stride_width::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_fold(
    graph::Ptr{ascribe_graph}, windows::ascribe_node, height::Int64, width::Int64, stride_height::Int64,
    stride_width::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_convolve2d(
    graph::Ptr{ascribe_graph}, image::ascribe_node, weights::ascribe_node, stride_height::Int64, stride_width::Int64,
    padding_height::Int64, padding_width::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_max_pool2d(
    graph::Ptr{ascribe_graph}, image::ascribe_node, window_height::Int64, window_width::Int64, stride_height::Int64,
    stride_width::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_average_pool2d(
    graph::Ptr{ascribe_graph}, image::ascribe_node, window_height::Int64, window_width::Int64, stride_height::Int64,
    stride_width::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_gradient(
    graph::Ptr{ascribe_graph}, of::ascribe_node, by::Ptr{ascribe_node}, count::Csize_t, nodes::Ptr{ascribe_node})
@fallible ascribe_graph_own(graph::Ptr{ascribe_graph}, parameter::ascribe_node, ids::ascribe_node)
@fallible ascribe_graph_functional(graph::Ptr{ascribe_graph}, name::Cstring, node::ascribe_node)

# ---- datasets
@fallible ascribe_dataset_from_triples(
    triples::Ptr{UInt32}, count::Csize_t, entities::UInt32, relations::UInt32, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_from_matrix(
    features::Ptr{ascribe_matrix}, targets::Ptr{Cdouble}, target_count::Csize_t, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_from_matrix_f32(
    features::Ptr{ascribe_matrix_f32}, targets::Ptr{Cdouble}, target_count::Csize_t, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_new(count::Csize_t, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_set_numbers(dataset::Ptr{ascribe_dataset}, input::Cstring, values::Ptr{ascribe_matrix})
@fallible ascribe_dataset_set_numbers_f32(
    dataset::Ptr{ascribe_dataset}, input::Cstring, values::Ptr{ascribe_matrix_f32})
@fallible ascribe_dataset_set_ids(
    dataset::Ptr{ascribe_dataset}, input::Cstring, ids::Ptr{UInt32}, count::Csize_t, width::Csize_t)
@fallible ascribe_dataset_load_triples(
    train::Cstring, valid::Cstring, test::Cstring, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_load_table(
    path::Cstring, options::Ptr{ascribe_table_options}, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_load_images(images::Cstring, labels::Cstring, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_load_messages(path::Cstring, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_load_like(like::Ptr{ascribe_dataset}, paths::Ptr{Ptr{UInt8}}, count::Csize_t,
    dataset::Ptr{Ptr{ascribe_dataset}})
@direct ascribe_dataset_len(dataset::Ptr{ascribe_dataset})::Csize_t
@fallible ascribe_dataset_part(dataset::Ptr{ascribe_dataset}, part::Int32, result::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_select(
    dataset::Ptr{ascribe_dataset}, examples::Ptr{UInt64}, count::Csize_t, result::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_query(
    dataset::Ptr{ascribe_dataset}, head::Cstring, relation::Cstring, tail::Cstring, result::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_triples(dataset::Ptr{ascribe_dataset}, triples::Ptr{UInt32}, capacity::Csize_t)
@fallible ascribe_dataset_describe(
    dataset::Ptr{ascribe_dataset}, example::UInt64, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@direct ascribe_dataset_features(dataset::Ptr{ascribe_dataset})::Csize_t
@direct ascribe_dataset_classes(dataset::Ptr{ascribe_dataset})::Csize_t
@fallible ascribe_dataset_class_name(
    dataset::Ptr{ascribe_dataset}, label::UInt32, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@fallible ascribe_dataset_labels(dataset::Ptr{ascribe_dataset}, labels::Ptr{UInt32}, capacity::Csize_t)
@fallible ascribe_dataset_set_labels(
    dataset::Ptr{ascribe_dataset}, labels::Ptr{UInt32}, count::Csize_t, classes::UInt32)
@fallible ascribe_dataset_targets(dataset::Ptr{ascribe_dataset}, targets::Ptr{Cdouble}, capacity::Csize_t)
@direct ascribe_dataset_free(dataset::Ptr{ascribe_dataset})::Cvoid

# ---- models
@fallible ascribe_model_triples(
    context::Ptr{ascribe_context}, data::Ptr{ascribe_dataset}, options::Ptr{ascribe_triple_options},
    model::Ptr{Ptr{ascribe_model}})
@fallible ascribe_model_rows(
    context::Ptr{ascribe_context}, data::Ptr{ascribe_dataset}, options::Ptr{ascribe_row_options},
    model::Ptr{Ptr{ascribe_model}})
@fallible ascribe_model_graph(
    context::Ptr{ascribe_context}, graph::Ptr{ascribe_graph}, loss::ascribe_node, penalty::ascribe_node,
    outputs::ascribe_node, options::Ptr{ascribe_graph_options}, model::Ptr{Ptr{ascribe_model}})
@direct ascribe_model_free(model::Ptr{ascribe_model})::Cvoid
@fallible ascribe_model_clone(model::Ptr{ascribe_model}, result::Ptr{Ptr{ascribe_model}})
@direct ascribe_model_parameters(model::Ptr{ascribe_model})::Csize_t
@direct ascribe_model_dimension(model::Ptr{ascribe_model})::Csize_t
@fallible ascribe_model_parameter_name(
    model::Ptr{ascribe_model}, parameter::Csize_t, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@fallible ascribe_model_parameter_shape(
    model::Ptr{ascribe_model}, parameter::Csize_t, sizes::Ptr{Int64}, capacity::Csize_t, rank::Ptr{Csize_t})
@fallible ascribe_model_parameter(
    model::Ptr{ascribe_model}, parameter::Csize_t, values::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_model_set_parameter(
    model::Ptr{ascribe_model}, parameter::Csize_t, values::Ptr{Cdouble}, count::Csize_t)
@fallible ascribe_model_fit(
    model::Ptr{ascribe_model}, context::Ptr{ascribe_context}, data::Ptr{ascribe_dataset},
    options::Ptr{ascribe_training_options}, watch::Ptr{ascribe_watch})
@fallible ascribe_model_training(model::Ptr{ascribe_model}, training::Ptr{ascribe_training})
@fallible ascribe_model_predict(
    model::Ptr{ascribe_model}, context::Ptr{ascribe_context}, features::Ptr{ascribe_matrix}, outputs::Ptr{Cdouble},
    capacity::Csize_t)
@fallible ascribe_model_predict_f32(
    model::Ptr{ascribe_model}, context::Ptr{ascribe_context}, features::Ptr{ascribe_matrix_f32}, outputs::Ptr{Cdouble},
    capacity::Csize_t)
@direct ascribe_model_outputs(model::Ptr{ascribe_model})::Csize_t
@fallible ascribe_model_evaluate(
    model::Ptr{ascribe_model}, context::Ptr{ascribe_context}, queries::Ptr{ascribe_dataset}, functional::Cstring,
    values::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_model_ranking(
    model::Ptr{ascribe_model}, context::Ptr{ascribe_context}, known::Ptr{ascribe_dataset},
    queries::Ptr{ascribe_dataset}, ranking::Ptr{ascribe_ranking})
@fallible ascribe_model_save(model::Ptr{ascribe_model}, folder::Cstring)
@fallible ascribe_model_load(folder::Cstring, model::Ptr{Ptr{ascribe_model}})
@fallible ascribe_model_restore(model::Ptr{ascribe_model}, folder::Cstring)
@fallible ascribe_model_data(model::Ptr{ascribe_model}, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_model_ledger(model::Ptr{ascribe_model}, ledger::Ptr{Ptr{ascribe_ledger}})

# ---- training step by step
@fallible ascribe_trainer_new(
    context::Ptr{ascribe_context}, model::Ptr{ascribe_model}, data::Ptr{ascribe_dataset},
    options::Ptr{ascribe_training_options}, trainer::Ptr{Ptr{ascribe_trainer}})
@fallible ascribe_trainer_step(trainer::Ptr{ascribe_trainer}, steps::UInt64, watch::Ptr{ascribe_watch})
@fallible ascribe_trainer_run(trainer::Ptr{ascribe_trainer}, watch::Ptr{ascribe_watch})
@fallible ascribe_trainer_training(trainer::Ptr{ascribe_trainer}, training::Ptr{ascribe_training})
@fallible ascribe_trainer_model(trainer::Ptr{ascribe_trainer}, model::Ptr{Ptr{ascribe_model}})
@direct ascribe_trainer_free(trainer::Ptr{ascribe_trainer})::Cvoid

# ---- ledgers
@direct ascribe_ledger_examples(ledger::Ptr{ascribe_ledger})::Csize_t
@direct ascribe_ledger_slots(ledger::Ptr{ascribe_ledger}, example::UInt64)::Csize_t
@fallible ascribe_ledger_slot(
    ledger::Ptr{ascribe_ledger}, example::UInt64, slot::Csize_t, parameter::Ptr{Csize_t}, row::Ptr{UInt64},
    width::Ptr{Csize_t})
@fallible ascribe_ledger_change(
    ledger::Ptr{ascribe_ledger}, example::UInt64, slot::Csize_t, values::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_ledger_remainder(
    ledger::Ptr{ascribe_ledger}, parameter::Csize_t, values::Ptr{Cdouble}, capacity::Csize_t)
@direct ascribe_ledger_free(ledger::Ptr{ascribe_ledger})::Cvoid

# ---- explanation by rollback
@fallible ascribe_rollback_new(
    context::Ptr{ascribe_context}, model::Ptr{ascribe_model}, functional::Cstring, rollback::Ptr{Ptr{ascribe_rollback}})
@fallible ascribe_rollback_explain(
    rollback::Ptr{ascribe_rollback}, queries::Ptr{ascribe_dataset}, options::Ptr{ascribe_rollback_options},
    watch::Ptr{ascribe_watch}, attribution::Ptr{Ptr{ascribe_attribution}})
@fallible ascribe_rollback_without(
    rollback::Ptr{ascribe_rollback}, queries::Ptr{ascribe_dataset}, examples::Ptr{UInt64}, count::Csize_t,
    values::Ptr{Cdouble}, capacity::Csize_t)
@direct ascribe_rollback_free(rollback::Ptr{ascribe_rollback})::Cvoid

# ---- influence
@fallible ascribe_influence_new(
    context::Ptr{ascribe_context}, model::Ptr{ascribe_model}, data::Ptr{ascribe_dataset},
    options::Ptr{ascribe_influence_options}, watch::Ptr{ascribe_watch}, influence::Ptr{Ptr{ascribe_influence}})
@fallible ascribe_influence_standing(influence::Ptr{ascribe_influence}, standing::Ptr{ascribe_standing})
@fallible ascribe_influence_solver(
    influence::Ptr{ascribe_influence}, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@fallible ascribe_influence_explain(
    influence::Ptr{ascribe_influence}, queries::Ptr{ascribe_dataset}, functional::Cstring, watch::Ptr{ascribe_watch},
    attribution::Ptr{Ptr{ascribe_attribution}})
@fallible ascribe_influence_corrected(
    influence::Ptr{ascribe_influence}, queries::Ptr{ascribe_dataset}, functional::Cstring, examples::Ptr{UInt64},
    count::Csize_t, watch::Ptr{ascribe_watch}, scores::Ptr{Cdouble}, leverages::Ptr{Cdouble})
@fallible ascribe_influence_self(
    influence::Ptr{ascribe_influence}, examples::Ptr{UInt64}, count::Csize_t, watch::Ptr{ascribe_watch},
    values::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_influence_what_if(
    influence::Ptr{ascribe_influence}, queries::Ptr{ascribe_dataset}, functional::Cstring, changes::Ptr{ascribe_change},
    count::Csize_t, options::Ptr{ascribe_what_if_options}, watch::Ptr{ascribe_watch},
    what_if::Ptr{Ptr{ascribe_what_if}})
@fallible ascribe_influence_hvp(
    influence::Ptr{ascribe_influence}, directions::Ptr{ascribe_matrix}, watch::Ptr{ascribe_watch},
    products::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_influence_inverse_hvp(
    influence::Ptr{ascribe_influence}, directions::Ptr{ascribe_matrix}, watch::Ptr{ascribe_watch},
    products::Ptr{Cdouble}, capacity::Csize_t)
@direct ascribe_influence_free(influence::Ptr{ascribe_influence})::Cvoid

# ---- attributions
@direct ascribe_attribution_queries(attribution::Ptr{ascribe_attribution})::Csize_t
@direct ascribe_attribution_len(attribution::Ptr{ascribe_attribution}, query::Csize_t)::Csize_t
@fallible ascribe_attribution_value(attribution::Ptr{ascribe_attribution}, query::Csize_t, value::Ptr{Cdouble})
@fallible ascribe_attribution_copy(
    attribution::Ptr{ascribe_attribution}, query::Csize_t, examples::Ptr{UInt64}, scores::Ptr{Cdouble},
    capacity::Csize_t)
@fallible ascribe_attribution_top(
    attribution::Ptr{ascribe_attribution}, query::Csize_t, order::Int32, examples::Ptr{UInt64}, scores::Ptr{Cdouble},
    capacity::Csize_t, found::Ptr{Csize_t})
@fallible ascribe_attribution_certificate(
    attribution::Ptr{ascribe_attribution}, query::Csize_t, certificate::Ptr{ascribe_certificate})
@direct ascribe_attribution_free(attribution::Ptr{ascribe_attribution})::Cvoid

# ---- what-ifs
@direct ascribe_what_if_queries(what_if::Ptr{ascribe_what_if})::Csize_t
@direct ascribe_what_if_levels(what_if::Ptr{ascribe_what_if})::Csize_t
@direct ascribe_what_if_reached(what_if::Ptr{ascribe_what_if})::Int32
@fallible ascribe_what_if_before(what_if::Ptr{ascribe_what_if}, values::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_what_if_level(
    what_if::Ptr{ascribe_what_if}, place::Csize_t, level::Ptr{Int32}, changes::Ptr{Cdouble}, errors::Ptr{Cdouble},
    capacity::Csize_t)
@fallible ascribe_what_if_parameters(
    what_if::Ptr{ascribe_what_if}, place::Csize_t, values::Ptr{Cdouble}, capacity::Csize_t)
@direct ascribe_what_if_free(what_if::Ptr{ascribe_what_if})::Cvoid

# ---- truth by retraining
@fallible ascribe_verify_removal(
    context::Ptr{ascribe_context}, model::Ptr{ascribe_model}, queries::Ptr{ascribe_dataset}, functional::Cstring,
    examples::Ptr{UInt64}, offsets::Ptr{Csize_t}, sets::Csize_t, watch::Ptr{ascribe_watch}, changes::Ptr{Cdouble},
    capacity::Csize_t)
@fallible ascribe_verify_fidelity(
    predicted::Ptr{Cdouble}, truth::Ptr{Cdouble}, count::Csize_t, fidelity::Ptr{ascribe_fidelity})
