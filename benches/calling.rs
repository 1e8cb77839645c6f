//! What a call of the C interface costs over the same call in Rust.
//!
//! `cargo bench --bench calling [turns]`. One thread. The smallest questions there are, on Nations (DistMult of dimension 10, 20
//! epochs of SGD): the explanation of one triple by rollback, and its probability. In every turn each way is timed over some
//! calls, one after the other; what is told are medians over the turns. Rust asks the modules that do the work, with everything
//! made before that can be; C asks by the functions of the header and frees what it is given. All ways must give the same bits.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::hint::black_box;
use std::path::Path;
use std::ptr::{null, null_mut};
use std::sync::Arc;
use std::time::Instant;

use ascribe::attribution::rollback::{CreditRule, ExplainOptions, Explainer, Tracker};
use ascribe::capi::*;
use ascribe::data::TripleSet;
use ascribe::engine::{Execution, Monitor, Program, Values, Workers};
use ascribe::models::triples::{Candidates, FunctionalKind, Loss, Sides, TripleExamples, TripleTables, scorers};
use ascribe::objective::{Functional, Objective};
use ascribe::session::{Attributor, Context, Model, Options, Part, load};
use ascribe::train::{Optimizer, Reduction, Schedule, StepPlan, TrainerOptions, TrainingSpec};

/// Calls that are timed together.
const CALLS: usize = 20;

/// Fails when a call of the C interface does.
fn must(status: ascribe_status) {
    assert_eq!(status, ASCRIBE_OK, "a call of the C interface failed");
}

/// Handles of C that are used and freed at the end.
struct Handles {
    queries: *mut ascribe_dataset,
    model: *mut ascribe_model,
    rollback: *mut ascribe_attributor,
}

impl Handles {
    fn new(folder: &Path) -> Self {
        let folder = CString::new(folder.to_str().expect("a path of text")).expect("no zeros");
        let (mut data, mut tests, mut queries) = (null_mut(), null_mut(), null_mut());
        let (mut model, mut rollback) = (null_mut(), null_mut());
        let error = null_mut();
        // SAFETY: texts end in zeros, options are made by their own functions, and handles are used before they are freed.
        unsafe {
            let mut options = null_mut();
            must(ascribe_options_new(&mut options, error));
            let paths = [folder.as_ptr()];
            must(ascribe_dataset_load(c"triples".as_ptr(), paths.as_ptr(), 1, null(), &mut data, error));
            must(ascribe_dataset_part(data, c"test".as_ptr(), &mut tests, error));
            must(ascribe_dataset_select(tests, &0, 1, &mut queries, error));
            must(ascribe_options_set_integer(options, c"seed".as_ptr(), 7, error));
            must(ascribe_model_new(null(), c"distmult".as_ptr(), data, options, &mut model, error));
            must(ascribe_options_set_text(options, c"optimizer".as_ptr(), c"sgd".as_ptr(), error));
            must(ascribe_options_set_number(options, c"learning_rate".as_ptr(), 0.03, error));
            must(ascribe_options_set_integer(options, c"epochs".as_ptr(), 20, error));
            must(ascribe_model_fit(model, null(), data, options, null(), error));
            let (method, others) = (c"rollback".as_ptr(), null());
            must(ascribe_attributor_new(null(), model, method, others, null(), null(), &mut rollback, error));
            ascribe_options_free(options);
            ascribe_dataset_free(tests);
            ascribe_dataset_free(data);
        }
        Self { queries, model, rollback }
    }

    fn explain(&self) -> f64 {
        let (mut found, mut value) = (null_mut(), 0.0);
        // SAFETY: the handles are there as long as this is.
        unsafe {
            let (asked, functional) = (self.queries, c"probability".as_ptr());
            must(ascribe_attributor_explain(self.rollback, asked, functional, null(), &mut found, null_mut()));
            must(ascribe_attribution_value(found, 0, &mut value, null_mut()));
            ascribe_attribution_free(found);
        }
        value
    }

    fn evaluate(&self) -> f64 {
        let mut value = 0.0;
        // SAFETY: the handles are there as long as this is, and there is room for one value.
        unsafe {
            let name = c"probability".as_ptr();
            must(ascribe_model_evaluate(self.model, null(), self.queries, name, &mut value, 1, null_mut()));
        }
        value
    }

    fn scores(&self) -> Vec<(u64, f64)> {
        let mut found = null_mut();
        // SAFETY: the handles are there as long as this is, and there is room for as many scores as there are.
        unsafe {
            let (asked, functional) = (self.queries, c"probability".as_ptr());
            must(ascribe_attributor_explain(self.rollback, asked, functional, null(), &mut found, null_mut()));
            let count = ascribe_attribution_len(found, 0);
            let (mut examples, mut scores) = (vec![0; count], vec![0.0; count]);
            let (to, scores_to) = (examples.as_mut_ptr(), scores.as_mut_ptr());
            must(ascribe_attribution_copy(found, 0, to, scores_to, count, null_mut()));
            ascribe_attribution_free(found);
            examples.into_iter().zip(scores).collect()
        }
    }
}

impl Drop for Handles {
    fn drop(&mut self) {
        // SAFETY: nobody uses them any more.
        unsafe {
            ascribe_attributor_free(self.rollback);
            ascribe_model_free(self.model);
            ascribe_dataset_free(self.queries);
        }
    }
}

