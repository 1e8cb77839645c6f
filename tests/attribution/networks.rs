//! Which curvature predicts training without half of the examples best, for networks: the linear datamodeling score (Park
//! and others 2023), the mean over queries of the rank correlation between a subset's sum of scores and the loss after
//! training on the subset. `-- --nocapture` prints it; with LDS=all for all networks of docs/methods.md.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use ascribe::engine::Workers;
use ascribe::session::{Attributor, Context, Dataset, Model, Options, Trainer, load};
use ascribe::tensor::random::{Purpose, Stream};
use ascribe::{Fidelity, Monitor};

use crate::common::beside;

const ROWS: usize = 240;
const QUERIES: usize = 20;
const SUBSETS: usize = 24;

/// A network brought to a minimum, or as near as kinks allow, over some of the rows.
fn trained(context: &Arc<Context>, data: &Dataset, rows: &[usize], (layers, l2): (&str, f64)) -> Model {
    let data = data.select(rows).unwrap();
    let options = Options::new().with("layers", layers).with("l2", l2).with("seed", 3);
    let model = Model::new(context, "mlp", &data, &options).unwrap();
    let options = Options::new().with("optimizer", "minimize").with("max_iterations", 400);
    let mut trainer = Trainer::new(context, &model, &data, &options).unwrap();
    trainer.run(&Monitor::none()).unwrap();
    trainer.finish(&Monitor::none()).unwrap()
}

/// The linear datamodeling scores of the default, and of Gauss-Newton curvature without damping and with the default's.
fn scored(data: &Dataset, network: (&str, f64)) -> [Option<f64>; 3] {
    let context = Arc::new(Context::new(Workers::new(2).unwrap(), 0));
    let all: Vec<usize> = (0..ROWS).collect();
    let queries = data.select(&(ROWS..ROWS + QUERIES).collect::<Vec<_>>()).unwrap();
    let model = trained(&context, data, &all, network);
    let subset = |number: usize| {
        let (mut rows, mut stream) = (all.clone(), Stream::new(1, Purpose::Data, number as u64, 0));
        (0..ROWS / 2).for_each(|at| rows.swap(at, at + stream.below((ROWS - at) as u32) as usize));
        rows.truncate(ROWS / 2);
        rows.sort_unstable();
        rows
    };
    let subsets: Vec<Vec<usize>> = (0..SUBSETS).map(subset).collect();
    let loss = |rows: &Vec<usize>| trained(&context, data, rows, network).evaluate(&context, &queries, Some("loss"));
    let losses: Vec<Vec<f64>> = subsets.iter().map(|rows| loss(rows).unwrap()).collect();
    let gauss_newton = Options::new().with("curvature", "gauss-newton");
    [Options::new(), gauss_newton.clone().with("damping", 0.0), gauss_newton].map(|options| {
        let attributor = Attributor::new(&context, &model, Some("influence"), None, &options, &Monitor::none()).ok()?;
        let found = attributor.explain(&queries, Some("loss"), &Monitor::none()).unwrap();
        let of_query = |query: usize| {
            let scores: Vec<f64> = found.scores(query).unwrap().iter().map(|(_, score)| *score).collect();
            // The loss falls by what the examples that stay keep it low by.
            let sum = |rows: &Vec<usize>| -rows.iter().map(|row| scores[*row]).sum::<f64>();
            let predicted: Vec<f64> = subsets.iter().map(sum).collect();
            let truth: Vec<f64> = losses.iter().map(|losses| losses[query]).collect();
            Fidelity::of(&predicted, &truth).unwrap().spearman.unwrap()
        };
        Some((0..QUERIES).map(of_query).sum::<f64>() / QUERIES as f64)
    })
}

#[test]
fn the_default_curvature_of_networks_predicts_training_on_subsets_best() {
    let Some(path) = beside("tabular/digits.csv") else { return };
    let data = load("table", &[path], &Options::new().with("label", "target").with("standardize", true)).unwrap();
    let more = std::env::var_os("LDS").is_some_and(|value| value == "all");
    let networks = [("dense:8,tanh", 1e-3), ("dense:8,relu", 1e-2)].into_iter();
    let others = [
        ("dense:8,tanh", 1e-2),
        ("dense:8,tanh", 1e-4),
        ("dense:24,tanh", 1e-2),
        ("dense:24,tanh", 1e-4),
        ("dense:24,tanh", 1e-6),
        ("dense:8,relu", 1e-3),
        ("dense:8,relu", 1e-5),
    ];
    for network in networks.chain(others.into_iter().filter(|_| more)) {
        let [default, bare, damped] = scored(&data, network);
        println!("{network:?}: by default {default:.3?}, Gauss-Newton undamped {bare:.3?}, damped {damped:.3?}");
        let (default, damped) = (default.unwrap(), damped.unwrap());
        assert!(bare.is_none_or(|bare| damped > bare), "{network:?}: {bare:?} without damping, {damped} with it");
        assert!(default > 0.55 && default > damped - 0.05, "{network:?}: {default} by default, {damped} damped");
    }
}
