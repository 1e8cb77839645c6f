//! Options of every table: defaults, forms of values, messages, and that what is written can be read.

use std::collections::BTreeSet;

use ascribe::Error;
use ascribe::attribution::influence::{AttackOptions, InfluenceOptions, WhatIfTable};
use ascribe::attribution::rollback::ExplainOptions;
use ascribe::data::{ImageOptions, MessageOptions, NpyOptions, SelectOptions, TableOptions};
use ascribe::engine::Monitor;
use ascribe::models::custom::CustomOptions;
use ascribe::models::network::NetworkOptions;
use ascribe::models::triples::TripleOptions;
use ascribe::options::{Bytes, Kind, OptionSpec, OptionValue, Table};
use ascribe::session::{
    Attributor, CustomModel, Definition, Model, Options, Trainer, TrainingOptions, Value, check_option,
    describe_options, load, table, tables,
};
use ascribe::tensor::Precision;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;

use crate::fixtures::{context, data, inputs, machine_of, numbered, refused, ridge, steps, to_minimum, triples};

/// Reads the options of a table, and writes what was read.
type Reader = fn(&Options) -> ascribe::Result<Options>;

/// The tables whose options are a type that others can name.
const READERS: [(&str, Reader); 13] = [
    ("table", |options| Ok(TableOptions::read(options)?.write())),
    ("images", |options| Ok(ImageOptions::read(options)?.write())),
    ("npy", |options| Ok(NpyOptions::read(options)?.write())),
    ("messages", |options| Ok(MessageOptions::read(options)?.write())),
    ("select", |options| Ok(SelectOptions::read(options)?.write())),
    ("triples", |options| Ok(TripleOptions::read(options)?.write())),
    ("network", |options| Ok(NetworkOptions::read(options)?.write())),
    ("custom", |options| Ok(CustomOptions::read(options)?.write())),
    ("training", |options| Ok(TrainingOptions::read(options)?.write())),
    ("rollback", |options| Ok(ExplainOptions::read(options)?.write())),
    ("influence", |options| Ok(InfluenceOptions::read(options)?.write())),
    ("what-if", |options| Ok(WhatIfTable::read(options)?.write())),
    ("attack", |options| Ok(AttackOptions::read(options)?.write())),
];

fn readers() -> impl Iterator<Item = (&'static Table, Reader)> {
    READERS.into_iter().map(|(name, reader)| (table(name).unwrap(), reader))
}

/// Tables whose options only the method itself reads.
const BY_METHOD: [&str; 7] = ["graddot", "gradcos", "replay", "dvemb", "tracin", "tracincp", "gas"];

/// Every option of those tables with its reader.
fn every() -> impl Iterator<Item = (&'static Table, &'static OptionSpec, Reader)> {
    readers().flat_map(|(table, reader)| table.options.iter().map(move |option| (table, option, reader)))
}

fn one(option: &OptionSpec, value: impl Into<Value>) -> Options {
    Options::new().with(option.name, value)
}

