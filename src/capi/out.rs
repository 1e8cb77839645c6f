//! Where results go. Places are checked first and written last, so that outputs stay as they were when a call fails.

use core::ffi::c_char;

use super::handle::{self, Concept};
use super::input::checked;
use super::status::{Failure, Result};
use super::versioned::Versioned;

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
    pub(super) unsafe fn new(buffer: *mut c_char, capacity: usize, length: *mut usize) -> Result<Self> {
        // SAFETY: as promised above.
        let length = unsafe { Out::new(length, "length")? };
        checked(buffer.cast_const(), if buffer.is_null() { 0 } else { capacity }, "buffer")?;
        apart(&[Region::of(buffer, capacity, "buffer"), Region::of(length.place, 1, "length")])?;
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
///
/// # Safety
/// `sizes` is NULL or points to memory for `capacity` elements, and `rank` is NULL or points to memory for a number, until the call ends.
pub(super) unsafe fn put_sizes(sizes: *mut i64, capacity: usize, rank: *mut usize, shape: &[usize]) -> Result<()> {
    let region = Region::of(rank.cast_const(), 1, "rank");
    // SAFETY: as promised above.
    let rank = unsafe { Out::new(rank, "rank")? };
    if !sizes.is_null() && capacity > 0 {
        // SAFETY: as promised above.
        let sizes = unsafe { Buffer::new(sizes, capacity, shape.len(), "sizes")? };
        apart(&[sizes.region(), region])?;
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
    ///
    /// # Safety
    /// `place` is NULL or points to a struct that begins with its size in bytes.
    pub(super) unsafe fn new(place: *mut T, name: &str) -> Result<Self> {
        // SAFETY: as promised above.
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

#[cfg(test)]
mod tests {
    use super::super::versioned::fields;
    use super::*;

    #[repr(C)]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Results {
        struct_size: usize,
        count: u32,
        mean: f64,
        finished: i32,
    }

    fields!(Results { struct_size, count, mean, finished });

    #[test]
    fn texts_take_two_calls() {
        let text = "Bürde";
        let (mut buffer, mut length) = ([0x7f_u8; 8], 99);
        let place: *mut c_char = buffer.as_mut_ptr().cast();
        // SAFETY: the buffer is as long as its capacity says, or is not looked at.
        unsafe {
            let ask = |place, capacity, length| TextOut::new(place, capacity, length).and_then(|out| out.put(text));
            assert!(ask(std::ptr::null_mut(), 0, &mut length).is_ok());
            assert_eq!(length, 6);
            length = 99;
            for capacity in 1..=6 {
                let failure = ask(place, capacity, &mut length).unwrap_err();
                assert!(failure.message.ends_with("expected room for 7"), "{}", failure.message);
                assert_eq!((buffer, length), ([0x7f; 8], 99), "nothing is written");
            }
            assert!(ask(place, 0, &mut length).is_ok());
            assert_eq!((buffer, length), ([0x7f; 8], 6));
            assert!(ask(place, 7, &mut length).is_ok());
            assert_eq!(&buffer, b"B\xc3\xbcrde\0\x7f");
            assert!(ask(std::ptr::null_mut(), usize::MAX, &mut length).is_ok(), "NULL has no capacity");
            assert!(ask(place, usize::MAX, &mut length).is_err());
            assert!(ask(place, 7, std::ptr::null_mut()).is_err());
        }
    }

    #[test]
    fn structs_are_filled_as_far_as_the_caller_knows_them() {
        let result = Results { struct_size: 0, count: 3, mean: 0.5, finished: 1 };
        let before = Results { struct_size: 0, count: 77, mean: 77.0, finished: 77 };
        for (size, expected) in [
            (size_of::<Results>(), Results { struct_size: size_of::<Results>(), ..result }),
            (4096, Results { struct_size: 4096, ..result }),
            (24, Results { struct_size: 24, finished: 77, ..result }),
            (23, Results { struct_size: 23, count: 3, ..before }),
            (8, Results { struct_size: 8, ..before }),
        ] {
            let mut found = Results { struct_size: size, ..before };
            // SAFETY: a struct of this type, where a larger size is not looked at.
            unsafe { StructOut::new(&mut found, "results") }.unwrap_or_else(|_| panic!("{size}")).put(result);
            assert_eq!(found, expected);
        }
        for size in [0, 7, 4097, usize::MAX] {
            let mut found = Results { struct_size: size, ..before };
            // SAFETY: as above.
            assert!(unsafe { StructOut::new(&mut found, "results") }.is_err(), "{size}");
        }
        // SAFETY: NULL.
        assert!(unsafe { StructOut::<Results>::new(std::ptr::null_mut(), "results") }.is_err());
    }

    #[test]
    fn buffers_name_the_room_there_is_and_the_room_it_takes() {
        let mut values = [7.0; 3];
        let place = values.as_mut_ptr();
        // SAFETY: the array has three elements, and no more are ever written.
        unsafe {
            let failure = Buffer::new(place, 2, 3, "values").err().unwrap();
            assert_eq!(failure.message, "values has room for 2 elements, expected room for 3");
            let failure = Buffer::new(std::ptr::null_mut::<f64>(), 3, 3, "values").err().unwrap();
            assert_eq!(failure.message, "values is NULL, expected 3 elements");
            assert!(Buffer::new(place, usize::MAX, 2, "values").is_err());
            assert!(Buffer::new(place.byte_add(1), 2, 2, "values").is_err(), "misaligned");
            assert!(Buffer::wanted(std::ptr::null_mut::<f64>(), 0, 3, "values").unwrap().is_none());
            Buffer::new(std::ptr::null_mut::<f64>(), 0, 0, "values").unwrap().put(&[]);
            Buffer::new(place, 3, 2, "values").unwrap().put(&[1.0, 2.0]);
        }
        assert_eq!(values, [1.0, 2.0, 7.0]);
    }

    #[test]
    fn arrays_that_share_memory_are_told_by_name() {
        let values = [0_u32; 10];
        let part = |start: usize, count, name| Region::of(values[start..].as_ptr(), count, name);
        assert!(apart(&[part(0, 3, "a"), part(3, 3, "b"), part(6, 4, "c")]).is_ok());
        assert!(apart(&[part(0, 3, "a"), part(1, 0, "b")]).is_ok(), "what is empty shares nothing");
        assert!(apart(&[Region::of(std::ptr::null::<u32>(), 5, "a"), part(0, 3, "b")]).is_ok());
        for (one, other) in [(part(0, 4, "a"), part(3, 3, "b")), (part(3, 3, "a"), part(0, 10, "b"))] {
            let expected = "a and b overlap, expected memory of its own for each";
            assert_eq!(apart(&[one, other]).unwrap_err().message, expected);
        }
    }
}
