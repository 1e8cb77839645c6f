//! The lines of README.md in this folder, made with the library's own modules.

use std::fmt::{Display, Write};
use std::path::Path;
use std::sync::Arc;

use ascribe::Result;
use ascribe::attribution::influence::{self, Change, Edit, Influence, Level, Options, WhatIfOptions};
use ascribe::attribution::rollback::{CreditRule, Effort, ExplainOptions, Explainer, Ledger, Tracker};
use ascribe::data::{Samples, Targets, TripleSet};
use ascribe::engine::{Execution, Monitor, Program, Values, Workers};
use ascribe::graph::Graph;
use ascribe::models::network::{Activation, Layer, NetworkFunctional, NetworkLoss, NetworkSettings};
use ascribe::models::triples::{Candidates, FunctionalKind, Loss, Sides, TripleExamples, TripleTables, scorers};
use ascribe::objective::{CompiledFunctional, Curvature, Derivatives, Evaluate, Layout};
use ascribe::objective::{Convention, Functional, Inputs, Objective, Owned};
use ascribe::session::tables;
use ascribe::solve::Block;
use ascribe::tensor::random::{Purpose, Stream};
use ascribe::tensor::{Array, Real};
use ascribe::train::minimize::{self, minimize_objective};
use ascribe::train::{
    InputExamples, Optimizer, Outcome, Reduction, Schedule, StepPlan, TrainerOptions, TrainingSpec, Trajectory,
    Untracked,
};

/// The bytes that may be kept between products with the Hessian.
const MEMORY: usize = 1 << 30;
/// The sets of examples that are removed together.
const REMOVED: [&[u32]; 2] = [&[3], &[2, 9]];

/// All lines.
pub fn lines(data: &Path) -> Result<String> {
    let mut out = String::new();
    triples::<f64>(&mut Named { name: "triples.f64", out: &mut out }, data)?;
    triples::<f32>(&mut Named { name: "triples.f32", out: &mut out }, data)?;
    rows::<f64>(&mut Named { name: "rows.squared.f64", out: &mut out }, NetworkLoss::Squared, 1e-10)?;
    rows::<f64>(&mut Named { name: "rows.softmax.f64", out: &mut out }, NetworkLoss::Softmax, 1e-10)?;
    rows::<f32>(&mut Named { name: "rows.softmax.f32", out: &mut out }, NetworkLoss::Softmax, 1e-5)?;
    layers::<f64>(&mut Named { name: "rows.layers.f64", out: &mut out })?;
    layers::<f32>(&mut Named { name: "rows.layers.f32", out: &mut out })?;
    let trained = graph::<f64>(&mut Named { name: "graph.f64", out: &mut out })?;
    minimized(&mut Named { name: "graph.minimized", out: &mut out }, trained)?;
    graph::<f32>(&mut Named { name: "graph.f32", out: &mut out })?;
    for table in tables() {
        for option in table.options {
            writeln!(out, "options {} {} {}", table.name, option.name, option.default)
                .expect("a string takes any line");
        }
    }
    Ok(out)
}

/// Where the lines of one model go.
struct Named<'a> {
    name: &'static str,
    out: &'a mut String,
}

impl Named<'_> {
    fn line(&mut self, what: impl Display, value: f64) {
        writeln!(self.out, "{}.{what} {:016x}", self.name, value.to_bits()).expect("a string takes any line");
    }

    fn list(&mut self, what: impl Display, values: impl IntoIterator<Item = f64>) {
        values.into_iter().enumerate().for_each(|(i, value)| self.line(format_args!("{what}.{i}"), value));
    }

    fn table(&mut self, what: &str, values: &[f64], columns: usize) {
        values.chunks(columns).enumerate().for_each(|(i, row)| self.list(format_args!("{what}.{i}"), row.to_vec()));
    }

    /// The functional of each query, and the scores of all examples for it.
    fn scores(&mut self, method: &str, values: &[f64], scores: &[f64]) {
        for (query, (value, row)) in values.iter().zip(scores.chunks(scores.len() / values.len())).enumerate() {
            self.line(format_args!("{method}.value.{query}"), *value);
            self.list(format_args!("{method}.{query}"), row.to_vec());
        }
    }

    fn parameters<T: Real>(&mut self, parameters: &[Array<T>]) {
        for (place, array) in parameters.iter().enumerate() {
            self.list(format_args!("parameter.{place}"), wide(array.values()));
        }
    }
}

