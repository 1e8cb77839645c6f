//! Trainings in pieces, and trainings that are stopped.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use ascribe::Error;
use ascribe::engine::Monitor;
use ascribe::session::{Model, Options, Trainer, load};
use ascribe::tensor::Precision;

use crate::common::assert_close;
use crate::fixtures::{BOTH, all, assert_same, classed, context, data, layered, ledger, parameters, refused, steps};

/// A watch that breaks at an event of its own.
fn breaking(at: usize) -> Monitor {
    let heard = AtomicUsize::new(0);
    Monitor::none().with_listener(move |_| match heard.fetch_add(1, Ordering::Relaxed) + 1 < at {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(()),
    })
}

#[test]
fn pieces_make_the_whole() {
    let context = context();
    for precision in BOTH {
        for (name, model, data, options) in all(precision).into_iter().filter(|one| !one.0.contains("minimized")) {
            let mut whole = model.clone();
            whole.fit(&context, &data, &options, &Monitor::none()).unwrap();
            for piece in [1, 7, 10_000] {
                let mut trainer = Trainer::new(&context, &model, &data, &options).unwrap();
                let mut calls = 0;
                while !trainer.training().finished {
                    assert!(!trainer.model().training().unwrap().finished);
                    trainer.step(piece, &Monitor::none()).unwrap();
                    calls += 1;
                    assert!(calls < 1000, "{name} goes on for ever");
                }
                let steps = whole.training().unwrap().steps;
                // The last step may be followed by the end of the epoch or by one more call that finds nothing to do.
                assert!((steps.div_ceil(piece)..=steps / piece + 1).contains(&calls), "{name}: {calls} for {steps}");
                let made = trainer.model();
                assert_same(&parameters(&made), &parameters(&whole), name);
                assert_eq!(made.training().unwrap(), whole.training().unwrap(), "{name}");
                if name != "epochs of rows" {
                    assert_same(&ledger(&made), &ledger(&whole), name);
                }
                trainer.step(piece, &Monitor::none()).unwrap();
                assert_same(&parameters(&trainer.model()), &parameters(&whole), name);
            }
            // Halfway there is another model, and the first one is what it was.
            let mut trainer = Trainer::new(&context, &model, &data, &options).unwrap();
            trainer.step(5, &Monitor::none()).unwrap();
            let half = trainer.model();
            trainer.run(&Monitor::none()).unwrap();
            assert_eq!(half.training().unwrap().steps, 5);
            assert!(parameters(&half) != parameters(&model) && parameters(&half) != parameters(&whole), "{name}");
            assert_same(&parameters(&trainer.model()), &parameters(&whole), name);
        }
    }
}

#[test]
fn minimizing_in_pieces_ends_at_the_same_optimum() {
    let context = context();
    for precision in BOTH {
        for (name, model, data, options) in all(precision).into_iter().filter(|one| one.0.contains("minimized")) {
            let mut whole = model.clone();
            whole.fit(&context, &data, &options, &Monitor::none()).unwrap();
            let expected = whole.training().unwrap().clone();
            assert!(expected.converged && expected.finished, "{name}: {expected:?}");
            let mut trainer = Trainer::new(&context, &model, &data, &options).unwrap();
            for call in 0.. {
                let before = trainer.training().steps;
                trainer.step(1, &Monitor::none()).unwrap();
                let now = trainer.training();
                assert!(now.steps <= before + 1, "{name}: {before} and {}", now.steps);
                if now.finished {
                    break;
                }
                assert!(call < 1000, "{name} goes on for ever");
            }
            let made = trainer.model();
            assert!(made.training().unwrap().converged, "{name}");
            let tolerance = if precision == Precision::F64 { 1e-8 } else { 1e-3 };
            // What is bilinear has an optimum of each sign; both see it from the same start.
            assert_close(&parameters(&made), &parameters(&whole), tolerance, name);
        }
    }
}