/// The value that an option is read as.
fn read(option: &OptionSpec, reader: Reader, value: impl Into<Value>) -> Value {
    let value = value.into();
    let read = reader(&one(option, value.clone()));
    let read = read.unwrap_or_else(|error| panic!("{} of {value}: {error}", option.name));
    read.get(option.name).unwrap().clone()
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

#[test]
fn every_table_is_known_by_its_name() {
    let names: Vec<&str> = tables().map(|table| table.name).collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(distinct.len(), names.len());
    let read: BTreeSet<&str> = readers().map(|(table, _)| table.name).chain(BY_METHOD).collect();
    assert_eq!(distinct, read, "every table is tested here");
    assert_eq!(describe_options(None).unwrap(), json!(names));
    for name in names {
        let found = table(name).unwrap();
        let described = describe_options(Some(name)).unwrap();
        assert_eq!((&described["table"], &described["about"]), (&json!(name), &json!(found.about)));
        let options = described["options"].as_array().unwrap();
        assert_eq!(options.len(), found.options.len());
        for (described, option) in options.iter().zip(found.options) {
            let words = option.words();
            let expected = json!({
                "name": option.name,
                "type": option.kind.name(),
                "default": option.default,
                "range": option.range(),
                "words": (!words.is_empty()).then_some(words),
                "about": option.about,
            });
            assert_eq!(*described, expected);
            assert!(option.about.ends_with('.') && option.about.len() > 10, "{name} {}", option.name);
            assert!(!option.default.is_empty() && check_option(option.name).is_ok());
            assert!(
                option.name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')),
                "{}",
                option.name
            );
        }
    }
    refused(table("trainig"), "did you mean \"training\"?");
    refused(describe_options(Some("what_if")), "did you mean \"what-if\"?");
}

#[test]
fn defaults_are_options() {
    for (table, reader) in readers() {
        let left_out = reader(&Options::new()).unwrap();
        let mut given = Options::new();
        for option in table.options {
            given.set(option.name, option.default);
            assert_eq!(reader(&one(option, option.default)).unwrap(), left_out, "{} {}", table.name, option.name);
        }
        assert_eq!(reader(&given).unwrap(), left_out, "{}", table.name);
        // What is written is as a person types it.
        for option in table.options {
            let written = left_out.get(option.name).unwrap();
            let typed = match written {
                Value::Text(text) => text.clone(),
                other => other.to_string(),
            };
            let same = typed == option.default || typed.parse::<f64>().ok() == option.default.parse().ok();
            assert!(same || option.open().is_some(), "{} {}: {typed}", table.name, option.name);
        }
    }
}

/// A few defaults that others rely on, by their values.
#[test]
fn defaults_are_what_they_were() {
    let training = TrainingOptions::default();
    assert_eq!((training.learning_rate, training.max_iterations, training.evaluate_every), (0.003, 1000, 1));
    assert!(training.ledger && !training.refine && training.patience.is_none() && training.seed.is_none());
    let triples = TripleOptions::default();
    assert_eq!((triples.dimension, triples.initial, triples.negatives), (10, 0.5, 13));
    let network = NetworkOptions::default();
    assert_eq!((network.l2, network.intercept, network.smoothing), (0.01, true, 0.1));
    let influence = InfluenceOptions::default();
    assert_eq!((influence.damping, influence.gradient_tolerance, influence.memory), (None, 1e-4, Bytes(2 << 30)));
    assert_eq!((influence.solver_iterations, influence.queries), (2000, 1));
    assert_eq!(CustomOptions::default().initial, 0.1);
    let attack = AttackOptions::default();
    assert_eq!((attack.step, attack.rounds, attack.low, attack.high, attack.radius), (0.02, 10, 0.0, 1.0, None));
}

#[test]
fn numbers_flags_and_words_may_be_given_in_any_form() {
    for (table, option, reader) in every() {
        let what = format!("{} {}", table.name, option.name);
        let same = |forms: &[Value]| {
            let found: Vec<Value> = forms.iter().map(|form| read(option, reader, form.clone())).collect();
            assert!(found.iter().all(|value| *value == found[0]), "{what}: {found:?}");
            found[0].clone()
        };
        let open = option.open();
        match option.kind {
            Kind::Integer => {
                let found = same(&[Value::Integer(3), Value::Number(3.0), text("3"), text(" 3 ")]);
                assert_eq!(found, Value::Integer(3), "{what}");
            }
            Kind::Number => {
                let found = same(&[Value::Number(0.25), text("0.25"), text("2.5e-1"), text(" 0.25 ")]);
                assert_eq!(found, Value::Number(0.25), "{what}");
                if option.range != "a number between 0 and 1" {
                    same(&[Value::Integer(1), Value::Number(1.0), text("1"), text("1.0")]);
                }
            }
            Kind::Flag => {
                let on = same(&[Value::Flag(true), Value::Integer(1), text("true"), text("1")]);
                let off = same(&[Value::Flag(false), Value::Integer(0), text("false"), text("0")]);
                assert_eq!((on, off), (Value::Flag(true), Value::Flag(false)), "{what}");
            }
            Kind::Word(words) => {
                for word in words {
                    assert_eq!(read(option, reader, *word), text(word), "{what}");
                }
                refused(reader(&one(option, words[0].to_uppercase())), &format!("the option {:?} is", option.name));
            }
            Kind::Text => (),
        }
        if let Some(open) = open {
            // Left open is as if it were not given.
            assert_eq!(reader(&one(option, open)).unwrap(), reader(&Options::new()).unwrap(), "{what}");
            assert_eq!(option.default, open);
        }
    }
    for (given, bytes) in [
        (text("2G"), 2 << 30),
        (text("2g"), 2 << 30),
        (text("512M"), 512 << 20),
        (text("64K"), 64 << 10),
        (text("1T"), 1 << 40),
        (text("1000"), 1000),
        (Value::Integer(1000), 1000),
        (Value::Number(1e9), 1_000_000_000),
    ] {
        let options = Options::new().with("memory", given.clone());
        assert_eq!(InfluenceOptions::read(&options).unwrap().memory, Bytes(bytes), "{given}");
    }
    let hidden = |value: Value| NetworkOptions::read(&Options::new().with("hidden", value)).unwrap().hidden;
    assert_eq!(hidden(Value::Integer(64)), hidden(text("64")));
    assert_eq!(hidden(text("64,32")), Some(vec![64, 32]));
    assert_eq!(hidden(text("64, 32,")), Some(vec![64, 32]));
    assert_eq!(hidden(text("auto")), None);
}

/// Numbers outside of a range, by its words.
fn outside(range: &str) -> Vec<Value> {
    match range {
        "a finite number" => vec![f64::INFINITY.into(), f64::NAN.into(), text("-inf")],
        "a positive number" => vec![0.0.into(), (-1.0).into(), f64::INFINITY.into(), f64::NAN.into(), text("-0.5")],
        "zero or a positive number" => vec![(-1e-9).into(), f64::INFINITY.into(), f64::NAN.into(), text("-1")],
        "1 or more" => vec![0.into(), (-1).into(), text("0"), text("-3"), 1.5.into(), f64::NAN.into()],
        "a number between 0 and 1" => vec![0.into(), 1.into(), 1.5.into(), (-0.1).into(), f64::NAN.into()],
        "" => vec![(-1).into(), 0.5.into(), text("-1"), text("x"), true.into()],
        other => panic!("a range {other:?} that is not tested"),
    }
}

#[test]
fn values_out_of_range_are_refused_by_name_value_and_range() {
    let mut ranges = BTreeSet::new();
    for (table, option, reader) in every() {
        if !matches!(option.kind, Kind::Integer | Kind::Number) {
            assert!(option.range.is_empty());
            continue;
        }
        ranges.insert(option.range);
        for value in outside(option.range) {
            let error = reader(&one(option, value.clone())).unwrap_err();
            let Error::Argument { name, found, expected } = &error else { panic!("{error}") };
            assert_eq!((name, found), (&format!("the option {:?}", option.name), &value.to_string()));
            let range = if option.range.is_empty() { "a whole number from 0" } else { option.range };
            let open = option.open().map(|open| format!(", or {open}")).unwrap_or_default();
            assert_eq!(*expected, format!("{range}{open}"), "{} {}", table.name, option.name);
        }
    }
    assert_eq!(ranges.len(), 6, "every range is met: {ranges:?}");
    let refuses = |reader: Reader, name: &str, value: Value, message: &str| {
        let error = reader(&Options::new().with(name, value)).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    };
    let reader = |name: &str| readers().find(|(table, _)| table.name == name).unwrap().1;
    refuses(reader("network"), "l2", (-1).into(), "the option \"l2\" is -1, expected zero or a positive number");
    let message = "the option \"epochs\" is 0, expected 1 or more, or auto";
    refuses(reader("training"), "epochs", 0.into(), message);
    let message = "the option \"ledger\" is \"yes\", expected true or false";
    refuses(reader("training"), "ledger", text("yes"), message);
    refuses(reader("training"), "ledger", 2.into(), "the option \"ledger\" is 2, expected true or false");
    let message = "the option \"optimizer\" is \"adamm\", expected one of sgd, momentum, adagrad, adam, adam-dense, adamw, \
                   adamw-dense, minimize; \
                   did you mean \"adam\"?";
    refuses(reader("training"), "optimizer", text("adamm"), message);
    let message =
        "the option \"schedule\" is \"cosine\", expected constant, linear, exponential:FACTOR or inverse:DECAY";
    refuses(reader("training"), "schedule", text("cosine"), message);
    refuses(reader("training"), "schedule", text("exponential:2"), "the option \"schedule\" is \"exponential:2\"");
    let message = "the option \"memory\" is \"2X\", expected a number of bytes, or one with K, M, G or T behind it";
    refuses(reader("influence"), "memory", text("2X"), message);
    refuses(reader("influence"), "memory", text("99999999T"), "the option \"memory\" is \"99999999T\"");
    refuses(reader("influence"), "solver", text("lu"), "the option \"solver\" is \"lu\"");
    refuses(reader("network"), "hidden", text("64,x"), "the option \"hidden\" is \"64,x\"");
    refuses(reader("network"), "layers", text("dense:0"), "the option \"layers\" is \"dense:0\"");
    refuses(reader("select"), "rows", text("9-3"), "the option \"rows\" is \"9-3\"");
    refuses(reader("messages"), "words", text("many"), "the option \"words\" is \"many\"");
    refuses(reader("rollback"), "effort", text("hybrid"), "the option \"effort\" is \"hybrid\"");
    refuses(reader("rollback"), "scope", 3.into(), "the option \"scope\" is 3, expected one of entities");
}

/// Everything that takes options, with the name by which it calls itself and the tables that it has.
type Taker<'a> = (&'a str, &'a [&'a str], &'a dyn Fn(&Options) -> ascribe::Result<()>);

