//! Influence that is watched and stopped: who is told, where, and that everything can be asked again.
#![allow(clippy::unwrap_used)]

use crate::common::dense;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use ascribe::attribution::influence::{Change, Edit, Influence, Level, Options, WhatIfOptions};
use ascribe::engine::{Monitor, Workers};
use ascribe::models::network::{NetworkFunctional, NetworkLoss};
use ascribe::objective::CompiledFunctional;
use ascribe::objective::Inputs;
use ascribe::solve::{Preconditioning, Solver};
use ascribe::{Error, Result};
use dense::*;

const EXAMPLES: usize = 60;

fn canceled<V>(result: Result<V>) -> bool {
    match result {
        Ok(_) => false,
        Err(Error::Canceled { place }) => !place.is_empty(),
        Err(error) => panic!("{error}"),
    }
}

fn solvers() -> Vec<(Solver, &'static [&'static str])> {
    let nystrom = Preconditioning::Nystrom { rank: 6 };
    vec![
        (Solver::Direct, &["assembling"]),
        (Solver::ConjugateGradient(Preconditioning::None), &["extreme eigenvalues", "solving"]),
        (Solver::BlockConjugateGradient(nystrom), &["extreme eigenvalues", "low-rank approximation", "solving"]),
        (Solver::MinimalResidual, &["extreme eigenvalues", "solving"]),
        (Solver::Lanczos { rank: 9 }, &["extreme eigenvalues", "low-rank approximation"]),
    ]
}

/// Everything that takes long, as bits.
fn everything(influence: &mut Influence, scalars: &CompiledFunctional, queries: &Inputs<f64>) -> Result<Vec<u64>> {
    let answer = influence.solve_queries(scalars, queries)?;
    let mut found = influence.scores(&answer)?.values;
    found.extend(influence.self_influence(&[3, 1, 4])?);
    for corrected in influence.leave_one_out(&answer, &[1, 5])? {
        found.extend(corrected.scores);
    }
    let derivatives = influence.evaluator();
    let edit = Edit::new(derivatives.inputs(), &derivatives.weights(), &[Change::Remove(2)])?;
    let options = WhatIfOptions { until: Level::Newton, ..WhatIfOptions::default() };
    let changed = influence.what_if(scalars, queries, &edit, &options)?;
    found.extend(changed.steps.iter().flat_map(|step| step.changes.iter().copied()));
    Ok(found.iter().map(|x| x.to_bits()).collect())
}

#[test]
fn a_watch_hears_of_everything_on_the_calling_thread_and_may_break() {
    for settings in
        [settings(NetworkLoss::Softmax, &[], 0.05), settings(NetworkLoss::Squared, &["dense:3", "tanh"], 0.05)]
    {
        let inputs = rows(&settings, EXAMPLES, 3);
        let queries = rows(&settings, 3, 5);
        let context = Workers::new(2).unwrap();
        let at_minimum = trained(&context, &settings, &inputs, None);
        let scalars = scalars(&settings, &at_minimum, NetworkFunctional::Loss);
        let fresh = || {
            let mut derivatives = derivatives(&context, &settings, &inputs, None);
            derivatives.set_point(&at_minimum.point()).unwrap();
            derivatives
        };
        for (method, fitting) in solvers() {
            let options = Options { solver: Some(method.clone()), ..Options::default() };
            let mut plain = Influence::fit(fresh(), &options).unwrap();
            let expected = everything(&mut plain, &scalars, &queries).unwrap();

            let (caller, heard) = (thread::current().id(), Arc::new(Mutex::new(Vec::new())));
            let ears = heard.clone();
            let watch = Monitor::none().with_listener(move |progress| {
                assert_eq!(thread::current().id(), caller);
                ears.lock().unwrap().push(progress.phase.to_str().unwrap());
                ControlFlow::Continue(())
            });
            let watched = Options { monitor: watch, ..options.clone() };
            let mut influence = Influence::fit(fresh(), &watched).unwrap();
            assert_eq!(everything(&mut influence, &scalars, &queries).unwrap(), expected, "{method}");
            let all = heard.lock().unwrap().clone();
            let known = ["scoring", "self-influence", "leave-one-out", "what-if"];
            for phase in fitting.iter().chain(&known) {
                assert!(all.contains(phase), "{method} says nothing of {phase}: {all:?}");
            }
            influence.set_monitor(&Monitor::none());
            everything(&mut influence, &scalars, &queries).unwrap();
            assert_eq!(heard.lock().unwrap().len(), all.len(), "nobody is told any more");

            // A break at any moment ends the work and spoils nothing.
            let left = Arc::new(AtomicUsize::new(0));
            let count = left.clone();
            let breaking = Monitor::none().with_listener(move |_| match count.fetch_sub(1, Ordering::Relaxed) {
                1 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            });
            let mut breaks = 0;
            for moment in (1..).step_by(7) {
                left.store(moment, Ordering::Relaxed);
                influence.set_monitor(&breaking);
                if !canceled(everything(&mut influence, &scalars, &queries)) {
                    break;
                }
                breaks += 1;
                influence.set_monitor(&Monitor::none());
                assert_eq!(everything(&mut influence, &scalars, &queries).unwrap(), expected, "{method}, {moment}");
            }
            assert!(breaks > 0, "{method}");
            left.store(1, Ordering::Relaxed);
            let watched = Options { monitor: breaking, ..options };
            assert!(canceled(Influence::fit(fresh(), &watched)), "{method}");
        }
    }
}

