//! How well replay predicts true removal from networks and UMLS, what it costs, and how methods find rows of another kind.
//!
//! `mlp-3`, `mlp-10`, `mlp-sgd`, `cnn`: a network is trained on the first 5 000 images of MNIST; the queries are the losses of
//! the first 10 test images. Removed are the images whose scores by replay are largest, summed over the queries by size, and
//! random ones; the model is trained again without each. The same pairs are predicted by influence with Gauss-Newton curvature.
//!
//! `umls`: DistMult with every default; the queries are the top answers to 20 questions of the test triples, the removals the 20
//! facts of largest score for each: by replay, and by rollback, whose ledger is that of refill.
//!
//! Of these is printed, over all pairs, Pearson's correlation, the slope and the ratio through the origin of true by predicted
//! changes; the median over queries of each one's Pearson; the median size of predicted changes over that of true ones; and
//! each query's Pearson, slope and growth, and the smoothness of the training.
//!
//! `cost`: seconds, and times the training without a ledger, of a replay for 32 queries, of the mlp of `mlp-3` and of Nations at
//! batch 1; and of trainings of Nations with the ledger's rules. Medians of three turns.
//!
//! `gas`: 30 rows of shuffled pixels, labeled as one class, are put among digits; training rows are ranked by their scores for
//! the losses of 15 other such rows. Printed is the area under the curve of precision by recall for the 30 rows, averaged over
//! the 15, and the lowest of them. Beside it the same for finding the 15 among 300 digits by how heavy the upper tails of their own
//! scores are (target identification).
//!
//! `cargo bench --bench replay -- SETTING ... SEED ...`; by default all settings and the seeds 1 to 5. Reads ../shared/data for
//! MNIST and UMLS and says so where it is absent.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use ascribe::attribution::TAIL;
use ascribe::engine::Workers;
use ascribe::session::{Part, smoothness};
use ascribe::tensor::RowMajor;
use ascribe::tensor::random::{Purpose, Stream};
use ascribe::{
    Attribution, Attributor, Context, Dataset, Fidelity, Model, Monitor, Options, Order, Result, Trainer, load,
    true_changes,
};

/// What one seed gives: named rows with a number for each of the setting's columns.
type Rows = Vec<(String, Vec<f64>)>;

struct Setting {
    name: &'static str,
    /// The folder that its data is in.
    folder: &'static str,
    columns: &'static [&'static str],
    run: fn(&Bench, u64) -> Result<Rows>,
}

const AGREEMENT: &[&str] = &["Pearson", "slope", "ratio", "by query", "size"];
const MNIST: &str = "../shared/data/mnist";
const UMLS: &str = "../shared/data/umls";

const SETTINGS: [Setting; 7] = [
    Setting {
        name: "mlp-3",
        folder: MNIST,
        columns: AGREEMENT,
        run: |bench, seed| network(bench, seed, &Network { epochs: 3, ..MLP }),
    },
    Setting {
        name: "mlp-10",
        folder: MNIST,
        columns: AGREEMENT,
        run: |bench, seed| network(bench, seed, &Network { epochs: 10, ..MLP }),
    },
    Setting {
        name: "mlp-sgd",
        folder: MNIST,
        columns: AGREEMENT,
        run: |bench, seed| network(bench, seed, &Network { optimizer: "sgd", learning_rate: 0.5, ..MLP }),
    },
    Setting {
        name: "cnn",
        folder: MNIST,
        columns: AGREEMENT,
        run: |bench, seed| network(bench, seed, &Network { kind: "cnn", ..MLP }),
    },
    Setting { name: "umls", folder: UMLS, columns: AGREEMENT, run: umls },
    Setting { name: "cost", folder: MNIST, columns: &["seconds", "by training", "by step"], run: cost },
    Setting { name: "gas", folder: "data/tables", columns: &["AUPRC", "lowest"], run: foreign },
];

