//! What every way to attribute has in common.

use std::fmt::Debug;
use std::sync::Arc;

use serde_json::Value;

use crate::data::Dataset;
use crate::engine::{Monitor, Workers};
use crate::error::{Error, Result, one_of};
use crate::graph::Element;
use crate::models::Family;
use crate::objective::{AnyInputs, CompiledFunctional, Derivatives, Evaluate};
use crate::options::{Options, Table};
use crate::solve::{Block, Certificate};
use crate::tensor::{Array, Either, Precision, either};

use super::answer::{Attacked, Attribution, Diagnostics, LeaveOneOutScores, TrainingChange, WhatIf};
use super::replay::Retrace;
use super::rollback::Ledger;
use super::{graddot, influence, replay, rollback, tracin};

/// A way to attribute predictions to training examples, as it is known by name.
#[derive(Clone, Copy, Debug)]
pub struct MethodInfo {
    /// Its name.
    pub name: &'static str,
    /// What a score is. `removal`: the predicted change of the functional if the example were removed and the model trained
    /// again.
    pub unit: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// What it needs of the model.
    pub needs: &'static str,
    /// What it says of the quality of its own answers.
    pub certifies: &'static str,
    /// What it answers beside [`Method::explain`], such as `self scores` and `what-ifs`.
    pub answers: &'static [&'static str],
    /// Its options.
    pub table: &'static Table,
    /// Prepares it for a trained model.
    pub(crate) prepare: Prepare,
}

impl MethodInfo {
    /// Whether it scores examples for themselves.
    pub fn has_self_scores(&self) -> bool {
        self.answers.contains(&questions::SELF_SCORES)
    }
}

/// Prepares a method for a trained model.
type Prepare = fn(&Trained, &Options, &Call<'_>) -> Result<Box<dyn Method>>;

/// The questions that a method may answer beside [`Method::explain`], by their names in [`MethodInfo::answers`].
pub(crate) mod questions {
    pub const SELF_SCORES: &str = "self scores";
    pub const SELF_CERTIFICATES: &str = "certificates of self scores";
    pub const LEAVE_ONE_OUT: &str = "leave-one-out scores";
    pub const ERROR_BOUNDS: &str = "error bounds of scores";
    pub const INPUT_EFFECTS: &str = "effects of inputs";
    pub const WHAT_IFS: &str = "what-ifs";
    pub const ATTACKS: &str = "attacks on the training set";
    pub const PRODUCTS: &str = "products with the curvature";
    pub const DIAGNOSTICS: &str = "diagnostics of the objective";
}

/// The unit of scores that predict what removal does.
pub const REMOVAL: &str = "removal";

/// Every method.
pub const METHODS: [&MethodInfo; 9] = [
    &rollback::METHOD,
    &influence::METHOD,
    &replay::METHOD,
    &replay::DVEMB,
    &tracin::TRACIN,
    &tracin::TRACINCP,
    &tracin::GAS,
    &graddot::GRADDOT,
    &graddot::GRADCOS,
];

/// The method of a name.
///
/// # Errors
/// [`Error::Argument`] when there is none.
pub fn method(name: &str) -> Result<&'static MethodInfo> {
    let found = METHODS.iter().find(|method| method.name == name).copied();
    found.ok_or_else(|| one_of("the method", name, METHODS.iter().map(|method| method.name)))
}

/// What a call has: threads, a seed where options give none, progress and cancellation.
#[derive(Clone, Debug)]
pub struct Call<'c> {
    /// The threads, which the monitor can stop.
    pub workers: Workers,
    /// The seed of what is given none of its own.
    pub seed: u64,
    /// Progress and cancellation.
    pub monitor: &'c Monitor,
}

/// What is asked: a functional of some queries.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// The queries.
    pub queries: &'q Dataset,
    /// The functional; the family's first if absent.
    pub functional: Option<&'q str>,
}

/// The parameters of a model, in its precision.
pub type AnyParameters = Either<Arc<Vec<Array<f32>>>, Arc<Vec<Array<f64>>>>;
/// The ledger of a training, in its precision.
pub type AnyLedger = Either<Arc<Ledger<f32>>, Arc<Ledger<f64>>>;

