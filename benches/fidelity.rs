//! How well rollback predicts true removal on Nations: every one of the 1 592 training triples is left out in turn, the
//! model is trained again, and the change of each distinct test query's top prediction is compared with the predicted one.
//!
//! Dimension 10, batch 1, 10 epochs, initial values within ±0.5, softmax over the true tail and 13 sampled ones that are
//! drawn once. Printed: Pearson, Spearman and slope for each query over its candidates, averaged over queries, and the
//! greatest error. `cargo bench --bench fidelity`; arguments: the seeds, by default 1 2 3.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use ascribe::Result;
use ascribe::attribution::rollback::{CreditRule, ExplainOptions, Explainer, Scope};
use ascribe::data::{Side, TripleSet};
use ascribe::engine::{Monitor, Workers};
use ascribe::models::triples::FunctionalKind;
use ascribe::models::triples::{Candidates, Ranking};
use ascribe::objective::Functional;
use ascribe::run::{Job, Settings};
use ascribe::train::Optimizer;
use ascribe::verify::{Fidelity, Truth};

fn main() -> Result<()> {
    let seeds: Vec<u64> = std::env::args().filter_map(|text| text.parse().ok()).collect();
    let seeds = if seeds.is_empty() { vec![1, 2, 3] } else { seeds };
    let data = TripleSet::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nations"))?;
    let context = Workers::new(std::thread::available_parallelism().map_or(1, usize::from))?;
    println!("fidelity on Nations, {} threads, seeds {seeds:?}", context.threads());
    println!("optimizer      attribution  scope               Pearson  Spearman  slope  largest error");
    let methods = [("dense Adam .003", Optimizer::adam(true), 0.003), ("SGD .03", Optimizer::Sgd, 0.03)];
    for (name, method, learning_rate) in methods {
        let mut table: Vec<(String, Vec<Mean>)> = Vec::new();
        for seed in &seeds {
            let settings = Settings {
                optimizer: method,
                learning_rate,
                candidates: Candidates::Once,
                seed: *seed,
                ..Settings::default()
            };
            one_seed(&context, &data, &settings, &mut table)?;
        }
        for (row, means) in table {
            let each: Vec<String> = means.iter().map(|mean| format!("{:.2}", mean.pearson)).collect();
            let average = |f: fn(&Mean) -> f64| means.iter().map(f).sum::<f64>() / means.len() as f64;
            let worst = means.iter().map(|mean| mean.worst).fold(0.0, f64::max);
            println!(
                "{name:<15} {row} {:>6.3}  {:>8.3}  {:>5.2}  {worst:>8.3}   seeds: {}",
                average(|m| m.pearson),
                average(|m| m.spearman),
                average(|m| m.slope),
                each.join(" ")
            );
        }
    }
    Ok(())
}

/// Averages over queries.
struct Mean {
    pearson: f64,
    spearman: f64,
    slope: f64,
    worst: f64,
}

fn one_seed(
    context: &Workers,
    data: &TripleSet,
    settings: &Settings,
    table: &mut Vec<(String, Vec<Mean>)>,
) -> Result<()> {
    let mut truth = None;
    let attributions = match settings.optimizer {
        Optimizer::Adam { .. } => vec![("step", CreditRule::Step), ("momentum", CreditRule::Momentum)],
        _ => vec![("step", CreditRule::Step)],
    };
    for (name, attribution) in attributions {
        let settings = Settings { attribution, ..settings.clone() };
        let run = Job::<f64>::new(&settings, data)?.train(data, context, &Monitor::none())?;
        let functional = Functional::of_triples(&run.model, FunctionalKind::Probability, true)?;
        let mut ranking = Ranking::new(&run.model)?;
        let distinct: BTreeSet<(u32, u32)> = data.test.iter().map(|t| (t.head, t.relation)).collect();
        let mut queries = Vec::new();
        for (head, relation) in distinct {
            let scores = ranking.scores(context, run.model.parameters(), head, relation, Side::Tail)?;
            let top = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
            queries.push(vec![head, relation, top as u32]);
        }
        if truth.is_none() {
            let removals: Vec<Vec<u32>> = (0..data.train.len() as u32).map(|example| vec![example]).collect();
            let start = Instant::now();
            let changes = Truth::new(&run, &functional)?
                .changes(context, &removals, &queries, &mut |_| ControlFlow::Continue(()))?;
            let (count, seconds) = (removals.len(), start.elapsed().as_secs_f64());
            eprintln!("  seed {}: {count} retrainings in {seconds:.1} s, {} queries", settings.seed, queries.len());
            truth = Some(changes);
        }
        let changes = truth.as_ref().map_or(&[][..], Vec::as_slice);
        let explainer = Explainer::new(&functional, run.model.shared_parameters(), run.ledger.clone())?;
        for (scope_name, scope) in
            [("entities+relation", Scope::EntitiesAndRelation), ("entities", Scope::Entities), ("all", Scope::All)]
        {
            let mut mean = Mean { pearson: 0.0, spearman: 0.0, slope: 0.0, worst: 0.0 };
            let mut counted = 0.0;
            for (place, query) in queries.iter().enumerate() {
                let options = ExplainOptions { scope, ..ExplainOptions::default() };
                let explanation = explainer.explain(context, &explainer.query(query)?, 0, &options)?;
                let predicted: Vec<f64> = explanation.scores.iter().map(|s| s.score).collect();
                let true_changes: Vec<f64> =
                    explanation.scores.iter().map(|s| changes[s.example as usize][place]).collect();
                let fidelity = Fidelity::of(&predicted, &true_changes)?;
                mean.worst = mean.worst.max(fidelity.maximum_error);
                if let (Some(pearson), Some(spearman), Some(slope)) =
                    (fidelity.pearson, fidelity.spearman, fidelity.slope)
                {
                    mean.pearson += pearson;
                    mean.spearman += spearman;
                    mean.slope += slope;
                    counted += 1.0;
                }
            }
            mean.pearson /= counted;
            mean.spearman /= counted;
            mean.slope /= counted;
            let row = format!("{name:<12} {scope_name:<18}");
            match table.iter_mut().find(|(found, _)| *found == row) {
                Some((_, means)) => means.push(mean),
                None => table.push((row, vec![mean])),
            }
        }
    }
    Ok(())
}
