//! Texts, arrays, sizes and words as C gives them.

use core::ffi::{CStr, c_char};
use std::fmt::Display;
use std::path::PathBuf;

use super::status::{Failure, Result};
use crate::error::similarity;

/// More axes than any value has: what is longer is no list of sizes.
const MAX_AXES: usize = 64;

/// Below this, two words have nothing in common that a typing error leaves.
const ALIKE: f64 = 0.8;

/// A text that must be there.
///
/// # Safety
/// `pointer` is NULL or points to bytes that end with a zero, which stay as they are as long as the result is used.
pub(super) unsafe fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    if pointer.is_null() {
        return Err(Failure::argument(format!("{name} is NULL, expected a text")));
    }
    // SAFETY: as callers promise.
    let bytes = unsafe { CStr::from_ptr(pointer) }.to_bytes();
    std::str::from_utf8(bytes).map_err(|error| {
        let place = error.valid_up_to();
        let byte = bytes.get(place).copied().unwrap_or_default();
        Failure::argument(format!("{name} is not UTF-8 at byte {place} (0x{byte:02x}), expected a text in UTF-8"))
    })
}

/// A text that may be missing.
pub(super) unsafe fn optional_text<'a>(pointer: *const c_char, name: &str) -> Result<Option<&'a str>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: as callers promise.
    unsafe { text(pointer, name) }.map(Some)
}

/// Checks what holds for every pointer to elements, and returns their size in bytes.
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
        // SAFETY: as callers promise; neither NULL nor misaligned, and not too long.
        _ => Ok(unsafe { std::slice::from_raw_parts(pointer, count) }),
    }
}

/// A struct that is read where it stands.
pub(super) unsafe fn value<T: Copy>(pointer: *const T, name: &str) -> Result<T> {
    if pointer.is_null() {
        return Err(Failure::argument(format!("{name} is NULL, expected a pointer to a value")));
    }
    checked(pointer, 1, name)?;
    // SAFETY: as callers promise, and aligned.
    Ok(unsafe { pointer.read() })
}

/// A size or a place, which C gives as a signed number.
pub(super) fn size(number: i64, name: impl Display) -> Result<usize> {
    usize::try_from(number).map_err(|_| Failure::argument(format!("{name} is {number}, expected at least 0")))
}

/// The sizes of a shape, or the axes of a permutation.
pub(super) unsafe fn sizes_of(pointer: *const i64, rank: usize, name: &str) -> Result<Vec<usize>> {
    if rank > MAX_AXES {
        return Err(Failure::argument(format!("the rank of {name} is {rank}, expected at most {MAX_AXES} axes")));
    }
    // SAFETY: as callers promise.
    let numbers = unsafe { slice(pointer, rank, name)? };
    numbers.iter().enumerate().map(|(place, number)| size(*number, format_args!("{name}[{place}]"))).collect()
}

/// One of the words that a text may be. Of another text the message has all of them, and the one that was meant.
pub(super) unsafe fn word<T: Copy>(pointer: *const c_char, name: &str, words: &[(&str, T)]) -> Result<T> {
    // SAFETY: as callers promise.
    let given = unsafe { text(pointer, name)? };
    words.iter().find(|(word, _)| *word == given).map(|(_, choice)| *choice).ok_or_else(|| {
        let alike = |(word, _): &&(&str, T)| similarity(word, given);
        let nearest = words.iter().max_by(|one, other| alike(one).total_cmp(&alike(other)));
        let meant = nearest.filter(|word| alike(word) >= ALIKE).map(|(word, _)| format!("; did you mean {word:?}?"));
        let words: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
        let (words, meant) = (words.join(", "), meant.unwrap_or_default());
        Failure::argument(format!("{name} is {given:?}, expected one of {words}{meant}"))
    })
}

/// A truth value.
pub(super) fn truth(value: i32, name: &str) -> Result<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(Failure::argument(format!("{name} is {other}, expected 0 or 1"))),
    }
}

/// The examples that an array names.
pub(super) unsafe fn examples_of(pointer: *const u64, count: usize, name: &str) -> Result<Vec<usize>> {
    // SAFETY: as callers promise.
    let numbers = unsafe { slice(pointer, count, name)? };
    numbers.iter().map(|example| index(*example, name)).collect()
}

/// A number by which an example or a row is named.
pub(super) fn index(number: u64, name: impl Display) -> Result<usize> {
    let message = || format!("{name} has {number}, expected one that exists");
    usize::try_from(number).map_err(|_| Failure::argument(message()))
}

/// The paths of files.
pub(super) unsafe fn paths_of(pointer: *const *const c_char, count: usize, name: &str) -> Result<Vec<PathBuf>> {
    // SAFETY: as callers promise.
    let paths = unsafe { slice(pointer, count, name)? };
    // SAFETY: as callers promise.
    let path = |place: usize| unsafe { text(paths[place], &format!("{name}[{place}]")) };
    (0..count).map(|place| path(place).map(PathBuf::from)).collect()
}
