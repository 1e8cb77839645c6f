//! What a model holds and predicts.

use crate::models::triples::Metrics;
use crate::tensor::{MatrixView, Real};

use super::*;

/// Returns the number of parameters: tables and arrays.
/// May be called from any thread at the same time.
///
/// @param model the model, or NULL
/// @return the number; 0 for NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_parameters(model: *const ascribe_model) -> usize {
    quiet!(0, handle::shared(model, "model")?.parameters())
}

/// Returns p: how many numbers all parameters have together.
/// May be called from any thread at the same time.
///
/// @param model the model, or NULL
/// @return the number; 0 for NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_dimension(model: *const ascribe_model) -> usize {
    quiet!(0, handle::shared(model, "model")?.dimension())
}

/// Gets the name of a parameter.
/// May be called from any thread at the same time.
///
/// @param model     the model
/// @param parameter the parameter, counted from 0
/// @param buffer    receives the text and a zero; NULL to get the length alone
/// @param capacity  how many bytes fit in the buffer, at least length + 1
/// @param length    receives the length in bytes, without the zero
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_parameter_name(
    model: *const ascribe_model,
    parameter: usize,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let out = TextOut::new(buffer, capacity, length)?;
        out.put(&handle::shared(model, "model")?.parameter_name(parameter)?)?;
    })
}

/// Gets the sizes of a parameter.
/// May be called from any thread at the same time.
///
/// @param model     the model
/// @param parameter the parameter, counted from 0
/// @param sizes     receives the sizes, outermost first; NULL, or a capacity of 0, to get the rank alone
/// @param capacity  how many sizes fit, at least the rank
/// @param rank      receives the number of sizes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_parameter_shape(
    model: *const ascribe_model,
    parameter: usize,
    sizes: *mut i64,
    capacity: usize,
    rank: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        put_sizes(sizes, capacity, rank, handle::shared(model, "model")?.parameter_shape(parameter)?)?;
    })
}

/// Gets the values of a parameter.
/// May be called from any thread at the same time.
///
/// @param model     the model
/// @param parameter the parameter, counted from 0
/// @param values    receives the values in row-major order
/// @param capacity  how many fit, at least the product of the sizes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_parameter(
    model: *const ascribe_model,
    parameter: usize,
    values: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let model = handle::shared(model, "model")?;
        let mut found = vec![0.0; model.parameter_shape(parameter)?.iter().product()];
        let values = Buffer::new(values, capacity, found.len(), "values")?;
        model.read_parameter(parameter, &mut found)?;
        values.put(&found);
    })
}

/// Sets the values of a parameter. Data and ledger of a training are dropped: they belong to the values before.
/// Needs exclusive access to `model`.
///
/// @param model     the model
/// @param parameter the parameter, counted from 0
/// @param values    the values in row-major order; copied
/// @param count     how many they are
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_set_parameter(
    model: *mut ascribe_model,
    parameter: usize,
    values: *const f64,
    count: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        handle::exclusive(model, "model")?.set_parameter(parameter, slice(values, count, "values")?)?;
    })
}

/// Returns how many outputs a network has.
/// May be called from any thread at the same time.
///
/// @param model the model, or NULL
/// @return the number; 0 for other models, NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_outputs(model: *const ascribe_model) -> usize {
    quiet!(0, handle::shared(model, "model")?.outputs())
}

/// The body of the functions that get outputs.
unsafe fn predict<T: Real>(
    model: *const ascribe_model,
    context: *const ascribe_context,
    features: &View<'_, T>,
    outputs: *mut f64,
    capacity: usize,
) -> Result<()> {
    // SAFETY: as callers promise.
    let (model, host) = unsafe { (handle::shared(model, "model")?, host(context)?) };
    let count = features.rows().saturating_mul(model.outputs());
    // SAFETY: as callers promise.
    let outputs = unsafe { Buffer::new(outputs, capacity, count, "outputs")? };
    apart(&[features.region(), outputs.region()])?;
    let mut found = vec![0.0; count];
    model.predict(&host, features, &mut found)?;
    outputs.put(&found);
    Ok(())
}