fn wide<T: Real>(values: &[T]) -> Vec<f64> {
    values.iter().map(|value| value.to_f64()).collect()
}

/// The first values of `graph`'s node at `of` for each of the inputs' rows.
fn run<T: Real>(
    functional: &Functional,
    outputs: bool,
    parameters: &[Array<T>],
    inputs: &Inputs<T>,
) -> Result<Vec<f64>> {
    let of = if outputs { functional.scores } else { functional.value };
    let mut execution = Execution::new(Program::compile(&functional.graph, &[of], &[])?, 0);
    let mut values = Values::new(parameters);
    for slot in 0..inputs.slots() {
        match inputs.ids(slot) {
            [] => values = values.with_real(slot, inputs.numbers(slot)),
            ids => values = values.with_index(slot, ids),
        }
    }
    execution.run(&Workers::single(), &values, inputs.count())?;
    Ok((0..inputs.count()).flat_map(|row| wide(execution.example(0, row))).collect())
}

fn rollback<T: Real>(
    to: &mut Named<'_>,
    functional: &Functional,
    parameters: &[Array<T>],
    ledger: &Ledger<T>,
    queries: &Inputs<T>,
) -> Result<()> {
    let context = Workers::single();
    let explainer = Explainer::new(functional, parameters.to_vec(), ledger.clone())?;
    for (name, effort) in
        [("exact", Effort::Exact), ("linear", Effort::Linear), ("hybrid", Effort::Hybrid { rerank: 3 })]
    {
        let options = ExplainOptions { effort, ..ExplainOptions::default() };
        for query in 0..queries.count() {
            let mut found = explainer.explain(&context, queries, query, &options)?;
            to.line(format_args!("{name}.value.{query}"), found.value);
            found.scores.sort_by_key(|score| score.example);
            for score in found.scores {
                to.line(format_args!("{name}.{query}.{}", score.example), score.score);
            }
        }
    }
    for query in 0..queries.count() {
        let value = explainer.value(&context, queries, query)?;
        let without = explainer.without(&context, queries, query, &[0, 5, 17])?;
        to.line(format_args!("without.{query}"), without - value);
    }
    Ok(())
}

/// True changes by training again from the same beginning.
fn removal<T: Real>(
    to: &mut Named<'_>,
    functional: &Functional,
    parameters: &[Array<T>],
    queries: &Inputs<T>,
    mut train_without: impl FnMut(&[u32]) -> Result<Vec<Array<T>>>,
) -> Result<()> {
    let before = run(functional, false, parameters, queries)?;
    for (set, examples) in REMOVED.iter().enumerate() {
        let after = run(functional, false, &train_without(examples)?, queries)?;
        to.list(format_args!("removal.{set}"), after.iter().zip(&before).map(|(after, before)| after - before));
    }
    Ok(())
}

