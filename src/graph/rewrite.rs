//! Rebuilding parts of a graph with some nodes replaced.

use crate::error::Result;

use super::nodes::{Graph, NodeId};

/// Replaces nodes and rebuilds what depends on them, simplifying on the way.
pub struct Rewriter {
    image: Vec<Option<NodeId>>,
}

impl Rewriter {
    /// A rewriter that replaces each first node of a pair by the second.
    pub fn new(graph: &Graph, replacements: &[(NodeId, NodeId)]) -> Self {
        let mut image = vec![None; graph.len()];
        for (from, to) in replacements {
            if let Some(image) = image.get_mut(from.index()) {
                *image = Some(*to);
            }
        }
        Self { image }
    }

    /// The node that `target` becomes. Nodes that depend on no replaced node stay as they are.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when a replacement does not fit where it comes to stand.
    pub fn rewrite(&mut self, graph: &mut Graph, target: NodeId) -> Result<NodeId> {
        graph.known(target)?;
        // Nodes may have been added since. Loops in topological order, not a recursion: graphs may be deep.
        self.image.resize(graph.len(), None);
        let mut needed = vec![false; target.index() + 1];
        needed[target.index()] = true;
        for index in (0..=target.index()).rev() {
            if needed[index] && self.image[index].is_none() {
                graph.arguments(graph.at(index)).iter().for_each(|argument| needed[argument.index()] = true);
            }
        }
        for (index, needed) in needed.into_iter().enumerate() {
            if !needed || self.image[index].is_some() {
                continue;
            }
            let id = graph.at(index);
            let arguments: Vec<NodeId> =
                graph.arguments(id).iter().map(|argument| self.image[argument.index()].unwrap_or(*argument)).collect();
            self.image[index] = Some(if arguments == graph.arguments(id) {
                id
            } else {
                let (op, shape) = (graph.op(id).clone(), graph.shape(id).clone());
                graph.apply(&op, &arguments, &shape)?
            });
        }
        Ok(self.image.get(target.index()).copied().flatten().unwrap_or(target))
    }
}
