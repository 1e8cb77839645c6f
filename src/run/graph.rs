//! Training a model that its user wrote as a graph, with or without some of the examples.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::attribution::rollback::{CreditRule, Ledger, Tracker};
use crate::engine::Workers;
use crate::error::Result;
use crate::objective::Examples;
use crate::objective::{Inputs, Objective};
use crate::tensor::{Array, Real};
use crate::train::{FitOptions, Fitting, InputExamples, Moment, Outcome, Progress, Report, StepPlan, TrainerOptions};

use super::job::train_without;

/// How a graph is trained.
#[derive(Clone, Copy, Debug)]
pub struct GraphSettings {
    /// How the steps are taken; the losses of a batch, penalty included, are summed.
    pub trainer: TrainerOptions,
    /// Whose movement is whose, if a ledger is to be kept. The objective then says which rows an example owns.
    pub attribution: Option<CreditRule>,
}

impl GraphSettings {
    fn fit_options(&self) -> FitOptions {
        FitOptions { trainer: self.trainer, stopping: None, limit: None }
    }
}

/// A training of any objective that is ready to begin, as often as one likes.
#[derive(Clone, Debug)]
pub struct GraphJob<T> {
    objective: Arc<Objective>,
    plan: Arc<StepPlan<T>>,
    initial: Vec<Array<T>>,
    examples: InputExamples<T>,
    settings: GraphSettings,
}

impl<T: Real> GraphJob<T> {
    /// Prepares a training from these parameters on these examples.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) for parameters or examples that do not fit the objective, or settings that cannot be trained by;
    /// as [`StepPlan::new`].
    pub fn new(
        objective: Arc<Objective>,
        initial: Vec<Array<T>>,
        inputs: Arc<Inputs<T>>,
        settings: GraphSettings,
    ) -> Result<Self> {
        let plan = Arc::new(StepPlan::new(&objective)?);
        objective.check_parameters(&initial)?;
        let examples = InputExamples::new(&plan, inputs)?;
        let job = Self { objective, plan, initial, examples, settings };
        job.start()?;
        Ok(job)
    }

    /// Begins a training.
    ///
    /// # Errors
    /// None beyond those of [`GraphJob::new`].
    pub fn start(&self) -> Result<GraphTraining<T>> {
        let method = self.settings.trainer.method;
        let track = |attribution| Tracker::new(&self.plan, &self.examples, method, attribution);
        let tracker = self.settings.attribution.map(track).transpose()?;
        let given = (self.initial.clone(), tracker);
        let count = Examples::len(&self.examples);
        let fitting = Fitting::new(self.plan.clone(), self.settings.fit_options(), given, count, Vec::new())?;
        Ok(GraphTraining { examples: self.examples.clone(), fitting })
    }

    /// Trains again without some of the examples and gives the parameters. Everything else is as in the full training: the
    /// initial values, the order of the other examples and their batches, the learning rate at each moment, and with
    /// `until` the moment at which it ended.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) when an example does not exist or none remains;
    /// [`Error::NotFinite`](crate::Error::NotFinite) when it diverges.
    pub fn train_without(&self, examples: &[u32], until: Option<Moment>, workers: &Workers) -> Result<Vec<Array<T>>> {
        let options = self.settings.fit_options();
        train_without(&self.plan, &options, self.initial.clone(), &self.examples, examples, until, workers)
    }

    /// What is minimized.
    pub fn objective(&self) -> &Arc<Objective> {
        &self.objective
    }

    /// The parameters before training.
    pub fn initial(&self) -> &[Array<T>] {
        &self.initial
    }

    /// The examples.
    pub fn inputs(&self) -> &Arc<Inputs<T>> {
        self.examples.inputs()
    }

    /// How it is trained.
    pub fn settings(&self) -> &GraphSettings {
        &self.settings
    }
}

/// A training of a graph that can be interrupted after any step and go on from there.
#[derive(Debug)]
pub struct GraphTraining<T> {
    examples: InputExamples<T>,
    fitting: Fitting<T, Option<Tracker<T>>>,
}

impl<T: Real> GraphTraining<T> {
    /// Takes at most `steps` steps, and tells whether the training is at its end; the bytes do not depend on how it is cut
    /// up. `report` is called after each epoch, on the calling thread; to break ends the call, and the training can go on
    /// from there.
    ///
    /// # Errors
    /// [`Error::Argument`] for ids outside their tables; [`Error::NotFinite`] when the training diverges;
    /// [`Error::Canceled`] when `report` broke.
    ///
    /// [`Error::Argument`]: crate::Error::Argument
    /// [`Error::NotFinite`]: crate::Error::NotFinite
    /// [`Error::Canceled`]: crate::Error::Canceled
    pub fn advance(
        &mut self,
        steps: u64,
        workers: &Workers,
        report: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<bool> {
        let watch: Report<'_, T, Option<Tracker<T>>> = &mut |progress, _, _| Ok(report(progress));
        self.fitting.advance(steps, &self.examples, workers, None, watch)
    }

    /// The training itself: how far it has come, the parameters as they are now and how it went.
    pub fn fitting(&self) -> &Fitting<T, Option<Tracker<T>>> {
        &self.fitting
    }

    /// The ledger up to now, if one is kept.
    pub fn ledger(&self) -> Option<Ledger<T>> {
        self.fitting.observer().clone().map(Tracker::into_ledger)
    }

    /// The parameters, the ledger if one was kept, and how the training went, as they are now.
    pub fn into_parts(self) -> (Vec<Array<T>>, Option<Ledger<T>>, Outcome) {
        let (parameters, tracker, outcome) = self.fitting.into_parts();
        (parameters, tracker.map(Tracker::into_ledger), outcome)
    }
}
