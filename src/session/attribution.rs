//! The answer to a question: what each training example has to do with it.

use crate::error::{Error, Result};
use crate::solve::Certificate;

/// For each query the scores of training examples: the predicted change of the functional if the example were removed.
#[derive(Clone, Debug, Default)]
pub struct Attribution {
    pub(super) queries: Vec<Attributed>,
    /// How the solves of influence went, all queries together.
    pub(super) certificate: Option<Certificate>,
}

/// The scores of one query.
#[derive(Clone, Debug)]
pub(super) struct Attributed {
    pub value: f64,
    /// Ascending by example.
    pub scores: Vec<(u64, f64)>,
}

/// In which order the first scores are wanted. Equal scores are ordered by example.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By size, the largest effect first.
    #[default]
    Largest,
    /// Those above zero, the highest first: removal would raise the functional.
    Positive,
    /// Those below zero, the lowest first: removal would lower the functional.
    Negative,
}

impl Attribution {
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
        let expected = || format!("one of {}, counted from 0", self.queries.len());
        self.queries.get(query).ok_or_else(|| Error::argument("a query", query, expected()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_the_same_whatever_the_count() {
        let scores = [3.0, -5.0, 0.0, 5.0, -1.0, 3.0].iter().enumerate().map(|(e, s)| (e as u64, *s)).collect();
        let attribution = Attribution { queries: vec![Attributed { value: 0.0, scores }], certificate: None };
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
