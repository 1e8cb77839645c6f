//! The shared library that the tests of other languages link: what the crate exports, and nothing else.

pub use ascribe::capi;
