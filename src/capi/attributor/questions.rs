//! What attributors answer beside scores.

use crate::attribution::influence::AttackOptions;
use crate::engine::Monitor;
use crate::session::Attributor;
use crate::tensor::MatrixView;

use super::*;

/// Gets the self-score of examples: the score of each for its own loss. Of influence functions it is the predicted rise of an example's
/// own loss, with its share of the penalty, if it were removed: its unit is "removal", and positive says that the loss rises. Of "graddot"
/// it is the squared length of the example's gradient times its weight, of "gradcos" 1. ascribe_attributor_describe() has it as
/// "self_scores". Wrong labels are found among the highest.
/// May be called from any thread at the same time.
///
/// @param attributor the attributor
/// @param examples   the examples, counted from 0, or NULL for all
/// @param count      how many they are; ignored for all
/// @param monitor    progress and cancellation, or NULL
/// @param values     receives a value for each
/// @param capacity   how many fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attributor_self(
    attributor: *const ascribe_attributor,
    examples: *const u64,
    count: usize,
    monitor: *const ascribe_monitor,
    values: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let attributor = handle::shared(attributor, "attributor")?;
        let some = if examples.is_null() { None } else { Some(examples_of(examples, count, "examples")?) };
        let wanted = some.as_ref().map_or_else(|| attributor.examples(), Vec::len);
        let values = Buffer::new(values, capacity, wanted, "values")?;
        values.put(&attributor.self_scores(some.as_deref(), &monitor_of(monitor)?)?);
    })
}

/// Gets the scores of some examples with each one's own curvature taken out (with one output and no penalty, score / (1 - leverage)), and
/// their leverages. Above a leverage of 0.1 the first order is off by more than a tenth.
/// May be called from any thread at the same time.
///
/// Fails with ASCRIBE_UNSUPPORTED for other methods than "influence".
///
/// @param attributor         the attributor
/// @param queries            the queries
/// @param functional         the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
/// @param examples           the examples, counted from 0
/// @param count              how many they are
/// @param monitor            progress and cancellation, or NULL
/// @param scores             receives the scores, query by query: queries * count numbers
/// @param scores_capacity    how many fit
/// @param leverages          receives the leverages: count numbers; or NULL
/// @param leverages_capacity how many fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attributor_leave_one_out(
    attributor: *const ascribe_attributor,
    queries: *const ascribe_dataset,
    functional: *const c_char,
    examples: *const u64,
    count: usize,
    monitor: *const ascribe_monitor,
    scores: *mut f64,
    scores_capacity: usize,
    leverages: *mut f64,
    leverages_capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let Question { attributor, queries, functional } = question(attributor, queries, functional)?;
        let examples = examples_of(examples, count, "examples")?;
        let scores = Buffer::new(scores, scores_capacity, queries.len().saturating_mul(count), "scores")?;
        let leverages = Buffer::optional(leverages, leverages_capacity, count, "leverages")?;
        apart(&[scores.region(), leverages.region()])?;
        let found = attributor.leave_one_out(&queries, functional, &examples, &monitor_of(monitor)?)?;
        scores.put(&found.scores);
        leverages.put(&found.leverages);
    })
}

/// Gets bounds of scores: by how much at most each can differ from that at the minimum of the objective, because solves
/// are not exact, training ended before the minimum, and numbers are rounded. With damping, with another curvature than
/// the Hessian, and of a model that is not at a minimum: because solves are not exact.
/// May be called from any thread at the same time.
///
/// Fails with ASCRIBE_UNSUPPORTED for methods and models without such bounds.
///
/// @param attributor the attributor
/// @param queries    the queries
/// @param functional the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
/// @param examples   the examples, counted from 0
/// @param count      how many they are
/// @param monitor    progress and cancellation, or NULL
/// @param bounds     receives the bounds, query by query: queries * count numbers; NaN where none is known
/// @param capacity   how many fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attributor_error_bounds(
    attributor: *const ascribe_attributor,
    queries: *const ascribe_dataset,
    functional: *const c_char,
    examples: *const u64,
    count: usize,
    monitor: *const ascribe_monitor,
    bounds: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let Question { attributor, queries, functional } = question(attributor, queries, functional)?;
        let examples = examples_of(examples, count, "examples")?;
        let bounds = Buffer::new(bounds, capacity, queries.len().saturating_mul(count), "bounds")?;
        bounds.put(&attributor.error_bounds(&queries, functional, &examples, &monitor_of(monitor)?)?);
    })
}

