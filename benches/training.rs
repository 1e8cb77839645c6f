//! Training Nations at batch 1, in steps per second, beside a plain C program of the same work.
//!
//! `cargo bench --bench training`. The C program (benches/reference/nations.c) is compiled with `cc -O3 -march=native`
//! and run in turn with the Rust trainings; the ratios are medians over the turns.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use ascribe::Result;
use ascribe::attribution::rollback::{CreditRule, Tracker};
use ascribe::data::TripleSet;
use ascribe::engine::{Monitor, Workers};
use ascribe::models::triples::{Candidates, TripleExamples};
use ascribe::models::triples::{Loss, Sides, TripleTables, scorers};
use ascribe::objective::Objective;
use ascribe::tensor::{Array, Real};
use ascribe::train::{Optimizer, Reduction, Schedule, StepPlan, TrainerOptions, TrainingSpec, Untracked};
use criterion::{Criterion, Throughput};

const EPOCHS: usize = 10;

/// A training of Nations that can be begun again and again.
struct Nations<T> {
    data: TripleSet,
    initial: Vec<Array<T>>,
    plan: Arc<StepPlan<T>>,
    method: Optimizer,
    attribution: Option<CreditRule>,
}

impl<T: Real> Nations<T> {
    fn new(method: Optimizer, attribution: Option<CreditRule>) -> Result<Self> {
        let data = TripleSet::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nations"))?;
        let counts = (data.entities.len(), data.relations.len());
        let model = TripleTables::new(scorers::by_name("distmult")?, counts.0, counts.1, 10)?;
        let objective = Objective::of_triples(&model, Self::loss(), Sides::Tails)?;
        let plan = Arc::new(StepPlan::new(&objective, Reduction::Sum)?);
        Ok(Self { data, initial: model.initial(0.5, 42)?, plan, method, attribution })
    }

    fn loss() -> Loss {
        Loss::SampledSoftmax { negatives: 13 }
    }

    fn steps(&self) -> usize {
        EPOCHS * self.data.train.len()
    }

    fn train(&self) -> Result<Vec<Array<T>>> {
        let entities = self.data.entities.len();
        let examples =
            TripleExamples::new(&self.data.train, entities, Self::loss(), Sides::Tails, 42, Candidates::Once)?;
        let learning_rate = if self.method == Optimizer::Sgd { 0.03 } else { 0.003 };
        let trainer = TrainerOptions {
            method: self.method,
            learning_rate,
            schedule: Schedule::Constant,
            epochs: EPOCHS,
            batch: 1,
            seed: 42,
        };
        let spec = TrainingSpec::new(self.plan.clone(), trainer, self.initial.clone());
        let (count, workers, monitor) = (self.data.train.len(), Workers::single(), Monitor::none());
        let Some(attribution) = self.attribution else {
            let mut training = spec.start(count, None, Untracked)?;
            training.advance(u64::MAX, &examples, &workers, &monitor)?;
            return Ok(training.into_parts().0);
        };
        let tracker = Tracker::new(&self.plan, &examples, self.method, attribution)?;
        let mut training = spec.start(count, None, tracker)?;
        training.advance(u64::MAX, &examples, &workers, &monitor)?;
        let (parameters, tracker, _) = training.into_parts();
        black_box(tracker.into_ledger());
        Ok(parameters)
    }

    fn rate(&self) -> f64 {
        let start = Instant::now();
        black_box(self.train()).expect("Nations trains");
        self.steps() as f64 / start.elapsed().as_secs_f64()
    }
}

fn compile_reference() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = std::env::temp_dir().join(format!("ascribe-bench-nations-{}", std::process::id()));
    let status = Command::new("cc")
        .args(["-O3", "-march=native", "-o"])
        .arg(&program)
        .arg(root.join("benches/reference/nations.c"))
        .arg("-lm")
        .status();
    status.is_ok_and(|status| status.success()).then_some(program)
}

fn reference_rate(program: &Path) -> f64 {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nations/train.tsv");
    let output = Command::new(program).arg(data).arg(EPOCHS.to_string()).output().expect("the C program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().next().and_then(|rate| rate.parse().ok()).expect("it prints steps per second")
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() -> Result<()> {
    let cases: Vec<(&str, Nations<f64>)> = vec![
        ("dense Adam, no ledger", Nations::new(Optimizer::adam(true), None)?),
        ("dense Adam, ledger by step", Nations::new(Optimizer::adam(true), Some(CreditRule::Step))?),
        ("dense Adam, ledger by momentum", Nations::new(Optimizer::adam(true), Some(CreditRule::Momentum))?),
        ("lazy Adam, no ledger", Nations::new(Optimizer::adam(false), None)?),
        ("lazy Adam, ledger by momentum", Nations::new(Optimizer::adam(false), Some(CreditRule::Momentum))?),
        ("SGD, no ledger", Nations::new(Optimizer::Sgd, None)?),
        ("SGD, ledger", Nations::new(Optimizer::Sgd, Some(CreditRule::Step))?),
    ];
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let mut group = criterion.benchmark_group("nations_batch_1_f64");
    for (name, nations) in &cases {
        group.throughput(Throughput::Elements(nations.steps() as u64));
        group.bench_function(*name, |bencher| bencher.iter(|| nations.train()));
    }
    group.finish();
    criterion.final_summary();

    let Some(program) = compile_reference() else {
        println!("no C compiler `cc`: no comparison with the plain C program");
        return Ok(());
    };
    let turns = 15;
    let mut reference = Vec::new();
    let mut ratios = vec![Vec::new(); cases.len()];
    let mut rates = vec![Vec::new(); cases.len()];
    for _ in 0..turns {
        for (place, (_, nations)) in cases.iter().enumerate() {
            let c = reference_rate(&program);
            let rate = nations.rate();
            reference.push(c);
            rates[place].push(rate);
            ratios[place].push(rate / c);
        }
    }
    std::fs::remove_file(&program).ok();
    println!("plain C, dense Adam, no ledger: {:.0} steps/s (median)", median(&mut reference));
    for (place, (name, _)) in cases.iter().enumerate() {
        let (rate, ratio) = (median(&mut rates[place]), median(&mut ratios[place]));
        println!("{name}: {rate:.0} steps/s, {ratio:.2} of plain C (medians of {turns} turns)");
    }
    Ok(())
}
