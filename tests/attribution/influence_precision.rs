//! Predicted changes do not depend on the model's precision, nor on how far its training went.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use ascribe::attribution::influence::{Change, Edit, Influence, Level, Options, WhatIf, WhatIfOptions};
use ascribe::engine::Workers;
use ascribe::models::network::{NetworkFunctional, NetworkLoss, NetworkSettings};
use ascribe::objective::Inputs;
use ascribe::objective::{CompiledFunctional, Convention, Derivatives};
use ascribe::tensor::random::{Purpose, Stream};
use ascribe::tensor::{Array, Real};
use ascribe::train::minimize;

const FEATURES: usize = 5;

fn settings() -> NetworkSettings {
    NetworkSettings {
        features: vec![FEATURES],
        outputs: 3,
        layers: Vec::new(),
        loss: NetworkLoss::Softmax,
        l2: 0.05,
        intercept: true,
        objective: Convention::Mean,
        target_scale: None,
    }
}

/// Rows whose classes follow their features, with some noise; numbers that single precision holds exactly.
fn rows(count: usize) -> Inputs<f64> {
    let mut stream = Stream::new(4, Purpose::Data, 0, 0);
    let features: Vec<f64> = (0..count * FEATURES).map(|_| f64::from(stream.normal() as f32)).collect();
    let label = |row: &[f64]| {
        if row[0] > 0.5 {
            0
        } else if row[1] > 0.0 {
            1
        } else {
            2
        }
    };
    let labels = features.chunks_exact(FEATURES).map(label).map(|label| if stream.below(9) == 0 { 1 } else { label });
    let labels = labels.collect();
    Inputs::new(count).with_numbers(0, features).unwrap().with_ids(1, labels).unwrap()
}

fn trained(context: &Workers, inputs: &Arc<Inputs<f64>>, gradient: f64) -> Vec<Array<f64>> {
    let objective = Arc::new(settings().objective().unwrap());
    let start = settings().initial(1).unwrap();
    let mut derivatives = Derivatives::new(context, objective, start, inputs.clone(), None, None, 0).unwrap();
    let from = derivatives.point();
    let options = minimize::Options { gradient_tolerance: gradient, ..minimize::Options::default() };
    let found = minimize::lbfgs(&mut derivatives, &from, &options).unwrap();
    derivatives.set_point(&found.x).unwrap();
    derivatives.parameters().to_vec()
}

fn asked<T: Real>(context: &Workers, inputs: &Arc<Inputs<T>>, parameters: Vec<Array<T>>, remove: usize) -> WhatIf {
    let objective = Arc::new(settings().objective().unwrap());
    let derivatives = Derivatives::new(context, objective, parameters, inputs.clone(), None, None, 1 << 20).unwrap();
    let mut influence = Influence::fit(derivatives, &Options { tolerance: Some(1e-5), ..Options::default() }).unwrap();
    let functional = settings().functional(NetworkFunctional::Loss).unwrap();
    let scalars = CompiledFunctional::new(&functional, influence.evaluator().layout()).unwrap();
    let edit = Edit::new(inputs, &vec![1.0; inputs.count()], &[Change::Remove(remove)]).unwrap();
    let options =
        WhatIfOptions { until: Level::Retrained, gradient_tolerance: Some(1e-10), ..WhatIfOptions::default() };
    let found = influence.what_if(&scalars, inputs.select(&[2, 9]).unwrap(), &edit, &options).unwrap();
    assert_eq!(influence.unconverged(), None);
    found
}

#[test]
fn single_precision_predicts_the_changes_of_double_precision() {
    let context = Workers::single();
    let inputs = Arc::new(rows(400));
    // The parameters of both are those that single precision holds.
    let narrow = |array: &Array<f64>| Array::from_fn(array.shape(), |place| array.values()[place] as f32);
    let single: Vec<Array<f32>> = trained(&context, &inputs, 1e-10).iter().map(narrow).collect();
    let wide = |array: &Array<f32>| Array::from_fn(array.shape(), |place| f64::from(array.values()[place]));
    let double: Vec<Array<f64>> = single.iter().map(wide).collect();
    let examples = Arc::new(inputs.convert::<f32>());
    for remove in [3, 17] {
        let narrow = asked(&context, &examples, single.clone(), remove);
        let wide = asked(&context, &inputs, double.clone(), remove);
        for (narrow, wide) in narrow.steps.iter().zip(&wide.steps) {
            for (x, y) in narrow.changes.iter().zip(&wide.changes) {
                assert!((x - y).abs() <= 1e-4 * y.abs(), "{:?}: {x} and {y}", wide.level);
            }
        }
    }
}

#[test]
fn what_training_left_undone_is_no_part_of_a_change() {
    let context = Workers::single();
    let inputs = Arc::new(rows(400));
    let done = asked(&context, &inputs, trained(&context, &inputs, 1e-11), 3);
    let early = asked(&context, &inputs, trained(&context, &inputs, 5e-5), 3);
    for (early, done) in early.steps.iter().zip(&done.steps) {
        for (x, y) in early.changes.iter().zip(&done.changes) {
            assert!((x - y).abs() <= 0.01 * y.abs(), "{:?}: {x} and {y}", done.level);
        }
    }
}