/// The images that are trained on.
const IMAGES: usize = 5_000;
/// The queries of a network.
const TESTED: usize = 10;
/// The removals of largest score, and the random ones.
const REMOVED: (usize, usize) = (30, 20);
/// The queries of UMLS, and the facts that are removed for each.
const ASKED: usize = 20;
const FACTS: usize = 20;
/// How often times are measured.
const TURNS: usize = 3;
/// The queries of a replay that is timed.
const BLOCK: usize = 32;
/// The rows of another kind that are trained on and asked about, and the digits that only test the model.
const FOREIGN: (usize, usize) = (30, 15);
const HELD_OUT: usize = 300;

/// What the stream of data chooses.
const REMOVALS: u64 = 1;
const QUESTIONS: u64 = 2;
const SPLIT: u64 = 3;
const SHUFFLE: u64 = 4;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let seeds: Vec<u64> = words.iter().filter_map(|text| text.parse().ok()).collect();
    let seeds = if seeds.is_empty() { vec![1, 2, 3, 4, 5] } else { seeds };
    let wanted = |name: &str| words.iter().all(|word| word.parse::<u64>().is_ok()) || words.iter().any(|w| w == name);
    let workers = Workers::new(std::thread::available_parallelism().map_or(1, usize::from))?;
    println!("replay, {} threads, seeds {seeds:?}", workers.threads());
    let bench = Bench { context: Arc::new(Context::new(workers, Context::DEFAULT_SEED)), monitor: Monitor::none() };
    for setting in SETTINGS.iter().filter(|setting| wanted(setting.name)) {
        let Setting { name, folder, columns, run } = setting;
        if !Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).is_dir() {
            println!("{name}: needs the data of {folder}, which is absent");
            continue;
        }
        let heads: String = columns.iter().map(|column| format!("{column:>12}")).collect();
        println!("\n{name:<9} seed  {:<36}{heads}", "");
        let mut all: Vec<Rows> = Vec::new();
        for seed in &seeds {
            let start = Instant::now();
            let rows = run(&bench, *seed)?;
            rows.iter().for_each(|(row, values)| println!("{name:<9} {seed:>4}  {row:<36}{}", numbers(values)));
            println!("{name:<9} {seed:>4}  {:.0} s in all", start.elapsed().as_secs_f64());
            all.push(rows);
        }
        let [first, _, ..] = all.as_slice() else { continue };
        for (place, (row, values)) in first.iter().enumerate() {
            let mean = |at: usize| all.iter().map(|rows| rows[place].1[at]).sum::<f64>() / all.len() as f64;
            let means: Vec<f64> = (0..values.len()).map(mean).collect();
            println!("{name:<9} mean  {row:<36}{}", numbers(&means));
        }
    }
    Ok(())
}

fn numbers(values: &[f64]) -> String {
    let number = |value: &f64| if value.is_nan() { format!("{:>12}", "-") } else { format!("{value:>12.3}") };
    values.iter().map(number).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        count => (values[(count - 1) / 2] + values[count / 2]) / 2.0,
    }
}

/// The places of `count` things in an order that a seed decides.
fn shuffled(count: usize, seed: u64, what: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_cached_key(|place| (Stream::new(seed, Purpose::Data, what, *place as u64).next_u64(), *place));
    order
}

/// What all settings have in common.
struct Bench {
    context: Arc<Context>,
    monitor: Monitor,
}

impl Bench {
    fn trained(&self, kind: &str, data: &Dataset, options: &Options, training: &Options) -> Result<Model> {
        let mut model = Model::new(&self.context, kind, data, options)?;
        model.fit(&self.context, data, training, &self.monitor)?;
        Ok(model)
    }

    /// The scores for some queries, and the seconds they took with what the method prepares.
    fn explain(
        &self,
        model: &Model,
        method: &str,
        options: &Options,
        queries: &Dataset,
        functional: &str,
    ) -> Result<(Attribution, f64)> {
        let start = Instant::now();
        let attributor = Attributor::new(&self.context, model, Some(method), None, options, &self.monitor)?;
        let attribution = attributor.explain(queries, Some(functional), &self.monitor)?;
        Ok((attribution, start.elapsed().as_secs_f64()))
    }

