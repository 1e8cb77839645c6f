//! Functionals of models of triples.

use crate::error::{Result, one_of};
use crate::graph::Graph;
use crate::objective::{Functional, Owned};

use super::model::TripleTables;

/// The scalar that is explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FunctionalKind {
    /// The softmax probability of the target among all entities.
    #[default]
    Probability,
    /// The logarithm of that probability.
    LogProbability,
    /// The score of the target.
    Score,
}

impl FunctionalKind {
    /// Every functional with its name, and whether tails are the candidates. The first is the default.
    pub const ALL: [(&'static str, Self, bool); 6] = [
        ("probability", Self::Probability, true),
        ("log-probability", Self::LogProbability, true),
        ("score", Self::Score, true),
        ("head-probability", Self::Probability, false),
        ("head-log-probability", Self::LogProbability, false),
        ("head-score", Self::Score, false),
    ];

    /// What it is, for lists of them.
    pub fn about(self, tails: bool) -> &'static str {
        match (self, tails) {
            (Self::Probability, true) => {
                "the probability p of the tail: the softmax of the scores of all entities as the tail"
            }
            (Self::LogProbability, true) => "ln p",
            (Self::Score, true) => "the score of the triple with this tail, before the softmax",
            (Self::Probability, false) => {
                "the probability p of the head: the softmax of the scores of all entities as the head"
            }
            (Self::LogProbability, false) => "ln p of the head",
            (Self::Score, false) => "the score of the triple with this head, before the softmax",
        }
    }

    /// The functional of a name, and whether tails are the candidates; the default one without a name.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) when there is none.
    pub fn named(name: Option<&str>) -> Result<(Self, bool)> {
        let name = name.unwrap_or(Self::ALL[0].0);
        let found = Self::ALL.iter().find(|(known, ..)| *known == name);
        let found = found.map(|(_, kind, tails)| (*kind, *tails));
        found.ok_or_else(|| one_of("the functional", name, Self::ALL.iter().map(|known| known.0)))
    }
}

impl Functional {
    /// The functional of a query for tails (`head, relation, ?`) or heads (`?, relation, tail`).
    ///
    /// Inputs: 0 the given entity, 1 the relation, 2 the target entity.
    ///
    /// # Errors
    /// What the model's graph operations report.
    pub fn of_triples(model: &TripleTables, kind: FunctionalKind, tails: bool) -> Result<Self> {
        let mut graph = Graph::new();
        let g = &mut graph;
        let (entities, relations) = model.add(g)?;
        let (given_id, relation_id, target_id) =
            (g.indices("given", &[])?, g.indices("relation", &[])?, g.indices("target", &[])?);
        let given = g.gather_rows(entities, given_id)?;
        let relation = g.gather_rows(relations, relation_id)?;
        let scores = match tails {
            true => model.scorer().tails(g, given, relation, entities)?,
            false => model.scorer().heads(g, entities, relation, given)?,
        };
        let target = g.gather(scores, target_id)?;
        let value = match kind {
            FunctionalKind::Score => target,
            FunctionalKind::LogProbability | FunctionalKind::Probability => {
                let total = g.log_sum_exp(scores, 0)?;
                let log_probability = g.sub(target, total)?;
                if kind == FunctionalKind::Probability { g.exp(log_probability)? } else { log_probability }
            }
        };
        Ok(Self { graph, value, scores, reads: Owned::of_triple() })
    }
}
