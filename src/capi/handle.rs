//! Objects behind opaque pointers.
//!
//! Each object begins with a tag that says of which type it is and is cleared when it is freed: mixed-up and freed handles
//! are found where memory still allows it. An object also counts who uses it. A function that takes it `const` borrows it
//! together with others; one that does not borrows it alone. So a call that would disturb another one (from a callback, or
//! from a thread against the rules) is an error instead of a race; and an object that is freed while a call uses it is
//! destroyed at the end of that call.

use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use super::status::{ASCRIBE_INTERNAL, ASCRIBE_INVALID_HANDLE, Failure, Result};

/// A type of handle, declared by an opaque struct: C knows only pointers to it.
///
/// `Send + Sync` is what a `const` handle promises: any thread may read, several at once, and any thread may free it.
pub(super) trait Concept: 'static {
    /// What is behind a handle.
    type Value: Send + Sync + 'static;
    /// The name of the struct, which is also listed in [`CONCEPTS`].
    const NAME: &'static str;
    /// What an object of this type begins with.
    const TAG: u64 = tag(Self::NAME);
}

/// Says what is behind a type of handle: `concept!(ascribe_model, Model)`.
macro_rules! concept {
    ($name:ident, $value:ty) => {
        impl $crate::capi::handle::Concept for $name {
            type Value = $value;
            const NAME: &'static str = stringify!($name);
        }
    };
}
pub(super) use concept;

/// Every type of handle there is, for messages about mixed-up ones.
const CONCEPTS: [&str; 12] = [
    "ascribe_attribution",
    "ascribe_attributor",
    "ascribe_cancel",
    "ascribe_context",
    "ascribe_dataset",
    "ascribe_error",
    "ascribe_graph",
    "ascribe_ledger",
    "ascribe_model",
    "ascribe_options",
    "ascribe_trainer",
    "ascribe_what_if",
];

/// FNV-1a of a name: nothing that memory holds by chance.
const fn tag(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut place = 0;
    while place < bytes.len() {
        hash = (hash ^ bytes[place] as u64).wrapping_mul(0x0100_0000_01b3);
        place += 1;
    }
    hash
}

#[repr(C)]
struct Handle<T> {
    tag: AtomicU64,
    /// How many borrow the value together, and the three marks below.
    state: AtomicU64,
    value: UnsafeCell<T>,
}

/// Freed while in use: destroyed when the last call returns.
const FREED: u64 = 1 << 63;
/// Borrowed by one who may change it.
const ALONE: u64 = 1 << 62;
/// A panic ended a change.
const POISONED: u64 = 1 << 61;

/// Makes an object and gives its handle, which [`free`] takes back.
pub(super) fn new<C: Concept>(value: C::Value) -> *mut C {
    let object = Handle { tag: AtomicU64::new(C::TAG), state: AtomicU64::new(0), value: UnsafeCell::new(value) };
    Box::into_raw(Box::new(object)).cast()
}

/// Borrows an object together with others.
///
/// # Safety
/// `handle` is NULL, or points to an object of this library or to at least eight bytes that are none.
pub(super) unsafe fn shared<'a, C: Concept>(handle: *const C, name: &str) -> Result<Shared<'a, C>> {
    // SAFETY: as callers promise.
    let object = unsafe { check(handle, name)? };
    let take = |state| (state & ALONE == 0).then_some(state + 1);
    match object.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, |state| usable(state).and_then(take)) {
        Ok(_) => Ok(Shared { object }),
        Err(state) => Err(refused::<C>(state, name)),
    }
}

/// Borrows an object that may be left out by NULL.
pub(super) unsafe fn optional<'a, C: Concept>(handle: *const C, name: &str) -> Result<Option<Shared<'a, C>>> {
    if handle.is_null() {
        return Ok(None);
    }
    // SAFETY: as callers promise.
    unsafe { shared(handle, name) }.map(Some)
}

/// Borrows an object alone, to change it. A panic before the borrow ends poisons the object.
pub(super) unsafe fn exclusive<'a, C: Concept>(handle: *mut C, name: &str) -> Result<Exclusive<'a, C>> {
    // SAFETY: as callers promise.
    let object = unsafe { check(handle.cast_const(), name)? };
    let take = |state| (state == 0).then_some(ALONE);
    match object.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, |state| usable(state).and_then(take)) {
        Ok(_) => Ok(Exclusive { object, panicking: std::thread::panicking() }),
        Err(state) => Err(refused::<C>(state, name)),
    }
}

/// Looks at an object without being counted: a few atomic operations, fit for a signal handler. Freeing the object at the same
/// time is not noticed.
///
/// # Safety
/// As [`shared`]; the object is not freed as long as the result is used, and nobody borrows it alone.
pub(super) unsafe fn peek<'a, C: Concept>(handle: *const C) -> Option<&'a C::Value> {
    let object = handle.cast::<Handle<C::Value>>();
    if object.is_null() || !object.is_aligned() {
        return None;
    }
    // SAFETY: as callers promise, there is a tag; where it is the right one there is a value.
    unsafe { ((*object).tag.load(Ordering::Relaxed) == C::TAG).then(|| &*(*object).value.get()) }
}

/// Destroys an object, or marks it to be destroyed when the calls that use it have returned. NULL, and what is no object of this
/// type, are left alone.
///
/// # Safety
/// As [`shared`]; the handle is not used again.
pub(super) unsafe fn free<C: Concept>(handle: *mut C) {
    // SAFETY: as callers promise.
    if let Ok(object) = unsafe { check(handle.cast_const(), "") } {
        let before = object.state.fetch_or(FREED, Ordering::AcqRel);
        if before & !POISONED == 0 {
            // There is nowhere to report a destructor that panics.
            // SAFETY: nobody borrows it, and nobody else marked it.
            let _ = catch_unwind(AssertUnwindSafe(|| unsafe { destroy(object) }));
        }
    }
}

