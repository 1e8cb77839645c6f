//! Which training examples is a prediction due to, and what would change without them?
//!
//! *Ascribe* answers with **gradient rollback**: while a factorization model trains, a [ledger](attribution::rollback::Ledger) records
//! what every training example's own steps did to the rows it reads; taking an example's changes back predicts what the
//! model would say without it. Whatever is predicted can be checked: [`verify`] trains again without the example, with
//! everything else aligned, and compares.
//!
//! For models of rows and images, and any other differentiable objective, it answers with **influence functions**
//! ([`attribution::influence`]): exact second derivatives, certified solves, and beyond the first order leverage, Newton's step and training
//! again.
//!
//! Below that lies a general core: a [`graph`] of operations closed under [differentiation](autodiff), and an
//! [`engine`] that runs it in chunks on any number of threads with the same bytes as a result.
//!
//! ```
//!
//! use ascribe::data::TripleSet;
//! use ascribe::engine::{Monitor, Workers};
//! use ascribe::objective::Functional;
//! use ascribe::models::triples::FunctionalKind;
//! use ascribe::attribution::rollback::{ExplainOptions, Explainer};
//! use ascribe::run::{Job, Settings};
//!
//! # fn main() -> ascribe::Result<()> {
//! let text = "anna\tknows\tbert\nbert\tknows\tclara\nclara\tknows\tanna\nanna\tlikes\tclara\n";
//! let data = TripleSet::from_text(text, "", "")?;
//! let context = Workers::single();
//! let settings = Settings { dimension: 4, epochs: 50, ..Settings::default() };
//! let run = Job::<f64>::new(&settings, &data)?.train(&data, &context, &Monitor::none())?;
//!
//! // Why does the model say that anna likes clara?
//! let functional = Functional::of_triples(&run.model, FunctionalKind::Probability, true)?;
//! let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone())?;
//! let query = explainer.query(&[0, 1, 2])?;
//! let explanation = explainer.explain(&context, &query, 0, &ExplainOptions::default())?;
//! let first = explanation.supporting(1)[0];
//! assert_eq!(data.describe(data.train[first.example as usize]), "anna likes clara");
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//!
//! | module | what it is |
//! |---|---|
//! | [`capi`] | the C interface: pointers in, safe values inside |
//! | [`session`] | models, data and attributions of any kind and precision as plain types, for programs that choose at run time |
//! | [`verify`] | the truth: retraining without examples, predicted against true change |
//! | [`run`] | settings, data, model and ledger as one thing: trained, saved, loaded |
//! | [`attribution`] | [influence](attribution::influence) by exact curvature, and [rollback](attribution::rollback) by the ledger |
//! | [`train`] | one trainer with observers, optimizers, early stopping, minimization to the optimum |
//! | [`models`] | families of models: triples, networks, graphs of one's own |
//! | [`objective`] | an objective over its examples, and its derivatives |
//! | [`solve`] | linear systems by products, with certificates |
//! | [`store`] | folders of named arrays, written whole or not at all |
//! | [`data`] | triples, tables, images, arrays, words; datasets, names, queries |
//! | [`engine`] | programs, kernels, chunks and threads |
//! | [`autodiff`] | graph to graph: forward and reverse derivatives |
//! | [`graph`] | operations, shapes, the builder |
//! | [`tensor`] | dense arrays, element types, random numbers |
//!
//! # Every score is a predicted change
//!
//! A score is the predicted change of the explained functional *if the training example were removed* and the model
//! trained again: a fact that supports a probability has a negative score.
//!
//! # How to choose
//!
//! The ledger's [`CreditRule`](attribution::rollback::CreditRule) and the [`Effort`](attribution::rollback::Effort) of an explanation have
//! defaults that suit most; `docs/design.md` says how they compare. SGD gives ledgers that agree with retraining better than
//! Adam does; `cargo bench --bench fidelity` prints by how much on your machine.

#![deny(missing_docs)]

pub mod attribution;
pub mod autodiff;
pub mod capi;
#[cfg(feature = "cli")]
pub mod cli;
pub mod data;
pub mod engine;
mod error;
pub mod graph;
pub mod models;
pub mod objective;
pub mod run;
pub mod session;
pub mod solve;
pub mod store;
pub mod tensor;
pub mod train;
pub mod verify;

pub use error::{Error, Result};
