//! Training models of every kind, at once or step by step.

mod minimizing;
mod options;
mod run;
mod settings;

use std::sync::Arc;

use crate::attribution::rollback::ExplainOptions;
use crate::data::{Part, Summary};
use crate::engine::Monitor;
use crate::error::Result;

use super::model::Record;
use super::{Context, Dataset, LogLevel, Model};
use crate::options::Options;
use crate::tensor::{Either, either, map_either};

pub use options::{Descent, Training, TrainingOptions};

pub(super) use run::by_steps;
pub(super) use settings::{MEMORY, minimized, resolved};

use run::Run;

/// A training under way. It may be stopped after any step and go on from there; the bytes of steps of an optimizer do not
/// depend on how it is cut up.
#[derive(Debug)]
pub struct Trainer {
    context: Arc<Context>,
    model: Model,
    data: Dataset,
    options: TrainingOptions,
    run: Either<Run<f32>, Run<f64>>,
}

impl Trainer {
    /// Begins a training of a model from the values that it has.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) for data that does not fit the model, or options that nothing can be
    /// trained by; [`Error::Unsupported`](crate::Error::Unsupported) for a way of training that this kind of model does not
    /// have.
    pub fn new(context: &Arc<Context>, model: &Model, data: &Dataset, options: &Options) -> Result<Self> {
        model.family.accepts(data)?;
        let summary = data.sample_set().ok().and_then(|set| set.source()?.summary.as_ref());
        for note in summary.map(Summary::notes).unwrap_or_default() {
            context.log(LogLevel::Warning, "reading", format_args!("{note}"));
        }
        let options = settings::resolved(model, options)?;
        let run = map_either!(&model.state, state => Run::new(model, state, data, &options)?);
        Ok(Self { context: context.clone(), model: model.clone(), data: data.clone(), options, run })
    }

    /// Takes at most so many steps: batches of an optimizer, or steps of minimizing. Minimizing begins anew with each call
    /// from where the last one ended.
    ///
    /// # Errors
    /// [`Error::NotFinite`](crate::Error::NotFinite) when the training diverges;
    /// [`Error::Diverged`](crate::Error::Diverged) when it ends at many times the loss that it began at, which each further
    /// call says again; [`Error::Canceled`](crate::Error::Canceled), after which it can go on.
    pub fn step(&mut self, steps: u64, monitor: &Monitor) -> Result<()> {
        let workers = monitor.over(self.context.workers());
        let was_finished = self.training().finished;
        either!(&mut self.run, run => run.advance(&self.model, steps, &workers, monitor)?);
        let training = self.training();
        if training.finished && !was_finished {
            self.log_end(&training);
        }
        Ok(())
    }

    fn log_end(&self, training: &Training) {
        let steps = training.steps;
        if let Some(loss) = training.loss {
            self.context.log(
                LogLevel::Info,
                "training",
                format_args!("ended after {steps} steps with a loss of {loss:e}"),
            );
        }
        if let (Some(objective), Some(gradient)) = (training.objective, training.gradient_norm) {
            let place = format_args!("ended after {steps} steps at {objective:e} with a gradient of {gradient:e}");
            self.context.log(LogLevel::Info, "minimizing", place);
        }
        if let Some(hint) = &training.hint {
            self.context.log(LogLevel::Warning, "minimizing", format_args!("no minimum was reached: {hint}"));
        }
    }

    /// The steps of an optimizer in each epoch.
    pub fn steps_per_epoch(&self) -> u64 {
        self.data.len().div_ceil(self.options.batch.unwrap_or(1).max(1)) as u64
    }

    /// Trains to the end.
    ///
    /// # Errors
    /// As [`Trainer::step`].
    pub fn run(&mut self, monitor: &Monitor) -> Result<()> {
        self.step(u64::MAX, monitor)
    }

    /// How far the training has come.
    pub fn training(&self) -> Training {
        either!(&self.run, run => run.training())
    }

    /// The model as it is now, with its data and ledger, how validation triples rank, where there are some, and how the ledger's
    /// predictions agree with a true removal, which takes as long as the training.
    ///
    /// # Errors
    /// [`Error::Diverged`](crate::Error::Diverged) as [`Trainer::step`]; what ranking and [`Model::calibrate`] report.
    pub fn finish(&self, monitor: &Monitor) -> Result<Model> {
        either!(&self.run, run => run.check()?);
        let mut model = self.model();
        if self.data.triples().is_ok_and(|triples| !triples.set().valid.is_empty()) {
            let workers = monitor.over(self.context.workers());
            let found = model.ranked(&workers, &self.data, &self.data.part(Part::Valid)?)?;
            if let Some(record) = model.record.as_mut().map(Arc::make_mut) {
                record.validation = Some(found);
            }
        }
        if model.ledger().is_ok() {
            model.calibrate(&self.context, ExplainOptions::default().calibrate, monitor)?;
        }
        Ok(model)
    }

    /// The model as it is now, with its data and ledger.
    pub fn model(&self) -> Model {
        let state = map_either!(&self.run, run => run.state());
        let outcome = either!(&self.run, run => run.outcome());
        let (data, options, training) = (self.data.clone(), self.options.clone(), self.training());
        let record = Record { outcome, ..Record::of(data, options, training) };
        Model { state, record: Some(Arc::new(record)), ..self.model.clone() }
    }
}

impl Model {
    /// Trains the model from the values that it has, and keeps data and ledger with it. A training that fails changes nothing.
    ///
    /// # Errors
    /// As [`Trainer::new`] and [`Trainer::run`].
    pub fn fit(&mut self, context: &Arc<Context>, data: &Dataset, options: &Options, monitor: &Monitor) -> Result<()> {
        let mut trainer = Trainer::new(context, self, data, options)?;
        trainer.run(monitor)?;
        *self = trainer.model();
        Ok(())
    }
}
