//! What training of triples minimizes.

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId};
use crate::objective::{Convention, Diagonal, Objective, Owned};
use crate::options::words;

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

words! {
    "the loss";
    /// A loss without the number of its candidates.
    #[derive(Default)]
    pub enum LossKind {
        /// [`Loss::SampledSoftmax`].
        #[default]
        SampledSoftmax = "sampled-softmax",
        /// [`Loss::FullSoftmax`].
        FullSoftmax = "full-softmax",
        /// [`Loss::BinaryCrossEntropy`].
        BinaryCrossEntropy = "bce",
    }
}

impl LossKind {
    /// The loss with a number of sampled candidates.
    pub fn with(self, negatives: usize) -> Loss {
        match self {
            Self::SampledSoftmax => Loss::SampledSoftmax { negatives },
            Self::FullSoftmax => Loss::FullSoftmax,
            Self::BinaryCrossEntropy => Loss::BinaryCrossEntropy { negatives },
        }
    }
}

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

words! {
    "the sides";
    /// Which places of a triple are filled with other candidates in training.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "snake_case", deny_unknown_fields)]
    pub enum Sides {
        /// Tails only.
        #[default]
        Tails = "tails",
        /// Heads only.
        Heads = "heads",
        /// Both; the losses are added.
        Both = "both",
    }
}

impl Sides {
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
        let mut sum: Option<(NodeId, NodeId)> = None;
        let (mut diagonal, mut next) = (Vec::new(), 3);
        for (tails, compared) in [(true, sides.tails()), (false, sides.heads())] {
            if !compared {
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
            let (other, candidates_at) = if tails { (head, 2) } else { (tail, 0) };
            let rows = if tails { [other, relation, candidates] } else { [candidates, relation, other] };
            if let Some(slopes) = model.scorer().slopes(g, rows[0], rows[1], rows[2])? {
                let input = (loss != Loss::FullSoftmax).then_some(next);
                let each = diagonals(g, loss, scores, slopes, candidates_at)?;
                for (place, (squares, mean)) in each.into_iter().enumerate() {
                    let input = if place == candidates_at { input } else { Some(place) };
                    diagonal.push(Diagonal { parameter: usize::from(place == 1), input, squares, mean });
                }
            }
            next += 1;
            sum = Some(match sum {
                Some((others, total)) => (g.concatenate(others, scores, 0)?, g.add(total, side)?),
                None => (scores, side),
            });
        }
        let (outputs, loss) = sum.expect("at least one side is compared");
        Ok(Self {
            graph,
            loss,
            penalty: None,
            convention: Convention::Mean,
            outputs: Some(outputs),
            owned: Owned::of_triple(),
            diagonal,
        })
    }
}

/// The diagonals of the Gauss-Newton matrix by the rows of head, relation and tail, as weighted squares and means of the slopes
/// of scores: weights p of a softmax, whose curvature is diag p − p pᵀ, or σ(1 − σ) of logistic losses, which have no mean to
/// take off. A candidate's row is read by its own score alone.
fn diagonals(
    g: &mut Graph,
    loss: Loss,
    scores: NodeId,
    slopes: [NodeId; 3],
    candidates_at: usize,
) -> Result<[(NodeId, Option<NodeId>); 3]> {
    let softmax = !matches!(loss, Loss::BinaryCrossEntropy { .. });
    let weights = match softmax {
        true => g.softmax(scores, 0)?,
        false => {
            let chance = g.sigmoid(scores)?;
            let square = g.power(chance, 2.0)?;
            g.sub(chance, square)?
        }
    };
    let mut found = slopes.map(|slope| (slope, None));
    for (place, slope) in slopes.into_iter().enumerate() {
        let square = g.power(slope, 2.0)?;
        let spec = match (place == candidates_at, g.shape(slope).rank()) {
            (false, _) => "c,cd->d",
            (true, 1) => "c,d->cd",
            (true, _) => "c,cd->cd",
        };
        let mean = if softmax { Some(g.einsum(spec, weights, slope)?) } else { None };
        found[place] = (g.einsum(spec, weights, square)?, mean);
    }
    Ok(found)
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
