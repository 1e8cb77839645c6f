//! What is asked of influence functions.

use core::ffi::c_char;

use super::ascribe_influence;
use crate::capi::attribution::ascribe_attribution;
use crate::capi::dataset::{ascribe_dataset, places};
use crate::capi::error::ascribe_error;
use crate::capi::guard::guard;
use crate::capi::handle;
use crate::capi::input::optional_text;
use crate::capi::out::{Buffer, Out, Region, apart};
use crate::capi::status::ascribe_status;
use crate::capi::view::{View, ascribe_matrix};
use crate::capi::watch::{ascribe_watch, watch as obeyed};
use crate::tensor::MatrixView;

/// Explains queries: for each, the scores of all examples, to the first order of their removal.
///
/// @param influence   what is asked
/// @param queries     the queries
/// @param functional  what is asked for, by its name (see the opening chapter), or NULL for the first there is
/// @param watch       what the call obeys, or NULL
/// @param attribution receives the scores; free them with ascribe_attribution_free()
/// @param error       NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_influence_explain(
    influence: *const ascribe_influence,
    queries: *const ascribe_dataset,
    functional: *const c_char,
    watch: *const ascribe_watch,
    attribution: *mut *mut ascribe_attribution,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let attribution = Out::new(attribution, "attribution")?;
            let influence = handle::shared(influence, "influence")?;
            let queries = handle::shared(queries, "queries")?;
            let functional = optional_text(functional, "functional")?;
            attribution.put_new(influence.explain(&queries, functional, &obeyed(watch)?)?);
            Ok(())
        })
    }
}
/// Tells the scores of some examples with each one's own curvature taken out (with one output and no penalty, score / (1 - leverage)), and
/// their leverages. Above a leverage of 0.1 the first order is off by more than a tenth.
///
/// @param influence  what is asked
/// @param queries    the queries
/// @param functional what is asked for, by its name (see the opening chapter), or NULL for the first there is
/// @param examples   the examples, counted from 0
/// @param count      how many they are
/// @param watch      what the call obeys, or NULL
/// @param scores     receives the scores of all examples for each query, one query behind the other: queries * count numbers
/// @param leverages  receives the leverages: count numbers; or NULL
/// @param error      NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_influence_corrected(
    influence: *const ascribe_influence,
    queries: *const ascribe_dataset,
    functional: *const c_char,
    examples: *const u64,
    count: usize,
    watch: *const ascribe_watch,
    scores: *mut f64,
    leverages: *mut f64,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let influence = handle::shared(influence, "influence")?;
            let queries = handle::shared(queries, "queries")?;
            let functional = optional_text(functional, "functional")?;
            let examples = places(examples, count, "examples")?;
            let wanted = queries.len().saturating_mul(count);
            let scores = Buffer::new(scores, wanted, wanted, "scores")?;
            let leverages = Buffer::wanted(leverages, count, count, "leverages")?;
            let regions: Vec<Region> =
                std::iter::once(scores.region()).chain(leverages.iter().map(Buffer::region)).collect();
            apart(&regions)?;
            let (found, leverage) = influence.leave_one_out(&queries, functional, &examples, &obeyed(watch)?)?;
            scores.put(&found);
            if let Some(leverages) = leverages {
                leverages.put(&leverage);
            }
            Ok(())
        })
    }
}
/// Tells the self-influence of examples: the predicted rise of an example's own loss and penalty if it were removed. Wrong
/// labels are found among the highest.
///
/// @param influence what is asked
/// @param examples  the examples, counted from 0, or NULL for all
/// @param count     how many they are; not looked at for all
/// @param watch     what the call obeys, or NULL
/// @param values    receives a value for each
/// @param capacity  how many there is room for
/// @param error     NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_influence_self(
    influence: *const ascribe_influence,
    examples: *const u64,
    count: usize,
    watch: *const ascribe_watch,
    values: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let influence = handle::shared(influence, "influence")?;
            let some = if examples.is_null() { None } else { Some(places(examples, count, "examples")?) };
            let wanted = match &some {
                Some(some) => some.len(),
                None => influence.examples(),
            };
            let values = Buffer::new(values, capacity, wanted, "values")?;
            values.put(&influence.self_influence(some.as_deref(), &obeyed(watch)?)?);
            Ok(())
        })
    }
}
/// Tells the products of the curvature with directions, without damping.
///
/// @param influence  what is asked
/// @param directions a direction in each row, with p columns; read in place, in blocks
/// @param watch      what the call obeys, or NULL
/// @param products   receives the product of each direction, one behind the other: rows * p numbers
/// @param capacity   how many there is room for
/// @param error      NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_influence_hvp(
    influence: *const ascribe_influence,
    directions: *const ascribe_matrix,
    watch: *const ascribe_watch,
    products: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let influence = handle::shared(influence, "influence")?;
            let directions = View::new(directions, "directions")?;
            let count = directions.rows().saturating_mul(directions.columns());
            let products = Buffer::new(products, capacity, count, "products")?;
            apart(&[directions.region(), products.region()])?;
            let mut found = vec![0.0; count];
            influence.products(&directions, &mut found, &obeyed(watch)?)?;
            products.put(&found);
            Ok(())
        })
    }
}
/// Tells the products of the inverse of curvature and damping with directions. Where a solve did not reach its tolerance,
/// ascribe_influence_standing() says so.
///
/// @param influence  what is asked
/// @param directions a direction in each row, with p columns; read in place, in blocks
/// @param watch      what the call obeys, or NULL
/// @param products   receives the product of each direction, one behind the other: rows * p numbers
/// @param capacity   how many there is room for
/// @param error      NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_influence_inverse_hvp(
    influence: *const ascribe_influence,
    directions: *const ascribe_matrix,
    watch: *const ascribe_watch,
    products: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let influence = handle::shared(influence, "influence")?;
            let directions = View::new(directions, "directions")?;
            let count = directions.rows().saturating_mul(directions.columns());
            let products = Buffer::new(products, capacity, count, "products")?;
            apart(&[directions.region(), products.region()])?;
            let mut found = vec![0.0; count];
            influence.inverse_products(&directions, &mut found, &obeyed(watch)?)?;
            products.put(&found);
            Ok(())
        })
    }
}
