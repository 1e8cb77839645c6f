//! Scores of training examples.

use crate::session::{Attribution, Order};

use super::*;

/// For each query the scores of training examples. Of "influence", "rollback", "replay" and "dvemb" a score is the predicted change of the
/// functional if the example were removed and the model trained again (a fact that supports a probability has a negative score); of other methods it
/// is something else: ascribe_attribution_unit() says what.
pub struct ascribe_attribution {
    _opaque: (),
}

concept!(ascribe_attribution, Attribution);

/// Returns the number of queries.
/// May be called from any thread at the same time.
///
/// @param attribution the scores, or NULL
/// @return the number; 0 for NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_queries(attribution: *const ascribe_attribution) -> usize {
    quiet!(0, handle::shared(attribution, "attribution")?.queries())
}

/// Returns how many examples have a score for a query.
/// May be called from any thread at the same time.
///
/// @param attribution the scores, or NULL
/// @param query       the query, counted from 0
/// @return the number; 0 for a query that is not there, NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_len(attribution: *const ascribe_attribution, query: usize) -> usize {
    quiet!(0, handle::shared(attribution, "attribution")?.scores(query)?.len())
}

/// Gets the unit of the scores.
/// May be called from any thread at the same time.
///
///   "removal"  of "influence", "rollback", "replay" and "dvemb": the predicted change of the functional if the example were removed
///   "fall of the functional in the example's steps"
///              of "tracin"
///   "learning rate times inner product of gradients, summed over checkpoints"
///              of "tracincp"
///   "learning rate over batch size times cosine of gradients, summed over checkpoints"
///              of "gas"
///   "inner product of gradients", "cosine of gradients"
///              of "graddot" and of "gradcos"
///
/// @param attribution the scores
/// @param buffer      receives the text and a zero; NULL to get the length alone
/// @param capacity    how many bytes fit in the buffer, at least length + 1
/// @param length      receives the length in bytes, without the zero
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_unit(
    attribution: *const ascribe_attribution,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        TextOut::new(buffer, capacity, length)?.put(handle::shared(attribution, "attribution")?.unit())?;
    })
}

/// Gets the functional of a query, as the model is.
/// May be called from any thread at the same time.
///
/// @param attribution the scores
/// @param query       the query, counted from 0
/// @param value       receives the value
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_value(
    attribution: *const ascribe_attribution,
    query: usize,
    value: *mut f64,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        Out::new(value, "value")?.put(handle::shared(attribution, "attribution")?.value(query)?);
    })
}

/// Puts examples and their scores into an array each.
fn put_scores(examples: Buffer<u64>, scores: Buffer<f64>, found: &[(u64, f64)]) -> Result<()> {
    apart(&[examples.region(), scores.region()])?;
    examples.put(&found.iter().map(|(example, _)| *example).collect::<Vec<_>>());
    scores.put(&found.iter().map(|(_, score)| *score).collect::<Vec<_>>());
    Ok(())
}

/// Gets all scores of a query, in the order of the examples.
/// May be called from any thread at the same time.
///
/// @param attribution the scores
/// @param query       the query, counted from 0
/// @param examples    receives the examples, counted from 0; or NULL
/// @param scores      receives their scores; or NULL
/// @param capacity    how many fit in each, at least ascribe_attribution_len()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_copy(
    attribution: *const ascribe_attribution,
    query: usize,
    examples: *mut u64,
    scores: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let attribution = handle::shared(attribution, "attribution")?;
        let found = attribution.scores(query)?;
        let examples = Buffer::optional(examples, capacity, found.len(), "examples")?;
        let scores = Buffer::optional(scores, capacity, found.len(), "scores")?;
        put_scores(examples, scores, found)?;
    })
}

