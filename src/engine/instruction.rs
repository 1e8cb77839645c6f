//! What a program is made of.

use super::kernels::Kernel;

/// Where a value lies while a program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A lane's buffer for the chunk at hand.
    Lane(usize),
    /// A lane's sum over its examples.
    Accumulator(usize),
    /// A value that all examples share, computed.
    Shared(usize),
    /// A constant of the program.
    Constant(usize),
    /// A parameter given at the run.
    Parameter(usize),
    /// An input of numbers given at the run.
    Input(usize),
    /// A parameter as each example sees it.
    Patched(usize),
}

/// An operand: a place, the elements of one example's value, and whether each example has its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    pub place: Place,
    pub len: usize,
    pub per_example: bool,
}

/// The ids an operation looks up by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ids {
    pub slot: usize,
    pub len: usize,
    pub per_example: bool,
}

/// When an instruction runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Once, before the examples.
    Before,
    /// For each chunk of examples.
    Body,
    /// Once, after the lanes' sums have been added.
    After,
}

/// One step of a program.
#[derive(Clone, Debug)]
pub(super) struct Instruction {
    pub kernel: Kernel,
    pub out: Place,
    /// The elements of one example's result.
    pub len: usize,
    pub a: Source,
    pub b: Option<Source>,
    pub ids: Option<Ids>,
    pub phase: Phase,
    /// Whether it depends on an input that varies between repeated runs.
    pub varies: bool,
}
