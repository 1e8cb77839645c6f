//! The C interface. `include/ascribe.h` is generated from this module and documents it; from Rust, use the modules below.
//!
//! Every function checks its outputs, borrows its inputs, calls [`session`](crate::session) or the module that does the work, and
//! puts the result. What all of them share:
//!
//! | module | what it is |
//! |---|---|
//! | `guard` | the boundary: failures and panics become a status and an error object |
//! | `handle` | objects behind opaque pointers, with a tag that tells them apart |
//! | `input` | texts, arrays, sizes and choices as C gives them |
//! | `out` | where results go: values, handles, texts, arrays, structs that may grow |
//! | `options` | structs of settings, which may be older or newer than this library |
//! | `view` | matrices in the caller's memory |
//! | `watch` | progress and cancellation of long calls |
//!
//! Functions are written out in full: the generator of the header does not see what a macro makes.

#![allow(unsafe_code, non_camel_case_types, clippy::missing_safety_doc)]

// A panic must become a status, which takes unwinding.
#[cfg(panic = "abort")]
compile_error!("the C interface turns panics into a status: build with panic = \"unwind\"");

mod guard;
mod handle;
mod input;
mod options;
mod out;

mod version;

mod status;

mod error;

mod view;

mod cancel;

mod context;

mod watch;

mod graph;

mod dataset;

mod model;

mod values;

mod attribution;

mod ledger;

mod influence;

mod trainer;

mod verify;

mod rollback;

mod saved;

pub use attribution::*;
pub use cancel::*;
pub use context::*;
pub use dataset::*;
pub use error::*;
pub use graph::*;
pub use influence::*;
pub use ledger::*;
pub use model::*;
pub use rollback::*;
pub use saved::*;
pub use status::*;
pub use trainer::*;
pub use values::*;
pub use verify::*;
pub use version::*;
pub use view::*;
pub use watch::*;
