//! Why does the model predict this? Train on Nations with a ledger, explain one prediction, and check the explanation by
//! training again without the fact it names.
//!
//! `cargo run --release --example why_this_prediction`

use std::ops::ControlFlow;
use std::path::Path;

use ascribe::data::{Side, TripleSet};
use ascribe::engine::Context;
use ascribe::model::{Functional, FunctionalKind};
use ascribe::rollback::{ExplainOptions, Explainer};
use ascribe::run::{Job, Settings};
use ascribe::train::Ranking;
use ascribe::verify::Truth;

fn main() -> ascribe::Result<()> {
    let data = TripleSet::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nations"))?;
    let context = Context::new(2)?;
    let job = Job::<f64>::new(&Settings::default(), &data)?;
    let run = job.train(&data, &context, &mut |_, _| Ok(ControlFlow::Continue(())))?;

    // The question: with whom does China have economic aid relations? The model's first answer is the target.
    let head = data.entities.require("entity", "china")?;
    let relation = data.relations.require("relation", "economicaid")?;
    let mut ranking = Ranking::new(&run.model)?;
    let scores = ranking.scores(&context, run.model.parameters(), head, relation, Side::Tail)?;
    let best = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or_default();
    let query = vec![head, relation, best as u32];

    let functional = Functional::of_triples(&run.model, FunctionalKind::Probability, true)?;
    let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone())?;
    let explanation = explainer.explain(&context, &query, &ExplainOptions::default())?;
    let answer = data.entities.name(query[2]).unwrap_or_default();
    println!("china economicaid {answer}: probability {:.3}, owed to", explanation.value);

    let truth = Truth::new(&run, &functional)?;
    for score in explanation.supporting(5) {
        let fact = data.describe(data.train[score.example as usize]);
        let without = truth.without(&context, &[score.example], std::slice::from_ref(&query))?[0];
        println!("  {fact:<40} without it {:+.3}, retrained {:+.3}", score.score, without - explanation.value);
    }
    Ok(())
}