/// A trained model as methods see it.
#[derive(Clone, Debug)]
pub struct Trained {
    /// What the model is.
    pub family: Arc<dyn Family>,
    /// Its parameters.
    pub parameters: AnyParameters,
    /// What training recorded, if it did.
    pub ledger: Option<AnyLedger>,
    /// How its training is done again, where it was on these examples.
    pub retrace: Option<Arc<dyn Retrace>>,
    /// The examples.
    pub data: Dataset,
    /// The seed by which candidates were drawn.
    pub seed: u64,
}

impl Trained {
    /// The precision of the model.
    pub fn precision(&self) -> Precision {
        match &self.parameters {
            Either::Single(_) => Precision::F32,
            Either::Double(_) => Precision::F64,
        }
    }

    /// The objective over the examples, of which only the named parameters may move.
    ///
    /// # Errors
    /// As [`Family::stage_examples`]; [`Error::Argument`] for a parameter that is not there.
    pub fn evaluator(
        &self,
        call: &Call<'_>,
        parameters: Option<&[String]>,
        memory: usize,
    ) -> Result<Box<dyn Evaluate>> {
        let objective = Arc::new(self.family.objective()?);
        either!(&self.parameters, values => {
            let inputs = Arc::new(self.family.examples(&self.data, self.seed)?);
            let weights = self.data.weights();
            Ok(Derivatives::new(&call.workers, objective, values.to_vec(), inputs, weights, parameters, memory)?.into())
        })
    }

    /// Queries as a functional reads them.
    ///
    /// # Errors
    /// As [`Family::stage_queries`].
    pub fn queries(&self, question: &Question<'_>) -> Result<AnyInputs> {
        let Question { queries, functional } = *question;
        Ok(match &self.parameters {
            Either::Single(_) => self.family.queries::<f32>(queries, functional)?.into(),
            Either::Double(_) => self.family.queries::<f64>(queries, functional)?.into(),
        })
    }

    /// A functional of the parameters that an evaluator moves.
    ///
    /// # Errors
    /// As [`Family::functional`].
    pub fn functional(&self, question: &Question<'_>, evaluator: &dyn Evaluate) -> Result<CompiledFunctional> {
        CompiledFunctional::new(&self.family.functional(question.functional)?, evaluator.layout())
    }

    /// The slot of an input by its name; the first without one.
    ///
    /// # Errors
    /// [`Error::Argument`] for an input that the objective does not have.
    pub fn input(&self, name: Option<&str>) -> Result<usize> {
        let graph = self.family.objective()?.graph;
        let names: Vec<&str> = graph.inputs().iter().map(|id| graph.name(*id).unwrap_or_default()).collect();
        let Some(name) = name else { return Ok(0) };
        let found = names.iter().position(|known| *known == name);
        found.ok_or_else(|| one_of("the input", name, names.iter().copied()))
    }

    /// The numbers that an example has of an input.
    ///
    /// # Errors
    /// [`Error::Argument`] for an input that the objective does not have, or that holds ids.
    pub fn input_width(&self, input: Option<&str>) -> Result<usize> {
        let graph = self.family.objective()?.graph;
        let slot = self.input(input)?;
        match graph.inputs().get(slot).map(|id| (graph.value_type(*id), graph.shape(*id).len())) {
            Some((found, width)) if found.element == Element::Real => Ok(width),
            Some((found, _)) => Err(Error::argument("the input", found, "one of numbers")),
            None => Err(Error::argument("the input", "missing", "an objective with inputs")),
        }
    }

    /// Refuses an example that is not there.
    ///
    /// # Errors
    /// [`Error::Argument`] naming it.
    pub fn check(&self, examples: &[usize]) -> Result<()> {
        let count = self.data.len();
        match examples.iter().find(|example| **example >= count) {
            Some(example) => Err(Error::missing("an example", example, count)),
            None => Ok(()),
        }
    }
}

/// A way to attribute, prepared for a trained model. Calls from several threads are allowed at once.
///
/// Every question but the first may be one that a method has no answer to: [`Error::Unsupported`] then names it.
#[allow(unused_variables)]
pub trait Method: Debug + Send + Sync {
    /// Which method it is.
    fn info(&self) -> &'static MethodInfo;

    /// The scores of the examples for every query.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown functional or queries that do not fit; [`Error::Canceled`].
    fn explain(&self, question: &Question<'_>, call: &Call<'_>) -> Result<Attribution>;

    /// The score of each of some examples for its own loss.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example that is not there; [`Error::Canceled`].
    fn self_scores(&self, examples: &[usize], call: &Call<'_>) -> Result<Vec<f64>> {
        Err(self.lacks(questions::SELF_SCORES))
    }