    /// The true changes of a functional: for each removal those of the queries.
    fn truth(
        &self,
        model: &Model,
        queries: &Dataset,
        functional: &str,
        removed: &[usize],
    ) -> Result<(Vec<Vec<f64>>, f64)> {
        let start = Instant::now();
        let removals: Vec<Vec<usize>> = removed.iter().map(|example| vec![*example]).collect();
        let changes = true_changes(&self.context, model, queries, Some(functional), &removals, &self.monitor)?;
        Ok((changes.chunks(queries.len()).map(<[f64]>::to_vec).collect(), start.elapsed().as_secs_f64()))
    }
}

/// The score of every example for a query.
fn scores(attribution: &Attribution, query: usize) -> Result<Vec<f64>> {
    Ok(attribution.scores(query)?.iter().map(|(_, score)| *score).collect())
}

/// Compares predicted with true changes, which are given query by query. Prints what each query gives.
fn agreement(row: &str, pairs: &[(Vec<f64>, Vec<f64>)], growth: Option<&[f64]>) -> Result<(String, Vec<f64>)> {
    let (mut predicted, mut truth, mut each) = (Vec::new(), Vec::new(), Vec::new());
    for (some, same) in pairs {
        let fidelity = Fidelity::of(some, same)?;
        each.push((fidelity.pearson.unwrap_or(f64::NAN), fidelity.slope.unwrap_or(f64::NAN)));
        predicted.extend_from_slice(some);
        truth.extend_from_slice(same);
    }
    let list = |values: Vec<String>| values.join(" ");
    println!("  {row}, Pearson/slope by query: {}", list(each.iter().map(|(p, s)| format!("{p:.3}/{s:.2}")).collect()));
    if let Some(growth) = growth {
        println!("  {row}, growth by query: {}", list(growth.iter().map(|growth| format!("{growth:.2}")).collect()));
    }
    let all = Fidelity::of(&predicted, &truth)?;
    let size = |values: &[f64]| median(values.iter().map(|value| value.abs()).collect());
    let or_nan = |value: Option<f64>| value.unwrap_or(f64::NAN);
    let varying = each.iter().map(|(pearson, _)| *pearson).filter(|pearson| !pearson.is_nan()).collect();
    let values = vec![
        or_nan(all.pearson),
        or_nan(all.slope),
        or_nan(all.ratio),
        median(varying),
        size(&predicted) / size(&truth),
    ];
    Ok((row.to_owned(), values))
}

fn growths(attribution: &Attribution) -> Result<Vec<f64>> {
    (0..attribution.queries()).map(|query| Ok(attribution.growth(query)?.unwrap_or(f64::NAN))).collect()
}

/// A network and how it is trained.
struct Network {
    kind: &'static str,
    optimizer: &'static str,
    learning_rate: f64,
    epochs: i64,
}

const MLP: Network = Network { kind: "mlp", optimizer: "adam", learning_rate: 0.001, epochs: 3 };

impl Network {
    fn model(&self, seed: u64) -> Options {
        Options::new().with("activation", "tanh").with("precision", "f32").with("seed", seed)
    }

    fn training(&self) -> Options {
        let options = Options::new().with("optimizer", self.optimizer).with("learning_rate", self.learning_rate);
        options.with("batch", 64_i64).with("epochs", self.epochs)
    }
}

/// Images to train on, and the first test images.
fn mnist(tested: usize) -> Result<(Dataset, Dataset)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(MNIST);
    let files = |part: &str| -> [PathBuf; 2] {
        ["images-idx3", "labels-idx1"].map(|what| folder.join(format!("{part}-{what}-ubyte.gz")))
    };
    let train = load("images", &files("train"), &Options::new().with("limit", IMAGES))?;
    let test = train.load_like(&files("t10k"))?;
    Ok((train, test.select(&(0..tested).collect::<Vec<_>>())?))
}

