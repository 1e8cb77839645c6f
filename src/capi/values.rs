//! What a model holds and says.

use core::ffi::c_char;

use crate::models::triples::Metrics;
use crate::tensor::MatrixView;

use super::context::{ascribe_context, host};
use super::dataset::ascribe_dataset;
use super::error::ascribe_error;
use super::guard::{guard, quietly};
use super::handle;
use super::input::{optional_text, slice};
use super::model::ascribe_model;
use super::options::fields;
use super::out::{Buffer, Out, Region, StructOut, TextOut, apart};
use super::status::ascribe_status;
use super::view::{View, ascribe_matrix, ascribe_matrix_f32};

/// Copies a model; values are shared until one of the two changes.
///
/// @param model  the model
/// @param result receives the model; free it with ascribe_model_free()
/// @param error  NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_clone(
    model: *const ascribe_model,
    result: *mut *mut ascribe_model,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let result = Out::new(result, "result")?;
            result.put_new(handle::shared(model, "model")?.clone());
            Ok(())
        })
    }
}
/// Returns the number of parameters: tables and arrays.
///
/// @param model the model, or NULL
///
/// @return the number; 0 for NULL and invalid handles
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_parameters(model: *const ascribe_model) -> usize {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    quietly(0, || unsafe { Ok(handle::shared(model, "model")?.parameters()) })
}
/// Returns p: how many numbers all parameters have together.
///
/// @param model the model, or NULL
///
/// @return the number; 0 for NULL and invalid handles
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_dimension(model: *const ascribe_model) -> usize {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    quietly(0, || unsafe { Ok(handle::shared(model, "model")?.dimension()) })
}
/// Tells the name of a parameter.
///
/// @param model     the model
/// @param parameter the parameter, counted from 0
/// @param buffer    receives the text and a zero; NULL to ask for the length alone
/// @param capacity  how many bytes there is room for, at least length + 1
/// @param length    receives the length in bytes, without the zero
/// @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_parameter_name(
    model: *const ascribe_model,
    parameter: usize,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let out = TextOut::new(buffer, capacity, length)?;
            let model = handle::shared(model, "model")?;
            out.put(&model.parameter_name(parameter)?)?;
            Ok(())
        })
    }
}
/// Tells the sizes of a parameter.
///
/// @param model     the model
/// @param parameter the parameter, counted from 0
/// @param sizes     receives the sizes, outermost first; NULL, or a capacity of 0, to ask for the rank alone
/// @param capacity  how many sizes there is room for; when fewer than the rank, nothing is received
/// @param rank      receives the number of sizes
/// @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_parameter_shape(
    model: *const ascribe_model,
    parameter: usize,
    sizes: *mut i64,
    capacity: usize,
    rank: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let rank_region = Region::of(rank.cast_const(), 1, "rank");
            let rank = Out::new(rank, "rank")?;
            let model = handle::shared(model, "model")?;
            let found: Vec<i64> = model.parameter_shape(parameter)?.iter().map(|size| *size as i64).collect();
            if !sizes.is_null() && capacity > 0 {
                let sizes = Buffer::new(sizes, capacity, found.len(), "sizes")?;
                apart(&[sizes.region(), rank_region])?;
                sizes.put(&found);
            }
            rank.put(found.len());
            Ok(())
        })
    }
}
/// Tells the values of a parameter.
///
/// @param model     the model
/// @param parameter the parameter, counted from 0
/// @param values    receives the values in row-major order
/// @param capacity  how many there is room for, at least the product of the sizes
/// @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_parameter(
    model: *const ascribe_model,
    parameter: usize,
    values: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let model = handle::shared(model, "model")?;
            let mut found = vec![0.0; model.parameter_shape(parameter)?.iter().product()];
            let values = Buffer::new(values, capacity, found.len(), "values")?;
            model.read_parameter(parameter, &mut found)?;
            values.put(&found);
            Ok(())
        })
    }
}
/// Gives a parameter other values. Data and ledger of a training are forgotten: they belong to the values that were.
///
/// @param model     the model
/// @param parameter the parameter, counted from 0
/// @param values    the values in row-major order; copied
/// @param count     how many they are
/// @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// Needs exclusive access to `model`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_set_parameter(
    model: *mut ascribe_model,
    parameter: usize,
    values: *const f64,
    count: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let mut model = handle::exclusive(model, "model")?;
            model.set_parameter(parameter, slice(values, count, "values")?)?;
            Ok(())
        })
    }
}
/// Returns how many outputs a model of rows has.
///
/// @param model the model, or NULL
///
/// @return the number; 0 for other models, NULL and invalid handles
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_outputs(model: *const ascribe_model) -> usize {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    quietly(0, || unsafe { Ok(handle::shared(model, "model")?.outputs()) })
}
/// Tells the outputs of a model of rows. Features that lie row by row in the precision of the model are read in place; others
/// are copied in small blocks.
///
/// @param model    a model of rows
/// @param context  NULL for the default one
/// @param features a row for each example; borrowed for the call
/// @param outputs  receives the outputs of each row, one row behind the other
/// @param capacity how many there is room for, at least rows * ascribe_model_outputs()
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_predict(
    model: *const ascribe_model,
    context: *const ascribe_context,
    features: *const ascribe_matrix,
    outputs: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let model = handle::shared(model, "model")?;
            let host = host(context)?;
            let features = View::new(features, "features")?;
            let count = features.rows().saturating_mul(model.outputs());
            let outputs = Buffer::new(outputs, capacity, count, "outputs")?;
            apart(&[features.region(), outputs.region()])?;
            let mut found = vec![0.0; count];
            model.predict(&host, &features, &mut found)?;
            outputs.put(&found);
            Ok(())
        })
    }
}
/// Tells the outputs of a model of rows. Features that lie row by row in the precision of the model are read in place; others
/// are copied in small blocks.
///
/// @param model    a model of rows
/// @param context  NULL for the default one
/// @param features a row for each example; borrowed for the call
/// @param outputs  receives the outputs of each row, one row behind the other
/// @param capacity how many there is room for, at least rows * ascribe_model_outputs()
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_predict_f32(
    model: *const ascribe_model,
    context: *const ascribe_context,
    features: *const ascribe_matrix_f32,
    outputs: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let model = handle::shared(model, "model")?;
            let host = host(context)?;
            let features = View::new_f32(features, "features")?;
            let count = features.rows().saturating_mul(model.outputs());
            let outputs = Buffer::new(outputs, capacity, count, "outputs")?;
            apart(&[features.region(), outputs.region()])?;
            let mut found = vec![0.0; count];
            model.predict(&host, &features, &mut found)?;
            outputs.put(&found);
            Ok(())
        })
    }
}
/// Tells a functional of each query.
///
/// @param model      the model
/// @param context    NULL for the default one
/// @param queries    the queries
/// @param functional what is asked for, by its name (see the opening chapter), or NULL for the first there is
/// @param values     receives a value for each query
/// @param capacity   how many there is room for, at least the number of queries
/// @param error      NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
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
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let model = handle::shared(model, "model")?;
            let host = host(context)?;
            let queries = handle::shared(queries, "queries")?;
            let functional = optional_text(functional, "functional")?;
            let values = Buffer::new(values, capacity, queries.len(), "values")?;
            values.put(&model.evaluate(&host, &queries, functional)?);
            Ok(())
        })
    }
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
///
/// @param model   a model of triples
/// @param context NULL for the default one
/// @param known   a dataset of triples; those of all its parts count as true
/// @param queries the triples to rank
/// @param ranking receives the result as far as its struct_size says
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_ranking(
    model: *const ascribe_model,
    context: *const ascribe_context,
    known: *const ascribe_dataset,
    queries: *const ascribe_dataset,
    ranking: *mut ascribe_ranking,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let ranking = StructOut::new(ranking, "ranking")?;
            let model = handle::shared(model, "model")?;
            let host = host(context)?;
            let (known, queries) = (handle::shared(known, "known")?, handle::shared(queries, "queries")?);
            ranking.put(model.ranking(&host, &known, &queries)?.into());
            Ok(())
        })
    }
}
/// Gives the data that a model was trained on.
///
/// @param model   a model that was trained
/// @param dataset receives the dataset; free it with ascribe_dataset_free()
/// @param error   NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_data(
    model: *const ascribe_model,
    dataset: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let dataset = Out::new(dataset, "dataset")?;
            dataset.put_new(handle::shared(model, "model")?.data()?.clone());
            Ok(())
        })
    }
}
/// Frees a model.
///
/// @param model the model; NULL is fine
///
/// Needs exclusive access to `model`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_free(model: *mut ascribe_model) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { handle::free(model) }
}
