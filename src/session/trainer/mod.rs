//! Training models of every kind, at once or step by step.

mod course;
mod minimizing;
mod options;
mod settings;

use std::sync::Arc;

use crate::data::Part;
use crate::engine::Monitor;
use crate::error::Result;

use super::model::{Record, State};
use super::{Context, Dataset, LogLevel, Model};
use crate::options::Options;
use crate::tensor::{Either, Real};

pub use options::{Descent, Training, TrainingOptions};

pub(super) use course::by_steps;
pub(super) use settings::{MEMORY, minimized};

use course::Course;

/// A training under way. It may be stopped after any step and go on from there; the bytes of steps of an optimizer do not
/// depend on how it is cut up.
#[derive(Debug)]
pub struct Trainer {
    context: Arc<Context>,
    model: Model,
    data: Dataset,
    options: TrainingOptions,
    course: Either<Course<f32>, Course<f64>>,
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
        let options = settings::resolved(model, options)?;
        let course = match &model.state {
            Either::Single(state) => Either::Single(Course::new(model, state, data, &options)?),
            Either::Double(state) => Either::Double(Course::new(model, state, data, &options)?),
        };
        Ok(Self { context: context.clone(), model: model.clone(), data: data.clone(), options, course })
    }

    /// Takes at most so many steps: batches of an optimizer, or steps of minimizing. Minimizing begins anew with each call
    /// from where the last one ended.
    ///
    /// # Errors
    /// [`Error::NotFinite`](crate::Error::NotFinite) when the training diverges;
    /// [`Error::Canceled`](crate::Error::Canceled), after which it can go on.
    pub fn step(&mut self, steps: u64, monitor: &Monitor) -> Result<()> {
        let workers = monitor.over(self.context.workers());
        let was_finished = self.training().finished;
        match &mut self.course {
            Either::Single(course) => course.advance(steps, &workers, monitor)?,
            Either::Double(course) => course.advance(steps, &workers, monitor)?,
        }
        let training = self.training();
        if training.finished && !was_finished {
            self.log_end(&training);
        }
        Ok(())
    }

    /// Logs how the training ended.
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
        match &self.course {
            Either::Single(course) => course.training(),
            Either::Double(course) => course.training(),
        }
    }

    /// The model as it is now, with its data and ledger and, where there are validation triples, how they rank.
    ///
    /// # Errors
    /// What ranking reports.
    pub fn finish(&self, monitor: &Monitor) -> Result<Model> {
        let mut model = self.model();
        if self.data.triples().is_ok_and(|triples| !triples.set().valid.is_empty()) {
            let workers = monitor.over(self.context.workers());
            let found = model.ranked(&workers, &self.data, &self.data.part(Part::Valid)?)?;
            if let Some(record) = model.record.as_mut().map(Arc::make_mut) {
                record.validation = Some(found);
            }
        }
        Ok(model)
    }

    /// The model as it is now, with its data and ledger.
    pub fn model(&self) -> Model {
        fn now<T: Real>(before: &State<T>, course: &Course<T>) -> State<T> {
            before.trained(Arc::new(course.parameters().to_vec()), course.ledger().map(Arc::new))
        }
        let state = match (&self.model.state, &self.course) {
            (Either::Single(before), Either::Single(course)) => Either::Single(now(before, course)),
            (Either::Double(before), Either::Double(course)) => Either::Double(now(before, course)),
            _ => self.model.state.clone(),
        };
        let outcome = match &self.course {
            Either::Single(course) => course.outcome(),
            Either::Double(course) => course.outcome(),
        };
        let (data, options, training) = (self.data.clone(), self.options.clone(), self.training());
        let record = Record { data, options, training, outcome, validation: None };
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
