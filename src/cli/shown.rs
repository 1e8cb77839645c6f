//! Training examples and what is asked about, as they are shown.

use serde::Serialize;

use crate::error::Result;
use crate::session::{Answer, Dataset, Prediction, Target};

use super::arguments::with_flag_names;
use super::output::{number, plain, table};

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Example {
    /// A triple by its place among those trained on.
    Fact { example: usize, head: String, relation: String, tail: String },
    /// A sample by its row in the file, and what the file calls it.
    Row {
        row: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        target: Target,
    },
}

impl Example {
    pub fn of(data: &Dataset, place: usize) -> Result<Self> {
        if let Ok(samples) = data.samples() {
            let id = samples.ids.as_ref().map(|ids| ids[place].clone());
            return Ok(Self::Row { row: samples.rows[place], id, target: Target::of(samples, place) });
        }
        let [head, relation, tail] = data.triples()?.names(place);
        Ok(Self::Fact { example: place, head, relation, tail })
    }

    /// Its number and what it is.
    pub fn cells(&self) -> Vec<String> {
        match self {
            Self::Fact { example, head, relation, tail } => {
                vec![example.to_string(), plain(&format!("{head} {relation} {tail}"))]
            }
            Self::Row { row, id, target } => [Some(row.to_string()), id.as_deref().map(plain), Some(in_words(target))]
                .into_iter()
                .flatten()
                .collect(),
        }
    }

    pub fn number(&self) -> u64 {
        match self {
            Self::Fact { example, .. } => *example as u64,
            Self::Row { row, .. } => *row,
        }
    }
}

/// The headings of [`Example::cells`], and what examples are called.
pub(super) fn headings(data: &Dataset) -> (Vec<&'static str>, &'static str) {
    match data.samples() {
        Ok(samples) if samples.ids.is_some() => (vec![">row", "id", "target"], "row"),
        Ok(_) => (vec![">row", "target"], "row"),
        Err(_) => (vec![">example", "fact"], "fact"),
    }
}

/// A table of examples; further columns come with their titles.
pub(super) fn table_of(data: &Dataset, examples: &[&Example], columns: Vec<(&str, Vec<String>)>) -> String {
    let mut titles = headings(data).0;
    let mut rows: Vec<Vec<String>> = examples.iter().map(|example| example.cells()).collect();
    for (title, cells) in columns {
        titles.push(title);
        rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
    }
    table(&titles, &rows)
}

/// A query with what the model predicts for it.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Query {
    Fact(Answer),
    Row(Prediction),
}

impl Query {
    /// What examples of negative and of positive score are called.
    pub fn lists(&self) -> [&'static str; 2] {
        match self {
            Self::Fact(_) => ["supporting", "opposing"],
            Self::Row(_) => ["lowering", "raising"],
        }
    }

    /// What it is called in the file of scores, where `place` numbers the queries.
    pub fn row_name(&self, place: usize) -> String {
        match self {
            Self::Fact(_) => place.to_string(),
            Self::Row(prediction) => prediction.row.to_string(),
        }
    }

    pub fn sentence(&self) -> String {
        match self {
            Self::Fact(answer) => {
                let Answer { asked, probability, rank, candidates, stated_in, .. } = answer;
                let stated = match stated_in {
                    Some("train") => "a fact it was trained on",
                    Some("valid") => "a fact of the validation set",
                    Some(_) => "a fact of the test set",
                    None => "not among the facts given",
                };
                let fact = fact(answer);
                let sure = number(*probability);
                format!(
                    "prediction: {fact}\n  the {asked} was asked for; probability {sure}, rank {rank} of {candidates}; {stated}"
                )
            }
            Self::Row(Prediction { row, id, target, predicted, probability }) => {
                let name = named(*row, id.as_deref());
                let sure = probability.map_or(String::new(), |p| format!(" with probability {}", number(p)));
                let target = match target {
                    Target::None if matches!(predicted, Target::Number(_)) => "no target given".to_owned(),
                    Target::None => "no target given, so what is predicted stands for it".to_owned(),
                    target => format!("target {}", in_words(target)),
                };
                format!("{name}: {target}, predicted {}{sure}", in_words(predicted))
            }
        }
    }
}

/// A row by its number, and by what its file calls it.
pub(super) fn named(row: u64, id: Option<&str>) -> String {
    id.map_or_else(|| format!("row {row}"), |id| format!("row {row} ({})", plain(id)))
}

/// The fact that an answer states.
pub(super) fn fact(answer: &Answer) -> String {
    plain(&format!("{} {} {}", answer.head, answer.relation, answer.tail))
}

/// A target in a word.
pub(super) fn in_words(target: &Target) -> String {
    match target {
        Target::Class(name) => plain(name),
        Target::Number(value) => number(*value),
        Target::None => "-".into(),
    }
}

/// Lines about rows that were not asked about, and what else is not as their file has it.
pub(super) fn notes_in_words(notes: &[String]) -> String {
    let lines: String = notes.iter().map(|note| format!("{}\n", plain(&with_flag_names(note)))).collect();
    if lines.is_empty() { lines } else { lines + "\n" }
}
