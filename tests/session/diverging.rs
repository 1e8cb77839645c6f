//! Trainings that diverge, and folders that hold what they leave, are refused with what to do.

use ascribe::Error;
use ascribe::session::{Dataset, Model, Monitor, Options, Trainer};
use ascribe::store::{self, Values};
use ascribe::tensor::Precision;

use crate::common::random_triples;
use crate::fixtures::{all, classed, context, inputs, layered, machine, numbered, of_triples, refused, ridge, triples};

fn options(rate: f64) -> Options {
    Options::new().with("optimizer", "sgd").with("learning_rate", rate).with("epochs", 3).with("batch", 8)
}

#[test]
fn a_training_that_ends_far_above_its_beginning_is_refused_in_every_family() {
    let context = context();
    for (name, model, data, rate) in [
        ("rows", ridge(Precision::F64), numbered(30, 10), 30.0),
        ("layers", layered(Precision::F64), classed(30, 20), 1e4),
        ("graph", machine(Precision::F64), inputs(), 12.0),
        ("triples", of_triples(Precision::F64), triples(), 300.0),
    ] {
        let mut trainer = Trainer::new(&context, &model, &data, &options(rate)).unwrap();
        let error = trainer.run(&Monitor::none()).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, Error::Diverged { .. } | Error::NotFinite { .. }), "{name}: {text}");
        assert!(text.contains("learning_rate"), "{name}: {text}");
        // It is said again, and nothing is given as a success.
        assert!(trainer.run(&Monitor::none()).is_err(), "{name}");
        if matches!(error, Error::Diverged { .. }) {
            assert!(matches!(trainer.finish(&Monitor::none()), Err(Error::Diverged { .. })), "{name}");
        }
        let mut fitted = model.clone();
        assert!(fitted.fit(&context, &data, &options(rate), &Monitor::none()).is_err());
        refused(fitted.training(), "train it first");
    }
    // The loss that is named is finite, and the number of times is seen.
    let mut trainer = Trainer::new(&context, &ridge(Precision::F64), &numbered(30, 10), &options(30.0)).unwrap();
    let error = trainer.run(&Monitor::none()).unwrap_err();
    refused::<()>(Err(error), "the training diverged at a mean loss of ");
}

#[test]
fn a_loss_that_did_not_improve_is_no_divergence() {
    let context = context();
    for (name, mut model, data, _) in all(Precision::F64) {
        for rate in [1e-12, 0.05] {
            model.fit(&context, &data, &options(rate), &Monitor::none()).unwrap_or_else(|e| panic!("{name}: {e}"));
        }
    }
    // Going on from a model that fits all but perfectly, noise may be many times its loss.
    let data = numbered(30, 10);
    let mut model = Model::new(&context, "linear", &data, &Options::new().with("l2", 0.0)).unwrap();
    let exact: Vec<f64> =
        data.samples().unwrap().features.values().chunks(3).map(|x| x[0] - x[1] + 2.0 * x[2]).collect();
    let features = data.samples().unwrap().features.values().to_vec();
    let data = Dataset::from_matrix(&crate::fixtures::rows_of(&features, 3), Some(&exact)).unwrap();
    model.fit(&context, &data, &Options::new(), &Monitor::none()).unwrap();
    let noisy = Options::new().with("optimizer", "adam").with("learning_rate", 0.01).with("epochs", 1);
    model.fit(&context, &data, &noisy, &Monitor::none()).unwrap();
}

#[test]
fn scores_that_overflow_rank_nothing() {
    let context = context();
    let set = random_triples(9, 2, 40, 6);
    let data = Dataset::of_triples(set);
    let options = Options::new().with("precision", "f32").with("dimension", 4);
    let mut model = Model::new(&context, "complex", &data, &options).unwrap();
    for parameter in 0..model.parameters() {
        let mut values = vec![0.0; model.parameter_shape(parameter).unwrap().iter().product()];
        model.read_parameter(parameter, &mut values).unwrap();
        values.iter_mut().for_each(|value| *value = 1e20 * value.signum());
        model.set_parameter(parameter, &values).unwrap();
    }
    let error = refused(model.ranking(&context, &data, &data.select(&[0, 3]).unwrap()), "as the tail of entity");
    assert!(matches!(error, Error::NotFinite { what: "a score", .. }), "{error}");
    assert!(error.to_string().contains("learning_rate"), "{error}");
}

#[test]
fn a_folder_with_numbers_that_are_none_is_refused_by_array_and_place() {
    let context = context();
    for (name, mut model, data, options) in all(Precision::F64).into_iter().filter(|one| !one.0.starts_with("graph")) {
        model.fit(&context, &data, &options, &Monitor::none()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("run");
        model.save(&folder).unwrap();
        Model::load(&folder).unwrap();
        for wrong in [f64::NAN, f64::NEG_INFINITY] {
            let mut contents = store::open(&folder, "run").unwrap();
            let (_, arrays) = contents.files.iter_mut().find(|(file, _)| file == "model").unwrap();
            let array = arrays.iter_mut().find(|array| array.name == "parameter.0").unwrap();
            let Values::F64(values) = &mut array.values else { panic!("{name}: {:?}", array.values) };
            let before = std::mem::replace(&mut values[1], wrong);
            store::commit(&folder, "run", &contents).unwrap();
            let error = refused(Model::load(&folder), &format!("is {wrong} at place 1"));
            let text = error.to_string();
            assert!(text.contains("\"parameter.0\"") && text.contains("learning_rate"), "{name}: {text}");
            let (_, arrays) = contents.files.iter_mut().find(|(file, _)| file == "model").unwrap();
            let array = arrays.iter_mut().find(|array| array.name == "parameter.0").unwrap();
            let Values::F64(values) = &mut array.values else { panic!() };
            values[1] = before;
            store::commit(&folder, "run", &contents).unwrap();
        }
        Model::load(&folder).unwrap();
    }
}
