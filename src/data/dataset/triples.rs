//! Datasets of triples.

use std::sync::Arc;

use once_cell::sync::OnceCell;

use crate::data::{Triple, TripleSet};
use crate::error::{Error, Result};

use super::Dataset;

/// The most names that are made for ids that have none.
const MAX_NAMES: u32 = 1 << 25;

/// Triples and the knowledge graph that they are of.
#[derive(Clone, Debug)]
pub struct Triples {
    graph: Arc<KnowledgeGraph>,
    list: Arc<Vec<Triple>>,
}

/// A knowledge graph that was read, or one of which nothing but numbers is known. Names are written for these when somebody
/// asks: a query by ids must not cost more than its answer.
#[derive(Debug)]
struct KnowledgeGraph {
    entities: usize,
    relations: usize,
    /// What it was made of, where it has no names yet.
    train: Arc<Vec<Triple>>,
    set: OnceCell<TripleSet>,
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
    /// The number of entities.
    pub fn entities(&self) -> usize {
        self.graph.entities
    }

    /// The number of relations.
    pub fn relations(&self) -> usize {
        self.graph.relations
    }

    /// The knowledge graph with its names.
    pub fn set(&self) -> &TripleSet {
        let KnowledgeGraph { entities, relations, train, set } = &*self.graph;
        set.get_or_init(|| {
            let named = |count: usize| (0..count).map(|id| id.to_string()).collect();
            TripleSet {
                entities: named(*entities),
                relations: named(*relations),
                train: train.to_vec(),
                ..TripleSet::default()
            }
        })
    }

    /// The triples.
    pub fn list(&self) -> &[Triple] {
        &self.list
    }

    /// The names of head, relation and tail of the triple at a place.
    ///
    /// # Panics
    /// When there is no such triple.
    pub fn names(&self, place: usize) -> [String; 3] {
        let (set, Triple { head, relation, tail }) = (self.set(), self.list[place]);
        let entity = |id| set.entities.name(id).unwrap_or_default().to_owned();
        [entity(head), set.relations.name(relation).unwrap_or_default().to_owned(), entity(tail)]
    }

    /// Other triples of the same knowledge graph.
    pub(crate) fn with(&self, list: Vec<Triple>) -> Self {
        Self { graph: self.graph.clone(), list: Arc::new(list) }
    }

    pub(super) fn select(&self, examples: &[usize]) -> Self {
        self.with(examples.iter().map(|example| self.list[*example]).collect())
    }

    /// The knowledge graph with these triples to train on.
    pub fn as_set(&self) -> TripleSet {
        TripleSet { train: self.list.to_vec(), ..self.set().clone() }
    }
}

impl Dataset {
    /// Triples by ids, named by their numbers.
    ///
    /// # Errors
    /// [`Error::Argument`] for an id that is not below the number of entities or relations.
    pub fn from_triples(triples: &[[u32; 3]], entities: u32, relations: u32) -> Result<Self> {
        for (count, what) in [(entities, "the number of entities"), (relations, "the number of relations")] {
            if count == 0 || count > MAX_NAMES {
                return Err(Error::argument(what, count, format!("1 to {MAX_NAMES}")));
            }
        }
        let check = |id: u32, count: u32, what: &str, place: usize| {
            if id < count {
                return Ok(id);
            }
            Err(Error::argument(format!("the {what} of triple {place}"), id, format!("an id below {count}")))
        };
        let triple = |(place, [head, relation, tail]): (usize, &[u32; 3])| {
            let (head, relation) =
                (check(*head, entities, "head", place)?, check(*relation, relations, "relation", place)?);
            Ok(Triple { head, relation, tail: check(*tail, entities, "tail", place)? })
        };
        let list = Arc::new(triples.iter().enumerate().map(triple).collect::<Result<Vec<_>>>()?);
        let (entities, relations) = (entities as usize, relations as usize);
        let graph = KnowledgeGraph { entities, relations, train: list.clone(), set: OnceCell::new() };
        Ok(Triples { graph: Arc::new(graph), list }.into())
    }

    /// Triples in the text of such files.
    ///
    /// # Errors
    /// As [`TripleSet::from_text`].
    pub fn parse_triples(train: &str, valid: &str, test: &str) -> Result<Self> {
        Ok(Self::of_triples(TripleSet::from_text(train, valid, test)?))
    }

    /// The training triples of a knowledge graph.
    pub fn of_triples(set: TripleSet) -> Self {
        let list = Arc::new(set.train.clone());
        let (entities, relations) = (set.entities.len(), set.relations.len());
        let graph = KnowledgeGraph { entities, relations, train: Arc::default(), set: OnceCell::with_value(set) };
        Triples { graph: Arc::new(graph), list }.into()
    }

    /// Another list of triples of the same knowledge graph.
    ///
    /// # Errors
    /// [`Error::Argument`] when the dataset has no triples.
    pub fn part(&self, part: Part) -> Result<Self> {
        let triples = self.triples()?;
        let set = triples.set();
        let list = match part {
            Part::Train => &set.train,
            Part::Valid => &set.valid,
            Part::Test => &set.test,
        };
        Ok(triples.with(list.clone()).into())
    }

    /// One triple by names, to ask about.
    ///
    /// # Errors
    /// [`Error::Unknown`] with similar names for a name that the knowledge graph does not hold.
    pub fn query(&self, head: &str, relation: &str, tail: &str) -> Result<Self> {
        let triples = self.triples()?;
        let TripleSet { entities, relations, .. } = triples.set();
        let (head, relation) = (entities.require("entity", head)?, relations.require("relation", relation)?);
        Ok(triples.with(vec![Triple { head, relation, tail: entities.require("entity", tail)? }]).into())
    }

    /// Head, relation and tail of every example.
    ///
    /// # Errors
    /// [`Error::Argument`] when the dataset has no triples.
    pub fn triple_ids(&self) -> Result<impl ExactSizeIterator<Item = [u32; 3]>> {
        Ok(self.triples()?.list.iter().map(|triple| [triple.head, triple.relation, triple.tail]))
    }
}
