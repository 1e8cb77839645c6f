//! Why the curvature of a network's objective is singular, in words of its data: indicators of levels that sum to one, columns
//! that depend on each other or are empty, a row that alone determines something, classes without curvature, and sizes
//! beside which rounding swallows a penalty.

use crate::data::SampleSet;
use crate::error::{Error, Result, quoted, shown};
use crate::models::family::{SHOWN, Singularity};
use crate::objective::Layout;
use crate::solve::{Cholesky, DenseMatrix};

use super::{NetworkLoss, NetworkSettings};

const PENALTY: &str = "train with a penalty (the option l2)";
const SWALLOWED: &str = "beside features of this size rounding swallows the penalty";
const STANDARDIZE: &str = "scale the features (the option standardize)";

/// The most columns that are looked at.
const MAX_COLUMNS: usize = 2000;

/// Why the curvature is singular along coordinates, and what to do about it besides damping.
pub(super) fn diagnosis(
    settings: &NetworkSettings,
    data: &SampleSet,
    layout: &Layout,
    coordinates: &[usize],
) -> Result<Singularity> {
    if let NetworkLoss::Hinge { smoothing: 0.0 } = settings.loss {
        let problem = "a hinge that is not smoothed has no curvature";
        return Ok(found(problem, &["train with the option smoothing above 0"]));
    }
    let penalty: &[&'static str] = if settings.l2 == 0.0 { &[PENALTY] } else { &[] };
    if !settings.layers.is_empty() {
        let columns = columns(settings, data, layout, coordinates);
        return Ok(found(&undetermined(&columns), penalty));
    }
    let table = Table::of(settings, data);
    let dependent = table.as_ref().map_or_else(|| Ok(Vec::new()), Table::dependent).unwrap_or_default();
    if let (Some(table), false) = (&table, dependent.is_empty()) {
        return Ok(among_columns(table, &dependent, penalty));
    }
    if let Some(class) = class_of(settings, layout, coordinates) {
        let name = data.samples().classes().get(class).map_or_else(|| class.to_string(), |name| shown(name));
        let problem = format!("every row is predicted with certainty to be of the class {name} or not to be");
        return Ok(found(&problem, &["train with a larger penalty (the option l2)", STANDARDIZE]));
    }
    if settings.l2 > 0.0 {
        return Ok(found(SWALLOWED, &[STANDARDIZE]));
    }
    if settings.outputs > 1 {
        return Ok(found("the weights of a softmax are not unique without a penalty", penalty));
    }
    let columns = columns(settings, data, layout, coordinates);
    let hints = if columns.len() == 1 { penalty.to_vec() } else { [&[STANDARDIZE], penalty].concat() };
    Ok(found(&undetermined(&columns), &hints))
}

fn found(problem: &str, hints: &[&'static str]) -> Singularity {
    Singularity { hints: hints.to_vec(), ..Singularity::new(problem.to_owned()) }
}

fn undetermined(columns: &[String]) -> String {
    match columns {
        [one] => format!("no row determines {}", shown(one)),
        columns => format!("{} depend on each other", quoted(columns.iter(), SHOWN)),
    }
}

/// What is wrong with columns that are linear combinations of each other.
fn among_columns(table: &Table<'_>, dependent: &[usize], penalty: &[&'static str]) -> Singularity {
    let empty: Vec<usize> = dependent.iter().copied().filter(|column| table.is_zero(*column)).collect();
    let groups = table.indicators(dependent);
    let in_groups = |column: &usize| groups.iter().any(|(_, members)| members.contains(column));
    let others: Vec<String> = dependent
        .iter()
        .filter(|column| !empty.contains(column) && !in_groups(column))
        // The intercept is what the indicators sum to.
        .filter(|column| groups.is_empty() || **column < table.features)
        .map(|column| table.names[*column].clone())
        .collect();
    let (mut problems, mut hints) = (Vec::new(), Vec::new());
    if !groups.is_empty() {
        let names: Vec<String> =
            groups.iter().map(|(name, members)| format!("{} ({} levels)", shown(name), members.len())).collect();
        let like = if table.names.len() > table.features { ", as the intercept is" } else { "" };
        problems.push(format!("the indicators of {} are one in sum in every row{like}", names.join(" and of ")));
        hints.push("give the first level of each column no indicator (the option drop_first_level)");
    }
    if !empty.is_empty() {
        let names: Vec<&String> = empty.iter().map(|column| &table.names[*column]).collect();
        let (noun, verb) = if empty.len() == 1 { ("column", "is") } else { ("columns", "are") };
        problems.push(format!("{noun} {} {verb} zero in every row", quoted(names.iter(), SHOWN)));
        hints.push(if empty.len() == 1 {
            "leave it out (the option exclude)"
        } else {
            "leave them out (the option exclude)"
        });
    }
    if !others.is_empty() {
        problems.push(match others.as_slice() {
            [one] => format!("column {} depends on the others", shown(one)),
            others => format!("columns {}", undetermined(others)),
        });
        hints.push("leave out all but one of each set that depends on the others (the option exclude)");
    }
    match penalty {
        // There is one, which would have settled it.
        [] => {
            problems.push(SWALLOWED.to_owned());
            hints.insert(0, STANDARDIZE);
        }
        penalty => hints.extend(penalty),
    }
    found(&problems.join(", and "), &hints)
}

/// The class that all coordinates are weights or intercepts of, where there is one and each class has its own.
fn class_of(settings: &NetworkSettings, layout: &Layout, coordinates: &[usize]) -> Option<usize> {
    if settings.outputs == 1 {
        return None;
    }
    let class = |place: usize| -> Option<usize> {
        let (parameter, _) = layout.last_index(place);
        let number = layout.names().iter().position(|name| *name == parameter)?;
        let within = place - layout.start(number);
        match parameter.starts_with("weights") {
            true => Some(within / settings.features.iter().product::<usize>().max(1)),
            // The first class has no intercept of its own.
            false => Some(within + 1),
        }
    };
    let first = class(*coordinates.first()?)?;
    coordinates.iter().all(|place| class(*place) == Some(first)).then_some(first)
}

/// The columns that coordinates belong to: features of the first layer by their names, others as the layout describes
/// them.
fn columns(settings: &NetworkSettings, data: &SampleSet, layout: &Layout, coordinates: &[usize]) -> Vec<String> {
    let names = data.feature_names(&settings.features);
    let direct = settings.layers.is_empty();
    let mut columns: Vec<String> = Vec::new();
    for place in coordinates.iter().filter(|place| **place < layout.dimension()) {
        let (parameter, index) = layout.last_index(*place);
        let column = match names.get(index) {
            Some(name) if direct && parameter.starts_with("weights") => name.clone(),
            _ if direct && parameter.starts_with("intercept") => "the intercept".into(),
            _ => layout.describe(*place),
        };
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns
}

/// The columns of the data, and a column of ones if the model has an intercept.
struct Table<'d> {
    data: &'d SampleSet,
    features: usize,
    /// The names of all columns, `the intercept` the last.
    names: Vec<String>,
}

impl<'d> Table<'d> {
    /// The columns; none where they have no names or are too many to look at.
    fn of(settings: &NetworkSettings, data: &'d SampleSet) -> Option<Self> {
        let mut names = data.feature_names(&settings.features);
        let features = data.samples().features.row_width();
        if features >= MAX_COLUMNS || names.len() != features {
            return None;
        }
        names.extend(settings.intercept.then(|| "the intercept".to_owned()));
        Some(Self { data, features, names })
    }

    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        let samples = self.data.samples();
        (0..samples.len()).map(|row| samples.features.row(row))
    }

    fn is_zero(&self, column: usize) -> bool {
        column < self.features && self.rows().all(|row| row[column] == 0.0)
    }

    /// The categorical columns all of whose indicators are among these columns: the name, and its indicators.
    fn indicators(&self, among: &[usize]) -> Vec<(String, Vec<usize>)> {
        let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
        for (column, name) in self.names[..self.features].iter().enumerate() {
            let Some((name, _)) = name.split_once('=') else { continue };
            match groups.last_mut().filter(|(last, _)| last == name) {
                Some((_, members)) => members.push(column),
                None => groups.push((name.to_owned(), vec![column])),
            }
        }
        let one_in_sum = |members: &[usize]| {
            self.rows().all(|row| {
                let cells = || members.iter().map(|column| row[*column]);
                cells().all(|cell| cell == 0.0 || cell == 1.0) && cells().sum::<f64>() == 1.0
            })
        };
        groups.retain(|(_, members)| {
            members.len() > 1 && members.iter().all(|column| among.contains(column)) && one_in_sum(members)
        });
        groups
    }

    /// The columns that are linear combinations of each other, and those that are zero.
    fn dependent(&self) -> Result<Vec<usize>> {
        let (width, features) = (self.names.len(), self.features);
        let mut gram = vec![0.0; width * width];
        let mut ones = vec![1.0; width];
        for row in self.rows() {
            ones[..features].copy_from_slice(row);
            for (i, x) in ones.iter().enumerate().filter(|(_, x)| **x != 0.0) {
                gram[i * width..=i * width + i].iter_mut().zip(&ones).for_each(|(sum, y)| *sum += x * y);
            }
        }
        for i in 0..width {
            for j in 0..i {
                gram[j * width + i] = gram[i * width + j];
            }
        }
        match Cholesky::new(DenseMatrix::new(width, gram)?, 0.0) {
            Err(Error::Singular { coordinates, .. }) => Ok(coordinates),
            // Rounding can make products of dependent columns look slightly negative.
            Ok(_) | Err(Error::Indefinite { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}
