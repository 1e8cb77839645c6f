//! What can be asked for. Numbers that make no sense pass here: the library refuses them, and says why.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};

use crate::model::{FunctionalKind, Loss, Sides, zoo};
use crate::rollback::{Attribution, Effort, Scope};
use crate::run::{Precision, Settings};
use crate::train::{Candidates, Method, Schedule, Stopping};

/// Which training examples a prediction is owed to, and what would change without them.
#[derive(Debug, Parser)]
#[command(name = "ascribe", version)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    /// Write exactly one JSON object to standard output; docs/json.md describes it
    #[arg(long, global = true)]
    pub json: bool,
    /// How many threads to use: all cores if absent; the results are the same for any number
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<usize>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Train a model of triples and keep a ledger of what every example changed
    Train(Box<Train>),
    /// Say which training examples speak for and against a prediction
    Explain(Explain),
    /// Train again without the most important examples and compare the true changes with the predicted ones
    Verify(Verify),
    /// Show the settings of a run, its sizes and how it went
    Info(Info),
    /// Train on a small graph of countries, explain a prediction and check the explanation
    Demo,
}

#[derive(Args, Debug)]
pub(super) struct Train {
    /// The folder with train.tsv and, if there are any, valid.tsv and test.tsv (.txt and .gz are read too)
    #[arg(long, value_name = "DIR")]
    pub triples: PathBuf,
    /// The folder to save the run to; an older run there is replaced
    #[arg(long, value_name = "RUN")]
    pub out: PathBuf,
    /// The model
    #[arg(long, value_name = "NAME", default_value = "distmult", value_parser = PossibleValuesParser::new(zoo::NAMES))]
    model: String,
    /// The dimension of an embedding
    #[arg(long, value_name = "N", default_value_t = Settings::default().dimension)]
    dim: usize,
    /// Initial values are drawn from minus to plus this number
    #[arg(long, value_name = "X", default_value_t = Settings::default().initial, allow_negative_numbers = true)]
    init: f64,
    /// The loss
    #[arg(long, value_name = "NAME", default_value = "sampled-softmax", value_parser = losses())]
    loss: LossOf,
    /// How many candidates are drawn for each example and side; of no effect on the full softmax
    #[arg(long, value_name = "N", default_value_t = Settings::default().loss.negatives())]
    negatives: usize,
    /// Which places of a triple are compared with other candidates
    #[arg(long, value_name = "PLACES", default_value = "tails", value_parser = one_of(vec![
        ("tails", Sides::Tails), ("heads", Sides::Heads), ("both", Sides::Both),
    ]))]
    sides: Sides,
    /// When candidates are drawn: anew in every epoch, or once
    #[arg(long, value_name = "WHEN", default_value = "epoch", value_parser = one_of(vec![
        ("epoch", Candidates::EachEpoch), ("once", Candidates::Once),
    ]))]
    candidates: Candidates,
    /// The optimiser; adam moves only the rows that a step touches, adam-dense all that were ever touched
    #[arg(long, value_name = "NAME", default_value = "adam", value_parser = one_of(vec![
        ("sgd", Method::Sgd), ("adagrad", Method::adagrad()), ("adam", Method::adam(false)),
        ("adam-dense", Method::adam(true)),
    ]))]
    optimizer: Method,
    /// The learning rate at the beginning
    #[arg(long, value_name = "X", default_value_t = Settings::default().learning_rate, allow_negative_numbers = true)]
    lr: f64,
    /// How the learning rate falls: none, linear, exponential:FACTOR (each epoch) or inverse:DECAY
    #[arg(long, value_name = "HOW", default_value = "none", value_parser = decay)]
    decay: Schedule,
    /// Whose movement is whose: all of a step its example's, or what its gradients move through momentum later on
    #[arg(long, value_name = "RULE", default_value = "momentum", value_parser = one_of(vec![
        ("momentum", Attribution::Momentum), ("step", Attribution::Step),
    ]))]
    attribution: Attribution,
    /// How many examples make a batch
    #[arg(long, value_name = "N", default_value_t = Settings::default().batch)]
    batch: usize,
    /// How often training goes through all examples
    #[arg(long, value_name = "N", default_value_t = Settings::default().epochs)]
    epochs: usize,
    /// Stop when the validation MRR was no better than the best so many times in a row, and keep the best
    #[arg(long, value_name = "N")]
    patience: Option<usize>,
    /// How many epochs lie between two evaluations [default: 1]
    #[arg(long, value_name = "N", requires = "patience")]
    evaluate_every: Option<usize>,
    /// The numbers to compute with
    #[arg(long, value_name = "TYPE", default_value = "f64", value_parser = one_of(vec![
        ("f32", Precision::F32), ("f64", Precision::F64),
    ]))]
    precision: Precision,
    /// The seed of everything random
    #[arg(long, value_name = "N", default_value_t = Settings::default().seed)]
    seed: u64,
    /// Save the run every so many epochs, so that it is there should a later one fail; 0: only at the end
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub checkpoint_every: usize,
}

impl Train {
    pub fn settings(&self) -> Settings {
        Settings {
            model: self.model.clone(),
            dimension: self.dim,
            initial: self.init,
            loss: (self.loss)(self.negatives),
            sides: self.sides,
            candidates: self.candidates,
            optimiser: self.optimizer,
            learning_rate: self.lr,
            schedule: self.decay,
            batch: self.batch,
            epochs: self.epochs,
            stopping: self.patience.map(|patience| Stopping { every: self.evaluate_every.unwrap_or(1), patience }),
            seed: self.seed,
            attribution: self.attribution,
            precision: self.precision,
        }
    }
}

