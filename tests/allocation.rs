//! Steps allocate nothing once everything has grown to its size, and matrices of a host are read where they lie.
#![allow(unsafe_code, clippy::unwrap_used)]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ascribe::autodiff::hessian_vector_product;
use ascribe::engine::Monitor;
use ascribe::engine::{Execution, Program, Values, Workers};
use ascribe::graph::Graph;
use ascribe::models::triples::{Candidates, TripleExamples};
use ascribe::models::triples::{Loss, Sides, TripleTables, scorers};
use ascribe::objective::Objective;
use ascribe::session::{Attributor, Context, Dataset, Model, Options};
use ascribe::tensor::{Array, MatrixView, RowMajor};
use ascribe::train::{Optimizer, Position, Reduction, Schedule, StepPlan, TrainerOptions, TrainingSpec, Untracked};
use common::{array, ids, numbers, random_triples};

/// The system's allocator, counting.
struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);
/// The bytes that are held, and the most that were.
static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);
/// The largest allocation that is granted.
static GRANTED: AtomicUsize = AtomicUsize::new(usize::MAX);
/// The counts are those of the whole process, so the tests take turns.
static TURN: Mutex<()> = Mutex::new(());

thread_local! {
    /// Those of a thread alone: the harness allocates too, whenever another test begins or ends.
    static OWN: Cell<usize> = const { Cell::new(0) };
}

fn count_one() {
    COUNT.fetch_add(1, Ordering::Relaxed);
    // A thread that ends has none any more.
    let _ = OWN.try_with(|own| own.set(own.get() + 1));
}

fn held(more: usize, less: usize) {
    let held = HELD.fetch_add(more, Ordering::Relaxed) + more;
    HELD.fetch_sub(less, Ordering::Relaxed);
    MOST.fetch_max(held - less, Ordering::Relaxed);
}

// SAFETY: every method hands its arguments on to the system's allocator, which keeps the einsum.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count_one();
        if layout.size() > GRANTED.load(Ordering::Relaxed) {
            return std::ptr::null_mut();
        }
        held(layout.size(), 0);
        // SAFETY: the caller keeps the einsum of this very method.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        held(0, layout.size());
        // SAFETY: the caller keeps the einsum of this very method.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count_one();
        if size > GRANTED.load(Ordering::Relaxed) {
            return std::ptr::null_mut();
        }
        held(size, layout.size());
        // SAFETY: the caller keeps the einsum of this very method.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations of some work: with one thread those of the calling one, otherwise all there are.
fn counted(threads: usize, work: impl FnOnce()) -> usize {
    let count = || if threads == 1 { OWN.get() } else { COUNT.load(Ordering::Relaxed) };
    let before = count();
    work();
    count() - before
}

/// Allocations of eight epochs after two that warm up, in batches of this size.
fn of_an_epoch(method: Optimizer, loss: Loss, batch: usize, threads: usize) -> [usize; 8] {
    let data = random_triples(60, 4, 400, 3);
    let model = TripleTables::new(scorers::by_name("distmult").unwrap(), 60, 4, 16).unwrap();
    let plan =
        Arc::new(StepPlan::new(&Objective::of_triples(&model, loss, Sides::Both).unwrap(), Reduction::Sum).unwrap());
    let examples = TripleExamples::new(&data.train, 60, loss, Sides::Both, 5, Candidates::Once).unwrap();
    let options =
        TrainerOptions { method, learning_rate: 1e-3, schedule: Schedule::Constant, epochs: 9, batch, seed: 2 };
    let spec = TrainingSpec::<f64>::new(plan, options, model.initial(0.5, 1).unwrap());
    let mut training = spec.start(400, None, Untracked).unwrap();
    let beginning = training.checkpoint();
    let context = Workers::new(threads).unwrap();
    // The first epoch again and again, so that every batch is one that was met before.
    let mut epoch = || {
        training.resume(&beginning).unwrap();
        training.advance_to(Position::after(1), &examples, &context, &Monitor::none()).map(|_| ()).unwrap();
    };
    context.enter(|| {
        epoch();
        epoch();
        [(); 8].map(|()| counted(threads, &mut epoch))
    })
}

