//! Finding wrong labels: one label in ten of the training messages of the SMS spam collection is flipped, a logistic
//! regression is trained, and the messages are inspected in the order of their self-influence, of their training loss, and
//! of nothing (at random). `cargo bench --bench mislabels`; an argument: the number of seeds, by default 20.
//!
//! Repeated messages are removed before splitting. Of what is left a fifth is held out for testing. Features: the 1 000 most
//! frequent words of the training messages, as 0 or 1, or as counts with each row divided by its length; an intercept
//! without penalty. Each seed has its own split and flips. Reads ../shared/data/sms-spam and says so when it is absent.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ascribe::attribution::influence::{Influence, Options};
use ascribe::data::{Messages, Samples, Targets, WordEncoding, WordOptions, Words};
use ascribe::engine::Workers;
use ascribe::models::network::{NetworkFunctional, NetworkLoss, NetworkSettings};
use ascribe::objective::{CompiledFunctional, Convention, Derivatives};
use ascribe::solve::Solver;
use ascribe::tensor::random::{Purpose, Stream};
use ascribe::train::minimize;
use ascribe::{Error, Result};

/// Whether rows are divided by their length, and the penalty λ. With such rows 0.01 leaves little but the intercept: every
/// message is taken for ham.
const SETTINGS: [(bool, f64); 3] = [(false, 0.01), (true, 0.001), (true, 0.0001)];
const WORDS: usize = 1_000;
const FLIPPED: f64 = 0.1;
const INSPECTED: [f64; 3] = [0.1, 0.2, 0.3];
const RANKINGS: [&str; 3] = ["self-influence", "training loss", "at random"];
/// Which epoch of the data's stream orders what: the split, the flips, the random inspection.
const SPLIT: u64 = 0;
const FLIPS: u64 = 1;
const RANDOM: u64 = 2;
/// The max-norm of the gradient at which training ends: before influence is asked, and where only accuracy counts.
const GRADIENT: f64 = 1e-9;
const ENOUGH: f64 = 1e-6;

fn main() -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/sms-spam/sms_spam.tsv.gz");
    let messages = match Messages::read(&path) {
        Ok(messages) => messages,
        Err(error) => {
            println!("nothing is measured without the SMS spam collection: {error}");
            return Ok(());
        }
    };
    let seeds: u64 = std::env::args().filter_map(|text| text.parse().ok()).next().unwrap_or(20);
    let context = Workers::new(std::thread::available_parallelism().map_or(1, usize::from))?;
    println!("{} messages, {} of them distinct", messages.len(), messages.distinct().len());
    for (normalize, l2) in SETTINGS {
        let start = Instant::now();
        let mut outcomes = Vec::new();
        for seed in 1..=seeds {
            outcomes.push(one_seed(&context, &messages, (normalize, l2), seed)?);
            eprintln!(
                "  {}, λ = {l2}, seed {seed}: {:.0} s since the first",
                name(normalize),
                start.elapsed().as_secs_f64()
            );
        }
        report((normalize, l2), &outcomes, start.elapsed().as_secs_f64());
    }
    Ok(())
}

fn name(normalize: bool) -> &'static str {
    if normalize { "counts of length one" } else { "0 or 1" }
}

/// What one seed came to.
struct Outcome {
    examples: usize,
    parameters: usize,
    flipped: usize,
    /// The max-norm of the gradient after training.
    gradient: f64,
    /// For each ranking the share of the flipped labels found at each share inspected.
    found: [[f64; INSPECTED.len()]; RANKINGS.len()],
    /// Test accuracy with the flipped labels, and with the true ones.
    before: f64,
    clean: f64,
    /// Test accuracy when what was found is put right and the model trained again.
    repaired: [[f64; INSPECTED.len()]; RANKINGS.len()],
    /// Seconds: training, factoring, self-influence of all.
    seconds: [f64; 3],
}

