//! `checkpoint.create`: remembers everything as it is now.

use super::checkpoints::{self, NoteData, RecordData};
use super::{CommandCx, CommandError};
use checkpoint::{Capture, Entry, Kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Makes a checkpoint of the folder, the databases and the editor's unsaved texts.
    ///
    /// Untracked files are in it; ignored files, every `.git` and files such as `.env` are not. What
    /// was too large or too much is listed. Nothing of git is changed but a ref below
    /// `refs/specwright/base/` that keeps your own commit.
    pub(super) static COMMAND = {
        name: "checkpoint.create",
        effect: Write,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// What it is for.
    #[schemars(extend("x-short" = "m"))]
    pub message: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    pub checkpoint: RecordData,
    /// Paths that are not in it; a rollback leaves them alone.
    pub uncaptured: Vec<NoteData>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the folder cannot be read, a database stays locked, or there is no room.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let mut all = checkpoints::open(cx, None)?;
    let buffers = checkpoints::buffers(cx, all.root());
    let label = input.message.as_deref().unwrap_or("by hand");
    let capture = Capture { kind: Kind::Manual, label, buffers: &buffers };
    let failed = |it| checkpoints::failed(&it);
    let captured = all.capture(&capture).map_err(failed)?;
    let entries = all.entries(&captured.record).map_err(failed)?;
    let uncaptured = entries.iter().filter_map(|(path, entry)| match entry {
        Entry::Uncaptured { reason, .. } => {
            Some(NoteData { path: path.to_string(), why: reason.word().to_owned() })
        }
        _ => None,
    });
    Ok(Output {
        uncaptured: uncaptured.collect(),
        checkpoint: checkpoints::record(&captured.record),
    })
}
