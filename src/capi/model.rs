//! What is trained and asked.

use core::ffi::c_char;

use crate::graph::NodeId;
use crate::models::network::{Activation, Layer, NetworkLoss};
use crate::models::triples::Candidates;
use crate::models::triples::{Loss, Sides};
use crate::session::{CustomModel, CustomOptions, Model, NetworkOptions, TripleOptions};
use crate::tensor::Precision;

use super::context::{ascribe_context, host};
use super::dataset::ascribe_dataset;
use super::error::ascribe_error;
use super::graph::{ASCRIBE_NO_NODE, ascribe_graph, ascribe_node};
use super::guard::guard;
use super::handle::{self, Concept};
use super::input::{choice, flag, optional_text, size, slice};
use super::options::{self, fields};
use super::out::Out;
use super::status::{Failure, Result, ascribe_status};

/// Double precision.
pub const ASCRIBE_F64: i32 = 0;
/// Single precision.
pub const ASCRIBE_F32: i32 = 1;

const PRECISIONS: [(i32, Precision); 2] = [(ASCRIBE_F64, Precision::F64), (ASCRIBE_F32, Precision::F32)];

/// Cross-entropy of a softmax over the true candidate and sampled ones.
pub const ASCRIBE_LOSS_SAMPLED_SOFTMAX: i32 = 0;
/// Logistic losses of the true candidate against one and of sampled ones against zero.
pub const ASCRIBE_LOSS_BINARY_CROSS_ENTROPY: i32 = 1;
/// Cross-entropy of a softmax over every entity.
pub const ASCRIBE_LOSS_FULL_SOFTMAX: i32 = 2;

/// Tails are compared with other candidates.
pub const ASCRIBE_SIDES_TAILS: i32 = 0;
/// Heads are compared with other candidates.
pub const ASCRIBE_SIDES_HEADS: i32 = 1;
/// Both are; the losses are added.
pub const ASCRIBE_SIDES_BOTH: i32 = 2;

const SIDES: [(i32, Sides); 3] =
    [(ASCRIBE_SIDES_TAILS, Sides::Tails), (ASCRIBE_SIDES_HEADS, Sides::Heads), (ASCRIBE_SIDES_BOTH, Sides::Both)];

/// Candidates are drawn anew in every epoch.
pub const ASCRIBE_CANDIDATES_EACH_EPOCH: i32 = 0;
/// Candidates are drawn once.
pub const ASCRIBE_CANDIDATES_ONCE: i32 = 1;

const CANDIDATES: [(i32, Candidates); 2] =
    [(ASCRIBE_CANDIDATES_EACH_EPOCH, Candidates::EachEpoch), (ASCRIBE_CANDIDATES_ONCE, Candidates::Once)];

/// Half the square of output minus target.
pub const ASCRIBE_LOSS_SQUARED: i32 = 0;
/// The logistic loss of two classes.
pub const ASCRIBE_LOSS_LOGISTIC: i32 = 1;
/// The hinge of two classes, smoothed.
pub const ASCRIBE_LOSS_HINGE: i32 = 2;
/// Cross-entropy of a softmax over the classes.
pub const ASCRIBE_LOSS_SOFTMAX: i32 = 3;
/// The loss follows the targets: squared for numbers, logistic for two classes, softmax for more.
pub const ASCRIBE_LOSS_BY_TARGETS: i32 = -1;

/// A matrix product; `a` is the number of outputs.
pub const ASCRIBE_LAYER_DENSE: i32 = 0;
/// A convolution without padding; `a` is the channels out, `b` the side of the square window.
pub const ASCRIBE_LAYER_CONVOLUTION: i32 = 1;
/// An elementwise function; `a` is one of the ASCRIBE_ACTIVATION_... constants.
pub const ASCRIBE_LAYER_ACTIVATION: i32 = 2;
/// The largest value of each square window; `a` is its side. Windows do not overlap.
pub const ASCRIBE_LAYER_MAX_POOL: i32 = 3;
/// The mean of each square window; `a` is its side. Windows do not overlap.
pub const ASCRIBE_LAYER_AVERAGE_POOL: i32 = 4;

