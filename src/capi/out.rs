//! Where results go. Places are checked first and written last, so that outputs stay as they were when a call fails.

use core::ffi::c_char;

use super::handle::{self, Concept};
use super::input::checked;
use super::options::Versioned;
use super::status::{Failure, Result};

/// Memory that the caller gave for one value.
pub(super) struct Out<T> {
    place: *mut T,
}

impl<T> Out<T> {
    /// Checks the place of an output.
    ///
    /// # Safety
    /// `place` is NULL or points to memory for a value, until the call ends.
    pub(super) unsafe fn new(place: *mut T, name: &str) -> Result<Self> {
        if place.is_null() {
            return Err(Failure::argument(format!("{name} is NULL, expected a place to put the result")));
        }
        checked(place.cast_const(), 1, name)?;
        Ok(Self { place })
    }

    /// Puts the result; the last thing a body does.
    pub(super) fn put(self, value: T) {
        // SAFETY: the place was checked, and is the caller's until the call ends.
        unsafe { self.place.write(value) };
    }
}

impl<C: Concept> Out<*mut C> {
    /// Puts the handle of a new object.
    pub(super) fn put_new(self, value: C::Value) {
        self.put(handle::new(value));
    }
}

/// An array that the caller gave for results.
pub(super) struct Buffer<T> {
    place: *mut T,
    count: usize,
    name: &'static str,
}

impl<T: Copy> Buffer<T> {
    /// Checks an array that must hold `count` results.
    ///
    /// # Safety
    /// `place` is NULL or points to memory for `capacity` elements, until the call ends.
    pub(super) unsafe fn new(place: *mut T, capacity: usize, count: usize, name: &'static str) -> Result<Self> {
        checked(place.cast_const(), capacity.max(count), name)?;
        if capacity < count {
            let message = format!("{name} has room for {capacity} elements, expected room for {count}");
            return Err(Failure::argument(message));
        }
        Ok(Self { place, count, name })
    }

    /// Checks an array that the caller may leave out by NULL.
    ///
    /// # Safety
    /// As [`Buffer::new`].
    #[allow(dead_code, reason = "for results of which some are not wanted")]
    pub(super) unsafe fn wanted(
        place: *mut T,
        capacity: usize,
        count: usize,
        name: &'static str,
    ) -> Result<Option<Self>> {
        if place.is_null() {
            return Ok(None);
        }
        // SAFETY: as promised above.
        unsafe { Self::new(place, capacity, count, name) }.map(Some)
    }

    /// The first places of the array, where there are fewer results than there is room for.
    pub(super) fn first(self, count: usize) -> Self {
        Self { count: count.min(self.count), ..self }
    }

    /// The memory the results will take.
    pub(super) fn region(&self) -> Region {
        Region::of(self.place.cast_const(), self.count, self.name)
    }

    /// Puts the results; the last thing a body does.
    ///
    /// # Panics
    /// When there are not as many as the array was checked for.
    pub(super) fn put(self, values: &[T]) {
        assert_eq!(values.len(), self.count, "the number of results for {}", self.name);
        if self.count > 0 {
            // SAFETY: the array was checked for that many; it is the caller's until the call ends, and `values`
            // cannot be part of it, for it was not known to Rust before.
            unsafe { self.place.copy_from_nonoverlapping(values.as_ptr(), values.len()) };
        }
    }
}

/// A buffer for a text, by the two-call convention: the length is received always, the text where there is a buffer.
pub(super) struct TextOut {
    buffer: *mut c_char,
    capacity: usize,
    length: Out<usize>,
}

impl TextOut {
    /// Checks the places of a text and its length.
    ///
    /// # Safety
    /// `buffer` is NULL or points to memory for `capacity` bytes, and `length` is NULL or points to memory for a number,
    /// until the call ends.
    #[allow(dead_code, reason = "for names and descriptions")]
    pub(super) unsafe fn new(buffer: *mut c_char, capacity: usize, length: *mut usize) -> Result<Self> {
        // SAFETY: as promised above.
        let length = unsafe { Out::new(length, "length")? };
        checked(buffer.cast_const(), if buffer.is_null() { 0 } else { capacity }, "buffer")?;
        apart(&[Region::of(buffer, capacity, "buffer"), Region::of(length.place, 1, "length")])?;
        Ok(Self { buffer, capacity, length })
    }

    /// Puts the text and its length, without the zero at its end; the last thing a body does.
    #[allow(dead_code, reason = "for names and descriptions")]
    pub(super) fn put(self, text: &str) -> Result<()> {
        let bytes = text.as_bytes();
        if !self.buffer.is_null() && self.capacity > 0 {
            if self.capacity <= bytes.len() {
                let needed = bytes.len() + 1;
                let message = format!("buffer has room for {} bytes, expected room for {needed}", self.capacity);
                return Err(Failure::argument(message));
            }
            // SAFETY: the buffer was checked, holds one byte more than the text, and is no part of it.
            unsafe {
                self.buffer.cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
                self.buffer.add(bytes.len()).write(0);
            }
        }
        self.length.put(bytes.len());
        Ok(())
    }
}

/// A struct for results, which the caller gave with its size.
#[allow(dead_code, reason = "for results of many numbers")]
pub(super) struct StructOut<T> {
    place: *mut T,
    size: usize,
}

#[allow(dead_code, reason = "for results of many numbers")]
impl<T: Versioned> StructOut<T> {
    /// Checks the place of a struct, and reads its size.
    ///
    /// # Safety
    /// `place` is NULL or points to a struct that begins with its size in bytes.
    pub(super) unsafe fn new(place: *mut T, name: &str) -> Result<Self> {
        // SAFETY: as promised above.
        let size = unsafe { super::options::size_of_struct(place.cast_const(), name)? };
        Ok(Self { place, size })
    }

    /// Puts the fields that the caller's struct has, and leaves its size and what it has beyond them alone.
    pub(super) fn put(self, value: T) {
        let from: *const T = &value;
        for field in T::FIELDS.iter().filter(|field| field.start > 0 && field.end <= self.size) {
            // SAFETY: a field lies within both structs; they are different memory.
            unsafe {
                let (from, to) =
                    (from.byte_add(field.start).cast::<u8>(), self.place.byte_add(field.start).cast::<u8>());
                to.copy_from_nonoverlapping(from, field.end - field.start);
            }
        }
    }
}

/// A part of memory, by addresses.
#[derive(Clone, Copy)]
pub(super) struct Region {
    start: usize,
    end: usize,
    name: &'static str,
}

impl Region {
    /// The memory of `count` elements, whose size was checked.
    pub(super) fn of<T>(pointer: *const T, count: usize, name: &'static str) -> Self {
        let bytes = if pointer.is_null() { 0 } else { count.saturating_mul(size_of::<T>()) };
        Self { start: pointer.addr(), end: pointer.addr().saturating_add(bytes), name }
    }
}

/// Refuses arrays that share memory: results that overwrite each other, or the inputs they are made of.
pub(super) fn apart(regions: &[Region]) -> Result<()> {
    for (place, one) in regions.iter().enumerate() {
        let shares = |other: &&Region| one.start.max(other.start) < one.end.min(other.end);
        if let Some(other) = regions[..place].iter().find(shares) {
            let (one, other) = (one.name, other.name);
            return Err(Failure::argument(format!("{other} and {one} overlap, expected memory of its own for each")));
        }
    }
    Ok(())
}