fn with_takers(check: impl Fn(Taker<'_>)) {
    let monitor = Monitor::none();
    let mut of_triples = Model::new(&context(), "distmult", &triples(), &Options::new()).unwrap();
    of_triples.fit(&context(), &triples(), &Options::new().with("epochs", 1), &monitor).unwrap();
    let mut minimized = ridge(Precision::F64);
    minimized.fit(&context(), &numbered(30, 10), &to_minimum(), &monitor).unwrap();
    let attributor = |model: &Model, method: &str, options: &Options| {
        Attributor::new(&context(), model, Some(method), None, options, &monitor)
    };
    let influence = attributor(&minimized, "influence", &Options::new()).unwrap();
    let query = numbered(1, 3);
    let iris = [data("tables/iris.csv")];
    let files = [data("nations")];
    let model = |kind: &str, options: &Options| Model::new(&context(), kind, &numbered(9, 1), options).map(|_| ());
    let custom = |options: &Options| {
        let mut definition = Definition::new();
        let (loss, penalty) = machine_of(&mut definition);
        let graph = CustomModel::new(&definition, loss, Some(penalty), None).unwrap();
        Model::custom(&context(), graph, options).map(|_| ())
    };
    let takers: [Taker<'_>; 15] = [
        ("files of the format table", &["table", "select"], &|options| load("table", &iris, options).map(|_| ())),
        ("files of the format images", &["images", "select"], &|options| load("images", &iris, options).map(|_| ())),
        ("files of the format messages", &["messages", "select"], &|options| {
            load("messages", &iris, options).map(|_| ())
        }),
        ("files of the format triples", &[], &|options| load("triples", &files, options).map(|_| ())),
        ("the model distmult", &["triples"], &|options| {
            Model::new(&context(), "distmult", &triples(), options).map(|_| ())
        }),
        ("the model mlp", &["network"], &|options| model("mlp", options)),
        ("the model linear", &["network"], &|options| model("linear", options)),
        ("a graph", &["custom"], &custom),
        ("training", &["training"], &|options| Trainer::new(&context(), &of_triples, &triples(), options).map(|_| ())),
        ("the method rollback", &["rollback"], &|options| attributor(&of_triples, "rollback", options).map(|_| ())),
        ("the method influence", &["influence"], &|options| attributor(&minimized, "influence", options).map(|_| ())),
        ("the method graddot", &["graddot"], &|options| attributor(&minimized, "graddot", options).map(|_| ())),
        ("the method gradcos", &["gradcos"], &|options| attributor(&minimized, "gradcos", options).map(|_| ())),
        ("a what-if", &["what-if"], &|options| influence.what_if(&query, None, &[], options, &monitor).map(|_| ())),
        ("an attack", &["attack"], &|options| {
            influence.attack(&query, None, None, &[1], options, &monitor).map(|_| ())
        }),
    ];
    takers.into_iter().for_each(check);
}

#[test]
fn unknown_names_are_refused_with_the_nearest() {
    assert_eq!(
        refused(check_option("learnin_rate"), "learnin_rate").to_string().split("; ").last().unwrap(),
        "did you mean \"learning_rate\"?"
    );
    refused(check_option("xyzzy"), "the option is \"xyzzy\", expected one of");
    with_takers(|(by, has, take)| {
        let own: Vec<&OptionSpec> = has.iter().flat_map(|name| table(name).unwrap().options).collect();
        let names: Vec<&str> = own.iter().map(|option| option.name).collect();
        for option in &own {
            // Doubled letters are what fingers do.
            let wrong = format!("{}{}", option.name, option.name.chars().last().unwrap());
            let error = take(&Options::new().with(&wrong, 1)).unwrap_err();
            let Error::Argument { name, found, expected } = &error else { panic!("{by}: {error}") };
            assert_eq!((name.as_str(), found), ("the option", &format!("{wrong:?}")), "{by}");
            let meant = format!("one of {}; did you mean {:?}?", names.join(", "), option.name);
            assert_eq!(*expected, meant, "{by}");
        }
        let error = take(&Options::new().with("xyzzy", 1)).unwrap_err().to_string();
        assert_eq!(error, format!("the option is \"xyzzy\", expected one of {}", names.join(", ")), "{by}");
    });
}

#[test]
fn options_of_another_table_say_which() {
    with_takers(|(by, has, take)| {
        let own: Vec<&str> = has.iter().flat_map(|name| table(name).unwrap().names()).collect();
        for foreign in tables().filter(|table| !has.contains(&table.name)).flat_map(|table| table.options) {
            if own.contains(&foreign.name) {
                continue;
            }
            let error = take(&Options::new().with(foreign.name, foreign.default)).unwrap_err();
            let Error::Argument { name, found, expected } = &error else { panic!("{by}: {error}") };
            let elsewhere = tables().filter(|table| table.get(foreign.name).is_some()).map(|table| table.name);
            let elsewhere: Vec<&str> = elsewhere.collect();
            assert_eq!(*name, format!("the option {:?}", foreign.name));
            assert_eq!(*found, format!("one of {}, given to {by}", elsewhere.join(", ")));
            let names = if own.is_empty() { "none".to_owned() } else { own.join(", ") };
            assert_eq!(*expected, format!("those of {by}: {names}"));
        }
    });
    let error = Model::new(&context(), "linear", &numbered(9, 1), &Options::new().with("dimension", 3)).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("the option \"dimension\" is one of triples, given to the model linear"), "{text}");
}

