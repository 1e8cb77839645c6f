//! `ascribe train`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args};

use crate::attribution::rollback::CreditRule;
use crate::models::triples::{self, Candidates, Loss, Sides};
use crate::models::{PRESETS, network};
use crate::run::Settings;
use crate::run::dense::Training;
use crate::tensor::Precision;
use crate::train::{Optimizer, Schedule, Stopping};

use super::network::{Network, Plan};
use super::one_of;

/// The sources of rows: options of triples do not go with them.
const ROWS: [&str; 3] = ["table", "idx", "text"];

/// The models of both kinds.
fn models() -> Vec<&'static str> {
    PRESETS.iter().map(|preset| preset.name).collect()
}

#[derive(Args, Debug)]
#[command(group(ArgGroup::new("data").required(true)))]
pub(in crate::cli) struct Train {
    /// Triples: the folder with train.tsv and, if there are any, valid.tsv and test.tsv (.txt and .gz are read too)
    #[arg(long, value_name = "DIR", group = "data")]
    pub triples: Option<PathBuf>,
    /// Rows: a CSV file with a header (.gz is read too); --label names the column to predict
    #[arg(long, value_name = "FILE", group = "data", requires = "label")]
    pub table: Option<PathBuf>,
    /// Images and their labels, in the IDX format of the MNIST files
    #[arg(long, num_args = 2, value_names = ["IMAGES", "LABELS"], group = "data")]
    pub idx: Option<Vec<PathBuf>>,
    /// Messages: a file with label<TAB>message in each line
    #[arg(long, value_name = "FILE", group = "data")]
    pub text: Option<PathBuf>,
    /// The folder to save the run to; an older run there is replaced
    #[arg(long, value_name = "RUN")]
    pub out: PathBuf,
    /// The model; of triples: distmult (if absent), complex, transe; of rows: linear, logistic, softmax, hinge, mlp, cnn
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(models()), hide_possible_values = true)]
    model: Option<String>,
    /// The dimension of an embedding
    #[arg(long, conflicts_with_all = ROWS, value_name = "N", default_value_t = Settings::default().dimension)]
    dim: usize,
    /// Initial values are drawn from minus to plus this number
    #[arg(long, conflicts_with_all = ROWS, value_name = "X", default_value_t = Settings::default().initial, allow_negative_numbers = true)]
    init: f64,
    /// The loss
    #[arg(long, conflicts_with_all = ROWS, value_name = "NAME", default_value = "sampled-softmax", value_parser = losses())]
    loss: LossOf,
    /// How many candidates are drawn for each example and side; of no effect on the full softmax
    #[arg(long, conflicts_with_all = ROWS, value_name = "N", default_value_t = Settings::default().loss.negatives())]
    negatives: usize,
    /// Which places of a triple are compared with other candidates
    #[arg(long, conflicts_with_all = ROWS, value_name = "PLACES", default_value = "tails", value_parser = one_of(vec![
        ("tails", Sides::Tails), ("heads", Sides::Heads), ("both", Sides::Both),
    ]))]
    sides: Sides,
    /// When candidates are drawn: anew in every epoch, or once
    #[arg(long, conflicts_with_all = ROWS, value_name = "WHEN", default_value = "epoch", value_parser = one_of(vec![
        ("epoch", Candidates::EachEpoch), ("once", Candidates::Once),
    ]))]
    candidates: Candidates,
    /// The optimizer, if absent adam; of triples, adam moves only what a step touches, adam-dense all ever touched
    #[arg(long, value_name = "NAME", value_parser = one_of(vec![
        ("sgd", Optimizer::Sgd), ("adagrad", Optimizer::adagrad()), ("adam", Optimizer::adam(false)),
        ("adam-dense", Optimizer::adam(true)),
    ]))]
    optimizer: Option<Optimizer>,
    /// The learning rate at the beginning, if absent 0.003
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    lr: Option<f64>,
    /// How the learning rate falls: none, linear, exponential:FACTOR (each epoch) or inverse:DECAY
    #[arg(long, value_name = "HOW", default_value = "none", value_parser = decay)]
    decay: Schedule,
    /// Whose movement is whose: all of a step its example's, or what its gradients move through momentum later on
    #[arg(long, conflicts_with_all = ROWS, value_name = "RULE", default_value = "momentum", value_parser = one_of(vec![
        ("momentum", CreditRule::Momentum), ("step", CreditRule::Step),
    ]))]
    attribution: CreditRule,
    /// How many examples make a batch, if absent 1 triple or 64 rows
    #[arg(long, value_name = "N")]
    batch: Option<usize>,
    /// How often training goes through all examples, if absent 10 times for triples, 20 for mlp and cnn
    #[arg(long, value_name = "N")]
    epochs: Option<usize>,
    /// Stop when the validation MRR was no better than the best so many times in a row, and keep the best
    #[arg(long, conflicts_with_all = ROWS, value_name = "N")]
    patience: Option<usize>,
    /// How many epochs lie between two evaluations [default: 1]
    #[arg(long, conflicts_with_all = ROWS, value_name = "N", requires = "patience")]
    evaluate_every: Option<usize>,
    /// The numbers to compute with
    #[arg(long, value_name = "TYPE", conflicts_with = "f64", default_value = "f64", value_parser = one_of(vec![
        ("f32", Precision::F32), ("f64", Precision::F64),
    ]))]
    precision: Precision,
    /// The same as --precision f64, which is what holds if neither is given
    #[arg(long)]
    f64: bool,
    /// The seed of everything random
    #[arg(long, value_name = "N", default_value_t = Settings::default().seed)]
    seed: u64,
    /// Save the run every so many epochs, so that it is there should a later one fail; 0: only at the end
    #[arg(long, conflicts_with_all = ROWS, value_name = "N", default_value_t = 1)]
    pub checkpoint_every: usize,
    #[command(flatten)]
    pub network: Network,
}