/// tanh x.
pub const ASCRIBE_ACTIVATION_TANH: i32 = 0;
/// max(x, 0).
pub const ASCRIBE_ACTIVATION_RELU: i32 = 1;
/// x times the normal distribution function of x.
pub const ASCRIBE_ACTIVATION_GELU: i32 = 2;
/// ln(1 + exp x).
pub const ASCRIBE_ACTIVATION_SOFTPLUS: i32 = 3;
/// 1 / (1 + exp -x).
pub const ASCRIBE_ACTIVATION_SIGMOID: i32 = 4;

const ACTIVATIONS: [(i32, Activation); 5] = [
    (ASCRIBE_ACTIVATION_TANH, Activation::Tanh),
    (ASCRIBE_ACTIVATION_RELU, Activation::Relu),
    (ASCRIBE_ACTIVATION_GELU, Activation::Gelu),
    (ASCRIBE_ACTIVATION_SOFTPLUS, Activation::Softplus),
    (ASCRIBE_ACTIVATION_SIGMOID, Activation::Sigmoid),
];

/// A model: what it is, the values of its parameters and, once it is trained, its data and ledger. Explanations, trainers and copies
/// that were made of it keep it as it was.
pub struct ascribe_model {
    _opaque: (),
}

impl Concept for ascribe_model {
    type Value = Model;
    const NAME: &'static str = "ascribe_model";
}

/// The seed that options give; one below zero stands for another's.
pub(super) fn seed(number: i64) -> Option<u64> {
    u64::try_from(number).ok()
}

/// What a model of triples is; fill it with ascribe_triple_options_init().
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_triple_options {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// The name of the model: "distmult" (NULL, the default), "complex" or "transe".
    pub kind: *const c_char,
    /// The dimension of an embedding; 10 by default.
    pub dimension: i64,
    /// Initial values are drawn uniformly from minus to plus this number; 0.5 by default.
    pub initial: f64,
    /// ASCRIBE_LOSS_SAMPLED_SOFTMAX (the default), _BINARY_CROSS_ENTROPY or _FULL_SOFTMAX.
    pub loss: i32,
    /// Which places of a triple are compared with other candidates: ASCRIBE_SIDES_TAILS (the default), _HEADS or _BOTH.
    pub sides: i32,
    /// When candidates are drawn: ASCRIBE_CANDIDATES_EACH_EPOCH (the default) or _ONCE.
    pub candidates: i32,
    /// How many candidates are drawn, for losses that sample; 13 by default.
    pub negatives: i64,
    /// ASCRIBE_F64 (the default) or ASCRIBE_F32.
    pub precision: i32,
    /// The seed of initial values; -1 (the default) for the context's.
    pub seed: i64,
}

fields!(ascribe_triple_options {
    struct_size,
    kind,
    dimension,
    initial,
    loss,
    sides,
    candidates,
    negatives,
    precision,
    seed
});

impl Default for ascribe_triple_options {
    fn default() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            kind: std::ptr::null(),
            dimension: 10,
            initial: 0.5,
            loss: ASCRIBE_LOSS_SAMPLED_SOFTMAX,
            sides: ASCRIBE_SIDES_TAILS,
            candidates: ASCRIBE_CANDIDATES_EACH_EPOCH,
            negatives: 13,
            precision: ASCRIBE_F64,
            seed: -1,
        }
    }
}

/// Fills options of a model of triples with the defaults.
///
/// @param options receives the defaults; NULL is left alone
/// @param size    sizeof(ascribe_triple_options), as the caller was compiled; no more bytes are written
///
/// Needs exclusive access to `options`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_triple_options_init(options: *mut ascribe_triple_options, size: usize) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { options::init(options, size) }
}
/// Makes a model of triples for the entities and relations of a dataset, which is not kept.
///
/// @param context NULL for the default one
/// @param data    a dataset of triples
/// @param options NULL for the defaults
/// @param model   receives the model; free it with ascribe_model_free()
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_triples(
    context: *const ascribe_context,
    data: *const ascribe_dataset,
    options: *const ascribe_triple_options,
    model: *mut *mut ascribe_model,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let model = Out::new(model, "model")?;
            let host = host(context)?;
            let data = handle::shared(data, "data")?;
            let options = options::read(options, "options")?;
            let negatives = size(options.negatives, "options.negatives")?;
            let losses = [
                (ASCRIBE_LOSS_SAMPLED_SOFTMAX, Loss::SampledSoftmax { negatives }),
                (ASCRIBE_LOSS_BINARY_CROSS_ENTROPY, Loss::BinaryCrossEntropy { negatives }),
                (ASCRIBE_LOSS_FULL_SOFTMAX, Loss::FullSoftmax),
            ];
            let options = TripleOptions {
                kind: optional_text(options.kind, "options.kind")?.unwrap_or("distmult").to_owned(),
                dimension: size(options.dimension, "options.dimension")?,
                initial: options.initial,
                loss: choice(options.loss, "options.loss", &losses)?,
                sides: choice(options.sides, "options.sides", &SIDES)?,
                candidates: choice(options.candidates, "options.candidates", &CANDIDATES)?,
                precision: choice(options.precision, "options.precision", &PRECISIONS)?,
                seed: seed(options.seed),
            };
            model.put_new(Model::triples(&host, &data, &options)?);
            Ok(())
        })
    }
}
/// One step from features to outputs. It is an element of an array and never grows.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_layer {
    /// ASCRIBE_LAYER_...
    pub kind: i32,
    /// What the kind says.
    pub a: i64,
    /// What the kind says.
    pub b: i64,
}