/// Allocations of eight times fifty products with a Hessian.
fn of_repeats(rows: usize, width: usize, examples: usize, threads: usize, budget: usize) -> [usize; 8] {
    let mut g = Graph::new();
    let p = g.parameter("table", &[rows, width]).unwrap();
    let x = g.input("x", &[width]).unwrap();
    let j = g.indices("label", &[]).unwrap();
    let v = g.shared_input("v", &[rows, width]).unwrap();
    let scores = g.einsum("cd,d->c", p, x).unwrap();
    let total = g.log_sum_exp(scores, 0).unwrap();
    let own = g.gather(scores, j).unwrap();
    let loss = g.sub(total, own).unwrap();
    let outputs = hessian_vector_product(&mut g, loss, &[p], &[v]).unwrap();
    let program = Program::compile(&g, &outputs, &[v]).unwrap();
    let parameters: [Array<f64>; 1] = [array(&[rows, width], 1)];
    let (x, j) = (numbers(2, examples * width), ids(3, examples, rows));
    let directions = [numbers(4, rows * width), numbers(5, rows * width)];
    let values = |n: usize| Values::new(&parameters).with_real(0, &x).with_index(1, &j).with_real(2, &directions[n]);
    let (first, second) = (values(0), values(1));
    let mut execution = Execution::new(program, budget);
    let context = Workers::new(threads).unwrap();
    context.enter(|| {
        execution.prepare(&context, &first, examples).unwrap();
        (0..10).for_each(|_| execution.repeat(&context, &first).unwrap());
        [(); 8].map(|()| counted(threads, || (0..50).for_each(|_| execution.repeat(&context, &second).unwrap())))
    })
}

/// What counts: on one thread the most that was met. Another thread allocates for itself when it first gets some work,
/// whenever that is, so on several it is the least.
fn steady(counts: [usize; 8], threads: usize) -> usize {
    let most = threads == 1;
    counts.into_iter().reduce(|a, b| if most { a.max(b) } else { a.min(b) }).unwrap_or(0)
}

/// The crate behind the larger matrix products allocates its packing buffers at every call, so those are held to a steady
/// number; everything else is held to nothing.
#[test]
fn steps_allocate_nothing() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let methods = [Optimizer::Sgd, Optimizer::adagrad(), Optimizer::adam(false), Optimizer::adam(true)];
    for threads in [1, 2] {
        for method in methods {
            // What is left is the order of the epoch, however many batches follow.
            for (loss, batch) in [
                (Loss::SampledSoftmax { negatives: 13 }, 1),
                (Loss::SampledSoftmax { negatives: 13 }, 64),
                (Loss::BinaryCrossEntropy { negatives: 13 }, 400),
                (Loss::FullSoftmax, 1),
            ] {
                let count = steady(of_an_epoch(method, loss, batch, threads), threads);
                assert!(count <= 2, "{count} in {method:?}, {loss:?}, batches of {batch}, {threads} threads");
            }
        }
        for budget in [0, 1 << 30] {
            for (rows, width, examples) in [(3, 2, 5), (3, 3, 400), (300, 3, 200)] {
                let count = steady(of_repeats(rows, width, examples, threads, budget), threads);
                let what = format!("{examples} examples with {rows} times {width}, {threads} threads, {budget}");
                assert_eq!(count, 0, "{what}");
            }
        }
    }
    for budget in [0, 1 << 30] {
        for (rows, width, examples) in [(40, 20, 500), (64, 64, 2000)] {
            let counts = of_repeats(rows, width, examples, 1, budget);
            assert_eq!(counts, [counts[0]; 8], "{examples} examples with {rows} times {width}, {budget}");
        }
    }
}

/// The most bytes that work holds at once beyond those that were held before.
fn peak(work: impl FnOnce()) -> usize {
    let before = HELD.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    work();
    MOST.load(Ordering::Relaxed) - before
}

/// A matrix whose columns lie one behind the other.
struct ByColumns<'a>(&'a [f64], usize);

impl MatrixView<f64> for ByColumns<'_> {
    fn rows(&self) -> usize {
        self.0.len() / self.1
    }

    fn columns(&self) -> usize {
        self.1
    }

    fn contiguous(&self) -> Option<&[f64]> {
        None
    }

    fn read(&self, first: usize, block: &mut [f64]) {
        let rows = self.rows();
        for (place, value) in block.iter_mut().enumerate() {
            *value = self.0[place % self.1 * rows + first + place / self.1];
        }
    }
}

fn model_of(rows: usize, width: usize) -> (Arc<Context>, Model, Dataset) {
    let host = Arc::new(Context::default());
    let values = numbers(1, rows * width);
    let data = RowMajor::new(&values, rows, width).unwrap();
    let data = Dataset::from_matrix(&data, Some(&numbers(2, rows))).unwrap();
    let model = Model::new(&host, "linear", &data, &Options::new().with("l2", 0.1)).unwrap();
    (host, model, data)
}

