//! What is known of a graph's nodes before any place is given: which are needed, which vary, and which are computed again.
//!
//! What does not vary but is read by what varies would be kept for every example between runs. A value that only repeats
//! its argument's elements (the windows of an image are many times as large as the image) is not worth that memory: it is
//! computed a second time within the part that varies, and its smaller argument is kept instead, if it is not given anyway.

use crate::error::{Error, Result};
use crate::graph::{Element, Graph, NodeId, Op};

use super::fusion::read_by;

/// What is known of a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fact {
    pub needed: bool,
    pub varies: bool,
    /// Depends on a sum over the batch.
    pub summed: bool,
    /// Is computed in the part that does not vary.
    pub once: bool,
    /// Is computed in the part that varies.
    pub again: bool,
}

/// The liveness of every node of a graph that is compiled for some outputs.
///
/// # Errors
/// [`Error::Argument`] when an output is ids; [`Error::Unsupported`] when a per-example value depends on a sum over the batch.
pub(super) fn liveness(graph: &Graph, outputs: &[NodeId], varying: &[NodeId]) -> Result<Vec<Fact>> {
    graph.all_known(outputs.iter().chain(varying))?;
    let nothing = Fact { needed: false, varies: varying.is_empty(), summed: false, once: false, again: false };
    let mut liveness = vec![nothing; graph.len()];
    for output in outputs {
        if graph.value_type(*output).element == Element::Index {
            let name = format!("the output {}", graph.describe(*output));
            return Err(Error::argument(name, "ids", "a value of numbers"));
        }
        liveness[output.index()].needed = true;
    }
    for id in graph.ids().rev() {
        if liveness[id.index()].needed {
            for argument in read_by(graph, id) {
                liveness[argument.index()].needed = true;
            }
        }
    }
    for input in varying {
        liveness[input.index()].varies = true;
    }
    for id in graph.ids() {
        for argument in read_by(graph, id) {
            let argument = liveness[argument.index()];
            liveness[id.index()].varies |= argument.varies;
            liveness[id.index()].summed |= argument.summed;
        }
        let body = graph.is_per_example(id) || graph.op(id).sums_over_batch();
        if body && liveness[id.index()].summed && liveness[id.index()].needed {
            return Err(Error::Unsupported {
                what: format!(
                    "{} at {}, which depends on a sum over the batch, in the same program",
                    graph.op(id).name(),
                    graph.describe(id)
                ),
                hint: "compute the sum first and give it as a shared input".into(),
            });
        }
        liveness[id.index()].summed |= graph.op(id).sums_over_batch();
    }
    place_in_parts(graph, outputs, &mut liveness);
    Ok(liveness)
}

/// Finds the parts of the program in which each node is computed, from the outputs to the leaves.
fn place_in_parts(graph: &Graph, outputs: &[NodeId], liveness: &mut [Fact]) {
    for output in outputs {
        liveness[output.index()].once = true;
    }
    for id in graph.ids().rev() {
        let fact = &mut liveness[id.index()];
        if !fact.needed {
            continue;
        }
        if fact.varies {
            (fact.once, fact.again) = (false, true);
        } else if !graph.is_per_example(id) || !repeats_elements(graph.op(id)) {
            (fact.once, fact.again) = (true, false);
        }
        let Fact { once, again, .. } = *fact;
        for argument in read_by(graph, id) {
            let argument = &mut liveness[argument.index()];
            argument.once |= once;
            argument.again |= again;
        }
    }
}

/// Whether a value is made by copying its argument's elements to more places, or is its argument under another name.
fn repeats_elements(op: &Op) -> bool {
    matches!(op, Op::Unfold { .. } | Op::Expand { .. } | Op::Pad { .. } | Op::Reshape | Op::BroadcastBatch)
}
