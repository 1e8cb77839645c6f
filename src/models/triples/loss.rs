//! What training of triples minimizes.

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId};
use crate::objective::{Objective, Owned};
use crate::options::named;

use super::model::TripleTables;

/// The loss of one triple against other candidates.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Cross-entropy of a softmax over the true candidate and `negatives` sampled ones.
    SampledSoftmax {
        /// How many candidates are sampled.
        negatives: usize,
    },
    /// Sum of logistic losses: the true candidate against one, each of `negatives` sampled ones against zero.
    BinaryCrossEntropy {
        /// How many candidates are sampled.
        negatives: usize,
    },
    /// Cross-entropy of a softmax over every entity.
    FullSoftmax,
}

/// A loss without the number of its candidates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LossKind {
    /// [`Loss::SampledSoftmax`].
    #[default]
    SampledSoftmax,
    /// [`Loss::FullSoftmax`].
    FullSoftmax,
    /// [`Loss::BinaryCrossEntropy`].
    BinaryCrossEntropy,
}

impl LossKind {
    /// All of them with their words.
    pub const ALL: [(&'static str, Self); 3] = [
        ("sampled-softmax", Self::SampledSoftmax),
        ("full-softmax", Self::FullSoftmax),
        ("bce", Self::BinaryCrossEntropy),
    ];

    /// The loss with a number of sampled candidates.
    pub fn with(self, negatives: usize) -> Loss {
        match self {
            Self::SampledSoftmax => Loss::SampledSoftmax { negatives },
            Self::FullSoftmax => Loss::FullSoftmax,
            Self::BinaryCrossEntropy => Loss::BinaryCrossEntropy { negatives },
        }
    }
}

named!(LossKind, "the loss");

/// Upper limit, to catch typing errors.
const MAX_NEGATIVES: usize = 1 << 20;

impl Loss {
    /// Checks the number of sampled candidates.
    ///
    /// # Errors
    /// [`Error::Argument`] for a sampled loss without samples, or with more than a million.
    pub fn check(self) -> Result<()> {
        if self == Self::FullSoftmax || (1..=MAX_NEGATIVES).contains(&self.negatives()) {
            return Ok(());
        }
        let expected = format!("1 to {MAX_NEGATIVES}, or the full softmax");
        Err(Error::argument("the number of negatives", self.negatives(), expected))
    }

    /// The number of candidates sampled for each side.
    pub fn negatives(self) -> usize {
        match self {
            Self::SampledSoftmax { negatives } | Self::BinaryCrossEntropy { negatives } => negatives,
            Self::FullSoftmax => 0,
        }
    }
}

/// Which places of a triple are filled with other candidates in training.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sides {
    /// Tails only.
    #[default]
    Tails,
    /// Heads only.
    Heads,
    /// Both; the losses are added.
    Both,
}

named!(Sides, "the sides");

impl Sides {
    /// All of them with their words.
    pub const ALL: [(&'static str, Self); 3] = [("tails", Self::Tails), ("heads", Self::Heads), ("both", Self::Both)];

    /// Whether tails are compared.
    pub fn tails(self) -> bool {
        self != Self::Heads
    }

    /// Whether heads are compared.
    pub fn heads(self) -> bool {
        self != Self::Tails
    }
}

impl Objective {
    /// The objective of a model of triples.
    ///
    /// Inputs: 0 head, 1 relation, 2 tail; then for sampled losses the candidate tails (the true one first) and the
    /// candidate heads, as `sides` asks for them.
    ///
    /// # Errors
    /// [`Error::Argument`] for a sampled loss without samples.
    pub fn of_triples(model: &TripleTables, loss: Loss, sides: Sides) -> Result<Self> {
        loss.check()?;
        let mut graph = Graph::new();
        let g = &mut graph;
        let (entities, relations) = model.add(g)?;
        let (head_id, relation_id, tail_id) =
            (g.indices("head", &[])?, g.indices("relation", &[])?, g.indices("tail", &[])?);
        let head = g.gather_rows(entities, head_id)?;
        let relation = g.gather_rows(relations, relation_id)?;
        let tail = g.gather_rows(entities, tail_id)?;
        let mut total = None;
        let mut outputs: Option<NodeId> = None;
        for tails in [true, false] {
            if !(if tails { sides.tails() } else { sides.heads() }) {
                continue;
            }
            let (candidates, truth) = match loss {
                Loss::FullSoftmax => (entities, Some(if tails { tail_id } else { head_id })),
                _ => {
                    let name = if tails { "candidate tails" } else { "candidate heads" };
                    let ids = g.indices(name, &[1 + loss.negatives()])?;
                    (g.gather_rows(entities, ids)?, None)
                }
            };
            let scores = match tails {
                true => model.scorer().tails(g, head, relation, candidates)?,
                false => model.scorer().heads(g, candidates, relation, tail)?,
            };
            let side = loss_of_scores(g, loss, scores, truth)?;
            outputs = Some(match outputs {
                Some(others) => g.concatenate(others, scores, 0)?,
                None => scores,
            });
            total = Some(match total {
                Some(total) => g.add(total, side)?,
                None => side,
            });
        }
        let loss = total.expect("at least one side is compared");
        let owned =
            vec![Owned { parameter: 0, input: 0 }, Owned { parameter: 1, input: 1 }, Owned { parameter: 0, input: 2 }];
        Ok(Self { graph, loss, penalty: None, outputs, owned })
    }
}

/// The loss of scores of candidates; the truth is the first candidate, or the one that is named.
fn loss_of_scores(g: &mut Graph, loss: Loss, scores: NodeId, truth: Option<NodeId>) -> Result<NodeId> {
    let own = match truth {
        Some(id) => g.gather(scores, id)?,
        None => {
            let first = g.slice(scores, 0, 0, 1)?;
            g.reshape(first, &[])?
        }
    };
    let against = match loss {
        Loss::SampledSoftmax { .. } | Loss::FullSoftmax => g.log_sum_exp(scores, 0)?,
        // softplus(−s) = softplus(s) − s, so the true candidate joins the others and gives its score back.
        Loss::BinaryCrossEntropy { .. } => {
            let each = g.softplus(scores)?;
            g.sum(each, 0)?
        }
    };
    g.sub(against, own)
}
