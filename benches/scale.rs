//! A large set of triples: FB15k-237 (272 115 facts, 14 541 entities) by DistMult of dimension 100 with 256 candidates and
//! batches of 1 024, in f32.
//!
//! Printed: the seconds of epochs of a training without a ledger and with it by each rule, measured in turn, and the peak of
//! memory above what the weights, the optimizer's state and the ledger take; the seconds of an exact explanation of a query over
//! all facts that share an entity or the relation with it, beside the bare product of as many rows of the dimension with all
//! entities. `cargo bench --bench scale`, or with the word `explain` for the explanation alone; reads ../shared/data and says so where it is absent.

#![allow(unsafe_code)]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ascribe::engine::Workers;
use ascribe::{Attributor, Context, Dataset, Model, Monitor, Options, Result, Trainer, load};

const DIMENSION: usize = 100;
const NEGATIVES: i64 = 256;
const BATCH: i64 = 1_024;
const TURNS: usize = 3;

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/fb15k-237");
    if !folder.is_dir() {
        println!("needs the data of {}, which is absent", folder.display());
        return Ok(());
    }
    let workers = Workers::new(std::thread::available_parallelism().map_or(1, usize::from))?;
    println!("FB15k-237, {} threads", workers.threads());
    let (context, monitor) = (Arc::new(Context::new(workers, Context::DEFAULT_SEED)), Monitor::none());
    let data = load("triples", &[folder], &Options::new())?;
    let options = Options::new().with("dimension", DIMENSION).with("negatives", NEGATIVES).with("precision", "f32");
    let fresh = Model::new(&context, "distmult", &data, &options)?;
    let training = Options::new().with("batch", BATCH).with("epochs", 1_i64).with("learning_rate", 0.001);

    if std::env::args().any(|word| word == "explain") {
        let mut model = fresh.clone();
        model.fit(&context, &data, &training.with("attribution", "step"), &monitor)?;
        return explain(&context, &data, &model, &monitor);
    }
    let rules = [None, Some("step"), Some("momentum"), Some("refill")];
    let mut times = vec![Vec::new(); rules.len()];
    let mut peaks = vec![0.0; rules.len()];
    let mut trained = fresh.clone();
    for _ in 0..TURNS {
        for (place, rule) in rules.iter().enumerate() {
            let training = match rule {
                None => training.clone().with("ledger", false),
                Some(rule) => training.clone().with("attribution", *rule),
            };
            let before = Memory::begin();
            let start = Instant::now();
            let mut trainer = Trainer::new(&context, &fresh, &data, &training)?;
            trainer.run(&monitor)?;
            times[place].push(start.elapsed().as_secs_f64());
            peaks[place] = before.peak();
            if *rule == Some("refill") {
                trained = trainer.model();
            }
        }
    }
    let ledger = (data.len() * 3 * DIMENSION * 4) as f64;
    let weights = (fresh.dimension() * 4) as f64;
    println!(
        "weights {} MB, Adam's state {} MB, ledger {} MB",
        megabytes(weights),
        megabytes(2.0 * weights),
        megabytes(ledger)
    );
    let untracked = median(&mut times[0]);
    for (place, rule) in rules.iter().enumerate() {
        let seconds = median(&mut times[place]);
        let own = 3.0 * weights + if rule.is_some() { ledger } else { 0.0 };
        println!(
            "training, ledger {:<9} {seconds:>7.2} s an epoch, {:>4.0} % of the rate without; peak {} MB above weights, state and ledger",
            rule.unwrap_or("none"),
            100.0 * untracked / seconds,
            megabytes(peaks[place] - own)
        );
    }
    explain(&context, &data, &trained, &monitor)
}

fn explain(context: &Arc<Context>, data: &Dataset, model: &Model, monitor: &Monitor) -> Result<()> {
    let triples = data.triples()?;
    let (entities, relations) = (triples.entities(), triples.relations());
    // A relation of about nine thousand facts: they are the candidates.
    let mut counts = vec![0_usize; relations];
    let facts: Vec<[u32; 3]> = data.triple_ids()?.collect();
    facts.iter().for_each(|[_, relation, _]| counts[*relation as usize] += 1);
    let chosen = (0..relations).min_by_key(|relation| counts[*relation].abs_diff(9_000));
    let fact = facts.iter().find(|[_, relation, _]| Some(*relation as usize) == chosen).copied().unwrap_or_default();
    let query = Dataset::from_triples(&[fact], entities as u32, relations as u32)?;
    let options = Options::new().with("calibrate", 0_i64).with("effort", "exact");
    let attributor = Attributor::new(context, model, Some("rollback"), None, &options, monitor)?;
    let considered = attributor.explain(&query, None, monitor)?.scores(0)?.len();
    let rows: Vec<f32> = (0..considered * DIMENSION).map(|place| (place % 17) as f32 * 0.1 - 0.8).collect();
    let table: Vec<f32> = (0..entities * DIMENSION).map(|place| (place % 19) as f32 * 0.1 - 0.9).collect();
    let (mut bare, mut exact) = (Vec::new(), Vec::new());
    for _ in 0..2 * TURNS + 1 {
        let start = Instant::now();
        black_box(attributor.explain(&query, None, monitor)?);
        exact.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        product(context.workers().threads(), &rows, &table, considered, entities);
        bare.push(start.elapsed().as_secs_f64());
    }
    let (bare, exact) = (median(&mut bare), median(&mut exact));
    println!(
        "exact explanation over {considered} facts: {exact:.3} s; the bare product {considered} x {DIMENSION} x {entities}: {bare:.3} s; ratio {:.2}",
        exact / bare
    );
    Ok(())
}

/// The product of the rows with all of the table, in blocks dealt out to the threads.
fn product(threads: usize, rows: &[f32], table: &[f32], count: usize, entities: usize) {
    const BLOCK: usize = 256;
    let each = count.div_ceil(threads);
    std::thread::scope(|scope| {
        for part in rows.chunks(each * DIMENSION) {
            scope.spawn(move || {
                let mut out = vec![0.0_f32; BLOCK * entities];
                for block in part.chunks(BLOCK * DIMENSION) {
                    let n = block.len() / DIMENSION;
                    // SAFETY: the three matrices have the extents and strides that are given.
                    unsafe {
                        gemm::gemm(
                            n,
                            entities,
                            DIMENSION,
                            out.as_mut_ptr(),
                            1,
                            entities as isize,
                            false,
                            block.as_ptr(),
                            1,
                            DIMENSION as isize,
                            table.as_ptr(),
                            DIMENSION as isize,
                            1,
                            0.0,
                            1.0,
                            false,
                            false,
                            false,
                            gemm::Parallelism::None,
                        );
                    }
                    black_box(&out);
                }
            });
        }
    });
}

#[cfg(target_env = "gnu")]
unsafe extern "C" {
    fn malloc_trim(pad: usize) -> std::ffi::c_int;
}

/// The peak of this process's memory from a moment on.
struct Memory(f64);

impl Memory {
    fn begin() -> Self {
        // SAFETY: the function has no preconditions. What was freed is given back, so that it is not taken again unseen.
        #[cfg(target_env = "gnu")]
        unsafe {
            malloc_trim(0);
        }
        // 5 sets the peak back to what is held now.
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        Self(status("VmRSS:"))
    }

    fn peak(&self) -> f64 {
        status("VmHWM:") - self.0
    }
}

/// A line of the process's status, in bytes; NaN where there is none.
fn status(name: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes * 1024.0)
}

fn megabytes(bytes: f64) -> String {
    format!("{:.0}", bytes / 1e6)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
