//! Parameters as one vector.

use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::solve::Block;
use crate::tensor::{Array, Real};

/// Which parameters are seen as one vector, and where each lies in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    names: Vec<String>,
    slots: Vec<usize>,
    shapes: Vec<Vec<usize>>,
    starts: Vec<usize>,
    dimension: usize,
}

impl Layout {
    /// All parameters of a graph, or those named.
    ///
    /// # Errors
    /// [`Error::Argument`] for a name that no parameter has, or no names at all.
    pub fn new(graph: &Graph, named: Option<&[String]>) -> Result<Self> {
        let all: Vec<&str> = graph.parameters().iter().map(|id| graph.name(*id).unwrap_or_default()).collect();
        if let Some(unknown) = named.and_then(|names| names.iter().find(|name| !all.contains(&name.as_str()))) {
            return Err(Error::argument("a parameter's name", format!("{unknown:?}"), format!("one of {all:?}")));
        }
        let mut layout =
            Self { names: Vec::new(), slots: Vec::new(), shapes: Vec::new(), starts: Vec::new(), dimension: 0 };
        for (slot, id) in graph.parameters().iter().enumerate() {
            if named.is_none_or(|names| names.iter().any(|name| name == all[slot])) {
                layout.names.push(all[slot].to_owned());
                layout.slots.push(slot);
                layout.shapes.push(graph.shape(*id).sizes().to_vec());
                layout.starts.push(layout.dimension);
                layout.dimension += graph.shape(*id).len();
            }
        }
        if layout.dimension == 0 {
            return Err(Error::argument("the parameters", "none", "at least one"));
        }
        Ok(layout)
    }

    /// p: how many numbers the vector has.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// The names of the chosen parameters.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The slots of the chosen parameters.
    pub fn slots(&self) -> &[usize] {
        &self.slots
    }

    /// Where a chosen parameter begins in the vector.
    pub fn start(&self, number: usize) -> usize {
        self.starts[number]
    }

    /// The shape of each chosen parameter.
    pub fn shapes(&self) -> &[Vec<usize>] {
        &self.shapes
    }

    /// What a place of the vector is, for messages: `weights 1[3, 5]`.
    pub fn describe(&self, place: usize) -> String {
        let number = self.starts.partition_point(|start| *start <= place).saturating_sub(1);
        let mut rest = place - self.starts[number];
        let mut indices = Vec::new();
        for size in self.shapes[number].iter().rev() {
            indices.push(rest % size);
            rest /= size;
        }
        indices.reverse();
        format!("{}{indices:?}", self.names[number])
    }

    /// The name of the parameter that a place of the vector belongs to, and the index along its last axis.
    pub fn last_index(&self, place: usize) -> (&str, usize) {
        let number = self.starts.partition_point(|start| *start <= place).saturating_sub(1);
        let last = self.shapes[number].last().copied().unwrap_or(1);
        (&self.names[number], (place - self.starts[number]) % last)
    }

    /// The chosen parameters as one vector.
    pub fn flatten<T: Real>(&self, parameters: &[Array<T>]) -> Vec<f64> {
        self.slots.iter().flat_map(|slot| parameters[*slot].values()).map(|x| x.to_f64()).collect()
    }

    /// Whether the chosen parameters have the values of a vector.
    pub fn is_at<T: Real>(&self, vector: &[f64], parameters: &[Array<T>]) -> bool {
        let values = self.slots.iter().flat_map(|slot| parameters[*slot].values());
        vector.len() == self.dimension && values.zip(vector).all(|(value, x)| *value == T::from_f64(*x))
    }

    /// Writes a vector into the chosen parameters.
    ///
    /// # Errors
    /// [`Error::Argument`] when the vector has another length.
    pub fn unflatten<T: Real>(&self, vector: &[f64], parameters: &mut [Array<T>]) -> Result<()> {
        if vector.len() != self.dimension {
            return Err(Error::argument("the number of parameters", vector.len(), self.dimension.to_string()));
        }
        for (slot, start) in self.slots.iter().zip(&self.starts) {
            let values = parameters[*slot].values_mut();
            let len = values.len();
            for (value, x) in values.iter_mut().zip(&vector[*start..*start + len]) {
                *value = T::from_f64(*x);
            }
        }
        Ok(())
    }

    /// Directions as programs read them: for each parameter all directions' parts, concatenated, with zeros for
    /// those from `block.count()` up to `count`.
    pub(super) fn split<T: Real>(&self, block: &Block, first: usize, count: usize, parts: &mut Vec<Vec<T>>) {
        parts.resize(self.slots.len(), Vec::new());
        let given = count.min(block.count() - first);
        for ((part, start), shape) in parts.iter_mut().zip(&self.starts).zip(&self.shapes) {
            let len: usize = shape.iter().product();
            part.clear();
            for number in first..first + given {
                part.extend(block.vector(number)[*start..*start + len].iter().map(|x| T::from_f64(*x)));
            }
            part.resize(len * count, T::ZERO);
        }
    }

    /// Adds the parts of one parameter, `given` vectors, concatenated, to a block, times `factor`.
    pub(super) fn join<T: Real>(
        &self,
        number: usize,
        part: &[T],
        block: &mut Block,
        (first, given): (usize, usize),
        factor: f64,
    ) {
        let start = self.starts[number];
        let len: usize = self.shapes[number].iter().product();
        for (place, part) in part.chunks_exact(len).take(given).enumerate() {
            let vector = &mut block.vector_mut(first + place)[start..start + len];
            for (value, x) in vector.iter_mut().zip(part) {
                *value = x.to_f64() * factor;
            }
        }
    }
}