/// Scores by what goes along the training: its derivative, the falls of the functional, and gradients at the end of each epoch.
fn along<T: Real>(
    to: &mut Named<'_>,
    trajectory: &Trajectory<T>,
    functional: &Functional,
    inputs: &Arc<Inputs<T>>,
    queries: &Inputs<T>,
) -> Result<()> {
    let (workers, monitor) = (Workers::single(), Monitor::none());
    let (count, examples) = (queries.count(), inputs.count());
    let layout = Layout::new(&trajectory.objective.graph, None)?;
    let functional = CompiledFunctional::new(functional, &layout)?;
    let parts = |gradients: &Block| -> Vec<Vec<f64>> {
        let ends = (1..layout.shapes().len()).map(|number| layout.start(number)).chain([layout.dimension()]);
        let ranges = ends.enumerate().map(|(number, end)| layout.start(number)..end);
        ranges.map(|range| gradients.vectors().flat_map(|one| one[range.clone()].to_vec()).collect()).collect()
    };
    let (values, gradients) = functional.gradients(&workers, &trajectory.kept, queries)?;
    let found = trajectory.weight_derivatives(parts(&gradients), count, MEMORY, &workers, &monitor)?;
    to.scores("replay", &values, &found.by_weight.iter().map(|slope| -slope).collect::<Vec<_>>());
    to.list("growth", found.growth);
    let falls = trajectory.falls(count, MEMORY, &workers, &monitor, |at, _| {
        let (values, gradients) = functional.gradients(&workers, at, queries)?;
        Ok((values, parts(&gradients)))
    })?;
    to.scores("tracin", &values, &falls);
    let (objective, kept) = (Arc::new(trajectory.objective.clone()), trajectory.kept.to_vec());
    let at = Derivatives::new(&workers, objective, kept, inputs.clone(), None, None, 0)?;
    let mut at: Box<dyn Evaluate> = at.into();
    let all: Vec<usize> = (0..examples).collect();
    let epochs: Vec<usize> = (1..=trajectory.end.epochs).collect();
    let (mut products, mut cosines) = (vec![0.0; count * examples], vec![0.0; count * examples]);
    let batch = trajectory.spec.options.batch as f64;
    trajectory.at_epochs(&epochs, &workers, &monitor, |parameters, rate| {
        at.set_point(&layout.flatten(parameters))?;
        let length = |vector: &[f64]| inner(vector, vector).sqrt();
        let lengths: Vec<f64> = at.gradients_of(&all)?.vectors().map(length).collect();
        let (_, gradients) = at.functional_gradients(&functional, &queries.into())?;
        at.directional(&gradients, &mut |example, first, slopes| {
            for (query, slope) in (first..).zip(slopes) {
                let cosine = slope / (length(gradients.vector(query)) * lengths[example]);
                products[query * examples + example] += rate * slope;
                cosines[query * examples + example] += rate / batch * cosine.clamp(-1.0, 1.0);
            }
        })
    })?;
    to.scores("tracincp", &values, &products);
    to.scores("gas", &values, &cosines);
    Ok(())
}

fn triples<T: Real>(to: &mut Named<'_>, data: &Path) -> Result<()> {
    let context = Workers::single();
    let data = TripleSet::read(&data.join("nations"))?;
    let loss = Loss::SampledSoftmax { negatives: 5 };
    let counts = (data.entities.len(), data.relations.len());
    let tables = TripleTables::new(scorers::by_name("distmult")?, counts.0, counts.1, 6)?;
    let plan = StepPlan::with_curvature(&Objective::of_triples(&tables, loss, Sides::Tails)?, Reduction::Sum)?;
    let plan = Arc::new(plan);
    let examples = TripleExamples::new(&data.train, counts.0, loss, Sides::Tails, 3, Candidates::EachEpoch)?;
    let trainer = TrainerOptions {
        method: Optimizer::Sgd,
        learning_rate: 0.05,
        schedule: Schedule::Constant,
        epochs: 3,
        batch: 1,
        seed: 3,
    };
    let tracker = Tracker::new(&plan, &examples, trainer.method, CreditRule::Refill)?;
    let spec = TrainingSpec::<T>::new(plan, trainer, tables.initial(0.5, 11)?);
    let mut training = spec.start(data.train.len(), None, tracker)?;
    training.advance(u64::MAX, &examples, &context, &Monitor::none())?;
    let (parameters, tracker, _) = training.into_parts();
    let (parameters, ledger) = (&parameters[..], tracker.into_ledger());
    to.parameters(parameters);
    let asked = &data.test[..3];
    let queries = Inputs::new(3)
        .with_ids(0, asked.iter().map(|triple| triple.head).collect())?
        .with_ids(1, asked.iter().map(|triple| triple.relation).collect())?
        .with_ids(2, asked.iter().map(|triple| triple.tail).collect())?;
    let logarithm = Functional::of_triples(&tables, FunctionalKind::LogProbability, true)?;
    to.list("evaluate", run(&logarithm, false, parameters, &queries)?);
    let probability = Functional::of_triples(&tables, FunctionalKind::Probability, true)?;
    rollback(to, &probability, parameters, &ledger, &queries)?;
    removal(to, &probability, parameters, &queries, |removed| spec.train_without(&examples, removed, None, &context))
}

