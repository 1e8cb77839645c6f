# The structs of the C interface, field by field; tests compare sizes and places with the C compiler's.

# Elements of arrays and short arguments.

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

struct ascribe_layer
    kind::Int32
    a::Int64
    b::Int64
end

struct ascribe_change
    kind::Int32
    example::UInt64
    weight::Cdouble
    with::Ptr{ascribe_dataset}
    row::UInt64
end

struct ascribe_progress
    struct_size::Csize_t
    phase::Cstring
    done::UInt64
    total::UInt64
    value::Cdouble
    quality::Cdouble
end

# Options, filled with defaults by the library, and results, filled by it as far as `struct_size` says. All are mutable,
# so that they can be passed by reference and changed field by field.

"Declares a mutable struct that begins with its own size and is otherwise zero."
macro growing(name, fields)
    fields = filter(field -> !(field isa LineNumberNode), fields.args)
    return esc(quote
        mutable struct $name
            struct_size::Csize_t
            $(fields...)
            function $name()
                made = new()
                ccall(:memset, Ptr{Cvoid}, (Any, Cint, Csize_t), made, 0, sizeof($name))
                made.struct_size = sizeof($name)
                return made
            end
        end
    end)
end

@growing ascribe_watch begin
    progress::Ptr{Cvoid}
    progress_data::Ptr{Cvoid}
    cancel::Ptr{ascribe_cancel}
end

@growing ascribe_context_options begin
    threads::Int64
    seed::UInt64
    log::Ptr{Cvoid}
    log_data::Ptr{Cvoid}
    log_level::Int32
    log_free::Ptr{Cvoid}
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

@growing ascribe_ranking begin
    mean_reciprocal_rank::Cdouble
    hits_at_1::Cdouble
    hits_at_3::Cdouble
    hits_at_10::Cdouble
    queries::UInt64
end

@growing ascribe_table_options begin
    target::Cstring
    targets::Int32
    standardize::Int32
end

@growing ascribe_rollback_options begin
    scope::Int32
    effort::Int32
    rerank::Int64
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

@growing ascribe_certificate begin
    residual::Cdouble
    relative_residual::Cdouble
    tolerance::Cdouble
    converged::Int32
    iterations::UInt64
    products::UInt64
end

@growing ascribe_what_if_options begin
    until::Int32
    tolerance::Cdouble
    gradient::Cdouble
    iterations::Int64
end

@growing ascribe_fidelity begin
    pearson::Cdouble
    spearman::Cdouble
    slope::Cdouble
    maximum_error::Cdouble
    count::UInt64
end
