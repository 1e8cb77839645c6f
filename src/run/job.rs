//! Training a model of triples by its settings, with or without some of the examples.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::data::{Known, Triple, TripleSet};
use crate::engine::Context;
use crate::error::{Error, Result};
use crate::model::{Objective, TripleModel, zoo};
use crate::rollback::{Ledger, Tracker};
use crate::tensor::{Array, Real};
use crate::train::{Evaluation, Metrics, Outcome, Progress, Ranking, Report, StepPlan, TripleExamples, Untracked, fit};

use super::settings::Settings;

/// The ranks at which hits are reported.
const HITS: [usize; 3] = [1, 3, 10];

/// A training that is ready to begin, as often as one likes.
#[derive(Debug)]
pub struct Job<T> {
    settings: Settings,
    initial: TripleModel<T>,
    plan: Arc<StepPlan<T>>,
    triples: Vec<Triple>,
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
        settings.check()?;
        let scorer = zoo::by_name(&settings.model)?;
        let counts = (data.entities.len(), data.relations.len());
        let initial = TripleModel::new(scorer, counts, settings.dimension, settings.initial, settings.seed)?;
        let objective = Objective::of_triples(&initial, settings.loss, settings.sides)?;
        let plan = Arc::new(StepPlan::new(&objective)?);
        let job = Self { settings: settings.clone(), initial, plan, triples: data.train.clone() };
        job.examples()?;
        Ok(job)
    }

    fn examples(&self) -> Result<TripleExamples<'_>> {
        let Settings { loss, sides, seed, candidates, .. } = self.settings;
        TripleExamples::new(&self.triples, self.initial.entities(), loss, sides, seed, candidates)
    }

    /// The model before training.
    pub fn initial(&self) -> &TripleModel<T> {
        &self.initial
    }

    /// Trains with a ledger, evaluating on the validation triples where there are any. `report` is called after each
    /// epoch with the state of things, on the calling thread; to break ends the training.
    ///
    /// # Errors
    /// [`Error::NotFinite`] when the training diverges; [`Error::Cancelled`] when `report` broke.
    pub fn train(&self, data: &TripleSet, context: &Context, report: Watch<'_, T>) -> Result<Run<T>> {
        let examples = self.examples()?;
        let mut parameters = self.initial.parameters().to_vec();
        let mut tracker = Tracker::new(&self.plan, &examples, self.settings.optimiser, self.settings.attribution)?;
        let known = Known::new(data);
        let mut ranking = Ranking::new(&self.initial)?;
        let mut rank = |parameters: &[Array<T>]| ranking.evaluate(context, parameters, &data.valid, &known, &HITS);
        let mut quality = |parameters: &[Array<T>]| rank(parameters).map(|metrics| metrics.mrr);
        let evaluate: Option<Evaluation<'_, T>> = match data.valid.is_empty() {
            true => None,
            false => Some(&mut quality),
        };
        let finish = |parameters: &[Array<T>], ledger: Ledger<T>, outcome: Outcome| Run {
            settings: self.settings.clone(),
            data: data.clone(),
            model: self.initial.clone().replaced(parameters.to_vec()),
            ledger: Arc::new(ledger),
            outcome,
            validation: None,
        };
        let mut so_far = Outcome::default();
        let report: Report<'_, T, Tracker<T>> = &mut |progress, parameters, tracker| {
            so_far.epochs.push(*progress);
            let copy = std::cell::RefCell::new(tracker);
            // Cloned: what is pending must not be settled earlier because somebody looks.
            let look = || finish(parameters, copy.borrow().clone().into_ledger(), so_far.clone());
            report(progress, &look)
        };
        let options = self.settings.fit_options();
        let outcome =
            fit(&self.plan, &options, &mut parameters, &examples, &[], context, &mut tracker, evaluate, report)?;
        let mut run = finish(&parameters, tracker.into_ledger(), outcome);
        if !data.valid.is_empty() {
            run.validation = Some(rank(&parameters)?);
        }
        Ok(run)
    }

    /// Trains again without some of the examples and gives the weights. Everything else is as in the full training: the
    /// initial values, the order and the candidates of the other examples, the learning rate at each moment, and with
    /// `epochs` the epoch whose weights were kept.
    ///
    /// # Errors
    /// [`Error::Argument`] when an example does not exist or none remains; [`Error::NotFinite`] when it diverges.
    pub fn train_without(&self, examples: &[u32], epochs: Option<usize>, context: &Context) -> Result<Vec<Array<T>>> {
        let mut left_out = vec![false; self.triples.len()];
        for example in examples {
            match left_out.get_mut(*example as usize) {
                Some(out) => *out = true,
                None => {
                    let expected = format!("an example below {}", self.triples.len());
                    return Err(Error::argument("an example to leave out", example, expected));
                }
            }
        }
        let mut parameters = self.initial.parameters().to_vec();
        let mut options = self.settings.fit_options();
        options.stopping = None;
        options.limit = epochs;
        let report: Report<'_, T, Untracked> = &mut |_, _, _| Ok(ControlFlow::Continue(()));
        let data = self.examples()?;
        fit(&self.plan, &options, &mut parameters, &data, &left_out, context, &mut Untracked, None, report)?;
        Ok(parameters)
    }
}