fn one_seed(context: &Workers, messages: &Messages, (normalize, l2): (bool, f64), seed: u64) -> Result<Outcome> {
    let distinct = messages.distinct();
    let order = shuffled(distinct.len(), seed, SPLIT);
    let (test, train) = order.split_at(distinct.len() / 5);
    let train = part(messages, &distinct, train)?;
    let options =
        WordOptions { words: Words::Vocabulary { most: WORDS, least_count: 2 }, binary: !normalize, normalize };
    let encoding = WordEncoding::learn(&train, &options)?;
    let (train, test) = (encoding.encode(&train)?, encoding.encode(&part(messages, &distinct, test)?)?);
    let examples = train.len();
    let flips = (FLIPPED * examples as f64).round() as usize;
    let mut is_flipped = vec![false; examples];
    shuffled(examples, seed, FLIPS)[..flips].iter().for_each(|place| is_flipped[*place] = true);
    let all: Vec<usize> = (0..examples).collect();
    let flipped = with_flips(&train, |place| is_flipped[place])?;

    let settings = NetworkSettings {
        features: vec![encoding.width()],
        outputs: 1,
        layers: Vec::new(),
        loss: NetworkLoss::Logistic,
        l2,
        intercept: true,
        objective: Convention::Mean,
        target_scale: None,
    };
    let mut trainer = Trainer::new(context, &settings, &flipped, &test)?;
    let start = Instant::now();
    let (point, gradient) = trainer.train(&flipped, None, GRADIENT)?;
    let training = start.elapsed().as_secs_f64();
    let before = trainer.accuracy()?;
    let losses = trainer.derivatives.losses()?;
    let start = Instant::now();
    let settings = Options { solver: Some(Solver::Direct), ..Options::default() };
    let fresh = Trainer::new(context, &trainer.settings, &flipped, &test)?.derivatives;
    let mut influence = Influence::fit(std::mem::replace(&mut trainer.derivatives, fresh), &settings)?;
    let factoring = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let own = influence.self_influence(&all)?;
    let scoring = start.elapsed().as_secs_f64();

    let rankings = [ranked(&own), ranked(&losses), shuffled(examples, seed, RANDOM)];
    let mut outcome = Outcome {
        examples,
        parameters: point.len(),
        flipped: flips,
        gradient,
        found: Default::default(),
        before,
        clean: 0.0,
        repaired: Default::default(),
        seconds: [training, factoring, scoring],
    };
    for (number, ranking) in rankings.iter().enumerate() {
        for (place, share) in INSPECTED.iter().enumerate() {
            let mut left = is_flipped.clone();
            ranking[..(share * examples as f64).round() as usize].iter().for_each(|example| left[*example] = false);
            let missed = left.iter().filter(|left| **left).count();
            outcome.found[number][place] = 1.0 - missed as f64 / flips as f64;
            trainer.train(&with_flips(&train, |example| left[example])?, Some(&point), ENOUGH)?;
            outcome.repaired[number][place] = trainer.accuracy()?;
        }
    }
    trainer.train(&train, Some(&point), ENOUGH)?;
    outcome.clean = trainer.accuracy()?;
    Ok(outcome)
}

/// Trains one model on labels that change, and tests it.
struct Trainer {
    derivatives: Derivatives<f64>,
    settings: NetworkSettings,
    margin: CompiledFunctional,
    test: ascribe::objective::Inputs<f64>,
}

impl Trainer {
    fn new(context: &Workers, settings: &NetworkSettings, train: &Samples, test: &Samples) -> Result<Self> {
        let (objective, inputs) = (Arc::new(settings.objective()?), Arc::new(settings.inputs(train)?));
        let parameters = settings.initial(0)?;
        let derivatives = Derivatives::new(context, objective, parameters, inputs, None, None, 1 << 30)?;
        let margin = CompiledFunctional::new(&settings.functional(NetworkFunctional::Margin)?, derivatives.layout())?;
        Ok(Self { derivatives, settings: settings.clone(), margin, test: settings.inputs(test)? })
    }

    /// Trains to the minimum; the point and the max-norm of the gradient there.
    fn train(&mut self, data: &Samples, start: Option<&[f64]>, gradient: f64) -> Result<(Vec<f64>, f64)> {
        self.derivatives.set_examples(Arc::new(self.settings.inputs(data)?), None)?;
        let start = start.map_or_else(|| self.derivatives.point(), <[f64]>::to_vec);
        let options = minimize::Options { gradient_tolerance: gradient, ..minimize::Options::default() };
        let minimum = minimize::minimize(&mut self.derivatives, &start, &options)?;
        if let Some(hint) = minimum.hint {
            return Err(Error::Unsupported { what: format!("a gradient of {:e}", minimum.gradient_norm), hint });
        }
        self.derivatives.set_point(&minimum.x)?;
        Ok((minimum.x, minimum.gradient_norm))
    }

