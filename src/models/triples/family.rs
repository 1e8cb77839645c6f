//! Models of triples as a family.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{Dataset, Triple};
use crate::error::{Error, Result};
use crate::models::family::{EXAMPLES, Family, Parameter, QUERIES, Reduction, TrainingDefaults, other_data, some};
use crate::objective::{EpochIds, Functional, InputSink, Objective};
use crate::options::options;
use crate::tensor::Precision;

use super::examples::{Candidates, TripleExamples};
use super::functional::FunctionalKind;
use super::loss::{Loss, LossKind, Sides};
use super::model::TripleTables;
use super::scorers;

/// The name of the family.
pub const FAMILY: &str = "triples";

options! {
    /// Models of triples: distmult, complex, transe.
    #[table("triples")]
    pub struct TripleOptions {
        /// The dimension of an embedding.
        dimension: usize = "10" in COUNT,
        /// Initial values are drawn from minus to plus this number.
        initial: f64 = "0.5" in POSITIVE,
        /// The loss: cross-entropy against sampled candidates or all entities, or logistic losses against sampled candidates
        /// (bce).
        loss: LossKind = "sampled-softmax",
        /// How many candidates are drawn for each example and side, for sampled-softmax and bce.
        negatives: usize = "13" in COUNT,
        /// Which places of a triple are compared with other candidates.
        sides: Sides = "tails",
        /// When candidates are drawn: anew in every epoch, or once.
        candidates: Candidates = "each-epoch",
        /// The numbers to compute with.
        precision: Precision = "f64",
        /// The seed of the initial values; auto: that of the context.
        seed: Option<u64> = "auto",
    }
}

/// A model of triples without the values of its tables.
#[derive(Clone, Debug)]
pub struct TripleFamily {
    /// The scorer and its tables.
    pub tables: TripleTables,
    /// Initial values are drawn uniformly from minus to plus this number.
    pub initial: f64,
    /// The loss.
    pub loss: Loss,
    /// Which places of a triple are compared with other candidates.
    pub sides: Sides,
    /// When candidates are drawn.
    pub candidates: Candidates,
}

/// A model of triples in a manifest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    scorer: String,
    entities: usize,
    relations: usize,
    dimension: usize,
    initial: f64,
    loss: Loss,
    sides: Sides,
    candidates: Candidates,
}

pub(in crate::models) fn restore(manifest: Value) -> Result<Arc<dyn Family>> {
    let expected = "one that this build wrote";
    let Manifest { scorer, entities, relations, dimension, initial, loss, sides, candidates } =
        serde_json::from_value(manifest)
            .map_err(|error| Error::argument("the manifest of a model of triples", error, expected))?;
    loss.check()?;
    if !(initial.is_finite() && initial > 0.0) {
        return Err(Error::argument("the initial half width", initial, "a positive number"));
    }
    let tables = TripleTables::new(scorers::by_name(&scorer)?, entities, relations, dimension)?;
    Ok(Arc::new(TripleFamily { tables, initial, loss, sides, candidates }))
}

impl TripleFamily {
    /// A model for the entities and relations of a dataset of triples.
    ///
    /// # Errors
    /// [`Error::Argument`] for options that make no model, or other data.
    pub fn new(scorer: &str, data: &Dataset, options: &TripleOptions) -> Result<Self> {
        let TripleOptions { initial, loss, negatives, sides, candidates, .. } = *options;
        let loss = loss.with(negatives);
        loss.check()?;
        let triples = data.triples()?;
        let scorer = scorers::by_name(scorer)?;
        let tables = TripleTables::new(scorer, triples.entities(), triples.relations(), options.dimension)?;
        Ok(Self { tables, initial, loss, sides, candidates })
    }

    /// Rejects ids that the tables do not have.
    fn check<'d>(&self, data: &'d Dataset, what: &str) -> Result<&'d [Triple]> {
        some(data, what)?;
        let triples = data.triples()?.list();
        let (entities, relations) = (self.tables.entities() as u32, self.tables.relations() as u32);
        let fits = |t: &Triple| t.head < entities && t.tail < entities && t.relation < relations;
        let Some(place) = triples.iter().position(|triple| !fits(triple)) else { return Ok(triples) };
        let Triple { head, relation, tail } = triples[place];
        let expected = format!("ids below {entities} and {relations}, for which the model was made");
        let what = format!("triple {place} of the dataset");
        Err(Error::argument(what, format!("{head} {relation} {tail}"), expected))
    }

    fn examples<'d>(&self, data: &'d Dataset, seed: u64) -> Result<TripleExamples<'d>> {
        let triples = self.check(data, EXAMPLES)?;
        TripleExamples::new(triples, self.tables.entities(), self.loss, self.sides, seed, self.candidates)
    }
}

