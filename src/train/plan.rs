//! What a training step computes: an objective taken apart into what the trainer applies row by row.

use std::sync::Arc;

use crate::autodiff::{gradient, per_example_gradient};
use crate::engine::Program;
use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId, Op, Unary, ValueType};
pub use crate::objective::Reduction;

use crate::objective::{Diagonal, Objective, Owned};
use crate::tensor::Real;

/// Rows of a gradient: what each example adds to which rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct SparseTerm {
    pub parameter: usize,
    /// The output that holds the rows.
    pub output: usize,
    /// The input that names them.
    pub input: usize,
    pub count: usize,
}

/// The part of a gradient that touches every row: its sum over the batch, and the rows of it that examples own.
#[derive(Clone, Debug)]
pub(super) struct DenseTerm {
    pub parameter: usize,
    pub total: usize,
    /// Pairs of a place in the list of owned rows and the output with that row.
    pub own: Vec<(usize, usize)>,
}

/// How a parameter is cut into rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TableShape {
    pub rows: usize,
    pub width: usize,
}

/// A training step, compiled. Shared by all trainings of the same objective.
///
/// For a sum: the gradient of each example by the rows it reads, never made dense, and the gradients by parameters that are
/// read as a whole. For a mean: the gradients of the batch by all parameters.
#[derive(Clone, Debug)]
pub struct StepPlan<T> {
    pub(super) program: Arc<Program<T>>,
    pub(super) reduction: Reduction,
    /// The name and type of each input.
    pub(super) types: Vec<(String, ValueType)>,
    pub(super) tables: Vec<TableShape>,
    pub(super) owned: Vec<Owned>,
    pub(super) sparse: Vec<SparseTerm>,
    pub(super) dense: Vec<DenseTerm>,
    pub(super) curvature: Option<CurvatureTerms>,
}

/// The outputs with the diagonal of the Gauss-Newton matrix, as [`SparseTerm`] and [`DenseTerm`] have the gradient.
#[derive(Clone, Debug, Default)]
pub(super) struct CurvatureTerms {
    /// The weighted squares of slopes, and their weighted means.
    pub sparse: Vec<(SparseTerm, Option<SparseTerm>)>,
    pub dense: Vec<DenseTerm>,
}

impl<T: Real> StepPlan<T> {
    /// Compiles a training step. Output 0 is the loss.
    ///
    /// # Errors
    /// [`Error::Argument`] when an owned row is not named by a per-example input of one id, or the parameter it belongs
    /// to is never looked up.
    pub fn new(objective: &Objective, reduction: Reduction) -> Result<Self> {
        Self::compile(Drafted::new(objective, reduction)?, reduction, None)
    }

    /// Compiles a step that shows each example's curvature along the numbers of the rows it reads beside its gradient.
    ///
    /// # Errors
    /// As [`StepPlan::new`], and [`Error::Unsupported`] for an objective whose diagonal is not known.
    pub fn with_curvature(objective: &Objective, reduction: Reduction) -> Result<Self> {
        if objective.diagonal.is_empty() || reduction == Reduction::Mean {
            return Err(Error::Unsupported {
                what: "the curvature of each example by the rows it reads".into(),
                hint: "attribute updates by the rule momentum or step".into(),
            });
        }
        let mut drafted = Drafted::new(objective, reduction)?;
        let curvature = drafted.add_curvature(objective)?;
        Self::compile(drafted, reduction, Some(curvature))
    }

    fn compile(drafted: Drafted, reduction: Reduction, curvature: Option<CurvatureTerms>) -> Result<Self> {
        let program = Program::compile(&drafted.graph, &drafted.terms.outputs, &[])?;
        let Drafted { terms: Terms { sparse, dense, .. }, types, tables, owned, .. } = drafted;
        Ok(Self { program, reduction, types, tables, owned, sparse, dense, curvature })
    }
}

/// A training step as a graph.
pub(super) struct Drafted {
    pub graph: Graph,
    pub terms: Terms,
    /// The loss of an example, without its share of the batch's and with it.
    pub losses: [NodeId; 2],
    /// What the gradients of an example are multiplied by, where that is asked for.
    pub seed: Option<NodeId>,
    types: Vec<(String, ValueType)>,
    tables: Vec<TableShape>,
    owned: Vec<Owned>,
}

