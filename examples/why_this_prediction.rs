//! Why does the model predict this? Train on Nations with a ledger, explain one prediction, and check the explanation by
//! training again without the fact it names. The same story stands in C, C++, Julia and Python beside this one, with the same output.
//!
//! `cargo run --release --example why_this_prediction`

use std::path::PathBuf;
use std::sync::Arc;

use ascribe::session::Part;
use ascribe::{Attributor, Context, Model, Monitor, Options, Order, load, true_changes};

fn main() -> ascribe::Result<()> {
    let folder = std::env::args().nth(1).map_or_else(|| PathBuf::from("data"), PathBuf::from);
    let (context, monitor) = (Arc::new(Context::default()), Monitor::none());
    let data = load("triples", &[folder.join("nations")], &Options::new())?;
    let mut model = Model::new(&context, "distmult", &data, &Options::new().with("seed", 7))?;
    let training = Options::new().with("optimizer", "sgd").with("learning_rate", 0.03).with("epochs", 20);
    model.fit(&context, &data, &training, &monitor)?;

    // The question: the first triple that training has not seen.
    let (query, asked) = (data.part(Part::Test)?.select(&[0])?, Some("probability"));
    let attributor = Attributor::new(&context, &model, Some("rollback"), None, &Options::new(), &monitor)?;
    let attribution = attributor.explain(&query, asked, &monitor)?;
    println!("{}: probability {:+.12}", query.describe(0)?, attribution.value(0)?);

    let supporting = attribution.top(0, Order::Negative, 5)?;
    for (example, score) in &supporting {
        println!("{score:+.12} {}", data.describe(*example as usize)?);
    }
    let first = vec![supporting[0].0 as usize];
    let change = true_changes(&context, &model, &query, asked, &[first], &monitor)?[0];
    println!("true change {change:+.12}");
    Ok(())
}
