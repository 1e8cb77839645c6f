//! Training-data attribution: which training examples is a prediction due to, and what would it be without them?
//!
//! *Ascribe* predicts **leave-one-out** effects without leaving anything out, and checks them by doing so:
//!
//! - [**influence functions**](attribution::influence), for any differentiable objective at or near a minimum: exact second derivatives,
//!   certified solves, and beyond the first order leave-one-out scores, Newton's step and training again;
//! - [**gradient rollback**](attribution::rollback), for models whose examples own rows of tables: a
//!   [ledger](attribution::rollback::Ledger) records while training what every example's own steps did, and taking an example's
//!   changes back predicts what the model would say without it;
//! - inner products and cosines of gradients, `graddot` and `gradcos`;
//! - [`true_changes`], the truth: training again without the examples, with everything else aligned.
//!
//! Below that lies a general core: a [`graph`] of operations closed under [differentiation](autodiff), and an
//! [`engine`] that runs it in chunks on any number of threads with the same bytes as a result.
//!
//! ```
//! use std::sync::Arc;
//!
//! use ascribe::{Attributor, Context, Dataset, Model, Monitor, Options, Order};
//! use ascribe::data::TripleSet;
//!
//! # fn main() -> ascribe::Result<()> {
//! let text = "anna\tknows\tbert\nbert\tknows\tclara\nclara\tknows\tanna\nanna\tlikes\tclara\n";
//! let data = Dataset::of_triples(TripleSet::from_text(text, "", "")?);
//! let (context, monitor) = (Arc::new(Context::default()), Monitor::none());
//! let mut model = Model::new(&context, "distmult", &data, &Options::new().with("dimension", 4))?;
//! model.fit(&context, &data, &Options::new().with("epochs", 50), &monitor)?;
//!
//! // Why does the model say that anna likes clara?
//! let query = data.query("anna", "likes", "clara")?;
//! let attributor = Attributor::new(&context, &model, Some("rollback"), None, &Options::new(), &monitor)?;
//! let attribution = attributor.explain(&query, Some("probability"), &monitor)?;
//! let (example, change) = attribution.top(0, Order::Negative, 1)?[0];
//! assert_eq!(data.describe(example as usize)?, "anna likes clara");
//! assert!(change < 0.0, "without it the probability is predicted to fall");
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//!
//! A module uses only modules below it.
//!
//! | module | what it is |
//! |---|---|
//! | `cli`, `capi` | the command line; the C interface, on which C++ and Julia stand |
//! | [`session`] | what a program holds: context, datasets, models, trainers, attributors. The crate's root re-exports it |
//! | [`attribution`] | the [methods](attribution::METHODS), [`Method`](attribution::Method), and their answers |
//! | [`train`] | one trainer with [observers](train::Observer), optimizers, early stopping, minimization to the optimum |
//! | [`models`] | [families](models::Family) of models: triples, networks, graphs of one's own |
//! | [`objective`] | an objective over its examples, and its derivatives; generic precision ends here |
//! | [`solve`] | linear systems by products, with certificates |
//! | [`store`] | folders of named arrays, written whole or not at all |
//! | [`data`] | triples, tables, images, arrays, words; datasets, names, queries |
//! | [`engine`] | programs, kernels, chunks and threads |
//! | [`autodiff`] | graph to graph: forward and reverse derivatives |
//! | [`graph`] | operations, shapes, the builder |
//! | [`options`] | tables of options, each option declared once |
//! | [`tensor`] | dense arrays, element types, random numbers |
//!
//! # What a score is
//!
//! Of `influence` and `rollback` a score is the predicted change of the explained functional *if the training example were removed*
//! and the model trained again: a fact that supports a probability has a negative score. Other methods have other units;
//! [`Attribution::unit`] names that of an answer.
//!
//! # How to choose
//!
//! At a minimum of the objective (linear models, logistic and softmax regression, networks that were refined) take `influence`: its sizes
//! are close to retraining. For factorization models trained by steps take `rollback`, for an order of examples: its sizes can be far
//! too large, because the later steps of other examples answer to a removal and no ledger holds that. SGD gives ledgers that agree
//! with retraining better than Adam does. `graddot` and `gradcos` ask for no minimum and predict no change. Check what you rely on with
//! [`true_changes`]. `docs/methods.md` has the formulas and `docs/fidelity.md` the measurements.

#![deny(missing_docs)]

pub mod attribution;
pub mod autodiff;
#[doc(hidden)]
pub mod capi;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod data;
pub mod engine;
mod error;
pub mod graph;
pub mod models;
pub mod objective;
pub mod options;
pub mod session;
pub mod solve;
pub mod store;
pub mod tensor;
pub mod train;

pub use error::{Error, Result};
pub use session::{
    Attribution, Attributor, Context, CustomModel, Dataset, Definition, Fidelity, Model, Monitor, Options, Order,
    Trainer, TrainingChange, WhatIf, load, methods, true_changes,
};
