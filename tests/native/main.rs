//! The library as other languages get it: C, C++, Julia, Python, and the header all four stand on.
#![allow(clippy::unwrap_used)]

#[path = "../common/julia.rs"]
mod julia;
mod native;
#[path = "../common/python.rs"]
mod python;

mod c_api;
mod conformance;
mod cpp_api;
mod exports;
mod header;
mod julia_package;
mod python_package;
mod stories;
