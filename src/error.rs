//! The one error type of the library. Every message names the culprit and the hint.

use std::path::PathBuf;

/// A result whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that can go wrong, with what a caller needs to put it right.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Two values of a graph do not fit each other, or one does not fit its operation.
    #[error("{operation} at {node}: {left} does not fit {right}: {reason}")]
    Shape {
        /// The node being built, for example `%7`, with its name where it has one.
        node: String,
        /// The operation, in the words of the builder method.
        operation: &'static str,
        /// The type of the first operand.
        left: String,
        /// The type of the second operand, or of what the operation requires.
        right: String,
        /// What would have fitted.
        reason: String,
    },
    /// An argument or option has a value that cannot be used.
    #[error("{name} is {found}, expected {expected}")]
    Argument {
        /// The argument's name, as the caller wrote it.
        name: String,
        /// What was found.
        found: String,
        /// What would be accepted.
        expected: String,
    },
    /// The operating system refused to read or write.
    #[error("cannot {action} {}: {source}{}", path.display(), hint(source))]
    Io {
        /// What was tried: `read`, `write`, `create`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's own word.
        source: std::io::Error,
    },
    /// A file's content is not what its format asks for.
    #[error("{}{}: {problem}; {hint}", path.display(), line.map(|l| format!(", line {l}")).unwrap_or_default())]
    Format {
        /// The file.
        path: PathBuf,
        /// The line, counted from one, where that means something.
        line: Option<usize>,
        /// What is wrong.
        problem: String,
        /// What to do about it.
        hint: String,
    },
    /// A file or folder was written by another version of the format.
    #[error("{} has {what} version {found}, this build reads version {supported}; {hint}", path.display())]
    Version {
        /// The file or folder.
        path: PathBuf,
        /// What is versioned, for example `run folder`.
        what: &'static str,
        /// The version found.
        found: String,
        /// The version that can be read.
        supported: String,
        /// What to do about it.
        hint: String,
    },
    /// A name that the vocabulary does not hold.
    #[error("unknown {kind} {name:?}{}", suggest(nearest))]
    Unknown {
        /// `entity` or `relation`.
        kind: &'static str,
        /// The name that was asked for.
        name: String,
        /// The most similar names, best first.
        nearest: Vec<String>,
    },
    /// A number became NaN or infinite.
    #[error("{what} is {value} at {place}; {hint}")]
    NotFinite {
        /// The quantity, for example `the loss`.
        what: &'static str,
        /// Its value.
        value: f64,
        /// Where: the step, the example.
        place: String,
        /// What to do about it.
        hint: String,
    },
    /// The mathematics or the program does not cover this case.
    #[error("{what} is not supported: {hint}")]
    Unsupported {
        /// What was asked for.
        what: String,
        /// What to use instead.
        hint: String,
    },
    /// A method that supposes a minimum was asked for elsewhere.
    #[error(
        "the model is not at a minimum: the relative gradient of its objective is {gradient:.3e}, expected at most \
         {bound:.3e}; train further, or use the Gauss-Newton curvature (the option curvature \
         gauss-newton)"
    )]
    NotStationary {
        /// The relative gradient.
        gradient: f64,
        /// The largest that counts as none.
        bound: f64,
    },
    /// A solver that needs positive curvature met a direction of negative curvature.
    #[error(
        "the curvature is indefinite: its lowest eigenvalue is about {lowest:.6e} and the damping {damping:e}; {hint}"
    )]
    Indefinite {
        /// The lowest eigenvalue without damping, as far as it was found.
        lowest: f64,
        /// The damping that was added.
        damping: f64,
        /// What to do about it.
        hint: String,
    },
    /// A matrix has directions without any curvature.
    #[error("the curvature is singular: parameters {} depend on each other; {hint}", numbers(coordinates))]
    Singular {
        /// The coordinates that take part in such directions, ascending.
        coordinates: Vec<usize>,
        /// What to do about it.
        hint: String,
    },
    /// The data does not determine what was asked for: a model, or what it would be on another training set.
    #[error("{what}; {hint}")]
    Undetermined {
        /// What is not determined and why.
        what: String,
        /// What to do about it.
        hint: String,
    },
    /// An iteration moved away from its limit.
    #[error("{what} diverged at {place}; {hint}")]
    Diverged {
        /// The method.
        what: &'static str,
        /// Where it was noticed.
        place: String,
        /// What to do about it.
        hint: String,
    },
    /// The caller asked to stop.
    #[error("canceled by the caller at {place}")]
    Canceled {
        /// How far the work had come.
        place: String,
    },
    /// An object was left unfinished by a panic, which is a fault of this library.
    #[error("{what}; {hint}")]
    Internal {
        /// What happened.
        what: String,
        /// What to do about it.
        hint: String,
    },
    /// The operating system could not give threads.
    #[error("cannot start {threads} threads: {reason}; ask for fewer")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// The reason given.
        reason: String,
    },
}

