//! Models: what they are, and how they are trained at once.

use crate::graph::NodeId;
use crate::session::{self, CustomModel, Model};

use super::*;

/// A model: what it is, the values of its parameters and, once it is trained, its data and ledger. Attributors, trainers and copies
/// that were made of it keep it as it was.
pub struct ascribe_model {
    _opaque: (),
}

concept!(ascribe_model, Model);

/// Makes a model for the examples of a dataset, which is not kept. Options are of the table "triples" for "distmult", "complex" and
/// "transe", and of the table "network" for the others.
/// May be called from any thread at the same time.
///
///   "distmult", "complex", "transe"                              models of triples
///   "linear", "logistic", "softmax", "hinge", "squared-hinge"    models of rows whose outputs are linear in the features
///   "mlp", "cnn"                                                 networks with hidden layers
///
/// @param context NULL for the default one
/// @param kind    the kind of model, by its word
/// @param data    examples as the model is to have them: their entities and relations, or their features and classes
/// @param options NULL for the defaults
/// @param model   receives the model; free it with ascribe_model_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_new(
    context: *const ascribe_context,
    kind: *const c_char,
    data: *const ascribe_dataset,
    options: *const ascribe_options,
    model: *mut *mut ascribe_model,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let model = Out::new(model, "model")?;
        let host = host(context)?;
        let kind = text(kind, "kind")?;
        let data = handle::shared(data, "data")?;
        model.put_new(Model::new(&host, kind, &data, &options_of(options)?)?);
    })
}

/// Makes a model of a graph, which is kept as it is now: training minimizes the mean of the loss over the examples, plus the penalty.
/// Options are of the table "custom".
/// May be called from any thread at the same time.
///
/// @param context NULL for the default one
/// @param graph   the graph
/// @param loss    a per-example scalar
/// @param penalty a shared scalar that is added to every example's loss, or ASCRIBE_NO_NODE
/// @param outputs the per-example value through which the loss depends on the parameters, for Gauss-Newton curvature and
///                leverage, or ASCRIBE_NO_NODE
/// @param options NULL for the defaults
/// @param model   receives the model; free it with ascribe_model_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_custom(
    context: *const ascribe_context,
    graph: *const ascribe_graph,
    loss: ascribe_node,
    penalty: ascribe_node,
    outputs: ascribe_node,
    options: *const ascribe_options,
    model: *mut *mut ascribe_model,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let model = Out::new(model, "model")?;
        let host = host(context)?;
        let graph = handle::shared(graph, "graph")?;
        let optional = |number: ascribe_node, name: &str| -> Result<Option<NodeId>> {
            Ok(if number == ASCRIBE_NO_NODE { None } else { Some(graph.node(number, name)?) })
        };
        let (loss, penalty) = (graph.node(loss, "loss")?, optional(penalty, "penalty")?);
        let custom = CustomModel::new(&graph, loss, penalty, optional(outputs, "outputs")?)?;
        model.put_new(Model::custom(&host, custom, &options_of(options)?)?);
    })
}

/// Trains a model from the values that it has, and keeps the data and, where there is one, the ledger with it. A training
/// that fails, diverges (see ascribe_trainer_step()) or is canceled leaves the model as it was. Options are of the table "training".
/// Needs exclusive access to `model`.
///
/// @param model   the model
/// @param context NULL for the default one
/// @param data    the examples
/// @param options NULL for the defaults
/// @param monitor progress and cancellation, or NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_fit(
    model: *mut ascribe_model,
    context: *const ascribe_context,
    data: *const ascribe_dataset,
    options: *const ascribe_options,
    monitor: *const ascribe_monitor,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let mut model = handle::exclusive(model, "model")?;
        let host = host(context)?;
        let data = handle::shared(data, "data")?;
        model.fit(&host, &data, &options_of(options)?, &monitor_of(monitor)?)?;
    })
}

/// Gets how the last training of a model went.
/// May be called from any thread at the same time.
///
/// @param model    a model that was trained
/// @param training receives the result as far as its struct_size says
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_training(
    model: *const ascribe_model,
    training: *mut ascribe_training,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        StructOut::new(training, "training")?.put(handle::shared(model, "model")?.training()?.into());
    })
}

/// Gets how smooth a model's training is in the weights of its examples: the empirical metasmoothness, by training three times more with
/// weights that differ by a hundredth. 1: parameters move steadily with the weights, and derivatives can predict removal. Near 0: the
/// training is chaotic, and no attribution predicts it. What is found is kept with the model and its folder; ascribe_model_describe() and
/// ascribe_attributor_describe() have it under "smoothness".
/// May be called from any thread at the same time.
///
/// Fails with ASCRIBE_UNSUPPORTED for a model that was not trained by steps of an optimizer alone, such as one that was minimized.
///
/// @param model      a model that was trained
/// @param context    NULL for the default one
/// @param monitor    progress and cancellation, or NULL
/// @param smoothness receives the smoothness, from -1 to 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_smoothness(
    model: *const ascribe_model,
    context: *const ascribe_context,
    monitor: *const ascribe_monitor,
    smoothness: *mut f64,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let smoothness = Out::new(smoothness, "smoothness")?;
        let model = handle::shared(model, "model")?;
        let host = host(context)?;
        smoothness.put(session::smoothness(&host, &model, &monitor_of(monitor)?)?);
    })
}

/// Measures what "rollback" predicts by removing some examples, each by a training without it, and keeps the result with the model, until
/// it is trained again; ascribe_attributor_describe() has it under "calibration" after the first explanation, which otherwise removes as
/// many as the option "calibrate" says. Nothing is measured of models that are not of triples. A call that fails or is canceled leaves the
/// model as it was.
/// Needs exclusive access to `model`.
///
/// Fails with ASCRIBE_UNSUPPORTED for a model without a ledger.
///
/// @param model    a model that was trained
/// @param context  NULL for the default one
/// @param removals how many examples are removed; the same ones for the same seed of the model
/// @param monitor  progress and cancellation, or NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_calibrate(
    model: *mut ascribe_model,
    context: *const ascribe_context,
    removals: usize,
    monitor: *const ascribe_monitor,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let mut model = handle::exclusive(model, "model")?;
        let host = host(context)?;
        model.calibrate(&host, removals, &monitor_of(monitor)?)?;
    })
}

/// Gets a description of a model as JSON: its family and kind, its options, precision and seed, how it was trained, and its data.
/// May be called from any thread at the same time.
///
/// @param model    the model
/// @param buffer   receives the text and a zero; NULL to get the length alone
/// @param capacity how many bytes fit in the buffer, at least length + 1
/// @param length   receives the length in bytes, without the zero
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_describe(
    model: *const ascribe_model,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        TextOut::new(buffer, capacity, length)?.put(&handle::shared(model, "model")?.describe()?.to_string())?;
    })
}

/// Gets the data that a model was trained on.
/// May be called from any thread at the same time.
///
/// @param model   a model that was trained
/// @param dataset receives the dataset; free it with ascribe_dataset_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_data(
    model: *const ascribe_model,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        Out::new(dataset, "dataset")?.put_new(handle::shared(model, "model")?.data()?.clone());
    })
}

/// Copies a model; values are shared until one of the two changes.
/// May be called from any thread at the same time.
///
/// @param model  the model
/// @param result receives the model; free it with ascribe_model_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_clone(
    model: *const ascribe_model,
    result: *mut *mut ascribe_model,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        Out::new(result, "result")?.put_new(handle::shared(model, "model")?.clone());
    })
}