/// What a prediction needs beside its results does not grow with the rows.
#[test]
fn features_are_read_where_they_lie() {
    const BOUND: usize = 4 << 20;
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (host, model, _) = model_of(20, 8);
    let values = numbers(3, 200_000 * 8);
    let mut found = vec![0.0; 200_000];
    let predict = |rows: usize, found: &mut [f64], by_columns: bool| {
        let values = &values[..8 * rows];
        match by_columns {
            true => model.predict(&host, &ByColumns(values, 8), &mut found[..rows]).unwrap(),
            false => model.predict(&host, &RowMajor::new(values, rows, 8).unwrap(), &mut found[..rows]).unwrap(),
        }
    };
    predict(1, &mut found, false);
    for by_columns in [false, true] {
        let few = peak(|| predict(50_000, &mut found, by_columns));
        let many = peak(|| predict(200_000, &mut found, by_columns));
        assert!(many <= BOUND, "{many} bytes for a matrix of {}, by columns: {by_columns}", 8 * values.len());
        assert_eq!(many, few, "four times the rows, by columns: {by_columns}");
    }
}

/// The same through the C interface, where results wait until all of them are there.
#[test]
fn features_of_c_are_read_where_they_lie() {
    use ascribe::capi::*;
    const BOUND: usize = 4 << 20;
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let values = numbers(3, 200_000 * 8);
    let mut found = vec![0.0; 200_000];
    let (mut data, mut model) = (std::ptr::null_mut(), std::ptr::null_mut());
    let error = std::ptr::null_mut();
    let targets = numbers(2, 20);
    let small = ascribe_matrix { data: values.as_ptr(), rows: 20, cols: 8, row_stride: 8, col_stride: 1 };
    // SAFETY: the matrices describe `values`, the results have room in `found`, and handles are freed when they were used.
    unsafe {
        assert_eq!(ascribe_dataset_from_matrix(&small, targets.as_ptr(), 20, &mut data, error), ASCRIBE_OK);
        assert_eq!(
            ascribe_model_new(std::ptr::null(), c"linear".as_ptr(), data, std::ptr::null(), &mut model, error),
            ASCRIBE_OK
        );
        for (rows, by_columns) in [(1, false), (200_000, false), (200_000, true)] {
            let (row_stride, col_stride) = if by_columns { (1, rows) } else { (8, 1) };
            let matrix = ascribe_matrix { data: values.as_ptr(), rows, cols: 8, row_stride, col_stride };
            let most = peak(|| {
                let capacity = found.len();
                let status =
                    ascribe_model_predict(model, std::ptr::null(), &matrix, found.as_mut_ptr(), capacity, error);
                assert_eq!(status, ASCRIBE_OK);
            });
            let results = 8 * rows as usize;
            assert!(most <= BOUND + results, "{most} bytes for {rows} rows, by columns: {by_columns}");
        }
        ascribe_model_free(model);
        ascribe_dataset_free(data);
    }
}

/// Neither does what products with many directions need grow with these.
#[test]
fn directions_are_read_some_at_a_time() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (host, mut model, data) = model_of(50, 300);
    model.fit(&host, &data, &Options::new(), &Monitor::none()).unwrap();
    let (options, monitor) = (Options::new(), Monitor::none());
    let influence = Attributor::new(&host, &model, Some("influence"), None, &options, &monitor).unwrap();
    let p = model.dimension();
    let directions = numbers(4, 1024 * p);
    let mut found = vec![0.0; 1024 * p];
    let mut products = |count: usize, by_columns: bool, inverse: bool| {
        let (values, found) = (&directions[..count * p], &mut found[..count * p]);
        let rows: &dyn MatrixView<f64> = match by_columns {
            true => &ByColumns(values, p),
            false => &RowMajor::new(values, count, p).unwrap(),
        };
        match inverse {
            true => influence.inverse_products(rows, found, &Monitor::none()).unwrap(),
            false => influence.products(rows, found, &Monitor::none()).unwrap(),
        }
    };
    for by_columns in [false, true] {
        for inverse in [false, true] {
            products(64, by_columns, inverse);
            let few = peak(|| products(64, by_columns, inverse));
            let many = peak(|| products(1024, by_columns, inverse));
            let what = format!("{many} and {few} bytes, by columns: {by_columns}, inverse: {inverse}");
            assert!(many <= few + 4096 && many < 8 * 64 * p * 8, "{what}");
        }
    }
}

const MEGABYTE: usize = 1 << 20;

