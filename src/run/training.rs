//! A training of triples under way.

use std::sync::Arc;

use crate::attribution::rollback::{Ledger, Tracker};
use crate::data::{Known, Triple, TripleSet};
use crate::engine::Workers;
use crate::error::Result;
use crate::models::triples::TripleModel;
use crate::models::triples::{Metrics, Ranking};
use crate::tensor::{Array, Real};
use crate::train::{Evaluation, Fitting, Outcome, Progress, Report};

use super::job::{Job, Run, Watch, examples};
use super::settings::Settings;

/// The ranks at which hits are reported.
const HITS: [usize; 3] = [1, 3, 10];

/// A training of triples with a ledger that can be interrupted after any step and go on from there;
/// [`Job::start`](super::Job::start) begins one.
#[derive(Debug)]
pub struct TripleTraining<T> {
    model: Untrained<T>,
    triples: Arc<[Triple]>,
    known: Known,
    ranking: Ranking<T>,
    fitting: Fitting<T, Tracker<T>>,
    /// What was reported, beside the training's own list: reports look at it while the training is in use.
    told: Vec<Progress>,
}

/// What a run consists of beside what training makes.
#[derive(Debug)]
struct Untrained<T> {
    settings: Settings,
    initial: TripleModel<T>,
    given: Option<Arc<Vec<Array<T>>>>,
    data: Arc<TripleSet>,
}

impl<T: Real> Untrained<T> {
    fn trained(&self, parameters: Vec<Array<T>>, ledger: Ledger<T>, outcome: Outcome) -> Run<T> {
        Run {
            settings: self.settings.clone(),
            data: (*self.data).clone(),
            model: self.initial.clone().replaced(parameters),
            ledger: Arc::new(ledger),
            outcome,
            validation: None,
            initial: self.given.clone(),
            remarks: None,
        }
    }
}

impl<T: Real> TripleTraining<T> {
    pub(super) fn new(job: &Job<T>, data: Arc<TripleSet>, fitting: Fitting<T, Tracker<T>>) -> Result<Self> {
        let Job { settings, initial, given, triples, .. } = job;
        let (known, ranking) = (Known::new(&data), Ranking::new(initial)?);
        let model = Untrained { settings: settings.clone(), initial: initial.clone(), given: given.clone(), data };
        Ok(Self { model, triples: triples.clone(), known, ranking, fitting, told: Vec::new() })
    }

    /// Takes at most `steps` steps, and tells whether the training is at its end; the bytes do not depend on how it is cut
    /// up. Evaluates on the validation triples where there are any. `report` is called after each epoch with the state of
    /// things, on the calling thread; to break ends the call, and the training can go on from there.
    ///
    /// # Errors
    /// [`Error::NotFinite`](crate::Error::NotFinite) when the training diverges; [`Error::Canceled`] when `report` broke.
    ///
    /// [`Error::Canceled`]: crate::Error::Canceled
    pub fn advance(&mut self, steps: u64, workers: &Workers, report: Watch<'_, T>) -> Result<bool> {
        let Self { model, triples, known, ranking, fitting, told } = self;
        let examples = examples(&model.settings, model.initial.entities(), triples)?;
        let valid = &model.data.valid;
        let mut quality = |parameters: &[Array<T>]| {
            ranking.evaluate(workers, parameters, valid, known, &HITS).map(|metrics| metrics.mrr)
        };
        let evaluate: Option<Evaluation<'_, T>> = if valid.is_empty() { None } else { Some(&mut quality) };
        let watch: Report<'_, T, Tracker<T>> = &mut |progress, parameters, tracker| {
            told.push(*progress);
            // Cloned: what is pending must not be settled earlier because somebody looks.
            let (told, tracker) = (&*told, &*tracker);
            let look = || {
                let outcome = Outcome { epochs: told.clone(), ..Outcome::default() };
                model.trained(parameters.to_vec(), tracker.clone().into_ledger(), outcome)
            };
            report(progress, &look)
        };
        fitting.advance(steps, &examples, workers, evaluate, watch)
    }

    /// The run as it would be if training ended now, but without a ranking of the validation triples.
    pub fn look(&self) -> Run<T> {
        let parameters = self.fitting.parameters().to_vec();
        self.model.trained(parameters, self.ledger(), kept(&self.fitting))
    }

    /// How the training went, as if it ended now.
    pub fn outcome(&self) -> Outcome {
        kept(&self.fitting)
    }

    /// The ledger up to now.
    pub fn ledger(&self) -> Ledger<T> {
        self.fitting.observer().clone().into_ledger()
    }

    /// The training itself: how far it has come, and the weights as they are now.
    pub fn fitting(&self) -> &Fitting<T, Tracker<T>> {
        &self.fitting
    }

    /// Ends the training where it is, and ranks the validation triples where there are any.
    ///
    /// Where early stopping was asked for, an end before the training's own keeps the latest weights.
    ///
    /// # Errors
    /// What ranking reports.
    pub fn finish(mut self, workers: &Workers) -> Result<Run<T>> {
        let outcome = kept(&self.fitting);
        let (parameters, tracker, _) = self.fitting.into_parts();
        let valid = &self.model.data.valid;
        let validation: Option<Metrics> = match valid.is_empty() {
            true => None,
            false => Some(self.ranking.evaluate(workers, &parameters, valid, &self.known, &HITS)?),
        };
        Ok(Run { validation, ..self.model.trained(parameters, tracker.into_ledger(), outcome) })
    }
}

/// How a training went whose present weights are kept.
fn kept<T: Real>(fitting: &Fitting<T, Tracker<T>>) -> Outcome {
    let outcome = fitting.outcome().clone();
    if fitting.is_finished() { outcome } else { Outcome { best_epoch: None, ..outcome } }
}