/// Rows of the formulas, from a first one.
fn made(first: usize, count: usize, classes: bool) -> Result<Samples> {
    let feature = |i: usize, j: usize| (((7 * i + 11 * j + i * j) % 13) as f64 - 6.0) / 8.0;
    let features = Array::from_fn(&[count, 3], |place| feature(first + place / 3, place % 3));
    let rows = first..first + count;
    let targets = match classes {
        true => Targets::Classes {
            labels: rows.map(|i| ((i * i + i / 4) % 3) as u32).collect(),
            names: ["0", "1", "2"].map(String::from).to_vec(),
        },
        false => Targets::Numbers(rows.map(|i| (((5 * i + 3) % 11) as f64 - 5.0) / 4.0).collect()),
    };
    Samples::new(features, targets)
}

fn network(loss: NetworkLoss, l2: f64, layers: Vec<Layer>) -> NetworkSettings {
    let outputs = if loss == NetworkLoss::Softmax { 3 } else { 1 };
    NetworkSettings {
        features: vec![3],
        outputs,
        layers,
        loss,
        l2,
        intercept: true,
        objective: Convention::Mean,
        target_scale: None,
    }
}

fn adam() -> TrainerOptions {
    TrainerOptions {
        method: Optimizer::adam(false),
        learning_rate: 0.01,
        schedule: Schedule::Constant,
        epochs: 4,
        batch: 5,
        seed: 3,
    }
}

fn predict<T: Real>(
    to: &mut Named<'_>,
    settings: &NetworkSettings,
    parameters: &[Array<T>],
    extra: &Inputs<T>,
) -> Result<()> {
    let functional = settings.functional(NetworkFunctional::Loss)?;
    to.table("predict", &run(&functional, true, parameters, extra)?, settings.outputs);
    Ok(())
}

fn rows<T: Real>(to: &mut Named<'_>, loss: NetworkLoss, gradient: f64) -> Result<()> {
    let data = made(0, 24, loss == NetworkLoss::Softmax)?;
    let settings = network(loss, 0.05, Vec::new());
    let inputs = Arc::new(settings.inputs::<T>(&data)?);
    let (objective, start) = (Arc::new(settings.objective()?), settings.initial(42)?);
    let options = minimize::Options { gradient_tolerance: gradient, ..minimize::Options::default() };
    let mut at = Derivatives::new(&Workers::single(), objective, start, inputs.clone(), None, None, MEMORY)?;
    let found = minimize_objective(&mut at, |at| settings.is_separated(at), &options)?;
    assert!(found.converged, "{}: no minimum", to.name);
    let parameters = at.parameters().to_vec();
    to.parameters(&parameters);
    let extra = settings.inputs(&made(100, 2, loss == NetworkLoss::Softmax)?)?;
    predict(to, &settings, &parameters, &extra)?;
    let fitted = Fitted {
        objective: Arc::new(settings.objective()?),
        functional: settings.functional(NetworkFunctional::Loss)?,
        queries: settings.inputs(&data.select(&[1, 7])?)?,
        parameters,
        inputs,
    };
    fitted.influence(to, &extra)?;
    fitted.removal(to)?;
    fitted.gradients(to)
}

fn layers<T: Real>(to: &mut Named<'_>) -> Result<()> {
    let settings = network(NetworkLoss::Softmax, 0.01, vec![Layer::Dense(4), Layer::Activation(Activation::Tanh)]);
    let inputs = Arc::new(settings.inputs::<T>(&made(0, 24, true)?)?);
    let initial = settings.initial(11)?;
    let plan = Arc::new(StepPlan::new(&settings.objective()?, Reduction::Mean)?);
    let examples = InputExamples::new(&plan, inputs.clone())?;
    let spec = TrainingSpec::new(plan, adam(), initial);
    let train = |weights: Option<&[f64]>| -> Result<(Vec<Array<T>>, Outcome)> {
        let mut training = spec.start(inputs.count(), weights, Untracked)?;
        training.advance(u64::MAX, &examples, &Workers::single(), &Monitor::none())?;
        let (parameters, _, outcome) = training.into_parts();
        Ok((parameters, outcome))
    };
    let (parameters, outcome) = train(None)?;
    to.parameters(&parameters);
    let extra = settings.inputs(&made(100, 2, true)?)?;
    predict(to, &settings, &parameters, &extra)?;
    removal(to, &settings.functional(NetworkFunctional::Loss)?, &parameters, &extra, |examples| {
        let mut weights = vec![1.0; inputs.count()];
        examples.iter().for_each(|example| weights[*example as usize] = 0.0);
        Ok(train(Some(&weights))?.0)
    })?;
    let (objective, functional) = (settings.objective()?, settings.functional(NetworkFunctional::Loss)?);
    let (kept, queries) = (Arc::new(parameters.clone()), extra.clone());
    let fitted =
        Fitted { objective: Arc::new(objective.clone()), functional, parameters, inputs: inputs.clone(), queries };
    fitted.gradients(to)?;
    let (end, losses) = (outcome.kept(), outcome.losses());
    let trajectory = Trajectory {
        objective,
        examples: Box::new(examples.clone()),
        spec: spec.clone(),
        end,
        kept,
        losses,
        recording: None,
    };
    along(to, &trajectory, &fitted.functional, &inputs, &extra)
}

