//! What the ways of rolling back share: what is asked for, their output, and what the audit chain is
//! told.

mod panel;

pub use crate::commands::rollbacks::panel::{Panel, PanelEdit, Shows};

use super::checkpoints::{self, PreviewData, RestoredData};
use super::{CommandCx, CommandError, store};
use checkpoint::{
    CheckpointError, Checkpoints, Preview, Record, Restore, Restored, Selection, TreePath,
};
use model::AbsPath;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether it was done; `false` when it was not agreed to.
    pub done: bool,
    /// What would be done; left out when it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<PreviewData>,
    /// What was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restored: Option<RestoredData>,
}

/// What a rollback is asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) target: Record,
    /// Only what was done up to this one is undone.
    pub(super) after: Option<Record>,
    pub(super) selection: Selection,
    pub(super) yes: Option<String>,
    pub(super) again: bool,
}

impl Asked {
    fn restore<'a>(&'a self, buffers: &'a [(TreePath, String)]) -> Restore<'a> {
        Restore {
            target: &self.target,
            after: self.after.as_ref(),
            selection: self.selection.clone(),
            buffers,
            digest: self.yes.as_deref(),
            again: self.again,
        }
    }

    /// Reads well after "rollback".
    fn subject(&self) -> String {
        match &self.after {
            Some(after) => format!("of what led from {} to {}", self.target.id, after.id),
            None => format!("to {}", self.target.id),
        }
    }

    /// Shows what would be done, or does it when that was agreed to.
    pub(super) fn run(
        &self,
        cx: &CommandCx<'_>,
        all: &mut Checkpoints<'_>,
    ) -> Result<Output, CommandError> {
        let failed = |it| checkpoints::failed(&it);
        let buffers = checkpoints::buffers(cx, all.root());
        let restore = self.restore(&buffers);
        if restore.digest.is_none() {
            return Ok(Output::shown(&all.preview(&restore).map_err(failed)?));
        }
        match all.restore(&restore) {
            Err(CheckpointError::AsksAgain) => {
                Ok(Output::shown(&all.preview(&restore).map_err(failed)?))
            }
            done => Output::done(cx, &self.subject(), done.map_err(failed)?),
        }
    }
}

/// What the document of `path`, which shows `shown`, becomes once a rollback with this input wrote
/// `on_disk`: of one that undid a part alone, what is not saved stays. `before` is the checkpoint
/// that undoes it.
#[must_use]
pub fn followed(
    cx: &CommandCx<'_>,
    (command, input): (&str, &Value),
    before: &str,
    (path, shown, on_disk): (&AbsPath, &str, &str),
) -> String {
    let has_hunks = input["hunks"].as_array().is_some_and(|it| !it.is_empty());
    if command != "rollback.changes" && !has_hunks {
        return on_disk.to_owned();
    }
    let read = || -> Option<String> {
        let all = checkpoints::open(cx, None).ok()?;
        let below = path.relative_to(&AbsPath::new(all.root())?)?;
        let below = TreePath::new(below.as_str().as_bytes())?;
        let then = all.content(&all.find(before).ok()?, &below).ok()??;
        String::from_utf8(then).ok()
    };
    read().map_or_else(|| on_disk.to_owned(), |was| panel::merged((&was, on_disk), shown))
}

impl Output {
    fn shown(preview: &Preview) -> Self {
        Self { done: false, preview: Some(checkpoints::preview(preview)), restored: None }
    }

    /// What was done, once the audit chain has heard of it, if there is a catalog.
    fn done(cx: &CommandCx<'_>, subject: &str, restored: Restored) -> Result<Self, CommandError> {
        let root = store::root(cx)?;
        if let Some(mut catalog) = store::open(cx.system, root).map_err(|it| store::refused(&it))? {
            let before = restored.before.as_ref().map_or("nothing", |it| it.id.as_str());
            let (n_files, n_databases) = (restored.paths.len(), restored.databases.len());
            let act = catalog::Act {
                name: "rollback".to_owned(),
                subject: subject.to_owned(),
                detail: format!("{n_files} files, {n_databases} databases; undone by {before}"),
            };
            catalog.conclude(&act).map_err(|it| store::failed(&it))?;
        }
        let restored = Some(checkpoints::restored(restored));
        Ok(Self { done: true, preview: None, restored })
    }
}