/// Where the training data is, and of which kind.
#[derive(Clone, Debug)]
pub(in crate::cli) enum Source {
    /// A folder of triples.
    Triples(PathBuf),
    /// A table.
    Table(PathBuf),
    /// Images and labels.
    Images(PathBuf, PathBuf),
    /// Messages.
    Messages(PathBuf),
}

impl Train {
    /// Where the data is. The definition of the arguments lets exactly one kind through.
    pub fn source(&self) -> Source {
        match (&self.triples, &self.table, self.idx.as_deref(), &self.text) {
            (_, Some(table), ..) => Source::Table(table.clone()),
            (_, _, Some([images, labels]), _) => Source::Images(images.clone(), labels.clone()),
            (_, _, _, Some(messages)) => Source::Messages(messages.clone()),
            (triples, ..) => Source::Triples(triples.clone().unwrap_or_default()),
        }
    }

    /// What the definition of the single arguments cannot say: which model is of which data.
    pub fn check(&self) -> Result<(), String> {
        let known = |family: &str| {
            let of = PRESETS.iter().filter(|preset| preset.family == family);
            of.map(|preset| preset.name).collect::<Vec<_>>()
        };
        let (triples, networks) = (known(triples::FAMILY), known(network::FAMILY));
        match (&self.model, self.triples.is_some()) {
            (None, true) => Ok(()),
            (None, false) => Err(format!("--model is missing: name one of {}", networks.join(", "))),
            (Some(model), true) if !triples.contains(&model.as_str()) => {
                Err(format!("the model {model} is not one of triples: name one of {}", triples.join(", ")))
            }
            (Some(model), false) if !networks.contains(&model.as_str()) => {
                Err(format!("the model {model} is not one of rows: name one of {}", networks.join(", ")))
            }
            (Some(model), _) => self.network.check(model, self.idx.is_some()),
        }
    }

    /// The settings of a training of rows but for what only the data tells.
    pub fn dense(&self) -> Plan<'_> {
        let precision = self.precision;
        let training = Training {
            optimizer: self.optimizer.unwrap_or(Optimizer::adam(false)),
            learning_rate: self.lr.unwrap_or(0.003),
            batch: self.batch.unwrap_or(64),
            epochs: self.epochs.unwrap_or(20),
            gradient: self.network.gradient.unwrap_or(if precision == Precision::F32 { 1e-5 } else { 1e-8 }),
            max_iterations: self.network.iterations,
            polish: self.network.polish,
            schedule: self.decay,
        };
        let model = self.model.as_deref().unwrap_or_default();
        Plan { model, training, seed: self.seed, precision, network: &self.network }
    }

    pub fn settings(&self) -> Settings {
        let default = Settings::default();
        Settings {
            model: self.model.clone().unwrap_or(default.model),
            dimension: self.dim,
            initial: self.init,
            loss: (self.loss)(self.negatives),
            sides: self.sides,
            candidates: self.candidates,
            optimizer: self.optimizer.unwrap_or(default.optimizer),
            learning_rate: self.lr.unwrap_or(default.learning_rate),
            schedule: self.decay,
            batch: self.batch.unwrap_or(default.batch),
            epochs: self.epochs.unwrap_or(default.epochs),
            stopping: self.patience.map(|patience| Stopping { every: self.evaluate_every.unwrap_or(1), patience }),
            seed: self.seed,
            attribution: self.attribution,
            precision: self.precision,
        }
    }
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

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::{Arguments, Command};
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
            optimizer: Optimizer::adam(true),
            learning_rate: 0.5,
            schedule: Schedule::InverseTime { decay: 0.5 },
            batch: 7,
            epochs: 9,
            stopping: Some(Stopping { every: 3, patience: 2 }),
            seed: 5,
            attribution: CreditRule::Step,
            precision: Precision::F32,
        };
        assert_eq!(settings, expected);
    }
}