/// A trained model, and what is asked of it.
struct Fitted<T> {
    objective: Arc<Objective>,
    functional: Functional,
    parameters: Vec<Array<T>>,
    inputs: Arc<Inputs<T>>,
    queries: Inputs<T>,
}

impl<T: Real> Fitted<T> {
    fn asked(&self, options: &Options) -> Result<(Influence, CompiledFunctional)> {
        let (objective, inputs) = (self.objective.clone(), self.inputs.clone());
        let scalars = CompiledFunctional::new(&self.functional, &Layout::new(&objective.graph, None)?)?;
        let context = Workers::single();
        let derivatives =
            Derivatives::new(&context, objective, self.parameters.clone(), inputs, None, None, options.memory)?;
        Ok((Influence::fit(derivatives, options)?, scalars))
    }

    /// `extra` has examples for changes of the training set: its rows 0 and 1.
    fn influence(&self, to: &mut Named<'_>, extra: &Inputs<T>) -> Result<()> {
        let options = Options { curvature: Some(Curvature::Hessian), seed: 42, ..Options::default() };
        let (mut influence, scalars) = self.asked(&options)?;
        to.line("objective", influence.diagnostics().value);
        to.line("gradient", influence.diagnostics().gradient_norm);
        let answer = influence.solve_queries(&scalars, &self.queries)?;
        let scores = influence.scores(&answer)?;
        for query in 0..scores.queries() {
            to.line(format_args!("influence.value.{query}"), answer.values[query]);
            to.list(format_args!("influence.{query}"), scores.row(query).to_vec());
        }
        let all: Vec<usize> = (0..self.inputs.count()).collect();
        to.list("self", influence.self_influence(&all)?);
        let mut leverages = Vec::new();
        for query in 0..scores.queries() {
            // Alone: a solve of several queries together differs in the last bits.
            let answer = influence.solve_queries(&scalars, &self.queries.select(&[query])?)?;
            let alone = influence.leave_one_out(&answer, &[2, 3])?;
            to.list(format_args!("leave_one_out.{query}"), alone.iter().map(|one| one.scores[0]));
            leverages = alone.iter().map(|one| one.leverage).collect();
        }
        to.list("leverage", leverages);
        let p = influence.evaluator().dimension();
        let direction = |place: usize| (((3 * (place / p) + 5 * (place % p) + 1) % 7) as f64 - 3.0) / 4.0;
        let directions = Block::new(p, 2, (0..2 * p).map(direction).collect())?;
        to.table("products", influence.products(&directions)?.values(), p);
        to.table("inverse", influence.inverse(&directions)?.x.values(), p);
        let (first, second) = (extra.select(&[0])?, extra.select(&[1])?);
        let several = [Change::Reweight(4, 2.0), Change::Replace(5, first.into()), Change::Add(second.into(), 1.0)];
        for (name, changes) in [("remove", &[Change::Remove(3)][..]), ("several", &several[..])] {
            let edit = Edit::new(&self.inputs, &influence.evaluator().weights(), changes)?;
            let options = WhatIfOptions { until: Level::Retrained, ..WhatIfOptions::default() };
            for step in influence.what_if(&scalars, &self.queries, &edit, &options)?.steps {
                to.list(format_args!("{name}.{}", step.level), step.changes);
            }
        }
        Ok(())
    }

    /// True changes by minimizing again.
    fn removal(&self, to: &mut Named<'_>) -> Result<()> {
        for (set, examples) in REMOVED.iter().enumerate() {
            let (mut influence, scalars) = self.asked(&Options { memory: MEMORY, ..Options::default() })?;
            let examples: Vec<usize> = examples.iter().map(|example| *example as usize).collect();
            let found = influence::removal(&mut influence, &scalars, &self.queries, &examples)?;
            to.list(format_args!("removal.{set}"), found.truth);
        }
        Ok(())
    }