/// Options that have a table but not with everything else.
#[test]
fn options_that_do_not_go_together_are_refused() {
    let model = |kind: &str, options: &Options| match kind {
        "distmult" => Model::new(&context(), kind, &triples(), options),
        _ => Model::new(&context(), kind, &numbered(9, 1), options),
    };
    let given = |name: &str, value: &str| Options::new().with(name, value);
    let error = model("distmult", &given("loss", "full-softmax").with("negatives", 3));
    refused(error, "the option \"negatives\" is given beside the loss full-softmax, expected left out, or one of");
    for loss in ["sampled-softmax", "bce"] {
        assert!(model("distmult", &given("loss", loss).with("negatives", 3)).is_ok());
    }
    for (kind, name, value, those) in [
        ("linear", "hidden", "3", "mlp"),
        ("linear", "loss", "squared", "mlp, cnn"),
        ("linear", "smoothing", "0.2", "hinge, mlp, cnn"),
        ("linear", "activation", "tanh", "mlp, cnn"),
        ("linear", "layers", "dense:3", "mlp, cnn"),
        ("cnn", "hidden", "3", "mlp"),
    ] {
        let expected = format!("the option {name:?} is given for the model {kind}, expected one of {those}");
        refused(model(kind, &given(name, value)), &expected);
    }
    refused(model("mlp", &given("layers", "dense:3").with("hidden", "3")), "given beside layers");
    refused(model("mlp", &given("layers", "dense:3").with("activation", "relu")), "given beside layers");
    let trainer = |model: &Model, options: &Options| match model.kind() {
        "distmult" => Trainer::new(&context(), model, &triples(), options),
        "linear" => Trainer::new(&context(), model, &numbered(30, 10), options),
        _ => Trainer::new(&context(), model, &inputs(), options),
    };
    let facts = model("distmult", &Options::new()).unwrap();
    refused(trainer(&facts, &given("optimizer", "minimize")), "minimizing by a model of the family triples");
    refused(trainer(&facts, &given("refine", "true")), "minimizing after the epochs by a model of the family triples");
    assert!(trainer(&facts, &given("refine", "false")).is_ok());
    let rows = ridge(Precision::F64);
    refused(trainer(&rows, &given("patience", "2")), "early stopping by a model of the family network");
    assert!(trainer(&rows, &given("patience", "auto")).is_ok());
    refused(trainer(&crate::fixtures::machine(Precision::F64), &given("refine", "1")), "of the family custom");
}

