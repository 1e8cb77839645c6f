//! Attributors: a trained model with a method, ready to explain.

mod questions;

pub use questions::*;

use crate::session::{self, Attributor};

use super::*;

/// A trained model with a method of attribution, ready to explain. It keeps model and data as they were. With "influence", calls with the
/// same handle from several threads are answered one after the other.
pub struct ascribe_attributor {
    _opaque: (),
}

concept!(ascribe_attributor, Attributor);

/// What a question is about: a functional of queries.
pub(super) struct Question<'a> {
    pub(super) attributor: Shared<'a, ascribe_attributor>,
    pub(super) queries: Shared<'a, ascribe_dataset>,
    pub(super) functional: Option<&'a str>,
}

pub(super) unsafe fn question<'a>(
    attributor: *const ascribe_attributor,
    queries: *const ascribe_dataset,
    functional: *const c_char,
) -> Result<Question<'a>> {
    // SAFETY: as callers promise.
    unsafe {
        let attributor = handle::shared(attributor, "attributor")?;
        let queries = handle::shared(queries, "queries")?;
        Ok(Question { attributor, queries, functional: optional_text(functional, "functional")? })
    }
}

/// Prepares a model to be explained by a method. Options are of the table of the method's name.
/// May be called from any thread at the same time.
///
///   "influence"  influence functions: what the optimum would be without an example, to first order. For models at a minimum; elsewhere
///                with Gauss-Newton curvature or damping. Scores are predicted changes of the functional if the example were removed.
///   "rollback"   gradient rollback: what each example's own steps did to the parameters, from the ledger of the training. Scores are
///                predicted changes of the functional if the example were removed.
///   "replay"     the exact derivative of the whole training by each example's weight. Scores are predicted changes of the functional if
///                the example were removed; ascribe_attribution_growth() says how far they can be trusted.
///   "dvemb"      data value embeddings: replay of a training by sgd with Fisher matrices for Hessians; scores as of replay, no growth
///   "tracin"     TracIn, ideal: by how much the functional fell in the steps that the example took part in
///   "tracincp"   TracInCP: inner products of the gradients of the functional and of each example's loss, at checkpoints of the training
///   "gas"        GAS, also called CosIn: the cosines of the same
///   "graddot"    inner products of the gradients of the functional and of each example's loss, where training ended
///   "gradcos"    their cosines
///
/// "replay", "dvemb", "tracin", "tracincp" and "gas" do the training again, and fail with ASCRIBE_UNSUPPORTED for a model that was not trained by
/// steps of an optimizer alone.
///
/// @param context    NULL for the default one
/// @param model      a trained model
/// @param method     the method, by its word; NULL for "rollback" where the model has a ledger, otherwise "influence"
/// @param data       other examples than those the model was trained on (with "influence", "graddot" and "gradcos" only), or
///                   NULL
/// @param options    NULL for the defaults
/// @param monitor    progress and cancellation, or NULL
/// @param attributor receives the attributor; free it with ascribe_attributor_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attributor_new(
    context: *const ascribe_context,
    model: *const ascribe_model,
    method: *const c_char,
    data: *const ascribe_dataset,
    options: *const ascribe_options,
    monitor: *const ascribe_monitor,
    attributor: *mut *mut ascribe_attributor,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let attributor = Out::new(attributor, "attributor")?;
        let host = host(context)?;
        let model = handle::shared(model, "model")?;
        let method = optional_text(method, "method")?;
        let data = handle::optional(data, "data")?;
        let (options, monitor) = (options_of(options)?, monitor_of(monitor)?);
        attributor.put_new(Attributor::new(&host, &model, method, data.as_deref(), &options, &monitor)?);
    })
}

/// Explains queries: for each, the scores of examples.
/// May be called from any thread at the same time.
///
/// @param attributor  the attributor
/// @param queries     the queries
/// @param functional  the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
/// @param monitor     progress and cancellation, or NULL
/// @param attribution receives the scores; free them with ascribe_attribution_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attributor_explain(
    attributor: *const ascribe_attributor,
    queries: *const ascribe_dataset,
    functional: *const c_char,
    monitor: *const ascribe_monitor,
    attribution: *mut *mut ascribe_attribution,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let attribution = Out::new(attribution, "attribution")?;
        let Question { attributor, queries, functional } = question(attributor, queries, functional)?;
        attribution.put_new(attributor.explain(&queries, functional, &monitor_of(monitor)?)?);
    })
}

