//! Training a model of triples by its settings, with or without some of the examples.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::data::{Triple, TripleSet};
use crate::engine::Context;
use crate::error::{Error, Result};
use crate::model::{Objective, TripleModel, zoo};
use crate::rollback::{Ledger, Tracker};
use crate::tensor::{Array, Real};
use crate::train::{
    Examples, FitOptions, Fitting, Metrics, Moment, Outcome, Progress, Report, StepPlan, TripleExamples, Untracked,
};

use super::settings::Settings;
use super::training::TripleTraining;

/// A training that is ready to begin, as often as one likes.
#[derive(Debug)]
pub struct Job<T> {
    settings: Settings,
    initial: TripleModel<T>,
    plan: Arc<StepPlan<T>>,
    triples: Arc<[Triple]>,
}

/// Who is told after each epoch, with a look at the run as it would be if training ended now; a break ends it.
pub type Watch<'a, T> = &'a mut dyn FnMut(&Progress, &dyn Fn() -> Run<T>) -> Result<ControlFlow<()>>;

/// A trained model with everything that explains it.
#[derive(Clone, Debug)]
pub struct Run<T> {
    /// The settings it was trained by.
    pub settings: Settings,
    /// The data it was trained on.
    pub data: TripleSet,
    /// The trained model.
    pub model: TripleModel<T>,
    /// What every example's own steps did.
    pub ledger: Arc<Ledger<T>>,
    /// How the training went.
    pub outcome: Outcome,
    /// The ranking of the validation triples, where there are any, by the weights kept.
    pub validation: Option<Metrics>,
}

impl<T: Real> Job<T> {
    /// Prepares a training.
    ///
    /// # Errors
    /// [`Error::Argument`] for settings that cannot be trained by, or data without training triples.
    pub fn new(settings: &Settings, data: &TripleSet) -> Result<Self> {
        let scorer = zoo::by_name(&settings.model)?;
        let counts = (data.entities.len(), data.relations.len());
        let initial = TripleModel::new(scorer, counts, settings.dimension, settings.initial, settings.seed)?;
        Self::from_model(settings, initial, &data.train)
    }

    /// Prepares a training from the values that a model has.
    ///
    /// # Errors
    /// As [`Job::new`].
    pub fn from_model(settings: &Settings, initial: TripleModel<T>, triples: &[Triple]) -> Result<Self> {
        settings.check()?;
        let objective = Objective::of_triples(&initial, settings.loss, settings.sides)?;
        let plan = Arc::new(StepPlan::new(&objective)?);
        let job = Self { settings: settings.clone(), initial, plan, triples: triples.into() };
        job.examples()?;
        Ok(job)
    }

    fn examples(&self) -> Result<TripleExamples<'_>> {
        examples(&self.settings, self.initial.entities(), &self.triples)
    }

    /// The model before training.
    pub fn initial(&self) -> &TripleModel<T> {
        &self.initial
    }

    /// Begins a training with a ledger on the data that the job was made of.
    ///
    /// # Errors
    /// What compiling the scores reports.
    pub fn start(&self, data: Arc<TripleSet>) -> Result<TripleTraining<T>> {
        let examples = self.examples()?;
        let tracker = Tracker::new(&self.plan, &examples, self.settings.optimiser, self.settings.attribution)?;
        let given = (self.initial.parameters().to_vec(), tracker);
        let fitting =
            Fitting::new(self.plan.clone(), self.settings.fit_options(), given, self.triples.len(), Vec::new())?;
        TripleTraining::new(self.settings.clone(), self.initial.clone(), data, self.triples.clone(), fitting)
    }

    /// Trains with a ledger, evaluating on the validation triples where there are any. `report` is called after each
    /// epoch with the state of things, on the calling thread; to break ends the training.
    ///
    /// # Errors
    /// [`Error::NotFinite`] when the training diverges; [`Error::Cancelled`] when `report` broke.
    pub fn train(&self, data: &TripleSet, context: &Context, report: Watch<'_, T>) -> Result<Run<T>> {
        let mut training = self.start(Arc::new(data.clone()))?;
        training.advance(u64::MAX, context, report)?;
        training.finish(context)
    }

    /// Trains again without some of the examples and gives the weights. Everything else is as in the full training: the
    /// initial values, the order and the candidates of the other examples, the learning rate at each moment, and with
    /// `until` the moment whose weights were kept.
    ///
    /// # Errors
    /// [`Error::Argument`] when an example does not exist or none remains; [`Error::NotFinite`] when it diverges.
    pub fn train_without(&self, examples: &[u32], until: Option<Moment>, context: &Context) -> Result<Vec<Array<T>>> {
        let options = FitOptions { stopping: None, ..self.settings.fit_options() };
        let initial = self.initial.parameters().to_vec();
        train_without(&self.plan, &options, initial, &self.examples()?, examples, until, context)
    }
}

/// The examples that settings make of triples.
pub(super) fn examples<'a>(settings: &Settings, entities: usize, triples: &'a [Triple]) -> Result<TripleExamples<'a>> {
    let Settings { loss, sides, seed, candidates, .. } = *settings;
    TripleExamples::new(triples, entities, loss, sides, seed, candidates)
}

/// Trains without some of the examples, up to a moment of the full training or to its end.
pub(super) fn train_without<T: Real, E: Examples<T>>(
    plan: &Arc<StepPlan<T>>,
    options: &FitOptions,
    initial: Vec<Array<T>>,
    examples: &E,
    without: &[u32],
    until: Option<Moment>,
    context: &Context,
) -> Result<Vec<Array<T>>> {
    let mut left_out = vec![false; examples.len()];
    for example in without {
        match left_out.get_mut(*example as usize) {
            Some(out) => *out = true,
            None => {
                let expected = format!("an example below {}", examples.len());
                return Err(Error::argument("an example to leave out", example, expected));
            }
        }
    }
    let mut fitting = Fitting::new(plan.clone(), *options, (initial, Untracked), examples.len(), left_out)?;
    let report: Report<'_, T, Untracked> = &mut |_, _, _| Ok(ControlFlow::Continue(()));
    match until {
        Some(moment) => fitting.advance_to(moment, examples, context, None, report)?,
        None => fitting.advance(u64::MAX, examples, context, None, report)?,
    };
    Ok(fitting.into_parts().0)
}