/// What is left open is decided by what it goes with.
#[test]
fn what_is_left_open_is_decided() {
    let seeded = |seed: &str| {
        let options = Options::new().with("dimension", 4).with("seed", seed);
        let mut model = Model::new(&context(), "distmult", &triples(), &options).unwrap();
        model.fit(&context(), &triples(), &Options::new().with("epochs", 2), &Monitor::none()).unwrap();
        crate::fixtures::parameters(&model)
    };
    assert_eq!(seeded("auto"), seeded("42"), "the seed of the context");
    assert_ne!(seeded("7"), seeded("42"));
    let explicit = |training: &Options| {
        let mut model = Model::new(&context(), "distmult", &triples(), &Options::new()).unwrap();
        model.fit(&context(), &triples(), training, &Monitor::none()).unwrap();
        (crate::fixtures::parameters(&model), model.training().unwrap().clone())
    };
    let spelled = Options::new().with("optimizer", "adam").with("batch", 1).with("epochs", 10).with("seed", 42);
    assert_eq!(explicit(&Options::new()), explicit(&spelled));
    let mut layered = crate::fixtures::layered(Precision::F64);
    let data = crate::fixtures::classed(30, 20);
    layered.fit(&context(), &data, &Options::new(), &Monitor::none()).unwrap();
    // 20 epochs of one batch of 64.
    assert_eq!((layered.training().unwrap().epochs, layered.training().unwrap().steps), (20, 20));
    for (precision, tolerance) in [(Precision::F64, 1e-8), (Precision::F32, 1e-5)] {
        let mut model = ridge(precision);
        model.fit(&context(), &numbered(30, 10), &Options::new(), &Monitor::none()).unwrap();
        let training = model.training().unwrap();
        assert!(training.converged && training.gradient_norm.unwrap() <= tolerance, "{training:?}");
    }
    let mut graph = crate::fixtures::machine(Precision::F64);
    graph.fit(&context(), &inputs(), &Options::new(), &Monitor::none()).unwrap();
    assert_eq!((graph.training().unwrap().epochs, graph.training().unwrap().steps), (10, 400));
    let mut again = crate::fixtures::machine(Precision::F64);
    again.fit(&context(), &inputs(), &steps("adam").with("epochs", "auto"), &Monitor::none()).unwrap();
    assert_eq!(again.training().unwrap().epochs, 10);
}

