//! The ledger of a training that the host runs itself.

use crate::attribution::rollback::CreditRule;
use crate::session::LedgerBuilder;

use super::*;

const RULES: [(&str, CreditRule); 2] = [("step", CreditRule::Step), ("refill", CreditRule::Refill)];

/// A ledger that is written step by step while the host trains a model's parameters with code of its own: what
/// ascribe_model_set_ledger() gives the model, which rollback then explains.
pub struct ascribe_ledger_builder {
    _opaque: (),
}

concept!(ascribe_ledger_builder, LedgerBuilder);

/// Begins a ledger without changes. It has the rows that the examples own in the model: of triples those of head, relation and
/// tail, of a graph those that ascribe_graph_own() names.
/// May be called from any thread at the same time.
///
/// @param model   a model made as that which is given the ledger; its values do not matter
/// @param data    the examples of the training, in the order of their numbers
/// @param rule    "step": changes of a row add up as they are recorded; "refill": each is recorded with its curvature, and later steps
///                of other examples answer to it, which predicts far better (docs/fidelity.md); NULL for "step"
/// @param builder receives the ledger that is written; free it with ascribe_ledger_builder_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_ledger_builder_new(
    model: *const ascribe_model,
    data: *const ascribe_dataset,
    rule: *const c_char,
    builder: *mut *mut ascribe_ledger_builder,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let builder = Out::new(builder, "builder")?;
        let model = handle::shared(model, "model")?;
        let data = handle::shared(data, "data")?;
        let rule = match rule.is_null() {
            true => CreditRule::Step,
            false => word(rule, "rule", &RULES)?,
        };
        builder.put_new(LedgerBuilder::new(&model, &data, rule)?);
    })
}

/// Records that an example moved a row of a parameter in the step under way. A row that the example does not own is one that its loss
/// reads besides, such as that of a sampled candidate: it is recorded as well, for the sake of its curvature. After a failure nothing of
/// it is recorded, and all that was before stays. What an example does to one row in one step may come in parts, which are added.
///
/// With the rule "refill" a change is the whole movement that a gradient g causes, now and later: −a g, and the step shrinks what others
/// did by 1 − a h, with the curvature h. Of gradient descent a is the learning rate; with momentum β it is the learning rate / (1 − β),
/// which is then the learning rate of the step. Optimizers with a rate for each number (Adagrad: the learning rate / (√G + ε); Adam: the
/// learning rate / (√v̂ + ε), v̂ being corrected) are recorded by changes −a g and curvatures a h, and steps of the learning rate 1.
/// Needs exclusive access to `builder`.
///
/// @param builder   the ledger that is written
/// @param example   the example, counted from 0
/// @param parameter the parameter, counted from 0
/// @param row       the row of it, counted from 0
/// @param change    what the example added to each number of the row: of gradient descent, minus the learning rate times the gradient of
///                  its loss; read before the call returns
/// @param curvature by the rule "refill" the curvature of the example's loss along each number: the diagonal of its Gauss-Newton matrix,
///                  zero or more; with the rule "step" NULL
/// @param width     how many numbers the row has
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_ledger_builder_record(
    builder: *mut ascribe_ledger_builder,
    example: u64,
    parameter: usize,
    row: u64,
    change: *const f64,
    curvature: *const f64,
    width: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let mut builder = handle::exclusive(builder, "builder")?;
        let change = slice(change, width, "change")?;
        let curvature = match curvature.is_null() {
            true => None,
            false => Some(slice(curvature, width, "curvature")?),
        };
        builder.record(example, parameter, row, change, curvature)?;
    })
}

/// Ends the step under way: what was recorded since the last one were the changes of one batch.
/// Needs exclusive access to `builder`.
///
/// @param builder       the ledger that is written
/// @param learning_rate the learning rate of the step, by which curvatures count; zero or more
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_ledger_builder_end_step(
    builder: *mut ascribe_ledger_builder,
    learning_rate: f64,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        handle::exclusive(builder, "builder")?.end_step(learning_rate)?;
    })
}

/// Counts an epoch. No step may be under way.
/// Needs exclusive access to `builder`.
///
/// @param builder the ledger that is written
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_ledger_builder_end_epoch(
    builder: *mut ascribe_ledger_builder,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        handle::exclusive(builder, "builder")?.end_epoch()?;
    })
}

/// Frees a ledger that is written. Models that were given it keep what they were given.
/// Needs exclusive access to `builder`.
///
/// @param builder the ledger that is written; NULL is fine
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_ledger_builder_free(builder: *mut ascribe_ledger_builder) {
    free!(builder);
}

/// Says that the values of a model are those that a training elsewhere ended at, on these examples. The model then has its data: it is
/// explained, saved, changed by what-ifs and compared with training again as one that was trained here, as far as that needs no step of
/// the training. Nothing is moved; where the objective is one that is minimized here, its gradient is measured, and
/// ascribe_model_training() says whether that is a minimum. A ledger that the model had is dropped. Set the values first.
/// Needs exclusive access to `model`.
///
/// @param model   the model
/// @param context NULL for the default one
/// @param data    the examples that it was trained on
/// @param options NULL for the defaults; of the table "training" only "optimizer" ("minimize" where the values of a network or graph are to
///                be a minimum) and, where they are to be one, "gradient_tolerance": training that ended early has a larger gradient
/// @param monitor progress and cancellation, or NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_set_data(
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
        model.set_data(&host, &data, &options_of(options)?, &monitor_of(monitor)?)?;
    })
}

/// Gives a model the ledger that was recorded while its values were trained elsewhere, with the data it was begun for. Set the values
/// first: other values drop it. What ascribe_model_set_data() said before is dropped. The builder stays as it is, and may go on.
/// Needs exclusive access to `model`.
///
/// @param model   a model made as that which the ledger was begun for
/// @param builder the ledger; no step may be under way
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_set_ledger(
    model: *mut ascribe_model,
    builder: *const ascribe_ledger_builder,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let builder = handle::shared(builder, "builder")?;
        handle::exclusive(model, "model")?.set_ledger(&builder)?;
    })
}
