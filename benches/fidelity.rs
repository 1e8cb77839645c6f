//! How well methods predict true removal on Nations: every one of the 1 592 training triples is left out in turn, the model is
//! trained again, and the change of each distinct test query's top prediction is compared with the predicted one, over the
//! triples that share an entity or the relation with the query.
//!
//! DistMult of dimension 10, batch 1, softmax over the true tail and 13 sampled ones that are drawn once. Printed: Pearson,
//! Spearman, slope and the ratio through the origin for each query, averaged over queries and seeds, and each seed's Pearson
//! and slope; for replay the growth of the derivative. `cargo bench --bench fidelity -- SETTING ... SEED ...`; by default all
//! settings and the seeds 1 to 5.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ascribe::engine::Workers;
use ascribe::session::Part;
use ascribe::{Attributor, Context, Dataset, Fidelity, Model, Monitor, Options, Result, load, true_changes};

/// A way to train: its name, optimizer, learning rate, half width of initial values, epochs.
type Setting = (&'static str, &'static str, f64, f64, i64);

const SETTINGS: [Setting; 6] = [
    ("sgd", "sgd", 0.03, 0.5, 10),
    ("adam", "adam-dense", 0.003, 0.5, 10),
    ("sgd-100", "sgd", 0.03, 0.5, 100),
    ("sgd-small", "sgd", 0.03, 0.05, 10),
    ("sgd-chaotic", "sgd", 0.3, 0.5, 10),
    ("adam-chaotic", "adam-dense", 0.003, 0.05, 10),
];

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let seeds: Vec<u64> = words.iter().filter_map(|text| text.parse().ok()).collect();
    let seeds = if seeds.is_empty() { vec![1, 2, 3, 4, 5] } else { seeds };
    let wanted = |name: &str| words.iter().all(|word| word.parse::<u64>().is_ok()) || words.iter().any(|w| w == name);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nations");
    let data = load("triples", &[folder], &Options::new())?;
    let workers = Workers::new(std::thread::available_parallelism().map_or(1, usize::from))?;
    println!("fidelity on Nations, {} threads, seeds {seeds:?}", workers.threads());
    let context = Arc::new(Context::new(workers, Context::DEFAULT_SEED));
    println!("setting      method    Pearson  Spearman   slope   ratio  by seed: Pearson/slope");
    for setting in SETTINGS.iter().filter(|setting| wanted(setting.0)) {
        let mut table: Vec<(&str, Vec<Mean>)> = Vec::new();
        let mut growths = Vec::new();
        for seed in &seeds {
            growths.extend(one_seed(&context, &data, *seed, *setting, &mut table)?);
        }
        for (method, means) in table {
            let each: Vec<String> = means.iter().map(|mean| format!("{:.3}/{:.2}", mean.pearson, mean.slope)).collect();
            let average = |f: fn(&Mean) -> f64| means.iter().map(f).sum::<f64>() / means.len() as f64;
            println!(
                "{:<12} {method:<9} {:>7.3}  {:>8.3}  {:>6.3}  {:>6.3}  {}",
                setting.0,
                average(|m| m.pearson),
                average(|m| m.spearman),
                average(|m| m.slope),
                average(|m| m.ratio),
                each.join(" ")
            );
        }
        growths.sort_by(f64::total_cmp);
        if let (Some(median), Some(largest)) = (growths.get(growths.len() / 2), growths.last()) {
            println!("{:<12} growth of replay: median {median:.2}, largest {largest:.2}", setting.0);
        }
    }
    Ok(())
}

/// Averages over queries.
#[derive(Default)]
struct Mean {
    pearson: f64,
    spearman: f64,
    slope: f64,
    ratio: f64,
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

/// One seed of a setting: a row of the table for each method, and the growth of each query.
fn one_seed(
    context: &Arc<Context>,
    data: &Dataset,
    seed: u64,
    (name, optimizer, learning_rate, initial, epochs): Setting,
    table: &mut Vec<(&'static str, Vec<Mean>)>,
) -> Result<Vec<f64>> {
    let (asked, monitor) = (Some("probability"), Monitor::none());
    let training =
        Options::new().with("optimizer", optimizer).with("learning_rate", learning_rate).with("epochs", epochs);
    let (mut truth, mut growths) = (None, Vec::new());
    for method in ["step", "momentum", "refill", "replay"] {
        // Without momentum both rules are one.
        if method == "momentum" && optimizer == "sgd" {
            continue;
        }
        let options = Options::new().with("candidates", "once").with("seed", seed).with("initial", initial);
        let mut model = Model::new(context, "distmult", data, &options)?;
        let rule = if method == "replay" { "step" } else { method };
        model.fit(context, data, &training.clone().with("attribution", rule), &monitor)?;
        let queries = queries(context, data, &model)?;
        if truth.is_none() {
            eprintln!(
                "  {name}, seed {seed}: smoothness {:.3}",
                ascribe::session::smoothness(context, &model, &monitor)?
            );
            let removals: Vec<Vec<usize>> = (0..data.len()).map(|example| vec![example]).collect();
            let start = Instant::now();
            let changes = true_changes(context, &model, &queries, asked, &removals, &monitor)?;
            let (count, seconds) = (removals.len(), start.elapsed().as_secs_f64());
            eprintln!("  {name}, seed {seed}: {count} retrainings in {seconds:.1} s, {} queries", queries.len());
            truth = Some(changes);
        }
        let changes = truth.as_deref().unwrap_or_default();
        let explain = |method| {
            let attributor = Attributor::new(context, &model, Some(method), None, &Options::new(), &monitor)?;
            attributor.explain(&queries, asked, &monitor)
        };
        let considered = explain("rollback")?;
        let start = Instant::now();
        let attribution = if method == "replay" { explain("replay")? } else { considered.clone() };
        eprintln!("  {name}, seed {seed}: {method} explained in {:.1} s", start.elapsed().as_secs_f64());
        let (mut mean, mut counted) = (Mean::default(), 0.0);
        for query in 0..queries.len() {
            growths.extend(attribution.growth(query)?);
            let all: std::collections::BTreeMap<u64, f64> = attribution.scores(query)?.iter().copied().collect();
            let examples: Vec<u64> = considered.scores(query)?.iter().map(|(example, _)| *example).collect();
            let predicted: Vec<f64> = examples.iter().map(|example| all[example]).collect();
            let change = |example: &u64| changes[*example as usize * queries.len() + query];
            let fidelity = Fidelity::of(&predicted, &examples.iter().map(change).collect::<Vec<f64>>())?;
            if let Fidelity {
                pearson: Some(pearson),
                spearman: Some(spearman),
                slope: Some(slope),
                ratio: Some(ratio),
                ..
            } = fidelity
            {
                mean.pearson += pearson;
                mean.spearman += spearman;
                mean.slope += slope;
                mean.ratio += ratio;
                counted += 1.0;
            }
        }
        for part in [&mut mean.pearson, &mut mean.spearman, &mut mean.slope, &mut mean.ratio] {
            *part /= counted;
        }
        match table.iter_mut().find(|(found, _)| *found == method) {
            Some((_, means)) => means.push(mean),
            None => table.push((method, vec![mean])),
        }
    }
    Ok(growths)
}
