//! What a training wrote down of its examples.

use crate::session::Ledger;

use super::*;

/// The ledger of a training: for every example and every row that it owns, how much of the row's movement is credited to the example. What
/// counts for that, the option "attribution" of the table "training" says: what is left of the example's updates after later steps have
/// answered to them ("refill", the default of models of triples), or what its own steps moved.
pub struct ascribe_ledger {
    _opaque: (),
}

concept!(ascribe_ledger, Ledger);

/// Gets the ledger of a model.
/// May be called from any thread at the same time.
///
/// @param model  a model that was trained with a ledger
/// @param ledger receives the ledger; free it with ascribe_ledger_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_model_ledger(
    model: *const ascribe_model,
    ledger: *mut *mut ascribe_ledger,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        Out::new(ledger, "ledger")?.put_new(handle::shared(model, "model")?.ledger()?);
    })
}

/// Returns the number of examples.
/// May be called from any thread at the same time.
///
/// @param ledger the ledger, or NULL
/// @return the number; 0 for NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_ledger_examples(ledger: *const ascribe_ledger) -> usize {
    quiet!(0, handle::shared(ledger, "ledger")?.examples())
}

/// Returns how many rows an example owns. A row that it reads twice counts once.
/// May be called from any thread at the same time.
///
/// @param ledger  the ledger, or NULL
/// @param example the example, counted from 0
/// @return the number; 0 for an example that is not there, NULL and invalid handles
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_ledger_slots(ledger: *const ascribe_ledger, example: u64) -> usize {
    quiet!(0, handle::shared(ledger, "ledger")?.slots(example)?.len())
}

/// Gets which row an example owns.
/// May be called from any thread at the same time.
///
/// @param ledger    the ledger
/// @param example   the example, counted from 0
/// @param slot      which of the rows it owns, counted from 0
/// @param parameter receives the parameter, counted from 0
/// @param row       receives the row of it, counted from 0
/// @param width     receives how many numbers the row has
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_ledger_slot(
    ledger: *const ascribe_ledger,
    example: u64,
    slot: usize,
    parameter: *mut usize,
    row: *mut u64,
    width: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let (parameter, row) = (Out::new(parameter, "parameter")?, Out::new(row, "row")?);
        let width = Out::new(width, "width")?;
        apart(&[parameter.region(), row.region(), width.region()])?;
        let found = handle::shared(ledger, "ledger")?.slot(example, slot)?;
        parameter.put(found.parameter);
        row.put(found.row);
        width.put(found.width);
    })
}

/// Gets how much an example's own steps moved a row that it owns.
/// May be called from any thread at the same time.
///
/// @param ledger   the ledger
/// @param example  the example, counted from 0
/// @param slot     which of the rows it owns, counted from 0
/// @param values   receives the change of each number of the row
/// @param capacity how many fit, at least the width
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_ledger_change(
    ledger: *const ascribe_ledger,
    example: u64,
    slot: usize,
    values: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        put_array(values, capacity, &handle::shared(ledger, "ledger")?.change(example, slot)?, "values")?;
    })
}

/// Gets how much of a parameter's movement no example owns: with all changes it adds up to the movement.
/// May be called from any thread at the same time.
///
/// @param ledger    the ledger
/// @param parameter the parameter, counted from 0
/// @param values    receives the numbers in row-major order
/// @param capacity  how many fit, at least as many as the parameter has
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_ledger_remainder(
    ledger: *const ascribe_ledger,
    parameter: usize,
    values: *mut f64,
    capacity: usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        put_array(values, capacity, &handle::shared(ledger, "ledger")?.remainder(parameter)?, "values")?;
    })
}

/// Frees a ledger. Models and explanations that use it stay.
/// Needs exclusive access to `ledger`.
///
/// @param ledger the ledger; NULL is fine
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_ledger_free(ledger: *mut ascribe_ledger) {
    free!(ledger);
}
