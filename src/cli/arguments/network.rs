//! What training on rows, images and messages can be told.

use clap::Args;

use crate::data::{EncodingOptions, Missing, Pixels, WordOptions, Words};
use crate::error::Result as Checked;
use crate::models::network::{Activation, Layer, NetworkLoss, NetworkSettings};
use crate::run::dense::Training;
use crate::tensor::Precision;

use super::{Rows, one_of};

/// The models of rows.
pub(super) const NETWORKS: [&str; 6] = ["linear", "logistic", "softmax", "hinge", "mlp", "cnn"];

/// What training on rows, images and messages can be told; of no use to triples.
#[derive(Args, Debug)]
#[command(next_help_heading = "Rows, images and messages")]
pub(in crate::cli) struct Network {
    /// The column to predict
    #[arg(long, value_name = "COLUMN", requires = "table")]
    pub label: Option<String>,
    /// λ of the penalty (λ/2)|w|² inside every example's loss, on weights and not on intercepts
    #[arg(long, value_name = "X", conflicts_with = "triples", default_value_t = 0.01, allow_negative_numbers = true)]
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
    pub pixels: Pixels,
    /// Train on these rows only, such as 0-99,150; rows count from 0 in file order and keep their numbers
    #[arg(long, value_name = "ROWS", value_delimiter = ',', conflicts_with = "triples")]
    pub rows: Option<Vec<Rows>>,
    /// Train on rows of these classes only, such as 1,7; of two, the second is the positive one
    #[arg(long, value_name = "CLASSES", value_delimiter = ',', conflicts_with = "triples")]
    pub classes: Option<Vec<String>>,
    /// Train on the first N of the rows that are left
    #[arg(long, value_name = "N", conflicts_with = "triples")]
    pub limit: Option<usize>,
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

    /// What to do with the columns of a table.
    pub fn encoding(&self) -> EncodingOptions {
        EncodingOptions {
            missing: self.missing,
            standardize: self.standardize,
            drop_first_level: self.drop_first_level,
            ..EncodingOptions::default()
        }
    }

    /// What to do with words.
    pub fn words(&self) -> WordOptions {
        WordOptions { words: self.words, ..WordOptions::default() }
    }
}

impl Plan<'_> {
    /// Whether targets are numbers.
    pub fn numbers(&self) -> bool {
        self.model == "linear" || self.network.predict
    }

    /// The model for features of a shape and so many classes.
    ///
    /// # Errors
    /// What the model's own check reports.
    pub fn settings(&self, features: &[usize], classes: usize) -> Checked<NetworkSettings> {
        let network = self.network;
        let loss = match self.model {
            "logistic" => NetworkLoss::Logistic,
            "hinge" => NetworkLoss::Hinge { smoothing: network.smoothing.unwrap_or(0.1) },
            _ if self.numbers() => NetworkLoss::Squared,
            _ => NetworkLoss::Softmax,
        };
        let activation = Layer::Activation(network.activation.unwrap_or_default());
        let layers = match (&network.layers, self.model) {
            (Some(layers), _) => layers.clone(),
            (None, "mlp") => {
                let hidden = network.hidden.clone().unwrap_or_else(|| vec![64]);
                hidden.into_iter().flat_map(|size| [Layer::Dense(size), activation]).collect()
            }
            (None, "cnn") => {
                let block =
                    |channels| [Layer::Convolution { channels, window: 5 }, activation, Layer::MaxPool(2)].into_iter();
                block(8).chain(block(16)).collect()
            }
            _ => Vec::new(),
        };
        let settings = NetworkSettings {
            features: features.to_vec(),
            outputs: if loss == NetworkLoss::Softmax { classes } else { 1 },
            layers,
            loss,
            l2: network.l2,
            intercept: !network.no_intercept,
        };
        settings.check()?;
        Ok(settings)
    }
}

fn words(text: &str) -> Result<Words, String> {
    let refuse = |_| "expected a number of words, or hash:N for N buckets".to_owned();
    match text.strip_prefix("hash:") {
        Some(buckets) => Ok(Words::Hashing { buckets: buckets.parse().map_err(refuse)? }),
        None => Ok(Words::Vocabulary { most: text.parse().map_err(refuse)?, least_count: 2 }),
    }
}
