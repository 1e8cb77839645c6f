//! Examples to train on, and queries to ask about: triples, samples, or named columns.

mod columns;
mod samples;
mod triples;

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::tensor::{Array, MatrixView, Real, RowMajor};

use super::Samples;

pub use columns::{Column, Columns};
pub use samples::SampleSet;
pub use triples::{Part, Triples};

/// Examples to train on, or queries to ask about. Cloning is cheap: content is shared until it is changed.
#[derive(Clone, Debug)]
pub struct Dataset {
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Triples(Triples),
    Samples(SampleSet),
    Columns(Columns),
}

impl Dataset {
    /// The number of examples.
    pub fn len(&self) -> usize {
        match &self.content {
            Content::Triples(triples) => triples.list().len(),
            Content::Samples(set) => set.samples().len(),
            Content::Columns(columns) => columns.count(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Some of the examples, in the order given; one may be taken several times.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example that is not there.
    pub fn select(&self, examples: &[usize]) -> Result<Self> {
        examples.iter().try_for_each(|example| self.check(*example))?;
        let content = match &self.content {
            Content::Triples(triples) => Content::Triples(triples.select(examples)),
            Content::Samples(set) => Content::Samples(set.select(examples)?),
            Content::Columns(columns) => Content::Columns(columns.select(examples)?),
        };
        Ok(Self { content })
    }

    /// An example in words: a triple by its names, a sample by its row in the file and its target.
    ///
    /// # Errors
    /// [`Error::Argument`] for an example that is not there.
    pub fn describe(&self, example: usize) -> Result<String> {
        self.check(example)?;
        Ok(match &self.content {
            Content::Triples(triples) => triples.set().describe(triples.list()[example]),
            Content::Samples(set) => set.describe(example),
            Content::Columns(_) => format!("example {example}"),
        })
    }

    /// The same examples with other numbers of an input, `width` for each: of the features of samples, or of the input of that
    /// name of columns.
    ///
    /// # Errors
    /// [`Error::Argument`] for triples, or another number of numbers.
    pub fn with_numbers(&self, input: Option<&str>, width: usize, numbers: &[f64]) -> Result<Self> {
        if self.len().checked_mul(width) != Some(numbers.len()) {
            let expected = format!("{width} for each of {} examples", self.len());
            return Err(Error::argument("the number of numbers", numbers.len(), expected));
        }
        match &self.content {
            Content::Triples(_) => Err(self.other("samples or named columns")),
            Content::Samples(set) => {
                let samples = set.samples();
                let features = Arc::new(Array::new(samples.features.shape(), numbers.to_vec())?);
                let samples = Samples { features, ..samples.clone() };
                Ok(SampleSet::new(samples, set.source().cloned(), true).into())
            }
            Content::Columns(columns) => {
                let first = columns.names().next().unwrap_or_default().to_owned();
                let mut changed = self.clone();
                changed.set_numbers(input.unwrap_or(&first), &RowMajor::new(numbers, self.len(), width)?)?;
                Ok(changed)
            }
        }
    }

    fn check(&self, example: usize) -> Result<()> {
        if example < self.len() {
            return Ok(());
        }
        Err(Error::argument("an example", example, format!("one of {}, counted from 0", self.len())))
    }

    /// What examples are, for messages.
    pub fn kind(&self) -> &'static str {
        match &self.content {
            Content::Triples(_) => "triples",
            Content::Samples(_) => "samples",
            Content::Columns(_) => "named columns",
        }
    }

    /// The triples.
    ///
    /// # Errors
    /// [`Error::Argument`] for a dataset of something else.
    pub fn triples(&self) -> Result<&Triples> {
        match &self.content {
            Content::Triples(triples) => Ok(triples),
            _ => Err(self.other("triples")),
        }
    }

    /// The samples.
    ///
    /// # Errors
    /// [`Error::Argument`] for a dataset of something else.
    pub fn samples(&self) -> Result<&Samples> {
        Ok(self.sample_set()?.samples())
    }

    /// The samples, and where they are from.
    ///
    /// # Errors
    /// [`Error::Argument`] for a dataset of something else.
    pub fn sample_set(&self) -> Result<&SampleSet> {
        match &self.content {
            Content::Samples(set) => Ok(set),
            _ => Err(self.other("samples")),
        }
    }

    /// The columns, by the names of the inputs that read them.
    ///
    /// # Errors
    /// [`Error::Argument`] for a dataset of something else.
    pub fn columns(&self) -> Result<&Columns> {
        match &self.content {
            Content::Columns(columns) => Ok(columns),
            _ => Err(self.other("named columns")),
        }
    }

    fn other(&self, expected: &str) -> Error {
        Error::argument("the dataset", format!("of {}", self.kind()), format!("one of {expected}"))
    }
}

impl From<Triples> for Dataset {
    fn from(triples: Triples) -> Self {
        Self { content: Content::Triples(triples) }
    }
}

impl From<SampleSet> for Dataset {
    fn from(samples: SampleSet) -> Self {
        Self { content: Content::Samples(samples) }
    }
}

impl From<Columns> for Dataset {
    fn from(columns: Columns) -> Self {
        Self { content: Content::Columns(columns) }
    }
}

impl From<Samples> for Dataset {
    fn from(samples: Samples) -> Self {
        SampleSet::new(samples, None, false).into()
    }
}

/// A copy of a matrix, in double precision.
fn copied<E: Real>(matrix: &dyn MatrixView<E>) -> Result<Array<f64>> {
    let mut copy = Array::try_zeros(&[matrix.rows(), matrix.columns()])?;
    let mut row = vec![E::ZERO; matrix.columns()];
    for place in 0..matrix.rows() {
        matrix.read(place, &mut row);
        copy.row_mut(place).iter_mut().zip(&row).for_each(|(to, from)| *to = from.to_f64());
    }
    Ok(copy)
}
