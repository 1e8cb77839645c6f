//! Datasets of triples.

use std::path::Path;
use std::sync::Arc;

use crate::data::{Triple, TripleSet, Vocabulary};
use crate::error::{Error, Result};

use super::{Content, Dataset};

/// The most names that are made for ids that have none.
const MOST_NAMES: u32 = 1 << 25;

/// Triples and the knowledge graph whose names they have.
#[derive(Clone, Debug)]
pub(in crate::embed) struct Triples {
    pub set: Arc<TripleSet>,
    pub triples: Arc<Vec<Triple>>,
}

/// One of the lists of triples that were read together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// To train on.
    #[default]
    Train,
    /// To choose by, and to stop early by.
    Valid,
    /// To judge by.
    Test,
}

impl Triples {
    pub fn select(&self, examples: &[usize]) -> Self {
        let triples = examples.iter().map(|example| self.triples[*example]).collect();
        Self { set: self.set.clone(), triples: Arc::new(triples) }
    }

    /// The knowledge graph with these triples to train on.
    pub fn as_set(&self) -> TripleSet {
        TripleSet { train: self.triples.to_vec(), ..TripleSet::clone(&self.set) }
    }
}

impl Dataset {
    /// Triples by ids, named by their numbers.
    ///
    /// # Errors
    /// [`Error::Argument`] for an id that is not below the number of entities or relations.
    pub fn from_triples(triples: &[[u32; 3]], entities: u32, relations: u32) -> Result<Self> {
        let names = |count: u32, what: &str| {
            if count == 0 || count > MOST_NAMES {
                return Err(Error::argument(what, count, format!("1 to {MOST_NAMES}")));
            }
            Vocabulary::from_names((0..count).map(|id| id.to_string()).collect())
        };
        let check = |id: u32, count: u32, what: &str, place: usize| {
            if id < count {
                return Ok(id);
            }
            Err(Error::argument(format!("the {what} of triple {place}"), id, format!("an id below {count}")))
        };
        let mut list = Vec::with_capacity(triples.len());
        for (place, [head, relation, tail]) in triples.iter().enumerate() {
            list.push(Triple {
                head: check(*head, entities, "head", place)?,
                relation: check(*relation, relations, "relation", place)?,
                tail: check(*tail, entities, "tail", place)?,
            });
        }
        let entities = names(entities, "the number of entities")?;
        let relations = names(relations, "the number of relations")?;
        let set = TripleSet { entities, relations, train: list.clone(), ..TripleSet::default() };
        Ok(Self { content: Content::Triples(Triples { set: Arc::new(set), triples: Arc::new(list) }) })
    }

    /// Triples of files with a head, a relation and a tail in each line, separated by tabs. The dataset has the training
    /// triples; [`Dataset::part`] gives the others.
    ///
    /// # Errors
    /// As [`TripleSet::read_files`].
    pub fn load_triples(train: &Path, valid: Option<&Path>, test: Option<&Path>) -> Result<Self> {
        Ok(Self::of_triples(TripleSet::read_files(train, valid, test)?))
    }

    /// The training triples of a knowledge graph.
    pub fn of_triples(set: TripleSet) -> Self {
        let triples = Arc::new(set.train.clone());
        Self { content: Content::Triples(Triples { set: Arc::new(set), triples }) }
    }

    /// Another list of triples of the same knowledge graph.
    ///
    /// # Errors
    /// [`Error::Argument`] when the dataset has no triples.
    pub fn part(&self, part: Part) -> Result<Self> {
        let Triples { set, .. } = self.triples()?;
        let triples = match part {
            Part::Train => &set.train,
            Part::Valid => &set.valid,
            Part::Test => &set.test,
        };
        Ok(Self { content: Content::Triples(Triples { set: set.clone(), triples: Arc::new(triples.clone()) }) })
    }

    /// One triple by names, to ask about.
    ///
    /// # Errors
    /// [`Error::Unknown`] with similar names for a name that the knowledge graph does not hold.
    pub fn query(&self, head: &str, relation: &str, tail: &str) -> Result<Self> {
        let Triples { set, .. } = self.triples()?;
        let triple = Triple {
            head: set.entities.require("entity", head)?,
            relation: set.relations.require("relation", relation)?,
            tail: set.entities.require("entity", tail)?,
        };
        Ok(Self { content: Content::Triples(Triples { set: set.clone(), triples: Arc::new(vec![triple]) }) })
    }

    /// Head, relation and tail of every example.
    ///
    /// # Errors
    /// [`Error::Argument`] when the dataset has no triples.
    pub fn triple_ids(&self) -> Result<impl ExactSizeIterator<Item = [u32; 3]>> {
        Ok(self.triples()?.triples.iter().map(|triple| [triple.head, triple.relation, triple.tail]))
    }
}