fn number(range: &str) -> BoxedStrategy<f64> {
    let positive = (-40.0..40.0).prop_map(|power: f64| 10f64.powf(power));
    match range {
        "a finite number" => (positive, any::<bool>()).prop_map(|(x, sign)| if sign { x } else { -x }).boxed(),
        "a positive number" => positive.boxed(),
        "zero or a positive number" => prop_oneof![1 => Just(0.0), 4 => positive].boxed(),
        "a number between 0 and 1" => (1e-12..1.0).boxed(),
        other => panic!("numbers of the range {other:?} are not tested"),
    }
}

/// Text of an option as a caller would give it; those without a strategy of their own would not be tested.
fn texts(option: &OptionSpec) -> BoxedStrategy<String> {
    let list = |one: BoxedStrategy<String>| prop::collection::vec(one, 1..5).prop_map(|all| all.join(",")).boxed();
    let name =
        || "[a-z][a-z 0-9_]{0,8}[a-z0-9]".prop_filter("left open", |name| name != "auto" && name != "all").boxed();
    let count = || (1usize..5000).boxed();
    let with = |word: &'static str| (1usize..5000).prop_map(move |count| format!("{word}:{count}")).boxed();
    let factor = || (1e-6..1.0).boxed();
    match option.name {
        "schedule" => prop_oneof![
            Just("constant".to_owned()),
            Just("linear".to_owned()),
            factor().prop_map(|factor| format!("exponential:{factor}")),
            number("zero or a positive number").prop_map(|decay| format!("inverse:{decay}")),
        ]
        .boxed(),
        "layers" => list(
            prop_oneof![
                with("dense"),
                with("max"),
                with("average"),
                (count(), 1usize..9).prop_map(|(channels, window)| format!("conv:{channels}x{window}")),
                Just("tanh".to_owned()),
                Just("relu".to_owned()),
            ]
            .boxed(),
        ),
        "hidden" => list(count().prop_map(|size| size.to_string()).boxed()),
        "solver" => prop_oneof![
            prop::sample::select(vec!["direct", "cg", "block-cg", "minres", "lissa", "lissa-published"])
                .prop_map(str::to_owned),
            with("cg"),
            with("block-cg"),
            with("lanczos"),
            with("nystrom"),
        ]
        .boxed(),
        "parameters" | "classes" | "columns" | "exclude" | "numbers" | "categories" | "missing_words" => list(name()),
        "separator" => {
            let known = ["comma", "semicolon", "tab", "pipe", ",", ";", "\t", "|", "#", "~", " "];
            prop::sample::select(known.to_vec()).prop_map(str::to_owned).boxed()
        }
        "memory" | "record" => prop_oneof![
            (0usize..1 << 40).prop_map(|bytes| bytes.to_string()),
            (0usize..1000, prop::sample::select(vec!['K', 'M', 'G', 'T'])).prop_map(|(n, unit)| format!("{n}{unit}")),
        ]
        .boxed(),
        "effort" => {
            prop_oneof![prop::sample::select(vec!["auto", "exact", "linear"]).prop_map(str::to_owned), with("hybrid"),]
                .boxed()
        }
        "label" | "text" | "weights" | "id" | "features" | "labels" => name(),
        "words" => prop_oneof![count().prop_map(|count| count.to_string()), with("hash")].boxed(),
        "rows" => list(
            (any::<u32>(), 0u32..9)
                .prop_map(|(first, more)| match more {
                    0 => first.to_string(),
                    _ => format!("{first}-{}", u64::from(first) + u64::from(more)),
                })
                .boxed(),
        ),
        other => panic!("text of the option {other:?} is not tested"),
    }
}