/// Removals from a network: the examples of largest summed score, and random ones.
fn network(bench: &Bench, seed: u64, network: &Network) -> Result<Rows> {
    let (train, queries) = mnist(TESTED)?;
    let start = Instant::now();
    let model = bench.trained(network.kind, &train, &network.model(seed), &network.training())?;
    let seconds = start.elapsed().as_secs_f64();
    let losses = model.evaluate(&bench.context, &queries, Some("loss"))?;
    let listed: Vec<String> = losses.iter().map(|loss| format!("{loss:.4}")).collect();
    let smoothness = smoothness(&bench.context, &model, &bench.monitor)?;
    println!("  {} parameters, trained in {seconds:.2} s, smoothness {smoothness:.3}", model.dimension());
    println!("  test losses {}", listed.join(" "));

    let (replay, seconds) = bench.explain(&model, "replay", &Options::new(), &queries, "loss")?;
    let by_replay = (0..TESTED).map(|query| scores(&replay, query)).collect::<Result<Vec<_>>>()?;
    let size = |example: usize| by_replay.iter().map(|scores| scores[example].abs()).sum::<f64>();
    let mut removed: Vec<usize> = (0..train.len()).collect();
    removed.sort_by(|a, b| size(*b).total_cmp(&size(*a)).then(a.cmp(b)));
    removed.truncate(REMOVED.0);
    let mut random = shuffled(train.len(), seed, REMOVALS);
    random.retain(|example| !removed.contains(example));
    removed.extend(random.into_iter().take(REMOVED.1));
    println!("  replay in {seconds:.2} s");

    let (truth, seconds) = bench.truth(&model, &queries, "loss", &removed)?;
    println!("  {} retrainings in {seconds:.1} s", removed.len());
    let options = Options::new().with("curvature", "gauss-newton").with("damping", 0.01).with("solver", "cg");
    let (influence, seconds) = bench.explain(&model, "influence", &options, &queries, "loss")?;
    println!("  influence in {seconds:.1} s");

    let growth = growths(&replay)?;
    let of = |attribution: &Attribution| -> Result<Vec<(Vec<f64>, Vec<f64>)>> {
        let pairs = |query| {
            let scores = scores(attribution, query)?;
            let predicted = removed.iter().map(|example| scores[*example]).collect();
            Ok((predicted, truth.iter().map(|changes| changes[query]).collect()))
        };
        (0..TESTED).map(pairs).collect()
    };
    let (replay, influence) = (of(&replay)?, of(&influence)?);
    let first = |pairs: &[(Vec<f64>, Vec<f64>)]| -> Vec<(Vec<f64>, Vec<f64>)> {
        pairs.iter().map(|(p, t)| (p[..REMOVED.0].to_vec(), t[..REMOVED.0].to_vec())).collect()
    };
    Ok(vec![
        agreement("replay", &replay, Some(&growth))?,
        agreement("replay, strongest alone", &first(&replay), None)?,
        agreement("influence", &influence, None)?,
        agreement("influence, strongest alone", &first(&influence), None)?,
    ])
}

