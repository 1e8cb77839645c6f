//! `ascribe train`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Result, counted};
use crate::session::{Context, Model, Trainer, check_folder, load_for, models, remove_folder, table};

use super::arguments::Line;
use super::info::{described, read_in_words, training_in_words};
use super::output::{self, Progress, plain};
use super::{Failure, Outcome};

pub(super) fn train(line: &Line, context: &Arc<Context>) -> Outcome {
    let (format, out) = (line.format().unwrap_or_default(), line.path("out"));
    let kind = kind(line, format)?;
    // An hour of training is not to end at a folder that cannot be written.
    let family = if format == "triples" { "triples" } else { "network" };
    check_folder(&out, family)?;
    let every = if format == "triples" { line.number("checkpoint-every").unwrap_or_default() } else { 0 };
    let mut partial = Partial { folder: beside(&out), saved: None };
    if every > 0 {
        check_folder(&partial.folder, family)?;
    }
    let progress = Progress::new("reading");
    let files = line.list::<PathBuf>(format).unwrap_or_default();
    let data = load_for(kind, format, &files, &line.options)?;
    let model = Model::new(context, kind, &data, &line.options.only(table(family)?))?;
    let trainer = Trainer::new(context, &model, &data, &line.options.only(table("training")?))?;
    progress.at("training".into());
    let trained = run(trainer, every, &mut partial, &progress).and_then(|model| {
        progress.at("saving".into());
        if line.has("reference-data") {
            model.save_by_reference(&out)?
        } else {
            model.save(&out)?
        };
        Ok(model)
    });
    let model = trained.map_err(|error| partial.failure(error))?;
    partial.remove()?;
    drop(progress);
    let description = Model::inspect(&out)?;
    if line.has("json") {
        return Ok(output::json(&described("train", &out, description))?);
    }
    let data = model.data()?;
    let what = match (data.triples(), data.classes().len()) {
        (Ok(triples), _) => {
            format!("{} triples of {} entities and {} relations", data.len(), triples.entities(), triples.relations())
        }
        (Err(_), classes) => {
            let what = [counted(data.len(), "row"), counted(data.features(), "feature")].join(" of ");
            if classes == 0 { what } else { format!("{what} and {classes} classes") }
        }
    };
    let out = plain(&out.display().to_string());
    let read = read_in_words(&description["data"]);
    Ok(format!("trained {} on {what}\n{read}{}saved to {out}\n", model.kind(), training_in_words(&description)))
}

/// The kind of model, which must be one for the data.
fn kind<'l>(line: &'l Line, format: &str) -> std::result::Result<&'l str, Failure> {
    let known = models(format);
    match line.text("model") {
        Some(kind) if known.contains(&kind) => Ok(kind),
        Some(kind) => {
            let problem = format!("--model {kind} does not go with --{format}: name one of {}", known.join(", "));
            Err(line.wrong(problem).into())
        }
        None if format == "triples" => Ok(known[0]),
        None => Err(line.wrong(format!("--model is missing: name one of {}", known.join(", "))).into()),
    }
}

/// Trains to the end, saving the run so far after every so many epochs.
fn run(mut trainer: Trainer, every: usize, partial: &mut Partial, progress: &Progress) -> Result<Model> {
    let monitor = progress.monitor();
    if every == 0 {
        trainer.run(&monitor)?;
    }
    while !trainer.training().finished {
        trainer.step(trainer.steps_per_epoch().saturating_mul(every as u64), &monitor)?;
        let training = trainer.training();
        if !training.finished {
            trainer.model().save(&partial.folder)?;
            partial.saved = Some(training.epochs);
        }
    }
    progress.at("ranking".into());
    trainer.finish(&monitor)
}

/// Where the run so far is saved: an older run is replaced by a whole one only.
struct Partial {
    folder: PathBuf,
    /// After how many epochs it was last saved.
    saved: Option<u64>,
}

/// `RUN.partial`.
fn beside(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    out.with_file_name(name)
}

impl Partial {
    /// A failure, with the place of what there is.
    fn failure(&self, error: Error) -> Failure {
        match self.saved {
            None => error.into(),
            Some(epoch) => Failure::Work(
                error.into(),
                format!("the run as it was after epoch {epoch} is in {}", self.folder.display()),
            ),
        }
    }

    fn remove(&self) -> Result<()> {
        self.saved.map_or(Ok(()), |_| remove_folder(&self.folder))
    }
}
