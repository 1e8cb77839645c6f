//! Models of data that they can be asked about, and what they refuse.

use ascribe::Error;
use ascribe::engine::Monitor;
use ascribe::session::{Attributor, CustomModel, Dataset, Definition, Model, Options, Trainer, true_changes};
use ascribe::tensor::Precision;

use crate::common::{ids, numbers};
use crate::fixtures::{
    all, assert_same, classed, context, inputs, layered, machine, machine_of, numbered, of_triples, parameters,
    refused, ridge, rows_of, steps, to_minimum, triples,
};

#[test]
fn models_of_other_data_are_refused() {
    let context = context();
    let none = Options::new();
    let rows = Model::new(&context, "linear", &triples(), &none);
    refused(rows, "the dataset is of triples, expected one of samples");
    let of = Model::new(&context, "distmult", &numbered(5, 1), &none);
    refused(of, "the dataset is of samples, expected one of triples");
    let unlabeled = Dataset::from_matrix(&rows_of(&numbers(1, 12), 3), None).unwrap();
    refused(Model::new(&context, "mlp", &unlabeled, &none), "the targets of the dataset is missing");
    refused(Model::new(&context, "softmax", &numbered(5, 1), &none), "the number of classes of the dataset is 0");
    for (name, model, _, options) in all(Precision::F64) {
        for other in [triples(), inputs(), numbered(9, 1), classed(9, 1)] {
            let mut changed = model.clone();
            let fitting = changed.fit(&context, &other, &options, &Monitor::none());
            let asked = model.evaluate(&context, &other, None);
            // Triples of the same ids fit; so do rows with the targets of the model.
            assert_eq!(fitting.is_ok(), asked.is_ok(), "{name}: {fitting:?} and {asked:?}");
            if let Err(error) = fitting {
                assert!(matches!(error, Error::Argument { .. }), "{name}: {error}");
                assert_same(&parameters(&changed), &parameters(&model), name);
            }
        }
    }
}

#[test]
fn ids_and_widths_beyond_the_model_are_refused() {
    let context = context();
    let model = of_triples(Precision::F32);
    let larger = Dataset::from_triples(&[[0, 0, 1], [17, 2, 1]], 18, 3).unwrap();
    refused(model.evaluate(&context, &larger, None), "triple 1 of the dataset is 17 2 1");
    refused(Trainer::new(&context, &model, &larger, &steps("sgd")), "the numbers of entities and relations");
    refused(model.ranking(&context, &triples(), &larger), "triple 1 of the dataset");
    refused(
        ridge(Precision::F64).ranking(&context, &triples(), &triples()),
        "ranking candidates by a model of the family network is not supported",
    );
    let wide = Dataset::from_matrix(&rows_of(&numbers(1, 12), 4), Some(&[0.0; 3])).unwrap();
    refused(ridge(Precision::F64).evaluate(&context, &wide, None), "the number of features is 4, expected 3");
    let mut four = classed(9, 1);
    four.set_labels(&ids(3, 9, 4), 4).unwrap();
    refused(layered(Precision::F64).evaluate(&context, &four, None), "the number of classes is 4");
    // Queries without targets have outputs and no loss.
    let bare = Dataset::from_matrix(&rows_of(&numbers(1, 12), 3), None).unwrap();
    refused(ridge(Precision::F64).evaluate(&context, &bare, None), "the targets of the queries is missing");
    assert!(ridge(Precision::F64).evaluate(&context, &bare, Some("output")).is_ok());
}

#[test]
fn inputs_are_known_by_their_names() {
    let (context, model) = (context(), machine(Precision::F64));
    let mut foreign = inputs();
    foreign.set_ids("c", &[0; 40], 1).unwrap();
    refused(model.evaluate(&context, &foreign, None), "an input of the dataset is \"c\", expected one of the graph's");
    let mut missing = Dataset::of_inputs(2).unwrap();
    missing.set_ids("a", &[0, 1], 1).unwrap();
    missing.set_ids("b", &[0, 1], 1).unwrap();
    refused(Trainer::new(&context, &model, &missing, &steps("sgd")), "the input \"y\" of the dataset is missing");
    // A functional that does not read an input does not need it.
    assert!(model.evaluate(&context, &missing, Some("score")).is_ok());
    assert!(model.evaluate(&context, &missing, Some("loss")).is_err());
    let mut wrong = inputs();
    wrong.set_numbers("a", &rows_of(&[0.0; 40], 1)).unwrap();
    refused(model.evaluate(&context, &wrong, None), "the input \"a\" of the dataset is 1 numbers for each example");
    let mut wide = inputs();
    wide.set_numbers("y", &rows_of(&[0.0; 80], 2)).unwrap();
    refused(model.evaluate(&context, &wide, None), "the input \"y\" of the dataset is 2 numbers for each example");
    let mut beyond = inputs();
    beyond.set_ids("a", &[6; 40], 1).unwrap();
    assert!(model.evaluate(&context, &beyond, None).is_err());
}

