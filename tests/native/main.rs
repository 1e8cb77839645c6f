//! The library as other languages get it: C, C++, Julia, and the header all three stand on.
#![allow(clippy::unwrap_used)]

#[path = "../common/julia.rs"]
mod julia;
mod native;

mod c_api;
mod conformance;
mod cpp_api;
mod exports;
mod header;
mod julia_package;
mod stories;
