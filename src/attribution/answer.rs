//! The answers to questions: what each training example has to do with it, and what would be on another training set.

use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::options::{Options, words};
use crate::solve::Certificate;

use super::influence;
use super::tail::upper_tail;

/// Which of the largest scores says how heavy their upper tail is, where nothing else is known of an attack: they are about so small.
pub const TAIL: usize = 10;

/// For each query the scores of training examples, in the unit of the method that they are from.
#[derive(Clone, Debug, Default)]
pub struct Attribution {
    /// The name of the method.
    pub(super) method: &'static str,
    /// The unit of the scores.
    pub(super) unit: &'static str,
    pub(super) queries: Vec<Attributed>,
    /// How the solves went, all queries together.
    pub(super) certificate: Option<Certificate>,
}

/// The scores of one query.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributed {
    pub value: f64,
    /// Ascending by example.
    pub scores: Vec<(u64, f64)>,
    /// The examples whose score is of first order where the method has exact ones, ascending.
    pub first_order: Vec<u64>,
    /// The growth of the derivative on its way back through the training, where the method walks it.
    pub growth: Option<f64>,
}

/// Scores of some examples with each one's own curvature taken out.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaveOneOutScores {
    /// The scores, query by query.
    pub scores: Vec<f64>,
    /// The leverage of each example. First-order scores of examples above 0.1 are too small by more than a tenth.
    pub leverages: Vec<f64>,
}

/// A change of the training set; new examples are rows of other datasets.
#[derive(Clone, Debug)]
pub enum TrainingChange {
    /// The example is not there.
    Remove(usize),
    /// The example has another weight.
    Reweight(usize, f64),
    /// The example is another one: a row of a dataset.
    Replace(usize, Dataset, usize),
    /// An example more: a row of a dataset, with a weight.
    Add(Dataset, usize, f64),
}

/// Predictions for a changed training set.
#[derive(Clone, Debug, PartialEq)]
pub struct WhatIf {
    /// The functional for each query as it is now.
    pub before: Vec<f64>,
    /// The levels, cheapest first.
    pub steps: Vec<WhatIfStep>,
    /// Whether the last level is within the error asked for; true where none was.
    pub reached: bool,
}

impl WhatIf {
    /// The predictions of a method that has one level, its own, and estimates no error.
    pub(super) fn at_once(method: &'static str, before: Vec<f64>, changes: Vec<f64>) -> Self {
        let step = WhatIfStep {
            level: method,
            errors: vec![f64::NAN; changes.len()],
            changes,
            parameters: Vec::new(),
            gradient_norm: f64::NAN,
            at_minimum: false,
        };
        Self { before, steps: vec![step], reached: true }
    }

    /// Refuses options of levels that a method does not have.
    pub(super) fn refuse_options(method: &str, options: &Options) -> Result<()> {
        let Some((name, _)) = options.iter().next() else { return Ok(()) };
        let expected = format!("left out with {method}, which has one level of its own");
        Err(Error::argument(format!("the option {name:?}"), "given", expected))
    }
}

/// A prediction at one level.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct WhatIfStep {
    /// How it was made.
    pub level: &'static str,
    /// The predicted change of the functional for each query.
    pub changes: Vec<f64>,
    /// An estimate of what the prediction is off by, for each query; NaN where there is none.
    #[serde(rename = "estimated_errors")]
    pub errors: Vec<f64>,
    /// The parameters at the end; none where they are not known.
    #[serde(skip)]
    pub parameters: Vec<f64>,
    /// The relative gradient of the changed objective there; NaN where it is not known.
    pub gradient_norm: f64,
    /// Whether that counts as a minimum.
    #[serde(skip)]
    pub at_minimum: bool,
}

/// What an attack on the training set came to.
#[derive(Clone, Debug)]
pub struct Attacked {
    /// The sum of the functional over the queries: before, and after training again in each round.
    pub values: Vec<f64>,
    /// The perturbed examples.
    pub data: Dataset,
    /// What to do about solves or trainings that did not converge; none when all did. Where there is something, the values
    /// are those of what was reached.
    pub hint: Option<String>,
}

/// What was found of the objective at the model, and how solves went since.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    /// What fitting found.
    pub fitted: influence::Diagnostics,
    /// The worst relative residual of any solve since.
    pub worst_residual: f64,
    /// What to do about solves that did not reach their tolerance; none when all did.
    pub unconverged: Option<String>,
    /// Whether the curvature was factored.
    pub factored: bool,
}

words! {
    "the order";
    /// In which order the first scores are wanted. Equal scores are ordered by example.
    #[derive(Default)]
    pub enum Order {
        /// By size, the largest effect first.
        #[default]
        Largest = "largest",
        /// Those above zero, the highest first: removal would raise the functional.
        Positive = "positive",
        /// Those below zero, the lowest first: removal would lower the functional.
        Negative = "negative",
    }
}