    /// The share of the test messages that are told right.
    fn accuracy(&self) -> Result<f64> {
        let margins = self.margin.values(self.derivatives.workers(), self.derivatives.parameters(), &self.test)?;
        Ok(margins.iter().filter(|margin| **margin > 0.0).count() as f64 / margins.len() as f64)
    }
}

/// The places of `count` things in an order that the seed decides.
fn shuffled(count: usize, seed: u64, epoch: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_cached_key(|place| (Stream::new(seed, Purpose::Data, epoch, *place as u64).next_u64(), *place));
    order
}

/// The places of the values, the largest first.
fn ranked(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
    order
}

/// Some of the distinct messages, in the order of the file.
fn part(messages: &Messages, distinct: &[usize], places: &[usize]) -> Result<Messages> {
    let mut rows: Vec<usize> = places.iter().map(|place| distinct[*place]).collect();
    rows.sort_unstable();
    let of = |row: usize| (messages.label(row).unwrap_or_default(), messages.text(row).unwrap_or_default());
    let lines: Vec<String> = rows.into_iter().map(of).map(|(label, text)| format!("{label}\t{text}")).collect();
    Messages::from_text("a part of the SMS spam collection", &lines.join("\n"))
}

/// The same rows with some labels flipped.
fn with_flips(rows: &Samples, flipped: impl Fn(usize) -> bool) -> Result<Samples> {
    let mut rows = rows.clone();
    match &mut rows.targets {
        Targets::Classes { labels, .. } => {
            labels.iter_mut().enumerate().filter(|(place, _)| flipped(*place)).for_each(|(_, label)| *label ^= 1);
            Ok(rows)
        }
        _ => Err(Error::argument("the targets", "no classes", "ham and spam")),
    }
}

fn report((normalize, l2): (bool, f64), outcomes: &[Outcome], seconds: f64) {
    let over = |value: &dyn Fn(&Outcome) -> f64| -> (f64, f64) {
        let values: Vec<f64> = outcomes.iter().map(value).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let square = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (values.len() - 1).max(1) as f64;
        (mean, square.sqrt())
    };
    let percent = |(mean, deviation): (f64, f64)| format!("{:5.1} ± {:3.1}", 100.0 * mean, 100.0 * deviation);
    let Some(one) = outcomes.first() else { return };
    let gradient = outcomes.iter().map(|outcome| outcome.gradient).fold(0.0, f64::max);
    let time = |number: usize| over(&|outcome| outcome.seconds[number]).0;
    println!(
        "\n{}, λ = {l2}: {} training messages, {} flipped, {} parameters, gradient at most {gradient:.1e}; a seed takes {:.2} s to train, \
         {:.2} s to factor, {:.2} s for the self-influence of all; {seconds:.0} s in all",
        name(normalize),
        one.examples,
        one.flipped,
        one.parameters,
        time(0),
        time(1),
        time(2)
    );
    let (before, clean) = (percent(over(&|outcome| outcome.before)), percent(over(&|outcome| outcome.clean)));
    println!("test accuracy in %: {before} with the flipped labels, {clean} with the true ones");
    println!("in %, mean ± deviation over {} seeds, when 10, 20, 30 % of the messages are inspected:", outcomes.len());
    println!("                  flipped labels found                   test accuracy after repairing those");
    for (number, name) in RANKINGS.iter().enumerate() {
        let row = |value: fn(&Outcome, usize, usize) -> f64| -> String {
            (0..INSPECTED.len()).map(|place| percent(over(&|outcome| value(outcome, number, place))) + "  ").collect()
        };
        println!("{name:<16}  {}  {}", row(|o, n, p| o.found[n][p]), row(|o, n, p| o.repaired[n][p]));
    }
    for (place, share) in INSPECTED.iter().enumerate() {
        let better = outcomes.iter().filter(|outcome| outcome.found[0][place] > outcome.found[1][place]).count();
        let (mean, deviation) = over(&|outcome| outcome.found[0][place] - outcome.found[1][place]);
        println!(
            "self-influence less loss at {:.0} %: {:+.1} ± {:.1} points, better with {better} of {} seeds",
            100.0 * share,
            100.0 * mean,
            100.0 * deviation,
            outcomes.len()
        );
    }
}