/// The nanoseconds that one call takes, over some of them.
fn time(call: &mut dyn FnMut() -> f64) -> f64 {
    let start = Instant::now();
    for _ in 0..CALLS {
        black_box(call());
    }
    start.elapsed().as_nanos() as f64 / CALLS as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Times several ways of asking the same in turns, and tells what the last costs over the first.
fn compare(question: &str, turns: usize, ways: &mut [(&str, &mut dyn FnMut() -> f64)]) {
    let expected = (ways[0].1)().to_bits();
    assert!(ways.iter_mut().all(|way| (way.1)().to_bits() == expected), "{question}: the ways differ");
    let mut times = vec![Vec::with_capacity(turns); ways.len()];
    for turn in 0..turns + turns / 10 {
        for place in 0..ways.len() {
            // Nobody always follows the same one.
            let place = if turn % 2 == 0 { place } else { ways.len() - 1 - place };
            let taken = time(&mut ways[place].1);
            if turn >= turns / 10 {
                times[place].push(taken);
            }
        }
    }
    let over = times[ways.len() - 1].iter().zip(&times[0]).map(|(c, rust)| c - rust).collect();
    let medians: Vec<f64> = times.into_iter().map(median).collect();
    for ((name, _), taken) in ways.iter().zip(&medians) {
        println!("{question}, {name}: {taken:.0} ns a call");
    }
    println!("{question}: C over Rust: {:.0} ns a call (medians of {turns} turns)", median(over));
}

fn main() -> ascribe::Result<()> {
    let turns = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(2000);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nations");
    let workers = Workers::single();

    let set = TripleSet::read(&folder)?;
    let counts = (set.entities.len(), set.relations.len());
    let (loss, sides) = (Loss::SampledSoftmax { negatives: 13 }, Sides::Tails);
    let tables = TripleTables::new(scorers::by_name("distmult")?, counts.0, counts.1, 10)?;
    let plan = Arc::new(StepPlan::new(&Objective::of_triples(&tables, loss, sides)?, Reduction::Sum)?);
    let examples = TripleExamples::new(&set.train, counts.0, loss, sides, 7, Candidates::EachEpoch)?;
    let trainer = TrainerOptions {
        method: Optimizer::Sgd,
        learning_rate: 0.03,
        schedule: Schedule::Constant,
        epochs: 20,
        batch: 1,
        seed: 7,
    };
    let tracker = Tracker::new(&plan, &examples, trainer.method, CreditRule::default())?;
    let spec = TrainingSpec::<f64>::new(plan, trainer, tables.initial(0.5, 7)?);
    let mut training = spec.start(set.train.len(), None, tracker)?;
    training.advance(u64::MAX, &examples, &workers, &Monitor::none())?;
    let (parameters, tracker, _) = training.into_parts();
    let functional = Functional::of_triples(&tables, FunctionalKind::Probability, true)?;
    let explainer = Explainer::new(&functional, parameters.clone(), tracker.into_ledger())?;
    let first = set.test[0];
    let query = [first.head, first.relation, first.tail];
    let options = ExplainOptions::default();
    let inputs = explainer.query(&query)?;
    let mut execution = Execution::new(Program::compile(&functional.graph, &[functional.value], &[])?, 0);
    let ids = query.map(|id| [id]);

    let context = Arc::new(Context::default());
    let data = load("triples", std::slice::from_ref(&folder), &Options::new())?;
    let queries = data.part(Part::Test)?.select(&[0])?;
    let mut model = Model::new(&context, "distmult", &data, &Options::new().with("seed", 7))?;
    let training = Options::new().with("optimizer", "sgd").with("learning_rate", 0.03).with("epochs", 20);
    model.fit(&context, &data, &training, &Monitor::none())?;
    let rollback = Attributor::new(&context, &model, Some("rollback"), None, &Options::new(), &Monitor::none())?;

    let handles = Handles::new(&folder);
    let mut below: Vec<(u64, f64)> = explainer
        .explain(&workers, &inputs, 0, &options)?
        .scores
        .iter()
        .map(|score| (u64::from(score.example), score.score))
        .collect();
    below.sort_unstable_by_key(|score| score.0);
    assert_eq!(below, handles.scores(), "the scores differ");
    println!("{} scores", below.len());

    let monitor = Monitor::none();
    compare(
        "explanation",
        turns,
        &mut [
            ("Rust", &mut || explainer.explain(&workers, &inputs, 0, &options).map_or(f64::NAN, |found| found.value)),
            ("Rust, any kind of model", &mut || {
                rollback
                    .explain(&queries, Some("probability"), &monitor)
                    .and_then(|found| found.value(0))
                    .unwrap_or(f64::NAN)
            }),
            ("C", &mut || handles.explain()),
        ],
    );
    compare(
        "probability",
        turns,
        &mut [
            ("Rust", &mut || {
                let values = Values::new(&parameters).with_index(0, &ids[0]).with_index(1, &ids[1]);
                match execution.run(&workers, &values.with_index(2, &ids[2]), 1) {
                    Ok(()) => execution.example(0, 0)[0],
                    Err(_) => f64::NAN,
                }
            }),
            ("Rust, any kind of model", &mut || {
                model.evaluate(&context, &queries, Some("probability")).map_or(f64::NAN, |values| values[0])
            }),
            ("C", &mut || handles.evaluate()),
        ],
    );
    Ok(())
}
