//! Where results go. Places are checked first and written last, so that outputs stay as they were when a call fails.

use core::ffi::c_char;

use super::handle::{self, Concept};
use super::input::checked;
use super::status::{Failure, Result};
use super::versioned::Versioned;

/// Memory that the caller gave for one value.
pub(super) struct Out<T> {
    place: *mut T,
    name: &'static str,
}

impl<T> Out<T> {
    /// Checks the place of an output.
    pub(super) unsafe fn new(place: *mut T, name: &'static str) -> Result<Self> {
        if place.is_null() {
            return Err(Failure::argument(format!("{name} is NULL, expected a place to put the result")));
        }
        // SAFETY: as callers promise.
        unsafe { Self::optional(place, name) }
    }

    /// Checks the place of an output that the caller may leave out by NULL.
    pub(super) unsafe fn optional(place: *mut T, name: &'static str) -> Result<Self> {
        checked(place.cast_const(), usize::from(!place.is_null()), name)?;
        Ok(Self { place, name })
    }

    /// The memory the result will take.
    pub(super) fn region(&self) -> Region {
        Region::of(self.place.cast_const(), 1, self.name)
    }

    /// Puts the result where it is wanted; the last thing a body does.
    pub(super) fn put(self, value: T) {
        if !self.place.is_null() {
            // SAFETY: the place was checked, and is the caller's until the call ends.
            unsafe { self.place.write(value) };
        }
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
    pub(super) unsafe fn new(place: *mut T, capacity: usize, count: usize, name: &'static str) -> Result<Self> {
        checked(place.cast_const(), capacity.max(count), name)?;
        if capacity < count {
            let message = format!("{name} has room for {capacity} elements, expected room for {count}");
            return Err(Failure::argument(message));
        }
        Ok(Self { place, count, name })
    }

    /// Checks an array that the caller may leave out by NULL.
    pub(super) unsafe fn optional(place: *mut T, capacity: usize, count: usize, name: &'static str) -> Result<Self> {
        if place.is_null() {
            return Ok(Self { place, count: 0, name });
        }
        // SAFETY: as callers promise.
        unsafe { Self::new(place, capacity, count, name) }
    }

    /// Whether there is an array.
    pub(super) fn wanted(&self) -> bool {
        !self.place.is_null()
    }

    /// The first places of the array, where there are fewer results than there is room for.
    pub(super) fn first(self, count: usize) -> Self {
        Self { count: count.min(self.count), ..self }
    }

    /// The memory the results will take.
    pub(super) fn region(&self) -> Region {
        Region::of(self.place.cast_const(), self.count, self.name)
    }

    /// Puts the results where they are wanted; the last thing a body does.
    ///
    /// # Panics
    /// When there are not as many as the array was checked for.
    pub(super) fn put(self, values: &[T]) {
        if self.wanted() {
            assert_eq!(values.len(), self.count, "the number of results for {}", self.name);
            // SAFETY: the array was checked for that many; it is the caller's until the call ends, and `values`
            // cannot be part of it, for it was not known to Rust before.
            unsafe { self.place.copy_from_nonoverlapping(values.as_ptr(), values.len()) };
        }
    }
}

/// Puts results that are there already into an array.
pub(super) unsafe fn put_array<T: Copy>(
    place: *mut T,
    capacity: usize,
    values: &[T],
    name: &'static str,
) -> Result<()> {
    // SAFETY: as callers promise.
    unsafe { Buffer::new(place, capacity, values.len(), name)? }.put(values);
    Ok(())
}

/// A buffer for a text, by the two-call convention: the length is received always, the text where there is a buffer.
pub(super) struct TextOut {
    buffer: *mut c_char,
    capacity: usize,
    length: Out<usize>,
}

impl TextOut {
    /// Checks the places of a text and its length.
    pub(super) unsafe fn new(buffer: *mut c_char, capacity: usize, length: *mut usize) -> Result<Self> {
        // SAFETY: as callers promise.
        let length = unsafe { Out::new(length, "length")? };
        checked(buffer.cast_const(), if buffer.is_null() { 0 } else { capacity }, "buffer")?;
        apart(&[Region::of(buffer, capacity, "buffer"), length.region()])?;
        Ok(Self { buffer, capacity, length })
    }

    /// Puts the text and its length, without the zero at its end; the last thing a body does.
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

/// Puts the sizes of a shape and their number, by the two-call convention: where there is no array, the number alone.
pub(super) unsafe fn put_sizes(sizes: *mut i64, capacity: usize, rank: *mut usize, shape: &[usize]) -> Result<()> {
    // SAFETY: as callers promise.
    let rank = unsafe { Out::new(rank, "rank")? };
    if !sizes.is_null() && capacity > 0 {
        // SAFETY: as callers promise.
        let sizes = unsafe { Buffer::new(sizes, capacity, shape.len(), "sizes")? };
        apart(&[sizes.region(), rank.region()])?;
        sizes.put(&shape.iter().map(|size| *size as i64).collect::<Vec<_>>());
    }
    rank.put(shape.len());
    Ok(())
}

/// A struct for results, which the caller gave with its size.
pub(super) struct StructOut<T> {
    place: *mut T,
    size: usize,
}

impl<T: Versioned> StructOut<T> {
    /// Checks the place of a struct, and reads its size.
    pub(super) unsafe fn new(place: *mut T, name: &str) -> Result<Self> {
        // SAFETY: as callers promise.
        let size = unsafe { super::versioned::size_of_struct(place.cast_const(), name)? };
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