/// Gets the first scores of a query in an order; equal ones are ordered by example.
/// May be called from any thread at the same time.
///
/// @param attribution the scores
/// @param query       the query, counted from 0
/// @param order       "largest" (by size), "positive" (those above zero, the highest first) or "negative" (those below zero, the lowest
///                    first); NULL for "largest"
/// @param examples    receives the examples, counted from 0
/// @param scores      receives their scores
/// @param capacity    how many are wanted, and fit in each
/// @param found       receives how many there are, at most capacity
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_top(
    attribution: *const ascribe_attribution,
    query: usize,
    order: *const c_char,
    examples: *mut u64,
    scores: *mut f64,
    capacity: usize,
    found: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let found = Out::new(found, "found")?;
        let attribution = handle::shared(attribution, "attribution")?;
        let orders = [("largest", Order::Largest), ("positive", Order::Positive), ("negative", Order::Negative)];
        let order = if order.is_null() { Order::Largest } else { word(order, "order", &orders)? };
        let wanted = capacity.min(attribution.scores(query)?.len());
        let examples = Buffer::new(examples, capacity, wanted, "examples")?;
        let scores = Buffer::new(scores, capacity, wanted, "scores")?;
        apart(&[examples.region(), scores.region(), found.region()])?;
        let top = attribution.top(query, order, wanted)?;
        put_scores(examples.first(top.len()), scores.first(top.len()), &top)?;
        found.put(top.len());
    })
}

/// Gets by how many times the derivative of a query's functional by the parameters grew, at its longest, on its way back through the
/// training; of scores by "replay". It says what the scores are worth.
/// May be called from any thread at the same time.
///
///   up to about 2  scores predict removal
///   2 to 5         they rank examples; their sizes may be off
///   5 to 50        they may be far off: compare with ascribe_retraining_changes()
///   above 50       the training is chaotic, and no derivative predicts removal
///
/// Before any attribution, ascribe_model_smoothness() says as much of the training as a whole.
///
/// @param attribution the scores
/// @param query       the query, counted from 0
/// @param growth      receives the growth, at least 1; NaN for methods that do not walk through the training
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_growth(
    attribution: *const ascribe_attribution,
    query: usize,
    growth: *mut f64,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let growth = Out::new(growth, "growth")?;
        growth.put(handle::shared(attribution, "attribution")?.growth(query)?.unwrap_or(f64::NAN));
    })
}

/// Gets how heavy the upper tail of a query's scores is: the count-th largest score less the median, over a robust estimate of the
/// standard deviation (Q_n). Among queries the target of an attack on the training set may stand out by it, with scores of "gas" and a count
/// about as small as attacks are, such as 10.
/// May be called from any thread at the same time.
///
/// @param attribution the scores
/// @param query       the query, counted from 0
/// @param count       which of the largest scores, counted from 1; of fewer scores the smallest counts
/// @param tail        receives the tail; NaN where scores have no spread
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_upper_tail(
    attribution: *const ascribe_attribution,
    query: usize,
    count: usize,
    tail: *mut f64,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let tail = Out::new(tail, "tail")?;
        tail.put(handle::shared(attribution, "attribution")?.upper_tail(query, count)?.unwrap_or(f64::NAN));
    })
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
    /// The share at which the solver was to stop.
    pub tolerance: f64,
    /// 1 if it was reached.
    pub converged: i32,
    /// Steps of the solver, for all queries together.
    pub iterations: u64,
    /// Products with the curvature, for all queries together.
    pub products: u64,
}

fields!(ascribe_certificate { struct_size, residual, relative_residual, tolerance, converged, iterations, products });

/// Gets how the solve for a query went; of scores by influence functions.
/// May be called from any thread at the same time.
///
/// @param attribution the scores
/// @param query       the query, counted from 0
/// @param certificate receives the result as far as its struct_size says
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_certificate(
    attribution: *const ascribe_attribution,
    query: usize,
    certificate: *mut ascribe_certificate,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
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
    })
}

/// Frees scores.
/// Needs exclusive access to `attribution`.
///
/// @param attribution the scores; NULL is fine
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attribution_free(attribution: *mut ascribe_attribution) {
    free!(attribution);
}
