//! Texts, arrays, sizes and choices as C gives them.

use core::ffi::{CStr, c_char};
use std::fmt::Display;

use super::status::{Failure, Result};

/// More axes than any value has: what is longer is no list of sizes.
const MAX_AXES: usize = 64;

/// A text that must be there.
///
/// # Safety
/// `pointer` is NULL or points to bytes that end with a zero, which stay as they are as long as the result is used.
pub(super) unsafe fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    if pointer.is_null() {
        return Err(Failure::argument(format!("{name} is NULL, expected a text")));
    }
    // SAFETY: as promised above.
    let bytes = unsafe { CStr::from_ptr(pointer) }.to_bytes();
    std::str::from_utf8(bytes).map_err(|error| {
        let place = error.valid_up_to();
        let byte = bytes.get(place).copied().unwrap_or_default();
        Failure::argument(format!("{name} is not UTF-8 at byte {place} (0x{byte:02x}), expected a text in UTF-8"))
    })
}

/// A text that may be missing.
///
/// # Safety
/// As [`text`].
pub(super) unsafe fn optional_text<'a>(pointer: *const c_char, name: &str) -> Result<Option<&'a str>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: as promised above.
    unsafe { text(pointer, name) }.map(Some)
}

/// Checks what is asked of every pointer to elements, and gives their size in bytes.
pub(super) fn checked<T>(pointer: *const T, count: usize, name: &str) -> Result<usize> {
    let bytes = count.checked_mul(size_of::<T>()).filter(|bytes| *bytes <= isize::MAX as usize);
    let Some(bytes) = bytes else {
        return Err(Failure::argument(format!("{name} has {count} elements, expected no more than memory can hold")));
    };
    if count > 0 && pointer.is_null() {
        return Err(Failure::argument(format!("{name} is NULL, expected {count} elements")));
    }
    if count > 0 && !pointer.is_aligned() {
        let expected = align_of::<T>();
        let message = format!("{name} is at {pointer:p}, expected an address that is a multiple of {expected}");
        return Err(Failure::argument(message));
    }
    Ok(bytes)
}

/// An array; its pointer is not looked at when there are no elements.
///
/// # Safety
/// `pointer` is NULL or points to `count` elements, which stay as they are as long as the result is used.
pub(super) unsafe fn slice<'a, T>(pointer: *const T, count: usize, name: &str) -> Result<&'a [T]> {
    checked(pointer, count, name)?;
    match count {
        0 => Ok(&[]),
        // SAFETY: as promised above; neither NULL nor misaligned, and not too long.
        _ => Ok(unsafe { std::slice::from_raw_parts(pointer, count) }),
    }
}

/// A struct that is read where it stands.
///
/// # Safety
/// `pointer` is NULL or points to a value.
pub(super) unsafe fn value<T: Copy>(pointer: *const T, name: &str) -> Result<T> {
    if pointer.is_null() {
        return Err(Failure::argument(format!("{name} is NULL, expected a pointer to a value")));
    }
    checked(pointer, 1, name)?;
    // SAFETY: as promised above, and aligned.
    Ok(unsafe { pointer.read() })
}

/// A size or a place, which C gives as a signed number.
pub(super) fn size(number: i64, name: impl Display) -> Result<usize> {
    usize::try_from(number).map_err(|_| Failure::argument(format!("{name} is {number}, expected at least 0")))
}

/// The sizes of a shape, or the axes of a permutation.
///
/// # Safety
/// As [`slice`].
pub(super) unsafe fn sizes(pointer: *const i64, rank: usize, name: &str) -> Result<Vec<usize>> {
    if rank > MAX_AXES {
        return Err(Failure::argument(format!("the rank of {name} is {rank}, expected at most {MAX_AXES} axes")));
    }
    // SAFETY: as promised above.
    let numbers = unsafe { slice(pointer, rank, name)? };
    numbers.iter().enumerate().map(|(place, number)| size(*number, format_args!("{name}[{place}]"))).collect()
}

/// One of the constants that C has instead of an enum.
pub(super) fn choice<T: Copy>(number: i32, name: &str, choices: &[(i32, T)]) -> Result<T> {
    choices.iter().find(|(known, _)| *known == number).map(|(_, choice)| *choice).ok_or_else(|| {
        let known: Vec<String> = choices.iter().map(|(known, _)| known.to_string()).collect();
        Failure::argument(format!("{name} is {number}, expected one of {}", known.join(", ")))
    })
}

/// A truth value, which C gives as a number.
pub(super) fn flag(number: i32, name: &str) -> Result<bool> {
    choice(number, name, &[(0, false), (1, true)])
}