/// A value in range, and what is written when it is read; none where that depends on the type.
fn value_of(option: &'static OptionSpec) -> BoxedStrategy<(Value, Option<Value>)> {
    let same = |value: Value| (value.clone(), Some(value));
    match option.kind {
        Kind::Number => number(option.range).prop_map(move |x| same(Value::Number(x))).boxed(),
        Kind::Integer if option.name == "seed" => any::<u64>().prop_map(move |seed| same(seed.into())).boxed(),
        Kind::Integer => {
            let first = u64::from(option.range == "1 or more");
            (first..1 << 53).prop_map(move |whole| same(whole.into())).boxed()
        }
        Kind::Flag => any::<bool>().prop_map(move |flag| same(flag.into())).boxed(),
        Kind::Word(words) => prop::sample::select(words.to_vec()).prop_map(move |word| same(word.into())).boxed(),
        Kind::Text => texts(option).prop_map(|text| (Value::Text(text), None)).boxed(),
    }
}

/// Whatever is in range is read, and what was read is written so that it is read again as the same.
#[test]
fn what_is_written_is_read_again() {
    for (table, reader) in readers() {
        let one = |option: &'static OptionSpec| prop::option::weighted(0.8, value_of(option)).boxed();
        let all: Vec<_> = table.options.iter().map(one).collect();
        let config = ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() };
        let checked = TestRunner::new(config).run(&all, |values| {
            let mut given = Options::new();
            for (option, value) in table.options.iter().zip(&values) {
                if let Some((value, _)) = value {
                    given.set(option.name, value.clone());
                }
            }
            let written = reader(&given).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(written.iter().count(), table.options.len());
            for (option, value) in table.options.iter().zip(&values) {
                if let Some((_, Some(expected))) = value {
                    prop_assert_eq!(written.get(option.name).unwrap(), expected);
                }
            }
            prop_assert_eq!(&reader(&written).map_err(|error| TestCaseError::fail(error.to_string()))?, &written);
            // As text alone, as a command line has it.
            let mut typed = Options::new();
            for (name, value) in written.iter() {
                let text = if let Value::Text(text) = value { text.clone() } else { value.to_string() };
                typed.set(name, text);
            }
            prop_assert_eq!(&reader(&typed).map_err(|error| TestCaseError::fail(error.to_string()))?, &written);
            Ok(())
        });
        checked.unwrap_or_else(|error| panic!("{}: {error}", table.name));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// As JSON too, where a training is kept with its model.
    #[test]
    fn a_training_is_kept_as_json(
        rate in number("a positive number"),
        (epochs, batch, patience) in (1usize..1000, 1usize..1000, prop::option::of(1usize..9)),
        (ledger, refine) in (any::<bool>(), any::<bool>()),
        seed in prop::option::of(any::<u64>()),
        optimizer in prop::sample::select(vec!["sgd", "momentum", "adagrad", "adam", "adam-dense", "adamw", "minimize", "auto"]),
        factor in 1e-6..1.0,
    ) {
        let mut options = Options::new().with("learning_rate", rate).with("epochs", epochs).with("batch", batch);
        options.set("optimizer", optimizer);
        options.set("schedule", format!("exponential:{factor}"));
        options.set("ledger", ledger);
        options.set("refine", refine);
        if let Some(patience) = patience {
            options.set("patience", patience);
        }
        if let Some(seed) = seed {
            options.set("seed", seed);
        }
        let training = TrainingOptions::read(&options).unwrap();
        let json = serde_json::to_string(&training).unwrap();
        prop_assert_eq!(serde_json::from_str::<TrainingOptions>(&json).unwrap(), training);
    }
}