impl ascribe_layer {
    fn read(self, place: usize) -> Result<Layer> {
        let (a, b) = (format!("options.layers[{place}].a"), format!("options.layers[{place}].b"));
        Ok(match self.kind {
            ASCRIBE_LAYER_DENSE => Layer::Dense(size(self.a, a)?),
            ASCRIBE_LAYER_CONVOLUTION => Layer::Convolution { channels: size(self.a, a)?, window: size(self.b, b)? },
            ASCRIBE_LAYER_ACTIVATION => {
                let number = i32::try_from(self.a).unwrap_or(-1);
                Layer::Activation(choice(number, &a, &ACTIVATIONS)?)
            }
            ASCRIBE_LAYER_MAX_POOL => Layer::MaxPool(size(self.a, a)?),
            ASCRIBE_LAYER_AVERAGE_POOL => Layer::AveragePool(size(self.a, a)?),
            other => {
                let message = format!("options.layers[{place}].kind is {other}, expected 0 to 4");
                return Err(Failure::argument(message));
            }
        })
    }
}

/// What a model of rows is; fill it with ascribe_row_options_init().
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_row_options {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// ASCRIBE_LOSS_BY_TARGETS (the default), _SQUARED, _LOGISTIC, _HINGE or _SOFTMAX.
    pub loss: i32,
    /// The temperature t of the hinge, t ln(1 + exp((1 - margin) / t)); 0.1 by default; 0 is the hinge itself, which has no curvature.
    pub smoothing: f64,
    /// lambda of the penalty (lambda/2)|w|^2 inside every example's loss, on weights and not on intercepts; 0.01 by default.
    pub l2: f64,
    /// 1 (the default) for an intercept in the last layer, or 0.
    pub intercept: i32,
    /// The layers before the last, which is always dense; NULL (the default) for none: a generalized linear model.
    pub layers: *const ascribe_layer,
    /// The number of layers.
    pub layer_count: usize,
    /// ASCRIBE_F64 (the default) or ASCRIBE_F32.
    pub precision: i32,
    /// The seed of initial values, where there are layers; -1 (the default) for the context's.
    pub seed: i64,
}

fields!(ascribe_row_options { struct_size, loss, smoothing, l2, intercept, layers, layer_count, precision, seed });

impl Default for ascribe_row_options {
    fn default() -> Self {
        Self {
            struct_size: size_of::<Self>(),
            loss: ASCRIBE_LOSS_BY_TARGETS,
            smoothing: NetworkLoss::SMOOTHING,
            l2: NetworkOptions::default().l2,
            intercept: 1,
            layers: std::ptr::null(),
            layer_count: 0,
            precision: ASCRIBE_F64,
            seed: -1,
        }
    }
}