impl Family for TripleFamily {
    fn name(&self) -> &'static str {
        FAMILY
    }

    fn manifest(&self) -> Value {
        let Self { tables, initial, loss, sides, candidates } = self;
        let manifest = Manifest {
            scorer: tables.scorer().name().into(),
            entities: tables.entities(),
            relations: tables.relations(),
            dimension: tables.dimension(),
            initial: *initial,
            loss: *loss,
            sides: *sides,
            candidates: *candidates,
        };
        serde_json::to_value(manifest).unwrap_or_default()
    }

    fn parameters(&self) -> Result<Vec<Parameter>> {
        Ok(self.tables.parameters(self.initial).into())
    }

    fn objective(&self) -> Result<Objective> {
        Objective::of_triples(&self.tables, self.loss, self.sides)
    }

    fn functionals(&self) -> Vec<&str> {
        FunctionalKind::ALL.iter().map(|(name, ..)| *name).collect()
    }

    fn functional(&self, name: Option<&str>) -> Result<Functional> {
        let (kind, tails) = FunctionalKind::named(name)?;
        Functional::of_triples(&self.tables, kind, tails)
    }

    fn accepts(&self, data: &Dataset) -> Result<()> {
        let triples = data.triples().map_err(|_| other_data(self, data))?;
        let found = format!("{} and {}", triples.entities(), triples.relations());
        let expected = format!("{} and {}", self.tables.entities(), self.tables.relations());
        if found == expected {
            return Ok(());
        }
        let expected = format!("{expected}, for which the model was made");
        Err(Error::argument("the numbers of entities and relations of the dataset", found, expected))
    }

    fn stage_examples(&self, data: &Dataset, seed: u64, sink: &mut dyn InputSink) -> Result<()> {
        let examples = self.examples(data, seed)?;
        if self.loss.negatives() > 0 && self.candidates == Candidates::EachEpoch {
            return Err(Error::Unsupported {
                what: "an objective over examples whose candidates are drawn anew in every epoch".into(),
                hint: "draw candidates once, or use the full softmax (the option candidates once, the option loss full-softmax)".into(),
            });
        }
        let sides = [self.sides.tails(), self.sides.heads()].into_iter().filter(|compared| *compared).count();
        let mut ids = vec![Vec::new(); if self.loss.negatives() == 0 { 3 } else { 3 + sides }];
        (0..examples.count()).for_each(|example| examples.stage_ids(0, example, &mut ids));
        sink.begin(examples.count());
        ids.into_iter().enumerate().try_for_each(|(slot, ids)| sink.set_ids(slot, ids))
    }

    fn stage_queries(&self, data: &Dataset, functional: Option<&str>, sink: &mut dyn InputSink) -> Result<()> {
        let triples = self.check(data, QUERIES)?;
        let ids: [fn(&Triple) -> u32; 3] = match FunctionalKind::named(functional)?.1 {
            true => [|t| t.head, |t| t.relation, |t| t.tail],
            false => [|t| t.tail, |t| t.relation, |t| t.head],
        };
        sink.begin(triples.len());
        ids.iter().enumerate().try_for_each(|(slot, id)| sink.set_ids(slot, triples.iter().map(id).collect()))
    }

    fn epoch_ids(&self, data: &Dataset, seed: u64) -> Result<Option<Box<dyn EpochIds>>> {
        Ok(Some(Box::new(self.examples(data, seed)?.into_owned())))
    }

    fn training(&self) -> TrainingDefaults {
        TrainingDefaults { reduction: Reduction::Sum, batch: 1, epochs: 10 }
    }

    fn can_be_minimized(&self) -> bool {
        false
    }

    fn can_stop_early(&self) -> bool {
        true
    }

    fn ranked(&self) -> Result<&TripleTables> {
        Ok(&self.tables)
    }
}
