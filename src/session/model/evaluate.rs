//! What a model says: functionals of queries, outputs of samples, ranks of triples.

use std::sync::Arc;

use crate::data::Known;
use crate::engine::{Execution, Program, Values, Workers};
use crate::error::{Error, Result};
use crate::models::Predictor;
use crate::models::triples::{Metrics, Ranking};
use crate::objective::Inputs;
use crate::session::{Context, Dataset};
use crate::tensor::{Array, MatrixView, Real, either};

use super::{Model, State};

/// The numbers of a block of rows that is copied when it cannot be read where it lies.
const BLOCK_NUMBERS: usize = 1 << 16;
/// The ranks at which hits are reported.
const HITS: [usize; 3] = [1, 3, 10];

impl Model {
    /// A functional of each query.
    ///
    /// # Errors
    /// [`Error::Argument`] for an unknown functional or queries that do not fit the model; what running the graph reports.
    pub fn evaluate(&self, context: &Context, queries: &Dataset, functional: Option<&str>) -> Result<Vec<f64>> {
        either!(&self.state, state => {
            Evaluation::new(self, state, queries, functional)?.values(context.workers(), &state.parameters)
        })
    }

    /// The outputs of a model for each row of a matrix of features, in row-major order.
    ///
    /// Rows that are contiguous and in the model's precision are read in place; others are copied block by block, never all
    /// at once. After an error some of the outputs may have been written.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model that does not predict from samples; [`Error::Argument`] for a matrix with other
    /// columns, or an output of another length; [`Error::NotFinite`] for features that are not finite.
    pub fn predict<E: Real>(&self, context: &Context, features: &dyn MatrixView<E>, into: &mut [f64]) -> Result<()> {
        either!(&self.state, state => predict(self, state, context, features, into))
    }

    /// How high a model of triples ranks true triples among others, passing over those that `known` holds in any of its parts.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model of another family; [`Error::Argument`] for data of another kind.
    pub fn ranking(&self, context: &Context, known: &Dataset, queries: &Dataset) -> Result<Metrics> {
        self.ranked(context.workers(), known, queries)
    }

    pub(in crate::session) fn ranked(&self, workers: &Workers, known: &Dataset, queries: &Dataset) -> Result<Metrics> {
        let tables = self.family.ranked()?;
        // Also checks the ids.
        self.family.queries::<f64>(queries, None)?;
        let known = Known::new(known.triples()?.set());
        let triples = queries.triples()?.list();
        either!(&self.state, state => {
            Ranking::new(tables)?.evaluate(workers, &state.parameters, triples, &known, &HITS)
        })
    }
}

/// A functional of queries, to be evaluated at any values of the parameters.
pub(in crate::session) struct Evaluation<T> {
    pub inputs: Inputs<T>,
    program: Arc<Program<T>>,
}

impl<T: Real> Evaluation<T> {
    pub fn new(model: &Model, state: &State<T>, queries: &Dataset, functional: Option<&str>) -> Result<Self> {
        let inputs = model.family.queries(queries, functional)?;
        let program = state.program(&format!("functional {functional:?}"), || {
            let functional = model.family.functional(functional)?;
            Program::compile(&functional.graph, &[functional.value], &[])
        })?;
        Ok(Self { inputs, program })
    }

    pub fn values(&self, workers: &Workers, parameters: &[Array<T>]) -> Result<Vec<f64>> {
        let mut operands = Values::new(parameters);
        for slot in 0..self.inputs.slots() {
            match self.inputs.ids(slot) {
                [] => operands = operands.with_real(slot, self.inputs.numbers(slot)),
                ids => operands = operands.with_index(slot, ids),
            }
        }
        let mut execution = Execution::new(self.program.clone(), 0);
        execution.run(workers, &operands, self.inputs.count())?;
        Ok((0..self.inputs.count()).map(|query| execution.example(0, query)[0].to_f64()).collect())
    }
}

fn predict<T: Real, E: Real>(
    model: &Model,
    state: &State<T>,
    context: &Context,
    features: &dyn MatrixView<E>,
    into: &mut [f64],
) -> Result<()> {
    let Predictor { graph, outputs, features: width, count } = model.family.predictor()?;
    let rows = features.rows();
    if features.columns() != width {
        return Err(Error::argument("the number of columns of the features", features.columns(), width.to_string()));
    }
    if rows.checked_mul(count) != Some(into.len()) {
        let expected = format!("{} for each of {rows} rows", count);
        return Err(Error::argument("the length of the output", into.len(), expected));
    }
    let program = state.program("outputs", || Program::compile(&graph, &[outputs], &[]))?;
    let mut execution = Execution::new(program, 0);
    let block = (BLOCK_NUMBERS / width).max(1);
    let in_place = features.contiguous().and_then(T::same);
    let (mut read, mut copy) = (Vec::new(), Vec::new());
    for first in (0..rows).step_by(block) {
        let range = first..(first + block).min(rows);
        let values: &[T] = match in_place {
            Some(all) => &all[range.start * width..range.end * width],
            None => {
                read.resize(range.len() * width, E::ZERO);
                features.read(first, &mut read);
                copy.clear();
                copy.extend(read.iter().map(|value| T::from_f64(value.to_f64())));
                &copy
            }
        };
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                what: "a feature",
                value: values[place].to_f64(),
                place: format!("row {}, column {} (both counted from 0)", first + place / width, place % width),
                hint: "leave the row out or give it a number".into(),
            });
        }
        execution.run(
            context.workers(),
            &Values::new(state.parameters.as_slice()).with_real(0, values),
            range.len(),
        )?;
        let outputs = &mut into[range.start * count..range.end * count];
        for (row, outputs) in outputs.chunks_exact_mut(count).enumerate() {
            outputs.iter_mut().zip(execution.example(0, row)).for_each(|(to, from)| *to = from.to_f64());
        }
    }
    Ok(())
}