unsafe fn check<'a, C: Concept>(handle: *const C, name: &str) -> Result<&'a Handle<C::Value>> {
    if handle.is_null() {
        return Err(Failure::argument(format!("{name} is NULL, expected a handle of type {}", C::NAME)));
    }
    let object = handle.cast::<Handle<C::Value>>();
    let found = if object.is_aligned() {
        // SAFETY: as promised to the callers of this function: there are eight bytes, and they are aligned.
        let found = unsafe { (*object).tag.load(Ordering::Acquire) };
        if found == C::TAG {
            // SAFETY: what begins with this tag is such an object.
            return Ok(unsafe { &*object });
        }
        CONCEPTS.into_iter().find(|concept| tag(concept) == found)
    } else {
        None
    };
    let found = match found {
        Some(other) => format!("a handle of type {other}"),
        None => "no handle, or one that was freed".into(),
    };
    Err(Failure::new(ASCRIBE_INVALID_HANDLE, format!("{name} is {found}, expected a handle of type {}", C::NAME)))
}

fn usable(state: u64) -> Option<u64> {
    (state & (FREED | POISONED) == 0).then_some(state)
}

fn refused<C: Concept>(state: u64, name: &str) -> Failure {
    let concept = C::NAME;
    if state & FREED != 0 {
        let message = format!("{name} is a handle that was freed, expected a handle of type {concept}");
        return Failure::new(ASCRIBE_INVALID_HANDLE, message);
    }
    if state & POISONED != 0 {
        let message =
            format!("{name} was left half-changed by a fault of the library; free it and make a new {concept}");
        return Failure::new(ASCRIBE_INTERNAL, message);
    }
    Failure::argument(format!(
        "{name} is in use by another call, expected an {concept} that no other call changes, and none uses that is to be changed"
    ))
}

/// # Safety
/// Nobody borrows the object, and this is called once.
unsafe fn destroy<T>(object: *const Handle<T>) {
    // SAFETY: the object was made by `new` from a box of this type, and is nobody else's.
    unsafe {
        (*object).tag.store(0, Ordering::Release);
        drop(Box::from_raw(object.cast_mut()));
    }
}

/// An object that is borrowed together with others.
pub(super) struct Shared<'a, C: Concept> {
    object: &'a Handle<C::Value>,
}

impl<C: Concept> Deref for Shared<'_, C> {
    type Target = C::Value;

    fn deref(&self) -> &C::Value {
        // SAFETY: as long as this counts, nobody borrows the value alone.
        unsafe { &*self.object.value.get() }
    }
}

impl<C: Concept> Drop for Shared<'_, C> {
    fn drop(&mut self) {
        let object: *const _ = self.object;
        if self.object.state.fetch_sub(1, Ordering::AcqRel) & !POISONED == FREED | 1 {
            // SAFETY: it was freed, and this was the last borrow.
            unsafe { destroy(object) };
        }
    }
}

/// An object that is borrowed alone.
pub(super) struct Exclusive<'a, C: Concept> {
    object: &'a Handle<C::Value>,
    /// Whether a panic was under way before: that one changed nothing here.
    panicking: bool,
}

impl<C: Concept> Deref for Exclusive<'_, C> {
    type Target = C::Value;

    fn deref(&self) -> &C::Value {
        // SAFETY: nobody else borrows the value.
        unsafe { &*self.object.value.get() }
    }
}

impl<C: Concept> DerefMut for Exclusive<'_, C> {
    fn deref_mut(&mut self) -> &mut C::Value {
        // SAFETY: nobody else borrows the value.
        unsafe { &mut *self.object.value.get() }
    }
}

impl<C: Concept> Drop for Exclusive<'_, C> {
    fn drop(&mut self) {
        if !self.panicking && std::thread::panicking() {
            self.object.state.fetch_or(POISONED, Ordering::Relaxed);
        }
        let object: *const _ = self.object;
        if self.object.state.fetch_and(!ALONE, Ordering::AcqRel) & FREED != 0 {
            // SAFETY: it was freed, and this was the only borrow.
            unsafe { destroy(object) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stand-in under the name of a real type.
    struct Counted;

    impl Concept for Counted {
        type Value = u32;
        const NAME: &'static str = "ascribe_model";
    }

    /// Everything else about handles programs in C can see, and tests/c looks at.
    #[test]
    fn a_panic_poisons_what_it_was_changing_and_nothing_else() {
        let (changed, read) = (new::<Counted>(1), new::<Counted>(2));
        // SAFETY: handles that were just made, and are freed at the end.
        unsafe {
            let panic = catch_unwind(AssertUnwindSafe(|| {
                let _read = shared(read, "read").unwrap();
                let _changed = exclusive(changed, "changed").unwrap();
                panic!("on purpose");
            }));
            assert!(panic.is_err());
            for failure in [shared(changed, "x").err().unwrap(), exclusive(changed, "x").err().unwrap()] {
                assert_eq!(failure.status, ASCRIBE_INTERNAL);
                assert!(failure.message.starts_with("x was left half-changed"), "{}", failure.message);
            }
            assert_eq!(*exclusive(read, "read").unwrap(), 2);
            free(changed);
            free(read);
        }
    }
}
