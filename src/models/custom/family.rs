//! Models of the user's own as a family.

use serde_json::Value;

use crate::data::{Column, Dataset};
use crate::error::{Error, Result, one_of};
use crate::graph::{Element, Graph, NodeId, Shape, ValueType};
use crate::models::family::{
    EXAMPLES, Family, Initial, Parameter, QUERIES, Reduction, TrainingDefaults, other_data, some,
};
use crate::objective::{Convention, Functional, InputSink, Objective, Owned};
use crate::options::options;
use crate::tensor::Precision;

use super::{Definition, Description};

/// The name of the family.
pub const FAMILY: &str = "custom";

options! {
    /// Models of the user's own, beside their graph.
    #[table("custom")]
    #[derive(Copy)]
    pub struct CustomOptions {
        /// Initial values are drawn from minus to plus this number.
        initial: f64 = "0.1" in POSITIVE,
        /// The numbers to compute with.
        precision: Precision = "f64",
        /// The seed of the initial values; auto: that of the context.
        seed: Option<u64> = "auto",
    }
}

/// A graph with the roles of its values: what is minimized, which rows examples own, what can be explained.
#[derive(Clone, Debug)]
pub struct CustomModel {
    pub(super) objective: Objective,
    functionals: Vec<(String, NodeId)>,
    initial: f64,
}

impl CustomModel {
    /// A model that minimizes the mean of `loss`, a per-example scalar, and `penalty`, a shared one. `outputs` are the
    /// values through which the loss depends on the parameters; without them there is no Gauss-Newton matrix.
    ///
    /// # Errors
    /// [`Error::Argument`] for values of another type, or a graph without parameters.
    pub fn new(
        definition: &Definition,
        loss: NodeId,
        penalty: Option<NodeId>,
        outputs: Option<NodeId>,
    ) -> Result<Self> {
        let graph = definition.graph().clone();
        require(&graph, loss, "the loss", true)?;
        penalty.map_or(Ok(()), |penalty| require(&graph, penalty, "the penalty", false))?;
        if let Some(outputs) = outputs {
            let found = graph.value_type(outputs);
            if !found.per_example || found.element == Element::Index {
                return Err(Error::argument("the type of the outputs", found, "per-example numbers"));
            }
        }
        if graph.parameters().is_empty() {
            return Err(Error::argument("the number of parameters of the graph", 0, "at least one"));
        }
        let place = |ids: &[NodeId], wanted: NodeId| ids.iter().position(|id| *id == wanted);
        let owned = definition.owned().iter().filter_map(|(parameter, ids)| {
            let parameter = place(graph.parameters(), *parameter)?;
            Some(Owned { parameter, input: place(graph.inputs(), *ids)? })
        });
        let owned = owned.collect();
        let mut functionals = vec![(Definition::LOSS.to_owned(), loss)];
        functionals.extend_from_slice(definition.functionals());
        let convention = Convention::Mean;
        let objective = Objective { graph, loss, penalty, convention, outputs, owned, diagonal: Vec::new() };
        Ok(Self { objective, functionals, initial: CustomOptions::default().initial })
    }

    /// The same model, with initial values drawn uniformly from minus to plus `half_width`.
    #[must_use]
    pub fn with_initial(self, half_width: f64) -> Self {
        Self { initial: half_width, ..self }
    }

    /// Stages the inputs of the graph by their names. Training needs all of them; the engine says which of them a query
    /// lacks.
    fn stage(&self, data: &Dataset, all: bool, sink: &mut dyn InputSink) -> Result<()> {
        let columns = data.columns()?;
        let graph = &self.objective.graph;
        let known: Vec<&str> = graph.inputs().iter().map(|id| graph.name(*id).unwrap_or_default()).collect();
        if let Some(name) = columns.names().find(|name| !known.contains(name)) {
            let expected = format!("one of the graph's: {}", known.join(", "));
            return Err(Error::argument("an input of the dataset", format!("{name:?}"), expected));
        }
        sink.begin(columns.count());
        for (slot, (id, name)) in graph.inputs().iter().zip(&known).enumerate() {
            let value_type = graph.value_type(*id);
            let refuse = |found: String| {
                Error::argument(format!("the input {name:?} of the dataset"), found, value_type.to_string())
            };
            let Some(column) = columns.get(name) else {
                if all {
                    return Err(refuse("missing".into()));
                }
                continue;
            };
            let (values, noun, element) = match column {
                Column::Numbers(values) => (values.len(), "numbers", Element::Real),
                Column::Ids(ids) => (ids.len(), "ids", Element::Index),
            };
            if element != value_type.element || values != value_type.shape.len() * columns.count() {
                return Err(refuse(format!("{} {noun} for each example", values / columns.count())));
            }
            match column {
                Column::Numbers(values) => sink.set_numbers(slot, values)?,
                Column::Ids(ids) => sink.set_ids(slot, ids.to_vec())?,
            }
        }
        Ok(())
    }
}

impl Family for CustomModel {
    fn name(&self) -> &'static str {
        FAMILY
    }

    fn manifest(&self) -> Value {
        serde_json::to_value(Description::of(self)).unwrap_or_default()
    }

    fn parameters(&self) -> Result<Vec<Parameter>> {
        Ok(Parameter::of_graph(&self.objective.graph, |_| Initial::UniformRows(self.initial)))
    }

    fn objective(&self) -> Result<Objective> {
        Ok(self.objective.clone())
    }

    fn functionals(&self) -> Vec<&str> {
        self.functionals.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn functional(&self, name: Option<&str>) -> Result<Functional> {
        let name = name.unwrap_or(Definition::LOSS);
        let Some((_, value)) = self.functionals.iter().find(|(found, _)| found == name) else {
            return Err(one_of("the functional", name, self.functionals().into_iter()));
        };
        let graph = &self.objective.graph;
        let needed = graph.needed(&[*value]);
        let read = |owned: &&Owned| needed.get(graph.inputs()[owned.input].index()) == Some(&true);
        let reads = self.objective.owned.iter().filter(read).copied().collect();
        Ok(Functional { graph: graph.clone(), value: *value, scores: *value, reads })
    }

    fn accepts(&self, data: &Dataset) -> Result<()> {
        data.columns().map(|_| ()).map_err(|_| other_data(self, data))
    }

    fn stage_examples(&self, data: &Dataset, _: u64, sink: &mut dyn InputSink) -> Result<()> {
        some(data, EXAMPLES)?;
        self.stage(data, true, sink)
    }

    fn stage_queries(&self, data: &Dataset, _: Option<&str>, sink: &mut dyn InputSink) -> Result<()> {
        some(data, QUERIES)?;
        self.stage(data, false, sink)
    }

    fn training(&self) -> TrainingDefaults {
        TrainingDefaults { reduction: Reduction::Sum, batch: 1, epochs: 10 }
    }
}

/// Refuses what is no scalar of numbers, per example or shared.
fn require(graph: &Graph, node: NodeId, what: &str, per_example: bool) -> Result<()> {
    let found = graph.value_type(node);
    let expected = ValueType::real(per_example, Shape::default());
    if *found == expected {
        return Ok(());
    }
    Err(Error::argument(format!("the type of {what}"), found, expected.to_string()))
}