impl LeaveOneOutScores {
    /// Whether first-order scores of one of the examples are not to be trusted.
    pub fn is_high(&self, example: usize) -> bool {
        self.leverages.get(example).is_none_or(|leverage| leverage.is_nan() || *leverage > influence::LeaveOneOut::HIGH)
    }
}

impl Attribution {
    /// The name of the method that the scores are from.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// The unit of the scores.
    pub fn unit(&self) -> &'static str {
        self.unit
    }

    /// The examples whose score is of first order where the method has exact ones, ascending.
    ///
    /// # Errors
    /// [`Error::Argument`] for a query that is not there.
    pub fn first_order(&self, query: usize) -> Result<&[u64]> {
        Ok(&self.of(query)?.first_order)
    }

    /// By how many times the derivative of a query's functional by the parameters grew on its way back through the training;
    /// none for methods that do not walk through it. Up to about 2 the scores predict removal, near 2 to 5 they rank it,
    /// above 50 the training is chaotic and no derivative predicts it.
    ///
    /// # Errors
    /// [`Error::Argument`] for a query that is not there.
    pub fn growth(&self, query: usize) -> Result<Option<f64>> {
        Ok(self.of(query)?.growth)
    }

    /// How heavy the upper tail of a query's scores is: the `count`-th largest score less the median, over a robust estimate of the
    /// standard deviation (Q_n). Among queries the target of an attack on the training set may stand out by it, with scores of `gas` and
    /// a `count` about as small as attacks are, such as [`TAIL`]. None where the scores have no spread.
    ///
    /// # Errors
    /// [`Error::Argument`] for a query that is not there.
    pub fn upper_tail(&self, query: usize, count: usize) -> Result<Option<f64>> {
        Ok(upper_tail(self.of(query)?.scores.iter().map(|(_, score)| *score).collect(), count))
    }

    /// The number of queries.
    pub fn queries(&self) -> usize {
        self.queries.len()
    }

    /// The functional of a query.
    ///
    /// # Errors
    /// [`Error::Argument`] for a query that is not there.
    pub fn value(&self, query: usize) -> Result<f64> {
        Ok(self.of(query)?.value)
    }

    /// The examples with their scores, ascending by example.
    ///
    /// # Errors
    /// [`Error::Argument`] for a query that is not there.
    pub fn scores(&self, query: usize) -> Result<&[(u64, f64)]> {
        Ok(&self.of(query)?.scores)
    }

    /// The first scores in an order, at most `count`.
    ///
    /// # Errors
    /// [`Error::Argument`] for a query that is not there.
    pub fn top(&self, query: usize, order: Order, count: usize) -> Result<Vec<(u64, f64)>> {
        let key = |score: f64| match order {
            Order::Largest => score.abs(),
            Order::Positive => score,
            Order::Negative => -score,
        };
        let wanted = |score: f64| order == Order::Largest || key(score) > 0.0;
        let mut found: Vec<(u64, f64)> = self.of(query)?.scores.iter().filter(|(_, s)| wanted(*s)).copied().collect();
        let before = |a: &(u64, f64), b: &(u64, f64)| key(b.1).total_cmp(&key(a.1)).then(a.0.cmp(&b.0));
        if count < found.len() && count > 0 {
            found.select_nth_unstable_by(count - 1, before);
        }
        found.truncate(count);
        found.sort_unstable_by(before);
        Ok(found)
    }

    /// How the solve of influence for a query went.
    ///
    /// # Errors
    /// [`Error::Argument`] for a query that is not there; [`Error::Unsupported`] for scores that needed no solve.
    pub fn certificate(&self, query: usize) -> Result<&Certificate> {
        self.of(query)?;
        self.certificate.as_ref().ok_or_else(|| Error::Unsupported {
            what: "a certificate of scores that were not solved for".into(),
            hint: "ask for it after an explanation by influence".into(),
        })
    }

    fn of(&self, query: usize) -> Result<&Attributed> {
        self.queries.get(query).ok_or_else(|| Error::missing("a query", query, self.queries.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_the_same_whatever_the_count() {
        let scores = [3.0, -5.0, 0.0, 5.0, -1.0, 3.0].iter().enumerate().map(|(e, s)| (e as u64, *s)).collect();
        let attribution =
            Attribution { queries: vec![Attributed { scores, ..Attributed::default() }], ..Attribution::default() };
        let top = |order, count| attribution.top(0, order, count).unwrap().iter().map(|s| s.0).collect::<Vec<_>>();
        for (order, all) in
            [(Order::Largest, vec![1, 3, 0, 5, 4, 2]), (Order::Positive, vec![3, 0, 5]), (Order::Negative, vec![1, 4])]
        {
            for count in 0..8 {
                assert_eq!(top(order, count), all[..count.min(all.len())], "{order:?} {count}");
            }
        }
        assert!(attribution.top(1, Order::Largest, 1).is_err());
    }
}
