//! Structs that begin with their size, so that programs and libraries of different ages understand each other.
//!
//! Fields are only appended, and never into the padding behind the last one: there an older program has no value. A struct
//! is read and written field by field, as far as the smaller of both goes. A program that is newer than this library may have
//! fields that are not known here; what they ask for would be ignored, so they must be zero, which is what the `_init`
//! function of this library makes them.

use super::input::checked;
use super::status::{ASCRIBE_UNSUPPORTED, Failure, Result};

/// More bytes than any struct of this library will have: what is larger is no size.
const MAX_BYTES: usize = 4096;

/// Where a field lies in its struct, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A struct that begins with its size.
///
/// # Safety
/// The type is `repr(C)`, [`Versioned::FIELDS`] are its fields, the first is `struct_size: usize`, and every other one may have
/// any bytes (numbers, pointers, optional functions).
pub(super) unsafe trait Versioned: Copy {
    /// Every field, in order.
    const FIELDS: &'static [Field];
}

/// Lists the fields of a struct that begins with its size: `fields!(ascribe_monitor { struct_size, progress })`.
macro_rules! fields {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        // SAFETY: used for `repr(C)` structs of numbers, pointers and optional functions that begin with their size.
        unsafe impl $crate::capi::versioned::Versioned for $name {
            const FIELDS: &'static [$crate::capi::versioned::Field] = &[$($crate::capi::versioned::field(
                core::mem::offset_of!($name, $field),
                |whole: &$name| whole.$field,
            )),+];
        }
    };
}
pub(super) use fields;

/// The field that `_get` reads, which begins at `start`.
pub(super) const fn field<S, T: Copy>(start: usize, _get: fn(&S) -> T) -> Field {
    Field { start, end: start + size_of::<T>() }
}

/// Reads the size that a struct begins with.
pub(super) unsafe fn size_of_struct<T: Versioned>(pointer: *const T, name: &str) -> Result<usize> {
    if pointer.is_null() {
        return Err(Failure::argument(format!("{name} is NULL, expected a struct that begins with its size")));
    }
    checked(pointer, 1, name)?;
    // SAFETY: as callers promise, and aligned.
    let size = unsafe { pointer.cast::<usize>().read() };
    if (size_of::<usize>()..=MAX_BYTES).contains(&size) {
        return Ok(size);
    }
    let expected = size_of::<T>();
    Err(Failure::argument(format!(
        "{name}.struct_size is {size}, expected the size of the struct in bytes, which is {expected} in this version"
    )))
}

/// Reads options: NULL stands for the defaults, and so does every field that an older struct does not have.
///
/// # Safety
/// `pointer` is NULL or points to a struct that begins with its size in bytes and is that long.
pub(super) unsafe fn read<T: Versioned + Default>(pointer: *const T, name: &str) -> Result<T> {
    let mut options = T::default();
    if pointer.is_null() {
        return Ok(options);
    }
    // SAFETY: as callers promise.
    let size = unsafe { size_of_struct(pointer, name)? };
    let bytes = pointer.cast::<u8>();
    // SAFETY: these bytes belong to the caller's struct, as its size says.
    let unknown = (size_of::<T>()..size).find(|place| unsafe { bytes.add(*place).read() } != 0);
    if let Some(place) = unknown {
        return Err(Failure::new(
            ASCRIBE_UNSUPPORTED,
            format!(
                "{name} is of a newer version ({size} bytes, {} known) and byte {place} is not zero; update the library, or \
                 initialize the struct by its _init function",
                size_of::<T>()
            ),
        ));
    }
    let to: *mut T = &mut options;
    for field in T::FIELDS.iter().filter(|field| field.end <= size) {
        // SAFETY: the field lies within both structs, and any bytes are a value of it.
        unsafe {
            let to = to.byte_add(field.start).cast::<u8>();
            to.copy_from_nonoverlapping(bytes.add(field.start), field.end - field.start);
        }
    }
    Ok(options)
}

/// Reads an array of structs, one `struct_size` after the other.
///
/// # Safety
/// `pointer` is NULL or points to `count` structs, each of which begins with its size in bytes and is that long.
pub(super) unsafe fn read_array<T: Versioned + Default>(pointer: *const T, count: usize, name: &str) -> Result<Vec<T>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    // SAFETY: as callers promise, for the first one.
    let size = unsafe { size_of_struct(pointer, name)? };
    let whole =
        size.is_multiple_of(align_of::<T>()) && count.checked_mul(size).is_some_and(|b| b <= isize::MAX as usize);
    let element = |place: usize| {
        // SAFETY: as callers promise, for this one: it is aligned, as its size is a multiple of the alignment.
        let element = unsafe { pointer.byte_add(place * size) };
        let name = format!("{name}[{place}]");
        // SAFETY: as above.
        match unsafe { size_of_struct(element, &name)? } == size {
            // SAFETY: as above.
            true => unsafe { read(element, &name) },
            false => Err(Failure::argument(format!("{name}.struct_size differs from that of the first, {size}"))),
        }
    };
    match whole {
        true => (0..count).map(element).collect(),
        false => Err(Failure::argument(format!("{name} has {count} structs of {size} bytes, expected an array"))),
    }
}

/// Fills a struct of `size` bytes with the defaults, and with zeros where it has more than this library knows.
pub(super) unsafe fn init<T: Versioned + Default>(pointer: *mut T, size: usize) {
    if pointer.is_null() || !pointer.is_aligned() || !(size_of::<usize>()..=MAX_BYTES).contains(&size) {
        return;
    }
    let options = T::default();
    let from: *const T = &options;
    // SAFETY: only the first `size` bytes are written, which the caller promised; fields lie within both structs.
    unsafe {
        pointer.cast::<u8>().write_bytes(0, size);
        for field in T::FIELDS.iter().filter(|field| field.end <= size) {
            let from = from.byte_add(field.start).cast::<u8>();
            let to = pointer.byte_add(field.start).cast::<u8>();
            to.copy_from_nonoverlapping(from, field.end - field.start);
        }
        pointer.cast::<usize>().write(size);
    }
}
