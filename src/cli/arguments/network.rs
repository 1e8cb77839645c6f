//! What training on rows, images and messages can be told.

use clap::Args;

use crate::data::{
    ImageOptions, MessageOptions, Missing, Pixels, ReadOptions, RowRange, SelectOptions, TableOptions, Task, Words,
};
use crate::error::Result as Checked;
use crate::models::network::{Activation, Layer, NetworkLoss, NetworkOptions, NetworkPreset};
use crate::run::dense::Training;
use crate::tensor::Precision;

use super::one_of;

/// What training on rows, images and messages can be told; of no use to triples.
#[derive(Args, Debug)]
#[command(next_help_heading = "Rows, images and messages")]
pub(in crate::cli) struct Network {
    /// The column to predict
    #[arg(long, value_name = "COLUMN", requires = "table")]
    pub label: Option<String>,
    /// λ of the penalty (λ/2)|w|² inside every example's loss, on weights and not on intercepts
    #[arg(long, value_name = "X", conflicts_with = "triples", default_value_t = NetworkOptions::default().l2, allow_negative_numbers = true)]
    l2: f64,
    /// Leave the intercept of the last layer out
    #[arg(long, conflicts_with = "triples")]
    no_intercept: bool,
    /// Shift and scale numeric columns to mean 0 and deviation 1; by default nothing is scaled
    #[arg(long, requires = "table")]
    standardize: bool,
    /// What happens to rows in which a value is missing
    #[arg(long, value_name = "HOW", requires = "table", default_value = "refuse", value_parser = one_of(vec![
        ("refuse", Missing::Refuse), ("drop", Missing::Drop), ("fill", Missing::Fill),
    ]))]
    missing: Missing,
    /// Give the first level of each categorical column no indicator, so that without a penalty the weights are unique
    #[arg(long, requires = "table")]
    drop_first_level: bool,
    /// Features of messages: the N most frequent words that occur twice, or hash:N buckets
    #[arg(long, value_name = "N", requires = "text", default_value = "1000", value_parser = words)]
    words: Words,
    /// What the bytes of images become: divided by 255, or as they are
    #[arg(long, value_name = "HOW", requires = "idx", default_value = "unit", value_parser = one_of(vec![
        ("unit", Pixels::Unit), ("raw", Pixels::Raw),
    ]))]
    pixels: Pixels,
    /// Train on these rows only, such as 0-99,150; rows count from 0 in file order and keep their numbers
    #[arg(long, value_name = "ROWS", value_delimiter = ',', conflicts_with = "triples")]
    rows: Option<Vec<RowRange>>,
    /// Train on rows of these classes only, such as 1,7; of two, the second is the positive one
    #[arg(long, value_name = "CLASSES", value_delimiter = ',', conflicts_with = "triples")]
    classes: Option<Vec<String>>,
    /// Train on the first N of the rows that are left
    #[arg(long, value_name = "N", conflicts_with = "triples")]
    limit: Option<usize>,
    /// What mlp and cnn predict
    #[arg(long, value_name = "WHAT", requires = "label", default_value = "classes", value_parser = one_of(vec![
        ("classes", false), ("numbers", true),
    ]))]
    pub predict: bool,
    /// The temperature t of the hinge t·log(1 + e^((1 − m)/t)); 0 is the hinge itself, which has no curvature [default: 0.1]
    #[arg(long, value_name = "T", conflicts_with = "triples", allow_negative_numbers = true)]
    smoothing: Option<f64>,
    /// Layers of mlp or cnn before the last, such as conv:8x5,tanh,max:2,dense:32,relu
    #[arg(long, value_name = "LAYERS", value_delimiter = ',', conflicts_with_all = ["triples", "hidden", "activation"])]
    layers: Option<Vec<Layer>>,
    /// The sizes of the hidden layers of mlp [default: 64]
    #[arg(long, value_name = "SIZES", value_delimiter = ',', conflicts_with = "triples")]
    hidden: Option<Vec<usize>>,
    /// What follows each hidden layer of mlp or convolution of cnn [default: tanh]
    #[arg(long, value_name = "NAME", conflicts_with = "triples", value_parser = one_of(Activation::ALL.to_vec()))]
    activation: Option<Activation>,
    /// Training ends when no part of the objective's gradient is larger than this
    /// [default: 1e-8, in f32 1e-5]
    #[arg(long, value_name = "X", conflicts_with = "triples")]
    pub gradient: Option<f64>,
    /// Minimize mlp and cnn after their epochs; the other models are always minimized
    #[arg(long, conflicts_with = "triples")]
    pub polish: bool,
    /// The most steps of minimizing
    #[arg(long, value_name = "N", conflicts_with = "triples", default_value_t = 1000)]
    pub iterations: usize,
    /// Keep path and checksum of the data in the run instead of a copy: explaining reads the files again
    #[arg(long, conflicts_with = "triples")]
    pub reference_data: bool,
}