/// Rows of so many classes, and the classes.
fn classed(rows: usize, width: usize, classes: usize) -> (Vec<f64>, Vec<u32>) {
    let x = numbers(1, rows * width);
    let label = |row: usize| {
        let score = |class: usize| (0..5).map(|k| x[row * width + (7 * class + k) % width]).sum::<f64>();
        (0..classes).max_by(|a, b| score(*a).total_cmp(&score(*b))).unwrap() as u32
    };
    let labels = (0..rows).map(label).collect();
    (x, labels)
}

/// Memory that is refused is an error, wherever more than a few megabytes are asked for: data, matrices, scores.
#[test]
fn memory_that_is_not_there_is_an_error() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (rows, width, classes) = (4000, 200, 8);
    let (x, labels) = classed(rows, width, classes);
    let context = Arc::new(Context::new(Workers::new(2).unwrap(), 0));
    let whole = |solver: &str| -> ascribe::Result<()> {
        let mut data = Dataset::from_matrix(&RowMajor::new(&x, rows, width).unwrap(), None)?;
        data.set_labels(&labels, classes as u32)?;
        let mut model = Model::new(&context, "softmax", &data, &Options::new())?;
        model.fit(&context, &data, &Options::new().with("max_iterations", 2), &Monitor::none())?;
        let options = Options::new().with("solver", solver).with("tolerance", 1e-3).with("queries", 10);
        let made = Attributor::new(&context, &model, Some("influence"), None, &options, &Monitor::none())?;
        let queries = data.select(&(0..300).collect::<Vec<_>>())?;
        made.explain(&queries, Some("loss"), &Monitor::none())?;
        Ok(())
    };
    let mut ended = Vec::new();
    for solver in ["direct", "block-cg:blocks"] {
        for power in [22, 23, 25] {
            GRANTED.store(1 << power, Ordering::Relaxed);
            let result = whole(solver);
            GRANTED.store(usize::MAX, Ordering::Relaxed);
            ended.push((solver, power, result.map_err(|error| error.to_string())));
        }
    }
    assert!(
        ended.iter().any(|(.., result)| result.is_err()) && ended.iter().any(|(.., result)| result.is_ok()),
        "{ended:?}"
    );
}

/// What an explanation of ten queries takes beside the data, by solver.
fn taken(rows: usize, width: usize, classes: usize, solvers: &[(&str, usize)]) {
    let (x, labels) = classed(rows, width, classes);
    let mut data = Dataset::from_matrix(&RowMajor::new(&x, rows, width).unwrap(), None).unwrap();
    data.set_labels(&labels, classes as u32).unwrap();
    let context = Arc::new(Context::new(Workers::new(2).unwrap(), 0));
    let mut model = Model::new(&context, "softmax", &data, &Options::new()).unwrap();
    model.fit(&context, &data, &Options::new(), &Monitor::none()).unwrap();
    let queries = data.select(&(0..10).collect::<Vec<_>>()).unwrap();
    let bytes = rows * width * size_of::<f64>();
    let mut beyond = Vec::new();
    for (solver, memory) in solvers {
        let options = Options::new().with("memory", format!("{memory}M")).with("queries", 10);
        let options = if *solver == "auto" { options } else { options.with("solver", *solver) };
        let peak = peak(|| {
            let made = Attributor::new(&context, &model, Some("influence"), None, &options, &Monitor::none()).unwrap();
            made.explain(&queries, Some("loss"), &Monitor::none()).unwrap();
            if classes < 100 {
                let query = queries.select(&[0]).unwrap();
                made.leave_one_out(&query, Some("loss"), &[0], &Monitor::none()).unwrap();
                made.error_bounds(&query, Some("loss"), &[0], &Monitor::none()).unwrap();
            }
        });
        println!("{solver} within {memory} MB: {:.1} MB beside the data", peak as f64 / MEGABYTE as f64);
        if peak > memory * MEGABYTE * 6 / 5 + bytes {
            beyond.push((solver, memory, peak / MEGABYTE));
        }
    }
    assert!(beyond.is_empty(), "{rows} rows of {width} and {classes} classes: {beyond:?}");
}

/// It stays within 1.2 of the option memory, whatever solves.
#[test]
fn solvers_keep_to_the_memory() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    // Direct needs 52 MB for the first, 63 MB for the second.
    let iterative = [("cg", 60), ("block-cg:blocks", 60), ("minres", 60), ("nystrom:50", 60), ("lanczos:50", 60)];
    taken(3000, 100, 20, &[&iterative[..], &[("auto", 60), ("cg:40", 60), ("direct", 80), ("auto", 100)]].concat());
    taken(1000, 10, 200, &[("auto", 60), ("direct", 80), ("block-cg", 60), ("nystrom:50", 60)]);
}
