//! How well rollback predicts true removal on Nations: every one of the 1 592 training triples is left out in turn, the
//! model is trained again, and the change of each distinct test query's top prediction is compared with the predicted one.
//!
//! Dimension 10, batch 1, 10 epochs, initial values within ±0.5, softmax over the true tail and 13 sampled ones that are
//! drawn once. Printed: Pearson, Spearman and slope for each query over its candidates, averaged over queries, and the
//! greatest error. `cargo bench --bench fidelity`; arguments: the seeds, by default 1 2 3.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ascribe::engine::Workers;
use ascribe::session::Part;
use ascribe::{Attributor, Context, Dataset, Fidelity, Model, Monitor, Options, Result, load, true_changes};

fn main() -> Result<()> {
    let seeds: Vec<u64> = std::env::args().filter_map(|text| text.parse().ok()).collect();
    let seeds = if seeds.is_empty() { vec![1, 2, 3] } else { seeds };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nations");
    let data = load("triples", &[folder], &Options::new())?;
    let workers = Workers::new(std::thread::available_parallelism().map_or(1, usize::from))?;
    println!("fidelity on Nations, {} threads, seeds {seeds:?}", workers.threads());
    let context = Arc::new(Context::new(workers, Context::DEFAULT_SEED));
    println!("optimizer      attribution  scope               Pearson  Spearman  slope  largest error");
    for (name, optimizer, learning_rate) in [("dense Adam .003", "adam-dense", 0.003), ("SGD .03", "sgd", 0.03)] {
        let mut table: Vec<(String, Vec<Mean>)> = Vec::new();
        for seed in &seeds {
            let training = Options::new().with("optimizer", optimizer).with("learning_rate", learning_rate);
            one_seed(&context, &data, *seed, &training, &mut table)?;
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

/// For each distinct head and relation of the test triples the tail that a model holds most probable.
fn queries(context: &Context, data: &Dataset, model: &Model) -> Result<Dataset> {
    let test = data.part(Part::Test)?;
    let asked: BTreeSet<(u32, u32)> = test.triple_ids()?.map(|[head, relation, _]| (head, relation)).collect();
    let triples = data.triples()?;
    let (entities, relations) = (triples.entities() as u32, triples.relations() as u32);
    let mut queries = Vec::new();
    for (head, relation) in asked {
        let tails: Vec<[u32; 3]> = (0..entities).map(|tail| [head, relation, tail]).collect();
        let tails = Dataset::from_triples(&tails, entities, relations)?;
        let scores = model.evaluate(context, &tails, Some("score"))?;
        let top = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
        queries.push([head, relation, top as u32]);
    }
    Dataset::from_triples(&queries, entities, relations)
}

fn one_seed(
    context: &Arc<Context>,
    data: &Dataset,
    seed: u64,
    training: &Options,
    table: &mut Vec<(String, Vec<Mean>)>,
) -> Result<()> {
    let (asked, monitor) = (Some("probability"), Monitor::none());
    let mut truth = None;
    let attributions: &[&str] = match training.get("optimizer") == Some(&"sgd".into()) {
        true => &["step"],
        false => &["step", "momentum"],
    };
    for name in attributions {
        let options = Options::new().with("candidates", "once").with("seed", seed);
        let mut model = Model::new(context, "distmult", data, &options)?;
        model.fit(context, data, &training.clone().with("attribution", *name), &monitor)?;
        let queries = queries(context, data, &model)?;
        if truth.is_none() {
            let removals: Vec<Vec<usize>> = (0..data.len()).map(|example| vec![example]).collect();
            let start = Instant::now();
            let changes = true_changes(context, &model, &queries, asked, &removals, &monitor)?;
            let (count, seconds) = (removals.len(), start.elapsed().as_secs_f64());
            eprintln!("  seed {seed}: {count} retrainings in {seconds:.1} s, {} queries", queries.len());
            truth = Some(changes);
        }
        let changes = truth.as_deref().unwrap_or_default();
        for scope in ["entities+relation", "entities", "all"] {
            let options = Options::new().with("scope", scope);
            let attributor = Attributor::new(context, &model, Some("rollback"), None, &options, &monitor)?;
            let attribution = attributor.explain(&queries, asked, &monitor)?;
            let mut mean = Mean { pearson: 0.0, spearman: 0.0, slope: 0.0, worst: 0.0 };
            let mut counted = 0.0;
            for query in 0..queries.len() {
                let (examples, predicted): (Vec<u64>, Vec<f64>) = attribution.scores(query)?.iter().copied().unzip();
                let change = |example: &u64| changes[*example as usize * queries.len() + query];
                let fidelity = Fidelity::of(&predicted, &examples.iter().map(change).collect::<Vec<f64>>())?;
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
            let row = format!("{name:<12} {scope:<18}");
            match table.iter_mut().find(|(found, _)| *found == row) {
                Some((_, means)) => means.push(mean),
                None => table.push((row, vec![mean])),
            }
        }
    }
    Ok(())
}
