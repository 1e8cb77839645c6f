//! The answers: what each training example has to do with a prediction.

use crate::session::{Attribution, Order};

use super::error::ascribe_error;
use super::guard::{guard, quietly};
use super::handle::{self, Concept};
use super::input::choice;
use super::options::fields;
use super::out::{Buffer, Out, Region, StructOut, apart};
use super::status::ascribe_status;

/// By size, the largest effect first.
pub const ASCRIBE_ORDER_LARGEST: i32 = 0;
/// Scores above zero, the highest first: removal would raise the functional.
pub const ASCRIBE_ORDER_POSITIVE: i32 = 1;
/// Scores below zero, the lowest first: removal would lower the functional.
pub const ASCRIBE_ORDER_NEGATIVE: i32 = 2;

const ORDERS: [(i32, Order); 3] = [
    (ASCRIBE_ORDER_LARGEST, Order::Largest),
    (ASCRIBE_ORDER_POSITIVE, Order::Positive),
    (ASCRIBE_ORDER_NEGATIVE, Order::Negative),
];

/// For each query the scores of training examples. A score is the predicted change of the functional if the example were removed
/// and the model trained again: a fact that supports a probability has a negative score.
pub struct ascribe_attribution {
    _opaque: (),
}

impl Concept for ascribe_attribution {
    type Value = Attribution;
    const NAME: &'static str = "ascribe_attribution";
}

/// Returns the number of queries.
///
/// @param attribution the scores, or NULL
///
/// @return the number; 0 for NULL and invalid handles
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_queries(attribution: *const ascribe_attribution) -> usize {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    quietly(0, || unsafe { Ok(handle::shared(attribution, "attribution")?.queries()) })
}
/// Returns how many examples have a score for a query.
///
/// @param attribution the scores, or NULL
/// @param query       the query, counted from 0
///
/// @return the number; 0 for a query that is not there, NULL and invalid handles
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_len(attribution: *const ascribe_attribution, query: usize) -> usize {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    quietly(0, || unsafe { Ok(handle::shared(attribution, "attribution")?.scores(query)?.len()) })
}
/// Tells the functional of a query, as the model is.
///
/// @param attribution the scores
/// @param query       the query, counted from 0
/// @param value       receives the value
/// @param error       NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_value(
    attribution: *const ascribe_attribution,
    query: usize,
    value: *mut f64,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let value = Out::new(value, "value")?;
            value.put(handle::shared(attribution, "attribution")?.value(query)?);
            Ok(())
        })
    }
}
/// Tells all scores of a query, in the order of the examples.
///
/// @param attribution the scores
/// @param query       the query, counted from 0
/// @param examples    receives the examples, counted from 0; or NULL
/// @param scores      receives their scores; or NULL
/// @param capacity    how many there is room for in each, at least ascribe_attribution_len()
/// @param error       NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_copy(
    attribution: *const ascribe_attribution,
    query: usize,
    examples: *mut u64,
    scores: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let attribution = handle::shared(attribution, "attribution")?;
            let found = attribution.scores(query)?;
            let examples = Buffer::wanted(examples, capacity, found.len(), "examples")?;
            let scores = Buffer::wanted(scores, capacity, found.len(), "scores")?;
            let regions: Vec<Region> =
                examples.iter().map(Buffer::region).chain(scores.iter().map(Buffer::region)).collect();
            apart(&regions)?;
            if let Some(examples) = examples {
                examples.put(&found.iter().map(|(example, _)| *example).collect::<Vec<_>>());
            }
            if let Some(scores) = scores {
                scores.put(&found.iter().map(|(_, score)| *score).collect::<Vec<_>>());
            }
            Ok(())
        })
    }
}
/// Tells the first scores of a query in an order; equal ones are ordered by example.
///
/// @param attribution the scores
/// @param query       the query, counted from 0
/// @param order       ASCRIBE_ORDER_LARGEST, _POSITIVE or _NEGATIVE
/// @param examples    receives the examples, counted from 0
/// @param scores      receives their scores
/// @param capacity    how many are wanted, and there is room for in each
/// @param found       receives how many there are, at most capacity
/// @param error       NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_top(
    attribution: *const ascribe_attribution,
    query: usize,
    order: i32,
    examples: *mut u64,
    scores: *mut f64,
    capacity: usize,
    found: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let number = Region::of(found.cast_const(), 1, "found");
            let found = Out::new(found, "found")?;
            let attribution = handle::shared(attribution, "attribution")?;
            let order = choice(order, "order", &ORDERS)?;
            let wanted = capacity.min(attribution.scores(query)?.len());
            let examples = Buffer::new(examples, capacity, wanted, "examples")?;
            let scores = Buffer::new(scores, capacity, wanted, "scores")?;
            apart(&[examples.region(), scores.region(), number])?;
            let top = attribution.top(query, order, wanted)?;
            examples.first(top.len()).put(&top.iter().map(|(example, _)| *example).collect::<Vec<_>>());
            scores.first(top.len()).put(&top.iter().map(|(_, score)| *score).collect::<Vec<_>>());
            found.put(top.len());
            Ok(())
        })
    }
}
/// How the solve for a query went.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ascribe_certificate {
    /// The size of this struct in bytes.
    pub struct_size: usize,
    /// The length of what the solve left of the query's gradient.
    pub residual: f64,
    /// The same as a share of the gradient's length.
    pub relative_residual: f64,
    /// The share that was asked for.
    pub tolerance: f64,
    /// 1 if it was reached.
    pub converged: i32,
    /// Steps of the solver, for all queries together.
    pub iterations: u64,
    /// Products with the curvature, for all queries together.
    pub products: u64,
}

fields!(ascribe_certificate { struct_size, residual, relative_residual, tolerance, converged, iterations, products });

/// Tells how the solve for a query went; for explanations by influence.
///
/// @param attribution the scores
/// @param query       the query, counted from 0
/// @param certificate receives the result as far as its struct_size says
/// @param error       NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_certificate(
    attribution: *const ascribe_attribution,
    query: usize,
    certificate: *mut ascribe_certificate,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let out = StructOut::new(certificate, "certificate")?;
            let attribution = handle::shared(attribution, "attribution")?;
            let found = attribution.certificate(query)?;
            let of = |numbers: &[f64]| numbers.get(query).copied().unwrap_or(f64::NAN);
            out.put(ascribe_certificate {
                struct_size: size_of::<ascribe_certificate>(),
                residual: of(&found.residuals),
                relative_residual: of(&found.relative_residuals),
                tolerance: found.tolerance,
                converged: i32::from(found.converged.get(query).copied().unwrap_or(false)),
                iterations: found.iterations as u64,
                products: found.products.total() as u64,
            });
            Ok(())
        })
    }
}
/// Frees scores.
///
/// @param attribution the scores; NULL is fine
///
/// Needs exclusive access to `attribution`.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_free(attribution: *mut ascribe_attribution) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { handle::free(attribution) }
}
