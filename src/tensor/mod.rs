//! Dense arrays.