    /// How the solves behind the self scores of some examples went.
    ///
    /// # Errors
    /// As [`Method::self_scores`].
    fn self_certificate(&self, examples: &[usize], call: &Call<'_>) -> Result<Certificate> {
        Err(self.lacks(questions::SELF_CERTIFICATES))
    }

    /// The scores of some examples with each one's own curvature taken out, and their leverages.
    ///
    /// # Errors
    /// As [`Method::explain`], and [`Error::Argument`] for an example that is not there.
    fn leave_one_out(&self, question: &Question<'_>, examples: &[usize], call: &Call<'_>) -> Result<LeaveOneOutScores> {
        Err(self.lacks(questions::LEAVE_ONE_OUT))
    }

    /// The most by which scores of some examples can be off because of solving, of training and of rounding, query by query;
    /// NaN where that is not known.
    ///
    /// # Errors
    /// As [`Method::leave_one_out`].
    fn error_bounds(&self, question: &Question<'_>, examples: &[usize], call: &Call<'_>) -> Result<Vec<f64>> {
        Err(self.lacks(questions::ERROR_BOUNDS))
    }

    /// For each query and example, the change of the functional for each unit that a number of an input of the example is
    /// changed by.
    ///
    /// # Errors
    /// As [`Method::leave_one_out`], and [`Error::Argument`] for an input that is not there or holds ids.
    fn input_effects(
        &self,
        question: &Question<'_>,
        input: Option<&str>,
        examples: &[usize],
        call: &Call<'_>,
    ) -> Result<Vec<Vec<f64>>> {
        Err(self.lacks(questions::INPUT_EFFECTS))
    }

    /// The numbers that an example has of an input.
    ///
    /// # Errors
    /// [`Error::Argument`] for an input that is not there or holds ids.
    fn input_width(&self, input: Option<&str>) -> Result<usize> {
        Err(self.lacks(questions::INPUT_EFFECTS))
    }

    /// The functional on a changed training set.
    ///
    /// # Errors
    /// As [`Method::explain`], and [`Error::Argument`] for changes that do not fit.
    fn what_if(
        &self,
        question: &Question<'_>,
        changes: &[TrainingChange],
        options: &Options,
        call: &Call<'_>,
    ) -> Result<WhatIf> {
        Err(self.lacks(questions::WHAT_IFS))
    }

    /// Perturbs an input of some examples so that the functional rises.
    ///
    /// # Errors
    /// As [`Method::input_effects`].
    fn attack(
        &self,
        question: &Question<'_>,
        input: Option<&str>,
        examples: &[usize],
        options: &Options,
        call: &Call<'_>,
    ) -> Result<Attacked> {
        Err(self.lacks(questions::ATTACKS))
    }

    /// The products of the curvature, or of the inverse of curvature and damping, with directions.
    ///
    /// # Errors
    /// [`Error::Argument`] for directions of another length; what the solver reports.
    fn products(&self, directions: Block, inverse: bool, call: &Call<'_>) -> Result<Block> {
        Err(self.lacks(questions::PRODUCTS))
    }

    /// The numbers in a direction.
    ///
    /// # Errors
    /// As [`Method::products`].
    fn dimension(&self) -> Result<usize> {
        Err(self.lacks(questions::PRODUCTS))
    }

    /// What was found of the objective at the model, and how solves went since.
    ///
    /// # Errors
    /// [`Error::Internal`] after a panic.
    fn diagnostics(&self) -> Result<Diagnostics> {
        Err(self.lacks(questions::DIAGNOSTICS))
    }

    /// What to do about solves that did not reach their tolerance; none when all did.
    fn hint(&self) -> Option<String> {
        None
    }

    /// What else there is to say of it.
    ///
    /// # Errors
    /// [`Error::Internal`] after a panic.
    fn describe(&self) -> Result<Value> {
        Ok(Value::Object(serde_json::Map::new()))
    }

    /// The error for a question that this method has no answer to.
    fn lacks(&self, what: &str) -> Error {
        let own = self.info().name;
        let others = METHODS.iter().filter(|method| method.name != own && method.answers.contains(&what));
        let hint = match others.map(|method| method.name).collect::<Vec<_>>().as_slice() {
            [] => "no other method has them".to_owned(),
            [one] => format!("{one} has them"),
            [most @ .., last] => format!("{} and {last} have them", most.join(", ")),
        };
        Error::Unsupported { what: format!("{what} by the method {own}"), hint }
    }
}
