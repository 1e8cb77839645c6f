//! `ascribe demo`: all of it on a small graph of countries, in memory.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::data::{Query, Side};
use crate::error::{Error, Result};
use crate::options::Options;
use crate::session::{
    Answer, Attributor, Context, Dataset, Model, Monitor, Order, Part, Trainer, models, true_changes,
};

use super::Outcome;
use super::arguments::Line;
use super::output::{self, Progress, number};
use super::shown::{Example, fact};

const TRAIN: &str = include_str!("../../data/nations/train.tsv");
const VALID: &str = include_str!("../../data/nations/valid.tsv");
const TEST: &str = include_str!("../../data/nations/test.tsv");

/// Source and terms, as data/nations/README.md states them.
const SOURCE: &str = "Nations, how 14 countries of the years 1950 to 1965 dealt with each other: observations of R. J. \
                      Rummel (Dimensionality of Nations), made into relations by C. Kemp and others (AAAI 2006), files \
                      of PyKEEN 1.11.1; no source states a license for the data: use it for research and testing.";

/// A supporting fact whose removal is predicted to lower a probability by this much is worth showing.
const CLEAR: f64 = 0.05;

/// Predicted and true change differ by less than this part of the true one: they are said to agree.
const CLOSE: f64 = 0.25;

pub(super) fn demo(line: &Line, context: &Arc<Context>) -> Outcome {
    let data = Dataset::parse_triples(TRAIN, VALID, TEST)?;
    let progress = Progress::new("training");
    let monitor = progress.monitor();
    let model = Model::new(context, models("triples")[0], &data, &Options::new())?;
    let mut trainer = Trainer::new(context, &model, &data, &Options::new())?;
    trainer.run(&monitor)?;
    let model = trainer.finish(&monitor)?;
    let (answer, (example, predicted_change)) = choose(context, &model)?;
    progress.at("training again".into());
    let functional = answer.functional(None);
    let truth = true_changes(context, &model, &answer.query, Some(&functional), &[vec![example]], &monitor)?;
    drop(progress);
    let changes = [predicted_change, truth.first().copied().unwrap_or(f64::NAN)];
    let (fact, description) = (Example::of(&data, example)?, model.describe()?);
    if line.has("json") {
        return Ok(output::json(&json!({
            "command": "demo",
            "source": SOURCE,
            "kind": model.kind(),
            "model": description["model"],
            "training": description["training"],
            "validation": description["validation"],
            "prediction": answer,
            "fact": fact,
            "predicted_change": changes[0],
            "true_change": changes[1],
        }))?);
    }
    Ok(in_words(&answer, &fact, changes, &description))
}

/// The first test triple whose tail comes first and that has a clear support, or the one of clearest support.
fn choose(context: &Arc<Context>, model: &Model) -> Result<(Answer, (usize, f64))> {
    let monitor = Monitor::none();
    let attributor = Attributor::new(context, model, Some("rollback"), None, &Options::new(), &monitor)?;
    let mut clearest: Option<(Answer, (usize, f64))> = None;
    for [head, relation, tail] in model.data()?.part(Part::Test)?.triple_ids()? {
        let query = Query { known: head, relation, side: Side::Tail };
        let answer = model.answer_to(context, query, Some(tail))?;
        if answer.rank != 1 {
            continue;
        }
        let attribution = attributor.explain(&answer.query, Some(&answer.functional(None)), &monitor)?;
        let Some((example, change)) = attribution.top(0, Order::Negative, 1)?.first().copied() else { continue };
        if clearest.as_ref().is_none_or(|(_, (_, most))| change < *most) {
            clearest = Some((answer, (example as usize, change)));
        }
        if change <= -CLEAR {
            break;
        }
    }
    clearest.ok_or_else(|| Error::argument("the number of test triples predicted", 0, "at least one to explain"))
}

fn in_words(prediction: &Answer, example: &Example, changes: [f64; 2], description: &Value) -> String {
    let [predicted_change, true_change] = changes;
    let before = prediction.probability;
    let moves = |change: f64| {
        let verb = if change < 0.0 { "falls" } else { "rises" };
        format!("{verb} from {} to {}", number(before), number(before + change))
    };
    let ratio = predicted_change / true_change;
    let verdict = if (predicted_change - true_change).abs() <= CLOSE * true_change.abs() {
        "they agree closely".into()
    } else if ratio > 0.0 {
        format!("the direction is right, the size is not: predicted is {ratio:.1} times the true change")
    } else {
        "they do not even agree in direction".into()
    };
    let mrr = description["validation"]["mrr"].as_f64().map_or_else(|| "unknown".into(), number);
    let without = &example.cells()[1];
    format!(
        "{SOURCE}\n\ntrained {} of dimension {} on {} triples for {} epochs: validation MRR {mrr}\n\n\
         Asked for the tail of \"{} {} ?\", the model says \"{}\" with probability {}. This is true, and the model was \
         not trained on it.\n\n\
         predicted: without \"{without}\" the probability of \"{}\" {}\n\
         retrained: without \"{without}\" it {}\n\
         predicted change {}, true change {}: {verdict}.\n",
        description["kind"].as_str().unwrap_or_default(),
        description["model"]["dimension"],
        description["data"]["examples"],
        description["result"]["epochs"],
        prediction.head,
        prediction.relation,
        prediction.tail,
        number(before),
        fact(prediction),
        moves(predicted_change),
        moves(true_change),
        number(predicted_change),
        number(true_change),
    )
}
