//! What kind of value a node has.

use std::fmt;

/// The sizes of a value, outermost first; the batch axis is never part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shape(Vec<usize>);

impl Shape {
    /// The most axes of a value.
    pub const MAX_AXES: usize = 64;

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

    /// The number of elements; the greatest number there is where it is greater. No node of a graph has such a shape.
    pub fn len(&self) -> usize {
        self.0.iter().fold(1, |product, size| product.saturating_mul(*size))
    }

    /// Why no value can have this shape; none where one can.
    pub(crate) fn refusal(&self) -> Option<&'static str> {
        // Numbers of eight bytes and ids alike: what fits for one fits for the other.
        let most = isize::MAX as usize / size_of::<f64>();
        if self.rank() > Self::MAX_AXES {
            Some("there may be 64 axes at most")
        } else if self.0.contains(&0) {
            Some("sizes are at least one")
        } else if self.0.iter().try_fold(1usize, |product, size| product.checked_mul(*size)).is_none_or(|n| n > most) {
            Some("there would be more elements than memory can hold")
        } else {
            None
        }
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

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
