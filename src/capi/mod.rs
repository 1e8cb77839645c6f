//! The C interface. `include/ascribe.h` is generated from this module and documents it; from Rust, use the modules below.
//!
//! Every function checks its outputs, borrows its inputs, calls [`session`](crate::session) or the module that does the work, and
//! puts the result. What all of them share:
//!
//! | module | what it is |
//! |---|---|
//! | `guard` | the boundary: failures and panics become a status and an error object |
//! | `handle` | objects behind opaque pointers, with a tag that tells them apart |
//! | `input` | texts, arrays, sizes and words as C gives them |
//! | `out` | where results go: values, handles, texts, arrays, structs that may grow |
//! | `versioned` | structs that begin with their size, which may be older or newer than this library |
//! | `view` | matrices in the caller's memory |
//! | `monitor` | progress and cancellation of long calls |
//!
//! Functions are written out in full: the generator of the header does not see what a macro makes.
//!
//! Unsafe functions of these modules ask of their pointers what the header's opening chapter asks of callers: that each is NULL or leads
//! to what its type and count say, until the call ends. What one asks beyond that it says itself.

#![allow(unsafe_code, non_camel_case_types, clippy::missing_safety_doc, clippy::type_complexity)]

// A panic must become a status, which takes unwinding.
#[cfg(panic = "abort")]
compile_error!("the C interface turns panics into a status: build with panic = \"unwind\"");

mod guard;
mod handle;
mod input;
mod out;
mod versioned;

// What every function is made with.
use core::ffi::c_char;
use guard::{free, guard, quiet};
use handle::{Shared, concept};
use input::{examples_of, index, optional_text, paths_of, size, sizes_of, slice, text, truth, word};
use out::{Buffer, Out, Region, StructOut, TextOut, apart, put_array, put_sizes};
use status::{Failure, Result};
use versioned::fields;

use attributor::{Question, question};
use context::host;
use monitor::monitor_of;
use options::options_of;
use view::View;

// In the order in which the header has them.

mod version;

mod status;

mod error;

mod cancel;

mod context;

mod monitor;

mod options;

mod view;

mod dataset;

mod graph;

mod model;

mod values;

mod trainer;

mod attribution;

mod attributor;

mod what_if;

mod retraining;

mod ledger;

mod ledger_builder;

mod saved;

pub use attribution::*;
pub use attributor::*;
pub use cancel::*;
pub use context::*;
pub use dataset::*;
pub use error::*;
pub use graph::*;
pub use ledger::*;
pub use ledger_builder::*;
pub use model::*;
pub use monitor::*;
pub use options::*;
pub use retraining::*;
pub use saved::*;
pub use status::*;
pub use trainer::*;
pub use values::*;
pub use version::*;
pub use view::*;
pub use what_if::*;
