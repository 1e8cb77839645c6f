//! Queries and the scores of all examples for them.

use crate::error::Result;
use crate::objective::{AnyInputs, CompiledFunctional};
use crate::solve::{Block, Solution};
use crate::tensor::Array;

use super::influence::Influence;

/// The most queries that one pass over the examples serves.
const TOGETHER: usize = 32;
/// The most examples whose gradients are held at once.
const MAX_ROWS: usize = 512;

/// Queries that have been solved for.
#[derive(Clone, Debug)]
pub struct Solved {
    /// The functional's value for each query.
    pub values: Vec<f64>,
    /// v: the functional's gradient for each query.
    pub gradients: Block,
    /// (H + δI)⁻¹ v for each query, with the certificate of the solve.
    pub solution: Solution,
}

/// The scores of all examples for some queries.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// The number of examples, which is the length of a row.
    pub examples: usize,
    /// One row of scores a query.
    pub values: Vec<f64>,
}

impl Scores {
    /// The scores of all examples for one query.
    pub fn row(&self, query: usize) -> &[f64] {
        &self.values[query * self.examples..(query + 1) * self.examples]
    }

    /// The number of queries.
    pub fn queries(&self) -> usize {
        self.values.len() / self.examples.max(1)
    }

    /// The examples of a query's `count` highest scores, highest first, and of its `count` lowest, lowest first; the
    /// earlier example first among equals.
    pub fn extremes(&self, query: usize, count: usize) -> (Vec<usize>, Vec<usize>) {
        let row = self.row(query);
        let ranked = |sign: f64| {
            let mut order: Vec<usize> = (0..row.len()).collect();
            order.sort_by(|a, b| (sign * row[*b]).total_cmp(&(sign * row[*a])).then(a.cmp(b)));
            order.truncate(count);
            order
        };
        (ranked(1.0), ranked(-1.0))
    }
}

impl Influence {
    /// Evaluates and differentiates the functional for queries, and solves for all of them together.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) for queries that the functional cannot read; what the solver reports.
    pub fn solve_queries(&mut self, functional: &CompiledFunctional, queries: impl Into<AnyInputs>) -> Result<Solved> {
        let (values, gradients) = self.evaluator.functional_gradients(functional, &queries.into())?;
        let solution = self.inverse(&gradients)?;
        Ok(Solved { values, gradients, solution })
    }

    /// The score of every example for every query: the predicted change of the functional if the example were removed.
    ///
    /// One forward pass over the examples for up to 32 queries.
    ///
    /// # Errors
    /// What running the graph reports.
    pub fn scores(&mut self, solved: &Solved) -> Result<Scores> {
        let examples = self.diagnostics.examples;
        let queries = solved.solution.x.count();
        let weights = self.evaluator.weights();
        let total = self.evaluator.total_weight();
        let mut values = Array::try_zeros(&[queries.max(1), examples])?.into_values();
        let dimension = solved.solution.x.dimension();
        let (mut done, all) = (0, solved.solution.x.values());
        // A pass at a time, so that the monitor is heard in between.
        while done < queries {
            let count = TOGETHER.min(queries - done);
            let some = Block::new(dimension, count, all[done * dimension..(done + count) * dimension].to_vec())?;
            self.evaluator.directional(&some, &mut |example, first, slopes| {
                for (place, slope) in slopes.iter().enumerate() {
                    values[(done + first + place) * examples + example] = weights[example] / total * slope;
                }
            })?;
            done += count;
            self.options.report(c"scoring", done, queries)?;
        }
        Ok(Scores { examples, values })
    }

    /// The self-influence of some examples, (wᵢ/W) gᵢᵀ (H + δI)⁻¹ gᵢ: the predicted rise of an example's own loss and, where
    /// it has one, of its share of the penalty if it were removed. Large where the model had to bend to fit the example:
    /// wrong labels are found so.
    ///
    /// With a factored matrix each costs a triangular solve, otherwise a solve of its own.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) for an example that is not there; what the solver reports.
    pub fn self_influence(&mut self, examples: &[usize]) -> Result<Vec<f64>> {
        let weights = self.evaluator.weights();
        let total = self.evaluator.total_weight();
        let mut found = Vec::with_capacity(examples.len());
        let at_once = self.rows_at_once(1);
        for some in examples.chunks(MAX_ROWS).flat_map(|some| some.chunks(at_once)) {
            self.evaluator.workers().check()?;
            let gradients = self.evaluator.gradients_of(some)?;
            let forms = self.quadratic_forms(&gradients)?;
            found.extend(some.iter().zip(forms).map(|(example, form)| weights[*example] / total * form));
            self.options.report(c"self-influence", found.len(), examples.len())?;
        }
        Ok(found)
    }

    /// How many examples to take at once when each needs so many vectors of p numbers.
    pub(super) fn rows_at_once(&self, vectors: usize) -> usize {
        const BYTES: usize = 1 << 27;
        let bytes = BYTES.min(self.options.memory / 8);
        (bytes / (8 * vectors.max(1) * self.diagnostics.parameters.max(1))).clamp(1, MAX_ROWS)
    }
}
