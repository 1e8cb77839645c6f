//! Which labels are wrong? Give every tenth digit a wrong label, train, and look among the examples whose own loss depends
//! most on themselves. The same story stands in C, C++ and Julia beside this one, with the same output.
//!
//! `cargo run --release --example find_the_wrong_labels`

use std::path::PathBuf;
use std::sync::Arc;

use ascribe::attribution::influence::{Influence, Options};
use ascribe::data::{Encoding, EncodingOptions, Table, Targets, Task};
use ascribe::engine::Workers;
use ascribe::models::network::{NetworkLoss, NetworkModel, NetworkSettings};
use ascribe::objective::Inputs;
use ascribe::objective::{Curvature, Derivatives};
use ascribe::train::minimize::{self, minimize_objective};

fn main() -> ascribe::Result<()> {
    let folder = std::env::args().nth(1).map_or_else(|| PathBuf::from("data"), PathBuf::from);
    let table = Table::read(&folder.join("tables/digits.csv"))?;
    let mut data = Encoding::learn(&table, "target", Task::Classes, &EncodingOptions::default())?.encode(&table)?;
    let rows = data.len();
    if let Targets::Classes { labels, .. } = &mut data.targets {
        labels.iter_mut().step_by(10).for_each(|label| *label = (*label + 1) % 10);
    }

    let loss = NetworkLoss::Softmax;
    let settings =
        NetworkSettings { features: vec![64], outputs: 10, layers: Vec::new(), loss, l2: 0.01, intercept: true };
    let inputs: Arc<Inputs<f64>> = Arc::new(settings.inputs(&data)?);
    let model = NetworkModel::new(settings.clone(), 42)?;
    // The objective is convex: there are no epochs of batches, only the way to its minimum.
    let (context, objective) = (Workers::single(), Arc::new(settings.objective()?));
    let parameters = model.parameters().to_vec();
    let options = Options { curvature: Some(Curvature::Hessian), seed: 42, ..Options::default() };
    let mut derivatives = Derivatives::new(&context, objective, parameters, inputs, None, None, options.memory)?;
    minimize_objective(&mut derivatives, |at| settings.is_separated(at), &minimize::Options::default())?;

    let influence = Influence::fit(derivatives, &options)?.self_influence(&(0..rows).collect::<Vec<_>>())?;

    // The rows by influence on themselves, largest first; of equal ones the first.
    let mut order: Vec<usize> = (0..rows).collect();
    order.sort_by(|a, b| influence[*b].total_cmp(&influence[*a]).then(a.cmp(b)));
    for percent in [10, 20, 30] {
        let found = order[..rows * percent / 100].iter().filter(|row| row.is_multiple_of(10)).count();
        println!("{percent} %: {found} of {}", rows.div_ceil(10));
    }
    for row in &order[..5] {
        println!("{:+.12} row {row}", influence[*row]);
    }
    Ok(())
}