impl Drafted {
    pub fn new(objective: &Objective, reduction: Reduction) -> Result<Self> {
        Self::draft(objective, reduction, false)
    }

    /// A step with the input `seed` beside the others, by which each example's gradients are multiplied.
    pub fn with_seed(objective: &Objective, reduction: Reduction) -> Result<Self> {
        Self::draft(objective, reduction, true)
    }

    fn draft(objective: &Objective, reduction: Reduction, seeded: bool) -> Result<Self> {
        let mut graph = objective.graph.clone();
        let bare = objective.total(&mut graph)?;
        let mut loss = bare;
        if reduction != Reduction::Sum {
            // The last input. Multiplied into the loss, it is in every derivative.
            let share = graph.input("the share of an example", &[])?;
            loss = graph.mul(share, loss)?;
        }
        let losses = [bare, loss];
        let mut seed = None;
        if seeded {
            let factor = graph.input("what gradients are multiplied by", &[])?;
            loss = graph.mul(factor, loss)?;
            seed = Some(factor);
        }
        let named = |id: &NodeId| (graph.name(*id).unwrap_or_default().to_owned(), graph.value_type(*id).clone());
        let types = objective.graph.inputs().iter().map(named).collect();
        let mut terms = Terms { outputs: vec![loss], sparse: Vec::new(), dense: Vec::new() };
        let (tables, owned) = match reduction {
            Reduction::Mean => (terms.add_whole(&mut graph, loss)?, Vec::new()),
            _ => (terms.add_by_rows(&mut graph, loss, objective)?, objective.owned.clone()),
        };
        Ok(Self { graph, terms, losses, seed, types, tables, owned })
    }
}

impl Drafted {
    /// Adds the outputs with the diagonal. What is sparse is multiplied by the share of its example later.
    fn add_curvature(&mut self, objective: &Objective) -> Result<CurvatureTerms> {
        let Self { graph, terms: Terms { outputs, .. }, owned, .. } = self;
        let share = graph.inputs().get(objective.graph.inputs().len()).copied();
        let mut found = CurvatureTerms::default();
        for Diagonal { parameter, input, squares, mean } in &objective.diagonal {
            if let Some(input) = *input {
                let count = graph.shape(graph.inputs()[input]).len();
                let mut add = |output| {
                    outputs.push(output);
                    SparseTerm { parameter: *parameter, output: outputs.len() - 1, input, count }
                };
                found.sparse.push((add(*squares), mean.map(add)));
                continue;
            }
            // Every row is read once.
            let mut value = *squares;
            if let Some(mean) = *mean {
                let square = graph.power(mean, 2.0)?;
                value = graph.sub(value, square)?;
            }
            if let Some(share) = share {
                value = graph.mul(share, value)?;
            }
            outputs.push(graph.batch_sum(value)?);
            let mut term = DenseTerm { parameter: *parameter, total: outputs.len() - 1, own: Vec::new() };
            for (place, owned) in owned.iter().enumerate().filter(|(_, owned)| owned.parameter == *parameter) {
                outputs.push(graph.gather_rows(value, graph.inputs()[owned.input])?);
                term.own.push((place, outputs.len() - 1));
            }
            found.dense.push(term);
        }
        Ok(found)
    }
}

/// The outputs of a step's program, and what they are.
pub(super) struct Terms {
    pub outputs: Vec<NodeId>,
    pub sparse: Vec<SparseTerm>,
    pub dense: Vec<DenseTerm>,
}

impl Terms {
    /// The gradients by whole parameters, each of them one row.
    fn add_whole(&mut self, graph: &mut Graph, loss: NodeId) -> Result<Vec<TableShape>> {
        let parameters = graph.parameters().to_vec();
        self.outputs.extend(gradient(graph, loss, &parameters)?);
        self.dense.extend((0..parameters.len()).map(|parameter| {
            let own = Vec::new();
            DenseTerm { parameter, total: 1 + parameter, own }
        }));
        Ok(parameters.iter().map(|parameter| TableShape { rows: 1, width: graph.shape(*parameter).len() }).collect())
    }