/// Gets the effect of the inputs of training examples: the change of the functional per unit of each number of an example's input.
/// May be called from any thread at the same time.
///
/// Fails with ASCRIBE_UNSUPPORTED for other methods than "influence".
///
/// @param attributor the attributor
/// @param queries    the queries
/// @param functional the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
/// @param input      the input of a graph, by its name; NULL for the features
/// @param examples   the examples, counted from 0
/// @param count      how many they are
/// @param monitor    progress and cancellation, or NULL
/// @param effects    receives the effects, query by query and example by example: queries * count * width numbers; NULL to get the width
///                   alone
/// @param capacity   how many fit
/// @param width      receives how many numbers the input of an example has
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attributor_input_effects(
    attributor: *const ascribe_attributor,
    queries: *const ascribe_dataset,
    functional: *const c_char,
    input: *const c_char,
    examples: *const u64,
    count: usize,
    monitor: *const ascribe_monitor,
    effects: *mut f64,
    capacity: usize,
    width: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let width = Out::new(width, "width")?;
        let Question { attributor, queries, functional } = question(attributor, queries, functional)?;
        let input = optional_text(input, "input")?;
        let examples = examples_of(examples, count, "examples")?;
        let numbers = attributor.input_width(input)?;
        let wanted = queries.len().saturating_mul(count).saturating_mul(numbers);
        let effects = Buffer::optional(effects, capacity, wanted, "effects")?;
        apart(&[effects.region(), width.region()])?;
        if effects.wanted() {
            let found = attributor.input_effects(&queries, functional, input, &examples, &monitor_of(monitor)?)?;
            effects.put(&found.concat());
        }
        width.put(numbers);
    })
}

/// Changes the inputs of training examples, step by step, so that the functional of the queries rises as far as it can after training
/// again, and gets the values it had on the way. Options are of the table "attack". There are as many values as rounds and one more: a
/// caller that does not know the rounds asks with NULL first.
/// May be called from any thread at the same time.
///
/// Fails with ASCRIBE_UNSUPPORTED for other methods than "influence".
///
/// @param attributor the attributor
/// @param queries    the queries
/// @param functional the functional, by its name (see FUNCTIONALS above), or NULL for the first there is
/// @param input      the input of a graph, by its name; NULL for the features
/// @param examples   the examples that change, counted from 0
/// @param count      how many they are
/// @param options    NULL for the defaults
/// @param monitor    progress and cancellation, or NULL
/// @param values     receives the sum of the functional over the queries, before the first round and after each; NULL to get their number
///                   alone, without an attack
/// @param capacity   how many fit
/// @param found      receives how many values there are: rounds + 1; or NULL
/// @param perturbed  receives the changed examples, in the order given; free it with ascribe_dataset_free(); left alone without an attack
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attributor_attack(
    attributor: *const ascribe_attributor,
    queries: *const ascribe_dataset,
    functional: *const c_char,
    input: *const c_char,
    examples: *const u64,
    count: usize,
    options: *const ascribe_options,
    monitor: *const ascribe_monitor,
    values: *mut f64,
    capacity: usize,
    found: *mut usize,
    perturbed: *mut *mut ascribe_dataset,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let found = Out::optional(found, "found")?;
        let perturbed = Out::new(perturbed, "perturbed")?;
        let Question { attributor, queries, functional } = question(attributor, queries, functional)?;
        let input = optional_text(input, "input")?;
        let examples = examples_of(examples, count, "examples")?;
        let options = options_of(options)?;
        let count = AttackOptions::read(&options)?.rounds.saturating_add(1);
        let values = Buffer::optional(values, capacity, count, "values")?;
        apart(&[values.region(), found.region(), perturbed.region()])?;
        if values.wanted() {
            let monitor = monitor_of(monitor)?;
            let attack = attributor.attack(&queries, functional, input, &examples, &options, &monitor)?;
            values.put(&attack.values);
            perturbed.put_new(attack.data);
        }
        found.put(count);
    })
}

/// What directions can be multiplied by, with the words for it.
const PRODUCTS: [(&str, Product); 2] = [("curvature", Attributor::products), ("inverse", Attributor::inverse_products)];

type Product = fn(&Attributor, &dyn MatrixView<f64>, &mut [f64], &Monitor) -> crate::Result<()>;

/// Gets products of a matrix with directions.
/// May be called from any thread at the same time.
///
///   "curvature"  Hessian-vector products: those of the curvature, without damping
///   "inverse"    those of the inverse of curvature and damping. Where a solve did not reach its tolerance,
///                ascribe_attributor_diagnostics() says so.
///
/// Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_UNSUPPORTED for other methods than "influence".
///
/// @param attributor the attributor
/// @param by         the matrix, by its word
/// @param directions a direction in each row, with p columns; read in place, in blocks
/// @param monitor    progress and cancellation, or NULL
/// @param products   receives the product of each direction, row-major: rows * p numbers
/// @param capacity   how many fit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attributor_products(
    attributor: *const ascribe_attributor,
    by: *const c_char,
    directions: *const ascribe_matrix,
    monitor: *const ascribe_monitor,
    products: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let attributor = handle::shared(attributor, "attributor")?;
        let by = word(by, "by", &PRODUCTS)?;
        let directions = View::new(directions, "directions")?;
        let count = directions.rows().saturating_mul(directions.columns());
        let products = Buffer::new(products, capacity, count, "products")?;
        apart(&[directions.region(), products.region()])?;
        let mut found = vec![0.0; count];
        by(&attributor, &directions, &mut found, &monitor_of(monitor)?)?;
        products.put(&found);
    })
}

/// Frees an attributor. Its results stay.
/// Needs exclusive access to `attributor`.
///
/// @param attributor the attributor; NULL is fine
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_attributor_free(attributor: *mut ascribe_attributor) {
    free!(attributor);
}