/// The settings of a training of rows but for what only the data tells.
#[derive(Debug)]
pub(in crate::cli) struct Plan<'a> {
    pub model: &'a str,
    pub training: Training,
    pub seed: u64,
    pub precision: Precision,
    pub network: &'a Network,
}

impl Network {
    /// Which options go with which model.
    pub(super) fn check(&self, model: &str, images: bool) -> Result<(), String> {
        let layered = matches!(model, "mlp" | "cnn");
        let refused = [
            (self.layers.is_some() && !layered, "--layers", "mlp and cnn"),
            (self.hidden.is_some() && model != "mlp", "--hidden", "mlp"),
            (self.activation.is_some() && !layered, "--activation", "mlp and cnn"),
            (self.smoothing.is_some() && model != "hinge", "--smoothing", "hinge"),
            (self.predict && !layered, "--predict numbers", "mlp and cnn; linear predicts a number anyway"),
        ];
        if let Some((_, option, of)) = refused.iter().find(|(refused, ..)| *refused) {
            return Err(format!("{option} does not go with the model {model}: it is an option of {of}"));
        }
        if model == "linear" && (images || self.classes.is_some()) {
            return Err("the model linear predicts a number, not a class: name logistic or softmax".into());
        }
        Ok(())
    }
}

impl Plan<'_> {
    /// Whether targets are numbers.
    fn numbers(&self) -> bool {
        self.model == "linear" || self.network.predict
    }

    /// How files are read.
    pub fn reading(&self) -> ReadOptions {
        let network = self.network;
        ReadOptions {
            table: TableOptions {
                target: network.label.clone(),
                task: Some(if self.numbers() { Task::Numbers } else { Task::Classes }),
                standardize: network.standardize,
                missing: network.missing,
                drop_first_level: network.drop_first_level,
            },
            images: ImageOptions { pixels: network.pixels },
            messages: MessageOptions { words: network.words },
            select: SelectOptions {
                rows: network.rows.clone(),
                classes: network.classes.clone(),
                limit: network.limit,
            },
        }
    }

    /// How the model is made.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) for an unknown model.
    pub fn options(&self) -> Checked<NetworkOptions> {
        let network = self.network;
        let preset = NetworkPreset::named(self.model)?;
        let activation = network.activation.unwrap_or_default();
        let loss = match (preset.loss, network.smoothing) {
            (Some(NetworkLoss::Hinge { .. }), Some(smoothing)) => Some(NetworkLoss::Hinge { smoothing }),
            (loss, _) => loss,
        };
        let layers = match (&network.layers, &network.hidden) {
            (Some(layers), _) => layers.clone(),
            (None, Some(sizes)) => Layer::hidden(sizes, activation),
            (None, None) => (preset.layers)(activation),
        };
        let (l2, intercept) = (network.l2, !network.no_intercept);
        Ok(NetworkOptions { loss, l2, intercept, layers, precision: self.precision, seed: Some(self.seed) })
    }
}

fn words(text: &str) -> Result<Words, String> {
    let refuse = |_| "expected a number of words, or hash:N for N buckets".to_owned();
    match text.strip_prefix("hash:") {
        Some(buckets) => Ok(Words::Hashing { buckets: buckets.parse().map_err(refuse)? }),
        None => Ok(Words::Vocabulary { most: text.parse().map_err(refuse)?, least_count: 2 }),
    }
}
