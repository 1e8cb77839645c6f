//! Compiled graphs.

use once_cell::sync::OnceCell;

use crate::error::{Error, Result};
use crate::graph::Shape;
use crate::tensor::Real;

use super::instruction::{Instruction, Place};
use super::operands::Operands;

/// A result of a program.
#[derive(Clone, Debug)]
pub(super) struct Output {
    pub place: Place,
    pub shape: Shape,
    pub per_example: bool,
}

/// What a program expects of an input or parameter.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub slot: usize,
    pub name: String,
    pub len: usize,
    pub per_example: bool,
    /// Whether it may be absent until the part that varies runs.
    pub varies: bool,
}

/// A bound that ids are checked against before a run.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    pub slot: usize,
    pub name: String,
    pub len: usize,
    pub per_example: bool,
    pub below: usize,
}

/// A graph compiled for some outputs: dead code and duplicates are gone, values have places, and what does not depend on
/// the varying inputs is set apart.
#[derive(Clone, Debug)]
pub struct Program<T> {
    pub(super) instructions: Vec<Instruction>,
    pub(super) outputs: Vec<Output>,
    pub(super) constants: Vec<Filled<T>>,
    /// Elements of one example in each of a lane's buffers.
    pub(super) buffers: Vec<usize>,
    /// Which of the buffers hold every example of a lane, not only a chunk: outputs, and what is cached between runs.
    pub(super) kept: Vec<Kept>,
    pub(super) accumulators: Vec<Accumulator>,
    /// Elements of each shared value that is computed; the accumulators' totals come first.
    pub(super) shared: Vec<usize>,
    pub(super) parameters: Vec<Expected>,
    pub(super) patched: Vec<Expected>,
    pub(super) reals: Vec<Expected>,
    pub(super) bounds: Vec<Bound>,
    /// Multiplications, or steps of about their price, for one example.
    pub(super) cost: usize,
}

/// Whether and why a lane's buffer is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// Reused from chunk to chunk.
    Not,
    /// An output.
    Output,
    /// Does not vary, but what varies reads it: kept where memory allows.
    Cached,
}

/// A sum over the batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accumulator {
    pub len: usize,
    pub varies: bool,
}

impl<T: Real> Program<T> {
    /// A program that computes nothing, to be filled by the compiler.
    pub(super) fn empty() -> Self {
        Self {
            instructions: Vec::new(),
            outputs: Vec::new(),
            constants: Vec::new(),
            buffers: Vec::new(),
            kept: Vec::new(),
            accumulators: Vec::new(),
            shared: Vec::new(),
            parameters: Vec::new(),
            patched: Vec::new(),
            reals: Vec::new(),
            bounds: Vec::new(),
            cost: 0,
        }
    }

    /// The number of outputs.
    pub fn outputs(&self) -> usize {
        self.outputs.len()
    }

    /// The bytes that caching what does not vary takes for one example.
    pub fn cached_bytes_per_example(&self) -> usize {
        let cached = self.buffers.iter().zip(&self.kept).filter(|(_, kept)| **kept == Kept::Cached);
        cached.fold(0, |sum, (len, _)| sum.saturating_add(len.saturating_mul(size_of::<T>())))
    }

    /// The multiplications for one example, or steps of about their price.
    pub fn cost(&self) -> usize {
        self.cost
    }

    /// Checks that the operands are what the program was compiled for; those that vary only with `varying`.
    pub(super) fn check(&self, operands: &dyn Operands<T>, examples: usize, varying: bool) -> Result<()> {
        let wrong = |expected: &Expected, kind: &str, found: usize, count: usize| {
            let per = if expected.per_example { format!(" for {examples} examples") } else { String::new() };
            let want = format!("{count}{per}");
            Error::argument(format!("the number of values of the {kind} {:?}", expected.name), found, want)
        };
        for expected in self.parameters.iter().chain(&self.patched) {
            let found = operands.parameter(expected.slot).len();
            if found != expected.len {
                return Err(wrong(expected, "parameter", found, expected.len));
            }
        }
        for expected in &self.patched {
            let Some(patches) = operands.patches(expected.slot) else { continue };
            let width = patches.width();
            let rows = expected.len.checked_div(width).unwrap_or(0);
            let fits = width > 0 && patches.examples() == examples && width * rows == expected.len;
            if !fits || patches.highest_row().is_some_and(|row| row as usize >= rows) {
                return Err(Error::argument(
                    format!("the row patches of {:?}", expected.name),
                    format!("for {} examples with rows of {width} values", patches.examples()),
                    format!("{examples} examples and rows that the table has"),
                ));
            }
        }
        for expected in self.reals.iter().filter(|expected| varying || !expected.varies) {
            let count = expected.len.saturating_mul(if expected.per_example { examples } else { 1 });
            let found = operands.real(expected.slot).len();
            if found != count {
                return Err(wrong(expected, "input", found, count));
            }
        }
        for bound in &self.bounds {
            let ids = operands.index(bound.slot);
            let count = bound.len.saturating_mul(if bound.per_example { examples } else { 1 });
            if ids.len() != count {
                let name = format!("the number of ids of the input {:?}", bound.name);
                return Err(Error::argument(name, ids.len(), count.to_string()));
            }
            if let Some(place) = ids.iter().position(|id| *id as usize >= bound.below) {
                let name = format!("id {place} of the input {:?}", bound.name);
                return Err(Error::argument(name, ids[place], format!("an id below {}", bound.below)));
            }
        }
        Ok(())
    }
}

/// A number as often as a value has elements. They take memory when a program is first run: one that is only compiled may be
/// of any size.
#[derive(Clone, Debug)]
pub(super) struct Filled<T> {
    value: T,
    len: usize,
    values: OnceCell<Vec<T>>,
}

impl<T: Real> Filled<T> {
    pub fn new(value: T, len: usize) -> Self {
        Self { value, len, values: OnceCell::new() }
    }

    /// Fills the memory, unless that was done before.
    ///
    /// # Errors
    /// As [`grow`].
    pub fn fill(&self) -> Result<()> {
        let filled = self.values.get_or_try_init(|| {
            let mut values = Vec::new();
            grow(&mut values, Some(self.len), self.value).map(|()| values)
        });
        filled.map(drop)
    }

    /// The numbers, once they are filled in.
    pub fn values(&self) -> &[T] {
        self.values.get().map_or(&[], Vec::as_slice)
    }
}

/// Makes a list at least so long, if memory can hold it; no length stands for one that cannot be written.
///
/// # Errors
/// [`Error::Argument`] when it cannot.
pub(super) fn grow<V: Clone>(values: &mut Vec<V>, len: Option<usize>, with: V) -> Result<()> {
    match len {
        Some(len) if len <= values.len() => Ok(()),
        Some(len) if values.try_reserve_exact(len - values.len()).is_ok() => {
            values.resize(len, with);
            Ok(())
        }
        _ => {
            let found = len.map_or("more than can be counted".to_owned(), |len| len.to_string());
            Err(Error::argument("the number of elements of a value", found, "no more than memory can hold"))
        }
    }
}
