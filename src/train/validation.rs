//! Evaluation on validation triples.

use std::sync::Arc;

use crate::data::{Known, Triple, TripleSet};
use crate::engine::Workers;
use crate::error::Result;
use crate::models::triples::{Metrics, Ranking, TripleTables};
use crate::tensor::{Array, Real};

use super::observer::{BatchStep, Observer};

/// The ranks at which hits are counted.
const HITS: [usize; 3] = [1, 3, 10];

/// Rates the parameters of a model of triples by the mean reciprocal rank of the validation triples.
#[derive(Debug)]
pub struct Validation<T> {
    ranking: Ranking<T>,
    known: Known,
    triples: Arc<[Triple]>,
}

impl<T: Real> Validation<T> {
    /// An evaluation on the validation triples of `data`; none where it has none.
    ///
    /// # Errors
    /// What compiling the model's scores reports.
    pub fn new(tables: &TripleTables, data: &TripleSet) -> Result<Option<Self>> {
        if data.valid.is_empty() {
            return Ok(None);
        }
        let (ranking, known) = (Ranking::new(tables)?, Known::new(data));
        Ok(Some(Self { ranking, known, triples: data.valid.as_slice().into() }))
    }

    /// How the validation triples rank by these parameters.
    ///
    /// # Errors
    /// What ranking reports.
    pub fn metrics(&mut self, parameters: &[Array<T>], workers: &Workers) -> Result<Metrics> {
        self.ranking.evaluate(workers, parameters, &self.triples, &self.known, &HITS)
    }
}

impl<T: Real> Observer<T> for Validation<T> {
    #[inline(always)]
    fn step(&mut self, _: &BatchStep<'_, T>) {}

    fn evaluates(&self) -> bool {
        true
    }

    fn evaluate(&mut self, parameters: &[Array<T>], workers: &Workers) -> Result<Option<f64>> {
        self.metrics(parameters, workers).map(|metrics| Some(metrics.mrr))
    }
}