/// Gets a description of an attributor as JSON: its method, the unit of its scores, what the
/// scores of examples for themselves measure ("self_scores": functional, unit, sign, whether they hold the penalty), the options in force and, of influence functions,
/// the curvature, the solver and, where a solve did not reach its tolerance, what to do about that. Of "rollback" on triples it has, after
/// the first explanation, how predicted changes agreed with true ones ("calibration") and what that says ("verdict").
/// May be called from any thread at the same time.
///
/// @param attributor the attributor
/// @param buffer     receives the text and a zero; NULL to get the length alone
/// @param capacity   how many bytes fit in the buffer, at least length + 1
/// @param length     receives the length in bytes, without the zero
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attributor_describe(
    attributor: *const ascribe_attributor,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let out = TextOut::new(buffer, capacity, length)?;
        out.put(&handle::shared(attributor, "attributor")?.describe()?.to_string())?;
    })
}

/// What influence functions found at the model, and how solves went since.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_diagnostics {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// The number of examples.
    pub examples: u64,
    /// p: how many numbers all parameters have together.
    pub parameters: u64,
    /// The damping: what is added to the curvature's diagonal.
    pub damping: f64,
    /// The objective, with its penalty: of losses their mean, or where the option objective says so their sum.
    pub value: f64,
    /// The relative gradient.
    pub gradient_norm: f64,
    /// The Euclidean length of its gradient.
    pub gradient_length: f64,
    /// About the lowest eigenvalue of the curvature, without damping.
    pub lowest: f64,
    /// About the highest.
    pub highest: f64,
    /// Products with the curvature that were spent to prepare.
    pub products: u64,
    /// The worst relative residual of any solve since.
    pub worst_residual: f64,
    /// 1 if the model is at a minimum.
    pub at_minimum: i32,
    /// 1 if every solve since reached its tolerance.
    pub converged: i32,
    /// 1 if the curvature was factored, so that every further solve is cheap and exact but for rounding.
    pub factored: i32,
}

fields!(ascribe_diagnostics {
    struct_size,
    examples,
    parameters,
    damping,
    value,
    gradient_norm,
    gradient_length,
    lowest,
    highest,
    products,
    worst_residual,
    at_minimum,
    converged,
    factored,
});

/// Gets what influence functions found at the model, which decides what scores are worth, and how solves went since.
/// May be called from any thread at the same time.
///
/// Fails with ASCRIBE_UNSUPPORTED for other methods.
///
/// @param attributor  an attributor of the method "influence"
/// @param diagnostics receives the result as far as its struct_size says
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attributor_diagnostics(
    attributor: *const ascribe_attributor,
    diagnostics: *mut ascribe_diagnostics,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let out = StructOut::new(diagnostics, "diagnostics")?;
        let found = handle::shared(attributor, "attributor")?.diagnostics()?;
        let fitted = &found.fitted;
        out.put(ascribe_diagnostics {
            struct_size: size_of::<ascribe_diagnostics>(),
            examples: fitted.examples as u64,
            parameters: fitted.parameters as u64,
            damping: fitted.damping,
            value: fitted.value,
            gradient_norm: fitted.gradient_norm,
            gradient_length: fitted.gradient_length,
            lowest: fitted.spectrum.lowest,
            highest: fitted.spectrum.highest,
            products: fitted.preparing.total() as u64,
            worst_residual: found.worst_residual,
            at_minimum: i32::from(fitted.at_minimum),
            converged: i32::from(found.unconverged.is_none()),
            factored: i32::from(found.factored),
        });
    })
}

/// Returns the number of examples that are scored.
/// May be called from any thread at the same time.
///
/// @param attributor the attributor, or NULL
/// @return the number; 0 for NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attributor_examples(attributor: *const ascribe_attributor) -> usize {
    quiet!(0, handle::shared(attributor, "attributor")?.examples())
}

/// Gets a plan of influence functions as JSON: which solver would be chosen and why, and what each would cost in memory and products.
/// Nothing is solved.
/// May be called from any thread at the same time.
///
/// @param context  NULL for the default one
/// @param model    a trained model
/// @param data     other examples than those the model was trained on, or NULL
/// @param options  of the table "influence"; NULL for the defaults
/// @param monitor  progress and cancellation, or NULL
/// @param buffer   receives the text and a zero; NULL to get the length alone
/// @param capacity how many bytes fit in the buffer, at least length + 1
/// @param length   receives the length in bytes, without the zero
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attributor_plan(
    context: *const ascribe_context,
    model: *const ascribe_model,
    data: *const ascribe_dataset,
    options: *const ascribe_options,
    monitor: *const ascribe_monitor,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let out = TextOut::new(buffer, capacity, length)?;
        let host = host(context)?;
        let model = handle::shared(model, "model")?;
        let data = handle::optional(data, "data")?;
        let (options, monitor) = (options_of(options)?, monitor_of(monitor)?);
        let plan = Attributor::plan(&host, &model, data.as_deref(), &options, &monitor)?;
        out.put(&session::describe_plan(&plan).to_string())?;
    })
}