#[test]
fn a_flag_stops_influence_and_another_context_goes_on() {
    let settings = settings(NetworkLoss::Softmax, &[], 0.05);
    let inputs = rows(&settings, EXAMPLES, 3);
    let queries = rows(&settings, 3, 5);
    for (method, _) in solvers() {
        for threads in [1, 2] {
            let flag = Arc::new(AtomicBool::new(false));
            let context = Workers::new(threads).unwrap();
            let stoppable = context.with_stop(flag.clone());
            let at_minimum = trained(&context, &settings, &inputs, None);
            let point = at_minimum.point();
            let scalars = scalars(&settings, &at_minimum, NetworkFunctional::Loss);
            let options = Options { solver: Some(method.clone()), ..Options::default() };
            let mut influence = Influence::fit(at_minimum, &options).unwrap();
            let expected = everything(&mut influence, &scalars, &queries).unwrap();

            influence.set_workers(&stoppable);
            assert_eq!(everything(&mut influence, &scalars, &queries).unwrap(), expected);
            flag.store(true, Ordering::Relaxed);
            assert!(canceled(influence.solve_queries(&scalars, &queries)));
            assert!(canceled(influence.self_influence(&[1])));
            influence.set_workers(&context);
            let answer = influence.solve_queries(&scalars, &queries).unwrap();
            influence.set_workers(&stoppable);
            assert!(canceled(influence.inverse(&answer.gradients)));
            assert!(canceled(influence.scores(&answer)));
            assert!(canceled(influence.leave_one_out(&answer, &[1])));

            // The flag set by whoever is told, in the middle of things.
            let hand = flag.clone();
            let watch = Monitor::none().with_listener(move |progress| {
                hand.store(progress.done >= 2, Ordering::Relaxed);
                ControlFlow::Continue(())
            });
            influence.set_monitor(&watch);
            flag.store(false, Ordering::Relaxed);
            assert!(canceled(everything(&mut influence, &scalars, &queries)));
            influence.set_monitor(&Monitor::none());

            // The flag set by another thread: without it this would go on for ever.
            flag.store(false, Ordering::Relaxed);
            thread::scope(|scope| {
                scope.spawn(|| flag.store(true, Ordering::Relaxed));
                while !canceled(everything(&mut influence, &scalars, &queries)) {}
            });
            let mut stopped = derivatives(&stoppable, &settings, &inputs, None);
            assert!(canceled(Influence::fit(stopped, &options)));
            flag.store(false, Ordering::Relaxed);
            assert_eq!(everything(&mut influence, &scalars, &queries).unwrap(), expected);
            stopped = derivatives(&stoppable, &settings, &inputs, None);
            stopped.set_point(&point).unwrap();
            let mut again = Influence::fit(stopped, &options).unwrap();
            assert_eq!(everything(&mut again, &scalars, &queries).unwrap(), expected);
        }
    }
}

#[test]
fn what_others_hold_may_go_to_other_threads() {
    fn sent<S: Send>() {}
    fn shared<S: Send + Sync>() {}
    sent::<Influence>();
    sent::<ascribe::objective::Derivatives<f64>>();
    sent::<ascribe::engine::Execution<f64>>();
    shared::<CompiledFunctional>();
    shared::<ascribe::engine::Program<f64>>();
    shared::<ascribe::graph::Graph>();
    shared::<ascribe::train::TrainingSpec<f64>>();
    shared::<ascribe::attribution::rollback::Ledger<f64>>();
    shared::<ascribe::Dataset>();
    shared::<ascribe::Model>();
    shared::<ascribe::Attributor>();
    sent::<ascribe::Trainer>();
}
