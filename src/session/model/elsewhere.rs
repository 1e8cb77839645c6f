//! Models whose training happened elsewhere: their parameters were set, and this is what they were trained on.

use std::sync::Arc;

use crate::engine::Monitor;
use crate::error::{Error, Result};
use crate::objective::{Derivatives, gradient_scale, relative_norm};
use crate::options::Options;
use crate::session::trainer::{MEMORY, Training, TrainingOptions, minimized, resolved};
use crate::session::{Context, Dataset, LedgerBuilder};
use crate::tensor::{Either, Real, either, map_either};

use super::{Model, Record, State};

/// Of a gradient that was given with the parameters and is too large for a minimum.
const NOT_THERE: &str = "the parameters that were given are no minimum of this objective over these data: check that penalty \
    and convention are those of the training (the option l2, the option objective), train them to the end here, or allow a \
    larger gradient (the option gradient_tolerance)";

/// Instead of going through the steps of a training.
pub(in crate::session) const OTHER_METHODS: &str = "use a method that needs no steps: influence, graddot, gradcos, or rollback with a \
    ledger that was recorded there";

/// Instead of training again here.
pub(in crate::session) const OTHER_TRUTH: &str = "train again there without the examples; values that are a minimum can be trained again \
    here, once the data are set with the option optimizer minimize";

impl Model {
    /// Says that the parameters are what a training on `data` elsewhere ended at. The model then has its data, and is explained,
    /// saved, changed and compared with retraining as one that was trained here, as far as that needs no step of the training.
    ///
    /// Where the objective is minimized, by default or by the option `optimizer`, its gradient is measured: whether that is a
    /// minimum, [`Training::converged`] says, by the option `gradient_tolerance`. Nothing is moved. A ledger or data that the
    /// model had are forgotten.
    ///
    /// # Errors
    /// [`Error::Argument`] for data that does not fit the model and options of a training that did not happen here;
    /// [`Error::NotFinite`] where the objective is not finite; [`Error::Canceled`].
    pub fn set_data(&mut self, context: &Context, data: &Dataset, options: &Options, monitor: &Monitor) -> Result<()> {
        self.family.accepts(data)?;
        for (name, _) in options.iter() {
            if !matches!(name, "optimizer" | "gradient_tolerance") {
                let found = format!("given, of a training that happened elsewhere: {name}");
                let expected = "gradient_tolerance, or optimizer";
                return Err(Error::argument("an option of the training", found, expected));
            }
        }
        let tolerance = options.get("gradient_tolerance").is_some();
        let options = resolved(self, options)?;
        if tolerance && !minimized(&*self.family, &options) {
            let found = "given for a model that is not minimized";
            let expected = "left out, or beside the optimizer minimize, if the values are to be a minimum";
            return Err(Error::argument("the option \"gradient_tolerance\"", found, expected));
        }
        let training = match minimized(&*self.family, &options) {
            true => {
                either!(&self.state, state => self.measured(context, state, data, &options, monitor)?)
            }
            false => Training { given: true, finished: true, ..Training::default() },
        };
        self.state = map_either!(&self.state, state => state.moved(state.parameters.clone()));
        self.record = Some(Arc::new(Record::of(data.clone(), options, training)));
        Ok(())
    }

    fn measured<T: Real>(
        &self,
        context: &Context,
        state: &State<T>,
        data: &Dataset,
        options: &TrainingOptions,
        monitor: &Monitor,
    ) -> Result<Training> {
        let objective = Arc::new(self.family.objective()?);
        let inputs = Arc::new(self.family.examples(data, options.seed.unwrap_or_default())?);
        let (workers, parameters) = (monitor.over(context.workers()), state.parameters.to_vec());
        let mut at = Derivatives::new(&workers, objective, parameters, inputs, data.weights(), None, MEMORY)?;
        let mut gradient = vec![0.0; at.dimension()];
        let value = at.value_and_gradient(&mut gradient)?;
        if !value.is_finite() {
            return Err(Error::NotFinite {
                what: "the objective",
                value,
                place: "the parameters that were given".into(),
                hint: "give those of a training that did not diverge, and data as it saw them".into(),
            });
        }
        let gradient_norm = relative_norm(&gradient, &gradient_scale(&mut at)?);
        let converged = gradient_norm <= options.tolerance(T::PRECISION);
        Ok(Training {
            objective: Some(value),
            gradient_norm: Some(gradient_norm),
            converged,
            finished: true,
            given: true,
            hint: (!converged).then(|| NOT_THERE.to_owned()),
            ..Training::default()
        })
    }

    /// Gives the model the ledger that was recorded while its parameters were trained elsewhere, and the data it is about. What
    /// [`Model::set_data`] said before is forgotten. The builder stays as it is, and may go on.
    ///
    /// # Errors
    /// [`Error::Argument`] for a ledger of another model, or one in which a step is under way.
    pub fn set_ledger(&mut self, builder: &LedgerBuilder) -> Result<()> {
        builder.check_model(self)?;
        let data = builder.data().clone();
        let options = TrainingOptions { attribution: Some(builder.rule()), ..resolved(self, &Options::new())? };
        let training = Training {
            steps: builder.steps(),
            epochs: builder.epochs(),
            finished: true,
            given: true,
            clamped: builder.clamped(),
            ..Training::default()
        };
        let state = match (&self.state, builder.ledger()?) {
            (Either::Single(state), Either::Single(ledger)) => Either::Single(state.given(Some(ledger))),
            (Either::Double(state), Either::Double(ledger)) => Either::Double(state.given(Some(ledger))),
            _ => return Err(builder.of_another_model("its precision differs")),
        };
        self.state = state;
        self.record = Some(Arc::new(Record::of(data, options, training)));
        Ok(())
    }

    /// The error of what needs the training's steps, where there are none.
    pub(in crate::session) fn no_steps(&self, what: &str, hint: &str) -> Error {
        match self.record.as_ref().is_some_and(|record| record.training.given) {
            true => Error::Unsupported {
                what: format!("{what}, of a model that was trained elsewhere,"),
                hint: format!("train it here, or {hint}"),
            },
            false => self.untrained(what),
        }
    }
}