    /// Inner products and cosines of the functional's gradients with those of the examples' losses.
    fn gradients(&self, to: &mut Named<'_>) -> Result<()> {
        let (objective, inputs) = (self.objective.clone(), self.inputs.clone());
        let workers = Workers::single();
        let at = Derivatives::new(&workers, objective, self.parameters.clone(), inputs, None, None, 0)?;
        let mut at: Box<dyn Evaluate> = at.into();
        let functional = CompiledFunctional::new(&self.functional, at.layout())?;
        let (values, gradients) = at.functional_gradients(&functional, &(&self.queries).into())?;
        let all: Vec<usize> = (0..at.examples()).collect();
        let own = at.gradients_of(&all)?;
        let mut products = vec![0.0; values.len() * all.len()];
        at.directional(&gradients, &mut |example, first, slopes| {
            for (place, slope) in slopes.iter().enumerate() {
                products[(first + place) * all.len() + example] = *slope;
            }
        })?;
        let length = |vector: &[f64]| inner(vector, vector).sqrt();
        for method in ["graddot", "gradcos"] {
            let cosine = method == "gradcos";
            for (query, value) in values.iter().enumerate() {
                to.line(format_args!("{method}.value.{query}"), *value);
                let row = products[query * all.len()..][..all.len()].iter().enumerate();
                let lengths = |example: usize| length(gradients.vector(query)) * length(own.vector(example));
                let score = |(example, product): (usize, &f64)| match cosine {
                    true => (product / lengths(example)).clamp(-1.0, 1.0),
                    false => *product,
                };
                to.list(format_args!("{method}.{query}"), row.map(score));
            }
            let square = |vector: &[f64]| inner(vector, vector);
            to.list(format_args!("{method}.self"), own.vectors().map(|one| if cosine { 1.0 } else { square(one) }));
        }
        Ok(())
    }
}

/// The sum of the products of numbers, in eight sums that are added in pairs.
fn inner(left: &[f64], right: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let whole = left.len() / LANES * LANES;
    for place in 0..whole {
        sums[place % LANES] += left[place] * right[place];
    }
    let rest: f64 = (whole..left.len()).map(|place| left[place] * right[place]).sum();
    let [a, b, c, d, e, f, g, h] = sums;
    (((a + b) + (c + d)) + ((e + f) + (g + h))) + rest
}

/// Users, items and ratings; the objective, the parameters of which examples own rows, and the prediction.
fn factorization<T: Real>() -> Result<(Inputs<T>, Objective, Functional)> {
    let pairs = (0..240).map(|k| (7 * k % 30, (11 * k + k / 30) % 20));
    let rating = |(user, item): (usize, usize)| 1.0 + ((3 * user + 5 * item + user * item) % 5) as f64;
    let inputs = Inputs::new(240)
        .with_ids(0, pairs.clone().map(|(user, _)| user as u32).collect())?
        .with_ids(1, pairs.clone().map(|(_, item)| item as u32).collect())?
        .with_numbers(2, pairs.map(|pair| T::from_f64(rating(pair))).collect())?;
    let mut graph = Graph::new();
    let g = &mut graph;
    let (user, item) = (g.indices("user", &[])?, g.indices("item", &[])?);
    let mean = g.parameter("mean", &[])?;
    let tables = [
        g.parameter("user_bias", &[30])?,
        g.parameter("item_bias", &[20])?,
        g.parameter("users", &[30, 4])?,
        g.parameter("items", &[20, 4])?,
    ];
    let rating = g.input("rating", &[])?;
    let user_bias = g.gather_rows(tables[0], user)?;
    let item_bias = g.gather_rows(tables[1], item)?;
    let (users, items) = (g.gather_rows(tables[2], user)?, g.gather_rows(tables[3], item)?);
    let prediction = g.add(mean, user_bias)?;
    let prediction = g.add(prediction, item_bias)?;
    let product = g.mul(users, items)?;
    let product = g.sum_all(product)?;
    let prediction = g.add(prediction, product)?;
    let residual = g.sub(prediction, rating)?;
    let square = g.mul(residual, residual)?;
    let loss = g.scale(square, 0.5)?;
    let mut penalty = g.mul(mean, mean)?;
    for table in tables {
        let square = g.mul(table, table)?;
        let sum = g.sum_all(square)?;
        penalty = g.add(penalty, sum)?;
    }
    let penalty = g.scale(penalty, 0.05)?;
    let owned = [(3, 0), (4, 1), (1, 0), (2, 1)].map(|(parameter, input)| Owned { parameter, input }).to_vec();
    let functional = Functional { graph: graph.clone(), value: prediction, scores: prediction, reads: owned.clone() };
    Ok((
        inputs,
        Objective {
            graph,
            loss,
            penalty: Some(penalty),
            convention: Convention::Mean,
            outputs: Some(prediction),
            owned,
            diagonal: Vec::new(),
        },
        functional,
    ))
}