#[test]
fn a_fit_that_is_canceled_changes_nothing() {
    let context = context();
    for precision in BOTH {
        for (name, mut model, data, options) in all(precision) {
            let before = parameters(&model);
            let stop = Arc::new(AtomicBool::new(true));
            for (place, watch) in
                [breaking(1), Monitor::none().with_stop(stop.clone()), breaking(2)].into_iter().enumerate()
            {
                if place == 2 && name == "rows, minimized" {
                    // One step of Newton's method is the whole way.
                    continue;
                }
                let error = refused(model.fit(&context, &data, &options, &watch), "canceled by the caller");
                assert!(matches!(error, Error::Canceled { .. }), "{name}");
                assert_same(&parameters(&model), &before, name);
                refused(model.training(), "train it first");
            }
            model.fit(&context, &data, &options, &Monitor::none()).unwrap();
            let (trained, training) = (parameters(&model), model.training().unwrap().clone());
            refused(model.fit(&context, &data, &options, &Monitor::none().with_stop(stop.clone())), "canceled");
            assert_same(&parameters(&model), &trained, name);
            assert_eq!(model.training().unwrap(), &training, "{name}");
        }
    }
}

#[test]
fn a_training_that_is_canceled_can_go_on() {
    let context = context();
    for (name, model, data, options) in all(Precision::F64).into_iter().filter(|one| !one.0.contains("minimized")) {
        let mut whole = model.clone();
        whole.fit(&context, &data, &options, &Monitor::none()).unwrap();
        let mut trainer = Trainer::new(&context, &model, &data, &options).unwrap();
        for at in [1, 2] {
            refused(trainer.run(&breaking(at)), "canceled by the caller");
            assert!(!trainer.training().finished);
        }
        let stop = Arc::new(AtomicBool::new(true));
        refused(trainer.run(&Monitor::none().with_stop(stop)), "canceled by the caller");
        trainer.run(&Monitor::none()).unwrap();
        assert_same(&parameters(&trainer.model()), &parameters(&whole), name);
    }
}

#[test]
fn events_tell_how_far_it_is() {
    let context = context();
    for (name, mut model, data, options) in all(Precision::F64) {
        let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
        let kept = heard.clone();
        let here = std::thread::current().id();
        let watch = Monitor::none().with_listener(move |event| {
            assert_eq!(std::thread::current().id(), here);
            kept.lock().unwrap().push((event.phase.to_str().unwrap().to_owned(), event.done, event.total, event.value));
            ControlFlow::Continue(())
        });
        model.fit(&context, &data, &options, &watch).unwrap();
        let heard = heard.lock().unwrap();
        let training = model.training().unwrap();
        let (phase, count, last) = match name.contains("minimized") {
            true => ("minimizing", training.steps, training.objective),
            false => ("training", training.epochs, training.loss),
        };
        assert_eq!(heard.len() as u64, count, "{name}");
        for (place, event) in heard.iter().enumerate() {
            assert_eq!((event.0.as_str(), event.1), (phase, place as u64 + 1), "{name}");
            assert!(event.2.is_some_and(|total| total >= event.1), "{name}");
        }
        assert_eq!(heard.last().map(|event| event.3), last, "{name}");
    }
}

#[test]
fn layers_may_be_minimized_after_their_epochs() {
    let context = context();
    let options = steps("adam").with("refine", true).with("gradient_tolerance", 1e-9);
    let mut model = layered(Precision::F64);
    model.fit(&context, &classed(30, 20), &options, &Monitor::none()).unwrap();
    let training = model.training().unwrap();
    assert!(training.converged && training.gradient_norm.unwrap() <= 1e-9 && training.epochs == 4, "{training:?}");
}

#[test]
fn early_stopping_keeps_the_best_epoch() {
    let context = context();
    let parts = ["train", "valid"].map(|part| data(&format!("nations/{part}.tsv")));
    let data = load("triples", &parts, &Options::new()).unwrap();
    let mut model = Model::new(&context, "distmult", &data, &Options::new().with("seed", 1)).unwrap();
    let options = Options::new().with("learning_rate", 0.05).with("epochs", 30);
    model.fit(&context, &data, &options.clone().with("patience", 1), &Monitor::none()).unwrap();
    let training = model.training().unwrap().clone();
    let best = training.best_epoch.unwrap();
    assert!(training.finished && training.epochs < 30, "{training:?}");
    // Training to that epoch and no further gives the same weights.
    let mut shorter = Model::new(&context, "distmult", &data, &Options::new().with("seed", 1)).unwrap();
    shorter.fit(&context, &data, &options.with("epochs", best), &Monitor::none()).unwrap();
    assert_same(&parameters(&model), &parameters(&shorter), "the best epoch");
}
