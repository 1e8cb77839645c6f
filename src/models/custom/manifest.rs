//! What must be the same of a graph that a saved model is restored into.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::models::family::Family;

use super::CustomModel;

/// What can be seen of a graph from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Names and types.
    parameters: Vec<String>,
    inputs: Vec<String>,
    /// Names of parameters and the inputs whose ids name rows of them.
    owned: Vec<String>,
    functionals: Vec<String>,
}

impl Description {
    /// The description of a model.
    pub fn of(model: &CustomModel) -> Self {
        let graph = &model.objective.graph;
        let name = |id| graph.name(id).unwrap_or_default();
        let typed = |ids: &[_]| ids.iter().map(|id| format!("{:?}, {}", name(*id), graph.value_type(*id))).collect();
        let owned = model.objective.owned.iter().map(|owned| {
            let (parameter, input) = (graph.parameters()[owned.parameter], graph.inputs()[owned.input]);
            format!("{:?} by {:?}", name(parameter), name(input))
        });
        Self {
            parameters: typed(graph.parameters()),
            inputs: typed(graph.inputs()),
            owned: owned.collect(),
            functionals: model.functionals().into_iter().map(str::to_owned).collect(),
        }
    }

    /// Rejects a graph that is not as it was when `folder` was written.
    ///
    /// # Errors
    /// [`Error::Argument`] naming what differs.
    pub fn check(&self, saved: &Self, folder: &Path) -> Result<()> {
        let lists = [
            ("parameter", &self.parameters, &saved.parameters),
            ("input", &self.inputs, &saved.inputs),
            ("owned row", &self.owned, &saved.owned),
        ];
        for (what, found, saved) in lists {
            let differs = |place: &usize| found.get(*place) != saved.get(*place);
            if let Some(place) = (0..found.len().max(saved.len())).find(differs) {
                let shown = |list: &[String]| list.get(place).map_or("missing".to_owned(), |text| format!("({text})"));
                return Err(other_graph(&format!("{what} {place} of the graph"), shown(found), shown(saved), folder));
            }
        }
        let missing = saved.functionals.iter().find(|name| !self.functionals.contains(name));
        let Some(name) = missing else { return Ok(()) };
        let found = self.functionals.join(", ");
        Err(other_graph("the functionals of the graph", found, format!("{name} among them"), folder))
    }
}

/// The error for a graph that is not as it was.
pub(crate) fn other_graph(what: &str, found: impl ToString, expected: impl ToString, folder: &Path) -> Error {
    Error::argument(what, found, format!("{}, as {} was saved", expected.to_string(), folder.display()))
}