/// Removals from UMLS: the facts of largest score for each query.
fn umls(bench: &Bench, seed: u64) -> Result<Rows> {
    let data = load("triples", &[Path::new(env!("CARGO_MANIFEST_DIR")).join(UMLS)], &Options::new())?;
    let start = Instant::now();
    let model = bench.trained("distmult", &data, &Options::new().with("seed", seed), &Options::new())?;
    let seconds = start.elapsed().as_secs_f64();
    let smoothness = smoothness(&bench.context, &model, &bench.monitor)?;
    println!("  {} facts, trained in {seconds:.2} s, smoothness {smoothness:.3}", data.len());
    let queries = top_answers(bench, &data, &model, ASKED, seed)?;
    let functional = "probability";
    let (replay, seconds) = bench.explain(&model, "replay", &Options::new(), &queries, functional)?;
    println!("  replay in {seconds:.2} s");
    let options = Options::new().with("calibrate", 0_i64);
    let (rollback, seconds) = bench.explain(&model, "rollback", &options, &queries, functional)?;
    println!("  rollback in {seconds:.2} s");
    let (everywhere, _) = bench.explain(&model, "rollback", &options.with("scope", "all"), &queries, functional)?;

    let strongest = |attribution: &Attribution| -> Result<Vec<Vec<usize>>> {
        let top = |query| attribution.top(query, Order::Largest, FACTS);
        (0..ASKED).map(|query| Ok(top(query)?.iter().map(|(example, _)| *example as usize).collect())).collect()
    };
    let (of_replay, of_rollback) = (strongest(&replay)?, strongest(&rollback)?);
    let removed: BTreeSet<usize> = of_replay.iter().chain(&of_rollback).flatten().copied().collect();
    let removed: Vec<usize> = removed.into_iter().collect();
    let (truth, seconds) = bench.truth(&model, &queries, functional, &removed)?;
    println!("  {} retrainings in {seconds:.1} s", removed.len());

    let of = |attribution: &Attribution, facts: &[Vec<usize>]| -> Result<Vec<(Vec<f64>, Vec<f64>)>> {
        let pairs = |(query, facts): (usize, &Vec<usize>)| {
            let scores = scores(attribution, query)?;
            let change = |fact: &usize| removed.binary_search(fact).map_or(f64::NAN, |place| truth[place][query]);
            Ok((facts.iter().map(|fact| scores[*fact]).collect(), facts.iter().map(change).collect()))
        };
        facts.iter().enumerate().map(pairs).collect()
    };
    let growth = growths(&replay)?;
    Ok(vec![
        agreement("replay", &of(&replay, &of_replay)?, Some(&growth))?,
        agreement("rollback, the same facts", &of(&everywhere, &of_replay)?, None)?,
        agreement("rollback, its own facts", &of(&everywhere, &of_rollback)?, None)?,
        agreement("replay, the facts of rollback", &of(&replay, &of_rollback)?, None)?,
    ])
}

/// The most probable tails for some of the distinct heads and relations of the test triples.
fn top_answers(bench: &Bench, data: &Dataset, model: &Model, count: usize, seed: u64) -> Result<Dataset> {
    let test = data.part(Part::Test)?;
    let asked: BTreeSet<(u32, u32)> = test.triple_ids()?.map(|[head, relation, _]| (head, relation)).collect();
    let asked: Vec<(u32, u32)> = asked.into_iter().collect();
    let triples = data.triples()?;
    let (entities, relations) = (triples.entities() as u32, triples.relations() as u32);
    let answer = |place: usize| {
        let (head, relation) = asked[place];
        let tails: Vec<[u32; 3]> = (0..entities).map(|tail| [head, relation, tail]).collect();
        let tails = Dataset::from_triples(&tails, entities, relations)?;
        let scores = model.evaluate(&bench.context, &tails, Some("score"))?;
        let top = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
        Ok([head, relation, top as u32])
    };
    let places = shuffled(asked.len(), seed, QUESTIONS).into_iter().take(count);
    Dataset::from_triples(&places.map(answer).collect::<Result<Vec<_>>>()?, entities, relations)
}

/// The seconds of a training, and the model.
fn timed(bench: &Bench, data: &Dataset, model: &Model, training: &Options) -> Result<(Model, f64)> {
    let start = Instant::now();
    let mut trainer = Trainer::new(&bench.context, model, data, training)?;
    trainer.run(&bench.monitor)?;
    Ok((trainer.model(), start.elapsed().as_secs_f64()))
}