    /// The gradients of each example by the rows it reads, and what touches every row.
    fn add_by_rows(&mut self, graph: &mut Graph, loss: NodeId, objective: &Objective) -> Result<Vec<TableShape>> {
        let parameters = graph.parameters().to_vec();
        let gradients = per_example_gradient(graph, loss, &parameters)?;
        for (parameter, gradient) in gradients.iter().enumerate() {
            let Some(gradient) = *gradient else { continue };
            let mut parts = Parts::default();
            parts.take_apart(graph, gradient, 1.0)?;
            for (values, ids) in parts.scattered {
                let Op::Input(input) = *graph.op(ids) else { unreachable!("ids are inputs") };
                let count = graph.shape(ids).len();
                self.outputs.push(values);
                let output = self.outputs.len() - 1;
                self.sparse.push(SparseTerm { parameter, output, input: input as usize, count });
            }
            let Some(whole) = parts.whole else { continue };
            let whole = graph.broadcast_batch(whole)?;
            self.outputs.push(graph.batch_sum(whole)?);
            let mut term = DenseTerm { parameter, total: self.outputs.len() - 1, own: Vec::new() };
            for (place, owned) in objective.owned.iter().enumerate() {
                if owned.parameter == parameter {
                    let ids = graph.inputs()[owned.input];
                    self.outputs.push(graph.gather_rows(whole, ids)?);
                    term.own.push((place, self.outputs.len() - 1));
                }
            }
            self.dense.push(term);
        }
        let looked_up = |parameter: NodeId| {
            let reads = |id: NodeId| *graph.op(id) == Op::GatherRows && graph.arguments(id)[0] == parameter;
            objective.graph.ids().any(reads)
        };
        for owned in &objective.owned {
            let input = graph.inputs().get(owned.input).map(|id| graph.value_type(*id).to_string());
            let parameter = parameters.get(owned.parameter).is_some_and(|p| looked_up(*p));
            if input.as_deref() != Some("per-example ids []") || !parameter {
                let found = format!("parameter {} by input {}", owned.parameter, owned.input);
                return Err(Error::argument("an owned row", found, "a parameter with rows and an input of one id"));
            }
        }
        let shape_of = |parameter: &NodeId| {
            let shape = graph.shape(*parameter);
            let rows = if looked_up(*parameter) { shape.sizes()[0] } else { 1 };
            TableShape { rows, width: shape.len() / rows }
        };
        Ok(parameters.iter().map(shape_of).collect())
    }
}

impl<T> StepPlan<T> {
    /// The rows an example owns, in the order of a ledger's slots; none without contributions.
    pub fn owned(&self) -> &[Owned] {
        &self.owned
    }

    /// Whether steps show what each example contributed to the gradient of which rows. Where the mean of a batch is
    /// followed, they show the batch's gradient only.
    pub fn has_contributions(&self) -> bool {
        self.reduction != Reduction::Mean
    }

    /// Whether steps show how curved each example's loss is along the rows it reads.
    pub fn has_curvature(&self) -> bool {
        self.curvature.is_some()
    }

    /// The number of inputs that examples are staged into.
    pub fn inputs(&self) -> usize {
        self.types.len()
    }

    /// The rows of each parameter and the numbers in a row.
    pub fn shapes(&self) -> Vec<(usize, usize)> {
        self.tables.iter().map(|t| (t.rows, t.width)).collect()
    }
}

/// A per-example gradient as rows by id and a rest.
#[derive(Default)]
struct Parts {
    scattered: Vec<(NodeId, NodeId)>,
    whole: Option<NodeId>,
}

impl Parts {
    fn take_apart(&mut self, graph: &mut Graph, gradient: NodeId, factor: f64) -> Result<()> {
        // A list of what is still to be taken apart, not a recursion: sums may be long.
        let mut open = vec![(gradient, factor)];
        while let Some((node, factor)) = open.pop() {
            let arguments = graph.arguments(node).to_vec();
            match graph.op(node).clone() {
                Op::Add => open.extend([(arguments[1], factor), (arguments[0], factor)]),
                Op::Sub => open.extend([(arguments[1], -factor), (arguments[0], factor)]),
                Op::Unary(Unary::Scale(c)) => open.push((arguments[0], factor * c.value())),
                Op::ScatterRows { over_batch: false, .. } => {
                    self.scattered.push((graph.scale(arguments[0], factor)?, arguments[1]));
                }
                _ => {
                    let part = graph.scale(node, factor)?;
                    self.whole = Some(match self.whole {
                        Some(whole) => graph.add(whole, part)?,
                        None => part,
                    });
                }
            }
        }
        Ok(())
    }
}
