//! `checkpoint.diff`: what changed since a checkpoint, or between two.

use super::checkpoints::{self, DatabaseData, FileData};
use super::{CommandCx, CommandError};
use checkpoint::Restore;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Shows what leads from one checkpoint to another, or from now back to a checkpoint.
    pub(super) static COMMAND = {
        name: "checkpoint.diff",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// A checkpoint, or the first letters of its name, or `latest`.
    #[schemars(extend("x-positional" = "ID"))]
    pub id: String,
    /// Another checkpoint to compare with; the state now when left out.
    #[serde(default)]
    #[schemars(extend("x-value-name" = "ID"))]
    pub with: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    pub files: Vec<FileData>,
    /// Left out between two checkpoints.
    pub databases: Vec<DatabaseData>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no such checkpoint, or something cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let failed = |it| checkpoints::failed(&it);
    let all = checkpoints::open(cx, None)?;
    let record = all.find(&input.id).map_err(failed)?;
    if let Some(with) = &input.with {
        let other = all.find(with).map_err(failed)?;
        let files = all.diff(&record, &other).map_err(failed)?;
        let files = files.iter().map(checkpoints::file).collect();
        return Ok(Output { files, databases: Vec::new() });
    }
    let preview = all.preview(&Restore::all(&record)).map_err(failed)?;
    let preview = checkpoints::preview(&preview);
    Ok(Output { files: preview.files, databases: preview.databases })
}