#[test]
fn json_of_a_training_that_is_none_is_refused() {
    for (text, problem) in [
        (r#"{"learning_rates": 0.1}"#, "unknown option \"learning_rates\""),
        (r#"{"learning_rate": -0.1}"#, "a positive number"),
        (r#"{"learning_rate": null}"#, "has no value"),
        (r#"{"epochs": [3]}"#, "has no value"),
        (r#"{"epochs": 1.5}"#, "1 or more"),
    ] {
        let error = serde_json::from_str::<TrainingOptions>(text).unwrap_err().to_string();
        assert!(error.contains(problem), "{text}: {error}");
    }
    let partial = serde_json::from_str::<TrainingOptions>(r#"{"epochs": 3}"#).unwrap();
    assert_eq!(partial, TrainingOptions { epochs: Some(3), ..TrainingOptions::default() });
}

#[test]
fn values_know_their_own_form() {
    assert_eq!(Value::from(3usize), Value::Integer(3));
    assert_eq!(Value::from(u64::MAX), text("18446744073709551615"));
    assert_eq!(u64::read(&Value::from(u64::MAX)), Ok(u64::MAX));
    assert_eq!(u64::read(&Value::Number(1e15)), Ok(1_000_000_000_000_000));
    for wrong in [Value::Number(1e300), Value::Number(-1.0), Value::Integer(-1), Value::Flag(true), text("1.0")] {
        assert!(u64::read(&wrong).is_err(), "{wrong}");
    }
    let mut options = Options::new().with("epochs", 3).with("loss", "bce");
    assert!(!options.is_empty() && Options::new().is_empty());
    options.set("epochs", 4);
    assert_eq!(options.get("epochs"), Some(&Value::Integer(4)), "the last one counts");
    let names: Vec<&str> = options.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["epochs", "loss"]);
    assert_eq!(options.only(table("triples").unwrap()), Options::new().with("loss", "bce"));
}

#[test]
fn a_unit_of_bytes_stands_once() {
    for (text, bytes) in [("2G", 2 << 30), ("64k", 64 << 10), ("7", 7)] {
        assert_eq!(Bytes::read(&text.into()).unwrap(), Bytes(bytes));
    }
    for text in ["2GG", "G", "2GK", "", "-1"] {
        assert!(Bytes::read(&text.into()).is_err(), "{text}");
    }
}