/// What replay and the rules of the ledger cost.
fn cost(bench: &Bench, seed: u64) -> Result<Rows> {
    let (train, queries) = mnist(BLOCK)?;
    let fresh = Model::new(&bench.context, MLP.kind, &train, &MLP.model(seed))?;
    let mut rows = replay_times(bench, "mlp", &fresh, (&train, &MLP.training()), &[], |_| Ok(queries.clone()), "loss")?;

    let nations = load("triples", &[Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nations")], &Options::new())?;
    let options = Options::new().with("candidates", "once").with("seed", seed);
    let fresh = Model::new(&bench.context, "distmult", &nations, &options)?;
    for (optimizer, learning_rate) in [("sgd", 0.03), ("adam", 0.003), ("adam-dense", 0.003)] {
        let training = Options::new().with("optimizer", optimizer).with("learning_rate", learning_rate);
        let training = training.with("epochs", 10_i64).with("batch", 1_i64);
        let asked = |model: &Model| top_answers(bench, &nations, model, BLOCK, seed);
        let name = format!("Nations, {optimizer}");
        let rules = ["step", "momentum", "refill"];
        rows.extend(replay_times(bench, &name, &fresh, (&nations, &training), &rules, asked, "probability")?);
    }
    Ok(rows)
}

/// The median times of trainings without a ledger and by the rules of the ledger, and of a replay, measured in turn.
fn replay_times(
    bench: &Bench,
    name: &str,
    fresh: &Model,
    (data, training): (&Dataset, &Options),
    rules: &[&str],
    queries: impl Fn(&Model) -> Result<Dataset>,
    functional: &str,
) -> Result<Rows> {
    let without = training.clone().with("ledger", false);
    let mut seconds = vec![Vec::new(); 2 + rules.len()];
    // The first turn compiles what is kept, and does not count.
    for turn in 0..=TURNS {
        let (model, training_time) = timed(bench, data, fresh, &without)?;
        let (_, replay) = bench.explain(&model, "replay", &Options::new(), &queries(&model)?, functional)?;
        let mut times = vec![training_time, replay];
        for rule in rules {
            times.push(timed(bench, data, fresh, &training.clone().with("attribution", *rule))?.1);
        }
        if turn > 0 {
            seconds.iter_mut().zip(times).for_each(|(all, time)| all.push(time));
        }
    }
    let ratio = |place: usize, other: usize| {
        let ratios = seconds[place].iter().zip(&seconds[other]).map(|(time, other)| time / other);
        median(ratios.collect())
    };
    let names = [format!("{name}: training"), format!("{name}: replay of {BLOCK}")];
    let names = names.into_iter().chain(rules.iter().map(|rule| format!("{name}: ledger by {rule}")));
    let row = |(place, name): (usize, String)| {
        let by_step = if place >= 2 { ratio(place, 2) } else { f64::NAN };
        (name, vec![median(seconds[place].clone()), ratio(place, 0), by_step])
    };
    Ok(names.enumerate().map(row).collect())
}

/// Rows of another kind among digits.
fn foreign(bench: &Bench, seed: u64) -> Result<Rows> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/tables/digits.csv");
    let digits = load("table", &[file], &Options::new().with("task", "classes"))?;
    let (width, class) = (digits.features(), (seed % 10) as u32);
    let pixels = shuffled(width, seed, SHUFFLE);
    let row = |place: usize, shuffled: bool| -> Result<Vec<f64>> {
        let row = digits.samples()?.features.row(place);
        Ok((0..width).map(|pixel| row[if shuffled { pixels[pixel] } else { pixel }] / 16.0).collect())
    };
    let made = |shuffled: &[usize], plain: &[usize]| -> Result<Dataset> {
        let all = shuffled.iter().map(|place| (*place, true)).chain(plain.iter().map(|place| (*place, false)));
        let (mut features, mut labels) = (Vec::new(), Vec::new());
        for (place, is_shuffled) in all {
            features.extend(row(place, is_shuffled)?);
            labels.push(if is_shuffled { class } else { digits.labels()?[place] });
        }
        let mut data = Dataset::from_matrix(&RowMajor::new(&features, labels.len(), width)?, None)?;
        data.set_labels(&labels, 10)?;
        Ok(data)
    };
    let order = shuffled(digits.len(), seed, SPLIT);
    let (foreign, order) = order.split_at(FOREIGN.0);
    let (asked, order) = order.split_at(FOREIGN.1);
    let (held_out, order) = order.split_at(HELD_OUT);
    let (train, test, queries) = (made(foreign, order)?, made(&[], held_out)?, made(asked, &[])?);
    let training = Options::new().with("optimizer", "adam").with("epochs", 10_i64);
    let model = bench.trained("mlp", &train, &Options::new().with("seed", seed), &training)?;
    let right = |data: &Dataset| -> Result<f64> {
        let mut outputs = vec![0.0; data.len() * model.outputs()];
        let features = data.samples()?.features.values();
        model.predict(&bench.context, &RowMajor::new(features, data.len(), width)?, &mut outputs)?;
        let top = |outputs: &[f64]| (0..outputs.len()).max_by(|a, b| outputs[*a].total_cmp(&outputs[*b]));
        let labels = data.labels()?;
        let right = outputs.chunks(model.outputs()).zip(labels).filter(|(o, label)| top(o) == Some(**label as usize));
        Ok(right.count() as f64 / labels.len() as f64)
    };
    println!(
        "  {} rows, {} of them foreign with label {class}: of the test digits {:.1} % are told right, of the {} foreign \
         queries {:.1} % have that label; in any order the area is {:.3}",
        train.len(),
        FOREIGN.0,
        100.0 * right(&test)?,
        FOREIGN.1,
        100.0 * right(&queries)?,
        FOREIGN.0 as f64 / train.len() as f64
    );
    let plain = Options::new;
    let gauss_newton = plain().with("curvature", "gauss-newton").with("damping", 0.01);
    let methods = [
        ("gas", "gas", plain()),
        ("gas by layer", "gas", plain().with("by_layer", true)),
        ("tracincp", "tracincp", plain()),
        ("influence, gauss-newton", "influence", gauss_newton),
        ("replay", "replay", plain()),
        ("gradcos", "gradcos", plain()),
        ("graddot", "graddot", plain()),
    ];
    let area = |(row, method, options): (&str, &str, Options)| -> Result<(String, Vec<f64>)> {
        let (found, _) = bench.explain(&model, method, &options, &queries, "loss")?;
        let areas = (0..FOREIGN.1).map(|query| Ok(average_precision(&scores(&found, query)?, FOREIGN.0)));
        let areas = areas.collect::<Result<Vec<f64>>>()?;
        let mean = areas.iter().sum::<f64>() / areas.len() as f64;
        Ok((row.to_owned(), vec![mean, areas.into_iter().fold(f64::INFINITY, f64::min)]))
    };
    let mut rows = methods.into_iter().map(area).collect::<Result<Rows>>()?;
    // Targets among other queries, by the tails of their scores: rows to be found come first.
    let held_out: Vec<usize> = (0..test.len()).collect();
    let some: Vec<usize> = (0..FOREIGN.1).collect();
    for (row, method) in [("targets by the tail of gas", "gas"), ("targets by the tail of tracincp", "tracincp")] {
        let tails = |queries: &Dataset, which: &[usize]| -> Result<Vec<f64>> {
            let (found, _) = bench.explain(&model, method, &plain(), &queries.select(which)?, "loss")?;
            let tail = |query| Ok(found.upper_tail(query, TAIL)?.unwrap_or(0.0));
            (0..which.len()).map(tail).collect()
        };
        let mut all = tails(&queries, &some)?;
        all.extend(tails(&test, &held_out)?);
        rows.push((row.to_owned(), vec![average_precision(&all, FOREIGN.1), f64::NAN]));
    }
    Ok(rows)
}

/// The area under the curve of precision by recall, where the first `wanted` rows are to be ranked first.
fn average_precision(scores: &[f64], wanted: usize) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    // Of equal scores the wanted ones come last.
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(b.cmp(a)));
    let places = order.iter().enumerate().filter(|(_, row)| **row < wanted).map(|(place, _)| place + 1);
    places.enumerate().map(|(found, place)| (found + 1) as f64 / place as f64).sum::<f64>() / wanted as f64
}