#[test]
fn graphs_are_checked_before_they_are_models() {
    let mut definition = Definition::new();
    let (loss, penalty) = machine_of(&mut definition);
    refused(CustomModel::new(&definition, penalty, None, None), "the type of the loss is shared");
    refused(CustomModel::new(&definition, loss, Some(loss), None), "the type of the penalty is per-example");
    refused(CustomModel::new(&definition, loss, None, Some(penalty)), "the type of the outputs is shared");
    let mut empty = Definition::new();
    let x = empty.graph_mut().input("x", &[]).unwrap();
    refused(CustomModel::new(&empty, x, None, None), "the number of parameters of the graph is 0");
    let mut definition = Definition::new();
    let (loss, _) = machine_of(&mut definition);
    let graph = CustomModel::new(&definition, loss, None, None).unwrap();
    for initial in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let options = Options::new().with("initial", initial);
        refused(Model::custom(&context(), graph.clone(), &options), "the option \"initial\"");
    }
}

#[test]
fn what_needs_a_training_says_so() {
    let context = context();
    for (name, model, data, options) in all(Precision::F64) {
        for error in [
            refused(model.training(), "train it first"),
            refused(model.data(), "train it first"),
            refused(model.ledger(), "train it first"),
            refused(
                Attributor::new(&context, &model, Some("rollback"), None, &Options::new(), &Monitor::none()),
                "train it first",
            ),
            refused(true_changes(&context, &model, &data, None, &[vec![0]], &Monitor::none()), "train it first"),
            refused(
                Attributor::new(&context, &model, Some("influence"), None, &Options::new(), &Monitor::none()),
                "train it first",
            ),
        ] {
            assert!(matches!(error, Error::Unsupported { .. }), "{name}: {error}");
        }
        refused(model.evaluate(&context, &data, Some("nothing")), "the functional is \"nothing\", expected one of ");
        let stopped = options.with("patience", 1);
        if name != "triples" {
            refused(Trainer::new(&context, &model, &data, &stopped), "early stopping");
        }
    }
    let error = refused(Trainer::new(&context, &of_triples(Precision::F64), &triples(), &to_minimum()), "minimizing");
    assert!(matches!(error, Error::Unsupported { .. }));
}

#[test]
fn parameters_that_are_set_were_never_trained() {
    let context = context();
    for precision in [Precision::F64, Precision::F32] {
        for (name, mut model, data, options) in all(precision) {
            model.fit(&context, &data, &options, &Monitor::none()).unwrap();
            let trained = model.clone();
            let before = parameters(&model);
            let length = model.parameter_shape(1).unwrap().iter().product::<usize>();
            let values: Vec<f64> = (0..length).map(|place| 0.5 + place as f64).collect();
            refused(model.set_parameter(9, &values), "a parameter is 9");
            refused(model.set_parameter(1, &values[1..]), "the number of values");
            refused(model.set_parameter(1, &vec![f64::NAN; length]), "place 0");
            assert_same(&parameters(&model), &before, name);
            assert!(model.training().is_ok(), "{name}: what is refused changes nothing");
            model.set_parameter(1, &values).unwrap();
            let mut read = vec![0.0; length];
            model.read_parameter(1, &mut read).unwrap();
            assert_same(&read, &values, name);
            refused(model.training(), "train it first");
            refused(model.data(), "train it first");
            refused(model.ledger(), "train it first");
            assert!(trained.training().is_ok(), "{name}: copies know what they know");
            assert_same(&parameters(&trained), &before, name);
            // What was compiled for the model serves its new values.
            let changed = model.evaluate(&context, &data, None).unwrap();
            assert!(changed != trained.evaluate(&context, &data, None).unwrap(), "{name}");
            refused(model.read_parameter(1, &mut [0.0; 99]), "the number of values is 99");
        }
    }
}
