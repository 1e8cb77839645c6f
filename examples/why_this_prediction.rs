//! Why does the model predict this? Train on Nations with a ledger, explain one prediction, and check the explanation by
//! training again without the fact it names. The same story stands in C, C++ and Julia beside this one, with the same output.
//!
//! `cargo run --release --example why_this_prediction`

use std::path::PathBuf;

use ascribe::attribution::rollback::{ExplainOptions, Explainer};
use ascribe::data::TripleSet;
use ascribe::engine::{Monitor, Workers};
use ascribe::models::triples::FunctionalKind;
use ascribe::objective::Functional;
use ascribe::run::{Job, Settings};
use ascribe::train::Optimizer;
use ascribe::verify::Truth;

fn main() -> ascribe::Result<()> {
    let folder = std::env::args().nth(1).map_or_else(|| PathBuf::from("data"), PathBuf::from);
    let data = TripleSet::read(&folder.join("nations"))?;
    let context = Workers::single();
    let settings =
        Settings { optimizer: Optimizer::Sgd, learning_rate: 0.03, epochs: 20, seed: 7, ..Settings::default() };
    let run = Job::<f64>::new(&settings, &data)?.train(&data, &context, &Monitor::none())?;

    // The question: the first triple that training has not seen.
    let asked = data.test[0];
    let query = vec![asked.head, asked.relation, asked.tail];
    let functional = Functional::of_triples(&run.model, FunctionalKind::Probability, true)?;
    let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone())?;
    let explanation = explainer.explain(&context, &explainer.query(&query)?, 0, &ExplainOptions::default())?;
    println!("{}: probability {:+.12}", data.describe(asked), explanation.value);

    let supporting = explanation.supporting(5);
    for score in &supporting {
        println!("{:+.12} {}", score.score, data.describe(data.train[score.example as usize]));
    }
    let truth = Truth::new(&run, &functional)?;
    let without = truth.without(&context, &[supporting[0].example], std::slice::from_ref(&query))?[0];
    println!("true change {:+.12}", without - explanation.value);
    Ok(())
}