/// Gets the outputs of a network. Features that lie row by row in the precision of the model are read in place; others
/// are copied in small blocks.
/// May be called from any thread at the same time.
///
/// @param model    a network
/// @param context  NULL for the default one
/// @param features a row for each example; borrowed for the call
/// @param outputs  receives the outputs of each row, row-major
/// @param capacity how many fit, at least rows * ascribe_model_outputs()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_predict(
    model: *const ascribe_model,
    context: *const ascribe_context,
    features: *const ascribe_matrix,
    outputs: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        predict(model, context, &View::new(features, "features")?, outputs, capacity)?;
    })
}

/// Gets the outputs of a network. Features that lie row by row in the precision of the model are read in place; others
/// are copied in small blocks.
/// May be called from any thread at the same time.
///
/// @param model    a network
/// @param context  NULL for the default one
/// @param features a row for each example; borrowed for the call
/// @param outputs  receives the outputs of each row, row-major
/// @param capacity how many fit, at least rows * ascribe_model_outputs()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_predict_f32(
    model: *const ascribe_model,
    context: *const ascribe_context,
    features: *const ascribe_matrix_f32,
    outputs: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        predict(model, context, &View::new_f32(features, "features")?, outputs, capacity)?;
    })
}

/// Gets a functional of each query.
/// May be called from any thread at the same time.
///
/// @param model      the model
/// @param context    NULL for the default one
/// @param queries    the queries
/// @param functional the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
/// @param values     receives a value for each query
/// @param capacity   how many fit, at least the number of queries
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_evaluate(
    model: *const ascribe_model,
    context: *const ascribe_context,
    queries: *const ascribe_dataset,
    functional: *const c_char,
    values: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let model = handle::shared(model, "model")?;
        let host = host(context)?;
        let queries = handle::shared(queries, "queries")?;
        let functional = optional_text(functional, "functional")?;
        let values = Buffer::new(values, capacity, queries.len(), "values")?;
        values.put(&model.evaluate(&host, &queries, functional)?);
    })
}

/// How a model ranks true triples among all candidates.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_ranking {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// The mean of one over the rank.
    pub mean_reciprocal_rank: f64,
    /// The share of queries whose rank is 1.
    pub hits_at_1: f64,
    /// The share of queries whose rank is at most 3.
    pub hits_at_3: f64,
    /// The share of queries whose rank is at most 10.
    pub hits_at_10: f64,
    /// The number of queries: two for each triple.
    pub queries: u64,
}

fields!(ascribe_ranking { struct_size, mean_reciprocal_rank, hits_at_1, hits_at_3, hits_at_10, queries });

impl From<Metrics> for ascribe_ranking {
    fn from(metrics: Metrics) -> Self {
        let hits = |k| metrics.hits.iter().find(|(at, _)| *at == k).map_or(f64::NAN, |(_, share)| *share);
        Self {
            struct_size: size_of::<Self>(),
            mean_reciprocal_rank: metrics.mrr,
            hits_at_1: hits(1),
            hits_at_3: hits(3),
            hits_at_10: hits(10),
            queries: metrics.queries as u64,
        }
    }
}

/// Ranks the tail of each triple among all tails and its head among all heads, passing over other true ones.
/// May be called from any thread at the same time.
///
/// @param model   a model of triples
/// @param context NULL for the default one
/// @param known   a dataset of triples; those of all its parts count as true
/// @param queries the triples to rank
/// @param ranking receives the result as far as its struct_size says
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_ranking(
    model: *const ascribe_model,
    context: *const ascribe_context,
    known: *const ascribe_dataset,
    queries: *const ascribe_dataset,
    ranking: *mut ascribe_ranking,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let out = StructOut::new(ranking, "ranking")?;
        let model = handle::shared(model, "model")?;
        let host = host(context)?;
        let (known, queries) = (handle::shared(known, "known")?, handle::shared(queries, "queries")?);
        out.put(model.ranking(&host, &known, &queries)?.into());
    })
}

/// Frees a model.
/// Needs exclusive access to `model`.
///
/// @param model the model; NULL is fine
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_free(model: *mut ascribe_model) {
    free!(model);
}
