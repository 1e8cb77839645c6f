//! What kind of value a node has.

use std::fmt;

/// The sizes of a value, outermost first; the batch axis is never part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shape(Vec<usize>);

impl Shape {
    /// The shape with these sizes; empty for a scalar.
    pub fn new(sizes: &[usize]) -> Self {
        Self(sizes.to_vec())
    }

    /// The sizes.
    pub fn sizes(&self) -> &[usize] {
        &self.0
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.0.iter().product()
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether memory can hold that many elements of the largest kind, so that none of their products wraps around.
    pub(crate) fn is_holdable(&self) -> bool {
        // A size of zero must not hide what the other sizes come to.
        let mut sizes = self.0.iter().map(|size| (*size).max(1));
        let bytes = sizes.try_fold(size_of::<f64>(), |bytes, size| bytes.checked_mul(size));
        bytes.is_some_and(|bytes| bytes <= isize::MAX as usize)
    }

    /// The shape without one axis.
    pub(crate) fn without(&self, axis: usize) -> Self {
        let mut sizes = self.0.clone();
        sizes.remove(axis);
        Self(sizes)
    }

    /// The shape with an axis of `size` put in before `axis`.
    pub(crate) fn with(&self, axis: usize, size: usize) -> Self {
        let mut sizes = self.0.clone();
        sizes.insert(axis, size);
        Self(sizes)
    }

    /// The shape with one axis resized.
    pub(crate) fn resized(&self, axis: usize, size: usize) -> Self {
        let mut sizes = self.0.clone();
        sizes[axis] = size;
        Self(sizes)
    }

    /// How many elements lie before, along and behind an axis.
    pub(crate) fn split(&self, axis: usize) -> (usize, usize, usize) {
        (self.0[..axis].iter().product(), self.0[axis], self.0[axis + 1..].iter().product())
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// Whether a value holds numbers or ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Element {
    /// Floating-point numbers.
    Real,
    /// Ids and labels, `u32`.
    Index,
}

/// The type of a node: element, shape, and whether every example has its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ValueType {
    /// Numbers or ids.
    pub element: Element,
    /// Per-example (an implicit batch axis comes first) or shared by all examples.
    pub per_example: bool,
    /// The sizes without the batch axis.
    pub shape: Shape,
}

impl ValueType {
    /// The type of a real value.
    pub fn real(per_example: bool, shape: Shape) -> Self {
        Self { element: Element::Real, per_example, shape }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = if self.per_example { "per-example" } else { "shared" };
        let what = match self.element {
            Element::Real => "",
            Element::Index => " ids",
        };
        write!(f, "{who}{what} {}", self.shape)
    }
}
