//! Which labels are wrong? Give every tenth digit a wrong label, train, and look among the examples whose own loss depends
//! most on themselves. The same story stands in C, C++, Julia and Python beside this one, with the same output.
//!
//! `cargo run --release --example find_the_wrong_labels`

use std::path::PathBuf;
use std::sync::Arc;

use ascribe::{Attributor, Context, Model, Monitor, Options, load};

fn main() -> ascribe::Result<()> {
    let folder = std::env::args().nth(1).map_or_else(|| PathBuf::from("data"), PathBuf::from);
    let (context, monitor) = (Arc::new(Context::default()), Monitor::none());
    let mut data = load("table", &[folder.join("tables/digits.csv")], &Options::new().with("task", "classes"))?;
    let mut labels = data.labels()?.to_vec();
    labels.iter_mut().step_by(10).for_each(|label| *label = (*label + 1) % 10);
    data.set_labels(&labels, 10)?;

    // The objective is convex: there are no epochs of batches, only the way to its minimum.
    let mut model = Model::new(&context, "softmax", &data, &Options::new().with("l2", 0.01))?;
    model.fit(&context, &data, &Options::new(), &monitor)?;
    let options = Options::new().with("curvature", "hessian");
    let attributor = Attributor::new(&context, &model, Some("influence"), None, &options, &monitor)?;
    let influence = attributor.self_scores(None, &monitor)?;

    // The rows by influence on themselves, largest first; of equal ones the first.
    let rows = data.len();
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
