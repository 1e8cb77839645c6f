//! Retraining without examples.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::engine::{Execution, Program, Values, Workers};
use crate::error::{Error, Result};
use crate::objective::Functional;
use crate::run::{Job, Run};
use crate::tensor::{Array, Real};

/// Trains a run again without some of its examples and evaluates a functional.
#[derive(Debug)]
pub struct Truth<'a, T> {
    run: &'a Run<T>,
    job: Job<T>,
    program: Arc<Program<T>>,
    inputs: usize,
}

impl<'a, T: Real> Truth<'a, T> {
    /// Prepares the retraining of a run and compiles the functional.
    ///
    /// # Errors
    /// [`Error::Argument`] when the run's settings cannot be trained by.
    pub fn new(run: &'a Run<T>, functional: &Functional) -> Result<Self> {
        let job = run.job()?;
        let program = Program::compile(&functional.graph, &[functional.value], &[])?;
        Ok(Self { run, job, program, inputs: functional.graph.inputs().len() })
    }

    /// The functional of the full training at each query.
    ///
    /// # Errors
    /// [`Error::Argument`] when a query names rows that do not exist.
    pub fn values(&self, workers: &Workers, queries: &[Vec<u32>]) -> Result<Vec<f64>> {
        self.evaluate(workers, self.run.model.parameters(), queries)
    }

    /// The functional at each query after training without all of `examples`.
    ///
    /// # Errors
    /// [`Error::Argument`] when an example or a row does not exist; [`Error::NotFinite`] when the training diverges.
    pub fn without(&self, workers: &Workers, examples: &[u32], queries: &[Vec<u32>]) -> Result<Vec<f64>> {
        workers.check()?;
        // A run saved before its training ended is compared with a training that ends there too.
        let end = self.run.outcome.kept();
        let parameters = self.job.train_without(examples, Some(end), workers)?;
        self.evaluate(workers, &parameters, queries)
    }

    /// The true change of the functional at each query for the removal of each set of examples: one retraining a set, on
    /// all threads. `report` is told how many are done, on the calling thread; to break ends the work.
    ///
    /// # Errors
    /// As [`Truth::without`]; [`Error::Canceled`] when `report` broke or the context was told to stop.
    pub fn changes(
        &self,
        workers: &Workers,
        removals: &[Vec<u32>],
        queries: &[Vec<u32>],
        report: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Vec<Vec<f64>>> {
        let before = self.values(workers, queries)?;
        let mut changes = Vec::with_capacity(removals.len());
        // Each retraining is small and runs on one thread; several run at once. Blocks let the caller look in between.
        for block in removals.chunks(4 * workers.threads()) {
            let mut work: Vec<_> = block.iter().map(|removal| (removal, Ok(Vec::new()))).collect();
            workers.try_for_each(&mut work, |(removal, result)| {
                *result = self.without(&workers.single_like(), removal, queries);
            })?;
            for (_, result) in work {
                let after = result?;
                changes.push(after.iter().zip(&before).map(|(after, before)| after - before).collect());
            }
            if report(changes.len()).is_break() {
                let place = format!("retraining {} of {}", changes.len(), removals.len());
                return Err(Error::Canceled { place });
            }
        }
        Ok(changes)
    }

    fn evaluate(&self, workers: &Workers, parameters: &[Array<T>], queries: &[Vec<u32>]) -> Result<Vec<f64>> {
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        let mut inputs = vec![Vec::with_capacity(queries.len()); self.inputs];
        for query in queries {
            if query.len() != self.inputs {
                return Err(Error::argument("the number of ids of a query", query.len(), self.inputs.to_string()));
            }
            for (input, id) in inputs.iter_mut().zip(query) {
                input.push(*id);
            }
        }
        let mut execution = Execution::new(self.program.clone(), 0);
        let mut operands = Values::new(parameters);
        for (slot, ids) in inputs.iter().enumerate() {
            operands = operands.with_index(slot, ids);
        }
        execution.run(workers, &operands, queries.len())?;
        Ok((0..queries.len()).map(|query| execution.example(0, query)[0].to_f64()).collect())
    }
}