impl Error {
    /// An [`Error::Argument`] from anything that can be displayed.
    pub fn argument(name: impl Into<String>, found: impl ToString, expected: impl Into<String>) -> Self {
        Self::Argument { name: name.into(), found: found.to_string(), expected: expected.into() }
    }

    /// An [`Error::Argument`] for something that is not among so many.
    pub(crate) fn missing(name: &str, found: impl ToString, count: usize) -> Self {
        Self::argument(name, found, format!("one of {count}, counted from 0"))
    }

    /// An [`Error::Io`] for `path`; meant for `map_err`.
    pub fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    /// An [`Error::Format`] for `path`.
    pub fn format(
        path: impl Into<PathBuf>,
        line: Option<usize>,
        problem: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self::Format { path: path.into(), line, problem: problem.into(), hint: hint.into() }
    }
}

fn numbers(all: &[usize]) -> String {
    const SHOWN: usize = 20;
    let shown: Vec<String> = all.iter().take(SHOWN).map(ToString::to_string).collect();
    let more = if all.len() > SHOWN { format!(" and {} more", all.len() - SHOWN) } else { String::new() };
    shown.join(", ") + &more
}

fn suggest(nearest: &[String]) -> String {
    match nearest {
        [] => "; nothing similar is known".into(),
        names => format!("; did you mean {}?", quoted(names.iter(), usize::MAX)),
    }
}

fn hint(source: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    match source.kind() {
        ErrorKind::NotFound => "; check the path",
        ErrorKind::PermissionDenied => "; check its permissions",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "; free some space or choose another folder, nothing was left half-written"
        }
        _ => "",
    }
}

/// The error for a name that is none of a few known ones: it lists them, and names one that is nearly the same.
pub(crate) fn one_of<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>) -> Error {
    /// Below this, names have nothing in common that a typing error leaves.
    const ALIKE: f64 = 0.8;
    let known: Vec<&str> = known.collect();
    let alike = known.iter().max_by(|a, b| similarity(a, name).total_cmp(&similarity(b, name)));
    let meant = alike.filter(|known| similarity(known, name) >= ALIKE);
    let meant = meant.map_or_else(String::new, |known| format!("; did you mean {known:?}?"));
    Error::argument(what, shown(name), format!("one of {}{meant}", known.join(", ")))
}

/// `1 row`, `2 rows`: a number with its noun, whose plural ends in s.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Names in quotes with commas between them, up to so many and no more than fit in a few lines.
pub(crate) fn quoted<N: AsRef<str>>(names: impl ExactSizeIterator<Item = N>, most: usize) -> String {
    list(names, most, shown)
}

/// Names with commas between them, no more than fit in a few lines.
pub(crate) fn listed<N: AsRef<str>>(names: impl ExactSizeIterator<Item = N>) -> String {
    list(names, usize::MAX, shortened)
}

fn list<N: AsRef<str>>(names: impl ExactSizeIterator<Item = N>, most: usize, shown: fn(&str) -> String) -> String {
    /// About how many bytes of names a message holds.
    const LONGEST: usize = 600;
    let count = names.len();
    let mut list: Vec<String> = Vec::new();
    let mut length = 0;
    for name in names.take(most) {
        let name = shown(name.as_ref());
        length += name.len();
        if length > LONGEST && !list.is_empty() {
            break;
        }
        list.push(name);
    }
    if list.len() < count {
        list.push(format!("and {} more", count - list.len()));
    }
    list.join(", ")
}

/// A text in quotes, without its middle where it is long.
pub(crate) fn shown(text: &str) -> String {
    format!("{:?}", shortened(text))
}

/// A text without its middle where it is long.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    const END: usize = 12;
    if text.chars().nth(LONGEST).is_none() {
        return text.to_owned();
    }
    let cut = |place: usize| text.char_indices().nth(place).map_or(text.len(), |(at, _)| at);
    let last = text.char_indices().rev().nth(END - 1).map_or(0, |(at, _)| at);
    format!("{}…{}", &text[..cut(LONGEST - END - 1)], &text[last..])
}

/// One for names that differ in case only, less for all others, and never negative: the bits are in the order of the
/// values.
pub(crate) fn similarity(name: &str, wanted: &str) -> f64 {
    strsim::jaro_winkler(&wanted.to_lowercase(), &name.to_lowercase())
}
