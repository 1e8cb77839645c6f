# Generated from include/ascribe.h; do not edit. To generate it again:
#     julia bindings/julia/gen/declarations.jl

const ASCRIBE_ABI_VERSION = Int32(0)
const ASCRIBE_VERSION_MAJOR = Int32(0)
const ASCRIBE_VERSION_MINOR = Int32(1)
const ASCRIBE_VERSION_PATCH = Int32(0)

@handles ascribe_attribution ascribe_attributor ascribe_cancel ascribe_context ascribe_dataset ascribe_error ascribe_graph ascribe_ledger ascribe_ledger_builder ascribe_model ascribe_options ascribe_trainer ascribe_what_if

const ascribe_status = Int32
const ascribe_log_fn = Ptr{Cvoid} # (level::Cstring, target::Cstring, message::Cstring, user_data::Ptr{Cvoid})::Cvoid
const ascribe_log_free_fn = Ptr{Cvoid} # (user_data::Ptr{Cvoid})::Cvoid

@growing ascribe_context_options(threads::Int64, seed::UInt64, log::ascribe_log_fn, log_data::Ptr{Cvoid}, log_level::Cstring, log_free::ascribe_log_free_fn)
@plain ascribe_progress(struct_size::Csize_t, phase::Cstring, done::UInt64, total::UInt64, value::Cdouble, quality::Cdouble)

const ascribe_progress_fn = Ptr{Cvoid} # (event::Ptr{ascribe_progress}, user_data::Ptr{Cvoid})::Int32

@growing ascribe_monitor(progress::ascribe_progress_fn, progress_data::Ptr{Cvoid}, cancel::Ptr{ascribe_cancel})
@plain ascribe_matrix(data::Ptr{Cdouble}, rows::Int64, cols::Int64, row_stride::Int64, col_stride::Int64)
@plain ascribe_matrix_f32(data::Ptr{Cfloat}, rows::Int64, cols::Int64, row_stride::Int64, col_stride::Int64)

const ascribe_node = UInt32