/// Fills options of a model of rows with the defaults.
///
/// @param options receives the defaults; NULL is left alone
/// @param size    sizeof(ascribe_row_options), as the caller was compiled; no more bytes are written
///
/// Needs exclusive access to `options`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_row_options_init(options: *mut ascribe_row_options, size: usize) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { options::init(options, size) }
}
/// Makes a model of rows for the features, targets and classes of a dataset, which is not kept.
///
/// @param context NULL for the default one
/// @param data    a dataset of rows
/// @param options NULL for the defaults
/// @param model   receives the model; free it with ascribe_model_free()
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_rows(
    context: *const ascribe_context,
    data: *const ascribe_dataset,
    options: *const ascribe_row_options,
    model: *mut *mut ascribe_model,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let model = Out::new(model, "model")?;
            let host = host(context)?;
            let data = handle::shared(data, "data")?;
            let options = options::read(options, "options")?;
            let losses = [
                (ASCRIBE_LOSS_BY_TARGETS, None),
                (ASCRIBE_LOSS_SQUARED, Some(NetworkLoss::Squared)),
                (ASCRIBE_LOSS_LOGISTIC, Some(NetworkLoss::Logistic)),
                (ASCRIBE_LOSS_HINGE, Some(NetworkLoss::Hinge { smoothing: options.smoothing })),
                (ASCRIBE_LOSS_SOFTMAX, Some(NetworkLoss::Softmax)),
            ];
            let layers = slice(options.layers, options.layer_count, "options.layers")?;
            let layers: Result<Vec<Layer>> =
                layers.iter().enumerate().map(|(place, layer)| layer.read(place)).collect();
            let options = NetworkOptions {
                loss: choice(options.loss, "options.loss", &losses)?,
                l2: options.l2,
                intercept: flag(options.intercept, "options.intercept")?,
                layers: layers?,
                precision: choice(options.precision, "options.precision", &PRECISIONS)?,
                seed: seed(options.seed),
            };
            model.put_new(Model::network(&host, &data, &options)?);
            Ok(())
        })
    }
}
/// What a model of a graph is, beside the graph; fill it with ascribe_graph_options_init().
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_graph_options {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// Initial values are drawn uniformly from minus to plus this number; 0.1 by default.
    pub initial: f64,
    /// ASCRIBE_F64 (the default) or ASCRIBE_F32.
    pub precision: i32,
    /// The seed of initial values; -1 (the default) for the context's.
    pub seed: i64,
}

fields!(ascribe_graph_options { struct_size, initial, precision, seed });

impl Default for ascribe_graph_options {
    fn default() -> Self {
        Self { struct_size: size_of::<Self>(), initial: 0.1, precision: ASCRIBE_F64, seed: -1 }
    }
}

/// Fills options of a model of a graph with the defaults.
///
/// @param options receives the defaults; NULL is left alone
/// @param size    sizeof(ascribe_graph_options), as the caller was compiled; no more bytes are written
///
/// Needs exclusive access to `options`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_options_init(options: *mut ascribe_graph_options, size: usize) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { options::init(options, size) }
}
/// Makes a model of a graph, which is kept as it is now: training minimizes the mean of the loss over the examples, and the
/// penalty.
///
/// @param context NULL for the default one
/// @param graph   the graph
/// @param loss    a per-example scalar
/// @param penalty a shared scalar that is added to every example's loss, or ASCRIBE_NO_NODE
/// @param outputs the per-example value through which the loss depends on the parameters, for Gauss-Newton curvature and
///                leverage, or ASCRIBE_NO_NODE
/// @param options NULL for the defaults
/// @param model   receives the model; free it with ascribe_model_free()
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_graph(
    context: *const ascribe_context,
    graph: *const ascribe_graph,
    loss: ascribe_node,
    penalty: ascribe_node,
    outputs: ascribe_node,
    options: *const ascribe_graph_options,
    model: *mut *mut ascribe_model,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let model = Out::new(model, "model")?;
            let host = host(context)?;
            let graph = handle::shared(graph, "graph")?;
            let optional = |number: ascribe_node, name: &str| -> Result<Option<NodeId>> {
                Ok(if number == ASCRIBE_NO_NODE { None } else { Some(graph.node(number, name)?) })
            };
            let (loss, penalty) = (graph.node(loss, "loss")?, optional(penalty, "penalty")?);
            let graph_model = CustomModel::new(&graph, loss, penalty, optional(outputs, "outputs")?)?;
            let options = options::read(options, "options")?;
            let options = CustomOptions {
                initial: options.initial,
                precision: choice(options.precision, "options.precision", &PRECISIONS)?,
                seed: seed(options.seed),
            };
            model.put_new(Model::custom(&host, graph_model, &options)?);
            Ok(())
        })
    }
}
