//! Steps allocate nothing once everything has grown to its size.
#![allow(unsafe_code, clippy::unwrap_used)]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ascribe::autodiff::hessian_vector_product;
use ascribe::engine::{Context, Execution, Program, Values};
use ascribe::graph::Graph;
use ascribe::model::{Loss, Objective, Sides, TripleModel, zoo};
use ascribe::tensor::Array;
use ascribe::train::{Candidates, Method, Schedule, StepPlan, Trainer, TrainerOptions, TripleExamples, Untracked};
use common::{array, ids, numbers, random_triples};

/// The system's allocator, counting.
struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every method hands its arguments on to the system's allocator, which keeps the contract.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of this very method.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of this very method.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of this very method.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn counted(work: impl FnOnce()) -> usize {
    let before = COUNT.load(Ordering::Relaxed);
    work();
    COUNT.load(Ordering::Relaxed) - before
}

/// Allocations of eight epochs after two that warm up, in batches of this size.
fn of_an_epoch(method: Method, loss: Loss, batch: usize, threads: usize) -> [usize; 8] {
    let data = random_triples(60, 4, 400, 3);
    let model = TripleModel::<f64>::new(zoo::by_name("distmult").unwrap(), (60, 4), 16, 0.5, 1).unwrap();
    let plan = Arc::new(StepPlan::new(&Objective::of_triples(&model, loss, Sides::Both).unwrap()).unwrap());
    let examples = TripleExamples::new(&data.train, 60, loss, Sides::Both, 5, Candidates::Once).unwrap();
    let options =
        TrainerOptions { method, learning_rate: 1e-3, schedule: Schedule::Constant, epochs: 9, batch, seed: 2 };
    let mut trainer = Trainer::new(plan, options).unwrap();
    let mut parameters = model.parameters().to_vec();
    let context = Context::new(threads).unwrap();
    // The first epoch again and again, so that every batch is one that was met before.
    let mut epoch = || trainer.epoch(0, &mut parameters, &examples, &[], &context, &mut Untracked).map(|_| ()).unwrap();
    context.enter(|| {
        epoch();
        epoch();
        [(); 8].map(|()| counted(&mut epoch))
    })
}

/// Allocations of eight times fifty products with a Hessian.
fn of_repeats(rows: usize, width: usize, examples: usize, threads: usize, budget: usize) -> [usize; 8] {
    let mut g = Graph::new();
    let p = g.parameter("table", &[rows, width]).unwrap();
    let x = g.input("x", &[width]).unwrap();
    let j = g.indices("label", &[]).unwrap();
    let v = g.shared_input("v", &[rows, width]).unwrap();
    let scores = g.contract("cd,d->c", p, x).unwrap();
    let total = g.log_sum_exp(scores, 0).unwrap();
    let own = g.pick(scores, j).unwrap();
    let loss = g.sub(total, own).unwrap();
    let outputs = hessian_vector_product(&mut g, loss, &[p], &[v]).unwrap();
    let program = Program::compile(&g, &outputs, &[v]).unwrap();
    let parameters: [Array<f64>; 1] = [array(&[rows, width], 1)];
    let (x, j) = (numbers(2, examples * width), ids(3, examples, rows));
    let directions = [numbers(4, rows * width), numbers(5, rows * width)];
    let values = |n: usize| Values::new(&parameters).with_real(0, &x).with_index(1, &j).with_real(2, &directions[n]);
    let (first, second) = (values(0), values(1));
    let mut execution = Execution::new(program, budget);
    let context = Context::new(threads).unwrap();
    context.enter(|| {
        execution.prepare(&context, &first, examples).unwrap();
        (0..10).for_each(|_| execution.repeat(&context, &first).unwrap());
        [(); 8].map(|()| counted(|| (0..50).for_each(|_| execution.repeat(&context, &second).unwrap())))
    })
}

/// What counts: on one thread the most that was met. Another thread allocates for itself when it first gets some work,
/// whenever that is, so on several it is the least.
fn steady(counts: [usize; 8], threads: usize) -> usize {
    let most = threads == 1;
    counts.into_iter().reduce(|a, b| if most { a.max(b) } else { a.min(b) }).unwrap_or(0)
}

/// One test, as the count is that of the whole process.
///
/// The crate behind the larger matrix products allocates its packing buffers at every call, so those are held to a steady
/// number; everything else is held to nothing.
#[test]
fn steps_allocate_nothing() {
    let methods = [Method::Sgd, Method::adagrad(), Method::adam(false), Method::adam(true)];
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