fn graph<T: Real>(to: &mut Named<'_>) -> Result<Vec<Array<T>>> {
    let context = Workers::single();
    let (inputs, objective, functional) = factorization::<T>()?;
    let mut initial = Vec::new();
    for (slot, sizes) in [&[][..], &[30], &[20], &[30, 4], &[20, 4]].into_iter().enumerate() {
        let (rows, width) = (sizes.first().copied().unwrap_or(1), sizes.get(1).copied().unwrap_or(1));
        let mut values = Vec::new();
        for row in 0..rows {
            let mut stream = Stream::new(7, Purpose::Initial, slot as u64, row as u64);
            values.extend((0..width).map(|_| T::from_f64((2.0 * stream.uniform() - 1.0) * 0.1)));
        }
        initial.push(Array::new(sizes, values)?);
    }
    let trainer = TrainerOptions {
        method: Optimizer::Sgd,
        learning_rate: 0.02,
        schedule: Schedule::Constant,
        epochs: 5,
        batch: 1,
        seed: 7,
    };
    let queries = inputs.select(&[0, 5])?;
    let plan = Arc::new(StepPlan::new(&objective, Reduction::Sum)?);
    let examples = InputExamples::new(&plan, Arc::new(inputs))?;
    let tracker = Tracker::new(&plan, &examples, trainer.method, CreditRule::Momentum)?;
    let spec = TrainingSpec::new(plan, trainer, initial);
    let mut training = spec.start(240, None, tracker)?;
    training.advance(u64::MAX, &examples, &context, &Monitor::none())?;
    let (parameters, tracker, outcome) = training.into_parts();
    let ledger = tracker.into_ledger();
    to.parameters(&parameters);
    for (slot, (place, ..)) in ledger.slots(6).enumerate() {
        to.list(format_args!("change.{slot}"), wide(ledger.change(6, place)));
    }
    to.line("remainder", ledger.remainder()[0].values()[0].to_f64());
    rollback(to, &functional, &parameters, &ledger, &queries)?;
    removal(to, &functional, &parameters, &queries, |removed| spec.train_without(&examples, removed, None, &context))?;
    let (kept, end, losses) = (Arc::new(parameters.clone()), outcome.kept(), outcome.losses());
    let inputs = examples.inputs().clone();
    let trajectory = Trajectory { objective, examples: Box::new(examples), spec, end, kept, losses, recording: None };
    along(to, &trajectory, &functional, &inputs, &queries)?;
    Ok(parameters)
}

fn minimized(to: &mut Named<'_>, start: Vec<Array<f64>>) -> Result<()> {
    let (inputs, objective, functional) = factorization::<f64>()?;
    let (objective, inputs) = (Arc::new(objective), Arc::new(inputs));
    let options = minimize::Options { convex: false, ..minimize::Options::default() };
    let mut at = Derivatives::new(&Workers::single(), objective.clone(), start, inputs.clone(), None, None, MEMORY)?;
    let found = minimize_objective(&mut at, |_| Ok(false), &options)?;
    let parameters = at.parameters().to_vec();
    assert!(found.converged, "{}: no minimum", to.name);
    let queries = inputs.select(&[0, 5])?;
    let fitted = Fitted { objective, functional, parameters, inputs: inputs.clone(), queries };
    fitted.influence(to, &inputs)?;
    fitted.removal(to)?;
    fitted.gradients(to)
}