@growing ascribe_training(steps::UInt64, epochs::UInt64, loss::Cdouble, objective::Cdouble, gradient_norm::Cdouble, converged::Int32, finished::Int32, best_epoch::Int64, clamped::Cdouble, given::Int32)
@growing ascribe_ranking(mean_reciprocal_rank::Cdouble, hits_at_1::Cdouble, hits_at_3::Cdouble, hits_at_10::Cdouble, queries::UInt64)
@growing ascribe_certificate(residual::Cdouble, relative_residual::Cdouble, tolerance::Cdouble, converged::Int32, iterations::UInt64, products::UInt64)
@growing ascribe_diagnostics(examples::UInt64, parameters::UInt64, damping::Cdouble, value::Cdouble, gradient_norm::Cdouble, gradient_length::Cdouble, lowest::Cdouble, highest::Cdouble, products::UInt64, worst_residual::Cdouble, at_minimum::Int32, converged::Int32, factored::Int32)
@plain ascribe_change(struct_size::Csize_t, kind::Cstring, example::UInt64, data::Ptr{ascribe_dataset}, row::UInt64, weight::Cdouble)
@growing ascribe_fidelity(pearson::Cdouble, spearman::Cdouble, slope::Cdouble, maximum_error::Cdouble, count::UInt64)

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
@direct ascribe_monitor_init(monitor::Ptr{ascribe_monitor}, size::Csize_t)::Cvoid
@fallible ascribe_options_new(options::Ptr{Ptr{ascribe_options}})
@fallible ascribe_options_set_number(options::Ptr{ascribe_options}, name::Cstring, value::Cdouble)
@fallible ascribe_options_set_integer(options::Ptr{ascribe_options}, name::Cstring, value::Int64)
@fallible ascribe_options_set_flag(options::Ptr{ascribe_options}, name::Cstring, value::Int32)
@fallible ascribe_options_set_text(options::Ptr{ascribe_options}, name::Cstring, value::Cstring)
@fallible ascribe_options_describe(table::Cstring, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@direct ascribe_options_free(options::Ptr{ascribe_options})::Cvoid
@fallible ascribe_dataset_load(format::Cstring, paths::Ptr{Ptr{UInt8}}, count::Csize_t, options::Ptr{ascribe_options}, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_load_like(like::Ptr{ascribe_dataset}, paths::Ptr{Ptr{UInt8}}, count::Csize_t, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_from_triples(triples::Ptr{UInt32}, count::Csize_t, entities::UInt32, relations::UInt32, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_from_matrix(features::Ptr{ascribe_matrix}, targets::Ptr{Cdouble}, target_count::Csize_t, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_from_matrix_f32(features::Ptr{ascribe_matrix_f32}, targets::Ptr{Cdouble}, target_count::Csize_t, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_new(count::Csize_t, dataset::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_set_numbers(dataset::Ptr{ascribe_dataset}, input::Cstring, values::Ptr{ascribe_matrix})
@fallible ascribe_dataset_set_numbers_f32(dataset::Ptr{ascribe_dataset}, input::Cstring, values::Ptr{ascribe_matrix_f32})
@fallible ascribe_dataset_set_ids(dataset::Ptr{ascribe_dataset}, input::Cstring, ids::Ptr{UInt32}, count::Csize_t, width::Csize_t)
@fallible ascribe_dataset_set_labels(dataset::Ptr{ascribe_dataset}, labels::Ptr{UInt32}, count::Csize_t, classes::UInt32)
@direct ascribe_dataset_len(dataset::Ptr{ascribe_dataset})::Csize_t
@fallible ascribe_dataset_part(dataset::Ptr{ascribe_dataset}, part::Cstring, result::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_select(dataset::Ptr{ascribe_dataset}, examples::Ptr{UInt64}, count::Csize_t, result::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_query(dataset::Ptr{ascribe_dataset}, head::Cstring, relation::Cstring, tail::Cstring, result::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_dataset_triples(dataset::Ptr{ascribe_dataset}, triples::Ptr{UInt32}, capacity::Csize_t)
@fallible ascribe_dataset_describe(dataset::Ptr{ascribe_dataset}, example::UInt64, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@direct ascribe_dataset_features(dataset::Ptr{ascribe_dataset})::Csize_t
@direct ascribe_dataset_classes(dataset::Ptr{ascribe_dataset})::Csize_t
@fallible ascribe_dataset_class_name(dataset::Ptr{ascribe_dataset}, label::UInt32, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@fallible ascribe_dataset_labels(dataset::Ptr{ascribe_dataset}, labels::Ptr{UInt32}, capacity::Csize_t)
@fallible ascribe_dataset_targets(dataset::Ptr{ascribe_dataset}, targets::Ptr{Cdouble}, capacity::Csize_t)
@direct ascribe_dataset_free(dataset::Ptr{ascribe_dataset})::Cvoid
@fallible ascribe_graph_new(graph::Ptr{Ptr{ascribe_graph}})
@fallible ascribe_graph_leaf(graph::Ptr{ascribe_graph}, kind::Cstring, name::Cstring, sizes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_fill(graph::Ptr{ascribe_graph}, value::Cdouble, sizes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_unary(graph::Ptr{ascribe_graph}, operation::Cstring, x::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_with_constant(graph::Ptr{ascribe_graph}, operation::Cstring, x::ascribe_node, c::Cdouble, node::Ptr{ascribe_node})
@fallible ascribe_graph_binary(graph::Ptr{ascribe_graph}, operation::Cstring, a::ascribe_node, b::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_einsum(graph::Ptr{ascribe_graph}, spec::Cstring, a::ascribe_node, b::ascribe_node, over_batch::Int32, node::Ptr{ascribe_node})
@fallible ascribe_graph_gather(graph::Ptr{ascribe_graph}, operation::Cstring, x::ascribe_node, ids::ascribe_node, node::Ptr{ascribe_node})
@fallible ascribe_graph_scatter(graph::Ptr{ascribe_graph}, operation::Cstring, x::ascribe_node, ids::ascribe_node, size::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_along_axis(graph::Ptr{ascribe_graph}, operation::Cstring, x::ascribe_node, axis::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_resize(graph::Ptr{ascribe_graph}, operation::Cstring, x::ascribe_node, axis::Int64, start::Int64, size::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_expand(graph::Ptr{ascribe_graph}, x::ascribe_node, axis::Int64, size::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_reshape(graph::Ptr{ascribe_graph}, x::ascribe_node, sizes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_permute(graph::Ptr{ascribe_graph}, x::ascribe_node, axes::Ptr{Int64}, rank::Csize_t, node::Ptr{ascribe_node})
@fallible ascribe_graph_concatenate(graph::Ptr{ascribe_graph}, a::ascribe_node, b::ascribe_node, axis::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_windows(graph::Ptr{ascribe_graph}, operation::Cstring, x::ascribe_node, size_height::Int64, size_width::Int64, stride_height::Int64, stride_width::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_convolve2d(graph::Ptr{ascribe_graph}, image::ascribe_node, weights::ascribe_node, stride_height::Int64, stride_width::Int64, padding_height::Int64, padding_width::Int64, node::Ptr{ascribe_node})
@fallible ascribe_graph_gradient(graph::Ptr{ascribe_graph}, of::ascribe_node, by::Ptr{ascribe_node}, count::Csize_t, nodes::Ptr{ascribe_node})
@fallible ascribe_graph_own(graph::Ptr{ascribe_graph}, parameter::ascribe_node, ids::ascribe_node)
@fallible ascribe_graph_functional(graph::Ptr{ascribe_graph}, name::Cstring, node::ascribe_node)
@fallible ascribe_graph_shape(graph::Ptr{ascribe_graph}, node::ascribe_node, sizes::Ptr{Int64}, capacity::Csize_t, rank::Ptr{Csize_t})
@direct ascribe_graph_free(graph::Ptr{ascribe_graph})::Cvoid
@fallible ascribe_model_new(context::Ptr{ascribe_context}, kind::Cstring, data::Ptr{ascribe_dataset}, options::Ptr{ascribe_options}, model::Ptr{Ptr{ascribe_model}})
@fallible ascribe_model_custom(context::Ptr{ascribe_context}, graph::Ptr{ascribe_graph}, loss::ascribe_node, penalty::ascribe_node, outputs::ascribe_node, options::Ptr{ascribe_options}, model::Ptr{Ptr{ascribe_model}})
@fallible ascribe_model_fit(model::Ptr{ascribe_model}, context::Ptr{ascribe_context}, data::Ptr{ascribe_dataset}, options::Ptr{ascribe_options}, monitor::Ptr{ascribe_monitor})
@fallible ascribe_model_training(model::Ptr{ascribe_model}, training::Ptr{ascribe_training})
@fallible ascribe_model_smoothness(model::Ptr{ascribe_model}, context::Ptr{ascribe_context}, monitor::Ptr{ascribe_monitor}, smoothness::Ptr{Cdouble})
@fallible ascribe_model_calibrate(model::Ptr{ascribe_model}, context::Ptr{ascribe_context}, removals::Csize_t, monitor::Ptr{ascribe_monitor})
@fallible ascribe_model_describe(model::Ptr{ascribe_model}, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@fallible ascribe_model_data(model::Ptr{ascribe_model}, dataset::Ptr{Ptr{ascribe_dataset}})
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
@direct ascribe_model_free(model::Ptr{ascribe_model})::Cvoid
@fallible ascribe_trainer_new(context::Ptr{ascribe_context}, model::Ptr{ascribe_model}, data::Ptr{ascribe_dataset}, options::Ptr{ascribe_options}, trainer::Ptr{Ptr{ascribe_trainer}})
@fallible ascribe_trainer_step(trainer::Ptr{ascribe_trainer}, steps::UInt64, monitor::Ptr{ascribe_monitor})
@fallible ascribe_trainer_training(trainer::Ptr{ascribe_trainer}, training::Ptr{ascribe_training})
@fallible ascribe_trainer_model(trainer::Ptr{ascribe_trainer}, model::Ptr{Ptr{ascribe_model}})
@direct ascribe_trainer_free(trainer::Ptr{ascribe_trainer})::Cvoid
@direct ascribe_attribution_queries(attribution::Ptr{ascribe_attribution})::Csize_t
@direct ascribe_attribution_len(attribution::Ptr{ascribe_attribution}, query::Csize_t)::Csize_t
@fallible ascribe_attribution_unit(attribution::Ptr{ascribe_attribution}, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@fallible ascribe_attribution_value(attribution::Ptr{ascribe_attribution}, query::Csize_t, value::Ptr{Cdouble})
@fallible ascribe_attribution_copy(attribution::Ptr{ascribe_attribution}, query::Csize_t, examples::Ptr{UInt64}, scores::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_attribution_top(attribution::Ptr{ascribe_attribution}, query::Csize_t, order::Cstring, examples::Ptr{UInt64}, scores::Ptr{Cdouble}, capacity::Csize_t, found::Ptr{Csize_t})
@fallible ascribe_attribution_growth(attribution::Ptr{ascribe_attribution}, query::Csize_t, growth::Ptr{Cdouble})
@fallible ascribe_attribution_upper_tail(attribution::Ptr{ascribe_attribution}, query::Csize_t, count::Csize_t, tail::Ptr{Cdouble})
@fallible ascribe_attribution_certificate(attribution::Ptr{ascribe_attribution}, query::Csize_t, certificate::Ptr{ascribe_certificate})
@direct ascribe_attribution_free(attribution::Ptr{ascribe_attribution})::Cvoid
@fallible ascribe_attributor_new(context::Ptr{ascribe_context}, model::Ptr{ascribe_model}, method::Cstring, data::Ptr{ascribe_dataset}, options::Ptr{ascribe_options}, monitor::Ptr{ascribe_monitor}, attributor::Ptr{Ptr{ascribe_attributor}})
@fallible ascribe_attributor_explain(attributor::Ptr{ascribe_attributor}, queries::Ptr{ascribe_dataset}, functional::Cstring, monitor::Ptr{ascribe_monitor}, attribution::Ptr{Ptr{ascribe_attribution}})
@fallible ascribe_attributor_describe(attributor::Ptr{ascribe_attributor}, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@fallible ascribe_attributor_diagnostics(attributor::Ptr{ascribe_attributor}, diagnostics::Ptr{ascribe_diagnostics})
@direct ascribe_attributor_examples(attributor::Ptr{ascribe_attributor})::Csize_t
@fallible ascribe_attributor_plan(context::Ptr{ascribe_context}, model::Ptr{ascribe_model}, data::Ptr{ascribe_dataset}, options::Ptr{ascribe_options}, monitor::Ptr{ascribe_monitor}, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@fallible ascribe_attributor_self(attributor::Ptr{ascribe_attributor}, examples::Ptr{UInt64}, count::Csize_t, monitor::Ptr{ascribe_monitor}, values::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_attributor_leave_one_out(attributor::Ptr{ascribe_attributor}, queries::Ptr{ascribe_dataset}, functional::Cstring, examples::Ptr{UInt64}, count::Csize_t, monitor::Ptr{ascribe_monitor}, scores::Ptr{Cdouble}, scores_capacity::Csize_t, leverages::Ptr{Cdouble}, leverages_capacity::Csize_t)
@fallible ascribe_attributor_error_bounds(attributor::Ptr{ascribe_attributor}, queries::Ptr{ascribe_dataset}, functional::Cstring, examples::Ptr{UInt64}, count::Csize_t, monitor::Ptr{ascribe_monitor}, bounds::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_attributor_input_effects(attributor::Ptr{ascribe_attributor}, queries::Ptr{ascribe_dataset}, functional::Cstring, input::Cstring, examples::Ptr{UInt64}, count::Csize_t, monitor::Ptr{ascribe_monitor}, effects::Ptr{Cdouble}, capacity::Csize_t, width::Ptr{Csize_t})
@fallible ascribe_attributor_attack(attributor::Ptr{ascribe_attributor}, queries::Ptr{ascribe_dataset}, functional::Cstring, input::Cstring, examples::Ptr{UInt64}, count::Csize_t, options::Ptr{ascribe_options}, monitor::Ptr{ascribe_monitor}, values::Ptr{Cdouble}, capacity::Csize_t, found::Ptr{Csize_t}, perturbed::Ptr{Ptr{ascribe_dataset}})
@fallible ascribe_attributor_products(attributor::Ptr{ascribe_attributor}, by::Cstring, directions::Ptr{ascribe_matrix}, monitor::Ptr{ascribe_monitor}, products::Ptr{Cdouble}, capacity::Csize_t)
@direct ascribe_attributor_free(attributor::Ptr{ascribe_attributor})::Cvoid
@fallible ascribe_attributor_what_if(attributor::Ptr{ascribe_attributor}, queries::Ptr{ascribe_dataset}, functional::Cstring, changes::Ptr{ascribe_change}, count::Csize_t, options::Ptr{ascribe_options}, monitor::Ptr{ascribe_monitor}, what_if::Ptr{Ptr{ascribe_what_if}})
@direct ascribe_what_if_queries(what_if::Ptr{ascribe_what_if})::Csize_t
@direct ascribe_what_if_levels(what_if::Ptr{ascribe_what_if})::Csize_t
@direct ascribe_what_if_reached(what_if::Ptr{ascribe_what_if})::Int32
@fallible ascribe_what_if_before(what_if::Ptr{ascribe_what_if}, values::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_what_if_level_name(what_if::Ptr{ascribe_what_if}, level::Csize_t, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
@fallible ascribe_what_if_changes(what_if::Ptr{ascribe_what_if}, level::Csize_t, changes::Ptr{Cdouble}, errors::Ptr{Cdouble}, capacity::Csize_t, gradient_norm::Ptr{Cdouble}, at_minimum::Ptr{Int32})
@fallible ascribe_what_if_parameters(what_if::Ptr{ascribe_what_if}, level::Csize_t, values::Ptr{Cdouble}, capacity::Csize_t)
@direct ascribe_what_if_free(what_if::Ptr{ascribe_what_if})::Cvoid
@fallible ascribe_retraining_changes(context::Ptr{ascribe_context}, model::Ptr{ascribe_model}, queries::Ptr{ascribe_dataset}, functional::Cstring, examples::Ptr{UInt64}, offsets::Ptr{Csize_t}, sets::Csize_t, monitor::Ptr{ascribe_monitor}, changes::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_retraining_fidelity(predicted::Ptr{Cdouble}, truth::Ptr{Cdouble}, count::Csize_t, fidelity::Ptr{ascribe_fidelity})
@fallible ascribe_model_ledger(model::Ptr{ascribe_model}, ledger::Ptr{Ptr{ascribe_ledger}})
@direct ascribe_ledger_examples(ledger::Ptr{ascribe_ledger})::Csize_t
@direct ascribe_ledger_slots(ledger::Ptr{ascribe_ledger}, example::UInt64)::Csize_t
@fallible ascribe_ledger_slot(ledger::Ptr{ascribe_ledger}, example::UInt64, slot::Csize_t, parameter::Ptr{Csize_t}, row::Ptr{UInt64}, width::Ptr{Csize_t})
@fallible ascribe_ledger_change(ledger::Ptr{ascribe_ledger}, example::UInt64, slot::Csize_t, values::Ptr{Cdouble}, capacity::Csize_t)
@fallible ascribe_ledger_remainder(ledger::Ptr{ascribe_ledger}, parameter::Csize_t, values::Ptr{Cdouble}, capacity::Csize_t)
@direct ascribe_ledger_free(ledger::Ptr{ascribe_ledger})::Cvoid
@fallible ascribe_ledger_builder_new(model::Ptr{ascribe_model}, data::Ptr{ascribe_dataset}, rule::Cstring, builder::Ptr{Ptr{ascribe_ledger_builder}})
@fallible ascribe_ledger_builder_record(builder::Ptr{ascribe_ledger_builder}, example::UInt64, parameter::Csize_t, row::UInt64, change::Ptr{Cdouble}, curvature::Ptr{Cdouble}, width::Csize_t)
@fallible ascribe_ledger_builder_end_step(builder::Ptr{ascribe_ledger_builder}, learning_rate::Cdouble)
@fallible ascribe_ledger_builder_end_epoch(builder::Ptr{ascribe_ledger_builder})
@direct ascribe_ledger_builder_free(builder::Ptr{ascribe_ledger_builder})::Cvoid
@fallible ascribe_model_set_data(model::Ptr{ascribe_model}, context::Ptr{ascribe_context}, data::Ptr{ascribe_dataset}, options::Ptr{ascribe_options}, monitor::Ptr{ascribe_monitor})
@fallible ascribe_model_set_ledger(model::Ptr{ascribe_model}, builder::Ptr{ascribe_ledger_builder})
@fallible ascribe_model_save(model::Ptr{ascribe_model}, folder::Cstring)
@fallible ascribe_model_load(folder::Cstring, model::Ptr{Ptr{ascribe_model}})
@fallible ascribe_model_restore(model::Ptr{ascribe_model}, folder::Cstring)
@fallible ascribe_model_inspect(folder::Cstring, buffer::Ptr{UInt8}, capacity::Csize_t, length::Ptr{Csize_t})