/// What `explain` and `verify` have in common.
#[derive(Args, Debug)]
pub(super) struct Question {
    /// The folder of the run
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// HEAD,RELATION,? or ?,RELATION,TAIL, with double quotes around a name that holds a comma
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub query: String,
    /// The answer to explain: the one of highest score if absent
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub target: Option<String>,
    /// The number whose change is predicted
    #[arg(long, value_name = "NUMBER", default_value = "probability", value_parser = one_of(FUNCTIONALS.to_vec()))]
    pub functional: FunctionalKind,
    /// Which examples are considered: those that share an entity with the fact, or the relation too, or all
    #[arg(long, value_name = "SCOPE", default_value = "entities+relation", value_parser = one_of(SCOPES.to_vec()))]
    pub scope: Scope,
}

#[derive(Args, Debug)]
pub(super) struct Explain {
    #[command(flatten)]
    pub question: Question,
    /// How many facts to show for and against
    #[arg(short, value_name = "N", default_value_t = 10)]
    pub k: usize,
    /// How scores are computed: auto, exact, linear (to first order) or hybrid:N (linear, then the first N exactly)
    #[arg(long, value_name = "HOW", default_value = "auto", value_parser = effort)]
    pub effort: Effort,
    /// Examples to take back together, such as 3,17, instead of one by one
    #[arg(long, value_name = "EXAMPLES", value_delimiter = ',')]
    pub without: Option<Vec<u32>>,
}

#[derive(Args, Debug)]
pub(super) struct Verify {
    #[command(flatten)]
    pub question: Question,
    /// How many facts to train without, those of greatest effect first
    #[arg(short, value_name = "N", default_value_t = 5)]
    pub k: usize,
}

#[derive(Args, Debug)]
pub(super) struct Info {
    /// The folder of the run
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
}

/// The functionals by name.
pub(super) const FUNCTIONALS: [(&str, FunctionalKind); 3] = [
    ("probability", FunctionalKind::Probability),
    ("log-probability", FunctionalKind::LogProbability),
    ("score", FunctionalKind::Score),
];

/// The scopes by name.
pub(super) const SCOPES: [(&str, Scope); 3] =
    [("entities", Scope::Entities), ("entities+relation", Scope::EntitiesAndRelation), ("all", Scope::All)];

/// The name of one of the choices.
pub(super) fn name_of<T: PartialEq>(choices: &[(&'static str, T)], value: &T) -> &'static str {
    choices.iter().find(|(_, choice)| choice == value).map_or("", |(name, _)| name)
}

/// A loss, but for the number of its negatives.
type LossOf = fn(usize) -> Loss;

fn losses() -> impl TypedValueParser<Value = LossOf> {
    one_of::<LossOf>(vec![
        ("sampled-softmax", |negatives| Loss::SampledSoftmax { negatives }),
        ("bce", |negatives| Loss::BinaryCrossEntropy { negatives }),
        ("full-softmax", |_| Loss::FullSoftmax),
    ])
}

fn one_of<T: Clone + Send + Sync + 'static>(choices: Vec<(&'static str, T)>) -> impl TypedValueParser<Value = T> {
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    PossibleValuesParser::new(names).map(move |chosen| {
        let found = choices.iter().find(|(name, _)| *name == chosen);
        found.expect("only the names of choices come through").1.clone()
    })
}

fn decay(text: &str) -> Result<Schedule, String> {
    let refuse = || "expected none, linear, exponential:FACTOR or inverse:DECAY".to_owned();
    match text.split_once(':') {
        None if text == "none" => Ok(Schedule::Constant),
        None if text == "linear" => Ok(Schedule::Linear),
        Some(("exponential", factor)) => {
            factor.parse().map(|factor| Schedule::Exponential { factor }).map_err(|_| refuse())
        }
        Some(("inverse", decay)) => decay.parse().map(|decay| Schedule::InverseTime { decay }).map_err(|_| refuse()),
        _ => Err(refuse()),
    }
}

fn effort(text: &str) -> Result<Effort, String> {
    let refuse = || "expected auto, exact, linear or hybrid:N".to_owned();
    match text.split_once(':') {
        None if text == "auto" => Ok(Effort::Auto),
        None if text == "exact" => Ok(Effort::Exact),
        None if text == "linear" => Ok(Effort::Linear),
        Some(("hybrid", count)) => count.parse().map(|rerank| Effort::Hybrid { rerank }).map_err(|_| refuse()),
        _ => Err(refuse()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trained(options: &str) -> Settings {
        let line = format!("ascribe train --triples d --out r {options}");
        match Arguments::try_parse_from(line.split_whitespace()).unwrap().command {
            Command::Train(train) => train.settings(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_definition_is_sound() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn without_options_the_settings_are_the_defaults() {
        assert_eq!(trained(""), Settings::default());
    }

    #[test]
    fn every_option_reaches_its_setting() {
        let settings = trained(
            "--model complex --dim 3 --init 0.25 --loss bce --negatives 4 --sides both --candidates once \
             --optimizer adam-dense --lr 0.5 --decay inverse:0.5 --attribution step --batch 7 --epochs 9 \
             --patience 2 --evaluate-every 3 --precision f32 --seed 5",
        );
        let expected = Settings {
            model: "complex".into(),
            dimension: 3,
            initial: 0.25,
            loss: Loss::BinaryCrossEntropy { negatives: 4 },
            sides: Sides::Both,
            candidates: Candidates::Once,
            optimiser: Method::adam(true),
            learning_rate: 0.5,
            schedule: Schedule::InverseTime { decay: 0.5 },
            batch: 7,
            epochs: 9,
            stopping: Some(Stopping { every: 3, patience: 2 }),
            seed: 5,
            attribution: Attribution::Step,
            precision: Precision::F32,
        };
        assert_eq!(settings, expected);
    }
}
